"""Instants as RFC 3339 text and as nanoseconds since 1970 (UTC)."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?![\d])(.*)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?![\d])(.*)", re.ASCII)
_HOW = "write a day (2026-11-09) or RFC 3339 with a zone (2026-11-09T10:00:00Z)"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The years 1 to 9999 in UTC, as seconds since 1970: what RFC 3339, CEL and Python can all write.
_FIRST, _LAST = -62_135_596_800, 253_402_300_799

EVENTS_END = 7_258_118_400 * 10**9
"""The year 2200: events lie before it."""


def instant_from_text(text: str) -> int | None:
    """Read RFC 3339 with a zone as nanoseconds since 1970; anything else, a text without a zone too, is `None`.

    >>> instant_from_text("1970-01-01T00:00:01Z")
    1000000000
    >>> instant_from_text("2026-11-23T10:00:00") is None
    True
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
    offset = 0
    if zone not in "Zz":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 23 or minutes > 59:
            return None
        offset = (hours * 60 + minutes) * 60 * (-1 if zone[0] == "-" else 1)
    delta = moment - _EPOCH
    seconds = delta.days * 86400 + delta.seconds - offset
    if not _FIRST <= seconds <= _LAST:
        return None
    return seconds * 10**9 + int((fraction or "0").ljust(9, "0"))


def micros_from_text(text: str) -> int | None:
    """Read a day (its midnight in UTC) or RFC 3339 with a zone as microseconds since 1970; anything else is `None`.

    A moment outside the years 1970 to 2199, in which no event can lie, is none either.

    >>> micros_from_text("1970-01-02"), micros_from_text("1970-01-01T00:00:01Z"), micros_from_text("yesterday")
    (86400000000, 1000000, None)
    """
    instant = instant_from_text(text if "T" in text.upper() else text + "T00:00:00Z")
    return None if instant is None or not 0 <= instant < EVENTS_END else instant // 1000


def why_no_moment(text: str) -> tuple[str, str]:
    """Say what is wrong with a text that `micros_from_text` cannot read, and how to write it.

    >>> why_no_moment("31.09.2026")
    ('`31.09.2026` does not exist: September 2026 has 30 days', 'write the day as 2026-09-30')
    >>> why_no_moment("2026-11-09T10:00:00")[0], why_no_moment("yesterday")[0]
    ('`2026-11-09T10:00:00` has no zone', '`yesterday` is no moment')
    """
    shown, text = f"`{text[:60]}`", text.strip()
    day = _day_in(text)
    if day is None:
        return f"{shown} is no moment", _HOW
    year, month, number, rest = day
    if not 1970 <= year < 2200:
        return f"{shown} lies outside the years 1970 to 2199", _HOW
    if not 1 <= month <= 12:
        return f"{shown} does not exist: a year has 12 months", _HOW
    days = monthrange(year, month)[1]
    if not 1 <= number <= days:
        return f"{shown} does not exist: {month_name[month]} {year} has {days} days", f"write the day as {year}-{month:02}-{days:02}"
    written = f"{year}-{month:02}-{number:02}"
    if not rest:
        return f"{shown} is a day written otherwise", f"write it as {written}"
    if instant_from_text(f"{written}T{rest.lstrip(' Tt')}Z") is not None:
        return f"{shown} has no zone", f"add Z if it is UTC, or the zone like +01:00: {written}T{rest.lstrip(' Tt')}Z"
    return f"{shown} is no moment", f"write the day alone ({written}) or RFC 3339 with a zone ({written}T10:00:00Z)"


def _day_in(text: str) -> tuple[int, int, int, str] | None:
    """Year, month, day and what stands after them; where the year comes last, the day comes first unless only a month fits there."""
    first, last = _YEAR_FIRST.fullmatch(text), _YEAR_LAST.fullmatch(text)
    if first is not None:
        return int(first[1]), int(first[2]), int(first[3]), first[4]
    if last is None:
        return None
    day, month = int(last[1]), int(last[2])
    return (int(last[3]), day, month, last[4]) if month > 12 >= day else (int(last[3]), month, day, last[4])


def instant_from_datetime(moment: datetime) -> int | None:
    """Turn an aware datetime into nanoseconds since 1970; a naive one is `None`."""
    if moment.tzinfo is None:
        return None
    delta = moment.astimezone(UTC) - _EPOCH
    return (delta.days * 86400 + delta.seconds) * 10**9 + delta.microseconds * 1000


def datetime_from_instant(instant: int) -> datetime:
    """Turn nanoseconds since 1970 into an aware datetime in UTC, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=instant // 1000)


def day_from_micros(at: int) -> str:
    """The day in UTC of a moment in microseconds since 1970.

    >>> day_from_micros(1_795_601_462_000_000)
    '2026-11-25'
    """
    return datetime_from_instant(at * 1000).date().isoformat()


def day_in_words(at: int, zone: str = "UTC") -> str:
    """The day in a zone as a sentence says it.

    >>> day_in_words(1_795_601_462_000_000)
    '25 November 2026'
    """
    day = datetime_from_instant(at * 1000).astimezone(ZoneInfo(zone))
    return f"{day.day} {month_name[day.month]} {day.year}"


def text_from_datetime(moment: datetime) -> str:
    """Print an aware datetime as RFC 3339 in UTC.

    >>> text_from_datetime(datetime(2026, 11, 23, 10, tzinfo=UTC))
    '2026-11-23T10:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
