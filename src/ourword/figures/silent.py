"""Customers of a home who have gone silent: worked out from its events, and on request kept as events of their own."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourword.core.event import Event
from ourword.ledger.entry import instant_text
from ourword.outcomes.silence import USUAL, Silence, SilenceRule, silent_customers, watch_silence
from ourword.stores.events import EventStore
from ourword.stores.home import Home
from ourword.stores.tables import tables

SOURCE = "ourword"


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """Who is silent and who was, of how many; and of whom it cannot be said."""

    silences: tuple[tuple[str, Silence], ...]
    """Each with its customer's id, ended ones too; a customer who was erased has none and is left out."""
    customers: int
    """Customers with enough visits to have a usual gap."""
    unknown: int
    """Customers with fewer: whether they are silent is unknown."""
    kept: int = 0
    """How many were kept as events this time."""

    @property
    def now(self) -> tuple[tuple[str, Silence], ...]:
        """Those that last."""
        return tuple(each for each in self.silences if each[1].back_at is None)


def silent(home: Home, *, rule: SilenceRule = USUAL, as_of: int | None = None, keep: bool = False) -> Quiet:
    """Say who is silent as of a moment (µs since 1970; else as of the last event).

    With *keep*, each silence becomes a `customer.silent` event at the moment at which it was known, under an id that names the
    customer and its beginning: kept once, however often this runs. Such an event says what was known then; it is never read
    back here, and late events may show that there was no silence.
    """
    with EventStore(home, write=keep) as store:
        with tables(home, store) as duck:
            watch_silence(duck, rule=rule, as_of=as_of)
            enough, all_ = duck.execute("SELECT count(*) FILTER (n >= ?), count(*) FROM (SELECT count(*) AS n FROM visits GROUP BY subject)", [
                rule.visits_min
            ]).fetchone() or (0, 0)  # fmt: skip
            named = [(store.people.customer(each.subject), each) for each in silent_customers(duck)]
        found = tuple((who, each) for who, each in named if who is not None)
        kept = store.add(list(_events(found))) if keep else []
    return Quiet(silences=found, customers=int(enough), unknown=int(all_) - int(enough), kept=kept.count("new"))


def _events(found: tuple[tuple[str, Silence], ...]) -> Iterator[Event]:
    for who, each in found:
        data = {"since": instant_text(each.since * 1000), "usual_gap_seconds": each.usual // 1_000_000}
        subject = who if who.startswith("contact:") else f"customer:{who}"
        yield Event(
            id=f"silent/{who[:300]}/{each.since}", source=SOURCE, type="customer.silent", instant=each.known_at * 1000, subject=subject, data=data
        )
