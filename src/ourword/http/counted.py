"""Exactly the contacts that a number counts, for pages and for `GET /v1/contacts`: what is asked, read and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, cast

import msgspec

from ourword.errors import UsageError
from ourword.outcomes.contacts import CLOSED_OUTCOMES
from ourword.outcomes.metrics import Group, metric, rows_behind
from ourword.outcomes.recount import claimed_by
from ourword.outcomes.vendors import vendor_rule

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LENGTH_MAX = 200


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A number of the report (`metric`), or of the recount (`rule`), in a group."""

    metric: str = "stayed_resolved"
    rule: str = ""
    outcome: str = ""
    group: Group = Group()
    part: Literal["numerator", "denominator"] = "numerator"

    @property
    def words(self) -> str:
        """What was counted, in words."""
        if self.rule:
            return f"counted as resolved by {vendor_rule(self.rule).vendor}" + (
                f", and then: {self.outcome.replace('_', ' ')}" if self.outcome else ""
            )
        of = metric(self.metric)
        return of.says if self.part == "numerator" else f"all that `{of.id}` is a share of"


def counted(query: Mapping[str, str]) -> Counted:
    """Read what is asked; what does not exist is a `UsageError` with the place and what may stand there."""
    rule, outcome, part = (query.get(name, "")[:_LENGTH_MAX] for name in ("rule", "outcome", "part"))
    if rule:
        vendor_rule(rule)
    if outcome and outcome not in CLOSED_OUTCOMES:
        raise UsageError("outcomes.outcome", f"there is no outcome `{outcome}`", place="outcome", hint="one of " + ", ".join(CLOSED_OUTCOMES))
    if part not in ("", "numerator", "denominator"):
        raise UsageError("outcomes.part", f"`{part}` is no part of a share", place="part", hint="numerator or denominator")
    named = metric(query.get("metric", "")[:_LENGTH_MAX] or "stayed_resolved")
    if named.unit != "contact":
        hint = "ask /v1/promises for promises" if named.unit == "promise" else "ask for a metric of contacts"
        raise UsageError("outcomes.unit", f"`{named.id}` counts {named.unit}s, not contacts", place="metric", hint=hint)
    group = Group(*(query.get(name, "")[:_LENGTH_MAX] or "*" for name in ("kind", "version", "segment")))
    given = cast(Literal["numerator", "denominator"], part or "numerator")
    return Counted(metric=named.id, rule=rule, outcome=outcome, group=group, part=given)


def numbers(connection: DuckDBPyConnection, of: Counted) -> list[int]:
    """The contacts, by number, after `watch`."""
    if of.rule:
        return claimed_by(connection, vendor_rule(of.rule), kind=of.group.kind, outcome=of.outcome or None)
    return cast(list[int], rows_behind(connection, of.metric, of.group, part=of.part))
