"""How many would have come back by chance: the same contacts, their starts shuffled within the calendar of their kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import query
from ourword.outcomes.metrics import Row
from ourword.outcomes.unseen import followed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROUNDS, ROUNDS_MIN = 40, 5
ROWS_DRAWN = 400_000
"""So many contacts are drawn for in all: where there are more, fewer shuffles tell as much, since each wavers less."""
ROWS_AT_ONCE = 50_000
SEED = 7
"""The lots of a board: the same events give the same figures."""
BY_CHANCE, EXCESS = "came_back_by_chance", "came_back_excess"


class CameBack(msgspec.Struct, frozen=True, kw_only=True):
    """Observed, expected by chance (mean, 2.5 % and 97.5 % of the shuffles), and what is left; no data is `None`."""

    n: int
    observed: float | None
    chance: float | None
    chance_low: float | None
    chance_high: float | None
    excess: float | None


def came_back(connection: DuckDBPyConnection, *, seed: int, rounds: int = ROUNDS) -> CameBack:
    """Share of contacts with a new one on the same issue within the window, against a seeded shuffle, after `watch`.

    Each shuffle gives every contact the start of another of its kind and keeps customer, issue and length, so the calendar and how often each
    customer comes stay as they are (a permutation test: Good, *Permutation Tests*, 2nd ed. 2000, ch. 3). Only contacts that share an issue
    with another are drawn for: a draw of so many out of all starts is what a permutation of all gives them. Both shares are of the same
    contacts: those whose window is over.
    """
    observed, among = _observed(connection)
    if not among or not followed(connection):  # where no return could be seen, chance gives none either
        return CameBack(n=0, observed=None, chance=None, chance_low=None, chance_high=None, excess=None)
    _prepare(connection, seed)
    drawn = sorted(each / among for each in _shuffled(connection, seed, rounds))
    mean, tail = sum(drawn) / len(drawn), int(len(drawn) * 0.025)
    share = observed / among
    return CameBack(n=among, observed=share, chance=mean, chance_low=drawn[tail], chance_high=drawn[-1 - tail], excess=share - mean)


def rounds_for(contacts: int) -> int:
    """How many shuffles a board takes.

    >>> rounds_for(1_000), rounds_for(20_000), rounds_for(1_400_000)
    (40, 20, 5)
    """
    return max(ROUNDS_MIN, min(ROUNDS, ROWS_DRAWN // max(contacts, 1)))


def rows(found: CameBack) -> list[Row]:
    """What chance gives, and what is left of what was observed, as rows of a report over all contacts.

    The interval of the excess is that of the shuffles: what the observed share itself wavers by is not in it.
    """
    none = Row(kind="*", version="*", segment="*", metric=BY_CHANCE, n=found.n, value=None, low=None, high=None, immature=None, unmatched=None)
    chance = msgspec.structs.replace(none, value=found.chance, low=found.chance_low, high=found.chance_high)
    excess = msgspec.structs.replace(none, metric=EXCESS, value=found.excess)
    if found.observed is None or found.chance_low is None or found.chance_high is None:
        return [chance, excess]
    return [chance, msgspec.structs.replace(excess, low=found.observed - found.chance_high, high=found.observed - found.chance_low)]


def _prepare(connection: DuckDBPyConnection, seed: int) -> None:
    _lots(connection, seed, [0])
    for step in ("shared", "calendar"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {query(step)}")


def _lots(connection: DuckDBPyConnection, seed: int, turns: Sequence[int]) -> None:
    lots = "SELECT CAST(? AS VARCHAR) AS seed, UNNEST(CAST(? AS BIGINT[])) AS turn"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE lots AS {lots}", [str(seed), list(turns)])


def _shuffled(connection: DuckDBPyConnection, seed: int, rounds: int) -> Iterator[int]:
    """How many came back in each shuffle; as many at once as fit into memory: of a small home all, since a query costs more than its rows."""
    contacts = connection.execute("SELECT COUNT(*) FROM became").fetchone() or (0,)
    at_once = max(1, ROWS_AT_ONCE // max(1, int(contacts[0])))
    for turns in (range(first, min(first + at_once, rounds)) for first in range(0, rounds, at_once)):
        _lots(connection, seed, turns)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE timed AS {query('timed')}")
        found = dict(connection.execute(query("shuffled")).fetchall())
        yield from (int(found.get(turn) or 0) for turn in turns)


def _observed(connection: DuckDBPyConnection) -> tuple[int, int]:
    found = connection.execute(query("observed")).fetchone() or (0, 0)
    return int(found[0] or 0), int(found[1])
