"""Each numbered rule of the gate, by example: from facts to an answer, and what is too large to be one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.small import ALLOW, EIGHTY, FACTS, NOON, answer_to, clause, gate_of

from ourword.cel.types import DURATION
from ourword.contract.given import fits
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.errors import ContractError, LineError
from ourword.gate.facts import read_fact

# ---- 1: facts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [None, 12.5, "12.5", "12.505 EUR", "12.00 USD", -1, "-1.00 EUR", True, 2**63, [], {}, {"value": "1.00 EUR", "at": "yesterday"}],
)
def test_an_amount_that_does_not_fit_its_type_is_unknown_and_never_allows(given):
    """A float, another currency or a negative amount is not an amount: guessing would pay out wrongly."""
    gate = gate_of([clause("small", "amount <= eur(50)", "allow")])

    assert Answer.ESCALATE is answer_to(gate, {"amount": given}).answer


@pytest.mark.parametrize("limit", [clause("limit", "score > 0.5", "refuse"), clause("limit", "!(score <= 0.5)", "escalate")])
def test_nan_is_no_number_and_passes_no_limit(limit):
    facts = {**FACTS, "score": {"type": "double", "from": "model.score"}}
    verdict = answer_to(gate_of([limit, ALLOW], facts=facts), {"score": float("nan")})

    assert (verdict.answer.value, verdict.missing) == ("escalate", ("score",))


def test_money_may_be_text_or_whole_minor_units():
    gate = gate_of([clause("small", "amount == eur(50)", "allow")])

    assert [answer_to(gate, {"amount": given}).answer for given in ("50.00 EUR", 5000)] == [Answer.ALLOW] * 2


def test_a_duration_can_be_given_as_the_time_since_when_it_runs():
    gate = gate_of([clause("recent", "age <= days(2)", "allow"), clause("old", "age > days(2)", "refuse")])
    given = [NOON - timedelta(days=2), (NOON - timedelta(days=2, seconds=1)).isoformat(), "2 days", "172801s"]

    assert [answer_to(gate, {"age": each}).answer.value for each in given] == ["allow", "refuse", "allow", "refuse"]


@given(
    st.sampled_from(["", "-", "+", "- ", " "]),
    st.integers(0, 999_999),
    st.sampled_from(["seconds", "minutes", "hours", "day", "days", "weeks", "months", "working days", "s", "m", "h", "h30m", "D", ""]),
    st.sampled_from(["", " "]),
    st.booleans(),
)
def test_a_duration_that_check_takes_is_known_to_the_gate_and_no_other(sign, count, unit, gap, signed):
    fact = Fact(name="since", type=DURATION, signed=signed, place="wiring.yaml:1:1")
    text = f"{sign}{count}{gap}{unit}"
    known = type(read_fact(fact, text, 0)) is int

    assert fits(text, DURATION, signed=signed) == known


@pytest.mark.parametrize("text", ["-2 days", "-48h", "-172800s"])
def test_a_time_still_to_come_may_be_said_in_words(text):
    facts = {**FACTS, "since": {"type": "duration", "from": "booking.arrives_at", "signed": True}}
    gate = gate_of([clause("early", "since == days(-2)", "allow")], facts=facts)

    assert Answer.ALLOW is answer_to(gate, {"since": text}).answer


def test_a_duration_before_its_start_is_unknown_where_the_fact_is_not_signed():
    gate = gate_of([clause("early", "age < days(1)", "allow")])

    assert answer_to(gate, {"age": "-2 days"}).missing == ("age",)


def test_a_fact_read_too_long_ago_is_unknown():
    """`fresh_within: 1 hour`: what was true two hours ago may not be true now."""
    gate = gate_of([clause("recent", "age <= days(2)", "allow")])
    fresh, stale = ({"age": {"value": "1 day", "at": (NOON - timedelta(minutes=minutes)).isoformat()}} for minutes in (60, 61))

    assert (answer_to(gate, fresh).answer.value, answer_to(gate, stale).answer.value) == ("allow", "escalate")


@pytest.mark.parametrize("span", ["1 month", "3 working days", "1 year"])
def test_how_fresh_a_fact_must_be_has_an_exact_length(span):
    """Ages are counted in nanoseconds: a month has no such number, and a fact that is never stale would silently allow."""
    facts = {**FACTS, "count": {"type": "int", "from": "order.count", "fresh_within": span}}

    with pytest.raises(ContractError, match="no exact length"):
        gate_of([ALLOW], facts=facts)


@pytest.mark.parametrize("span", ["1 month", "3 working days", "1 year"])
def test_how_far_back_we_count_has_an_exact_length(span):
    """Counted over no time at all, "three refunds a month" would stop nobody."""
    facts = {**FACTS, "count": {"type": "int", "from": "history", "count": "refund", "per": "customer", "within": span}}

    with pytest.raises(ContractError, match="no exact length"):
        gate_of([ALLOW], facts=facts)


def test_a_run_time_error_is_an_unknown_not_an_answer():
    gate = gate_of([clause("share", "10 / count > 1", "refuse"), ALLOW])
    verdict = answer_to(gate, {"count": 0})

    assert (verdict.answer.value, verdict.decided_by, verdict.missing) == ("escalate", "share", ("count",))


def test_a_kind_that_the_contract_does_not_list_is_an_error_with_the_nearest_name():
    with pytest.raises(LineError, match="did you mean `refund`"):
        answer_to(gate_of([ALLOW]), {}, kind="refnud")


def test_a_fact_that_nothing_reads_is_listed():
    verdict = answer_to(gate_of([clause("small", "amount <= eur(50)", "allow")]), {"amount": 100, "amuont": 5, "vip": True})

    assert verdict.unread == ("amuont", "vip")


# ---- 2: required facts ---------------------------------------------------------------------------------------------


def test_a_required_fact_that_only_the_customer_can_state_is_asked():
    verdict = answer_to(gate_of([ALLOW], requires=["reason"]), {})

    assert (verdict.answer.value, verdict.decided_by, verdict.missing, verdict.asked) == ("ask", "requires", ("reason",), ("reason",))


def test_a_required_fact_that_our_systems_owe_brings_a_person():
    verdict = answer_to(gate_of([ALLOW], requires=["total", "reason"]), {})

    assert (verdict.answer.value, verdict.decided_by, verdict.missing) == ("escalate", "requires", ("total", "reason"))


def test_a_refusal_stands_even_if_a_required_fact_is_still_to_be_asked():
    verdict = answer_to(gate_of([clause("no", "opened", "refuse")], requires=["reason"]), {"opened": True})

    assert (verdict.answer.value, verdict.decided_by) == ("refuse", "no")


# ---- 3: the order of answers ---------------------------------------------------------------------------------------

EVERY = {"escalate": "escalate", "refuse": "refuse", "ask": {"ask": ["sure"]}, "amend": {"amend": {"amount": "amount"}}, "allow": "allow"}


@pytest.mark.parametrize("stronger", range(4))
def test_a_person_outranks_a_refusal_a_refusal_a_question_a_question_a_change_a_change_an_allowance(stronger):
    answers = list(EVERY.items())[stronger:]
    gate = gate_of([clause(f"c-{name}", "true", then) for name, then in reversed(answers)])
    verdict = answer_to(gate, {"amount": 100, "sure": True})

    assert (answers[0][0], f"c-{answers[0][0]}") == (verdict.answer.value, verdict.decided_by)


def test_a_final_refusal_outranks_a_person():
    """The law forbids it: a person could not decide otherwise, and the customer should hear so at once."""
    final = clause("sanctioned", "vip", "refuse", final=True, basis="EU 269/2014", owner="mara")
    gate = gate_of([clause("asked", "opened", "escalate"), final])

    assert (lambda verdict: (verdict.answer.value, verdict.decided_by))(answer_to(gate, {"opened": True, "vip": True})) == ("refuse", "sanctioned")


def test_an_unknown_final_refusal_brings_a_person():
    final = clause("sanctioned", "vip", "refuse", final=True, basis="EU 269/2014", owner="mara")

    assert answer_to(gate_of([final, ALLOW]), {}).answer.value == "escalate"


def test_an_unknown_clause_that_the_customer_can_settle_becomes_a_question():
    verdict = answer_to(gate_of([clause("no", 'reason == "changed_mind"', "refuse"), ALLOW]), {})

    assert (verdict.answer.value, verdict.decided_by, verdict.asked) == ("ask", "no", ("reason",))


def test_an_unknown_clause_that_our_systems_must_settle_brings_a_person():
    verdict = answer_to(gate_of([clause("no", 'reason == "changed_mind" && opened', "refuse"), ALLOW]), {"reason": "changed_mind"})

    assert (verdict.answer.value, verdict.decided_by, verdict.missing) == ("escalate", "no", ("opened",))


def test_a_certain_refusal_outranks_an_unknown_refusal():
    gate = gate_of([clause("maybe", "vip", "refuse"), clause("no", "opened", "refuse")])

    assert (lambda verdict: (verdict.answer.value, verdict.decided_by))(answer_to(gate, {"opened": True})) == ("refuse", "no")


@pytest.mark.parametrize("condition", ["vip", "sure"])
def test_a_certain_refusal_never_outranks_an_unknown_call_for_a_person(condition):
    gate = gate_of([clause("call", condition, "escalate"), clause("no", "opened", "refuse")])

    assert (lambda verdict: (verdict.answer.value, verdict.decided_by))(answer_to(gate, {"opened": True})) == ("escalate", "call")


def test_an_unknown_allowance_beside_a_certain_one_changes_nothing():
    assert answer_to(gate_of([clause("maybe", "vip", "allow"), ALLOW]), {}).answer.value == "allow"


def test_an_unknown_allowance_alone_is_asked_or_decided_by_a_person_never_left_to_otherwise():
    asked = answer_to(gate_of([clause("maybe", "sure", "allow")], otherwise="refuse"), {})
    person = answer_to(gate_of([clause("maybe", "vip", "allow")], otherwise="refuse"), {})

    assert (asked.answer.value, person.answer.value) == ("ask", "escalate")


def test_otherwise_answers_only_when_nothing_fired_or_might_have():
    verdict = answer_to(gate_of([clause("maybe", "vip", "allow")], otherwise="refuse"), {"vip": False})

    assert (verdict.answer.value, verdict.decided_by) == ("refuse", "otherwise")


# ---- 4: amendments -------------------------------------------------------------------------------------------------


def test_an_amendment_is_allowed_after_the_change():
    verdict = answer_to(gate_of([EIGHTY]), {"amount": "100.00 EUR", "opened": True})

    assert (verdict.answer.value, verdict.as_dict()["amended"]) == ("amend", {"amount": "80.00 EUR"})


def test_an_amount_that_does_not_come_out_even_is_rounded_towards_the_customer():
    third = [clause("third", "true", {"amend": {"amount": "amount / 3"}})]
    received = answer_to(gate_of(third), {"amount": "1.00 EUR"}).as_dict()["amended"]
    paying = {**FACTS, "amount": {**FACTS["amount"], "paid_by": "customer"}}
    paid = answer_to(gate_of(third, facts=paying), {"amount": "1.00 EUR"}).as_dict()["amended"]

    assert (received, paid) == ({"amount": "0.34 EUR"}, {"amount": "0.33 EUR"})


def test_the_amended_proposal_is_decided_again():
    """40 EUR is under the lower bound only after the change: the clauses have to see what will really be done."""
    gate = gate_of([EIGHTY, clause("too-small", "amount < eur(50)", "refuse")])
    verdict = answer_to(gate, {"amount": "50.00 EUR", "opened": True})

    assert (verdict.answer.value, verdict.decided_by, verdict.amendments) == ("refuse", "too-small", None)


def test_two_different_amendments_of_one_fact_bring_a_person():
    gate = gate_of([EIGHTY, clause("half", "vip", {"amend": {"amount": "amount / 2"}})])
    both = answer_to(gate, {"amount": "50.00 EUR", "opened": True, "vip": True})
    equal = answer_to(gate, {"amount": 0, "opened": True, "vip": True})

    assert ((both.answer.value, both.decided_by), equal.answer.value) == (("escalate", "eighty"), "amend")


def test_an_amendment_that_cannot_be_worked_out_brings_a_person():
    gate = gate_of([clause("share", "opened", {"amend": {"amount": "amount / count"}})])
    verdict = answer_to(gate, {"amount": 100, "opened": True, "count": 0})

    assert (verdict.answer.value, verdict.decided_by) == ("escalate", "share")


def test_a_question_carries_the_change_so_that_the_customer_confirms_what_will_be_done():
    verdict = answer_to(gate_of([EIGHTY, clause("confirm", "!sure", {"ask": ["sure"]})]), {"amount": "100.00 EUR", "opened": True, "sure": False})

    assert (verdict.answer.value, verdict.as_dict()["amended"]) == ("ask", {"amount": "80.00 EUR"})


# ---- bounds --------------------------------------------------------------------------------------------------------

LISTS = {"numbers": {"type": "list(int)", "from": "a.numbers"}, "note": {"type": "string", "from": "a.note"}}


@pytest.mark.parametrize(
    "condition",
    [
        "numbers.all(i, numbers.all(j, i + j < 5))",
        "numbers.map(i, numbers.map(j, j)).size() > 0",
        "numbers.all(i, i in numbers)",
    ],
)
def test_a_fact_too_large_to_look_through_is_unknown_and_never_allows(condition):
    """One line of a few hundred kilobytes must not hold up everybody else's decisions for minutes."""
    gate = gate_of([clause("fine", condition, "allow")], facts=LISTS)
    many, few = (answer_to(gate, {"numbers": [0] * count}) for count in (9_000, 20))

    assert ("escalate", ("numbers",), "allow") == (many.answer.value, many.missing, few.answer.value)


def test_a_text_longer_than_any_decision_needs_is_unknown():
    gate = gate_of([clause("kind", 'note.contains("please")', "allow")], facts=LISTS)
    short, long = (answer_to(gate, {"note": "please" + "x" * count}).answer.value for count in (9_000, 10_000))

    assert ("allow", "escalate") == (short, long)
