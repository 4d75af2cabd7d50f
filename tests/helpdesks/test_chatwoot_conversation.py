"""One conversation of Chatwoot's at a time: who resolved it, what was said and to whom, which report is whose, and rows that nobody would write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpdesks.anything import any_json, bent, keys_in, samples, withstood
from tests.helpdesks.rules import NOW
from tests.tries import tries

from ourword.core.event import Event
from ourword.demo.exports import chatwoot
from ourword.helpdesks.chatwoot import SHAPES
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.way import ByShape, look_at
from ourword.outcomes.mapper import Skipped

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
            if isinstance(each, Event):
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

    listed = conversation(ours[0], last_non_activity_message=ours[0])

    assert [] == told(conversation(*ours))
    assert [] == told(listed)
    assert "contact.opened" in types(told(conversation(*ours, message(90, 0, "Tell me more", ANN))))


def test_a_page_of_messages_says_whose_they_are() -> None:
    """Who wrote in a group, or what an older page tells only by number, is the same conversation's contact."""
    other, bare = {**ANN, "id": 200, "email": "bea@mail.example"}, message(0, 0, "Where is it?")
    for meta, some in (({"contact": ANN}, [message(0, 0, "Hello", other)]), ({"contact_id": 100}, [bare]), ({}, [OPENING])):
        assert {"customer:100"} == {each["subject"] for each in told({"meta": meta, "payload": some})}

    assert ["customer:ann@mail.example"] == [
        each["subject"] for each in told({"meta": {"contact": ANN}, "payload": [bare]}, given=Answers(customer="address"))
    ]


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


def test_reports_alone_say_of_which_conversations_nobody_knows() -> None:
    """They have the database's numbers, and times; without a list of conversations they are nobody's."""
    assert ["skipped"] == types(told(REPORT))


def test_that_it_is_resolved_is_a_state_once_whichever_file_says_it() -> None:
    """Whoever gives messages alone is asked about that state, too."""
    closes = message(90, 2, "Conversation was marked resolved by Jo Berg")
    for some in ((closes,), (conversation(status="resolved"),), (closes, conversation(status="resolved")), (conversation(status="resolved"), closes)):
        look = Look()
        for row in some:
            look_at(next(each for each in SHAPES if each.recognises(row, "any")), iter([row]), look)

        assert {"resolved": 1} == look.statuses


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


@settings(max_examples=tries(200), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
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
