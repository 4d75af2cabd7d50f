"""Strangers' exports through the product, on small pieces of the same shape; the real files where they are."""

from __future__ import annotations

import doctest
import gzip
import json
from pathlib import Path
from typing import Any

import outside.xes
import pytest
from outside.__main__ import run
from outside.helpdesk import ended, reopened, returned
from outside.star import claimed_and_said, confirmed_without_yes, gave_up, helpful, no_data, thankful
from outside.telco import gone, product_limit, survival
from outside.through import into_home
from outside.xes import xes_to_csv

from ourword.core.time import instant_from_text
from ourword.figures.watched import watched
from ourword.outcomes.contacts import Asked, contacts

# ---- dialogues -------------------------------------------------------------------------------------------------------


def dialogue(number: int, *turns: tuple[str, str, str], level: str = "Complete", answer: bool | None = None) -> dict[str, Any]:
    events: list[dict[str, Any]] = [
        {"Agent": agent, "Action": action, "Text": text, "UnixTime": 1_589_286_000 + 1_000 * number + second}
        for second, (agent, action, text) in enumerate(turns)
    ]
    calm = {"Question": "Did the assistant stay calm and helpful throughout the dialogue?", "Answer": True}
    asked = [calm] if level == "Complete" else []  # who disconnected was not asked
    if answer is not None:
        asked.append({"Question": "Did the AI Assistant book your flight?", "Answer": answer})
    return {
        "AnonymizedUserWorkerID": f"u-{number}", "DialogueID": number, "CompletionLevel": level, "Events": events,
        "Scenario": {"WizardCapabilities": [{"Task": "plane_book"}]}, "UserQuestionnaire": asked,
    }  # fmt: skip


ASKS = ("User", "utter", "Book flight 12, please")
TYPED = ("Wizard", "request_suggestions", "your flight is now reserved")
BOOKED = ("Wizard", "pick_suggestion", "Right, your flight is now reserved!")
FAILED = ("Wizard", "pick_suggestion", "I'm sorry, but your reservation request was unsuccessful.")
THANKS = ("User", "utter", "Thank you so much, bye")
BYE = ("Wizard", "pick_suggestion", "Thank you and goodbye.")
DONE = ("User", "complete", "")


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    """Booked and content; failed, denied and thanked; claimed only in what the wizard typed to itself; left in the middle; left at once."""
    silent = ("UserGuide", "instruct", "")
    rows = [
        dialogue(1, ASKS, BOOKED, BYE, DONE, answer=True),
        dialogue(2, ASKS, FAILED, THANKS, BYE, DONE, answer=False),
        dialogue(3, ASKS, TYPED, FAILED, BYE, DONE, answer=False),
        dialogue(4, ASKS, ("Wizard", "utter", "Which flight?"), level="DisconnectDuringDialogue"),
        dialogue(5, silent, level="EarlyDisconnectDuringDialogue"),
    ]
    rows[0]["Events"].insert(1, {"Agent": "KnowledgeBase", "Action": "return_item", "Item": {}})  # it has no time of its own
    file = tmp_path / "dialogues.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return file


def test_whoever_disconnects_gave_up_and_nobody_else_did(dialogues, tmp_path):
    """In the middle of it, or before a word was said."""
    into_home(tmp_path / "home", [(dialogues, "star.yaml")])

    assert [(5, 5), (2, 5)] == [(each.value, each.n) for each in gave_up(tmp_path / "home")]


def test_days_cannot_close_a_week(dialogues, tmp_path):
    """The report says no data, and why."""
    into_home(tmp_path / "home", [(dialogues, "star.yaml")])
    (found,) = no_data(tmp_path / "home")

    assert found.ok
    assert [each for each in found.notes if each.startswith("No data: no contact has been closed for 7 days. Too early to tell of 5: ")]


