"""What was called resolved, beside what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ourword.outcomes.contacts import CLOSED_OUTCOMES
from ourword.outcomes.intervals import Sums, share
from ourword.outcomes.metrics import CLOSED
from ourword.outcomes.sums import add_up
from ourword.outcomes.vendors import PREDICATES, Rule, vendor_rules

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


_OF_CLAIMED = {"unfollowed": "c.followed = 0", "unhandled": "c.handled_by = 'unknown'"}
"""What else is counted of the claimed ones, over a row of `became`."""


class Recounted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule in a kind: how many it claims of `n` closed contacts, and what became of the claimed ones.

    `low` and `high` are the 95 % interval (customers clustered) of the share of claimed contacts that were *not* contradicted: confirmed or
    quiet. `billed` is in minor units of the rule's currency, `None` where no price is known. Without claims the interval is `None`.
    """

    rule: str
    kind: str
    claimed: int
    confirmed: int
    quiet: int
    came_back: int
    gave_up: int
    promise_broken: int
    n: int
    low: float | None
    high: float | None
    billed: int | None
    lacking: tuple[str, ...] = ()
    """Where nothing is claimed: the rule's conditions that hold for no closed contact of the kind; none if they never hold together."""
    unfollowed: int = 0
    """Of the claimed, those of which nothing could show that the customer came back."""
    unhandled: int = 0
    """Of the claimed, those of which no event says whether a machine or a person handled them."""


def recount(connection: DuckDBPyConnection, rules: Sequence[Rule] | None = None) -> Iterator[Recounted]:
    """Apply each rule to the closed contacts of each kind and of `*`, after `watch`: all rules in one pass."""
    rules = vendor_rules() if rules is None else rules
    found = connection.execute(recount_query(connection, rules)).fetchall() if rules else []
    holding: dict[str, dict[str, int]] | None = None
    wide = len(CLOSED_OUTCOMES) + len(Sums.__struct_fields__) + len(_OF_CLAIMED)
    for i, rule in enumerate(rules):
        for kind, n, *numbers in found:
            mine = [int(number) for number in numbers[i * wide : (i + 1) * wide]]
            names = (*CLOSED_OUTCOMES, *_OF_CLAIMED)
            outcomes, sums = dict(zip(names, mine, strict=False)), Sums(*mine[len(names) :])
            held, claimed = share(sums), sums.denominator
            if not claimed and holding is None:
                holding = _holding(connection)
            lacking = () if claimed or holding is None else tuple(each for each in rule.when if not holding[kind][each])
            yield Recounted(
                rule=rule.id,
                kind=kind,
                claimed=claimed,
                n=int(n),
                low=held.low,
                high=held.high,
                billed=None if rule.price_minor is None else claimed * rule.price_minor,
                lacking=lacking,
                **outcomes,
            )


def _holding(connection: DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """For how many closed contacts of each kind each condition holds that a rule may name."""
    counted = ", ".join(f"COUNT(CASE WHEN {condition} THEN 1 END)" for condition in PREDICATES.values())
    text = f"SELECT p.kind, {counted} FROM places AS p JOIN became AS c ON c.contact = p.contact WHERE {CLOSED} GROUP BY p.kind"
    return {kind: dict(zip(PREDICATES, counts, strict=True)) for kind, *counts in connection.execute(text).fetchall()}


def recount_query(connection: DuckDBPyConnection, rules: Sequence[Rule]) -> str:
    """Add up what every rule claims and what became of it, by customer; the query gives the sums by kind, integers only."""
    claimed = {rule.id: f"{CLOSED} AND {rule.condition}" for rule in rules}
    became = {(rule.id, each): f"c.outcome = '{each}' AND {rule.condition}" for rule in rules for each in CLOSED_OUTCOMES}
    became |= {(rule.id, name): f"{CLOSED} AND {of} AND {rule.condition}" for rule in rules for name, of in _OF_CLAIMED.items()}
    stayed = {rule.id: f"c.outcome IN ('confirmed', 'quiet') AND {rule.condition}" for rule in rules}
    counters = add_up(connection, [CLOSED, *claimed.values(), *became.values(), *stayed.values()], by_kind_alone=True)
    columns = [
        ", ".join(
            [*(counters.total(became[rule.id, each]) for each in (*CLOSED_OUTCOMES, *_OF_CLAIMED)), counters.sums(stayed[rule.id], claimed[rule.id])]
        )
        for rule in rules
    ]
    n = counters.total(CLOSED)
    return f"SELECT kind, {n} AS n, {', '.join(columns)} FROM added GROUP BY kind HAVING {n} > 0 ORDER BY kind"


def claimed_by(connection: DuckDBPyConnection, rule: Rule, *, kind: str = "*", outcome: str | None = None) -> list[int]:
    """Exactly the contacts that a rule claims, all or those with one outcome: what a number of the recount opens."""
    text = (
        "SELECT c.contact FROM members AS place JOIN became AS c ON c.contact = place.contact "
        f"WHERE place.kind = ? AND place.version = '*' AND place.segment = '*' AND {CLOSED} AND {rule.condition} "
        "AND (CAST(? AS VARCHAR) IS NULL OR c.outcome = ?) ORDER BY c.contact"
    )
    return [row[0] for row in connection.execute(text, [kind, outcome, outcome]).fetchall()]
