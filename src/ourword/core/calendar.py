"""When a span of time ends: calendar days in a zone, working days, desk hours.

Calendar units keep the local clock time: a promise of `5 working days` made on Saturday at 15:00 is due on Friday at
15:00. Where a desk's hours count, time passes only while the desk is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

from ourword.core.span import Span

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# A bound on every loop over days: no promise reaches further than this.
DAYS_AHEAD_MAX = 40_000

_SHIFT = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? +(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


class DeskHours(msgspec.Struct, frozen=True):
    """For each weekday (Monday first) the minutes of the day between which the desk is open: `[(480, 1320)]`."""

    days: tuple[tuple[tuple[int, int], ...], ...]


def desk_hours_from_text(text: str) -> DeskHours | None:
    """Read `Mon-Fri 09:00-18:00; Sat 10:00-14:00`; anything else is `None`.

    >>> desk_hours_from_text("Mon-Sun 08:00-22:00").days[6]
    ((480, 1320),)
    """
    days: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for part in text.split(";"):
        match = _SHIFT.fullmatch(part.strip())
        if match is None:
            return None
        first = DAYS.index(match[1])
        last = DAYS.index(match[2]) if match[2] else first
        opens = int(match[3]) * 60 + int(match[4])
        closes = int(match[5]) * 60 + int(match[6])
        if not 0 <= opens < closes <= 24 * 60 or int(match[4]) > 59 or int(match[6]) > 59:
            return None
        for day in range(first, first + (last - first) % 7 + 1):
            days[day % 7].append((opens, closes))
    for shifts in days:
        shifts.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(shifts)):
            return None
    return DeskHours(tuple(tuple(shifts) for shifts in days))


class Calendar(msgspec.Struct, frozen=True):
    """A zone and the days on which nobody works there."""

    zone: str
    is_holiday: Callable[[date], bool] = lambda _: False

    def due_at(self, start: datetime, span: Span, hours: DeskHours | None = None) -> datetime:
        """Say when *span* is over, counted from *start* (aware); with *hours*, only the desk's open time counts.

        >>> from ourword.core.span import span_from_text
        >>> saturday = datetime(2026, 11, 7, 14, tzinfo=UTC)
        >>> Calendar("Europe/Berlin").due_at(saturday, span_from_text("5 working days")).isoformat()
        '2026-11-13T14:00:00+00:00'
        """
        local = start.astimezone(_zone(self.zone))
        if hours is not None and span.nanoseconds is not None and span.unit in ("second", "minute", "hour"):
            return self._open_time(local, timedelta(microseconds=span.nanoseconds // 1000), hours)
        if span.unit in ("second", "minute", "hour"):
            assert span.nanoseconds is not None
            return start.astimezone(UTC) + timedelta(microseconds=span.nanoseconds // 1000)
        return self._on(self._last_day(local.date(), span, hours), local.timetz())

    def _last_day(self, day: date, span: Span, hours: DeskHours | None) -> date:
        match span.unit:
            case "week":
                return day + timedelta(days=7 * span.count)
            case "month":
                return _months_later(day, span.count)
            case "year":
                return _months_later(day, 12 * span.count)
            case "day" if hours is None:
                return day + timedelta(days=span.count)
        counts = self._is_working_day if hours is None else lambda each: bool(hours.days[each.weekday()])
        left = span.count
        for _ in range(DAYS_AHEAD_MAX):
            if left == 0:
                break
            day += timedelta(days=1)
            left -= counts(day)
        return day

    def _is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self.is_holiday(day)

    def _on(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock.replace(tzinfo=None), _zone(self.zone)).astimezone(UTC)

    def _open_time(self, local: datetime, left: timedelta, hours: DeskHours) -> datetime:
        day, now = local.date(), local.astimezone(UTC)
        for _ in range(DAYS_AHEAD_MAX):
            for opens, closes in hours.days[day.weekday()]:
                begin = max(now, self._minute(day, opens))
                end = self._minute(day, closes)
                if begin < end:
                    if left <= end - begin:
                        return begin + left
                    left -= end - begin
            day += timedelta(days=1)
        return now

    def _minute(self, day: date, minute: int) -> datetime:
        if minute == 24 * 60:
            return self._on(day + timedelta(days=1), time())
        return self._on(day, time(minute // 60, minute % 60))


def public_holidays(code: str) -> Callable[[date], bool]:
    """Tell the public holidays of a country, or country and subdivision: `DE`, `DE-BE`. No code: none.

    Raises `KeyError` for a code that the `holidays` library does not know.
    """
    if not code:
        return lambda _: False
    import holidays  # heavy: only contracts that name a list pay for it

    country, _, subdivision = code.partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        raise KeyError(code) from error
    return lambda day: day in days


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has a day 28")
