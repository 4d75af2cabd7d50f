"""Which of two spans is longer, whenever it begins: by their unit, else by the shortest and the longest that a calendar makes of each.

A promise within 15 minutes that becomes one within 5 working days is later for everybody: five working days are never over before
five days are. Days are taken as 24 hours, as everywhere where spans are compared: the hour by which clocks are
changed makes nobody's promise a longer one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import gcd
from typing import Literal

import msgspec

from ourword.core.calendar import DAYS_AHEAD_MAX, Calendar, DeskHours, public_holidays
from ourword.core.span import NANOSECONDS, Span

Length = Literal["longer", "shorter", "same"]

_DAY = NANOSECONDS["day"]
_WEEK = 7 * _DAY
_CLOCK = ("second", "minute", "hour")
_MONTHS = {"month": 1, "year": 12}
_CYCLE_DAYS, _CYCLE_MONTHS = 146_097, 4_800
"""Days and months after which the calendar repeats: 400 years."""
_SHORT, _LONG = 3, 2
"""By how many days months can be shorter and longer than on average: held by a test over all days of four years, and around the year 2100."""
_YEARS = range(2000, 2051)
"""The years in which holidays are looked at, to tell the longest that working days take."""
_WEEKS_AHEAD = 60
"""How far spans may reach that are compared start by start."""


class Counted(msgspec.Struct, frozen=True):
    """By what a contract counts a span."""

    hours: DeskHours | None = None
    """The desk's hours, where only they count."""
    holidays: str = ""
    """Whose holidays are no working days; empty: there are none."""


ALWAYS = Counted()
"""All hours count, and there are no holidays."""


def compared(old: Span, new: Span, was: Counted = ALWAYS, now: Counted = ALWAYS) -> Length | None:
    """Say what a span became, whenever it begins; `None` where it depends on when.

    >>> compared(Span(15, "minute"), Span(5, "working day")), compared(Span(1, "working day"), Span(2, "day"))
    ('longer', None)
    """
    exact = _exactly(old, new) if was == now or (was.hours is now.hours is None and "working day" not in (old.unit, new.unit)) else None
    if exact is not None:
        return _told(*exact)
    before, after = ((shortest(span, by), longest(span, by)) for span, by in ((old, was), (new, now)))
    if before == after and before[0] == before[1]:
        return "same"
    if before[1] is not None and after[0] >= before[1]:
        return "longer"
    if after[1] is not None and before[0] >= after[1]:
        return "shorter"
    return _by_start(old, new, was, now)


def _told(old: int, new: int) -> Length:
    return "longer" if new > old else "shorter" if new < old else "same"


def _exactly(old: Span, new: Span) -> tuple[int, int] | None:
    """Both in one unit, where there is one; counted in the same way."""
    if old.unit == new.unit:
        return old.count, new.count
    if old.unit in _MONTHS and new.unit in _MONTHS:
        return old.count * _MONTHS[old.unit], new.count * _MONTHS[new.unit]
    return None


# ---- bounds ----------------------------------------------------------------------------------------------------------


