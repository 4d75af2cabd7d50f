"""Larkspur through Chatwoot's files: each contact becomes what it is when its events are handed in, but for what Chatwoot has no place for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpdesks.anything import any_json, bent, keys_in, samples, withstood
from tests.helpdesks.desk import Known, became, heard, imported
from tests.helpdesks.rules import (
    ASKED,
    CONTACTS,
    HELD,
    NANOS,
    NOW,
    Event,
    Rule,
    an_account_is_no_order,
    apart,
    by_contact,
    ended_and_not_solved,
    excuses_for_nothing,
    named,
    native,
    who_is,
)

from ourword.core.event import Event as CoreEvent
from ourword.demo.company import events
from ourword.demo.exports import chatwoot
from ourword.helpdesks.chatwoot import SHAPES
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.way import ByShape, look_at
from ourword.outcomes.mapper import Skipped


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    chatwoot.write(folder, NOW, contacts=CONTACTS)
    return folder


@pytest.fixture(scope="module")
def beside(export: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((export / "truth.json").read_text())
    return found


@pytest.fixture(scope="module")
def held() -> list[Event]:
    return [each for each in events(NOW, contacts=CONTACTS) if each["type"] in HELD]


# ---- what Chatwoot has no place for, by name -----------------------------------------------------------------------------


def who_was_deleted(contacts: list[str]) -> Rule:
    """Of an agent who is gone only their first reply is known to be a person's, and not where a machine in an agent's seat replied before."""

    @by_contact
    def rule(mine: list[Event]) -> Iterable[Event]:
        unknown = mine[0]["data"]["contact"] in contacts
        behind = unknown and mine[0]["data"]["channel"] == "mail"
        for each in mine:
            if behind and each["type"] == "human.joined":
                continue
            nobody = unknown and each["type"] in ("message.out", "question.asked") and each["data"]["actor"] == "person"
            yield named(each, actor=None) if nobody else each

    return rule


@by_contact
def no_words(mine: list[Event]) -> Iterable[Event]:
    """Neither a list nor a report holds messages."""
    yield from (each for each in mine if each["type"].partition(".")[0] not in ("message", "question"))


def only_that_it_is_resolved(last: dict[str, int]) -> Rule:
    """A list says that it is resolved, and when something last happened: a survey that was sent later moves that; what came before is not there."""

    @by_contact
    def rule(mine: list[Event]) -> Iterable[Event]:
        contact = mine[0]["data"]["contact"]
        turns = [each for each in mine if each["type"] in ("contact.closed", "contact.reopened")]
        resolved = bool(turns) and turns[-1]["type"] == "contact.closed"
        for each in mine:
            if each not in turns:
                yield each
            elif each is turns[-1] and resolved:
                yield {**each, "time": at(last[contact])}

    return rule


def nobody_says_why(some: list[Event]) -> Iterable[Event]:
    """That it was resolved since nobody answered is in its messages alone. Who resolved it mostly too: then that is unknown, and never another."""
    for each in some:
        yield named(each, close_reason=None)


def swept(contacts: list[str], second: int) -> Rule:
    """What lay open for weeks an agent resolved in one go."""

    def rule(some: list[Event]) -> Iterable[Event]:
        yield from some
        first = {each["data"]["contact"]: each for each in reversed(some) if each["type"] == "contact.opened"}
        for contact in contacts:
            told = {"actor": "person", "closed_by": "person", "claimed_resolved": True}
            yield {**named(first[contact], "contact.closed", **told), "id": f"{contact}-999", "time": at(second)}

    return rule


def at(second: int) -> str:
    return NOW.fromtimestamp(second, NOW.tzinfo).isoformat()


def rules_for(files: tuple[str, ...], beside: dict[str, Any]) -> list[Rule]:
    """Everything that these files cannot say, and what an agent did later."""
    later = [swept(beside["swept"], beside["swept_at"]), who_is(beside["merged"])]
    if files[0] in ("messages.jsonl", "whole.jsonl"):
        return [ended_and_not_solved, *later, an_account_is_no_order, who_was_deleted(beside["unknown"])]
    if "reporting_events.jsonl" in files:
        return [ended_and_not_solved, *later, an_account_is_no_order, no_words, nobody_says_why]
    return [*later, an_account_is_no_order, only_that_it_is_resolved(beside["last"]), no_words, nobody_says_why]


def mine(home: Path, beside: dict[str, Any]) -> Known:
    """What became of the conversations that are contacts, by contact."""
    found = became(home, ASKED)
    return {contact: found[f"chatwoot-{conversation}"] for conversation, contact in beside["conversations"].items()}


def answers(beside: dict[str, Any]) -> Answers:
    return Answers(bots=tuple(beside["bots"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [
        pytest.param(("messages.jsonl", "conversations.jsonl", "contacts.jsonl"), id="messages"),
        pytest.param(("whole.jsonl",), id="conversations with their messages"),
        pytest.param(("conversations.jsonl", "contacts.jsonl"), id="a list"),
        pytest.param(("conversations.jsonl", "reporting_events.jsonl"), id="a list and reports"),
    ],
)
def test_a_contact_becomes_what_it_is_but_for_what_the_files_cannot_say(
    files: tuple[str, ...], export: Path, beside: dict[str, Any], held: list[Event], tmp_path: Path
) -> None:
    """Outcome, who handled it and what was claimed, contact by contact; every difference has a name above."""
    told = imported(tmp_path / "chatwoot", [export / name for name in files], answers(beside), now=NANOS)
    found = mine(tmp_path / "chatwoot", beside)

    rules = rules_for(files, beside)
    assert {} == apart(native(tmp_path / "native", held, rules), found)
    assert [] == excuses_for_nothing(tmp_path, held, rules, found)
    assert {name: beside["unreadable"].get(name, 0) for name in files} == {name: each.skipped for name, each in told.items()}
    assert 0 == sum(each.events["conflicting"] for each in told.values())


@pytest.mark.slow
def test_every_file_together_says_what_the_richest_says(export: Path, beside: dict[str, Any], tmp_path: Path) -> None:
    """The same conversation in five files is one; what has less in it adds nothing and contradicts nothing. A rating comes once."""
    whole = ("messages.jsonl", "conversations.jsonl", "contacts.jsonl", "ratings.jsonl")
    imported(tmp_path / "whole", [export / name for name in whole], answers(beside), now=NANOS)
    every = (*whole, "whole.jsonl", "reporting_events.jsonl", "csat_report.csv")
    told = imported(tmp_path / "every", [export / name for name in every], answers(beside), now=NANOS)

    assert heard_in(tmp_path / "whole") == heard_in(tmp_path / "every")
    assert 0 == sum(each.events["conflicting"] for each in told.values())


@pytest.mark.slow
def test_a_second_import_adds_nothing(export: Path, beside: dict[str, Any], tmp_path: Path) -> None:
    """Whoever imports an export again, or one that overlaps, counts nobody twice."""
    files = [export / name for name in ("messages.jsonl", "conversations.jsonl", "reporting_events.jsonl", "csat_report.csv")]
    first = imported(tmp_path / "home", files, answers(beside), now=NANOS)
    again = imported(tmp_path / "home", files, answers(beside), now=NANOS)

    assert dict.fromkeys(again, 0) == {name: each.events["new"] + each.events["conflicting"] for name, each in again.items()}
    assert {name: each.events["new"] for name, each in first.items()} == {name: each.events["known"] for name, each in again.items()}


@pytest.mark.slow
@pytest.mark.parametrize("file", ["ratings.jsonl", "csat_report.csv", "messages.jsonl"])
def test_every_rating_is_told_whichever_file_tells_it(file: str, export: Path, beside: dict[str, Any], held: list[Event], tmp_path: Path) -> None:
    """As responses, as the report in CSV, or on the survey in the conversation."""
    imported(tmp_path / "home", [export / name for name in (file, "conversations.jsonl")], answers(beside), now=NANOS)
    given = [(beside["conversations"][each["contact"].removeprefix("chatwoot-")], each["answer"]) for each in rated_in(tmp_path / "home")]

    assert sorted(given) == sorted((each["data"]["contact"], each["data"]["answer"]) for each in held if each["type"] == "feedback.given")


def rated_in(home: Path) -> list[dict[str, Any]]:
    return [each for each in heard(home) if each["type"] == "feedback.given"]


def heard_in(home: Path) -> list[tuple[str, str, object, str]]:
    """Every event by id: its type, time and customer."""
    return sorted((each["id"], each["type"], each["at"], each["subject"]) for each in heard(home))


# ---- one conversation ----------------------------------------------------------------------------------------------------

JO = {"id": 7, "name": "Jo Berg", "type": "user"}
CAPTAIN = {"id": 7, "name": "Captain", "type": "captain_assistant"}
ANN = {"id": 100, "name": "Ann", "email": "ann@mail.example", "phone_number": None, "identifier": None, "type": "contact"}
AT = 1_795_000_000


def message(after: int, sort: int, words: str | None, by: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    made = {"id": 500 + after, "conversation_id": 71, "message_type": sort, "content": words, "created_at": AT + after, "private": False}
    return {**made, "content_type": "text", "content_attributes": {}, "status": "sent", "inbox_id": 1, **({"sender": by} if by else {}), **more}


def conversation(*some: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"id": 71, "inbox_id": 1, "status": "open", "created_at": AT, "last_activity_at": AT + 900, "can_reply": True, "labels": []}
    return {**made, "meta": {"sender": ANN, "channel": "Channel::WebWidget"}, "messages": list(some), "custom_attributes": {}, **more}


def told(*rows: dict[str, Any], given: Answers = Answers()) -> list[dict[str, Any]]:  # noqa: B008
    """What rows say together, each a file of its own; what is skipped is a type of its own."""
    look, found = Look(), []
    shaped = [(row, recognised(row, "any.jsonl")) for row in rows]
    for row, shape in shaped:
        assert shape is not None
        look_at(shape, iter([row]), look)
    for row, shape in shaped:
        assert shape is not None
        for each in ByShape(shape, given, look).reader(place="any", now=None).take(row, 1):
            if isinstance(each, CoreEvent):
                found.append({"type": each.type, "subject": each.subject, **each.data})
            elif isinstance(each, Skipped):
                found.append({"type": "skipped", "what": each.what})
    return found


def types(found: list[dict[str, Any]]) -> list[str]:
    return [each["type"] for each in found]


ASKS, OPENING = message(60, 1, "Did this solve it?", CAPTAIN), message(0, 0, "Where is it?", ANN)


@pytest.mark.parametrize(
    ("words", "by"),
    [
        pytest.param("Conversation was marked resolved by Jo Berg", "person", id="an agent"),
        pytest.param("Conversation was marked resolved by Captain", "automation", id="a machine, by its name"),
        pytest.param("Conversation was marked resolved by Somebody Gone", None, id="a name that nobody has any more"),
        pytest.param("Conversation was marked resolved by Automation System", "rule", id="a rule"),
        pytest.param("Conversation was marked resolved by system due to 3 days of inactivity", "timer", id="a timer"),
        pytest.param("Conversation was resolved by Ann", "customer", id="the customer"),
    ],
)
def test_who_resolved_it_is_told_by_the_activity(words: str, by: str | None) -> None:
    """A name that no file knows is nobody's: it may have been a machine's."""
    found = told(conversation(OPENING, ASKS, message(90, 1, "Jo here.", JO), message(1_000, 2, words), status="resolved"))

    assert [(by, True)] == [(each.get("closed_by"), each["claimed_resolved"]) for each in found if each["type"] == "contact.closed"]


def test_two_who_share_a_name_are_nobody() -> None:
    """A machine in an agent's seat that is called like an agent: the activity says no more than the name."""
    twin = {"id": 8, "name": "Jo Berg", "type": "user"}
    some = (message(60, 1, "Hello", JO), message(90, 1, "Hello again", twin), message(99, 2, "Conversation was marked resolved by Jo Berg"))
    found = told(conversation(OPENING, *some, status="resolved"), given=Answers(bots=("user:8",)))

    assert [None] == [each.get("closed_by") for each in found if each["type"] == "contact.closed"]


