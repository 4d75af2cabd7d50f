"""One messaging session of Salesforce's: who had it, what was said in it, and whose contact it is."""

from __future__ import annotations

from typing import Any

import pytest
from tests.helpdesks.test_salesforce_case import ANN, BOT, CASE_ID, JO, SOLVED, USERS, at, case, look_of, told, types

from ourword.helpdesks.questions import questions
from ourword.helpdesks.shape import Answers

SESSION_ID, VISITOR, ASKS = "0MwKj0000000007AAA", "0PAKj0000000001AAA", "Did this solve it?"
OPEN = case(Status="Working", IsClosed="false", ClosedDate=None)


def session(**more: Any) -> dict[str, Any]:
    made = {"Id": SESSION_ID, "MessagingEndUserId": VISITOR, "AgentType": "Bot", "ChannelType": "Text", "CreatedDate": at(0), "EndTime": at(40)}
    return {name: value for name, value in {**made, **more}.items() if value is not None}


def entry(minute: int, type_: str, words: str | None, sort: str = "Text", **more: Any) -> dict[str, Any]:
    made = {"Id": f"0EnKj00000000{minute:02}", "ConversationId": SESSION_ID, "ActorType": type_, "EntryType": sort, "EntryTime": at(minute)}
    return {name: value for name, value in {**made, "Message": words, **more}.items() if value is not None}


def acts(found: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["type"], each.get("actor")) for each in found]


def test_a_session_of_a_case_is_that_cases_contact() -> None:
    """Its end is not the case's, and its beginning is told by the case."""
    found = told(OPEN, session(CaseId=CASE_ID), entry(1, "EndUser", "Where is it?"), entry(2, "Bot", "On its way."))

    assert {"salesforce-500Kj00000AbCdE"} == {each["contact"] for each in found}
    assert ["contact.opened", "conversation.updated", "message.in", "message.out"] == types(found)
    assert {"customer:003Kj0000000001"} == {each["subject"] for each in found}


def test_a_session_of_no_case_is_a_contact_and_its_end_claims_nothing() -> None:
    """Agentforce makes no case where nobody asks it to; that a chat ended does not say that anything was solved."""
    found = told(session(), entry(1, "EndUser", "Where is it?"), entry(2, "Bot", "On its way."))

    assert {("salesforce-0MwKj0000000007", "customer:0PAKj0000000001")} == {(each["contact"], each["subject"]) for each in found}
    assert [False] == [each["claimed_resolved"] for each in found if each["type"] == "contact.closed"]
    assert {"customer:003Kj0000000001"} == {each["subject"] for each in told(session(EndUserContactId=ANN))}


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("Bot", [("conversation.updated", "automation")]),
        ("BotToAgent", [("conversation.updated", "automation"), ("human.joined", "person")]),
        ("Agent", [("human.joined", "person")]),
        (None, []),
    ],
)
def test_who_had_a_session_is_known_without_its_words(type_: str | None, expected: list[tuple[str, str]]) -> None:
    """In enhanced channels Salesforce keeps the words elsewhere; which sort of agent had it stands in the session."""
    found = told(OPEN, session(CaseId=CASE_ID, AgentType=type_, AcceptTime=at(9)))

    assert [("contact.opened", "customer"), *expected] == acts(found)


def test_what_a_flow_sent_is_no_contact() -> None:
    """A triggered message that went out is nobody's approach."""
    assert [] == told(session(AgentType="System"))


def test_who_speaks_stands_in_the_entry() -> None:
    """A supervisor speaks to the agent; an agent that was said to be a machine is one."""
    some = (
        entry(1, "EndUser", "Where?"),
        entry(2, "Bot", "On its way."),
        entry(3, "Agent", "Jo here.", ActorId=JO),
        entry(4, "Supervisor", "Offer 5."),
    )
    machine = entry(5, "Agent", "Anything else?", ActorId=BOT)
    found = [each for each in acts(told(session(), *some, machine)) if each[0].startswith("message")]

    assert [("message.in", "customer"), ("message.out", "automation"), ("message.out", "person"), ("message.out", "automation")] == found
    assert 1 == types(told(session(), *some)).count("human.joined")


def test_a_bots_question_and_its_answer_are_heard() -> None:
    """As everywhere."""
    found = told(session(), entry(1, "EndUser", "Where?"), entry(2, "Bot", ASKS), entry(3, "EndUser", "Yes"))

    assert ["question.asked", "question.answered"] == [each for each in types(found) if each.startswith("question")]


def test_a_message_without_its_words_still_says_who_wrote() -> None:
    """An entry whose text is kept elsewhere is a message; whether it asked is then unknown."""
    found = told(session(), entry(1, "EndUser", None), entry(2, "Bot", None))

    assert [("message.in", None), ("message.out", None)] == [(each["type"], each.get("text")) for each in found if each["type"].startswith("message")]


def test_events_of_a_conversation() -> None:
    """A bot that hands over, and one that ends a session in which nobody writes any more; others say nothing of the customer."""
    found = told(
        session(),
        entry(2, "System", None, "BotEscalated"),
        entry(3, "System", None, "ChatbotEstablished"),
        entry(9, "System", None, "ChatbotClosedIdleSession"),
    )

    assert [("human.queued", "automation")] == [each for each in acts(found) if each[0] == "human.queued"]
    assert ["timer"] == [each.get("closed_by") for each in found if each["type"] == "contact.closed"]
    assert "message.out" not in types(found)


def test_agents_are_asked_about_and_bots_are_known() -> None:
    """By the name that the entry has."""
    look = look_of(*USERS, session(), entry(2, "Bot", "On its way."), entry(3, "Agent", "Jo here.", ActorId=JO, ActorName="Jo"))

    assert [("Jo Berg", 1, "Jo here.")] == [(each.words, each.count, each.example) for each in questions(look)[0].choices]


@pytest.mark.parametrize(
    "row", [session(CreatedDate="soon"), entry(1, "Bot", "Hello", ConversationId="x"), entry(1, "Bot", "Hello", EntryTime="soon")]
)
def test_what_cannot_be_read_is_one_skip(row: dict[str, Any]) -> None:
    """With what is missing, in words."""
    assert ["skipped"] == types(told(row, given=Answers(solved=SOLVED.solved)))
