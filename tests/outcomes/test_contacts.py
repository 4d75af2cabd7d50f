"""What became of a contact, told one customer at a time."""

from __future__ import annotations

from typing import Any

import pytest
from tests.outcomes.tables import DAY, HOUR, MINUTE, closes, opens, replies, says, story, tables

from ourword.errors import UsageError
from ourword.outcomes.contacts import Asked, contacts, watch
from ourword.outcomes.metrics import report

LATER = 100 * DAY


def became(events: list[dict[str, Any]], *, promises: list[dict[str, Any]] | None = None, contact: int = 1, **asked: Any) -> str:
    connection = tables(events, promises=promises or ())
    watch(connection, Asked(**{"as_of": LATER, **asked}))
    return {each.contact: each.outcome for each in contacts(connection)}[contact]


def helped(*more: dict[str, Any], **same: Any) -> list[dict[str, Any]]:
    """A customer asked, the automation answered, the contact was closed."""
    return story(opens(0), says(MINUTE), replies(2 * MINUTE), closes(HOUR), *more, **same)


def test_silence_is_quiet_not_confirmed():
    """We do not know what a silent customer found."""
    assert "quiet" == became(helped())


@pytest.mark.parametrize("more", [[], [{"type": "human.joined", "actor": "person", "at": HOUR}], [{"type": "ticket.updated", "at": HOUR}]])
def test_a_ticket_that_nobody_closed_has_not_stayed_resolved(more):
    """Four tickets lay open for two months in an export, and were counted as quiet: whoever closes less would look better."""
    assert "still_open" == became(story(opens(0), *more))


@pytest.mark.parametrize("more", [says(1), replies(1), closes(1), {"type": "action.executed", "at": 1}])
def test_whatever_happened_in_a_contact_can_be_its_end(more):
    """A transcript has no close; its last word is the end, and nobody may leave a contact out by not closing it."""
    assert "still_open" != became(story(opens(0), more))


def test_thanks_is_not_confirmation():
    """The politeness trap: 42 of 65 customers whose booking had failed said thanks at the end. A friendly last message that was
    answered is a message like any other; nothing in the tables even says that it was friendly."""
    assert "quiet" == became(story(opens(0), says(1), replies(2), says(3), replies(4), closes(HOUR, reason=None, claimed=True)))


def test_a_claim_of_success_changes_nothing():
    """The vendor grades its own homework; the outcome does not read the grade."""
    assert became(helped()) == became(story(opens(0), says(MINUTE), replies(2 * MINUTE), closes(HOUR, claimed=True)))


@pytest.mark.parametrize("by", ["customer", "person", "automation"])
def test_a_confirmation_that_was_reported_confirms(by):
    """An event said so."""
    assert "confirmed" == became(story(says(0), replies(1), closes(2, by, "confirmed")))


@pytest.mark.parametrize("by", ["timer", "rule"])
def test_a_timer_confirms_nothing(by):
    """Seven kinds of closing once counted as "resolved by AI"."""
    assert "quiet" == became(story(says(0), replies(1), closes(2, by, "confirmed")))


def test_an_explicit_yes_confirms_and_a_later_no_takes_it_back():
    """The last answer to "did this solve it?" counts."""
    asked = [says(0), replies(1), {"type": "question.asked", "actor": "automation", "at": 2}]
    yes, no = ({"type": "question.answered", "actor": "customer", "at": at, "said": said} for at, said in ((3, "yes"), (4, "no")))

    assert "confirmed" == became(story(*asked, yes, closes(5)))
    assert "gave_up" == became(story(*asked, yes, no, closes(5)))


def test_a_no_that_was_answered_is_not_confirmed_by_the_closing():
    """Who said no was not helped because somebody chose `confirmed` in a list."""
    no = {"type": "question.answered", "actor": "customer", "at": 2, "said": "no"}

    assert "quiet" == became(story(says(0), replies(1), no, replies(3), closes(4, "person", "confirmed")))


def test_a_last_message_without_an_answer_is_giving_up():
    """They were the last to speak."""
    assert "gave_up" == became(story(says(0), replies(1), says(2), closes(3)))


def test_leaving_before_any_close_is_giving_up():
    """The window closed on them, not the matter."""
    assert "gave_up" == became(story(says(0), replies(1), closes(2, "rule", "left")))
    assert "gave_up" == became(story(says(0), replies(1), {"type": "customer.left", "at": 2}))
    assert "gave_up" == became(story(says(0), replies(1, asks=True)))


