"""What a contract must hold together, one rule a test: the sample with one thing changed, and the flaw it gets."""

from __future__ import annotations

from datetime import date

import pytest
from tests.contract.larkspur import TODAY, checked, draft, flaws, the_flaw

from ourword.contract.check import sound
from ourword.errors import ContractError


def test_the_sample_holds_together():
    contract, found = checked()

    assert contract is not None
    assert {"warning", "note"} >= {flaw.level for flaw in found}


def test_an_unsound_draft_raises_its_first_error():
    with pytest.raises(ContractError, match="whom `people` does not name"):
        sound(draft({"owner: mara\n    rights": "owner: nobody\n    rights"}), today=TODAY)


# ---- people --------------------------------------------------------------------------------------------------------


def test_a_kind_needs_an_owner_who_is_a_person():
    """A desk answers for nothing: one name does."""
    flaw = the_flaw({"    owner: mara": "    owner: care"})

    assert (flaw.code, flaw.place, flaw.hint) == ("contract.owner", "contract.yaml:38:12", "name a person: `mara` or `omar`")


def test_a_misspelt_owner_is_offered_the_nearest_name():
    assert the_flaw({"    owner: mara": "    owner: mra"}).hint == "did you mean `mara`?"


def test_every_cause_ends_in_a_name():
    assert the_flaw({", unclear: mara}": "}"}).what == "nobody answers for unclear"


def test_who_answers_is_a_declared_person():
    assert the_flaw({"{data: omar": "{data: otto"}).code == "contract.owner"


def test_the_desk_that_customers_reach_is_a_desk():
    assert the_flaw({"15 minutes, desk: care": "15 minutes, desk: mara"}).code == "contract.desk"


def test_a_person_cannot_be_no_step_away():
    assert the_flaw({"steps: 2": "steps: 0"}).code == "contract.way-to-a-person"


def test_escalations_reach_a_declared_desk_or_person():
    assert the_flaw({"escalation: {to: care": "escalation: {to: caer"}).hint == "did you mean `care`?"


def test_who_is_next_when_nobody_answers_is_declared():
    assert the_flaw({"after: 4 hours, to: mara": "after: 4 hours, to: marta"}).code == "contract.nobody"


def test_a_promise_counts_the_hours_of_a_desk():
    assert the_flaw({"working: care": "working: mara"}).code == "contract.desk"


def test_whose_consent_a_change_needs_is_a_person():
    assert the_flaw({"{need: [mara]": "{need: [care]"}).code == "contract.owner"


def test_a_person_is_declared_once():
    assert the_flaw({"people:\n": "people:\n  - {id: mara, role: owner}\n"}).code == "contract.twice"


# ---- what is intended ----------------------------------------------------------------------------------------------


def test_all_four_choices_are_made():
    """A tension that nobody decided is decided by whoever writes the prompt."""
    flaw = the_flaw({"    efficiency_or_trust: {choose: trust, give_up: 0.40 EUR per contact}\n": ""})

    assert flaw.what == "nobody chose between efficiency and trust"


def test_an_open_choice_is_a_note_until_its_day():
    change = {"{choose: fairness, give_up: 4 hours}": "{open: {by: mara, until: 2027-01-31}}"}

    assert flaws(change) == [("note", "contract.choice-open")]
    assert flaws(change, today=date(2027, 1, 31)) == [("note", "contract.choice-open")]


def test_an_open_choice_that_is_overdue_names_who_owes_it():
    """`check` fails on it; the gate goes on deciding, for a running shop must not stop at midnight."""
    contract, found = checked({"{choose: fairness, give_up: 4 hours}": "{open: {by: mara, until: 2027-01-31}}"}, today=date(2027, 2, 1))
    warned = [flaw.what for flaw in found if flaw.code == "contract.choice-overdue"]

    assert (True, ["`speed_or_fairness` was to be decided by mara until 2027-01-31, and is not"]) == (contract is not None, warned)


def test_an_open_choice_is_owed_by_a_person():
    assert the_flaw({"{choose: fairness, give_up: 4 hours}": "{open: {by: care, until: 2027-01-31}}"}).code == "contract.owner"


@pytest.mark.parametrize("choice", ["{give_up: 4 hours}", "{choose: fairness, open: {by: mara, until: 2027-01-31}}"])
def test_a_choice_is_either_made_or_open(choice):
    assert the_flaw({"{choose: fairness, give_up: 4 hours}": choice}).code == "contract.choice"


def test_a_sentence_that_nothing_carries_is_words_only():
    assert flaws({", carried_by: [choices.revenue_or_advocacy, decisions.refund.never]": ""}) == [("note", "contract.words-only")]


def test_a_sentence_is_carried_by_keys_that_exist():
    assert the_flaw({"decisions.refund.never]": "decisions.refund.nevr]"}).hint == "did you mean `decisions.refund.never`?"


def test_a_metric_that_somebody_is_paid_for_is_guarded():
    """What is paid for gets done, at the customer's cost if need be."""
    assert the_flaw({", guarded_by: stayed_resolved": ""}).code == "contract.unguarded"


