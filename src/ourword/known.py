"""Opening a home as it is, or as it was known: at one of its entries, or by what its ledger says until a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from ourword.clock import instants
from ourword.core.time import datetime_from_instant
from ourword.deciding.told import moment
from ourword.ledger.entry import instant_text
from ourword.outcomes.asked import AsOf, as_of_from

if TYPE_CHECKING:
    from ourword.stores.home import Home


class Opened(TypedDict):
    """An opened home and its clock."""

    home: Home
    clock: Callable[[], datetime]


def opened_home(home: str | Path, as_of: AsOf | str, clock: Callable[[], datetime], *, create: bool = True, write: bool = True) -> Opened:
    """Open a home, and give its present too: the clock's, of an entry the latest moment that was said by then, of a moment that moment.

    As of a moment is shown all that lies before the first entry that says a later time. Raises `UsageError`, `HomeError`.
    """
    from ourword.stores.home import open_home

    asked = as_of_from(as_of, "as_of") if isinstance(as_of, str) else as_of
    ours = instants(clock)
    if not asked:
        return Opened(home=open_home(home, create=create, write=write, clock=ours), clock=clock)
    entry = asked.entry
    if asked.moment is not None:
        until = asked.moment * 1000 + 999
        with open_home(home, create=False, write=False) as opened:
            entry = opened.store.last_by(until)
    found = open_home(home, create=False, at=entry, clock=ours)
    if asked.moment is not None:
        found.clock = lambda: min(until, ours())
    return Opened(home=found, clock=clock_of(found))


def clock_of(home: Home) -> Callable[[], datetime]:
    """The present of a home, as reports ask for it."""
    return lambda: datetime_from_instant(home.clock())


def in_words(home: Home | None) -> str:
    """Say as of which entry a home is shown; empty where it is shown as it is."""
    if home is None or home.known_at is None:
        return ""
    if not home.known_at:
        return "As known before the first entry."
    return f"As known at entry {home.known_at:,}, {moment(instant_text(home.clock()))}. What came later is not in it."


def of_moment(micros: int) -> str:
    """What people are told first of a moment (µs since 1970), which is no look back at what was known.

    >>> of_moment(0)
    'As of 1970-01-01 00:00:00 UTC: what had happened by then, as it is known today.'
    """
    return f"As of {moment(instant_text(micros * 1000))}: what had happened by then, as it is known today."
