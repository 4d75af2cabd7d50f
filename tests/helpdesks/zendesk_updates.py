"""One ticket's rows as Zendesk writes them, and what is read of them."""

from __future__ import annotations

from typing import Any

from ourword.core.event import Event
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.way import ByShape, look_at
from ourword.outcomes.mapper import Skipped

ZOE, BOT, JO, MAX = 11, 21, 22, 12
TEAM = [{"id": BOT, "role": "agent", "email": "bot@x.example", "name": "Helper"}, {"id": JO, "role": "admin", "email": "jo@x.example", "name": "Jo"}]
PEOPLE = [*TEAM, {"id": ZOE, "role": "end-user", "email": "zoe@y.example", "name": "Zoe", "created_at": "2026-11-01T08:00:00Z"}]
BY_RULE = {"channel": "rule", "source": {"from": {"id": 1, "title": "x"}, "rel": "automation"}}
USUAL = Answers(bots=(str(BOT),))
Row = dict[str, Any]


def audit(number: int, author: int, *events: Row, minute: int | None = None, **more: Any) -> Row:
    at = f"2026-11-09T{10 + (minute if minute is not None else number) // 60:02}:{(minute if minute is not None else number) % 60:02}:00Z"
    numbered = [{"id": 1000 * number + place, **each} for place, each in enumerate(events)]
    return {"id": 1000 * number + 999, "ticket_id": 7, "created_at": at, "author_id": author, "events": numbered, "via": {"channel": "web"}, **more}


def says(body: str, *, public: bool = True, **more: Any) -> Row:
    return {"type": "Comment", "body": body, "public": public, **more}


def change(value: str, before: str | None = "open", field: str = "status", **more: Any) -> Row:
    return {"type": "Change", "field_name": field, "value": value, "previous_value": before, **more}


def opened(body: str = "Where is my lamp?", **more: Any) -> Row:
    created = [{"type": "Create", "field_name": "requester_id", "value": str(ZOE)}, {"type": "Create", "field_name": "status", "value": "new"}]
    return audit(1, ZOE, says(body), *created, via={"channel": "email"}, **more)


def read(*files: list[Row], answers: Answers = USUAL) -> tuple[list[Event], list[Skipped]]:
    """Read files as a home would, without one."""
    look, found = Look(), []
    for rows in files:
        shape = recognised(rows[0], "file.jsonl")
        assert shape is not None, rows[0]
        look_at(shape, iter(rows), look)
        found.append((shape, rows))
    given: list[Event | Skipped] = []
    for number, (shape, rows) in enumerate(found):
        reader = ByShape(shape, answers, look).reader(place=f"file{number}", now=None)
        for line, row in enumerate(rows, 1):
            given += reader.take(row, line)
        given += reader.end()
    return [each for each in given if isinstance(each, Event)], [each for each in given if isinstance(each, Skipped)]


def told(*files: list[Row], answers: Answers = USUAL) -> list[tuple[str, ...]]:
    """What each event is: its type, and the words that metrics read in it."""
    events, skipped = read(*files, answers=answers)
    assert not skipped
    shown = ("actor", "said", "closed_by", "close_reason", "claimed_resolved")
    return [(each.type, *(str(each.data[name]) for name in shown if name in each.data)) for each in events if each.type != "customer.updated"]


def ends(*audits: Row, answers: Answers = USUAL) -> list[tuple[str, ...]]:
    return [each for each in told([opened(), *audits], PEOPLE, answers=answers) if each[0].startswith("contact.")][1:]


def ticket(**more: Any) -> Row:
    return {
        "id": 7, "requester_id": ZOE, "submitter_id": ZOE, "assignee_id": BOT, "status": "closed", "via": {"channel": "email"}, "tags": [],
        "created_at": "2026-11-09T10:00:00Z", "updated_at": "2026-11-19T10:00:00Z", "custom_fields": [], "ticket_form_id": 5,
        "metric_set": {"solved_at": "2026-11-09T12:00:00Z", "replies": 2, "assigned_at": "2026-11-09T10:30:00Z"}, **more,
    }  # fmt: skip


VIEW = {"ID": "7", "Subject": "Lamp", "Requester": "Zoe", "Requested": "2026-11-09 11:00", "Status": "Solved", "Solved": "2026-11-09 13:00"}
FIELDS = {
    "ticket_fields": [
        {"id": 1, "type": "text", "title": "Order number", "title_in_portal": "x"},
        {"id": 2, "type": "tagger", "title": "Topic", "title_in_portal": "x"},
    ]
}