def test_a_timer_after_the_automations_question_is_giving_up():
    """They did not answer the machine's question; that solves nothing."""
    assert "gave_up" == became(story(says(0), replies(1, asks=True), closes(DAY, "timer", "no_reply")))
    assert "gave_up" == became(story(says(0), replies(1, asks=True), closes(DAY, "timer")))
    assert "quiet" == became(story(says(0), replies(1, asks=True), closes(DAY, "person")))
    assert "quiet" == became(story(says(0), replies(1), closes(DAY, "timer", "no_reply")))


def test_a_contact_reopened_within_the_window_came_back():
    """The same conversation again."""
    again = [{"type": "contact.reopened", "at": 3 * DAY}, replies(3 * DAY), closes(3 * DAY, "person", "confirmed")]

    assert "came_back" == became(helped(*again))


def answers(at: int | None, said: str) -> dict[str, Any]:
    return {"type": "question.answered", "actor": "customer", "at": at, "said": said}


def test_a_customer_who_writes_after_the_close_came_back():
    """No helpdesk has to say "reopened": whoever has to write again was not helped the first time, answered or not. What was written we
    cannot read; "thanks" counts too, and is said to count."""
    assert "came_back" == became(helped(says(3 * DAY), replies(3 * DAY)))
    assert "came_back" == became(helped(says(3 * DAY)))
    assert "came_back" == became(helped(says(3 * DAY), replies(3 * DAY), closes(4 * DAY, "customer", "confirmed")))
    assert "came_back" == became(helped(says(3 * DAY, said="no"), replies(3 * DAY)))


@pytest.mark.parametrize(("at", "outcome"), [(7 * DAY + HOUR, "came_back"), (7 * DAY + HOUR + 1, "quiet"), (None, "quiet")])
def test_the_window_of_a_message_begins_at_the_close_before_it(at, outcome):
    """As for everything else; when nobody knows the time, nobody knows whether it was within it."""
    assert outcome == became(helped(says(at), replies(at)))


def test_the_close_before_a_message_is_the_last_one():
    """A second close starts the window again; a reopening says the same as the message, and only once."""
    assert "came_back" == became(helped(closes(6 * DAY), says(12 * DAY), replies(12 * DAY)))
    assert "quiet" == became(helped({"type": "contact.reopened", "at": 30 * DAY}, says(31 * DAY), replies(31 * DAY), closes(31 * DAY)))


def test_a_yes_to_our_question_after_the_close_is_no_return():
    """We asked, they answered: as an event of its own, as a message that says so, or as a message and its answer in one row of an export."""
    question = {"type": "question.asked", "actor": "automation", "at": DAY}

    assert "confirmed" == became(helped(question, answers(2 * DAY, "yes")))
    assert "confirmed" == became(helped(question, says(2 * DAY, said="yes")))
    assert "confirmed" == became(helped(question, says(2 * DAY), answers(2 * DAY, "yes")))
    assert "came_back" == became(helped(question, says(2 * DAY), answers(2 * DAY + 1, "yes")))
    assert "gave_up" == became(helped(question, answers(2 * DAY, "no")))


def test_an_old_yes_confirms_only_while_it_is_the_last_word():
    """Who said yes and then wrote again, or opened the contact again, may have found out otherwise."""
    asked = [says(0), replies(1), {"type": "question.asked", "actor": "automation", "at": 2}, answers(3, "yes")]

    assert "confirmed" == became(story(*asked, closes(4)))
    assert "quiet" == became(story(*asked, says(4), replies(5), closes(6)))
    assert "confirmed" == became(story(*asked, says(4), replies(5), closes(6, "person", "confirmed")))
    assert "gave_up" == became(story(*asked, says(4), closes(5)))
    assert "quiet" == became(story(*asked, closes(4), {"type": "contact.reopened", "at": 30 * DAY}, replies(30 * DAY)))


def test_a_close_confirms_only_while_it_stands():
    """What was closed as confirmed and written to or opened again later is confirmed no more."""
    confirmed = [says(0), replies(1), closes(2, "customer", "confirmed")]

    assert "quiet" == became(story(*confirmed, says(30 * DAY), replies(30 * DAY)))
    assert "quiet" == became(story(*confirmed, {"type": "contact.reopened", "at": 30 * DAY}, replies(30 * DAY)))


def test_a_contact_reopened_after_the_window_is_judged_by_its_second_end():
    """A year later it is another matter, but not one that never was."""
    again = [{"type": "contact.reopened", "at": 30 * DAY}, replies(30 * DAY), closes(30 * DAY, "person", "confirmed")]

    assert "confirmed" == became(helped(*again))


