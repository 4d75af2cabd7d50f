"""Spans of time as people write them: `15 minutes`, `30 days`, `5 working days`, `3 years`.

Minutes, hours and seconds are exact. Days, weeks, months and years are calendar units in the contract's zone; working
days skip weekends and holidays. A condition's `duration` is exact always: `days(30)` there is 30 × 24 hours.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Unit = Literal["second", "minute", "hour", "day", "working day", "week", "month", "year"]

NANOSECONDS: dict[str, int] = {
    "second": 10**9,
    "minute": 60 * 10**9,
    "hour": 3600 * 10**9,
    "day": 86400 * 10**9,
    "week": 7 * 86400 * 10**9,
}
"""The units that have an exact length when no calendar is asked."""

_SPAN = re.compile(r"(\d{1,6}) +(second|minute|hour|day|working day|week|month|year)s?", re.ASCII)


class Span(msgspec.Struct, frozen=True):
    """So many units of time, as written."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def nanoseconds(self) -> int | None:
        """Its exact length, or `None` for working days, months and years."""
        size = NANOSECONDS.get(self.unit)
        return None if size is None else self.count * size


def span_from_text(text: str) -> Span | None:
    """Read a span; anything else is `None`.

    >>> str(span_from_text("5 working days"))
    '5 working days'
    >>> span_from_text("soon") is None
    True
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        return None
    return msgspec.convert({"count": int(match[1]), "unit": match[2]}, Span)
