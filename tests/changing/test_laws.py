"""What a comparison of two contracts says holds for every customer: random contracts, customers drawn apart, an order written apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gate.small import answer_to, clause, gate_of
from tests.gate.test_laws import BOUNDARIES, clause_lists, facts_with_gaps
from tests.tries import tries

from ourword.cel.unknown import Unknown
from ourword.changing.diff import diff
from ourword.changing.found import Change, Settled, Unproved
from ourword.gate.code import Gate
from ourword.gate.facts import read_fact
from ourword.gate.verdict import Verdict

pytest.importorskip("z3")
SLOWLY = settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CUSTOMERS = st.lists(facts_with_gaps, min_size=10, max_size=30)
NOT_HARD = {"id": "not-vip", "say": "Who is a VIP is not refused.", "when": 'answer == "refuse" && vip'}
PROMISES = [
    {"id": "money", "when": 'answer in ["allow", "amend"]', "say": "{amount} back", "kept_by": "payment.refunded", "within": "5 days"},
    {"id": "why", "when": 'answer == "refuse"', "say": "We write why.", "kept_by": "letter.sent", "within": "3 days"},
    {"id": "call", "when": "vip", "say": "We call.", "kept_by": "call.made", "within": "1 day"},
]


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    """What goes into a small contract."""
    clauses, _ = draw(clause_lists())
    if draw(st.integers(0, 3)) == 0:
        clauses = [{**each, "final": True, "basis": "GwG", "owner": "mara"} if each["then"] == "refuse" else each for each in clauses]
    return {
        "clauses": clauses,
        "work": draw(st.sampled_from([{}, {}, {"may": {"refund": "5 EUR"}}])),
        "otherwise": draw(st.sampled_from(["allow", "refuse", "escalate"])),
        "requires": draw(st.lists(st.sampled_from(["amount", "sure", "age", "reason"]), max_size=2, unique=True)),
        "rights": draw(st.sampled_from(["autonomous", "autonomous", "autonomous", "propose", "human"])),
        "never": draw(st.sampled_from([[], BOUNDARIES, [*BOUNDARIES, NOT_HARD]])),
        "promises": [
            PROMISES[0],
            {**PROMISES[1], "when": draw(st.sampled_from(['answer == "refuse"', 'answer == "refuse" && opened']))},
            {**PROMISES[2], "when": draw(st.sampled_from(["vip", "vip && opened", 'answer == "ask" || vip']))},
        ],
    }


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Gate, Gate]:
    """Two contracts: often one and a small change of it, as they are reviewed."""
    old = draw(contracts())
    new = draw(contracts())
    if draw(st.integers(0, 3)):
        kept = draw(st.sets(st.sampled_from(sorted(new)), min_size=3, max_size=5))
        new = {**new, **{name: old[name] for name in kept}}
        if "clauses" not in kept:
            new["clauses"] = [*old["clauses"][: draw(st.integers(0, 4))], *({**each, "id": f"n-{each['id']}"} for each in new["clauses"][:2])]
    return gate_of(**old), gate_of(**new)


def found(old: Gate, new: Gate) -> tuple[list[Change], Settled]:
    """What is said of the one kind there is: everything is proved."""
    said = list(diff(old, new, seconds=60))
    assert not [each for each in said if isinstance(each, Unproved) or (isinstance(each, Change) and each.possible)]
    return [each for each in said if isinstance(each, Change)], next(each for each in said if isinstance(each, Settled))


def rated(old: Verdict, new: Verdict, facts: dict[str, Any]) -> str:
    """The order of `design/0017`, said once more: what a customer is to get at the least and at the most."""
    before, after = (verdict.answer.value for verdict in (old, new))
    done = {"allow": 2, "amend": 2, "ask": 1, "escalate": 1, "refuse": 0}
    if done[before] == done[after] == 2:
        amount, other = ((verdict.amendments or {}).get("amount", facts.get("amount")) for verdict in (old, new))
        if amount == other:
            return "same"
        return "arguable" if amount is None or other is None else "towards" if other > amount else "against"
    if before == after:
        return "same"
    if "amend" in (before, after) and "refuse" not in (before, after):
        return "arguable"
    return "arguable" if done[before] == done[after] else "towards" if done[after] > done[before] else "against"


@SLOWLY
@given(pairs(), CUSTOMERS)
def test_what_is_not_said_to_change_changes_for_nobody(gates: tuple[Gate, Gate], customers: list[Any]) -> None:
    """Whoever signs "nothing against the customer" signs it for those who have not come yet."""
    changes, _ = found(*gates)
    said = {(each.customers[0].old.answer, each.customers[0].new.answer, each.direction.value) for each in changes if each.about == "answer"}
    lost = {each.what.split("`")[1] for each in changes if each.about == "promise" and each.direction == "against"}
    for facts in customers:
        old, new = (answer_to(gate, facts) for gate in gates)
        way = rated(old, new, facts)
        assert way == "same" or (old.answer.value, new.answer.value, way) in said
        if way == "same" and old.answer is new.answer:
            assert {each.id for each in old.minted} - {each.id for each in new.minted} <= lost


BY_PEOPLE = {"allow": ("towards", "against"), "refuse": ("against", "towards"), "amend": ("arguable", "arguable"), "ask": ("arguable", "arguable")}
"""What a person's answer is to a customer if it goes out where it went to the owner; and the other way round."""


