"""Which column is taken for what, in a table that nobody mapped: what is beside a ticket's own columns changes no figure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpdesks.recounted import csv_of, figures, jsonl_of, tickets

from ourword.helpdesks.questions import guessed
from ourword.helpdesks.shape import Look
from ourword.helpdesks.table import Table
from ourword.helpdesks.way import look_at

RIGHT = (60, 37, 37, (34 / 37, 37), (None, 0))
BESIDE = {
    "account status": ("Active", "Closed"),
    "Payment state": ("Resolved", "Open"),
    "order status": ("Solved", "Open"),
    "Kundenstatus": ("offen", "gelöst"),
    "birth date": ("10/23/1980", "01/02/1990"),
    "Geburtsdatum": ("23.10.1980", "01.02.1990"),
    "DOB": ("1980-10-23", "1990-02-01"),
    "notes": ("rang twice", ""),
    "Priority": ("high", "low"),
}


def seen(rows: list[dict[str, Any]]) -> Look:
    found = Look()
    look_at(Table(rows, "t.csv"), iter(rows), found)
    return found


@settings(max_examples=5, deadline=None)
@given(st.lists(st.sampled_from(sorted(BESIDE)), min_size=1, max_size=4, unique=True))
def test_a_column_beside_the_tickets_own_changes_no_figure(names: list[str]) -> None:
    """A customer's account that is closed had closed their tickets."""
    rows = [{**{name: BESIDE[name][at % 2] for name in names}, **row} for at, row in enumerate(tickets())]

    assert figures(csv_of(rows)).alone == RIGHT


@pytest.mark.parametrize("name", ["birth date", "Date of birth", "Geburtsdatum", "Date de naissance"])
def test_a_day_of_birth_proves_no_order_of_dates(name: str) -> None:
    """It is written by the customer in their own way; the question is asked all the same."""
    rows = [
        {"ticket id": str(n), "customer": f"c{n}", name: "23/10/1980", "created at": f"0{n}/02/2026 10:00", "status": "Solved"} for n in range(1, 9)
    ]

    assert seen(rows).orders["t.csv"].proven == ""
    assert seen([{**row, "closed at": "23/02/2026 10:00"} for row in rows]).orders["t.csv"].proven == "day"


@pytest.mark.parametrize("way", ["%y/%m/%d %H:%M", "%d/%m/%y %H:%M", "%d.%m.%y %H:%M"])
def test_a_short_year_is_found_at_either_end(way: str) -> None:
    """26/03/01 had been the 26th of March 2001, and that had been called proved."""
    rows = [
        {name: f"{datetime.fromisoformat(value):{way}}" if value and name.endswith(" at") else value for name, value in row.items()}
        for row in tickets()
    ]

    assert figures(csv_of(rows)).alone == RIGHT


@pytest.mark.parametrize(
    "state",
    [
        "Closed - cannot be resolved",
        "Closed (won't fix)",
        "Closed (won’t do)",
        "Closed as duplicate",
        "Closed: abandoned by customer",
        "Closed, no reply",
    ],
)
def test_closed_and_given_up_is_not_guessed_as_solved(state: str) -> None:
    """It is offered, unticked."""
    rows = [{**row, "status": state if at % 3 == 1 else row["status"]} for at, row in enumerate(tickets())]

    assert guessed(seen(rows)).solved == ("Solved",)


@pytest.mark.parametrize("words", [("yes", "no"), ("TRUE", "FALSE"), ("ja", "nein"), (True, False)])
def test_yes_in_the_column_that_asks_whether_it_was_solved_is_solved(words: tuple[Any, Any]) -> None:
    """Nothing had been guessed, so that 0 % were resolved."""
    rows = [{**{name: value for name, value in row.items() if name != "status"}, "resolved": words[row["status"] == "Open"]} for row in tickets()]

    assert figures(jsonl_of(rows), "t.jsonl").alone == RIGHT