def test_another_language_says_that_it_is_resolved_and_not_by_whom() -> None:
    """Activities are written in the account's language; how the conversation stands is not."""
    found = told(conversation(OPENING, ASKS, message(900, 2, "Die Konversation wurde von Jo gelöst"), status="resolved"))

    assert [(None, True)] == [(each.get("closed_by"), each["claimed_resolved"]) for each in found if each["type"] == "contact.closed"]


@pytest.mark.parametrize(
    "words", ["Did this solve it?", "**Did this solve it?**", "<p>Did <b>this</b> solve it?</p>", "Did [this](https://x.example/a) solve it?"]
)
def test_a_question_is_one_however_it_is_set(words: str) -> None:
    """In bold, with a link, or in HTML."""
    found = told(conversation(OPENING, message(60, 1, words, CAPTAIN), message(90, 0, "Yes", ANN)))

    assert ["contact.opened", "message.in", "question.asked", "question.answered"] == types(found)
    assert "yes" == found[-1]["said"]


def test_what_the_customer_never_sees_is_no_answer_to_them() -> None:
    """Notes, what was not delivered, activities and greetings are no words between us; what was deleted has none left."""
    silent = (
        message(10, 1, "Did this solve it?", JO, private=True),
        message(11, 1, "Did this solve it?", JO, status="failed"),
        message(12, 2, "Jo Berg added late-parcel"),
        message(13, 3, "We typically reply in a few hours."),
        message(14, 1, "Did this solve it?", JO, content_attributes={"deleted": True}),
    )
    found = told(conversation(OPENING, *silent, message(90, 0, "Yes", ANN)))

    assert ["contact.opened", "message.in", "message.out", "message.in"] == types(found)
    assert "text" not in found[2]


