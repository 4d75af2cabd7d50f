"""A flaw written down: with the customer whom the gate showed, or as possible, or as a disagreement between solver and gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ourword.contract.model import Clause
from ourword.proving.customers import Claim
from ourword.proving.found import Found, Level, Met
from ourword.proving.inquiry import Inquiry, Somebody


def reported(
    inquiry: Inquiry,
    somebody: Somebody | None,
    claim: Claim,
    *,
    code: str,
    level: str,
    what: str,
    place: str,
    hint: str,
    among: Sequence[Clause] = (),
    also: tuple[str, ...] = (),
) -> Found:
    """Let the gate show what is claimed, and write the flaw down; *among* are clauses whose lines are named if they hold."""
    common: dict[str, Any] = {"code": f"prove.{code}", "level": level, "kind": inquiry.kind.kind.name, "what": what, "place": place, "hint": hint}
    if somebody is None:
        return Found(**common, also=also)
    met = inquiry.show(somebody, claim)
    if met is None:
        return not_shown(inquiry, somebody, common, also)
    return Found(**common, also=(*also, *places(met, among)), customers=(met,))


def places(met: Met, among: Sequence[Clause]) -> tuple[str, ...]:
    """Where the clauses stand that hold for a customer."""
    return tuple(clause.place for clause in among if clause.id in met.fired)


def not_shown(inquiry: Inquiry, somebody: Somebody, common: dict[str, Any], also: tuple[str, ...]) -> Found:
    """The gate did not show it: possible, if it leans on what the solver could not look into; else the two disagree."""
    atoms = inquiry.atoms(somebody)
    if atoms:
        return Found(**common, also=also, possible=True, leans_on=atoms, customers=(inquiry.seen(somebody),))
    level: Level = "error"
    common |= {
        "code": "prove.disagreement",
        "level": level,
        "what": f"the solver and the gate disagree about this customer; the solver said: {common['what']}",
        "hint": "this is a defect of Ourword: please report it with contract and wiring",
    }
    return Found(**common, also=also, customers=(inquiry.seen(somebody),))
