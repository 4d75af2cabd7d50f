"""What a home's events could not show: there a share is no data, and not 0 %.

A table of tickets holds no words. Of its customers none *gave up*, so 0 % stood on the page that goes to the board, as if somebody had looked.
A share of nothing stays a share where one such event was ever heard: then somebody looks, and saw none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import query
from ourword.outcomes.metrics import CLOSED, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PERSONS = ("asked_for_a_person", "offered_a_person", "stuck_no_person")
"""What only a wish for a person shows, or an offer of one, and of which one must have been heard."""


def heard(connection: DuckDBPyConnection) -> dict[str, int]:
    """How many events could show each outcome, and tell each rung of the ladder, after `watch`: one count for both, so that they never disagree."""
    found = connection.execute(query("heard"))
    names = [each[0] for each in found.description or ()]
    return dict(zip(names, found.fetchone() or (), strict=False))


def followed(connection: DuckDBPyConnection) -> int:
    """Of how many contacts whose time is over a return on the same matter would be seen: they name a customer, and what they are about."""
    return _count(connection, f"SELECT COUNT(*) FROM became AS c WHERE {CLOSED} AND c.contact IN (SELECT contact FROM issues)")


def unseen_in(connection: DuckDBPyConnection) -> frozenset[str]:
    """Metrics of which nothing here could be seen, after `watch`."""
    counts = heard(connection)
    persons = counts["persons"]
    read = _count(connection, "SELECT COUNT(*) FROM became AS c WHERE c.readable = 1")
    channels = _count(connection, "SELECT COUNT(DISTINCT c.channel) FROM became AS c")
    seen = {
        "gave_up": counts["gave_up"],
        "ended_unanswered": counts["gave_up"],
        "confirmed": counts["confirmed"],
        "promise_broken": _count(connection, "SELECT COUNT(*) FROM promises"),
        "came_back": _count(connection, f"SELECT COUNT(*) FROM became AS c WHERE {CLOSED} AND c.followed = 1"),
        "came_back_observed": followed(connection),
        "claimed_resolution": counts["claimed"],
        "stuck": persons or read or channels > 1,
        "stuck_switched_channel": channels > 1,
        **dict.fromkeys(PERSONS, persons),
    }
    return frozenset(name for name, found in seen.items() if not found)


def _count(connection: DuckDBPyConnection, text: str) -> int:
    found = connection.execute(text).fetchone()
    return int(found[0]) if found else 0


def told(rows: Iterable[Row], unseen: Collection[str]) -> Iterator[Row]:
    """The rows with no data where nothing could be seen, and nothing was: a number that is there stays, whatever it came from."""
    listed = list(rows)
    none = {each.metric for each in listed if each.kind == each.version == each.segment == "*" and each.metric in unseen and not each.value}
    for each in listed:
        yield msgspec.structs.replace(each, n=0, value=None, low=None, high=None) if each.metric in none else each
