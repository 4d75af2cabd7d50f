"""What one ticket's rows say: each sort of update, the ticket as it is, and tables."""

from __future__ import annotations

import pytest
from tests.helpdesks.zendesk_updates import (
    BOT,
    BY_RULE,
    FIELDS,
    JO,
    MAX,
    PEOPLE,
    USUAL,
    VIEW,
    ZOE,
    Row,
    audit,
    change,
    ends,
    opened,
    read,
    says,
    ticket,
    told,
)

from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.way import look_at
from ourword.helpdesks.zendesk import SHAPES

# ---- whoever solves it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "via", "closed_by"),
    [
        (JO, {"channel": "web"}, "person"),
        (BOT, {"channel": "api"}, "automation"),
        (-1, BY_RULE, "timer"),
        (JO, {"channel": "rule", "source": {"rel": "trigger"}}, "rule"),
        (JO, {"channel": "batch"}, "rule"),
        (JO, {"channel": 20}, "rule"),
        (-1, {"channel": "web"}, "rule"),
    ],
)
def test_a_ticket_is_closed_by_whoever_solves_it(author: int, via: Row, closed_by: str) -> None:
    """An automation fires when time has passed; a trigger, and one change to many tickets at once, is a rule that nobody looked at."""
    assert [("contact.closed", closed_by, closed_by, "True")] == ends(audit(2, author, change("solved"), via=via))


def test_a_customer_who_ticks_solved_has_confirmed_it() -> None:
    """They said so themselves, in their own ticket."""
    assert [("contact.closed", "customer", "customer", "confirmed", "True")] == ends(audit(2, ZOE, change("solved")))


def test_an_events_own_origin_goes_before_its_audits() -> None:
    """A trigger's change stands in the audit of whoever set it off."""
    assert [("contact.closed", "rule", "rule", "True")] == ends(audit(2, JO, change("solved", via={"channel": "rule", "source": {"rel": "trigger"}})))


def test_closing_for_good_is_no_second_close() -> None:
    """Zendesk closes what is solved after some days."""
    assert 1 == len(ends(audit(2, JO, change("solved")), audit(3, -1, change("closed", "solved"), via=BY_RULE)))


def test_a_ticket_that_goes_back_from_solved_is_reopened() -> None:
    """And may be solved again."""
    again = ends(audit(2, JO, change("solved")), audit(3, ZOE, says("Still broken"), change("open", "solved")), audit(4, JO, change("solved")))

    assert ["contact.closed", "contact.reopened", "contact.closed"] == [each[0] for each in again]


def test_what_the_company_does_not_call_solved_is_not_claimed() -> None:
    """A state of its own may be the one that counts."""
    answers = Answers(bots=USUAL.bots, solved=("resolved-ok",))

    assert [("contact.closed", "person", "person", "True")] == ends(audit(2, JO, change("resolved-ok")), answers=answers)
    assert [] == ends(audit(2, JO, change("pending")), answers=answers)


@pytest.mark.parametrize(
    "merge",
    [
        (change("closed", "open", via={"channel": "system", "source": {"rel": "merge"}}),),
        (change("closed"), change("a closed_by_merge", None, field="tags")),
        (says('This request was closed and merged into request #8 "Lamp".', public=False), change("closed")),
    ],
)
def test_a_merged_ticket_is_a_duplicate_and_no_success(merge: tuple[Row, ...]) -> None:
    """Found by any of the three traces that a merge leaves."""
    assert [("contact.closed", "person", "person", "duplicate", "False")] == ends(audit(2, JO, *merge))


# ---- whatever is said ----------------------------------------------------------------------------------------------------


def said(*audits: Row) -> list[tuple[str, ...]]:
    return [each for each in told([opened(), *audits], PEOPLE) if each[0].partition(".")[0] in ("message", "question", "human")][1:]


def test_a_person_joins_with_their_first_public_word_after_the_machine() -> None:
    """Not when the ticket is put on their desk, nor with a note that the customer never sees."""
    handed = audit(3, BOT, change(str(JO), str(BOT), field="assignee_id"))
    heard = said(
        audit(2, BOT, says("Which one?")), handed, audit(4, JO, says("A note", public=False)), audit(5, JO, says("Hello")), audit(6, JO, says("Sent"))
    )

    assert ["message.out", "human.queued", "human.joined", "message.out", "message.out"] == [each[0] for each in heard]


def test_where_no_machine_spoke_nobody_takes_over() -> None:
    """A person's message says enough."""
    assert [("message.out", "person")] == said(audit(2, JO, says("Hello")))


