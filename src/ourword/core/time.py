"""Instants as RFC 3339 text and as nanoseconds since 1970 (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
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


def text_from_datetime(moment: datetime) -> str:
    """Print an aware datetime as RFC 3339 in UTC.

    >>> text_from_datetime(datetime(2026, 11, 23, 10, tzinfo=UTC))
    '2026-11-23T10:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