def test_a_guard_is_measured_by_a_target():
    assert the_flaw({"guarded_by: stayed_resolved": "guarded_by: complaints"}).code == "contract.unguarded"


def test_what_is_paid_for_does_not_guard_itself():
    assert the_flaw({"paid_for: claimed_resolution": "paid_for: stayed_resolved"}).code == "contract.unguarded"


def test_segments_are_wired():
    assert the_flaw({"segments: [region, tenure": "segments: [region, tenuer"}).hint == "did you mean `tenure`?"


def test_customers_who_are_never_told_of_automation_are_worth_a_warning():
    change = {"automated: before the first answer, ": ""}

    assert flaws(change) == [("warning", "contract.law.told")]


@pytest.mark.parametrize("keep", ["keep: 180 days\n", ""])
def test_decisions_kept_for_less_than_six_months_are_worth_a_warning(keep):
    assert flaws({"keep: 3 years\n": keep}) == [("warning", "contract.law.keep")]


def test_holidays_are_those_of_a_country_we_know():
    assert the_flaw({"zone: Europe/Berlin\n": "zone: Europe/Berlin\nholidays: XX\n"}).code == "contract.holidays"


def test_a_contract_that_holds_later_or_no_longer_says_so():
    assert flaws({"from: 2026-11-01": "from: 2027-01-01"}) == [("note", "contract.not-yet")]
    assert flaws({"status: active": "status: retired"}) == [("warning", "contract.retired")]


# ---- kinds ---------------------------------------------------------------------------------------------------------


def test_each_kind_has_a_long_term_target_on_the_customers_side():
    assert the_flaw({"within: 180 days, not": "within: 29 days, not"}).code == "contract.long-term"


def test_a_long_term_target_on_our_own_side_does_not_count():
    assert the_flaw({"metric: stayed_customer": "metric: revenue"}).code == "contract.long-term"


def test_a_target_for_what_nobody_measures_is_worth_a_warning():
    assert flaws({"metric: came_back": "metric: come_back"}) == [("warning", "contract.metric")]


def test_a_target_has_one_bound():
    assert the_flaw({"14 days, at_most: 0.08": "14 days"}).code == "contract.target"


def test_prices_are_not_given_by_chance():
    rename = {"\n  refund:": "\n  price:", "decisions.refund.never": "decisions.price.never", "{refund: 200": "{price: 200"}

    assert the_flaw(rename, {"count: refund": "count: price", "decision: refund": "decision: price"}).code == "contract.explore"


@pytest.mark.parametrize("name", ["requires", "otherwise", "rights", "holdout"])
def test_the_gates_own_words_are_no_ids(name):
    assert the_flaw({"id: above-limit": f"id: {name}"}).code == "contract.reserved"


def test_clauses_and_boundaries_share_their_ids():
    """A verdict names what decided it: two of one name would leave it open."""
    assert the_flaw({"id: not-more-than-paid": "id: above-limit"}).code == "contract.twice"


def test_a_required_fact_exists():
    assert the_flaw({"requires: [amount": "requires: [amont"}).hint == "did you mean `amount`?"


def test_a_fact_that_is_asked_for_exists():
    assert the_flaw({"{ask: [confirmed]}": "{ask: [confirmd]}"}).hint == "did you mean `confirmed`?"


def test_what_is_worked_out_cannot_be_asked_for():
    assert the_flaw({"{ask: [confirmed]}": "{ask: [all_in_stock]}"}).code == "contract.ask"


def test_an_amended_fact_exists():
    assert the_flaw({"{amend: {amount:": "{amend: {amont:"}).hint == "did you mean `amount`?"


def test_what_our_record_counts_cannot_be_amended():
    assert the_flaw({"{amend: {amount: amount * 80 / 100}}": "{amend: {refunds_90d: '0'}}"}).code == "contract.amend"


def test_an_amendment_has_the_facts_type():
    assert the_flaw({"{amend: {amount: amount * 80 / 100}}": "{amend: {amount: '5'}}"}).place == "contract.yaml:50:137"


def test_a_final_refusal_names_its_basis_and_its_owner():
    """Not even a person can lift it: somebody must answer for that."""
    assert the_flaw({"then: refuse, contest": "then: refuse, final: true, contest"}).what == "the final refusal `too-late` has no basis and owner"


def test_only_a_refusal_is_final():
    change = {
        "id: above-limit, say: Refunds above 500 EUR are decided by a person.": "id: above-limit, final: true, basis: law, owner: mara, say: No."
    }

    assert the_flaw(change).code == "contract.final"


def test_customers_do_not_read_braces():
    assert the_flaw({"say: It was our mistake.": "say: 'Our mistake with {amount}.'"}).code == "contract.say"


def test_what_grows_has_an_order():
    assert the_flaw({"monotone: [{fact: amount": "monotone: [{fact: reason"}).code == "contract.monotone"


def test_an_example_gives_facts_of_their_type():
    assert the_flaw({"amount: 500.00 EUR, reason": "amount: 500.00 USD, reason"}).code == "contract.example"


def test_an_example_gives_facts_that_exist():
    assert the_flaw({"amount: 500.00 EUR, reason": "amout: 500.00 EUR, reason"}).hint == "did you mean `amount`?"
