"""What a promise says must be known whenever it is made; otherwise the customer hears the name of a fact, and is owed it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.larkspur import checked, flaws

from ourword.core.proposal import Proposal
from ourword.core.time import datetime_from_instant
from ourword.gate.compile import compile_gate
from ourword.gate.decide import decide

NOW = datetime_from_instant(1_790_000_000 * 10**9)
SAYS = '"{amount} back within'
FLAW = ("warning", "contract.promise-fact")
GIVEN = {
    "amount": "10.00 EUR",
    "order_total": "20.00 EUR",
    "order_age": "2 days",
    "reason": "damaged",
    "confirmed": True,
    "asked_human": False,
    "opened": False,
    "vulnerable": False,
    "items": [],
    "refunds_90d": 0,
}


def test_a_promise_does_not_say_what_may_not_be_known_when_it_is_made():
    """`opened` is in no `requires`: "False of 10.00 EUR", or "opened"."""
    assert FLAW in flaws({SAYS: '"{amount} ({opened}) back within'})


@pytest.mark.parametrize(
    "change",
    [
        {SAYS: '"{amount} ({reason}) back within'},
        {SAYS: '"{amount} ({opened}) back within', "requires: [amount,": "requires: [opened, amount,"},
        {
            SAYS: '"{amount} ({opened}) back within',
            'when: \'answer in ["allow", "amend"]\', say': 'when: \'answer in ["allow", "amend"] && known(opened)\', say',
        },
    ],
    ids=["required already", "required", "guarded"],
)
def test_what_is_required_or_guarded_may_be_said(change):
    assert FLAW not in flaws(change)


def test_what_a_boundary_must_know_to_let_the_answer_pass_may_be_said():
    """`amount > order_total` brings in a person while `order_total` is not known."""
    assert FLAW not in flaws({SAYS: '"{amount} of {order_total} back within', ", amount: at_least": ""})


def test_what_is_required_may_still_be_missing_where_a_person_decides():
    """It is why the person decides."""
    assert FLAW in flaws({"say: A person answers within 15 minutes.": 'say: "A person answers about {amount} within 15 minutes."'})


@given(
    said=st.sampled_from(sorted({*GIVEN} - {"items", "vulnerable"})),
    left_out=st.sets(st.sampled_from(sorted(GIVEN))),
    reason=st.sampled_from(["damaged", "changed_mind"]),
    opened=st.booleans(),
)
def test_a_promise_without_this_flaw_never_says_a_fact_that_is_not_known(said, left_out, reason, opened):
    """The law, over every gap in the facts: no flaw, then no unknown in a promise that is made."""
    contract, found = _saying(said)
    facts = {name: value for name, value in {**GIVEN, "reason": reason, "opened": opened}.items() if name not in left_out}
    made = [each.id for each in decide(contract, Proposal(kind="refund", customer="c-1"), facts, NOW).minted]

    assert "contract.promise-fact" in [flaw.code for flaw in found] or "money-back" not in made or said in facts


@cache
def _saying(said):
    contract, found = checked({SAYS: f'"{{amount}} ({{{said}}}) back within', ", amount: at_least": ""})
    assert contract is not None
    return compile_gate(contract), found
