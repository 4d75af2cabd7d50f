"""An example is decided by the real gate; where it is not as expected, it says how, and what would make it right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.larkspur import the_flaw
from tests.gate.small import EIGHTY, answer_to, clause, gate_of
from tests.tries import tries

from ourword.contract.model import Example
from ourword.core.answer import Answer
from ourword.trying.examples import Tried, tried
from ourword.trying.junit import Case, Suite, junit
from ourword.trying.words import departed

LIMIT = clause("limit", "amount > eur(500)", "escalate")
ASK = clause("sure", "!sure", {"ask": ["sure"]})
FINE = clause("fine", "reason == 'damaged'", "allow")
KNOWN: dict[str, Any] = {"amount": "20.00 EUR", "reason": "damaged", "sure": True, "opened": False}
BACK = {"id": "back", "when": 'answer in ["allow", "amend"]', "say": "{amount} back", "kept_by": "payment.refunded", "within": "5 days"}


def ran(given_facts: dict[str, Any], answer: str, *clauses: Any, **expected: Any) -> Tried:
    gate = gate_of(list(clauses) or [LIMIT, ASK, FINE, EIGHTY], promises=[BACK])
    example = Example(name="it", given=given_facts, answer=Answer(answer), place="contract.yaml:1:1", **expected)
    return tried(gate, gate.kinds["refund"], example)


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.sampled_from(["499.99 EUR", "500 EUR", "500.01 EUR"]),
        "reason": st.sampled_from(["damaged", "late"]),
        "sure": st.booleans(),
        "opened": st.booleans(),
    },
)


@settings(deadline=None, max_examples=tries(60))
@given(FACTS, st.sampled_from(list(Answer)))
def test_an_example_is_right_exactly_when_the_gate_answers_so(facts, answer):
    """What passes here passes in production: the example goes through the gate that decides."""
    gate = gate_of([LIMIT, ASK, FINE, EIGHTY])
    verdict = answer_to(gate, facts)

    assert (verdict.answer is answer) is ran(facts, answer.value).right


@settings(deadline=None, max_examples=tries(40))
@given(FACTS, st.sampled_from([Answer.ALLOW, Answer.AMEND, Answer.ASK, Answer.ESCALATE]))
def test_the_change_that_is_offered_makes_it_right(facts, answer):
    """Whoever follows the hint is not sent in a circle."""
    found = ran(facts, answer.value)
    followed = {**facts, **{name: to for name, (_, to) in found.nearest.items()}}

    assert ran(followed, answer.value).right or not found.nearest


def test_the_nearest_change_is_the_smallest_one():
    found = ran({**KNOWN, "amount": "510.00 EUR"}, "allow")

    assert {"amount": ("510.00 EUR", "500.00 EUR")} == found.nearest
    assert "as expected if amount were 500.00 EUR (it is 510.00 EUR)" in departed(found)


def test_a_failing_example_says_where_what_was_expected_and_why_it_is_otherwise():
    told = departed(ran({**KNOWN, "amount": "510.00 EUR"}, "allow"))

    assert "contract.yaml:1:1: refund: it: allow expected, escalate got" == told[0]
    assert "gate: escalate, decided by `limit`; held: `limit`, `fine`" == told[1]
    assert "reason: Because of limit." == told[2]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"decided_by": "fine"}, []),
        ({"decided_by": "limit"}, ["decided_by"]),
        ({"promises": ("back",)}, []),
        ({"promises": ()}, ["promises"]),
        ({"asked": ()}, []),
        ({"asked": ("sure",)}, ["asked"]),
        ({"amended": {}}, []),
    ],
)
def test_an_example_may_expect_more_than_the_answer(expected, got):
    found = ran(KNOWN, "allow", **expected)

    assert got == [each.what for each in found.departures]


@pytest.mark.parametrize(("amount", "right"), [("16.00 EUR", True), ("16 EUR", True), ("16.01 EUR", False)])
def test_what_is_amended_is_compared_as_an_amount_not_as_a_text(amount, right):
    assert right is ran({**KNOWN, "opened": True}, "amend", EIGHTY, amended={"amount": amount}).right


def test_a_person_may_answer_in_an_example():
    """Who may bend what is part of the contract, and can be tried out like the rest."""
    refuse = clause("no", "opened", "refuse")
    bent = ran({**KNOWN, "opened": True}, "allow", refuse, by="mara", their_answer=Answer.ALLOW, because="a regular", decided_by="person")
    unexplained = ran({**KNOWN, "opened": True}, "allow", refuse, by="mara", their_answer=Answer.ALLOW)

    assert bent.right
    assert "`because`" in unexplained.why


def test_the_time_of_an_example_can_be_said():
    old = clause("old", "age > days(30)", "refuse")
    facts = {"age": "2026-01-01T00:00:00Z"}
    assert ran(facts, "refuse", old, FINE, at=datetime(2026, 3, 1, tzinfo=UTC)).right
    assert not ran(facts, "refuse", old, FINE, at=datetime(2026, 1, 5, tzinfo=UTC)).right


# ---- what an example may not say -----------------------------------------------------------------------------------

ANSWER = "confirmed: true}, answer: allow}"


@pytest.mark.parametrize(
    ("written", "what", "hint"),
    [
        ("answer: allow, decided_by: our-falt}", "nothing called `our-falt` decides here", "did you mean `our-fault`?"),
        ("answer: allow, promises: [mony-back]}", "there is no promise `mony-back`", "did you mean `money-back`?"),
        ("answer: allow, asked: [amuont]}", "there is no fact `amuont`, which is asked for here", "did you mean `amount`?"),
        ("answer: amend, amended: {amount: 5 USD}}", "`5 USD` is no money(EUR)", "write it as a proposal would hold it"),
        ("answer: refuse, amended: {amount: 5 EUR}}", "nothing is amended where the answer is refuse", "only `amend`"),
        ("answer: allow, by: person}", "a person answers, and their answer is not there", "add `their_answer:`"),
        ("answer: allow, because: so}", "`because` is a person's, and automation answers here", "add `by: person`"),
    ],
)
def test_what_an_example_cannot_mean_is_an_error(written, what, hint):
    flaw = the_flaw({ANSWER: "confirmed: true}, " + written})

    assert (what, hint) == (flaw.what, flaw.hint[: len(hint)])
    assert flaw.place.startswith("contract.yaml:65:")


# ---- for CI --------------------------------------------------------------------------------------------------------

TEXTS = st.text(max_size=30)
SUITES = st.lists(
    st.builds(Suite, name=TEXTS, cases=st.lists(st.builds(Case, name=TEXTS, message=TEXTS, details=TEXTS), max_size=4).map(tuple)), max_size=3
)


@settings(deadline=None)
@given(TEXTS, SUITES)
def test_any_text_makes_xml_that_another_parser_reads(name, suites):
    """A control character in a customer's words must not cost the whole report."""
    root = ElementTree.fromstring(junit(name, suites).encode())
    cases = root.findall("testsuite/testcase")
    failed = [case for suite in suites for case in suite.cases if case.message]

    assert sum(len(suite.cases) for suite in suites) == len(cases) == int(root.attrib["tests"])
    assert len(failed) == len(root.findall(".//failure")) == int(root.attrib["failures"])


SCHEMA = {
    "testsuites": ({"name", "tests", "failures", "errors", "time", "disabled"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": ({"name", "classname", "time", "assertions", "status"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"message", "type"}, set()),
}
"""What the schema that Jenkins publishes for these files lets an element have and hold."""


def test_the_xml_has_only_what_ci_servers_know():
    text = junit("a", [Suite(name="b", cases=(Case(name="fine"), Case(name="bad", message="m", details="1 < 2\x1b")))])
    elements = list(ElementTree.fromstring(text).iter())

    assert all(set(each.attrib) <= SCHEMA[each.tag][0] for each in elements)
    assert all({child.tag for child in each} <= SCHEMA[each.tag][1] for each in elements)
    assert "1 < 2\\x1b" == elements[-1].text
