"""What promises, conditions and the wiring must hold together, one rule a test; and what becomes of many flaws."""

from __future__ import annotations

import pytest
from tests.contract.larkspur import TODAY, checked, draft, flaws, the_flaw

from ourword.contract.check import check

# ---- promises ------------------------------------------------------------------------------------------------------


def test_a_promise_says_facts_that_exist():
    flaw = the_flaw({'"{amount} back within': '"{amnt} of {amount} back within'})

    assert flaw.hint == "did you mean `amount`?"


def test_a_promise_that_compares_amounts_says_one():
    assert the_flaw({'"{amount} back within': '"Money back within'}).code == "contract.promise"


def test_a_promise_does_not_say_lists():
    assert the_flaw({'"{amount} back within': '"{amount} for {items} back within'}).code == "contract.promise"


def test_an_event_that_nothing_sends_is_worth_a_warning():
    assert flaws({"kept_by: payment.refunded": "kept_by: payment.refundet"}) == [("warning", "contract.source")]


def test_working_days_without_holidays_are_worth_a_note():
    _, with_holidays = checked({"zone: Europe/Berlin\n": "zone: Europe/Berlin\nholidays: DE\n"})

    assert "contract.holidays" in [flaw.code for flaw in checked()[1]]
    assert "contract.holidays" not in [flaw.code for flaw in with_holidays]


# ---- what is never told --------------------------------------------------------------------------------------------

VULNERABLE = {"asked_human || vulnerable": "asked_human"}


def test_what_the_customer_states_cannot_be_kept_from_the_customer():
    assert the_flaw({}, {"tell: never": "tell: never, stated_by: customer"}).code == "contract.tell-never"


@pytest.mark.parametrize(
    "change",
    [
        {'when: answer == "escalate", say': "when: 'answer == \"escalate\" && !vulnerable', say"},
        {"{amend: {amount: amount * 80 / 100}}": "{amend: {amount: 'vulnerable ? amount : amount * 80 / 100'}}"},
        {"{amend: {amount: amount * 80 / 100}}": "{amend: {vulnerable: 'false'}}"},
        {"{ask: [confirmed]}": "{ask: [vulnerable]}"},
        {'"{amount} back': '"{amount} ({vulnerable}) back'},
    ],
    ids=["promise", "amendment", "amended", "asked", "said"],
)
def test_what_is_never_told_is_in_nothing_that_customers_hear(change):
    """The words would betray it."""
    assert the_flaw(change).code == "contract.tell-never"


def test_what_is_derived_from_the_untold_is_untold():
    change = {"all_in_stock: {type: bool, is: 'items.all(i, i.available)'}": "all_in_stock: {type: bool, is: '!vulnerable'}"}

    assert the_flaw({}, change).code == "contract.tell-never"


def test_a_promise_does_not_reach_the_untold_through_derived_facts():
    wiring = {"all_in_stock: {type: bool, is: 'items.all(i, i.available)'}": "all_in_stock: {type: bool, is: '!vulnerable', tell: never}"}

    assert the_flaw({'when: answer == "escalate", say': "when: 'answer == \"escalate\" && all_in_stock', say"}, wiring).code == "contract.tell-never"


# ---- conditions ----------------------------------------------------------------------------------------------------


def test_a_misspelt_fact_is_an_error_at_its_column_with_the_nearest_name():
    """Elsewhere it silently allows."""
    flaw = the_flaw({"&& amount > order_total": "&& amount > order_totl"})

    assert (flaw.place, flaw.hint) == ("contract.yaml:53:126", "did you mean `order_total`?")


def test_a_clause_cannot_read_the_answer():
    assert "boundaries and promises may read `answer`" in the_flaw({"when: asked_human,": "when: answer == 'allow',"}).hint


def test_money_is_compared_within_one_currency():
    assert the_flaw({"amount > eur(500)": "amount > usd(500)"}).code == "condition.type"


def test_a_word_outside_its_enum_is_an_error():
    assert the_flaw({'"damaged", "not_received"': '"damagd", "not_received"'}).hint == "did you mean `damaged`?"