def shortest(span: Span, by: Counted = ALWAYS) -> int:
    """The shortest that a span can take, in ns, whenever it begins.

    >>> shortest(Span(6, "working day")) // NANOSECONDS["day"]
    8
    """
    if span.unit in _MONTHS:
        return max(0, _CYCLE_DAYS * span.count * _MONTHS[span.unit] // _CYCLE_MONTHS - _SHORT) * _DAY
    open_days = _open_days(span, by)
    if open_days is not None:
        return _DAY * min(_days(open_days, span.count, start) for start in range(7))
    return span.nanoseconds or 0  # of a desk's hours less than all pass, never more


def longest(span: Span, by: Counted = ALWAYS) -> int | None:
    """The longest that a span can take, in ns; `None` where no holidays are known by which to tell."""
    if span.unit in _MONTHS:
        return (-(-_CYCLE_DAYS * span.count * _MONTHS[span.unit] // _CYCLE_MONTHS) + _LONG) * _DAY
    open_days = _open_days(span, by)
    if open_days is not None:
        if span.unit == "working day" and by.hours is None and by.holidays:
            return _with_holidays(span.count, by.holidays)
        return _DAY * max(_days(open_days, span.count, start) for start in range(7))
    if by.hours is not None and span.unit in _CLOCK:
        open_ns = sum(closes - opens for shifts in by.hours.days for opens, closes in shifts) * NANOSECONDS["minute"]
        return -(-(span.nanoseconds or 0) // open_ns) * _WEEK  # any seven days hold all hours of a week
    return span.nanoseconds


def _open_days(span: Span, by: Counted) -> tuple[bool, ...] | None:
    """Which days of the week a span counts, Monday first; `None` where it counts time, or whole days."""
    if by.hours is not None and span.unit in ("day", "working day"):
        return tuple(bool(shifts) for shifts in by.hours.days)
    return (True,) * 5 + (False,) * 2 if span.unit == "working day" else None


def _days(open_days: tuple[bool, ...], count: int, start: int) -> int:
    """Days until so many open ones have come, from a day of the week."""
    if count == 0:
        return 0
    weeks, left = divmod(count - 1, sum(open_days))
    day, left = start, left + 1
    while left:
        day += 1
        left -= open_days[day % 7]
    return min(7 * weeks + day - start, DAYS_AHEAD_MAX)


@lru_cache(maxsize=64)
def _with_holidays(count: int, code: str) -> int | None:
    """The longest that working days took, from any day of the years looked at, in ns."""
    try:
        is_holiday = public_holidays(code)
    except KeyError:
        return None
    first, last = date(_YEARS[0], 1, 1).toordinal(), date(_YEARS[-1], 12, 31).toordinal()
    days = map(date.fromordinal, range(first, last + 1))
    working = [first - 1, *(each.toordinal() for each in days if each.weekday() < 5 and not is_holiday(each))]
    if count >= len(working):
        return None
    return _DAY * max(0, *(later - earlier for earlier, later in zip(working, working[count:], strict=False)))


# ---- start by start ----------------------------------------------------------------------------------------------------


def _by_start(old: Span, new: Span, was: Counted, now: Counted) -> Length | None:
    """Where a desk's hours count, compare from every moment of a week: two working days are never over before four hours of that desk are.

    Between moments at which something opens or closes both ends stand still or move on with the start, so the ends of those times tell all.
    """
    sides = ((old, was), (new, now))
    if not any(by.hours for _, by in sides) or any(_needs_dates(span, by) for span, by in sides):
        return None
    step = gcd(1440, *(minute for _, by in sides if by.hours for shifts in by.hours.days for shift in shifts for minute in shift))
    step = gcd(step, *((span.nanoseconds or 0) // NANOSECONDS["minute"] for span, _ in sides if span.unit in _CLOCK))
    calendar, monday, found = Calendar("UTC"), datetime(2024, 1, 1, tzinfo=UTC), set()
    for minute in range(0, 7 * 1440, step):
        for apart in (timedelta(), timedelta(microseconds=1), timedelta(minutes=step, microseconds=-1)):
            start = monday + timedelta(minutes=minute) + apart
            before, after = (calendar.due_at(start, span, by.hours) for span, by in sides)
            found.add((after > before) - (after < before))
            if len(found - {0}) > 1:
                return None
    return "longer" if 1 in found else "shorter" if -1 in found else "same"


def _needs_dates(span: Span, by: Counted) -> bool:
    """Whether a week does not tell all: months, holidays, seconds, and what reaches too far."""
    most = longest(span, by)
    holidays = span.unit == "working day" and by.hours is None and bool(by.holidays)
    return span.unit in _MONTHS or span.unit == "second" or holidays or most is None or most > _WEEKS_AHEAD * _WEEK
