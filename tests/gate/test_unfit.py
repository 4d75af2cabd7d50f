"""A fact that was given and cannot be used is told from one that was not given: the mend is another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from tests.gate.small import answer_to, clause, gate_of
from tests.gate.test_laws import clause_lists, facts_with_gaps

from ourword.contract.model import Example
from ourword.core.answer import Answer
from ourword.trying.examples import tried
from ourword.trying.words import departed, said

GATE = gate_of([clause("fine", "amount < eur(10) && age < days(3)", "allow")], requires=["amount", "age"])


@pytest.mark.parametrize(
    ("facts", "unfit"),
    [
        ({"amount": "5 USD", "age": timedelta(days=1)}, {"amount": "ill-typed: not an amount such as `12.50 EUR`, nor whole minor units"}),
        ({"amount": 500, "age": "soon"}, {"age": "ill-typed: not a duration such as `2 days`, nor a time since when"}),
        ({"amount": 500, "age": "-2 days"}, {"age": "ill-typed: negative, and the fact does not say `signed: true`"}),
        ({"amount": 500, "age": {"value": "1 day", "at": "2020-01-01T00:00:00Z"}}, {"age": "stale: read more than 1 hour ago"}),
        ({"amount": 500}, {}),
        ({"amount": 500, "age": None}, {}),
    ],
)
def test_what_was_given_and_cannot_be_used_is_named_with_the_reason(facts: dict[str, object], unfit: dict[str, str]) -> None:
    verdict = answer_to(GATE, facts)

    assert (verdict.answer, verdict.as_dict()["unfit"]) == (Answer.ESCALATE, unfit)
    assert set(unfit) <= set(verdict.missing)


@given(clause_lists(), facts_with_gaps)
def test_nothing_that_fits_and_nothing_that_is_absent_is_unfit(made, facts):
    assert answer_to(gate_of(made[0]), facts).unfit == {}


def test_what_an_amendment_makes_less_than_nothing_is_named_as_the_cause() -> None:
    """It said "missing: amount" of 10.00 EUR that were given."""
    gate = gate_of([clause("less", "true", {"amend": {"amount": "amount - eur(20)"}})], requires=["amount"])

    assert [answer_to(gate, {"amount": amount}).unfit for amount in (1000, 2000)] == [{"amount": "negative after the amendment"}, {}]
    assert answer_to(gate, {}).unfit == {}


def test_an_example_says_so_too() -> None:
    """It said "not known: age" of an age that stood in the line above."""
    example = Example(name="a", given={"amount": "5.00 EUR", "age": "soon"}, answer=Answer.ALLOW, place="contract.yaml:9:9")
    found = tried(GATE, GATE.kinds["refund"], example)

    assert "`age` was given, and cannot be used: ill-typed: not a duration such as `2 days`, nor a time since when" in departed(found)
    assert not any("not known" in line for line in departed(found))
    assert list(said(found)["unfit"]) == ["age"]