def test_whoever_writes_again_opens_it_again() -> None:
    """With the activity that says so there is one reopening, not two."""
    resolved = message(90, 2, "Conversation was marked resolved by Captain")
    again = message(200, 0, "It is not there.", ANN)
    says = message(201, 2, "System reopened the conversation due to a new incoming message.")
    for some in ((OPENING, ASKS, resolved, again), (OPENING, ASKS, resolved, again, says)):
        assert 1 == types(told(conversation(*some))).count("contact.reopened")


def test_machines_and_people_of_one_number_are_two() -> None:
    """Agent 7 and assistant 7 are not the same; who comes after a machine has joined."""
    found = told(conversation(OPENING, message(60, 1, "On its way.", CAPTAIN), message(90, 1, "Jo here.", JO)))

    assert ["automation", "person", "person"] == [each["actor"] for each in found if each["type"] in ("message.out", "human.joined")]


def test_a_message_of_ours_that_nobody_answered_is_nobodys_contact() -> None:
    """A campaign is no customer's approach; once somebody answers it is."""
    ours = message(0, 1, "Our sale has begun.", None, additional_attributes={"campaign_id": 4}), message(1, 1, "Have a look.", JO)

    assert [] == told(conversation(*ours))
    assert "contact.opened" in types(told(conversation(*ours, message(90, 0, "Tell me more", ANN))))