@pytest.mark.parametrize(("words", "answer"), [("Yes, thank you", "yes"), ("No, still dark", "no"), ("Not yet.", "no")])
def test_an_explicit_answer_to_our_question_is_one(words: str, answer: str) -> None:
    """Right after it, in so many words."""
    assert [("question.asked", "automation"), ("question.answered", "customer", answer)] == said(
        audit(2, BOT, says("Did this solve it?")), audit(3, ZOE, says(words))
    )


@pytest.mark.parametrize("words", ["Thanks!", "ok", "Great", "Yes, but the shade is broken", "Yes?", "No problem", "Perfect, thank you so much"])
def test_politeness_confirms_nothing(words: str) -> None:
    """42 of 65 customers whose booking had failed said thanks."""
    assert ("message.in", "customer") == said(audit(2, BOT, says("Did this solve it?")), audit(3, ZOE, says(words)))[-1]


def test_a_yes_to_another_question_answers_only_that() -> None:
    """Anything else, or a yes long after."""
    other = said(audit(2, BOT, says("Anything else?")), audit(3, ZOE, says("Yes")))
    late = said(audit(2, BOT, says("Did this solve it?")), audit(3, BOT, says("Hello?")), audit(4, ZOE, says("Yes")))
    noted = said(audit(2, JO, says("Did this solve it?", public=False)), audit(3, ZOE, says("Yes")))

    assert ("message.in", "customer") == other[-1] == late[-1] == noted[-1]


def test_nobody_answers_their_own_question() -> None:
    """A customer who asks us, and a colleague who says yes."""
    assert ("message.in", "customer") == said(audit(2, ZOE, says("Did this solve it?")), audit(3, MAX, says("Yes")))[-1]


def test_a_yes_that_opens_a_solved_ticket_is_a_yes() -> None:
    """Zendesk opens it for any reply; nobody came back."""
    asked, yes = audit(2, BOT, says("Did this solve it?")), audit(40, ZOE, says("Yes!"), change("open", "solved"))
    found = told([opened(), asked, audit(30, -1, change("solved"), via=BY_RULE), yes], PEOPLE)

    assert ("question.answered", "customer", "yes") in found
    assert "contact.reopened" not in [each[0] for each in found]


@pytest.mark.parametrize(("minute", "reason"), [(40, "no_reply"), (3, "")])
def test_a_machine_that_closes_after_its_own_question_had_no_reply(minute: int, reason: str) -> None:
    """Unless it closed as soon as it had asked: then there was no time to give one."""
    found = ends(audit(2, BOT, says("Anything else?")), audit(minute, BOT, change("solved")))

    assert [("contact.closed", "automation", "automation", *([reason] if reason else []), "True")] == found


def test_a_note_a_notice_and_a_notification_are_no_words_of_anybody() -> None:
    """Nor is what is written to a supplier beside the ticket."""
    notice = says('Request #8 "Lamp" was closed and merged into this request. Last comment in request #8:\n\nHello')
    mail, side = {"type": "Notification", "body": "Did this solve it?"}, {"type": "CollabThreadCreated", "subject": "Parcel"}

    assert [] == said(audit(2, JO, says("Only us", public=False)), audit(3, JO, notice), audit(4, JO, mail, side))


def test_a_body_in_html_is_read_as_its_words() -> None:
    """Without its styles and scripts."""
    html = '<div class="zd-comment"><style>p {color: red}</style><p>Jo&nbsp;&amp; I</p><script>alert(1)</script><p>wait</p></div>'
    events, _ = read([opened(), audit(2, ZOE, says("ignored", html_body=html))], PEOPLE)

    assert "Jo & I\nwait" == events[-1].data["text"]


def test_a_call_is_the_word_of_whoever_answered_it() -> None:
    """The record of a call is written by the system; a voicemail is the customer's."""
    call = {"type": "VoiceComment", "public": True, "body": "Call from +1", "data": {"answered_by_id": JO}, "author_id": ZOE}
    voicemail = {"type": "VoiceComment", "public": True, "body": "Voicemail", "data": {}, "author_id": ZOE}

    assert [("message.out", "person"), ("message.in", "customer")] == said(audit(2, -1, call), audit(3, -1, voicemail))


def test_whoever_is_no_staff_writes_as_a_customer() -> None:
    """Somebody in copy is on the customer's side; without a file of people they are asked about."""
    rows = [opened(), audit(2, MAX, says("I am in copy"))]
    look = Look()
    look_at(SHAPES[0], iter(rows), look)

    assert ("message.in", "customer") == told(rows, PEOPLE)[-1]
    assert ("message.out", "person") == told(rows)[-1]
    assert [str(MAX)] == list(look.authors)


