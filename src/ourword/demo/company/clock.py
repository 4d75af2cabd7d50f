"""Larkspur's clocks, in whole seconds since 1970: when people write, when the desk is open, when a promise is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from ourword.core.calendar import Calendar, desk_hours_from_text, public_holidays
from ourword.core.span import Span

DAY, HOUR, MINUTE = 86400, 3600, 60
_ZONE = "Europe/Berlin"
_OPENS, _CLOSES = 8 * HOUR, 22 * HOUR
_CARE = desk_hours_from_text("Mon-Sun 08:00-22:00")
_WEEKDAYS = (1.2, 1.1, 1.0, 1.0, 0.95, 0.7, 0.75)
_HOURS = (2, 1, 1, 1, 1, 2, 5, 12, 22, 30, 34, 32, 28, 28, 30, 30, 29, 30, 32, 34, 30, 22, 12, 6)


@cache
def _holidays() -> Callable[[date], bool]:
    return public_holidays("DE-BE")


@cache
def _is_holiday(day: date) -> bool:
    return _holidays()(day)


_CALENDAR = Calendar(_ZONE, _is_holiday)


@cache
def _offset(day: int) -> int:
    offset = datetime.fromtimestamp(day * DAY + 12 * HOUR, ZoneInfo(_ZONE)).utcoffset()
    return int((offset or timedelta()).total_seconds())


@cache
def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()


def text(second: int) -> str:
    """Print a second since 1970 as RFC 3339.

    >>> text(1_795_000_000)
    '2026-11-18T11:06:40Z'
    """
    day, rest = divmod(second, DAY)
    return f"{_date(day)}T{rest // HOUR:02}:{rest % HOUR // MINUTE:02}:{rest % MINUTE:02}Z"


def starts(chance: Random, *, first: int, now: int, count: int) -> list[int]:
    """Draw when customers start to write: fewer at night and on weekends; sorted."""
    days = range(first // DAY, now // DAY + 1)
    weights = [_WEEKDAYS[(day + 3) % 7] for day in days]
    drawn: list[int] = []
    while len(drawn) < count:
        for day in chance.choices(days, weights, k=count - len(drawn)):
            hour = chance.choices(range(24), _HOURS)[0]
            second = day * DAY + hour * HOUR + chance.randrange(HOUR) - _offset(day)
            if first <= second < now:
                drawn.append(second)
    return sorted(drawn)


def desk_open(second: int) -> int:
    """Say when the desk is next open: now, or at eight in the morning."""
    local = second + _offset(second // DAY)
    clock = local % DAY
    if _OPENS <= clock < _CLOSES:
        return second
    return second - clock + _OPENS + (DAY if clock >= _CLOSES else 0)


@cache
def _due(second: int, count: int, unit: str, at_desk: bool) -> int:
    start = datetime.fromtimestamp(second, UTC)
    due = _CALENDAR.due_at(start, Span(count, unit), _CARE) if at_desk else _CALENDAR.due_at(start, Span(count, unit))  # type: ignore[arg-type]
    return int(due.timestamp())


def due(second: int, count: int, unit: str, *, at_desk: bool = False) -> int:
    """Say when a promise of so many units is due, by the contract's calendar.

    >>> text(due(1_795_000_000, 5, "working day"))
    '2026-11-25T11:06:40Z'
    """
    return _due(second, count, unit, at_desk)