def test_promises_count_before_everything_else():
    """A confirmed contact whose refund never came was not solved."""
    promise = {"decision": "d-1", "subject": 1, "contact": 1, "promise": "money-back", "kind": "refund", "due": 20 * DAY}
    confirmed = story(says(0), replies(1), closes(2, "customer", "confirmed"))

    assert "promise_broken" == became(confirmed, promises=[{**promise, "standing": "broken"}])
    assert "promise_broken" == became(confirmed, promises=[{**promise, "standing": "late", "settled": 21 * DAY}])
    assert "confirmed" == became(confirmed, promises=[{**promise, "standing": "kept", "settled": 19 * DAY}])
    assert "confirmed" == became(confirmed, promises=[{**promise, "standing": "unknown"}])


def test_a_promise_without_a_contact_belongs_to_that_of_its_decision():
    """What was promised is not lost because one table forgot where."""
    promise = {"decision": "d-1", "subject": 1, "promise": "money-back", "kind": "refund", "due": DAY, "standing": "broken"}

    assert "promise_broken" == became(helped({"type": "decision.made", "decision": "d-1", "kind": "refund", "at": HOUR}), promises=[promise])


def test_a_contact_stays_open_until_its_window_and_its_last_promise_are_over():
    """Young contacts always look good: they wait."""
    promise = {
        "decision": "d-1",
        "subject": 1,
        "contact": 1,
        "promise": "money-back",
        "kind": "refund",
        "due": 20 * DAY,
        "standing": "kept",
        "settled": DAY,
    }

    assert "still_open" == became(helped(), as_of=7 * DAY + HOUR)
    assert "quiet" == became(helped(), as_of=7 * DAY + HOUR + 1)
    assert "still_open" == became(helped(), as_of=7 * DAY + HOUR + 1, window_days=14)
    assert "still_open" == became(helped(), promises=[promise], as_of=20 * DAY)
    assert "quiet" == became(helped(), promises=[promise], as_of=20 * DAY + 1)


def test_what_happened_later_was_not_known_then():
    """Asked as of a day, only what had happened by that day counts."""
    again = {"type": "contact.reopened", "at": 6 * DAY}
    promise = {"decision": "d", "subject": 1, "contact": 1, "promise": "p", "kind": "k", "due": 2 * DAY, "standing": "late", "settled": 30 * DAY}

    assert "came_back" == became(helped(again))
    assert "still_open" == became(helped(again), as_of=5 * DAY)
    assert "promise_broken" == became(helped(), promises=[promise], as_of=10 * DAY)


def test_without_a_moment_the_last_event_says_how_far_we_can_see():
    """An export that ends on Friday knows nothing of Saturday."""
    assert "still_open" == became(helped(), as_of=None)


def test_without_times_a_clocked_outcome_is_unknown():
    """A transcript without clocks has an order, not a week."""
    assert "unknown" == became(story(opens(None), says(None), replies(None), closes(None)))


def test_a_person_who_joined_handled_it():
    """A dimension, never an outcome."""
    connection = tables([*helped(), *story(opens(0), {"type": "human.joined", "at": 1}, closes(2), contact=2, first=10)])
    watch(connection, Asked(as_of=LATER))

    assert ["automation", "person"] == [each.handled_by for each in contacts(connection)]


@pytest.mark.parametrize(
    ("events", "who"),
    [
        ([opens(0), closes(1, "person")], "person"),
        ([opens(0), replies(1), closes(2, "person")], "person"),
        ([opens(0), closes(1, None, actor="person")], "person"),
        ([opens(0), replies(1), closes(2, None, actor="person")], "person"),
        ([opens(0), closes(1, "automation")], "automation"),
        ([opens(0), closes(1, "automation", actor="person")], "automation"),
        ([opens(0), replies(1, actor="rule"), closes(2, "customer")], "automation"),
        ([opens(0, actor=None), says(1, actor=None), replies(2, actor=None), closes(3, None)], "unknown"),
        ([opens(0), says(1), replies(2, actor=None), closes(3, None)], "unknown"),
        ([opens(0), closes(1, "timer")], "unknown"),
    ],
)
def test_who_handled_it_is_what_an_event_says(events, who):
    """A helpdesk's export whose tickets are closed by people was once all "automation", since no person had written a message."""
    connection = tables(story(*events))
    watch(connection, Asked(as_of=LATER))

    assert [who] == [each.handled_by for each in contacts(connection)]


