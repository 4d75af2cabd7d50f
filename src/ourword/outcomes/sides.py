"""What became of chosen contacts: the declared metrics over sets of contacts that are held beside one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import query
from ourword.outcomes.intervals import NO_DATA, Share, Sums, share
from ourword.outcomes.metrics import metric, prepare, sums_query
from ourword.outcomes.silence import watch_silence

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BESIDE = ("came_back", "stayed_resolved", "complaints", "stayed_customer")
_PLACE = "FROM (SELECT side AS kind, '*' AS version, '*' AS segment, contact FROM sided) AS place"
_OF = {
    "contact": f"{_PLACE} JOIN became AS c ON c.contact = place.contact",
    "heard": f"{_PLACE} JOIN became AS c ON c.contact = place.contact JOIN after AS d ON d.contact = c.contact",
    "customer": "FROM firsts AS place JOIN fates AS c ON c.contact = place.contact",
}
_FIRSTS = """
SELECT p.side AS kind, '*' AS version, '*' AS segment, f.contact FROM (
  SELECT s.side, f.subject, MIN(f.first_event) AS first_event FROM sided AS s JOIN facts AS f ON f.contact = s.contact
  WHERE f.subject IS NOT NULL AND f.start_at IS NOT NULL GROUP BY s.side, f.subject
) AS p JOIN facts AS f ON f.first_event = p.first_event
"""
_BATCH = 5_000


class Fate(msgspec.Struct, frozen=True):
    """A metric over one side: the share with its interval, and how many it is too early to tell of."""

    metric: str
    found: Share = NO_DATA
    early: int = 0


def fates_of(connection: DuckDBPyConnection, sides: Mapping[str, Iterable[int]]) -> dict[str, dict[str, Fate]]:
    """Each metric of `BESIDE` for each side, after `watch`; a contact may be on several sides.

    Staying is watched from the first contact of each customer on that side. The tables that this makes of customers are dropped again.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE sided (side VARCHAR, contact BIGINT)")
    for side, contacts in sides.items():
        numbers = sorted(set(contacts))
        for first in range(0, len(numbers), _BATCH):
            connection.execute("INSERT INTO sided SELECT ?, unnest(CAST(? AS BIGINT[]))", [side, numbers[first : first + _BATCH]])
    found: dict[str, dict[str, Fate]] = {side: {} for side in sides}
    _add(connection, found, "contact", ("came_back", "stayed_resolved"))
    prepare(connection, metric("complaints"))
    _add(connection, found, "heard", ("complaints",))
    _follow(connection)
    _add(connection, found, "customer", ("stayed_customer",))
    for table in ("firsts", "begun", "partings", "fates", "sided"):
        connection.execute(f"DROP TABLE {table}")
    return found


def _add(connection: DuckDBPyConnection, found: dict[str, dict[str, Fate]], of: str, names: tuple[str, ...]) -> None:
    metrics = [metric(name) for name in names]
    for side, _, _, _, early, _, *sums in connection.execute(sums_query(metrics[0].unit, metrics, of=_OF[of])).fetchall():
        for i, each in enumerate(metrics):
            found[side][each.id] = Fate(each.id, share(Sums(*map(int, sums[6 * i : 6 * i + 6]))), int(early))


def _follow(connection: DuckDBPyConnection) -> None:
    given = connection.execute("SELECT g.as_of FROM given AS g").fetchone()
    watch_silence(connection, as_of=None if given is None else given[0])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE firsts AS {_FIRSTS}")
    for step in ("begun", "partings", "fates"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {query(step)}")