def test_thanks_are_no_confirmation(dialogues, tmp_path):
    """The customer of the second dialogue thanks, and says that it failed; the assistant was calm and helpful all along."""
    home = tmp_path / "home"
    into_home(home, [(dialogues, "star.yaml")])
    with watched(home, Asked(as_of=(instant_from_text("2020-06-20T00:00:00Z") or 0) // 1000)) as connection:
        before = [each.outcome for each in contacts(connection)]
    into_home(home, [(dialogues, "star-asked.yaml")], again=True)
    with watched(home, Asked(as_of=(instant_from_text("2020-06-20T00:00:00Z") or 0) // 1000)) as connection:
        after = [each.outcome for each in contacts(connection)]
        polite = thankful(home, connection)
        assert confirmed_without_yes(connection) == 0
        assert len(helpful(connection)) == 3

    assert before == ["quiet", "quiet", "quiet", "gave_up", "gave_up"]
    assert after == ["confirmed", "gave_up", "gave_up", "gave_up", "gave_up"]
    assert len(polite) == 1


def test_what_a_wizard_typed_to_itself_claims_nothing(dialogues, tmp_path):
    """Only what the customer was shown is a claim."""
    into_home(tmp_path / "home", [(dialogues, "star.yaml"), (dialogues, "star-asked.yaml")], again=True)
    with watched(tmp_path / "home") as connection:
        flights = claimed_and_said(connection)[0]

    assert (3, 3) == (flights.value, flights.n)


def test_importing_dialogues_twice_adds_nothing(dialogues, tmp_path):
    """The same file, the same events."""
    first, second = (into_home(tmp_path / "home", [(dialogues, "star.yaml")])[0] for _ in range(2))

    assert first.events["new"] == second.events["known"] > 0
    assert second.events["new"] == 0


# ---- a help desk's log -----------------------------------------------------------------------------------------------


def trace(case: str, customer: str, *steps: tuple[str, str]) -> str:
    events = "".join(
        f'<event><string key="concept:name" value="{activity}"/><date key="time:timestamp" value="{day}T10:00:00+00:00"/>'
        f'<string key="customer" value="{customer}"/></event>'
        for activity, day in steps
    )
    return f'<trace><string key="concept:name" value="{case}"/>{events}</trace>'


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """One customer back within a week, one after, one ticket that went on after its close, one that never closed."""
    log = "".join([
        trace("Case 1", "A", ("Assign seriousness", "2012-10-01"), ("Closed", "2012-10-02")),
        trace("Case 2", "A", ("Assign seriousness", "2012-10-05"), ("Closed", "2012-10-06")),
        trace("Case 3", "B", ("Assign seriousness", "2012-10-01"), ("Closed", "2012-10-02"), ("Wait", "2012-10-03"), ("Closed", "2012-10-04")),
        trace("Case 4", "B", ("Assign seriousness", "2012-11-01"), ("Wait", "2012-11-02")),
    ])  # fmt: skip
    packed = tmp_path / "desk.xes.gz"
    packed.write_bytes(gzip.compress(f'<log xmlns="http://www.xes-standard.org/">{log}</log>'.encode()))
    assert 10 == xes_to_csv(packed, tmp_path / "desk.csv", closing="Closed", attributes=("customer",))
    into_home(tmp_path / "home", [(tmp_path / "desk.csv", "helpdesk.yaml")])
    return tmp_path / "home"


def test_tickets_end_as_they_ended(desk):
    """Also those that never closed, and those that went on."""
    with watched(desk, Asked(kind_alone=True)) as connection:
        found = {each.check: each.value for each in (*ended(connection), *reopened(connection))}

    assert (found["helpdesk.ended.Closed"], found["helpdesk.ended.Wait"], found["helpdesk.reopened-after-closed"]) == (3, 1, 1)


def test_a_customer_is_back_when_they_open_another_ticket_within_the_week(desk):
    """One of four tickets was followed so soon."""
    found = returned(desk, as_of=(instant_from_text("2013-01-01T00:00:00Z") or 0) // 1000)

    assert (found.n, found.observed) == (4, 0.25)


# ---- a telephone company ---------------------------------------------------------------------------------------------

HEADER = "customerID,tenure,InternetService,Contract,Churn\n"


def test_who_stayed_by_contract_is_the_product_by_hand(tmp_path):
    """Times made up from months give back the months."""
    lines = [("a", 2, "Month-to-month", "Yes"), ("b", 5, "Month-to-month", "No"), ("c", 14, "Month-to-month", "Yes"), ("d", 30, "Two year", "No"),
             ("e", 12, "Month-to-month", "Yes"), ("f", 0, "Month-to-month", "No")]  # fmt: skip
    table = tmp_path / "telco.csv"
    table.write_text(HEADER + "".join(f"{name},{months},DSL,{contract},{churn}\n" for name, months, contract, churn in lines), "utf-8")
    into_home(tmp_path / "home", [(table, "telco-churn.yaml")])
    rows = [{"tenure": str(months), "Churn": churn} for _, months, contract, churn in lines if contract == "Month-to-month"]
    found = survival(tmp_path / "home", days=360)

    assert found["contract=Month-to-month"].value == pytest.approx(float(product_limit(rows, months=12)))
    assert found["contract=Two year"].value == 1
    assert gone(tmp_path / "home").value == 0.5


# ---- the real ones ---------------------------------------------------------------------------------------------------


def test_the_examples_in_docstrings_run():
    """A docstring's example is documentation only while it is true."""
    assert doctest.testmod(outside.xes).failed == 0


@pytest.mark.shared
@pytest.mark.parametrize("name", ["star", "event-logs", "telco-churn"])
def test_what_is_known_of_the_real_data_comes_out_of_the_product(shared_data, name):
    """Figures that others found, by other means."""
    measured = run(shared_data, [name])

    assert [each.check for each in measured if not each.ok] == []
    assert measured
