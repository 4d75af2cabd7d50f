"""What is proved holds for every customer, and what is shown is what the gate does: over random contracts, against customers drawn apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gate.small import answer_to, gate_of
from tests.gate.test_laws import BOUNDARIES, clause_lists, facts_with_gaps, known_facts, then_answer
from tests.tries import tries

from ourword.core.answer import Answer, rank
from ourword.gate.code import Gate
from ourword.proving.found import Found
from ourword.proving.prove import prove

pytest.importorskip("z3")
SLOWLY = settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CUSTOMERS = st.lists(facts_with_gaps, min_size=10, max_size=30)


def flaws(gate: Gate) -> list[Found]:
    return [each for each in prove(gate, seconds=60) if isinstance(each, Found)]


def named(found: list[Found], code: str, clause: str) -> bool:
    return any(each.code == f"prove.{code}" and f"`{clause}`" in each.what.split(":")[0] for each in found)


@SLOWLY
@given(clause_lists(), CUSTOMERS, st.sampled_from(["allow", "refuse", "escalate"]))
def test_a_clause_that_is_called_dead_shadowed_or_redundant_is_so_for_everybody(made: Any, customers: list[Any], otherwise: str) -> None:
    """Taking out a clause because a proof said so must not change what becomes of a customer."""
    clauses = made[0]
    gate = gate_of(clauses, otherwise=otherwise)
    found = flaws(gate)
    verdicts = [(facts, answer_to(gate, facts)) for facts in customers]
    for each in clauses:
        dead, shadowed, redundant = (named(found, code, each["id"]) for code in ("dead", "shadowed", "redundant"))
        rest = [other for other in clauses if other is not each]
        without = gate_of(rest, otherwise=otherwise) if redundant and rest else None
        for facts, verdict in verdicts:
            assert not (dead and each["id"] in verdict.fired)
            assert not (shadowed and each["id"] in verdict.fired and verdict.decided_by == each["id"])
            if without is not None and each["id"] in verdict.fired and not verdict.missing:
                assert verdict.answer is answer_to(without, facts).answer


@SLOWLY
@given(clause_lists(), CUSTOMERS)
def test_a_boundary_of_which_nothing_is_said_is_never_crossed(made: Any, customers: list[Any]) -> None:
    """The signature on a contract rests on this: no customer is led across a boundary that was proved."""
    gate = gate_of(made[0], never=BOUNDARIES)
    found = [each.what for each in flaws(gate) if each.code == "prove.boundary"]
    crossed = {signal.id for facts in customers for signal in answer_to(gate, facts).signals if signal.certain}

    assert all(any(f"`{boundary}`" in what for what in found) for boundary in crossed)


@SLOWLY
@given(clause_lists(), CUSTOMERS, st.sampled_from(["allow", "refuse"]))
def test_without_a_gap_some_clause_speaks_of_everybody(made: Any, customers: list[Any], otherwise: str) -> None:
    gate = gate_of(made[0], otherwise=otherwise)
    gap = any(each.code == "prove.gap" for each in flaws(gate))

    assert gap or all(answer_to(gate, facts).decided_by != "otherwise" for facts in customers)


@SLOWLY
@given(clause_lists(), known_facts, st.lists(st.sampled_from([0, 1, 499, 500, 501, 1000, 2001]), min_size=2, max_size=6))
def test_a_fact_that_keeps_its_direction_never_pulls_the_other_way(made: Any, facts: Any, amounts: list[int]) -> None:
    gate = gate_of(made[0], never=BOUNDARIES, monotone=[{"fact": "amount", "up": "stricter"}])
    found = any(each.code == "prove.monotone" for each in flaws(gate))
    ranks = [rank(answer_to(gate, {**facts, "amount": amount}).answer) for amount in sorted(amounts)]

    assert found or ranks == sorted(ranks)


@SLOWLY
@given(clause_lists(), st.sampled_from(["allow", "refuse", "escalate"]), st.sampled_from(["autonomous", "propose"]))
def test_every_customer_who_is_shown_is_answered_so_by_the_gate(made: Any, otherwise: str, rights: str) -> None:
    """What a proof shows can be typed in again, and the gate answers as shown; the solver and the gate never disagree."""
    gate = gate_of(made[0], otherwise=otherwise, rights=rights, never=BOUNDARIES, monotone=[{"fact": "amount", "up": "stricter"}])
    found = flaws(gate)

    assert not [each for each in found if each.code == "prove.disagreement" or each.possible]
    for met in (met for each in found for met in each.customers):
        verdict = answer_to(gate, met.facts)
        assert (met.answer, met.decided_by, met.fired) == (verdict.answer.value, verdict.decided_by, verdict.fired)


@SLOWLY
@given(clause_lists(amending=False), CUSTOMERS)
def test_a_refusal_never_meets_an_allowance_unless_one_lies_within_the_other_or_it_is_said(made: Any, customers: list[Any]) -> None:
    """One clause lies within the other where it holds for nobody else of whom everything is known: what is not known makes nobody an exception."""
    gate = gate_of(made[0])
    said = [each for each in flaws(gate) if each.code == "prove.conflict"]
    fired = [(facts, set(answer_to(gate, facts).fired), answer_to(gate, facts).answer) for facts in customers]
    known = [held for facts, held, _ in fired if facts.keys() >= gate.kinds["refund"].facts.keys()]
    for one in (each["id"] for each in made[0] if then_answer(each) is Answer.REFUSE):
        for other in (each["id"] for each in made[0] if then_answer(each) is Answer.ALLOW):
            both = any({one, other} <= held and answer is Answer.REFUSE for _, held, answer in fired)
            apart = any(one in held and other not in held for held in known) and any(other in held and one not in held for held in known)
            assert said or not (both and apart)


@SLOWLY
@given(clause_lists(), st.lists(known_facts, min_size=10, max_size=30))
def test_unless_it_is_said_some_word_of_the_customers_always_leads_to_a_person_or_to_what_they_want(made: Any, customers: list[Any]) -> None:
    """Nobody who says that word is refused or asked again, whatever else is known of them."""
    gate = gate_of(made[0])
    said = any(each.code == "prove.person" for each in flaws(gate))
    words: list[tuple[str, Any]] = [("sure", True), ("sure", False), *(("reason", reason) for reason in ("damaged", "late", "changed_mind"))]
    vain = {
        word
        for word in words
        for facts in customers
        if word[0] in gate.kinds["refund"].facts and answer_to(gate, {**facts, word[0]: word[1]}).answer in (Answer.ASK, Answer.REFUSE)
    }

    assert said or len(vain) < len([word for word in words if word[0] in gate.kinds["refund"].facts]) or not vain
