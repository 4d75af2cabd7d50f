"""Amendments that come to nothing: what they make of a fact does not fit it, such as an amount below zero, and a person decides."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.cel.smt_terms import Truth, both, either, no
from ourword.contract.model import Condition, Fact
from ourword.core.answer import Answer
from ourword.gate.code import Values
from ourword.proving.found import Finding, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.report import reported
from ourword.proving.solve import Nobody


def amendments(inquiry: Inquiry) -> Iterator[Finding]:
    """Each amendment of which the result does not fit for somebody of whom everything is known."""
    places = inquiry.gate.contract.draft.places
    for index, code in enumerate(inquiry.kind.clauses):
        clause = code.clause
        for (fact, _), (_, condition) in zip(code.amend, clause.then.amend, strict=True):
            somebody = inquiry.find(lambda side, at=index, of=fact, to=condition: _unfit(side, at, of, to), gaps=False)  # type: ignore[misc]
            if somebody is Nobody.NOT_PROVED:
                yield Unproved(kind=inquiry.kind.kind.name, what=f"whether `{clause.id}` always makes an amount that can be", place=condition.place)
            if isinstance(somebody, Somebody):

                def shown(values: Values, name: str = fact.name, by: str = clause.id) -> bool:
                    verdict = inquiry.trial.verdict(values)
                    return verdict.decided_by == by and name in verdict.unfit and name in values

                yield reported(
                    inquiry,
                    somebody,
                    shown,
                    code="amendment",
                    level="warning",
                    what=f"what `{clause.id}` makes of `{fact.name}` does not fit it for some customers, who go to a person: `{condition.text}`",
                    place=places.get(f"decisions.{inquiry.kind.kind.name}.clauses[{index}].then.amend.{fact.name}", condition.place),
                    hint="say in `when` for whom it holds, and what holds for the others",
                )


def _unfit(side: Side, index: int, fact: Fact, condition: Condition) -> list[Truth]:
    """The clause holds, its amendment is worked out and does not fit; and nothing stronger than a question stands in its way."""
    fits, _ = side.said.new_value(side.customer, fact, condition)
    first = side.decided.first.hot
    computed = side.said.term(condition, side.customer.facts).known
    return [both(side.decided.held[index], either(first[Answer.ASK], first[Answer.AMEND]), computed, no(fits))]
