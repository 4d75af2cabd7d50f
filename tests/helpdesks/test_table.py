"""Any table by six answers: what was answered stands where a guess would, and what tests did is nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from ourword.core.event import Event
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.table import Table
from ourword.helpdesks.way import ByShape, look_at

TICKETS = [
    {
        "Ticket ID": str(n),
        "Requester": f"a{n % 3}@{'shop' if n == 4 else 'mail'}.example",
        "Status": state,
        "Created at": f"2026-09-0{n + 1} 10:00:00",
    }
    | ({"Solved at": f"2026-09-0{n + 1} 12:00:00"} if state != "Open" else {})
    for n, state in enumerate(["Solved", "Closed", "Open", "Rejected", "Solved"])
]


def events(answers: Answers, rows: list[dict[str, Any]] = TICKETS) -> list[Event]:
    table, look = Table(rows, "tickets.csv"), Look()
    look_at(table, iter(rows), look)
    reader = ByShape(table, answers, look).reader(place="tickets.csv", now=None)
    found = [each for line, row in enumerate(rows, 2) for each in reader.take(row, line)]
    assert all(isinstance(each, Event) for each in found)
    return [each for each in found if isinstance(each, Event)]


@pytest.mark.parametrize("solved", [(), ("Solved",), ("Closed", "Solved"), ("Rejected",)])
def test_solved_means_what_was_answered(solved: tuple[str, ...]) -> None:
    """The company's own word, and several at once; with none nothing is called resolved."""
    claimed = {each.data["contact"].rpartition("-")[2] for each in events(Answers(solved=solved)) if each.data.get("claimed_resolved")}

    assert {row["Ticket ID"] for row in TICKETS if row["Status"] in solved} == claimed


def test_a_zone_moves_the_clock() -> None:
    """Times that name none are read in the zone that was answered."""
    here, there = (events(Answers(zone=zone))[0].instant for zone in ("UTC", "Europe/Berlin"))

    assert (here or 0) - (there or 0) == 2 * 3600 * 10**9


@pytest.mark.parametrize("tests", [("@shop.example",), ("a1@shop.example",)])
def test_what_tests_did_is_left_out(tests: tuple[str, ...]) -> None:
    """By domain or by address; everybody else stays."""
    left = {each.customer for each in events(Answers(tests=tests))}

    assert left == {row["Requester"] for row in TICKETS if "@shop" not in row["Requester"]}


def test_machines_are_those_that_were_ticked() -> None:
    """An author called `agent` may be the bot, and one called `bot` a person's nickname."""
    rows = [
        {"ticket": f"t{n}", "customer": f"c{n}", "role": role, "text": f"some words, number {n} {role}", "created_at": f"2026-09-01T10:0{at}:00Z"}
        for n in range(4)
        for at, role in enumerate(["customer", "agent", "bot"])
    ]

    actors = {(each.data["text"].split()[-1], each.data["actor"]) for each in events(Answers(bots=("agent",)), rows) if "text" in each.data}

    assert {("customer", "customer"), ("agent", "automation"), ("bot", "person")} == actors
