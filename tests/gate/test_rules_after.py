"""Each numbered rule of the gate, by example: who may give the answer, what stops it, and what goes with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gate.small import ALLOW, EIGHTY, NOON, answer_to, clause, gate_of
from tests.tries import tries

from ourword.contract.phrases import PHRASES
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.errors import ContractError, LineError
from ourword.gate.decide import decide

# ---- 5: rights, holdout, people ------------------------------------------------------------------------------------


def test_where_people_decide_automation_always_escalates():
    verdict = answer_to(gate_of([ALLOW], rights="human"), {})

    assert (verdict.answer.value, verdict.decided_by, verdict.proposed) == ("escalate", "rights", None)


def test_where_automation_may_propose_the_person_sees_what_it_would_answer():
    verdict = answer_to(gate_of([EIGHTY], rights="propose"), {"amount": 100, "opened": True})

    assert (
        verdict.answer.value,
        verdict.decided_by,
        verdict.proposed,
        verdict.as_dict()["amended"],
    ) == ("escalate", "rights", "amend", {"amount": "0.80 EUR"})


def test_the_customer_hears_nothing_of_what_is_only_proposed():
    """Nobody has granted it yet: an amount, a change that would have helped, or a promise about it would be a lie."""
    gift = clause("gift", "vip", {"amend": {"amount": "amount * 80 / 100"}})
    promised = {"id": "answer", "when": 'answer == "escalate"', "say": "About {amount}: soon", "kept_by": "human.joined", "within": "1 hour"}
    gate = gate_of([gift, clause("small", "count < 3", "allow")], rights="propose", promises=[promised])
    told = [answer_to(gate, {"amount": 100, "vip": vip, "count": 5}).as_dict() for vip in (True, False)]
    words = [[each[key] for key in ("answer", "tell", "reasons", "near", "may_add", "promises", "obligations")] for each in told]

    assert (words[0], told[0]["proposed"], told[0]["near"]) == (words[1], "amend", [])


def test_what_is_never_told_may_not_decide_whether_something_is_changed():
    """Two customers who ask the same and get different amounts compare notes."""
    with pytest.raises(ContractError, match="tell: never"):
        gate_of([clause("gift", "frail", {"amend": {"amount": "amount * 80 / 100"}})])


def test_a_question_needs_no_right_to_decide():
    assert answer_to(gate_of([ALLOW], rights="propose", requires=["reason"]), {}).answer.value == "ask"


def test_a_holdout_customer_is_decided_by_people():
    gate = gate_of([ALLOW], explore=True, relationship={"holdout": "100%"})
    verdict = answer_to(gate, {})

    assert (verdict.answer.value, verdict.decided_by) == ("escalate", "holdout")


def test_nobody_is_held_out_of_a_kind_that_does_not_explore_nor_when_known_to_need_care():
    plain = gate_of([ALLOW], relationship={"holdout": "100%"})
    caring = gate_of([ALLOW, clause("care", "frail", "allow")], explore=True, relationship={"holdout": "100%"}, work={"trained_for": ["frail"]})

    assert (answer_to(plain, {}).answer.value, answer_to(caring, {"frail": True}).answer.value) == ("allow", "allow")


PERSON = {"by": "person", "answer": "allow"}
PEOPLE = [
    {"id": "mara", "name": "Mara Lind", "role": "owner", "contact": "mara@larkspur.example"},
    {"id": "omar", "name": "Omar Haddad", "role": "owner", "contact": "omar@larkspur.example"},
    {"id": "care", "role": "desk", "hours": "Mon-Sun 08:00-22:00"},
]


def test_a_person_is_who_an_escalation_calls_for():
    gate = gate_of([clause("big", "amount > eur(5)", "escalate")], rights="human")

    assert answer_to(gate, {"amount": 1000}, **PERSON).answer.value == "allow"


def test_a_person_who_departs_from_a_clause_gives_a_reason_and_it_is_recorded_as_a_bend():
    gate = gate_of([clause("no", "opened", "refuse")])
    with pytest.raises(LineError, match="because"):
        answer_to(gate, {"opened": True}, **PERSON)
    verdict = answer_to(gate, {"opened": True}, **PERSON, because="It arrived broken.")

    assert (
        verdict.answer.value,
        verdict.decided_by,
        [(signal.signal, signal.id, signal.written) for signal in verdict.signals],
    ) == ("allow", "person", [("bend", "no", "refuse")])


def test_what_was_only_observed_needs_no_reason():
    """Nobody was asked when it was decided; a made-up reason would be worse than none."""
    gate = gate_of([clause("no", "opened", "refuse")])
    proposal = Proposal(kind="refund", customer="c-1", by="person", answer=Answer.ALLOW, observed=True)

    assert [(signal.id, signal.because) for signal in decide(gate, proposal, {"opened": True}, NOON).signals] == [("no", "")]


def test_a_final_refusal_is_lifted_by_its_own_owner_alone():
    """The desk may be kind; the law that made it final is answered for by a name."""
    final = clause("sanctioned", "vip", "refuse", final=True, basis="EU 269/2014", owner="mara")
    gate = gate_of([final, ALLOW], people=PEOPLE)
    desk, owner = (answer_to(gate, {"vip": True}, by=by, answer="allow", because="cleared") for by in ("person", "mara"))

    assert (desk.answer.value, desk.decided_by, desk.to, desk.signals, owner.answer.value) == ("escalate", "sanctioned", "mara", (), "allow")


def test_a_person_who_answers_as_written_bends_nothing():
    verdict = answer_to(gate_of([ALLOW]), {}, **PERSON)

    assert (verdict.answer.value, verdict.decided_by, verdict.signals) == ("allow", "fine", ())


def test_above_what_the_desk_may_grant_it_goes_to_the_owner_who_may():
    gate = gate_of([clause("no", "opened", "refuse"), clause("ok", "amount >= eur(0)", "allow")], work={"may": {"refund": "200 EUR"}})
    facts = {"amount": "300.00 EUR", "opened": True}
    desk = answer_to(gate, facts, **PERSON, because="long wait")
    owner = answer_to(gate, facts, by="mara", answer="allow", because="long wait")

    assert ((desk.answer.value, desk.decided_by, desk.to), owner.answer.value) == (("escalate", "work.may", "mara"), "allow")


def test_a_person_may_grant_what_automation_grants_by_itself():
    gate = gate_of([clause("ok", "amount >= eur(0)", "allow")], work={"may": {"refund": "200 EUR"}})

    assert answer_to(gate, {"amount": "300.00 EUR"}, **PERSON).answer.value == "allow"


def test_a_person_who_grants_more_than_the_clauses_amend_goes_to_the_owner():
    """The same word, `amend`, and another amount: that is no longer what automation may grant by itself."""
    gate = gate_of([EIGHTY], work={"may": {"refund": "200 EUR"}})
    line = {"by": "person", "answer": "amend", "amended": {"amount": "9000.00 EUR"}, "because": "long wait"}
    verdict = answer_to(gate, {"amount": "500.00 EUR", "opened": True}, **line)

    assert (verdict.answer.value, verdict.decided_by, verdict.to) == ("escalate", "work.may", "mara")


def test_a_person_stops_at_a_boundary_too():
    never = [{"id": "not-more", "say": "Never more.", "when": 'answer == "allow" && amount > total'}]
    verdict = answer_to(gate_of([ALLOW], never=never), {"amount": 2, "total": 1}, **PERSON)

    assert (verdict.answer.value, verdict.decided_by, verdict.to) == ("escalate", "not-more", "mara")


@pytest.mark.parametrize(("line", "place"), [({"by": "person"}, "answer"), ({"by": "nobody", "answer": "allow"}, "by")])
def test_who_decides_and_what_must_be_said(line, place):
    with pytest.raises(LineError) as error:
        answer_to(gate_of([ALLOW]), {}, **line)

    assert place == error.value.place


# ---- 6: boundaries -------------------------------------------------------------------------------------------------

NOT_MORE = [{"id": "not-more", "say": "Never more than was paid.", "when": 'answer in ["allow", "amend"] && amount > total'}]


def test_a_boundary_that_holds_stops_the_answer_and_raises_a_signal():
    verdict = answer_to(gate_of([ALLOW], never=NOT_MORE), {"amount": 2, "total": 1})

    assert (
        verdict.answer.value,
        verdict.decided_by,
        [(signal.signal, signal.id) for signal in verdict.signals],
    ) == ("escalate", "not-more", [("boundary", "not-more")])


def test_a_boundary_that_may_hold_stops_the_answer_and_names_what_is_missing():
    verdict = answer_to(gate_of([ALLOW], never=NOT_MORE), {"amount": 2})

    assert (verdict.answer.value, verdict.decided_by, verdict.missing, verdict.signals) == ("escalate", "not-more", ("total",), ())


def test_a_boundary_reads_the_amended_facts():
    gate = gate_of([EIGHTY], never=NOT_MORE)

    assert answer_to(gate, {"amount": 100, "total": 80, "opened": True}).answer.value == "amend"


def test_what_a_proposal_would_breach_is_shown_to_the_person():
    verdict = answer_to(gate_of([ALLOW], never=NOT_MORE, rights="propose"), {"amount": 2, "total": 1})

    assert (verdict.answer.value, verdict.decided_by, verdict.signals[0].signal) == ("escalate", "rights", "boundary-proposed")


def test_the_customer_hears_the_escalation_not_the_boundary():
    told = answer_to(gate_of([ALLOW], never=NOT_MORE), {"amount": 2, "total": 1}).as_dict()

    assert "Never more than was paid." not in str([told["tell"], told["reasons"]])


# ---- 7: promises and obligations -----------------------------------------------------------------------------------


def test_promises_are_minted_from_the_final_answer_with_amended_figures_and_a_due_time():
    promises = [
        {
            "id": "money",
            "when": 'answer in ["allow", "amend"]',
            "say": "{amount} back within 5 working days",
            "kept_by": "payment.refunded",
            "within": "5 working days",
        },
        {
            "id": "call",
            "when": 'answer == "escalate"',
            "say": "A person answers.",
            "kept_by": "human.joined",
            "within": "15 minutes",
            "working": "care",
        },
    ]
    gate = gate_of([EIGHTY], promises=promises)
    late = NOON.replace(hour=22)
    amended = answer_to(gate, {"amount": "10.00 EUR", "opened": True}).as_dict()["promises"]
    escalated = answer_to(gate, {"amount": "10.00 EUR", "opened": False}, now=late).as_dict()["promises"]

    assert (amended, escalated) == (
        [{"id": "money", "what": "€8.00 back within 5 working days", "due": "2026-11-30T12:00:00Z"}],
        [{"id": "call", "what": "A person answers.", "due": "2026-11-24T07:15:00Z"}],
    )


@pytest.mark.parametrize(
    ("condition", "count", "change"),
    [
        ("count != 5", 40, (5, "")),
        ("!(count in [3, 7])", 40, (7, "")),
        ("count > 30 || count == 12", 40, (30, "")),
        ("count > 30", 40, (30, "at most")),
        ("count < 10", 4, (10, "at least")),
    ],
)
def test_a_near_miss_says_at_most_only_where_less_would_do_as_well(condition, count, change):
    """Told "at most 5", a customer may come back with 4."""
    near = answer_to(gate_of([clause("no", condition, "refuse"), ALLOW]), {"count": count}).as_dict()["near"]

    assert [(each["to"], each["side"]) for each in near[0]["changes"]] == [change]


@settings(max_examples=tries(40), deadline=None)
@given(less=st.integers(1, 90), amount=st.integers(0, 99), paid=st.integers(0, 120))
def test_a_near_miss_goes_back_through_what_an_amendment_takes_off(less, amount, paid):
    """From 20.00 on something is left of it: told was 99.99, where the clause ends. Held against every whole amount, one by one."""
    clauses = [clause("less", "amount <= eur(100)", {"amend": {"amount": f"amount - eur({less})"}})]
    gate = gate_of(clauses, requires=["amount", "total"], never=[{"id": "paid", "say": "Never more.", "when": 'answer == "amend" && amount > total'}])
    told = answer_to(gate, {"amount": amount * 100, "total": paid * 100})
    within = [each for each in range(101) if answer_to(gate, {"amount": each * 100, "total": paid * 100}).answer is Answer.AMEND]
    nearest = min((abs(each - amount) for each in within), default=0)
    alone = [near for near in told.as_dict()["near"] if [change["fact"] for change in near["changes"]] == ["amount"]]

    assert not told.stopped or not within or [abs(float(near["changes"][0]["to"].split(" ")[0]) - amount) for near in alone] == [nearest]


def test_the_disclosure_and_the_reasons_go_with_every_automated_answer():
    told = answer_to(gate_of([ALLOW]), {}).as_dict()

    assert [owed["id"] for owed in told["obligations"]] == ["disclosure", "reasons"]


def test_a_retired_contract_decides_nothing():
    with pytest.raises(ContractError, match="retired"):
        gate_of([ALLOW], status="retired")


# ---- what automation cannot see ------------------------------------------------------------------------------------

BLIND = {"tell": {"automated": "before the first answer", "reasons": 2, "what_would_change": True, "cannot": "We cannot see the workshop."}}


def told_by(by: str, answer: str, facts: dict[str, Any], *, requires: tuple[str, ...] = (), then: str = "refuse") -> tuple[str, str]:
    gate = gate_of([clause("hidden", "frail", then), clause("shut", "opened", then)], requires=list(requires), otherwise="allow", relationship=BLIND)
    proposed = {} if by == "automation" else {"by": by, "answer": answer, "because": "seen on the photo"}
    verdict = answer_to(gate, facts, **proposed)
    return verdict.answer.value, verdict.as_dict()["tell"]


@pytest.mark.parametrize("facts", [{"opened": True, "frail": False}, {"opened": False, "frail": True}])
def test_a_persons_refusal_is_not_told_as_a_machines(facts):
    """“We cannot do this automatically. We cannot see …” stood on what a person had looked at and answered."""
    automation, person = told_by("automation", "", facts), told_by("mara", "refuse", facts)

    assert ("refuse", True) == (automation[0], automation[1].endswith("We cannot see the workshop."))
    assert ("refuse", True) == (person[0], bool(person[1]))
    assert "We cannot see" not in person[1]
    assert "automatic" not in person[1]


@pytest.mark.parametrize(
    ("facts", "requires", "told"),
    [
        ({"opened": False, "frail": False}, ("total",), True),
        ({"opened": False, "frail": False, "total": "1.00 EUR"}, ("total",), False),
        ({"opened": True, "frail": False, "total": "1.00 EUR"}, ("total",), False),
        ({"opened": False}, ("frail",), False),  # nobody may learn from it that this is not known
    ],
)
def test_what_automation_cannot_see_is_told_where_it_hands_over_for_want_of_a_fact(facts, requires, told):
    answer, said = told_by("automation", "", facts, requires=requires, then="escalate")

    assert told == ("We cannot see" in said)
    assert not told or answer == "escalate"


@pytest.mark.parametrize("language", PHRASES)
def test_no_phrase_of_a_refusal_says_that_a_machine_gave_it(language):
    """A person's refusal of which no clause may be named is told in the same words."""
    assert "automati" not in PHRASES[language]["refuse"].lower().replace("á", "a")
