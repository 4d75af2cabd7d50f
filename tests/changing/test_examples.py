"""Two contracts side by side, planted so that a reader sees what changes: it is found, with the customer, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.gate.small import FACTS, NOON, answer_to, clause, contract_text, gate_of, wiring_text

from ourword.changing.diff import diff
from ourword.changing.found import Change, Part, Settled, Unproved
from ourword.changing.told import Compared, compared
from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate

pytest.importorskip("z3")


def told(old: Gate, new: Gate, **more: Any) -> Compared:
    found = [each for each in diff(old, new, **more) if isinstance(each, Change | Part | Settled | Unproved)]
    for each in (each for each in found if isinstance(each, Change) and not each.possible):
        for met in each.customers:
            answers = [answer_to(gate, met.facts) for gate in (old, new)]
            assert [(met.old.answer, met.old.decided_by), (met.new.answer, met.new.decided_by)] == [(v.answer.value, v.decided_by) for v in answers]
    return compared(old, new, found)


def moves(found: Compared) -> set[tuple[str, str, str]]:
    changes = (each for each in found.changes if each.about == "answer" and not each.possible)
    return {(each.customers[0].old.answer, each.customers[0].new.answer, each.direction.value) for each in changes}


HALF, MOST = (clause("part", "opened", {"amend": {"amount": f"amount * {share} / 100"}}) for share in (50, 80))
REST = clause("rest", "!opened", "allow")


def test_a_larger_share_is_towards_and_the_other_way_round_against() -> None:
    assert {("amend", "amend", "towards")} == moves(told(gate_of([HALF, REST]), gate_of([MOST, REST])))
    assert {("amend", "amend", "against")} == moves(told(gate_of([MOST, REST]), gate_of([HALF, REST])))


def test_what_the_customer_pays_is_better_lower() -> None:
    """A fee that falls is towards whoever pays it."""
    facts = {**FACTS, "fee": {"type": "money(EUR)", "from": "proposal.fee", "paid_by": "customer"}}
    old, new = (gate_of([clause("part", "opened", {"amend": {"fee": f"fee * {share} / 100"}}), REST], facts=facts) for share in (80, 50))

    assert {("amend", "amend", "towards")} == moves(told(old, new))


def test_a_duration_that_is_amended_otherwise_is_arguable() -> None:
    """Nobody can say whether more of it is better."""
    old, new = (gate_of([clause("part", "opened", {"amend": {"age": f"days({days})"}}), REST]) for days in (3, 5))

    assert {("amend", "amend", "arguable")} == moves(told(old, new))


def test_everything_for_people_is_towards_some_and_against_others() -> None:
    clauses = [clause("yes", "vip", "allow"), clause("no", "!vip", "refuse")]
    found = told(gate_of(clauses), gate_of(clauses, rights="human"))

    assert {("allow", "escalate", "against"), ("refuse", "escalate", "towards")} == moves(found)
    assert [("rights", {"against", "towards"})] == [(each.about, set(each.directions)) for each in found.parts]
    assert ("major", "2.0.0") == (found.version.step, found.version.least)


def test_where_people_decide_on_proposals_another_proposal_is_arguable() -> None:
    """The customer gets a person as before; what that person is shown first is another thing."""
    old = gate_of([clause("yes", "vip", "allow"), clause("no", "!vip", "refuse")], rights="propose")
    new = gate_of([clause("yes", "opened", "allow"), clause("no", "!opened", "refuse")], rights="propose")
    found = told(old, new)

    assert [("proposal", "arguable")] * 2 == [(each.about, each.direction.value) for each in found.changes if each.customers and not each.possible][
        :2
    ]
    assert 0 == found.code


def test_a_fact_that_must_be_known_now_is_judged_by_whom_it_stops() -> None:
    clauses = [clause("yes", "vip", "allow"), clause("no", "!vip", "escalate")]
    found = told(gate_of(clauses), gate_of(clauses, requires=["count"]))
    stopped = next(each for each in found.changes if each.about == "answer")

    assert {("allow", "escalate", "against")} == moves(found)
    assert ({"vip": True}, "requires") == (stopped.customers[0].facts, stopped.customers[0].new.decided_by)
    assert [("requires", ("against",))] == [(each.about, each.directions) for each in found.parts]


def test_a_fact_that_is_required_and_was_asked_for_anyhow_changes_nothing() -> None:
    clauses = [clause("yes", "sure", "allow"), clause("no", "!sure", "refuse")]
    found = told(gate_of(clauses), gate_of(clauses, requires=["sure"]))

    assert (set(), 0) == (moves(found), found.code)
    assert [("`sure` must be known", (), True)] == [(each.what, each.directions, each.proved) for each in found.parts]


def test_a_promise_that_is_made_to_fewer_is_lost_with_somebody_to_show() -> None:
    promise = {"id": "soon", "when": "vip", "say": "Soon.", "kept_by": "call.made", "within": "1 day"}
    old, new = gate_of([REST, HALF], promises=[promise]), gate_of([REST, HALF], promises=[{**promise, "when": "vip && opened"}])
    (lost,) = told(old, new).changes

    assert ("promise", "against") == (lost.about, lost.direction)
    assert (("soon",), ()) == (lost.customers[0].old.promises, lost.customers[0].new.promises)


def test_a_member_more_in_an_enum_is_met_by_the_new_contract_only() -> None:
    """To the old contract the new word is no value at all: then it does not know, and asks."""
    wider = {**FACTS, "reason": {**FACTS["reason"], "type": "enum(damaged, late, changed_mind, lost)"}}
    old = gate_of([clause("yes", 'reason != "late"', "allow"), clause("no", 'reason == "late"', "refuse")])
    new = gate_of([clause("yes", 'reason != "late"', "allow"), clause("no", 'reason == "late"', "refuse")], facts=wider)
    found = told(old, new)
    (answer,) = (each for each in found.changes if each.about == "answer")

    assert ({"reason": "lost"}, "ask", "allow") == (answer.customers[0].facts, answer.customers[0].old.answer, answer.customers[0].new.answer)
    assert [(True, "the fact `reason` is of another type")] == [(each.interface, each.what) for each in found.changes if each.about == "fact"]
    assert "major" == found.version.step


ITEMS = {"words": {"type": "list(string)", "from": "order.words"}, "sure": FACTS["sure"]}


def listed(most: int, length: int = 3) -> Gate:
    facts = {**ITEMS, "long": {"type": "list(string)", "is": f"words.filter(w, size(w) > {length})"}}
    return gate_of([clause("many", f"size(long) > {most}", "refuse"), clause("rest", f"size(long) <= {most}", "allow")], facts=facts)


def test_the_same_list_worked_out_otherwise_is_never_called_unchanged() -> None:
    """The conditions read alike, and what they read is another: the solver may not take the two for one."""
    found = told(listed(0), listed(0, length=4))

    assert found.code in (1, 2)
    assert told(listed(0), listed(0)).code == 0


def test_where_one_line_alone_was_changed_all_that_changes_is_its_doing() -> None:
    """An amendment that leads across a boundary never goes out itself, and still it is why a person decides now."""
    never = [{"id": "not-more", "say": "Never more.", "when": 'answer == "amend" && amount > total'}]
    old, new = (gate_of([clause("part", "opened", {"amend": {"amount": f"amount * {times}"}}), REST], never=never) for times in (1, 2))
    (part,) = told(old, new).parts

    assert ("`part` is changed", {"towards", "arguable"}) == (part.what, set(part.directions))


def test_a_list_is_filled_in_to_show_whom_it_meets() -> None:
    facts = {"words": ITEMS["words"], "sure": FACTS["sure"]}
    old, new = (
        gate_of([clause("bad", f'words.exists(w, w == "{word}")', "refuse"), clause("rest", "sure", "allow")], facts=facts) for word in ("x", "y")
    )

    assert {("refuse", "allow", "towards"), ("allow", "refuse", "against")} <= moves(told(old, new))


def test_a_fact_of_another_type_is_two_facts() -> None:
    """What could be both at once is not looked for: it is not proved, and nothing is called unchanged."""
    other = {**FACTS, "count": {"type": "double", "from": "order.count"}}
    old = gate_of([clause("many", "count > 3", "refuse"), clause("few", "count <= 3", "allow")])
    new = gate_of([clause("many", "count > 3.0", "refuse"), clause("few", "count <= 3.0", "allow")], facts=other)

    assert told(old, new).code in (1, 2)


def test_a_list_that_is_amended_is_not_proved() -> None:
    facts = {"words": {"type": "list(string)", "from": "order.words"}}
    old, new = (gate_of([clause("none", f"size(words) > {most}", {"amend": {"words": "[]"}})], facts=facts) for most in (2, 3))
    found = told(old, new)

    assert 2 == found.code
    assert [False] == [each.proved for each in found.kinds]


def test_kinds_that_come_and_go_are_said() -> None:
    made = json.loads(contract_text([REST, HALF]))
    made["decisions"]["credit"] = made["decisions"]["refund"]
    texts = (contract_text([REST, HALF]), json.dumps(made).encode())
    one, two = (compile_gate(sound(read(text, wiring_text()), today=NOON.date())) for text in texts)
    come, gone = told(one, two), told(two, one)

    assert ([("credit", "arguable")], "minor") == ([(each.kind, each.direction.value) for each in come.changes], come.version.step)
    assert ([("credit", "against")], "major") == ([(each.kind, each.direction.value) for each in gone.changes], gone.version.step)


@pytest.mark.parametrize(("given", "enough"), [("1.0.1", False), ("1.1.0", False), ("2.0.0", True), ("10.0.0", True)])
def test_a_version_that_is_too_small_is_said(given: str, enough: bool) -> None:
    found = told(gate_of([MOST, REST]), gate_of([HALF, REST], version=given))

    assert ("2.0.0", enough) == (found.version.least, found.version.enough)
