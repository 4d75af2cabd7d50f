"""What the gate leaves out to be fast changes nothing: each shortcut is held beside the long way."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gate.small import answer_to, clause, gate_of
from tests.gate.test_laws import SLOWLY, clause_lists, facts_with_gaps
from tests.tries import tries

from ourword.core.answer import Answer
from ourword.gate.decide import read_exactly, read_values
from ourword.gate.judge import judge

THENS: list[Any] = ["allow", "refuse", "escalate", {"ask": ["sure"]}, {"ask": ["reason"]}, {"amend": {"amount": "total / 2"}}]


@st.composite
def gates(draw: st.DrawFn) -> Any:
    thens = draw(st.lists(st.sampled_from([*THENS, "final"]), min_size=1, max_size=6))
    clauses = [
        clause(f"c{at}", "opened", "refuse", final=True, basis="the law", owner="mara") if then == "final" else clause(f"c{at}", "opened", then)
        for at, then in enumerate(thens)
    ]
    return gate_of(clauses, otherwise=draw(st.sampled_from(["allow", "refuse", "escalate"])))


@settings(SLOWLY, max_examples=tries(20))
@given(gates())
def test_what_settles_an_answer_gives_the_whole_judgement(gate):
    """Two customers whose answer is settled by the same clause are answered alike, whatever else held for either."""
    kind = gate.kinds["refund"]
    masks = range(1 << len(kind.clauses))

    assert [judge(kind, fired=kind.settle(mask), unknown={}, required=()) for mask in masks] == [
        judge(kind, fired=mask, unknown={}, required=()) for mask in masks
    ]


@settings(SLOWLY, max_examples=tries(40))
@given(clause_lists(), facts_with_gaps)
def test_a_clause_whose_facts_are_known_is_read_alike_both_ways(made, facts):
    """One fact that is missing does not change how the other clauses are read."""
    kind = gate_of(made[0]).kinds["refund"]
    values = kind.read(facts, 0)
    fast, exact = read_values(kind, values), read_exactly(kind, values)

    assert (fast.fired, fast.unknown, fast.required) == (exact.fired, exact.unknown, exact.required)


def test_an_answer_kept_for_one_customer_names_anothers_clauses_to_them():
    """Both are escalated by the same clause; for the second another clause held as well."""
    gate = gate_of([clause("opened", "opened", "escalate"), clause("vip", "vip", "allow")])
    one, other = (answer_to(gate, {"opened": True, "vip": vip}) for vip in (False, True))

    assert [(each.answer, each.fired) for each in (one, other)] == [(Answer.ESCALATE, ("opened",)), (Answer.ESCALATE, ("opened", "vip"))]


def test_a_sum_that_leaves_64_bits_is_unknown_to_the_generated_code_too():
    """A sum that silently wraps would be a wrong promise; a person looks."""
    gate = gate_of([clause("many", "count + 1 > 3", "allow")])
    verdict = answer_to(gate, {"count": 2**63 - 1})

    assert (verdict.answer, verdict.missing) == (Answer.ESCALATE, ("count",))
