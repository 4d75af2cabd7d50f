"""Exactly the contacts that a number counts, for every door: what is asked, read and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, cast, get_args

import msgspec

from ourword.errors import UsageError
from ourword.figures.summary import outcome_words
from ourword.outcomes.contacts import CLOSED_OUTCOMES
from ourword.outcomes.metrics import Group, metric, rows_behind
from ourword.outcomes.recount import claimed_by
from ourword.outcomes.vendors import vendor_rule

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Part = Literal["numerator", "denominator", "rest"]
"""Those that a share counts, those that it is a share of, and those of them that it does not count."""
PARTS: tuple[Part, ...] = get_args(Part)
CONTRADICTED = ("came_back", "gave_up", "promise_broken")
"""What must not become of a contact that is called resolved; `outcome=contradicted` asks for all three."""
_NAME_MAX = 100
_OUTCOMES = (*CLOSED_OUTCOMES, "contradicted")


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A number of the report (`metric`), or of the recount (`rule`), in a group."""

    metric: str = "stayed_resolved"
    rule: str = ""
    outcome: str = ""
    group: Group = Group()
    part: Part = "numerator"

    @property
    def words(self) -> str:
        """What was counted, in words."""
        if self.rule:
            then = f", and then: {outcome_words(self.outcome)}" if self.outcome else ""
            return f"counted as resolved by {vendor_rule(self.rule).vendor}{then}"
        of = metric(self.metric)
        return {"numerator": of.says, "denominator": f"all that `{of.id}` is a share of", "rest": f"not among: {of.says}"}[self.part]


def counted(query: Mapping[str, str]) -> Counted:
    """Read what is asked; what does not exist is a `UsageError` with the place and what may stand there."""
    rule, outcome, part = (query.get(name, "") for name in ("rule", "outcome", "part"))
    if rule:
        vendor_rule(rule)
    if outcome and outcome not in _OUTCOMES:
        raise UsageError("outcomes.outcome", f"there is no outcome `{outcome[:60]}`", place="outcome", hint="one of " + ", ".join(_OUTCOMES))
    named = metric(query.get("metric", "")[:_NAME_MAX] or "stayed_resolved")
    if named.unit != "contact":
        hint = "ask /v1/promises for promises" if named.unit == "promise" else "ask for a metric of contacts"
        raise UsageError("outcomes.unit", f"`{named.id}` counts {named.unit}s, not contacts", place="metric", hint=hint)
    group = Group(*(query.get(name) or "*" for name in ("kind", "version", "segment")))
    return Counted(metric=named.id, rule=rule, outcome=outcome, group=group, part=part_of(part))


def part_of(text: str) -> Part:
    """Read which part of a share is asked for; without a word those that it counts."""
    if text and text not in PARTS:
        raise UsageError("outcomes.part", f"`{text[:60]}` is no part of a share", place="part", hint="one of " + ", ".join(PARTS))
    return next((each for each in PARTS if each == text), "numerator")


def numbers(connection: DuckDBPyConnection, of: Counted) -> list[int]:
    """The contacts, by number, after `watch`."""
    if of.rule:
        outcomes = CONTRADICTED if of.outcome == "contradicted" else (of.outcome or None,)
        return sorted(number for each in outcomes for number in claimed_by(connection, vendor_rule(of.rule), kind=of.group.kind, outcome=each))
    return cast(list[int], behind(connection, of.metric, of.group, of.part))


def behind(connection: DuckDBPyConnection, name: str, group: Group, part: Part) -> list[int] | list[str]:
    """What one part of a share counts, in order: contacts by number, promises as `decision/promise`."""
    counts = set(rows_behind(connection, name, group)) if part == "rest" else set()
    rows = rows_behind(connection, name, group, part="numerator" if part == "numerator" else "denominator")
    return [each for each in rows if each not in counts]  # type: ignore[return-value]
