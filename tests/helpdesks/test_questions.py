"""The questions of the first run: each guess has its reason, counts what it names, and what changes nothing is not asked."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpdesks.recounted import csv_of, figures
from tests.helpdesks.recounted import tickets as sixty

from ourword.helpdesks.known import recognised
from ourword.helpdesks.questions import BOTS, CUSTOMER, SOLVED, TESTS, Question, guessed, questions
from ourword.helpdesks.shape import Answers, Author, Look
from ourword.helpdesks.table import Table
from ourword.helpdesks.way import look_at

STATES = ("new", "open", "pending", "hold", "solved", "closed")


def table(rows: list[dict[str, Any]]) -> Look:
    look = Look()
    look_at(Table(rows, "tickets.csv"), iter(rows), look)
    return look


def tickets(customers: list[str], **more: str) -> list[dict[str, Any]]:
    return [
        {"Ticket ID": str(n), "Requester": who, "Status": "Solved", "Created at": f"2026-09-0{n + 1} 10:00:00", **more}
        for n, who in enumerate(customers)
    ]


def asked(look: Look, which: str) -> Question:
    return next(each for each in questions(look) if each.id == which)


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [("resolved", "1", "0"), ("Is resolved?", "1.0", "0.0"), ("SOLVED", "TRUE", "FALSE"), ("Gelöst", "ja", "nein"), ("solved", "x", "")],
)
def test_a_column_that_asks_whether_it_was_solved_is_understood(column: str, yes: str, no: str) -> None:
    """Databases write a yes as 1, and people as an x: such a table counted nothing as called resolved."""
    marked = [{**{name: cell for name, cell in row.items() if name != "status"}, column: yes if row["status"] == "Solved" else no} for row in sixty()]

    assert figures(csv_of(sixty())).alone == figures(csv_of(marked)).alone


@pytest.mark.parametrize("column", ["level", "outcome", "resolution"])
def test_a_one_is_a_yes_in_no_other_column(column: str) -> None:
    """A level, a code: nobody knows what its 1 says, so a person is asked, and nothing is guessed."""
    levels = [
        {**{name: cell for name, cell in row.items() if name != "status"}, column: "1" if row["status"] == "Solved" else "0"} for row in sixty()
    ]

    assert () == guessed(table(levels)).solved


def test_a_one_that_means_two_things_is_not_guessed() -> None:
    """Two tables, and in one of them it is a level: an answer holds for both."""
    look = table([{**row, "resolved": "1"} for row in tickets(["a@mail.example", "b@mail.example"], Status="")])
    look.statuses["1"] += 1

    assert () == guessed(look).solved


def test_a_name_beside_a_ticket_is_not_asked_about() -> None:
    """Ticking “Bot” in a column of assignees changed nothing: now the question says so, and asks nothing."""
    look = table(tickets(["a@mail.example", "b@mail.example"], Assignee="Bot"))
    question = asked(look, BOTS)

    assert (() == question.choices, Answers(solved=("Solved",), customer="id", same="customer")) == (True, guessed(look))
    assert "“Bot”" in question.none
    assert "does not say who answered" in question.none


@pytest.mark.parametrize("domain", ["gmail.com", "web.de", "testo.de", "attest.example"])
def test_whole_domains_of_customers_are_not_ticked_as_tests(domain: str) -> None:
    """One of the agents has a private address there, or the domain begins like a test: half the customers were gone."""
    look = table(tickets([f"a@{domain}", f"b@{domain}", "c@shop.example"]))
    look.authors["1"] = Author(id="1", email="bo@gmail.com")
    look.authors["2"] = Author(id="2", email="bea@web.de")

    assert f"@{domain}" not in {each.value for each in asked(look, TESTS).choices}


def test_authors_of_messages_are_asked_about() -> None:
    """Where somebody writes, it matters who is a machine."""
    rows = [
        {"conversation_id": f"k{n // 2}", "customer_id": "c-1", "sent_at": f"2026-09-01T10:0{n}:00Z", "author": who, "text": "Where is it? It comes."}
        for n, who in enumerate(["customer", "bot", "customer", "agent"])
    ]
    question = asked(table(rows), BOTS)

    assert {"bot", "agent"} == {each.value for each in question.choices}


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("test@ourfirm.example.de", True),
        ("qa2@a.de", True),
        ("test+7@a.de", True),
        ("testa@a.de", False),
        ("contest@a.de", False),
        ("ann@a.de", False),
    ],
)
def test_an_address_that_is_called_a_test_is_offered(address: str, offered: bool) -> None:
    """One's own tests sit on one's own domain: no list of domains finds `test@`."""
    question = asked(table(tickets([address, "bo@mail.de"])), TESTS)

    assert [address] * offered == [each.value for each in question.choices]
    assert offered or "Guessed: none" in question.none


def test_who_is_a_customer_says_why_it_was_guessed() -> None:
    """A guess without a reason cannot be judged."""
    question = asked(table(tickets(["a@mail.de", "b@mail.de"])), CUSTOMER)

    assert ["no two accounts share an address, so both come to the same", ""] == [each.because for each in question.choices]


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(STATES)), min_size=1, max_size=25))
def test_states_count_tickets_and_not_changes(changes: list[tuple[int, str]]) -> None:
    """Three tickets were called "7 tickets": in audits a ticket may be solved again and again, and a list says it once more."""
    audits = [
        {"id": n, "ticket_id": ticket, "created_at": f"2026-09-01T10:{n:02}:00Z", "author_id": 9}
        | {"events": [{"id": 1000 + n, "type": "Change", "field_name": "status", "value": state}]}
        for n, (ticket, state) in enumerate(changes)
    ]
    last = dict(changes)
    listed = [
        {
            "id": ticket,
            "status": state,
            "created_at": "2026-09-01T10:00:00Z",
            "updated_at": "2026-09-01T12:00:00Z",
            "requester_id": 1,
            "submitter_id": 1,
        }
        for ticket, state in last.items()
    ]
    look, truth = Look(), defaultdict(set)
    for rows, name in ((audits, "audits.jsonl"), (listed, "tickets.jsonl")):
        shape = recognised(rows[0], name)
        assert shape is not None
        assert shape.name.startswith("zendesk")
        look_at(shape, iter(rows), look)
    for ticket, state in changes:
        truth[state].add(ticket)

    assert {state: len(found) for state, found in truth.items()} == dict(look.statuses)
    assert {each.value: each.count for each in asked(look, SOLVED).choices} == dict(look.statuses)
