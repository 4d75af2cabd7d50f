"""A helpdesk's table, half of it still open, some without a kind, none with an order or a word: what its pages may say, and what not."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.start.shop import HEAD, as_read, give, read_all

from ourword.cli.main import run
from ourword.figures.board import board
from ourword.starting.run import Start

KINDS = ("Refund", "Delivery", "")


def half_open() -> bytes:
    """Sixty tickets of twenty customers, every other one never closed; each third customer's have no kind, and come days apart."""
    lines = []
    for number in range(60):
        who, day = number % 20, 1 + number // 3
        status, solved = ("Closed", f"2026-09-{day:02} 12:00:00") if number // 20 != 1 else ("Open", "")
        lines.append(f"{number},ann{who}@mail.example,{status},2026-09-{day:02} 10:00:00,{solved},Mail,{KINDS[who % 3]}\n")
    lines.append("99,last@mail.example,Closed,2026-11-20 10:00:00,2026-11-20 11:00:00,Mail,Refund\n")
    return (HEAD + "".join(lines)).encode()


@pytest.fixture
def read(caller: TestClient, start: Start) -> TestClient:
    as_read(start, half_open())
    return caller


def plain(page: str) -> str:
    """What a person reads of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<body")[2])).split())


def test_a_vendor_whose_rule_claims_none_is_not_at_0_per_cent(read: TestClient) -> None:
    """`Ada 0 % (0 of 6)` stood on the page for the board; no event said what automation did."""
    page = plain(read.get("/recount/one-page").text)

    assert re.search(r"Ada[^.]* claim none: no event says that automation answered in one", page)
    assert not re.search(r"\b0 %", page)


@pytest.mark.parametrize("address", ["/recount", "/recount/one-page"])
def test_beside_what_is_counted_stands_what_was_never_closed(read: TestClient, address: str) -> None:
    """`121, 100 % of all` was said of a file of 240 of which 111 were never closed."""
    page = plain(read.get(address).text)

    assert "20 were never closed, and nothing else is known of them" in page
    assert "% of all " not in page


@pytest.mark.parametrize("address", ["/recount", "/recount/one-page"])
def test_of_how_many_a_return_would_be_seen_is_said(read: TestClient, address: str) -> None:
    """Tickets without an order and a kind cannot be seen to come back."""
    page = plain(read.get(address).text)

    assert "of the 28 of which a return would be seen" in page
    assert "without a kind" not in page.lower() or re.search(r"Without a kind .{0,90}not known", page)


@pytest.mark.parametrize("called", ["Order", "Order number"])
def test_where_a_ticket_names_no_order_the_same_kind_is_the_same_matter(caller: TestClient, start: Start, called: str) -> None:
    """It is promised per ticket: two questions about a size, two days apart and without an order, are one matter."""
    rows = [
        "1,ann@mail.example,Solved,2026-09-01 10:00:00,2026-09-01 12:00:00,Delivery,O-1",
        "2,ann@mail.example,Solved,2026-09-03 10:00:00,2026-09-03 12:00:00,Delivery,O-2",
        "3,bob@mail.example,Solved,2026-09-01 10:00:00,2026-09-01 12:00:00,Size,",
        "4,bob@mail.example,Solved,2026-09-03 10:00:00,2026-09-03 12:00:00,Size,",
        "5,ann@mail.example,Solved,2026-09-04 10:00:00,2026-09-04 12:00:00,Size,O-1",
        *(f"{number},c{number}@mail.example,Solved,2026-10-01 10:00:00,2026-10-01 12:00:00,Delivery,O-{number}" for number in range(6, 16)),
        "99,zoe@mail.example,Solved,2026-11-01 10:00:00,2026-11-01 12:00:00,Size,",
    ]
    give(caller, "tickets.csv", (f"Ticket ID,Requester,Status,Created at,Solved at,Category,{called}\n" + "\n".join(rows) + "\n").encode())
    found = plain(read_all(caller).text)
    row = board(start.home or Path()).row("came_back")

    assert "where a contact names no order, any contact of one kind counts as the same issue" in found
    assert row is not None
    assert (15, 2) == (row.n, round(row.n * (row.value or 0)))  # the first of ann's by its order, bob's by its kind; ann's second names another order


@pytest.mark.parametrize("address", ["/recount", "/recount/one-page"])
def test_nothing_is_billed_where_nobody_can_tell_machines_from_people(read: TestClient, address: str) -> None:
    """`5.94 EUR billed at 0.99 each` stood there: nobody billed it, and a person had solved one of the six."""
    page = plain(read.get(f"{address}?price=0.99&currency=EUR").text)

    assert re.search(r"[Ii]f each of the \d+ counted were billed at 0.99, it would be [\d.]+ EUR; people's work is in it", page)
    assert "Vendor's invoice" not in page
    assert "billed at 0.99 each" not in page


def test_those_that_ended_yesterday_are_not_among_all_that_ended(read: TestClient, start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    """`Of all 6 contacts that ended` was said where seven had; and weeks-old open tickets were `not over for 7 days`."""
    assert run(["report", "--home", str(start.home)]) == 0
    printed = " ".join(capsys.readouterr().out.split())

    for told in (printed, plain(read.get("/start/found").text)):
        assert "Of all 40 contacts that ended and were watched for 7 days, at most" in told
        assert "20 were never closed, and nothing else is known of them" in told
        assert "not over for 7 days" not in told


def test_the_csv_has_no_0_that_nobody_saw_and_says_which_figure_is_an_upper_end(
    read: TestClient, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ended_unanswered 0.0 of 300` stood there of a table without a word, and 0.97 as if it were the share that stayed resolved."""
    assert run(["report", "--home", str(start.home), "--csv"]) == 0
    rows = [row for row in csv.DictReader(io.StringIO(capsys.readouterr().out)) if (row["kind"], row["version"], row["segment"]) == ("*", "*", "*")]

    assert {"stayed_resolved"} == {row["metric"] for row in rows if row["bound"] == "at most"}
    assert not {"confirmed", "gave_up", "ended_unanswered", "offered_a_person", "promise_broken"} & {row["metric"] for row in rows if row["value"]}
