"""Instants and spans: read, written, taken apart. Both are whole nanoseconds; a zone is an IANA name or an offset such as `-09:30`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from ourword.cel.arithmetic import SECOND, duration_in_range, timestamp_in_range
from ourword.cel.overload import Overload
from ourword.cel.types import DURATION, INT, STRING, TIMESTAMP
from ourword.cel.values import Failure

_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_LONG_YEAR = re.compile(r"\d{5,}-\d\d-\d\dT", re.ASCII)
_SPAN = re.compile(r"([+-]?)((?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:ns|us|µs|μs|ms|s|m|h))+", re.ASCII)
_PART = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 10**6, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
_OFFSET = re.compile(r"([+-]?)(\d\d):(\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp_from_text(text: str) -> int:
    """Read an RFC 3339 instant as nanoseconds since 1970.

    >>> timestamp_from_text("2009-02-13T23:31:30.5Z")
    1234567890500000000
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise Failure("range: the instant lies outside the years 1 to 9999" if _LONG_YEAR.match(text) else f"{text!r} is no RFC 3339 instant")
    *civil, fraction, sign, hours, minutes = match.groups()
    try:
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        year, month, day, hour, minute, second = map(int, civil)
        at = datetime(year, month, day, hour, minute, second, tzinfo=timezone(-offset if sign == "-" else offset))
    except ValueError as error:
        raise Failure(f"range: {text!r} is no instant: {error}") from None
    since = at - _EPOCH
    return timestamp_in_range((since.days * 86400 + since.seconds) * SECOND + int((fraction or "").ljust(9, "0")))


def timestamp_text(value: int) -> str:
    """Write an instant as `timestamp_from_text` reads it, fractions only as far as needed.

    >>> timestamp_text(1234567890500000000)
    '2009-02-13T23:31:30.5Z'
    """
    seconds, fraction = divmod(value, SECOND)
    at = _EPOCH + timedelta(seconds=seconds)
    return f"{at.year:04d}{at:-%m-%dT%H:%M:%S}{_fraction(fraction)}Z"


def duration_from_text(text: str) -> int:
    """Read a span such as `1h30m` or `-1.5s` as nanoseconds.

    >>> duration_from_text("1h30m")
    5400000000000
    """
    if text in ("0", "+0", "-0"):
        return 0
    match = _SPAN.fullmatch(text)
    if match is None:
        raise Failure(f"{text!r} is no duration; write 72h, 1h30m, 1.5s")
    total = sum(_part(*part) for part in _PART.findall(text))
    return duration_in_range(-total if match[1] == "-" else total)


def _part(whole: str, part: str, unit: str) -> int:
    size = _UNITS[unit]
    scale: int = 10 ** len(part)
    return int(whole or 0) * size + int(part or 0) * size // scale


def duration_text(value: int) -> str:
    """Write a span in seconds.

    >>> duration_text(1500000000)
    '1.5s'
    """
    seconds, fraction = divmod(abs(value), SECOND)
    return f"{'-' if value < 0 else ''}{seconds}{_fraction(fraction)}s"


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """Find a zone by IANA name (`Europe/Berlin`) or offset (`-09:30`); fails when there is none."""
    match = _OFFSET.fullmatch(name)
    if match is not None and int(match[2]) < 24 and int(match[3]) < 60:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # not found is a KeyError; hostile names are a ValueError or an OSError
        raise Failure(f"{name!r} is no time zone") from None


def _local(value: int, zone_name: str) -> datetime:
    try:
        return (_EPOCH + timedelta(seconds=value // SECOND)).astimezone(zone(zone_name))
    except OverflowError:
        raise Failure("range: the local time lies outside the years 1 to 9999") from None


_ACCESS: dict[str, Callable[[datetime], int]] = {
    "getFullYear": lambda at: at.year,
    "getMonth": lambda at: at.month - 1,
    "getDate": lambda at: at.day,
    "getDayOfMonth": lambda at: at.day - 1,
    "getDayOfWeek": lambda at: at.isoweekday() % 7,
    "getDayOfYear": lambda at: at.timetuple().tm_yday - 1,
    "getHours": lambda at: at.hour,
    "getMinutes": lambda at: at.minute,
    "getSeconds": lambda at: at.second,
}


def _accessors(name: str, get: Callable[[datetime], int]) -> tuple[Overload, Overload]:
    return (
        Overload(name, (TIMESTAMP,), INT, lambda value: get(_local(value, "UTC")), "member"),
        Overload(name, (TIMESTAMP, STRING), INT, lambda value, zone_name: get(_local(value, zone_name)), "member"),
    )


def _whole(unit: int) -> Callable[[int], int]:
    return lambda value: value // unit if value >= 0 else -(-value // unit)


def _milliseconds(value: int, zone_name: str = "UTC") -> int:
    zone(zone_name)
    return value % SECOND // 10**6


def _length(unit: str) -> Callable[[int], int]:
    return lambda count: duration_in_range(count * _UNITS[unit])


TIMES: tuple[Overload, ...] = (
    *(overload for name, get in _ACCESS.items() for overload in _accessors(name, get)),
    Overload("getMilliseconds", (TIMESTAMP,), INT, _milliseconds, "member"),
    Overload("getMilliseconds", (TIMESTAMP, STRING), INT, _milliseconds, "member"),
    Overload("getHours", (DURATION,), INT, _whole(3600 * SECOND), "member"),
    Overload("getMinutes", (DURATION,), INT, _whole(60 * SECOND), "member"),
    Overload("getSeconds", (DURATION,), INT, _whole(SECOND), "member"),
    Overload("getMilliseconds", (DURATION,), INT, lambda value: _whole(10**6)(value) - 1000 * _whole(SECOND)(value), "member"),
    Overload("days", (INT,), DURATION, lambda count: duration_in_range(count * 86400 * SECOND)),
    Overload("hours", (INT,), DURATION, _length("h")),
    Overload("minutes", (INT,), DURATION, _length("m")),
)
