"""`ourword init`: a mapping drafted by looking, which can be read as it is and imports something sensible."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.outcomes import helpdesks
from tests.outcomes.helpdesks import EXPORTS

from ourword.cli import init
from ourword.core.event import Event
from ourword.errors import UsageError
from ourword.outcomes.drafting import draft
from ourword.outcomes.mapper import Mapper, Skipped
from ourword.outcomes.mapping import Map, mapping_from_yaml
from ourword.outcomes.profile import Column, profile
from ourword.outcomes.written import written

LOG = [
    {
        "Case ID": f"Case {case}",
        "Activity": step,
        "Complete Timestamp": f"2012/10/{case % 28 + 1:02} 14:{minute}:00",
        "Customer": f"Customer {case % 7}",
    }
    for case in range(30)
    for minute, step in ((10, "Assign seriousness"), (20, "Wait"), (30, "Closed"))
]
TICKETS = [
    {
        "Ticket-Nr": str(1000 + number),
        "Requester": "Jürgen",
        "Requester Email": f"k{number % 9}@example.org",
        "Status": ("Open", "Solved")[number % 2],
        "Created at": f"{number % 28 + 1:02}.03.2026 10:00",
        **({"Solved at": f"{number % 28 + 1:02}.03.2026 15:30"} if number % 2 else {}),
    }
    for number in range(40)
]
MESSAGES = [
    {"id": number, "conversation_id": f"cv-{number // 4}", "sender_type": ("customer", "bot", "human_agent", "system")[number % 4],
     "body": "My parcel is late\nwhere is it?", "sent_at": f"2026-05-01T10:{number % 60:02}:00Z"}
    for number in range(80)
]  # fmt: skip
CHATS = [
    {
        "conversation": {"id": f"c-{number}"},
        "user": {"email": f"u{number % 9}@example.org"},
        "resolved": number % 2 == 0,
        "turns": [
            {"speaker": "user", "utterance": "Where is it?", "ts": 1_790_000_000 + number},
            {"speaker": "assistant", "utterance": "Here. Anything else?"},
        ],
    }
    for number in range(40)
]
CHURN = [{"customerID": f"{number}-A", "gender": ("F", "M")[number % 2], "Churn": ("No", "No", "Yes")[number % 3]} for number in range(60)]


def drafted(rows: list[dict[str, Any]]) -> tuple[Map, list[Event | Skipped]]:
    mapping = mapping_from_yaml(draft(rows, name="export.csv").encode())
    mapper = Mapper(mapping)
    found = [each for line, row in enumerate(rows, 1) for each in mapper.take(row, line)] + list(mapper.end())
    return mapping, [each for each in found if isinstance(each, Event | Skipped)]


def of(rows: list[dict[str, Any]]) -> list[Event]:
    _, found = drafted(rows)
    assert [] == [each for each in found if isinstance(each, Skipped)]
    return [each for each in found if isinstance(each, Event)]


def count(events: list[Event], type_: str) -> int:
    return sum(each.type == type_ for each in events)


# ---- laws ------------------------------------------------------------------------------------------------------------

names = st.sampled_from(
    ["id", "user", "Ticket ID", "a.b", "type", "in", "role", "content", "text", "q\"'", "ü", "messages", "status", "created", "parent"]
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["user", "bot", "2026-01-01", "#", ": x", "a\nb", "'"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(names, values, max_size=6), min_size=1, max_size=6))
@example([{"id": None, "user": None, "Ticket ID": False, "status": 2**63}])
@example([{"id": None, "user": None, "Ticket ID": False, "status": -(2**63) - 1}])
def test_any_rows_give_a_draft_that_can_be_read(rows: list[dict[str, Any]]) -> None:
    """Whatever an export holds, the author gets a file to start from, and it imports or says why not."""
    mapping, found = drafted(rows)

    assert mapping.rules
    assert all(isinstance(each, Event | Skipped) for each in found)


def test_every_guess_says_what_it_was_guessed_from() -> None:
    """A reader must see which line to doubt."""
    for rows in (LOG, TICKETS, MESSAGES, CHATS, CHURN):
        lines = draft(rows, name="export.csv").splitlines()
        for key in ("customer:", "contact:", "time:", "kind:"):
            for before, line in pairwise(lines):
                assert not line.startswith(key) or before.startswith("#")
        assert any("# ?" in line for line in lines)


# ---- examples --------------------------------------------------------------------------------------------------------


def test_a_log_of_steps() -> None:
    """A helpdesk's event log: each step an event, the close a close."""
    events = of(LOG)

    assert (90, 30, 30) == (len(events), count(events, "contact.closed"), count(events, "step.wait"))
    assert ("Customer 1", "export-Case 1", 1_349_187_000 * 10**9) == (events[3].customer, events[3].data["contact"], events[3].instant)