def test_where_nobody_says_who_handled_it_containment_is_no_data():
    """Not known is neither contained nor not."""
    silent = story(opens(0), closes(1, None))
    known = story(opens(0), closes(1, "person"), contact=2, subject=2, first=10)

    assert [(0, None), (1, 0.0)] == [_containment(events) for events in (silent, silent + known)]


def _containment(events: list[dict[str, Any]]) -> tuple[int, float | None]:
    connection = tables(events)
    watch(connection, Asked(as_of=LATER))
    (row,) = (row for row in report(connection) if row.metric == "containment" and (row.kind, row.version, row.segment) == ("*", "*", "*"))
    return row.n, row.value


def test_a_contact_is_that_of_the_customer_of_its_first_event():
    """Two customers in one contact (two ids, of which one was merged later, say): whose number is smaller is chance."""
    for first, second in ((1, 2), (2, 1)):
        mine = story(opens(0), says(1), replies(2), closes(HOUR), subject=first, about=9)
        mine[1]["subject"] = mine[3]["subject"] = second
        again = story(opens(2 * DAY), subject=first, contact=2, first=50, about=9)

        assert "came_back" == became([*mine, *again])


def test_a_promise_of_a_decision_in_two_contacts_belongs_to_the_first():
    """Their numbers are given by arrival, and mean nothing."""
    promise = {"decision": "d-1", "subject": 1, "promise": "money-back", "kind": "refund", "due": DAY, "standing": "broken"}
    made = {"type": "decision.made", "decision": "d-1", "kind": "refund", "at": 1}
    events = [*story(opens(0), made, closes(HOUR), contact=7), *story(opens(0), {**made, "at": 2}, closes(HOUR), contact=3, first=50)]

    assert ["promise_broken", "quiet"] == [became(events, promises=[promise], contact=contact) for contact in (7, 3)]


# ---- the same issue ------------------------------------------------------------------------------------------------


def back(at: int, *, subject: int = 1, contact: int | None = 2, **more: Any) -> list[dict[str, Any]]:
    return story({**opens(at), **more}, contact=contact, subject=subject, first=50)


@pytest.mark.parametrize(
    ("again", "outcome"),
    [
        (back(3 * DAY, about=9), "came_back"),
        (back(3 * DAY, about=9, channel="phone", kind="complaint"), "came_back"),
        (back(3 * DAY, objects=[(9, "item")], kind="refund"), "came_back"),
        (back(3 * DAY, objects=[(9, "item")], kind="delivery"), "quiet"),
        (back(3 * DAY, about=8, kind="refund"), "quiet"),
        (back(3 * DAY, kind="refund"), "quiet"),
        (back(3 * DAY, about=9, subject=2), "quiet"),
        (back(7 * DAY + HOUR, about=9), "came_back"),
        (back(7 * DAY + HOUR + 1, about=9), "quiet"),
        (back(3 * DAY, about=9, contact=None, type="complaint.made"), "came_back"),
        (back(3 * DAY, contact=None, type="cancellation.made"), "quiet"),
        (back(3 * DAY, contact=None, type="cancellation.made", decision="d-1"), "came_back"),
    ],
)
def test_the_same_issue_is_the_same_object_else_kind_and_something_shared(again, outcome):
    """On any channel, under any other contact's number; a customer with another matter did not come back."""
    events = helped({"type": "decision.made", "at": HOUR, "decision": "d-1"}, about=9, kind="refund", channel="chat")

    assert outcome == became([*events, *again])


def test_two_unknown_customers_are_not_taken_for_one():
    """A shop's best-selling toaster is in many unmatched contacts; they are not one customer who keeps coming back."""
    assert "quiet" == became([*helped(about=9, subject=None), *story(opens(3 * DAY, about=9), contact=2, subject=None, first=50)])


def test_a_customer_whom_one_event_of_the_contact_names_is_its_customer():
    """The form named them, the messages did not."""
    unnamed = [{**each, "subject": None} if each["type"] == "message.in" else each for each in helped(about=9)]

    assert "came_back" == became([*unnamed, *back(3 * DAY, about=9)])


def test_kinds_alone_make_an_issue_only_when_asked():
    """Where an export names no objects, its reader decides whether a second refund is the first again."""
    events = [*helped(kind="refund"), *back(3 * DAY, kind="refund")]

    assert ["quiet", "came_back"] == [became(events, kind_alone=each) for each in (False, True)]


def test_a_window_that_is_none_is_refused():
    """With a next step."""
    with pytest.raises(UsageError, match="1 to"):
        became(helped(), window_days=0)
    with pytest.raises(UsageError, match="one of"):
        became(helped(), grouped_by="weather")
