"""Whatever may stand in a file of Zendesk's: it is known for what it is, read, or skipped with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpdesks.zendesk_updates import (
    BOT,
    FIELDS,
    JO,
    PEOPLE,
    TEAM,
    USUAL,
    VIEW,
    ZOE,
    Row,
    audit,
    change,
    opened,
    read,
    says,
    ticket,
)
from tests.tries import tries

from ourword.core.event import Event
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.way import ByShape, look_at
from ourword.helpdesks.zendesk import SHAPES
from ourword.outcomes.mapper import Skipped


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (opened(), "zendesk.audits"),
        ({"audits": [opened()], "next_page": None, "count": 1}, "zendesk.audits"),
        ({"ticket_id": 7, "child_events": [], "updater_id": 1, "timestamp": 1}, "zendesk.ticket_events"),
        (ticket(), "zendesk.tickets"),
        ({"ticket": ticket()}, "zendesk.tickets"),
        ({"tickets": [], "end_of_stream": True}, "zendesk.tickets"),
        ({"tickets": [ticket()], "users": TEAM, "metric_sets": []}, "zendesk.tickets"),
        ({"users": TEAM, "next_page": None}, "zendesk.users"),
        ({"satisfaction_ratings": [], "meta": {"has_more": False}}, "zendesk.ratings"),
        (VIEW, "zendesk.table"),
    ],
)
def test_each_file_is_known_by_its_first_row(row: Row, name: str) -> None:
    """Whether each thing has a row, or a page holds many."""
    found = recognised(row, "export.json")

    assert found is not None
    assert name == found.name


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": 1, "email": "a@b.example", "name": "A"},
        {"conversation_id": "5", "assignee": {"id": 1}, "status": "open"},
        {"Case Number": "0001", "Status": "Closed", "Subject": "x", "Created Date": "2026-11-09"},
        {"ID": "7", "Status": "Solved", "Subject": "x"},
        {"users": "many", "comments": 3},
        {"comments": [{"text": "a blog's"}], "count": 1},
        {"specversion": "1.0", "id": "1", "source": "chat", "type": "message.in"},
    ],
)
def test_another_systems_file_is_not_taken_for_zendesks(row: Row) -> None:
    """A wrong guess would be a wrong recount."""
    assert not [each.name for each in SHAPES if each.recognises(row, "zendesk.json")]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({**opened(), "ticket_id": None}, "no ticket"),
        ({**opened(), "created_at": "soon"}, "no time"),
        (ticket(created_at=None), "no time"),
        ({**VIEW, "Requested": "last week"}, "no time of creation"),
        ({"id": 3, "ticket_id": 7, "requester_id": 1, "score": "good", "created_at": None}, "no time"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_place(row: Row, what: str) -> None:
    """File and line, what is wrong, and what to do."""
    events, (skipped,) = read([row])

    assert [] == events
    assert "file0:1" == skipped.place
    assert what in skipped.what
    assert skipped.hint


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
SAMPLES: list[Row] = [
    opened(), audit(2, JO, says("Did this solve it?"), change("solved")), ticket(comments=[{"id": 1, **says("x")}]), VIEW, PEOPLE[0], FIELDS,
    {"ticket_id": 7, "child_events": [{"id": 1, "event_type": "Change", "status": "solved", "previous_value": "open"}], "timestamp": 1_790_000_000},
    {"id": 5, "ticket_id": 7, "author_id": 1, "body": "x", "public": True, "created_at": "2026-11-09T10:01:00Z"},
    {"id": 3, "ticket_id": 7, "requester_id": 1, "score": "good", "created_at": "2026-11-09T10:01:00Z"},
    {"id": 1, "ticket_id": 7, "metric": "requester_wait_time", "instance_id": 1, "type": "fulfill", "time": "2026-11-09T10:00:00Z"},
    {"tickets": [ticket()], "metric_sets": [{"ticket_id": 7}], "users": PEOPLE},
]  # fmt: skip
KEYS = sorted({key for row in SAMPLES for key in row} | {"id", "events", "comments", "via", "ticket", "links", "type", "value", "public"})


def spoilt(row: Row) -> st.SearchStrategy[Row]:
    """A row of ours with some of its values, at any depth, being anything."""

    def within(value: Any) -> st.SearchStrategy[Any]:
        if isinstance(value, dict):
            inner = st.fixed_dictionaries({key: within(each) for key, each in value.items()})
            return inner | JUNK | st.builds(lambda a, b: {**a, **b}, inner, st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=2))
        if isinstance(value, list):
            return st.tuples(*(within(each) for each in value)).map(list) | JUNK | st.lists(JUNK, max_size=3)
        return st.just(value) | st.just(value) | JUNK

    return within(row).filter(lambda made: isinstance(made, dict))


ANY_ROW = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), JUNK, max_size=8) | st.sampled_from(SAMPLES).flatmap(spoilt)


@settings(max_examples=tries(300))
@given(st.lists(ANY_ROW, min_size=1, max_size=4), st.sampled_from(SHAPES))
def test_nothing_that_can_stand_in_a_file_stops_it(rows: list[Row], shape: Any) -> None:
    """Whatever a row holds, it gives events or is told as skipped."""
    look = Look()
    for each in SHAPES:
        each.recognises(rows[0], "any.jsonl")
    look_at(shape, iter(rows), look)
    reader = ByShape(shape, Answers(bots=("21",), zone="Europe/Berlin"), look).reader(place="any", now=None)
    given_ = [each for line, row in enumerate(rows, 1) for each in reader.take(row, line)]

    assert all(isinstance(each, Event | Skipped) for each in [*given_, *reader.end()])


@settings(max_examples=tries(100))
@given(st.permutations(range(6)))
def test_no_row_is_read_by_what_stood_before_it(places: list[int]) -> None:
    """A reader keeps nothing from one row to the next: an import that was stopped goes on as if it had not been."""
    rows = [
        opened(),
        audit(2, BOT, says("Did this solve it?")),
        audit(20, BOT, change("solved")),
        audit(30, ZOE, says("No"), change("open", "solved")),
        audit(40, JO, says("Try this")),
        audit(50, JO, change("solved")),
    ]
    look = Look()
    look_at(SHAPES[0], iter(rows), look)
    look_at(SHAPES[7], iter(PEOPLE), look)
    way = ByShape(SHAPES[0], USUAL, look)
    alone = {each.id: each for row in rows for each in way.reader(place="x", now=None).take(row, 1)}
    reader = way.reader(place="x", now=None)

    assert alone == {each.id: each for place in places for each in reader.take(rows[place], 1)}