# ---- tickets as they are -------------------------------------------------------------------------------------------------


def test_a_solved_ticket_is_closed_when_it_was_solved() -> None:
    """Not when its record changed last; by whom, its record does not say."""
    events, _ = read([ticket()])

    assert ["contact.opened", "contact.closed"] == [each.type for each in events]
    assert "zendesk-7-closed-2026-11-09T12:00:00Z" == events[1].id
    assert {"contact": "zendesk-7", "claimed_resolved": True} == events[1].data


def test_a_ticket_that_nobody_replied_to_was_nobodys() -> None:
    """On a person's desk, with replies: theirs. Without any: not. Nobody knows how many: theirs, since unknown is never automation's success."""
    sets = [{"id": 1, "ticket_id": 7, "solved_at": "2026-11-09T11:00:00Z", "replies": 0, "reopens": 0}]
    joined = ("human.joined", "person")

    assert joined in told([ticket(assignee_id=JO)], PEOPLE)
    assert joined in told([ticket(assignee_id=JO, metric_set=None)], PEOPLE)
    assert joined not in told([ticket(assignee_id=JO, metric_set={"replies": 0})], PEOPLE)
    assert joined not in told([ticket(assignee_id=JO, metric_set=None)], PEOPLE, sets)
    assert joined not in told([ticket()], PEOPLE)


def test_where_no_file_says_when_it_was_solved_nobody_knows() -> None:
    """A time that is made up would be a window that is made up."""
    events, _ = read([ticket(metric_set=None)])

    assert (True, "none") == (events[-1].data["claimed_resolved"], events[-1].time_quality)


@pytest.mark.parametrize("status", ["new", "open", "pending", "hold"])
def test_a_ticket_that_is_not_solved_is_not_closed(status: str) -> None:
    """What is known is when something last happened to it."""
    assert ["contact.opened", "ticket.updated"] == [each[0] for each in told([ticket(status=status, metric_set=None)])]


@pytest.mark.parametrize("more", [{"status": "deleted"}, {"via": {"channel": "side_conversation"}}])
def test_a_deleted_ticket_and_a_side_conversation_are_no_contacts(more: Row) -> None:
    """Nobody knows what the one was, and the other is with a supplier."""
    assert [] == told([ticket(**more)])


def test_a_test_customers_tickets_are_left_out() -> None:
    """By address, by domain or by id."""
    for test in ("zoe@y.example", "@y.example", str(ZOE)):
        assert [] == told([opened()], PEOPLE, answers=Answers(bots=USUAL.bots, tests=(test,)))


def test_a_page_of_tickets_has_their_metrics_beside_them() -> None:
    """As the export with `include=metric_sets` gives it."""
    sets = [{"id": 1, "ticket_id": 7, "solved_at": "2026-11-09T11:00:00Z", "replies": 1}]
    events, _ = read([{"tickets": [ticket(metric_set=None)], "metric_sets": sets, "end_of_stream": True}])

    assert "zendesk-7-closed-2026-11-09T11:00:00Z" == events[-1].id


def test_of_a_ticket_that_comes_again_and_again_the_newest_record_counts() -> None:
    """An incremental export holds it once for each time it was asked."""
    older = ticket(updated_at="2026-11-09T10:05:00Z", status="open", metric_set=None, ticket_form_id=None)

    assert told([ticket()]) == told([older, ticket()]) == told([ticket(), older])


def test_a_field_says_what_it_is_about_only_where_it_is_called_so() -> None:
    """Without the file of fields their numbers say nothing."""
    fields = [{"id": 1, "value": "L-9"}, {"id": 2, "value": "refund"}, {"id": 3, "value": "L-10"}]
    (known, *_), _ = read([FIELDS], [ticket(custom_fields=fields)])
    (unknown, *_), _ = read([ticket(custom_fields=fields)])

    assert ("refund", [{"type": "order", "id": "L-9", "role": "about"}]) == (known.data["kind"], known.data["objects"])
    assert not {"kind", "objects"} & set(unknown.data)


@pytest.mark.parametrize(
    "more", [{"via_followup_source_id": 7}, {"via": {"channel": "email", "source": {"rel": "follow_up", "from": {"ticket_id": 7}}}}]
)
def test_a_reply_to_a_closed_ticket_is_about_the_same_matter(more: Row) -> None:
    """Zendesk opens another ticket for it: whoever writes again has come back, order number or not."""
    events, _ = read([ticket(), ticket(id=8, **more), ticket(id=9, via_followup_source_id=8), ticket(id=10)])
    objects = [each.data.get("objects") for each in events if each.type == "contact.opened"]

    assert [[{"type": "ticket", "id": "7", "role": "about"}]] * 3 + [None] == objects


