"""What is said in one case of Salesforce's: in mails and comments, to whom and by whom, and what answers what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpdesks.test_salesforce_case import BOT, CASE_ID, FLOW, JO, PORTAL, SOLVED, USERS, at, case, change, closes, look_of, told, types

from ourword.helpdesks.questions import questions
from ourword.helpdesks.salesforce.words import own_words

OPEN = case(Status="Working", IsClosed="false", ClosedDate=None, OwnerId=None)
ASKS = "Did this solve it?"


def comment(minute: int, words: str, by: str, **more: Any) -> dict[str, Any]:
    made = {"Id": f"00aKj00000000{minute:02}", "ParentId": CASE_ID, "IsPublished": "true", "CommentBody": words, "CreatedById": by}
    return {**made, "CreatedDate": at(minute), **more}


def mail(minute: int, words: str, by: str = "", **more: Any) -> dict[str, Any]:
    """A mail of ours by a user; without one it came in."""
    made = {"Id": f"02sKj00000000{minute:02}", "ParentId": CASE_ID, "Incoming": "false" if by else "true", "CreatedById": by or FLOW, "Status": "3"}
    return {**made, "MessageDate": at(minute), "TextBody": words, **more}


def said(*rows: dict[str, Any], users: bool = True, given: Any = SOLVED) -> list[tuple[str, str | None, str | None]]:
    """What was said: its type, who said it, and in which words."""
    found = told(*(USERS if users else ()), OPEN, *rows, given=given)
    return [(each["type"], each.get("actor"), each.get("text")) for each in found if each["type"].partition(".")[0] in ("message", "question")]


def test_a_mail_says_itself_which_way_it_went() -> None:
    """Who wrote to us is the customer, whatever user Salesforce saved the mail under."""
    some = (mail(1, "Where is it?"), mail(2, "On its way.", BOT), mail(3, "Jo here.", JO))

    assert [("message.in", "customer", "Where is it?"), ("message.out", "automation", "On its way."), ("message.out", "person", "Jo here.")] == said(
        *some
    )


def test_a_mail_that_says_so_is_a_machines_whoever_it_was_sent_for() -> None:
    """Agentforce may answer in the name of an agent; a draft of it that an agent sent is the agent's."""
    assert [("message.out", "automation", "On its way.")] == said(mail(2, "On its way.", JO, AutomationType="AiAutomated"))
    assert [("message.out", "person", "On its way.")] == said(mail(2, "On its way.", JO, AutomationType="AiAssisted"))


def test_a_comment_is_whose_user_wrote_it() -> None:
    """A customer writes in the portal; of whom no file tells who they are, nobody knows which side spoke."""
    some = (comment(1, "Where is it?", PORTAL), comment(2, "On its way.", BOT), comment(3, "Hello.", "005Kj0000000099IAA"))

    assert [("message.in", "customer", "Where is it?"), ("message.out", "automation", "On its way.")] == said(*some)


def test_without_users_an_owner_is_ours_and_a_mail_of_ours_stays_ours() -> None:
    """A mail that went out is our word, though nobody knows whose; a comment by somebody unknown is nobody's."""
    took = change(1, "Owner", "", JO)

    assert [("message.out", "person", "Jo here.")] == said(comment(3, "Jo here.", JO), took, users=False)
    assert [("message.out", None, "Hello.")] == said(mail(3, "Hello.", FLOW), users=False)
    assert [] == said(comment(3, "Hello.", PORTAL), users=False)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"TextBody": "Yes, thank you."}, id="plain"),
        pytest.param({"TextBody": f"Yes, thank you.\n\nOn Mon, Nov 9, 2026 at 10:22 AM Shop <a@shop.example> wrote:\n> {ASKS}\n> No."}, id="quoting"),
        pytest.param({"TextBody": None, "HtmlBody": "<div>Yes, <b>thank you</b>.</div>"}, id="HTML"),
        pytest.param({"TextBody": f"Yes, thank you.\n\n________________________________\nFrom: Shop\nSent: Monday\n\n{ASKS}"}, id="Outlook's"),
        pytest.param({"TextBody": "Yes, thank you.\n\n-- \nAnn\nNo. 7, Long Road"}, id="with a signature"),
    ],
)
def test_a_yes_is_one_however_it_is_mailed(answer: dict[str, str]) -> None:
    """What is quoted below it was said by us, and is no answer."""
    some = [mail(1, "Where is it?"), mail(2, f"Done. {ASKS}\n\n--\nShop\nref:!00Dxx0000001gPL.!500xx000000bZzy:ref", BOT), mail(9, "", **answer)]
    some[2] = {name: value for name, value in some[2].items() if value is not None}

    assert ["message.in", "message.out", "question.asked", "question.answered"] == [each[0] for each in said(*some)]
    assert "Yes, thank you." == said(*some)[-1][2]