@SLOWLY
@given(pairs(), CUSTOMERS)
def test_nor_does_it_for_whom_a_person_answers(gates: tuple[Gate, Gate], customers: list[Any]) -> None:
    """A person gives the same answer under both contracts: it goes out, with the same promises, and is a departure or none, as before."""
    changes, _ = found(*gates)
    said = {(word, each.direction.value) for each in changes if each.about == "person" for word in each.what.split()}
    lost = {each.what.split("`")[1] for each in changes if each.about == "promise" and each.direction == "against"}
    for facts in customers:
        escalated = all(answer_to(gate, facts).answer.value == "escalate" for gate in gates)
        shown = {answer: [answer_to(gate, facts, by="person", answer=answer, because="so") for gate in gates] for answer in BY_PEOPLE}
        goes = {answer: [each.answer.value == answer for each in both] for answer, both in shown.items()}
        for answer, (old, new) in shown.items():
            out, held = BY_PEOPLE[answer]
            if goes[answer][0] != goes[answer][1] and not (answer == "amend" and goes["allow"] == goes["amend"]):
                assert (answer, out if goes[answer][1] else held) in said
            if old.answer is new.answer:
                assert {each.id for each in old.minted} - {each.id for each in new.minted} <= lost
            if escalated and answer in ("allow", "refuse"):
                bends = [any(each.signal == "bend" for each in verdict.signals) for verdict in (old, new)]
                assert bends[0] == bends[1] or not all(goes[answer]) or "written" in {word for word, _ in said}


@SLOWLY
@given(pairs())
def test_every_customer_who_is_shown_is_answered_so_by_both_gates(gates: tuple[Gate, Gate]) -> None:
    """What is shown can be typed in again, under the one contract and under the other."""
    for each in found(*gates)[0]:
        if not each.customers:  # what is written otherwise for a person may be shown without one; an answer never
            assert each.about != "answer"
            continue
        (met,) = each.customers
        old, new = (answer_to(gate, met.facts) for gate in gates)
        read = {name: read_fact(fact, met.facts.get(name), 0) for name, fact in gates[1].kinds["refund"].facts.items() if name == "amount"}
        amount = {name: value for name, value in read.items() if not isinstance(value, Unknown)}

        assert (met.old.answer, met.old.decided_by, met.old.fired) == (old.answer.value, old.decided_by, old.fired)
        assert (met.new.answer, met.new.decided_by, met.new.fired) == (new.answer.value, new.decided_by, new.fired)
        assert each.about != "answer" or (not amount and old.amendments) or each.direction.value == rated(old, new, amount)


@SLOWLY
@given(pairs())
def test_what_is_towards_one_way_is_against_the_other(gates: tuple[Gate, Gate]) -> None:
    there, back = found(*gates), found(*reversed(gates))

    assert {way.turned for way in there[1].directions} == set(back[1].directions)
    # A promise is made whatever the answer: which of its customers is shown, and with which answer, is not part of what is said.
    answers = [[each for each in way[0] if each.about == "answer"] for way in (there, back)]
    assert {(each.direction.turned, each.customers[0].new.answer, each.customers[0].old.answer) for each in answers[0]} == {
        (each.direction, each.customers[0].old.answer, each.customers[0].new.answer) for each in answers[1]
    }
    assert {(each.about, each.direction.turned) for each in there[0]} == {(each.about, each.direction) for each in back[0]}


@SLOWLY
@given(contracts(), st.randoms())
def test_a_contract_in_other_words_and_in_another_order_changes_nothing(made: dict[str, Any], chance: Any) -> None:
    """Nor does the same one."""
    shuffled = [{**each, "id": f"x-{each['id']}", "when": f"({each['when']}) && true"} for each in made["clauses"]]
    chance.shuffle(shuffled)
    old, new = gate_of(**made), gate_of(**{**made, "clauses": shuffled})

    assert ([], Settled(kind="refund", directions=(), proved=True)) == found(old, new)
    assert ([], Settled(kind="refund", directions=(), proved=True)) == found(old, old)


def test_the_law_has_teeth() -> None:
    """A single cent is found."""
    old = gate_of([clause("dear", "amount > eur(500)", "refuse"), clause("rest", "amount <= eur(500)", "allow")])
    new = gate_of([clause("dear", "amount >= eur(500)", "refuse"), clause("rest", "amount < eur(500)", "allow")])
    (change,), _ = found(old, new)

    assert ("against", {"amount": "500.00 EUR"}) == (change.direction, change.customers[0].facts)
