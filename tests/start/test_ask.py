"""Calling back without a terminal: draw, save the list, call, hand it in; every step on the page."""

from __future__ import annotations

import csv
import io
import re
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.start.shop import as_read, tickets

from ourword.starting.run import Start
from ourword.stores.home import open_home
from ourword.stores.samples import samples

LATER = b"99,zoe@mail.example,Solved,2026-10-30 10:00:00,2026-10-30 12:00:00,Mail,Refund\n"


@pytest.fixture
def caller(caller: TestClient, start: Start) -> TestClient:
    """Whoever has given the tickets, and answered."""
    as_read(start, tickets() + LATER)
    return caller


def sheet(caller: TestClient) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(caller.get("/start/ask/sheet").content.decode("utf-8-sig"))))


def hand_in(caller: TestClient, rows: list[dict[str, str]]) -> Any:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return caller.post("/start/ask/answers", files={"sheet": ("ask.csv", out.getvalue().encode(), "text/csv")})


def test_from_the_draw_to_what_it_means(caller: TestClient) -> None:
    """In the words of whoever calls; where nothing says who handled a contact, anybody's are drawn."""
    first = caller.get("/start/ask").text
    assert "/start/ask" in caller.get("/start/found").text
    assert "that anybody handled" in first
    assert 'value="automation"' not in first
    drawn = caller.post("/start/ask", data={"size": "10", "whose": "any"}).text
    rows = sheet(caller)
    told = hand_in(caller, [{**row, "solved": ("ja", "nein", "keine Antwort")[number % 3]} for number, row in enumerate(rows)])

    assert 10 == len(rows)
    assert "10 customers drawn by lot" in drawn
    assert "10 answers kept, 0 known already." in told.text
    assert "4 of 7 who answered" in told.text.replace("Solved: ", "")
    for _ in range(200):  # the first page shows the figures that it has, and works newer ones out beside
        if "when called back" in caller.get("/").text:
            for address in ("/start/found", "/recount", "/recount/one-page"):  # the narrower band stood on *Our word* alone
                assert re.search(r"were, by the \d+ quiet customers who answered when called back", caller.get(address).text)
            return
        time.sleep(0.05)
    pytest.fail("the answers never reached Our word")


def test_a_wrong_row_is_told_and_the_others_are_kept(caller: TestClient) -> None:
    """With its line, and what may stand there."""
    caller.post("/start/ask", data={"size": "3", "whose": "any"})
    rows = sheet(caller)
    told = hand_in(caller, [{**row, "solved": word} for row, word in zip(rows, ("yes", "vielleicht", ""), strict=True)])

    assert told.status_code == 400
    assert "1 answer kept, 0 known already; 1 cannot be taken." in told.text
    assert "ask.csv:3: solved" in told.text
    assert "ja, nein, oui" in told.text
    assert "is no answer. Write yes, no" in told.text, "two sentences"


@pytest.mark.parametrize("size", ["0", "-1", "many", "", "999999"])
def test_what_cannot_be_drawn_is_told_and_stays_typed(caller: TestClient, start: Start, size: str) -> None:
    """And nothing is recorded."""
    told = caller.post("/start/ask", data={"size": size, "whose": "any"})
    with open_home(start.home or Path(), create=False, write=False) as home:
        assert [] == samples(home)

    assert (told.status_code, True) == (400, "is no number of customers" in told.text)
    assert f'value="{size or 60}"' in told.text


def test_without_a_list_or_a_file_the_page_says_what_to_do(caller: TestClient) -> None:
    """Nothing ends in an error page."""
    assert "Draw a list" in caller.get("/start/ask/sheet").text
    assert "no file was given" in caller.post("/start/ask/answers", files={"sheet": ("", b"", "text/csv")}).text
    assert "there is no column" in caller.post("/start/ask/answers", files={"sheet": ("x.csv", b"a,b\n", "text/csv")}).text