def test_a_table_of_tickets() -> None:
    """One row a ticket: opened at one time, closed at another; the address names the customer better than the name does."""
    events = of(TICKETS)
    closed = [each for each in events if each.type == "contact.closed"]

    assert (40, 20) == (count(events, "contact.opened"), len(closed))
    assert {True} == {each.data["claimed_resolved"] for each in closed}
    assert ("k1@example.org", 1_772_465_400 * 10**9) == (closed[0].customer, closed[0].instant)


@pytest.mark.parametrize("name", list(EXPORTS))
def test_a_helpdesks_tickets_open_when_created_and_close_when_solved(name: str) -> None:
    """More than two states, a group called Support, a description, counts of replies, five columns of times: as they come."""
    export = EXPORTS[name]
    given = helpdesks.rows(export)
    mapping, found = drafted(given)
    events = [each for each in found if isinstance(each, Event)]
    at = {column: [helpdesks.when(export, column, number) for number in range(helpdesks.TICKETS)] for column in (export.opened, export.closed)}

    assert len(found) == len(events)
    assert [_nanoseconds(moment) for moment in at[export.opened]] == [each.instant for each in events if each.type == "contact.opened"]
    assert [_nanoseconds(moment) for moment in at[export.closed] if moment] == [each.instant for each in events if each.type == "contact.closed"]
    assert (1, True) == (len(mapping.customer.parts), mapping.customer.parts[0] in export.customers)
    assert {f"export-{row[export.contact]}" for row in given} == {each.data["contact"] for each in events}
    assert {True} == {each.data["claimed_resolved"] for each in events if each.type == "contact.closed"}


def _nanoseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.replace(tzinfo=UTC).timestamp()) * 10**9


@pytest.mark.parametrize("name", list(EXPORTS))
def test_columns_that_a_draft_leaves_out_are_named(name: str) -> None:
    """Whoever reads it sees at once that the group is not in it."""
    export = EXPORTS[name]
    text = draft(helpdesks.rows(export), name="export.csv")
    told = " ".join(line.removeprefix("#").strip() for line in text[text.index("# not used: ") :].splitlines()).removeprefix("not used: ")
    used = {each.name for each in mapping_from_yaml(text.encode()).columns}

    assert {name for row in helpdesks.rows(export) for name in row} == used | set(told.split(", "))
    assert set(export.unused) <= set(told.split(", "))


@pytest.mark.parametrize(("name", "answers"), [("zendesk", {(0, 1), (1, 1)}), ("freshdesk", {(0, 1), (1, 1)}), ("jira", {(1, 5), (4, 5), (5, 5)})])
def test_ratings_that_are_understood_are_events(name: str, answers: set[tuple[int, int]]) -> None:
    """An offer is no answer; a rating of an open ticket is in no share, and is left."""
    _, found = drafted(helpdesks.rows(EXPORTS[name]))
    events = [each for each in found if isinstance(each, Event) and each.type == "feedback.given"]

    assert answers == {(each.data["answer"], each.data["scale"]) for each in events}


@pytest.mark.parametrize(
    "rows",
    [
        [{"ticket_id": str(number), "created": "2026-03-01T10:00:00Z"} for number in range(5)],
        [{"id": str(number), "messages": [{"role": "user", "content": "Hello"}]} for number in range(5)],
    ],
)
def test_where_nothing_names_the_customer_every_contact_is_unmatched(rows: list[dict[str, Any]]) -> None:
    """The draft once took the ticket for its customer, and the share unmatched said 0."""
    events = of(rows)

    assert (5, {False}) == (len({each.data["contact"] for each in events}), {each.matched for each in events})
    assert "# ? no customer found" in draft(rows, name="export.csv")


def test_a_table_of_messages() -> None:
    """Who speaks decides the direction; a system's notes are no messages."""
    events = of(MESSAGES)

    assert {"customer": 20, "automation": 20, "person": 20} == {actor: sum(each.data["actor"] == actor for each in events) for actor in
                                                              ("customer", "automation", "person")}  # fmt: skip
    assert {f"export-cv-{number}" for number in range(20)} == {each.data["contact"] for each in events}


