"""Step 4, the working out: what each amendment makes of a fact, exactly, then rounded once towards the customer."""

from __future__ import annotations

from typing import Any

from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.core.money import MINOR_MAX, rounded_towards_customer
from ourword.gate.code import KindGate, Values, outside_names
from ourword.gate.judge import Judgement


def amend(kind: KindGate, amending: int, values: Values) -> tuple[dict[str, Any], Judgement | None]:
    """Step 4: work out every amendment from the original proposal; two different ones of a fact, or an unknown one, call for a person."""
    amendments: dict[str, Any] = {}
    by: dict[str, str] = {}
    for index, code in enumerate(kind.clauses):
        if not amending >> index & 1:
            continue
        for fact, reading in code.amend:
            value = amended_value(fact, reading(values))
            if type(value) is Unknown:
                return {}, Judgement(Answer.ESCALATE, code.clause.id, outside_names(kind, value.facts))
            if fact.name in amendments and amendments[fact.name] != value:
                return {}, Judgement(Answer.ESCALATE, by[fact.name])
            amendments[fact.name] = value
            by.setdefault(fact.name, code.clause.id)
    return amendments, None


def amended_value(fact: Fact, value: object) -> object:
    """Round an amendment's money towards the customer and hold it to the fact's type; what does not fit is `Unknown`."""
    if isinstance(value, Unknown):
        return value
    if fact.type.name == "money":
        value = rounded_towards_customer(value, paid_by_customer=fact.paid_by == "customer")  # type: ignore[arg-type]
        if abs(value) > MINOR_MAX:
            return Unknown(frozenset((fact.name,)), "out of range")
    if fact.type.name in ("money", "duration") and value < 0 and not fact.signed:  # type: ignore[operator]
        return Unknown(frozenset((fact.name,)), "negative after the amendment")
    if fact.type.name == "enum" and value not in fact.type.members:
        return Unknown(frozenset((fact.name,)), "not a member after the amendment")
    return value
