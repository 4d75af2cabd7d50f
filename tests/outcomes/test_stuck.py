"""Round in circles in five ways; and how many would be back by chance."""

from __future__ import annotations

import random
from typing import Any

from tests.outcomes.tables import DAY, HOUR, closes, opens, replies, says, story, tables

from ourword.outcomes.chance import came_back
from ourword.outcomes.contacts import Asked, watch
from ourword.outcomes.metrics import report, rows_behind

LATER = 400 * DAY


def over(events: list[dict[str, Any]]) -> Any:
    connection = tables(events)
    watch(connection, Asked(as_of=LATER))
    return connection


def said(at: int, text: int, **more: Any) -> dict[str, Any]:
    return replies(at, objects=[(text, "says")], **more)


def test_a_loop_is_two_repeats_in_a_row():
    """The same answer again and again; one repeat alone is none, and news about the customer breaks the row."""
    news = {"type": "customer.updated", "at": 5}
    loop = story(says(0), said(1, 70), says(2), said(3, 70), says(4), said(6, 70), closes(7))
    once = story(says(0), said(1, 70), says(2), said(3, 70), says(4), said(6, 71), closes(7), contact=2, first=50)
    changed = story(says(0), said(1, 70), says(2), said(3, 70), news, said(6, 70), closes(7), contact=3, first=90)

    assert [1] == rows_behind(over([*loop, *once, *changed]), "stuck_loop")


def test_asking_the_same_again():
    """ "Your order number, please?" — twice."""
    asked = {"objects": [(80, "asks")], "asks": True}
    again = story(says(0), replies(1, **asked), says(2), replies(3, **asked), says(4), replies(5), closes(6))
    once = story(says(0), replies(1, **asked), says(2), replies(3), closes(6), contact=2, first=50)

    assert [1] == rows_behind(over([*again, *once]), "stuck_asked_again")


def test_an_empty_reply_brings_no_fact_act_promise_or_question():
    """ "We understand your frustration.\""""
    empty = story(says(0), said(1, 70), closes(2))
    fact = story(says(0), said(1, 70) | {"about": 5}, closes(2), contact=2, first=50)
    act = story(says(0), {"type": "action.executed", "at": 1}, said(1, 70), closes(2), contact=3, first=60)
    asks = story(says(0), said(1, 70, asks=True), says(2), said(3, 71, asks=True), closes(4, "person"), contact=4, first=70)
    greeting = story(opens(0), said(1, 70), says(2), {"type": "decision.made", "at": 2}, said(3, 71), closes(4), contact=5, first=80)

    assert [1] == rows_behind(over([*empty, *fact, *act, *asks, *greeting]), "stuck_empty_reply")


def test_what_nobody_read_is_no_data():
    """Replies without a reading are not called empty."""
    connection = over(story(says(0), replies(1), replies(2), closes(3)))
    rows = {row.metric: row.value for row in report(connection) if row.kind == "*" and row.version == "*"}

    assert [None, None, None] == [rows[name] for name in ("stuck_loop", "stuck_asked_again", "stuck_empty_reply")]
    assert 0.0 == rows["stuck_no_person"]


def test_switching_the_channel():
    """In one contact, or with the same thing elsewhere."""
    one = story(says(0, channel="chat"), says(1, channel="mail"), replies(2), closes(3))
    two = story(opens(0, channel="chat"), closes(1), contact=2, subject=2, first=50, about=5)
    back = story(opens(DAY, channel="phone"), closes(2 * DAY), contact=3, subject=2, first=60, about=5)

    assert [1, 2] == rows_behind(over([*one, *two, *back]), "stuck_switched_channel")


def test_a_person_after_three_more_messages_came_too_late():
    """Denied is also: not within so many steps."""
    ask, joined = {"type": "human.requested", "actor": "customer", "at": 0}, {"type": "human.joined", "at": 9}
    late = story(ask, says(1), says(2), says(3), joined, closes(10))
    soon = story(ask, says(1), joined, says(10), says(11), says(12), replies(13), closes(14), contact=2, first=50)

    assert [1] == rows_behind(over([*late, *soon]), "denied_after_3_messages")
    assert [1, 2] == rows_behind(over([*late, *soon]), "reached_a_person")
    assert [1, 2] == rows_behind(over([*late, *soon]), "asked_for_a_person")


# ---- by chance -----------------------------------------------------------------------------------------------------------


def shop(chance: random.Random, *, returning: float) -> list[dict[str, Any]]:
    """300 customers with two contacts each about one order over 200 days: some come back within a week, the others whenever."""
    starts = []
    for subject in range(300):
        first = chance.randrange(200 * DAY)
        again = first + 2 * HOUR + chance.randrange(6 * DAY) if chance.random() < returning else chance.randrange(200 * DAY)
        starts += [(first, subject), (again, subject)]
    events: list[dict[str, Any]] = []
    for number, (at, subject) in enumerate(sorted(starts)):
        events.append(
            {"event": number, "at": at, "subject": subject, "contact": number, "type": "contact.closed", "kind": "refund", "about": subject}
        )
    return events


def test_customers_who_come_whenever_show_no_excess():
    """What looks like coming back is chance where customers come often enough."""
    found = came_back(over(shop(random.Random(4), returning=0.0)), seed=7)

    assert found.chance_low is not None
    assert found.chance_low <= found.observed <= found.chance_high


def test_customers_who_come_back_show_it_beyond_chance():
    """Planted: 40 of 100 customers are back within a week, 20 of 100 contacts."""
    found = came_back(over(shop(random.Random(5), returning=0.4)), seed=7)

    assert abs(found.excess - 0.2) < 0.04
    assert found.observed > found.chance_high


def test_the_same_seed_draws_the_same_lots():
    """A number in a report can be had again."""
    connection = over(shop(random.Random(6), returning=0.2))

    assert came_back(connection, seed=1, rounds=5) == came_back(connection, seed=1, rounds=5) != came_back(connection, seed=2, rounds=5)


def test_the_numbers_of_contacts_draw_nothing():
    """They are given by arrival: whoever hears the same events in another order draws the same lots."""
    events = shop(random.Random(6), returning=0.2)
    numbers = random.Random(7).sample(range(1000), len(events))
    others = [{**event, "contact": number, "subject": 1000 - event["subject"]} for event, number in zip(events, numbers, strict=True)]

    assert came_back(over(events), seed=1, rounds=5) == came_back(over(others), seed=1, rounds=5)


def test_nobody_to_come_back_is_no_data():
    """Not 0 %."""
    assert came_back(over([]), seed=1).observed is None