def test_documents_with_messages() -> None:
    """Taken apart, in seconds since 1970, closed at the end by what the document says; a boolean stays one."""
    events = of(CHATS)

    assert (40, 40, 40) == (count(events, "message.in"), count(events, "message.out"), count(events, "contact.closed"))
    assert 20 == sum(each.data["claimed_resolved"] for each in events if each.type == "contact.closed")
    assert ("u3@example.org", "export-c-3", 1_790_000_003 * 10**9) == (events[9].customer, events[9].data["contact"], events[9].instant)


def test_a_table_of_customers() -> None:
    """No contact and no clock: who they are, and who left."""
    events = of(CHURN)

    assert (60, 20) == (count(events, "customer.updated"), count(events, "customer.left"))
    assert "customer.updated" == events[0].type
    assert "F" == events[0].data["attributes"]["gender"]


def test_two_readings_of_a_date_are_said() -> None:
    """03/04 is March or April: only the author knows."""
    rows = [{"user_id": str(number), "ticket_id": str(number), "created": "03/04/2026 10:00"} for number in range(5)]

    assert "fits as well" in draft(rows, name="a.csv")
    assert "fits as well" not in draft([*rows, {"user_id": "9", "ticket_id": "9", "created": "25/04/2026 10:00"}], name="a.csv")


@pytest.mark.parametrize(
    ("value", "unit", "zoned"),
    [
        ("1790000000", "s", True), ("1790000000123", "ms", True), ("1790000000.5", "s", True), ("2026-11-01T10:00:00Z", "text", True),
        ("2026-11-01 10:00:00", "text", False), ("25.12.2026 10:00", "%d.%m.%Y %H:%M", False), ("12/25/2026 3:04 PM", "%m/%d/%Y %I:%M %p", False),
    ],
)  # fmt: skip
def test_how_a_time_is_written_is_seen(value: str, unit: str, zoned: bool) -> None:
    """In the ways in which exports write it."""
    column = Column(path=("at",))
    column.add(value)
    found = written(column)

    assert found is not None
    assert (unit, zoned) == (found.unit, found.zoned)


@pytest.mark.parametrize("value", ["hello", "12", "4875", "2026", "1.5", ""])
def test_what_is_no_time_is_not_taken_for_one(value: str) -> None:
    """A ticket's number is no second since 1970."""
    column = Column(path=("at",))
    column.add(value)

    assert written(column) is None


def test_columns_are_counted_once_a_row() -> None:
    """How full a column is decides what may be guessed from it."""
    found = profile([{"a": 1}, {"a": None}, {"a": ""}, {"b": {"c": 2}}])

    assert (1, 4) == (found.columns["a",].filled, found.columns["a",].rows)
    assert "b.c" in {each.name for each in found.columns.values()}


# ---- the command -----------------------------------------------------------------------------------------------------


def test_a_draft_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mapping that somebody corrected is worth more than a draft."""
    (tmp_path / "a.csv").write_text("user_id,ticket_id\n1,2\n")
    (tmp_path / "m.yaml").write_text("mine")
    with pytest.raises(UsageError):
        init.run(tmp_path / "a.csv", out=tmp_path / "m.yaml")
    code = init.run(tmp_path / "a.csv", out=tmp_path / "new.yaml")

    assert ("mine", 0) == ((tmp_path / "m.yaml").read_text(), code)
    assert mapping_from_yaml((tmp_path / "new.yaml").read_bytes()).rules
    assert "ourword import" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("encoding", "said"), [("windows-1252", "encoding: windows-1252"), ("utf-8", ""), ("utf-16", ""), ("utf-16-le", "utf-16-le")]
)
def test_the_encoding_of_a_csv_is_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str, said: str) -> None:
    """Excel on Windows writes ü as one byte, and some exports write two bytes for all."""
    (tmp_path / "a.csv").write_bytes(("user_id;ticket_id;text\n" + "1;2;grün\n" * 5).encode(encoding))
    init.run(tmp_path / "a.csv")
    told = capsys.readouterr().out

    assert said in told
    assert bool(said) == ("encoding:" in told)


@pytest.mark.parametrize("text", ["", "a,b\n"])
def test_a_file_without_rows_is_one_error(tmp_path: Path, text: str) -> None:
    """With a next step."""
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UsageError) as caught:
        init.run(tmp_path / "a.csv")

    assert caught.value.hint
