"""How many would have come back by chance: the same contacts, their starts shuffled within the calendar of their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROUNDS = 40


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
    customer comes stay as they are (a permutation test: Good, *Permutation Tests*, 2nd ed. 2000, ch. 3).
    """
    observed, among = _shares(connection, "observed")
    if not among:
        return CameBack(n=0, observed=None, chance=None, chance_low=None, chance_high=None, excess=None)
    drawn = sorted(share for share in (_shuffled(connection, f"{seed}:{number}") for number in range(rounds)) if share is not None)
    if not drawn:
        return CameBack(n=among, observed=observed / among, chance=None, chance_low=None, chance_high=None, excess=None)
    mean, tail = sum(drawn) / len(drawn), int(len(drawn) * 0.025)
    return CameBack(
        n=among, observed=observed / among, chance=mean, chance_low=drawn[tail], chance_high=drawn[-1 - tail], excess=observed / among - mean
    )


def _shuffled(connection: DuckDBPyConnection, seed: str) -> float | None:
    connection.execute("CREATE OR REPLACE TEMP TABLE lots AS SELECT CAST(? AS VARCHAR) AS seed", [seed])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE timed AS {query('timed')}")
    returned, among = _shares(connection, "shuffled")
    return returned / among if among else None


def _shares(connection: DuckDBPyConnection, name: str) -> tuple[int, int]:
    found = connection.execute(query(name)).fetchone() or (0, 0)
    return int(found[0] or 0), int(found[1])
