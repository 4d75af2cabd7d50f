"""Each flaw, planted where a reader sees it, is found with the customer who would meet it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.gate.small import clause, gate_of

from ourword.contract.check import sound
from ourword.contract.files import draft_of
from ourword.core.proposal import Proposal
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.gate.decide import decide
from ourword.proving.found import Found, Unproved
from ourword.proving.prove import prove

pytest.importorskip("z3")
ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/contract.yaml"))
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def gate_in(folder: Path) -> Gate:
    return compile_gate(sound(draft_of(folder / "contract.yaml", folder / "wiring.yaml"), today=date(2026, 11, 25)))


def flaws(clauses: list[dict[str, Any]], **more: Any) -> dict[str, Found]:
    """The first flaw of each sort."""
    found: dict[str, Found] = {}
    for each in prove(gate_of(clauses, **more)):
        if isinstance(each, Found):
            found.setdefault(each.code.removeprefix("prove."), each)
    return found


def test_both_of_larkspurs_boundaries_can_be_breached_and_the_customer_is_shown():
    """That is left in on purpose: a boundary is the last line, and whoever signs must see who reaches it."""
    found = [each for each in prove(gate_in(ROOT / "examples" / "larkspur-refund")) if isinstance(each, Found) and each.code == "prove.boundary"]
    paid, hidden = found

    assert ("error", "error") == (paid.level, hidden.level)
    assert "`not-more-than-paid`" in paid.what
    assert "`never-refuse-then-hide`" in hidden.what
    assert ("20.00 EUR", "10.00 EUR") == (paid.customers[0].facts["amount"], paid.customers[0].facts["order_total"])
    assert {"vulnerable yes", "asked human no"} <= set(hidden.customers[0].words.split(", "))
    assert {("escalate", "not-more-than-paid")} == {(met.answer, met.decided_by) for met in paid.customers}


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_in_every_example_the_gate_answers_the_customers_shown_as_shown(folder: Path) -> None:
    """Nothing is claimed of a customer that the gate does not do; solver and gate agree on every example."""
    gate = gate_in(folder)
    found = list(prove(gate, at=NOON))
    shown = [(each, met) for each in found if isinstance(each, Found) for met in each.customers]

    assert not [each for each in found if isinstance(each, Unproved) or (isinstance(each, Found) and each.code == "prove.disagreement")]
    for flaw, met in shown:
        if not flaw.possible:
            customer = "c-1" if not gate.contract.draft.relationship.holdout else "c-2"
            verdict = decide(gate, Proposal(kind=flaw.kind, customer=customer), met.facts, NOON)
            assert (met.answer, met.decided_by) == (verdict.answer.value, verdict.decided_by)


def test_a_clause_that_contradicts_itself_is_dead_and_its_parts_are_named():
    dead = flaws([clause("never", "amount > eur(5) && vip && amount < eur(3)", "refuse"), clause("fine", "true", "allow")])["dead"]

    assert "no customer can meet `never`: `amount > eur(5)` and `amount < eur(3)` never hold together" == dead.what
    assert "contract.yaml" in dead.place


def test_a_clause_that_another_outranks_each_time_is_shadowed():
    shadowed = flaws([clause("small", "amount < eur(5)", "allow"), clause("little", "amount < eur(6)", "refuse")])["shadowed"]

    assert "`small` never decides: whenever it holds, a clause that outranks it holds too" == shadowed.what
    assert ("refuse", "little", ("small", "little")) == (shadowed.customers[0].answer, shadowed.customers[0].decided_by, shadowed.customers[0].fired)


def test_of_two_clauses_that_say_the_same_the_later_is_redundant():
    found = flaws([clause("first", "amount < eur(5)", "allow"), clause("again", "eur(5) > amount", "allow"), clause("rest", "vip", "refuse")])

    assert found["redundant"].what.startswith("`again` changes no answer")
    assert "warning" == found["redundant"].level


def test_a_narrower_clause_with_its_own_sentence_is_only_a_note():
    found = flaws([clause("narrow", "amount < eur(5)", "allow"), clause("wide", "amount < eur(9)", "allow")])

    assert ("note", True) == (found["redundant"].level, "the words" in found["redundant"].what)


def test_customers_of_whom_no_clause_speaks_are_a_gap_where_otherwise_refuses():
    gap = flaws([clause("some", "amount < eur(5)", "allow")], otherwise="refuse")["gap"]

    assert "warning" == gap.level
    assert ("refuse", "otherwise", ()) == (gap.customers[0].answer, gap.customers[0].decided_by, gap.customers[0].fired)


def test_a_refusal_within_an_allowance_is_an_exception_and_no_conflict():
    """That is how exceptions are written."""
    assert "conflict" not in flaws([clause("all", "true", "allow"), clause("dear", "amount > eur(9)", "refuse")])


def test_clauses_that_overlap_at_their_edges_conflict_and_the_winner_is_named():
    conflict = flaws([clause("vips", "vip", "allow"), clause("dear", "amount > eur(9)", "refuse")])["conflict"]

    assert "`dear` refuses what `vips` gives, and neither is the exception to the other: `dear` wins" == conflict.what
    assert ("refuse", ("vips", "dear")) == (conflict.customers[0].answer, conflict.customers[0].fired)


def test_two_clauses_that_amend_one_fact_unlike_leave_it_to_a_person():
    half, fifth = clause("half", "opened", {"amend": {"amount": "amount / 2"}}), clause("fifth", "vip", {"amend": {"amount": "amount / 5"}})
    conflict = flaws([half, fifth])["conflict"]

    assert "`half` and `fifth` make two things of `amount` for some customers: neither wins, a person decides" == conflict.what
    assert ("escalate", ("half", "fifth")) == (conflict.customers[0].answer, conflict.customers[0].fired)
    assert "conflict" not in flaws([half, clause("also", "vip", {"amend": {"amount": "amount * 50 / 100"}})])


BOUNDARY = [{"id": "not-more", "say": "Never more.", "when": 'answer in ["allow", "amend"] && amount > total'}]


def test_an_amendment_that_leads_across_a_boundary_is_found():
    doubled = [clause("doubled", "amount <= total", {"amend": {"amount": "amount * 2"}})]
    boundary = flaws(doubled, never=BOUNDARY)["boundary"]

    assert boundary.what.startswith("the clauses can amend across `not-more`")
    assert ("escalate", "not-more", ("doubled",)) == (boundary.customers[0].answer, boundary.customers[0].decided_by, boundary.customers[0].fired)


def test_an_amendment_that_a_clause_stops_afterwards_leads_nowhere():
    """What is amended is decided again, and a refusal there is as good as one before."""
    doubled = [clause("doubled", "amount <= total", {"amend": {"amount": "amount * 2"}}), clause("more", "amount > total", "refuse")]

    assert "boundary" not in flaws(doubled, never=BOUNDARY)


def test_an_amendment_that_brings_it_within_the_boundary_is_none():
    capped = [clause("capped", "amount > total", {"amend": {"amount": "total"}}), clause("fine", "amount <= total", "allow")]

    assert "boundary" not in flaws(capped, never=BOUNDARY)


def test_more_that_gets_a_milder_answer_is_shown_with_both_customers():
    odd = [clause("small", "amount <= eur(5)", "refuse"), clause("large", "amount > eur(5)", "allow")]
    pair = flaws(odd, monotone=[{"fact": "amount", "up": "stricter"}])["monotone"].customers

    assert ["refuse", "allow"] == [met.answer for met in pair]


def test_like_customers_of_two_regions_who_get_two_answers_are_shown():
    facts = {"region": {"type": "enum(north, south)", "from": "customer.region"}, "sure": {"type": "bool", "from": "proposal.sure"}}
    clauses = [clause("north", 'region == "north"', "allow"), clause("south", 'region == "south" && sure', "allow")]
    gate = gate_of(clauses, facts=facts, segments={"region": "customer.region"})
    (flaw,) = [each for each in prove(gate) if isinstance(each, Found) and each.code == "prove.segment"]

    assert ["allow", "escalate"] == sorted(met.answer for met in flaw.customers)
    assert flaw.customers[0].facts["sure"] == flaw.customers[1].facts["sure"]


def test_a_flaw_that_leans_on_a_list_is_shown_with_a_list():
    """What the solver cannot hold is filled in afterwards, and then it is certain."""
    facts = {"words": {"type": "list(string)", "from": "order.words"}, "sure": {"type": "bool", "from": "proposal.sure"}}
    clauses = [clause("hidden", 'words.exists(w, w == "poison")', "refuse"), clause("sure", "sure", "allow")]
    found = [each for each in prove(gate_of(clauses, facts=facts)) if isinstance(each, Found) and each.code == "prove.conflict"]

    assert [(False, ["poison"])] == [(each.possible, each.customers[0].facts["words"]) for each in found]


def test_a_flaw_for_which_nobody_is_found_is_called_possible():
    """The solver takes two texts that exclude each other for independent: we say that we do not know, and on what it leans."""
    facts = {"word": {"type": "string", "from": "proposal.word"}, "sure": {"type": "bool", "from": "proposal.sure"}}
    clauses = [clause("both", 'word.startsWith("a") && word.startsWith("b")', "refuse"), clause("rest", "sure", "allow")]
    found = [each for each in prove(gate_of(clauses, facts=facts)) if isinstance(each, Found) and each.code == "prove.conflict"]

    assert [True] == [each.possible for each in found]
    assert {'word.startsWith("a")', 'word.startsWith("b")'} == set(found[0].leans_on)


def test_out_of_time_is_not_proved():
    """Silence is no proof."""
    found = list(prove(gate_of([clause("a", "amount * count > total * count * count", "allow"), clause("b", "vip", "refuse")]), seconds=0))

    assert [each for each in found if isinstance(each, Unproved)]


PERSON = [
    {"id": "a-person", "when": 'answer == "escalate"', "say": "A person answers in 15 minutes.", "kept_by": "human.joined", "within": "15 minutes"}
]


def test_a_promise_for_the_night_is_shown_with_the_moment():
    """Who is promised a person at night, within minutes, is let down by the contract itself."""
    promise = flaws([clause("vips", "vip", "escalate")], promises=PERSON)["promise"]

    assert "error" == promise.level
    assert "`a-person`, made on Monday at 22:00, falls due while `care` is still closed (Mon-Sun 08:00-22:00)" == promise.what


def test_a_promise_that_counts_the_desks_hours_can_be_kept():
    assert "promise" not in flaws([clause("vips", "vip", "escalate")], promises=[{**PERSON[0], "working": "care"}])


def test_a_promise_due_before_its_source_speaks_cannot_be_told():
    sources = [{"event": "payment.refunded", "by": "psp", "heard_within": "1 day"}]
    promise = {"id": "at-once", "when": 'answer == "allow"', "say": "At once.", "kept_by": "payment.refunded", "within": "2 hours"}
    found = flaws([clause("vips", "vip", "allow")], promises=[promise], sources=sources)["promise"]

    assert ("warning", "allow") == (found.level, found.customers[0].answer)
    assert "`at-once` falls due within 2 hours, and whether it was kept is heard within 1 day: until then nobody can tell" == found.what
    assert "promise" not in flaws([clause("vips", "vip", "allow")], promises=[{**promise, "within": "2 days"}], sources=sources)


HEARD = {"asked": {"type": "bool", "from": "conversation.asked_human"}, "late": {"type": "bool", "from": "order.late"}}


def test_a_customer_who_asks_for_a_person_in_vain_is_shown():
    vain = flaws([clause("asked", "asked && late", "escalate"), clause("no", "!late", "refuse")], facts=HEARD)["person"]

    assert "nothing that a customer can say leads to a person for certain: not even `asked`" == vain.what
    assert ({"asked": True, "late": False}, "refuse") == (vain.customers[0].facts, vain.customers[0].answer)


def test_a_customer_whose_word_always_leads_to_a_person_is_safe():
    assert "person" not in flaws([clause("asked", "asked", "escalate"), clause("no", "!late", "refuse")], facts=HEARD)


def test_a_refusal_that_can_be_contested_leads_to_a_person():
    clauses = [clause("no", "!late", "refuse", contest="14 days"), clause("yes", "late", "allow")]

    assert "person" not in flaws(clauses, facts=HEARD, otherwise="escalate")


def test_a_question_first_is_a_step_more():
    """One step is promised; what is missing is asked first, whatever the customer says."""
    facts = {**HEARD, "age": {"type": "int", "from": "proposal.age", "stated_by": "customer"}}
    clauses = [clause("asked", "asked && age >= 0", "escalate"), clause("asked-too", "asked && age < 0", "escalate"), clause("no", "!late", "refuse")]
    way = {"person": {"steps": 1, "wait": "15 minutes", "desk": "care"}}

    assert "a person is two steps away, and the contract says 1" in flaws(clauses, facts=facts, relationship=way)["person"].what
    assert "person" not in flaws(clauses, facts=facts)


def test_a_kind_that_the_solver_cannot_say_is_not_proved():
    """An amended list changes what every condition over it gives: we say that we do not know."""
    facts = {"words": {"type": "list(string)", "from": "order.words"}}
    found = list(prove(gate_of([clause("none", "size(words) > 3", {"amend": {"words": "[]"}})], facts=facts)))

    assert {"refund"} == {each.kind for each in found if isinstance(each, Unproved)}
    assert {("prove.unkept", "note")} == {(each.code, each.level) for each in found if isinstance(each, Found)}


@pytest.mark.parametrize("deep", ["(" * 95 + "vip" + ")" * 95, " && ".join(["vip"] * 900), "!" * 94 + "vip", "(vip || " * 45 + "opened" + ")" * 45])
def test_deep_and_long_conditions_are_proved_or_said_not_to_be(deep: str) -> None:
    """Whatever a contract holds, it ends with an answer."""
    found = list(prove(gate_of([clause("deep", deep, "allow"), clause("rest", "!vip", "escalate")])))

    assert not [each for each in found if isinstance(each, Found) and each.level == "error"]


def test_a_solver_without_memory_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of clauses outgrow it: then we say that we do not know, and nothing crashes."""

    def full(*_: object) -> None:
        raise pytest.importorskip("z3").Z3Exception(b"out of memory")

    monkeypatch.setattr("ourword.proving.solve.Solve.somebody", full)
    found = list(prove(gate_of([clause("odd", "count * count == 25 && amount > total", "allow")], never=BOUNDARY)))

    assert any("out of memory" in each.what for each in found if isinstance(each, Unproved))
