"""When a ticket was closed, in a table that nobody mapped: told by its column however that is called and written, and never made up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpdesks.recounted import Rows, csv_of, figures, jsonl_of, tickets

RIGHT = (60, 37, 37, (34 / 37, 37), (None, 0))
"""Counted by hand: of forty solved tickets three are too young to tell, and of 37 the last three of the four orders are not asked about again."""


def counted() -> tuple[int, int]:
    """How many of the tickets that ended thirty days before the last one were asked about again, row by row."""
    rows = [row for row in tickets() if row["closed at"]][:37]
    later = [(row["customer"], row["order no"], row["created at"]) for row in tickets()]
    return sum(any(each[:2] == (row["customer"], row["order no"]) and each[2] > row["closed at"] for each in later) for row in rows), len(rows)


def number(text: str, way: str) -> Any:
    moment = datetime.fromisoformat(text)
    seconds = int((moment - datetime(1970, 1, 1)).total_seconds())
    return {"s": seconds, "ms": seconds * 1000, "excel": f"{seconds / 86_400 + 25_569:.6f}", "compact": f"{moment:%Y%m%d%H%M%S}"}[way]


def test_the_hand_and_the_first_run_count_alike() -> None:
    """Or the tests below would compare with nothing."""
    back, ended = counted()

    assert figures(csv_of(tickets())).alone == (60, ended, ended, (back / ended, ended), (None, 0))


@pytest.mark.parametrize(
    ("name", "way"), [("closed", "s"), ("Solved on", "ms"), ("Resolved", "excel"), ("Ended", "compact"), ("Geschlossen am", "s")]
)
def test_a_number_in_a_closing_column_is_its_time(name: str, way: str) -> None:
    """Each ticket seemed to be closed when it was opened, and nobody to come back."""
    rows = [
        {**{key: value for key, value in row.items() if key != "closed at"}, "created at": number(row["created at"], way)}
        | {name: number(row["closed at"], way) if row["closed at"] else ""}
        for row in tickets()
    ]

    assert figures(csv_of(rows)).alone == RIGHT


@settings(max_examples=5, deadline=None)
@given(empties=st.lists(st.sampled_from([None, "", " ", "-", "n/a", "absent"]), min_size=1, max_size=6), numbers=st.booleans())
def test_however_an_empty_cell_is_written_the_figures_are_the_same(empties: list[str | None], numbers: bool) -> None:
    """Null, an empty text, a dash, a nought and a key that is not there: none of them is a time."""
    rows: Rows = []
    for at, row in enumerate(tickets()):
        if not row["closed at"]:
            row["closed at"] = empties[at // 3 % len(empties)]
        if row["closed at"] == "absent":
            del row["closed at"]
        if numbers:
            row = {key: number(value, "s") if value and key.endswith(" at") and len(value) > 5 else value for key, value in row.items()}
            row = {key: 0 if key == "closed at" and value == "-" else value for key, value in row.items()}
        rows.append(row)

    assert figures(jsonl_of(rows), "t.jsonl").alone == RIGHT


@pytest.mark.parametrize("name", ["resolved by due date", "SLA resolution deadline end", "Ziel gelöst am"])
def test_when_it_ought_to_be_closed_is_not_when_it_was(name: str) -> None:
    """A due date stands in every row, so that open tickets seemed to be closed as well."""
    rows = [{**row, name: "2026-08-01 10:00:00"} for row in tickets()]

    assert figures(csv_of(rows)).alone == RIGHT


@pytest.mark.parametrize("more", [{}, {"target close date": "2026-08-01 10:00:00"}])
def test_without_a_closing_time_nothing_that_takes_one_is_measured(more: dict[str, str]) -> None:
    """Forty tickets were closed, nobody knows when, and that is said."""
    found = figures(csv_of({key: value for key, value in row.items() if key != "closed at"} | more for row in tickets()))

    assert found.came_back == (None, 0)
    assert "40 events have no time" in found.told
    assert "no column says when it was closed" in found.told


@pytest.mark.parametrize("content", [csv_of, jsonl_of])
def test_solved_without_a_time_is_told_and_not_dropped(content: Any) -> None:
    """Ten of the 37 have an empty cell: 27 are measured, and ten are said to be solved at no known time."""
    rows = [{**row, "closed at": "" if at % 4 == 1 else row["closed at"]} for at, row in enumerate(tickets())]

    found = figures(content(rows), f"t.{content.__name__[:-3]}")

    assert (found.claimed, found.ended) == (27, 27)
    assert "10 events have no time" in found.told
    assert "`closed at` is empty of a ticket that is called solved" in found.told


def test_a_word_for_no_time_behind_the_rows_that_are_looked_at_closes_nothing() -> None:
    """2,000 rows leave the cell empty, and the next says `N/A`."""
    rows = [{"ticket id": f"T-{n}", "created at": f"2026-03-01 10:{n % 60:02}:00", "closed at": "", "status": "Open"} for n in range(2_010)]
    rows[1]["created at"] = "2026-06-01 10:00:00"
    rows[0] |= {"closed at": "2026-03-02 10:00:00", "status": "Solved"}
    for late, word in zip(rows[-3:], ["N/A", "Null", "-"], strict=True):
        late["closed at"] = word

    assert figures(csv_of(rows)).ended == 1


def test_a_table_of_closed_tickets_alone_is_closed_when_it_says() -> None:
    """With no other time in it, that one is the ticket's own."""
    found = figures(csv_of({name: value for name, value in row.items() if name != "created at"} for row in tickets()))

    assert (found.claimed, found.ended) == (37, 37)