def test_what_was_said_between_takes_the_question_away() -> None:
    """A yes to another question is none to this one; a note and a draft are nothing between."""
    asked, yes = mail(2, ASKS, BOT), mail(9, "Yes")
    between = [mail(5, "Shall we send another?", JO)]
    silent = [comment(5, "It is solved.", JO, IsPublished="false"), mail(6, "Hello", JO, Status="5"), mail(7, "Hello", JO, IsBounced="true")]

    assert "message.in" == said(asked, *between, yes)[-1][0]
    assert "question.answered" == said(asked, *silent, yes)[-1][0]


def test_what_a_flow_sends_answers_nobody_unless_it_asks() -> None:
    """A notice that the message has come in is no answer: with it, whoever never got one would look answered."""
    assert ["message.in"] == [each[0] for each in said(mail(1, "Where is it?"), mail(2, "We have your message.", FLOW))]
    assert [("question.asked", "rule", ASKS)] == said(mail(2, ASKS, FLOW))


@pytest.mark.parametrize(("minute", "reason"), [(6, None), (7, "no_reply"), (30, "no_reply")])
def test_who_closes_after_asking_in_vain_closed_for_want_of_an_answer(minute: int, reason: str | None) -> None:
    """From the history, or from the case alone; whoever closes within five minutes did not wait."""
    closed = case(ClosedDate=at(minute), OwnerId=None)
    for some in ((closed,), (closed, change(minute, "Status", "Working", "Closed", FLOW))):
        found = told(*USERS, *some, mail(2, ASKS, BOT))
        assert [reason] == [each.get("close_reason") for each in found if each["type"] == "contact.closed"]

    assert 1 == len(closes(told(*USERS, closed, mail(2, ASKS, BOT))))


def test_the_words_of_a_form_are_in_the_description_alone() -> None:
    """Unless a mail or a comment tells them, too; and where no words were given at all, nobody can say who was answered."""
    form = case(Status="New", IsClosed="false", ClosedDate=None, Origin="Web", Description="Where is it?")

    assert ["contact.opened", "message.in", "message.out"] == types(told(*USERS, form, comment(20, "On its way.", BOT)))
    assert ["contact.opened", "message.in"] == types(told(*USERS, form, comment(1, "Where is it?", PORTAL)))
    assert ["contact.opened"] == types(told(form))


def test_a_person_who_writes_after_a_machine_has_come() -> None:
    """Once."""
    some = (comment(1, "Where is it?", PORTAL), comment(2, "On its way.", BOT), comment(3, "Jo here.", JO), comment(4, "Done.", JO))

    assert 1 == types(told(*USERS, OPEN, *some)).count("human.joined")


def test_authors_are_asked_about_with_their_words() -> None:
    """Customers and Salesforce itself are nobody to ask about; who turns out to be ours brings their comments along."""
    some = (comment(1, "Where is it?", PORTAL), comment(2, "On its way.", BOT), mail(3, "We have your message.", FLOW))
    assert [("Shop Assistant", 1, "On its way.")] == [(each.words, each.count, each.example) for each in questions(look_of(*USERS, *some))[0].choices]

    bare = questions(look_of(comment(3, "Jo here.", JO), comment(4, "Where?", PORTAL), case(OwnerId=JO)))[0]
    assert [(JO[:15], 1, "Jo here.")] == [(each.value, each.count, each.example) for each in bare.choices]


words = st.text(st.characters(categories=("L", "N", "Zs"), include_characters="?!.,"), max_size=60).map(str.strip)


@given(own=words, theirs=words)
def test_what_is_quoted_is_never_taken_for_ones_own(own: str, theirs: str) -> None:
    """Whatever stands above the line that says who wrote below."""
    quoted = "".join(f"\n> {line}" for line in theirs.split("\n"))

    assert own == own_words(f"{own}\n\nOn Mon, Nov 9, 2026 at 10:22 AM Shop wrote:{quoted}")
    assert own == own_words(f"{own}\n-----Original Message-----\nFrom: Shop\n{theirs}")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(mail(1, "Hello", JO, MessageDate="soon"), id="a mail at no time"),
        pytest.param(comment(1, "Hello", JO, ParentId="x"), id="a comment on nothing"),
    ],
)
def test_what_cannot_be_read_is_one_skip(row: dict[str, Any]) -> None:
    """With what is missing, in words."""
    assert ["skipped"] == types(told(row))