def test_a_condition_is_true_or_false():
    assert the_flaw({"when: asked_human,": "when: amount,"}).code == "condition.type"


@pytest.mark.parametrize("when", ["amount > order_total", 'answer != "allow"', 'known(amount) || answer == "allow"', "true"])
def test_no_boundary_can_forbid_a_person(when):
    """Whatever goes wrong, a customer can reach a person."""
    assert the_flaw({'when: \'answer in ["allow", "amend"] && amount > order_total\'': f"when: '{when}'"}).code == "contract.forbids-escalate"


def test_a_derived_fact_is_not_derived_from_itself():
    assert the_flaw({}, {"'items.all(i, i.available)'": "all_in_stock && asked_human"}).code == "contract.cycle"


def test_a_derived_fact_has_its_declared_type():
    assert the_flaw({}, {"'items.all(i, i.available)'": "size(items)"}).code == "condition.type"


def test_a_condition_that_could_run_for_hours_is_an_error():
    """A contract must not be able to stop the gate that carries it."""
    numbers = "[" + ", ".join(map(str, range(100))) + "]"
    nested = "true"
    for depth in range(6):
        nested = f"{numbers}.all(n{depth}, {nested})"

    assert the_flaw({"when: asked_human,": f"when: '{nested}',"}).code == "contract.costly"


def test_facts_that_nothing_reads_are_worth_a_note():
    assert [flaw.what for flaw in checked()[1] if flaw.code == "contract.unused"] == ["no condition reads `all_in_stock` and `refunds_90d`"]


# ---- wiring --------------------------------------------------------------------------------------------------------


def test_the_wiring_is_for_this_contract():
    assert the_flaw({}, {"contract: larkspur-care": "contract: other"}).code == "contract.wiring"


def test_a_source_proposes_a_declared_kind():
    assert the_flaw({}, {"decision: refund": "decision: refnd"}).hint == "did you mean `refund`?"


def test_a_source_states_declared_facts():
    assert the_flaw({}, {"facts: {amount: args": "facts: {amont: args"}).hint == "did you mean `amount`?"


def test_history_counts_a_declared_kind():
    assert the_flaw({}, {"count: refund": "count: refnd"}).code == "contract.kind"


def test_history_is_a_whole_number():
    assert the_flaw({}, {"refunds_90d: {type: int": "refunds_90d: {type: double"}).code == "contract.history"


@pytest.mark.parametrize(
    ("wiring", "code"),
    [
        ({"from: conversation.asked_human": "from: conversation.asked_human, paid_by: customer"}, "contract.paid-by"),
        ({"from: conversation.asked_human": "from: conversation.asked_human, signed: true"}, "contract.signed"),
        ({"'items.all(i, i.available)'": "'items.all(i, i.available)', fresh_within: 1 hour"}, "contract.derived"),
    ],
)
def test_a_fact_carries_only_what_means_something_for_it(wiring, code):
    assert the_flaw({}, wiring).code == code


def test_what_a_person_may_grant_is_compared_with_money_that_is_proposed():
    assert the_flaw({"{refund: 200 EUR}": "{refund: 200 USD}"}).code == "contract.work"


def test_a_reason_for_a_trained_person_is_true_or_false():
    assert the_flaw({"trained_for: [vulnerable]": "trained_for: [amount]"}).code == "contract.work"


# ---- many flaws ----------------------------------------------------------------------------------------------------


def test_all_flaws_are_given_at_once_errors_first():
    _, found = checked({"    owner: mara": "    owner: care", "amount > eur(500)": "amont > eur(500)"})

    assert [flaw.level for flaw in found][:2] == ["error", "error"]
    assert [flaw.level for flaw in found] == sorted((flaw.level for flaw in found), key=["error", "warning", "note"].index)


def test_thousands_of_mistakes_end_in_a_bounded_list():
    wrong = "".join(f"      - {{id: c{number}, say: No., when: amounts > eur({number}), then: refuse}}\n" for number in range(5_000))
    contract, found = check(draft({"    otherwise: escalate": wrong + "    otherwise: escalate"}), today=TODAY)

    assert contract is None
    assert len(found) < 500
