"""Rows of a table that nobody mapped: each counts once and by its own ids, whoever answered is heard, and what does not count is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpdesks.recounted import Rows, csv_of, figures, jsonl_of, tickets

from ourword.outcomes.nothing import id_in, names_nothing

RIGHT = (60, 37, 37, (34 / 37, 37), (None, 0))


def talks(answers: list[str], *, count: int = 100, late: int = 0) -> Rows:
    """Conversations of one question and one answer each; the last *late* are answered by the last of those who answer, the others by the rest."""
    rows: Rows = []
    for number in range(count):
        at = datetime(2026, 8, 1) + timedelta(hours=12 * number) if count <= 100 else datetime(2026, 8, 1) + timedelta(hours=number)
        by = answers[number % len(answers)] if not late else answers[-1] if number >= count - late else answers[number % (len(answers) - 1)]
        both = {"conversation id": f"C-{number}", "customer id": f"u{number}"}
        rows.append({**both, "author": "customer", "message": "Where is my parcel please?", "sent at": f"{at:%Y-%m-%d %H:%M:%S}"})
        rows.append({**both, "author": by, "message": "On its way to you today.", "sent at": f"{at + timedelta(minutes=9):%Y-%m-%d %H:%M:%S}"})
    return rows


# ---- who answers -------------------------------------------------------------------------------------------------------


@settings(max_examples=4, deadline=None)
@given(st.lists(st.sampled_from(["Mara", "Tom", "agent", "Léa B.", "support bot", "Ünal"]), min_size=1, max_size=4, unique=True))
def test_whoever_is_not_the_customer_answers(names: list[str]) -> None:
    """Every conversation got its answer after nine minutes, whatever those are called who gave it; by name, all had seemed to give up."""
    found = figures(csv_of(talks(names)))

    assert found.gave_up == (0.0, 85)
    assert found.left == ()


def test_fifteen_names_are_no_reason_to_hear_none() -> None:
    """A column of more authors than a handful is one all the same, where half of it is the customer."""
    assert figures(csv_of(talks([f"Agent {each}" for each in "ABCDEFGHIJKLMNO"]))).gave_up == (0.0, 85)


def test_who_answers_first_behind_the_rows_that_are_looked_at_is_heard() -> None:
    """The bot came in the autumn: 2,000 rows do not name it."""
    found = figures(csv_of(talks(["agent", "help desk bot"], count=1050, late=45)))

    assert found.gave_up[0] == 0.0
    assert found.left == ()


def test_rows_of_which_nobody_can_tell_who_speaks_are_counted() -> None:
    """Without a word for the customer, Mara may be one."""
    rows = [{**row, "author": "Jo" if row["author"] == "customer" else row["author"]} for row in talks(["agent"], count=30)]

    assert "30 of 60 rows: no event came of it: nobody can tell who writes as `Jo`" in figures(csv_of(rows)).told


# ---- what is in a row besides ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"attachments": [{"name": "a.png", "content_type": "image/png", "created_at": "2026-03-01T10:00:00Z"}]},
        {"custom_fields": [{"id": 7, "name": "Plan", "value": "basic", "description": "which plan"}]},
        {"history": [{"at": "2026-03-01T10:00:00Z", "description": "Status changed to open", "status": "open"}]},
    ],
)
def test_a_list_that_nobody_speaks_in_makes_no_conversation(more: dict[str, Any]) -> None:
    """Files and fields in a ticket had taken its place."""
    rows = [{**row, **(more if at % 3 else {key: [] for key in more})} for at, row in enumerate(tickets())]

    assert figures(jsonl_of(rows), "t.jsonl").alone == RIGHT


# ---- the same row again ------------------------------------------------------------------------------------------------


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, 59), min_size=1, max_size=30))
def test_a_doubled_row_changes_no_figure(doubled: list[int]) -> None:
    """An export of overlapping weeks: one doubled row had made a log of the table, of which nobody was called resolved."""
    rows = tickets()

    found = figures(csv_of([*rows, *(rows[each] for each in doubled)]))

    assert found.alone == RIGHT
    assert f"{len(doubled)} of {60 + len(doubled)} rows: the same as an earlier one in every cell" in found.told


def test_another_row_of_a_ticket_is_told() -> None:
    """Two views of one ticket: which of them is newer nobody can tell."""
    rows = tickets()

    found = figures(csv_of([*rows, {**rows[5], "status": "Open", "closed at": ""}]))

    assert found.alone == RIGHT
    assert "1 of 61 rows: another row of a ticket" in found.told


# ---- ids ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [csv_of, jsonl_of])
def test_tickets_without_an_id_are_told(content: Any) -> None:
    """Fifteen of sixty had vanished."""
    rows = [{**row, "ticket id": row["ticket id"] if at % 4 else ""} for at, row in enumerate(tickets())]

    found = figures(content(rows), f"t.{content.__name__[:-3]}")

    assert found.contacts == 45
    assert "15 of 60 rows: no ticket is named" in found.told


def test_ids_that_a_spreadsheet_mangled_are_told() -> None:
    """Sixty tickets had become three, one for each rounded number."""
    rows = [{**row, "ticket id": f"4.0012{at % 3}E+11" if at >= 30 else row["ticket id"]} for at, row in enumerate(tickets())]

    found = figures(csv_of(rows))

    assert found.contacts == 30
    assert "30 of 60 rows: no ticket is named" in found.told


@settings(max_examples=4, deadline=None)
@given(st.sampled_from(["N/A", "none", "-", "0", "unknown", "Anonymous", "(keine)", "null", "Gast"]), st.sampled_from(["order no", "customer"]))
def test_a_word_for_nothing_is_as_an_empty_cell(word: str, column: str) -> None:
    """Half of the tickets with one order `N/A` had been about the same matter, and one customer `unknown` had come back for all."""
    empty, named = ([{**row, column: row[column] if at % 2 else each} for at, row in enumerate(tickets())] for each in ("", word))

    found = figures(csv_of(named))

    assert found.alone == figures(csv_of(empty)).alone
    assert f"30 of 60 rows: `{word}` names no {column.split()[0]}" in found.told


@given(st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=12).filter(lambda each: not each.isascii()))
def test_a_name_in_any_script_names_somebody(name: str) -> None:
    """What is no Latin letter is a letter all the same; only noughts and the words of the list are none."""
    assert (id_in(name) == name) != names_nothing(name)
    assert not names_nothing(f"李{name}")


@settings(max_examples=4, deadline=None)
@given(
    st.lists(st.sampled_from(["{} ", " {}", "{}.0", "{}", "\t{}"]), min_size=2, max_size=5), st.sampled_from(["order no", "customer", "ticket id"])
)
def test_however_an_id_is_written_it_is_the_same(ways: list[str], column: str) -> None:
    """Blanks, and the `.0` of a number that went through a spreadsheet."""
    rows = [{**row, column: str(1 + int(row[column].strip("TLc-")))} for row in tickets()]

    assert figures(csv_of({**row, column: ways[at // 4 % len(ways)].format(row[column])} for at, row in enumerate(rows))).alone == RIGHT


@pytest.mark.parametrize("answer", ["address", "id"])
def test_each_address_is_one_customer_where_that_is_answered(answer: str) -> None:
    """Some write their address in capitals every other time; the question had been asked and its answer not heard."""
    rows = [{**row, "customer": f"{'C' if at // 4 % 2 else 'c'}{at % 4}@Shop.example"} for at, row in enumerate(tickets())]

    found = figures(csv_of(rows), customer=answer)

    back = came_back([{**row, "customer": row["customer"].lower() if answer == "address" else row["customer"]} for row in rows])
    assert found.came_back == (pytest.approx(back / 37), 37)


def came_back(rows: Rows) -> int:
    closed = [row for row in rows if row["closed at"]][:37]
    same = ("customer", "order no")
    return sum(
        any(
            all(each[name] == row[name] for name in same) and row["closed at"] < each["created at"] <= _thirty_days_after(row["closed at"])
            for each in rows
        )
        for row in closed
    )


def _thirty_days_after(time: str) -> str:
    return f"{datetime.fromisoformat(time) + timedelta(days=30):%Y-%m-%d %H:%M:%S}"


def test_closed_before_it_was_opened_is_told() -> None:
    """Two columns that were swapped, or a clock that was wrong."""
    rows = [{**row, "closed at": "2026-02-01 10:00:00"} if at in (1, 2, 4) else row for at, row in enumerate(tickets())]

    assert "3 of 60 rows: closed before it was opened" in figures(csv_of(rows)).told


def test_a_view_says_how_many_rows_name_nobody() -> None:
    """Zendesk's own view: one name for all who did not say theirs."""
    view = {
        "ticket id": "ID",
        "customer": "Requester",
        "created at": "Requested",
        "closed at": "Solved",
        "status": "Status",
        "order no": "Order number",
    }
    rows = [{"Subject": "Lamp", **{view[name]: value for name, value in row.items()}} for row in tickets()]
    rows = [row | ({"Requester": "Anonymous"} if at % 3 == 0 else {"Order number": "N/A"} if at % 3 == 1 else {}) for at, row in enumerate(rows)]

    found = figures(csv_of(rows))

    assert "20 of 60 rows: `Anonymous` names no customer" in found.told
    assert "20 of 60 rows: `N/A` names no order" in found.told
