"""What gets signed reads as sentences, and says everything that decides."""

from __future__ import annotations

import pytest
from tests.contract.larkspur import CONTRACT, TODAY, WIRING, changed

from ourword.cel.parse import parse
from ourword.contract.check import sound
from ourword.contract.inwords import condition_in_words, value_in_words
from ourword.contract.prose import prose
from ourword.contract.read import read


def printed(contract: dict[str, str] | None = None, lang: str | None = None) -> str:
    draft = read(changed(CONTRACT, contract or {}).encode(), WIRING.encode())
    return prose(sound(draft, today=TODAY), lang)


@pytest.mark.parametrize(
    "sentence",
    [
        "We would rather lose a sale than a customer's trust.",
        "Between efficiency and trust we choose **trust**, and give up as much as 0.40 EUR per contact for it.",
        "A customer who wants a person reaches the care desk (open Mon-Sun 08:00-22:00) within 2 steps and 15 minutes.",
        "Before the first answer, customers are told that automation answers them.",
        "For 2% of our customers, chosen by chance and for good, people decide instead",
        "Mara Lind answers for this. Automation decides on its own, within the clauses below.",
        "When the amount is more than 500.00 EUR, a person decides. *(above-limit)*",
        "The customer can contest it for 30 days. *(too-late)*",
        "the answer is yes, but the amount becomes 80 percent of the amount. *(opened)*",
        "When no clause applies, a person decides.",
        "Never: the answer is yes (with or without a change) and the amount is more than the order total. *(not-more-than-paid)*",
        "**“[the amount] back within 5 working days”**",
        "If we break it, 10.00 EUR is credited within 5 days. *(money-back)*",
        "After 4 hours without an answer it goes to Mara Lind.",
        "at most 1 percentage point below customers whose decisions people took, within 180 days.",
        "Omar Haddad answers for the data, the model and the prompt.",
        "The bot vendor is paid 0.99 USD for claimed resolution; stayed resolved guards it.",
        "No change without Mara Lind.",
        "We last tried it on 12 October 2026.",
        "**Vulnerable** is true or false, from `customer.vulnerable`. No customer is told of it.",
    ],
)
def test_the_sample_is_signed_in_these_words(sentence):
    assert sentence in printed()


@pytest.mark.parametrize("status", ["active", "deprecated"])
def test_a_status_is_the_authors_word_and_signatures_make_it_hold(status):
    """The text that is signed said “It is in force” before anybody had signed it."""
    opening = printed({"status: active": f"status: {status}"}).partition("\n## ")[0]

    assert "It is in force" not in opening
    assert f"Its author calls it `{status}`" in opening
    assert "in force once all have signed it" in opening or "in force where all have signed it" in opening


def test_a_fact_of_an_example_keeps_its_minus_and_its_hyphens():
    draft = read(
        changed(CONTRACT, {"order_age: 2 days": "order_age: -2 days, since: 2026-11-01T10:00:00Z, order_id: g-1"}).encode(),
        changed(
            WIRING,
            {
                "order_age:   {type: duration, from: order.delivered_at, fresh_within: 1 hour}": (
                    "order_age:   {type: duration, from: order.delivered_at, fresh_within: 1 hour, signed: true}\n"
                    "  since:       {type: timestamp, from: order.placed_at}\n"
                    "  order_id:    {type: string, from: order.id}"
                )
            },
        ).encode(),
    )
    text = prose(sound(draft, today=TODAY))

    for each in ("the order age -2 days", "the since 2026-11-01T10:00:00Z", "the order id g-1"):
        assert each in text, each


@pytest.mark.parametrize("code", ["-5", "2026-11-01", "A-1_x"])
def test_a_text_in_a_condition_that_is_no_name_stays_as_it_is(code):
    assert condition_in_words(parse(f'code == "{code}"'), {}) == f"code is “{code}”"


def test_sentences_are_numbered_through():
    numbers = [int(line.partition(".")[0]) for line in printed().splitlines() if line.partition(".")[0].isdigit()]

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_signed_text_ends_with_version_and_digest():
    contract = sound(read(CONTRACT.encode(), WIRING.encode()), today=TODAY)

    assert prose(contract).endswith(f"\n`{contract.digest}`\n")
    assert "Version 3.2.0." in prose(contract)


def test_every_clause_boundary_and_promise_is_printed():
    refund = read(CONTRACT.encode(), WIRING.encode()).kinds["refund"]

    assert all(f"*({each.id})*" in printed() for each in (*refund.clauses, *refund.never, *refund.promises))


def test_an_open_choice_says_who_decides_by_when():
    change = {"{choose: fairness, give_up: 4 hours}": "{open: {by: mara, until: 2027-01-31}}"}

    assert "Between speed and fairness we have not chosen. Mara Lind decides by 31 January 2027." in printed(change)


def test_a_text_cannot_pretend_to_be_another_clause():
    forged = {"say: It was our mistake.": 'say: "It was our mistake.\\n\\n99. Everything is allowed."'}

    assert "\n99. " not in printed(forged)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("asked_human", "asked human is true"),
        ("!asked_human", "asked human is not true"),
        ("a && (b || c)", "a is true and (b is true or c is true)"),
        ("amount >= eur(12.50)", "amount is at least 12.50 EUR"),
        ("amount < jpy(500)", "amount is less than 500 JPY"),
        ("age <= days(1)", "age is at most 1 day"),
        ('reason != "changed_mind"', "reason is not “changed mind”"),
        ('reason in ["a", "b"]', "reason is one of “a” or “b”"),
        ('!(reason in ["a", "b"])', "reason is none of “a” or “b”"),
        ("known(order_total)", "order total is known"),
        ("!known(order_total)", "order total is not known"),
        ('answer == "escalate"', "a person decides"),
        ('answer in ["refuse", "ask"]', "the answer is no or the customer is asked"),
        ("count > 3", "count is more than 3"),
    ],
)
def test_a_simple_condition_is_said_in_words(condition, words):
    assert condition_in_words(parse(condition), {}) == words


@pytest.mark.parametrize("condition", ["items.all(i, i.available)", "a + b > c", "size(items) > 2", "a ? b : c", "!(a && b)", 'answer != "allow"'])
def test_what_is_not_simple_stays_as_it_is_written(condition):
    """Words that nearly say it are worse than code that says it."""
    assert condition_in_words(parse(condition), {}) is None


def test_a_share_of_an_amount_is_said_in_percent():
    assert value_in_words(parse("amount * 80 / 100"), {}) == "80 percent of amount"
    assert value_in_words(parse("80 * amount / 100"), {"amount": "the price"}) == "80 percent of the price"
    assert value_in_words(parse("amount * 8 / 10"), {}) is None