REPORT = {"id": 1, "name": "conversation_resolved", "value": 900.0, "inbox_id": 1, "user_id": None, "conversation_id": 142}
REPORT |= {"event_start_time": "2026-11-18T11:06:40.000Z", "event_end_time": "2026-11-18T11:21:40.000Z"}


def test_a_reports_number_is_never_taken_for_a_conversations() -> None:
    """The database counts otherwise than people do: number 142 there is conversation 71, and conversation 142 is another."""
    other = conversation(id=142, created_at=AT + 5, status="open")

    assert ["chatwoot-71"] == [each["contact"] for each in told(conversation(status="resolved"), other, REPORT) if each["type"] == "contact.closed"]


def test_where_two_began_together_no_report_is_told_of_either() -> None:
    """Better nothing than another's."""
    found = told(conversation(), conversation(id=72), REPORT)

    assert ["contact.opened", "conversation.updated"] * 2 == types(found)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(conversation(created_at=None), id="a conversation without a time"),
        pytest.param(conversation(id=None), id="a conversation without a number"),
        pytest.param(message(0, 0, "Hello", ANN, created_at="soon"), id="a message at no time"),
        pytest.param(message(0, 0, "Hello", ANN, conversation_id={}), id="a message of nothing"),
        pytest.param({**REPORT, "event_end_time": []}, id="a report at no time"),
        pytest.param({"id": 5, "rating": 9, "feedback_message": "", "conversation_id": 71, "created_at": AT}, id="nine stars of five"),
        pytest.param({"Rating": "5", "Link to the conversation": "none", "Recorded date": "2026-11-20"}, id="a rating of nothing"),
    ],
)
def test_what_cannot_be_read_is_one_skip(row: dict[str, Any]) -> None:
    """With what is missing, in words."""
    assert ["skipped"] == types(told(row))


# ---- anything ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("small")
    names = chatwoot.write(folder, NOW, contacts=60)
    return samples(folder, sorted({*names} - {"truth.json"}))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_no_row_is_ever_a_fault_of_ours(data: st.DataObject, rows: list[Any]) -> None:
    """Whatever stands in a file, each thing in it is an event that can be kept, or is skipped with its place and a hint."""
    anything = any_json({key for row in rows for key in keys_in(row)})
    row = data.draw(st.one_of(anything, st.just(None)))
    if row is None:
        row = bent(data.draw(st.sampled_from(rows)), data.draw, anything)
    withstood(row, SHAPES, Answers(bots=("user:9",), customer="address", tests=("@mail.example",), zone="nowhere"))


def test_a_number_that_nobody_can_print_is_skipped() -> None:
    """JSON may hold one, and Python refuses to write it down."""
    withstood(conversation(OPENING, id=10**5_000, created_at=10**5_000), SHAPES, Answers())
    withstood({**message(0, 0, "Hello", ANN), "id": 10**5_000, "message_type": 10**5_000}, SHAPES, Answers())
