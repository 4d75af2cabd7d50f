"""How long decisions are kept: the moment from which all that is older is past retention, as contracts say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ourword.contract.model import Draft
from ourword.core.calendar import Calendar
from ourword.core.span import Span
from ourword.core.time import datetime_from_instant, instant_from_datetime

SECOND = 10**9


def bound_of(calendar: Calendar, keep: Span, now: int) -> int:
    """The last whole second from which *keep* is over by *now* (ns since 1970, like what is given); 0 where none is since 1970.

    >>> from ourword.core.span import span_from_text
    >>> bound_of(Calendar("UTC"), span_from_text("2 hours"), 9_000 * 10**9) // 10**9
    1800
    """
    low, high = 0, now // SECOND + 1  # all that is kept from before *low* is over, from *high* on it is not
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _is_over(calendar, keep, middle * SECOND, now) else (low, middle)
    return low * SECOND


def _is_over(calendar: Calendar, keep: Span, since: int, now: int) -> bool:
    try:
        ends = instant_from_datetime(calendar.due_at(datetime_from_instant(since), keep))
    except (ValueError, OverflowError, AssertionError):  # beyond the calendar: kept for ever
        return False
    return ends is not None and ends <= now


def histories(drafts: Iterable[Draft]) -> Iterator[int]:
    """How far back gates count decisions (ns): what is counted must not go before that."""
    for draft in drafts:
        for fact in draft.wiring.facts.values():
            if fact.history and fact.history.within.nanoseconds:
                yield fact.history.within.nanoseconds
