"""A function behind the gate runs only when the contract allows it, with what the contract made of it."""

from __future__ import annotations

import asyncio

import pytest
from tests.gate.small import clause, gate_of

from ourword.adapters.function import gated
from ourword.app import Ourword
from ourword.errors import UsageError

CLAUSES = [
    clause("big", "amount > eur(50)", "refuse"),
    clause("eighty", "opened", {"amend": {"amount": "amount * 80 / 100"}}),
    clause("ok", "amount <= eur(50) && !opened", "allow"),
]


@pytest.fixture
def word():
    return Ourword(gate_of(CLAUSES))


def refund(customer: str, amount: int | str, opened: bool = False) -> str:
    return f"paid {amount}"


def test_an_allowed_call_runs(word):
    call = gated(word, "refund")(refund)("c-1", 1000)

    assert (call.done, call.result, call.verdict.answer.value) == (True, "paid 1000", "allow")


def test_a_refused_call_does_not_run_and_brings_the_words_for_the_customer(word):
    call = gated(word, "refund")(refund)("c-1", "51.00 EUR")

    assert (call.done, call.result, call.verdict.as_dict()["reasons"][0]["text"]) == (False, None, "Because of big.")


@pytest.mark.parametrize(("amount", "paid"), [(1000, "paid 800"), ("10.00 EUR", "paid 8.00 EUR")])
def test_an_amended_call_runs_with_the_amended_amount(word, amount, paid):
    assert paid == gated(word, "refund")(refund)("c-1", amount, opened=True).result


def test_facts_the_caller_does_not_hold_come_from_elsewhere(word):
    only = gated(word, "refund", customer="who", facts={"amount": "pay"}, more=lambda who, pay: {"opened": who == "c-2"})

    assert [only(lambda who, pay: f"paid {pay}")(who, 10).result for who in ("c-1", "c-2")] == ["paid 10", "paid 8"]


def test_async_functions_wait(word):
    async def pay(customer: str, amount: int, opened: bool = False) -> int:
        return amount

    assert asyncio.run(gated(word, "refund")(pay)("c-1", 5)).result == 5


def test_observing_lets_everything_pass_as_called(word):
    watching = Ourword(word.gate, mode="observe")

    assert [gated(watching, "refund")(refund)("c-1", each, opened=each == 100).result for each in (9900, 100)] == ["paid 9900", "paid 100"]


def test_a_kind_or_a_parameter_that_is_not_there_is_said_at_once(word):
    with pytest.raises(UsageError, match="refnud"):
        gated(word, "refnud")
    with pytest.raises(UsageError, match="no parameter `buyer`"):
        gated(word, "refund", customer="buyer")(refund)


def test_more_facts_are_looked_up_by_the_names_of_the_arguments(word):
    """However the function is called: by position, by name, or with its defaults."""
    seen = []
    call = gated(word, "refund", more=lambda **all_: seen.append(all_) or {})(refund)
    call("c-1", 10)
    call(customer="c-1", amount=10)

    assert [{"customer": "c-1", "amount": 10, "opened": False}] * 2 == seen


def test_naming_one_fact_leaves_the_others_to_their_names(word):
    renamed = gated(word, "refund", facts={"amount": "pay"})(lambda customer, pay, opened: f"paid {pay}")

    assert "paid 8" == renamed("c-1", 10, True).result


def test_an_amendment_that_no_parameter_could_take_is_said_before_anything_is_decided(word):
    with pytest.raises(UsageError, match="may amend `amount`"):
        gated(word, "refund")(lambda customer: None)


def test_a_verdict_in_a_log_names_no_customer(word):
    text = repr(gated(word, "refund")(refund)("ada.lovelace", 1000).verdict)

    assert len(text) < 200
    assert "lovelace" not in text
