"""What a home's events could not show: there a share is no data, and not 0 %.

A table of tickets holds no words. Of its customers none *gave up*, so 0 % stood on the page that goes to the board, as if somebody had looked.
A share of nothing stays a share where one such event was ever heard: then somebody looks, and saw none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import query
from ourword.outcomes.metrics import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PERSONS = ("asked_for_a_person", "stuck_no_person")
"""What only a wish for a person shows, and of which one must have been heard."""


def heard(connection: DuckDBPyConnection) -> dict[str, int]:
    """How many events could show each outcome, and tell each rung of the ladder, after `watch`: one count for both, so that they never disagree."""
    found = connection.execute(query("heard"))
    names = [each[0] for each in found.description or ()]
    return dict(zip(names, found.fetchone() or (), strict=False))


def unseen_in(connection: DuckDBPyConnection, *, promised: bool, followed: int) -> frozenset[str]:
    """Metrics of which nothing here could be seen, after `watch`.

    *promised*: whether a promise is known; *followed*: of how many contacts a return on the same matter would be seen.
    """
    counts = heard(connection)
    persons = counts["persons"]
    read, channels = connection.execute("SELECT COUNT(CASE WHEN readable = 1 THEN 1 END), COUNT(DISTINCT channel) FROM became").fetchone() or (0, 0)
    stuck = persons or read or channels > 1
    seen = {
        "gave_up": counts["gave_up"],
        "confirmed": counts["confirmed"],
        "promise_broken": promised,
        "came_back": followed,
        "stuck": stuck,
        **dict.fromkeys(PERSONS, persons),
    }
    return frozenset(name for name, found in seen.items() if not found)


def told(rows: Iterable[Row], unseen: Collection[str]) -> Iterator[Row]:
    """The rows with no data where nothing could be seen, and nothing was: a number that is there stays, whatever it came from."""
    listed = list(rows)
    none = {each.metric for each in listed if each.kind == each.version == each.segment == "*" and each.metric in unseen and not each.value}
    for each in listed:
        yield msgspec.structs.replace(each, n=0, value=None, low=None, high=None) if each.metric in none else each