def test_one_form_for_everything_is_no_kind_and_several_are() -> None:
    """By name where it is known."""
    form = {"id": 5, "name": "Returns", "ticket_field_ids": []}
    kinds = [each.data.get("kind") for each in read([form], [ticket(), ticket(id=8, ticket_form_id=6)])[0] if each.type == "contact.opened"]

    assert ["Returns", "form_6"] == kinds
    assert "kind" not in read([ticket(), ticket(id=8)])[0][0].data


@pytest.mark.parametrize(("score", "answer"), [("good", 1), ("bad", 0), ("good_with_comment", 1), ("offered", None), ("unoffered", None)])
def test_a_rating_that_was_only_offered_is_no_answer(score: str, answer: int | None) -> None:
    """Good or bad is a scale of one."""
    rating = {"id": 3, "ticket_id": 7, "requester_id": ZOE, "score": score, "created_at": "2026-11-09T13:00:00Z"}
    events, _ = read([ticket()], [rating])
    rated = [(each.data["answer"], each.data["scale"]) for each in events if each.type == "feedback.given"]

    assert ([] if answer is None else [(answer, 1)]) == rated


def test_a_clock_that_stops_when_it_is_solved_says_when() -> None:
    """Where there is no history, and once for each time it was solved."""
    common = {"ticket_id": 7, "metric": "requester_wait_time", "instance_id": 1}
    stops = [
        {"id": 1, **common, "type": "activate", "time": "2026-11-09T10:00:00Z"},
        {"id": 2, **common, "type": "fulfill", "time": "2026-11-09T11:00:00Z"},
    ]

    assert ["contact.opened", "contact.closed"] == [each[0] for each in told([ticket()], stops)]
    assert 1 == len([each for each in told([opened(), audit(2, JO, change("solved"))], PEOPLE, stops) if each[0] == "contact.closed"])


def test_comments_know_their_ticket_from_the_page() -> None:
    """Zendesk's comments do not say it themselves; where nothing says it, each is skipped and told."""
    comment = {"id": 5, "type": "Comment", "author_id": ZOE, "body": "Hello", "public": True, "created_at": "2026-11-09T10:01:00Z"}
    page = {"comments": [comment], "next_page": "https://x.zendesk.com/api/v2/tickets/7/comments.json?page=2", "count": 200}
    _, skipped = read([comment])

    assert ("message.in", "customer") == told([ticket()], [page])[-1]
    assert "ticket_id" in skipped[0].hint


# ---- tables --------------------------------------------------------------------------------------------------------------


def test_a_table_without_a_zone_is_in_the_accounts() -> None:
    """Eleven in Berlin is ten in UTC, and the same ticket has the same id as in the other files."""
    events, _ = read([VIEW], answers=Answers(zone="Europe/Berlin"))

    assert ["zendesk-7-opened", "zendesk-7-closed-2026-11-09T12:00:00Z"] == [each.id for each in events]
    assert "customer:name:Zoe" == events[0].subject


@pytest.mark.parametrize("word", ["Anonymous", "unknown", "-", "N/A"])
def test_a_word_for_nobody_is_no_requester_and_no_order(word: str) -> None:
    """All who had not said their name had been one customer, who came back and back."""
    events, _ = read([{**VIEW, "Requester": word, "Order number": word}])

    assert {""} == {each.subject for each in events}
    assert not any(each.data.get("objects") for each in events)


def test_whoever_was_deleted_is_nobody() -> None:
    """All of them have one name in a table: they are not one customer who keeps coming back."""
    events, _ = read([{**VIEW, "Requester": "Permanently deleted user"}])

    assert {""} == {each.subject for each in events}


def test_the_accounts_own_export_names_customers_by_id() -> None:
    """Then a table and the other files speak of the same people."""
    row = {"Summation column": "1", "Id": "7", "Requester": "Zoe", "Requester id": str(ZOE), "Requester email": "zoe@y.example", "Subject": "Lamp"}
    rest = {"Status": "Closed", "Created at": "2026-11-09 11:00", "Solved at": "2026-11-09 13:00", "Satisfaction Score": "Good", "Via": "Mail"}
    events, _ = read([{**row, **rest}])

    assert f"customer:{ZOE}" == events[0].subject
    assert ["contact.opened", "contact.closed", "feedback.given"] == [each.type for each in events]


def test_a_tables_row_of_a_ticket_that_is_there_whole_says_nothing_more() -> None:
    """The view lies beside the export, and nothing is told twice."""
    assert told([ticket()]) == told([ticket()], [VIEW])
