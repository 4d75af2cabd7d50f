"""Amounts that only a company knows are typed once: kept with the home, for every page and command; each gives a line or a word why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.start.shop import as_read, read_all, tickets

from ourword.cli.main import run
from ourword.starting.run import Start

LATE = b"999,zoe@mail.example,Solved,2026-10-30 10:00:00,2026-10-30 12:00:00,Mail,Refund\n"
FORM = {"currency": "EUR", "price": "1,50", "saving_a_contact_low": "4", "saving_a_contact_high": "5"}


@pytest.fixture
def caller(caller: TestClient, start: Start) -> TestClient:
    as_read(start, tickets(100) + LATE, same="kind", price="1.20 EUR")
    return caller


def test_what_was_typed_is_there_again_everywhere(caller: TestClient, start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    """*Reckon again* kept them in the address alone: from the menu, and back from the page to forward, they were gone."""
    reckoned = caller.post("/recount", data=FORM).text
    again, forwarded = caller.get("/recount").text, caller.get("/recount/one-page").text
    run(["recount", "--home", str(start.home)])
    printed = capsys.readouterr().out

    for page in (reckoned, again, forwarded, printed):
        assert "billed at 1.50" in " ".join(page.split())
        assert "4.00 to 5.00 each" in " ".join(page.split())
    assert 'name="saving_a_contact_low" inputmode="decimal" value="4.00"' in again


def test_they_move_along_when_the_files_are_read_anew(caller: TestClient, start: Start) -> None:
    """What a contact costs does not hang on who was a test customer."""
    caller.post("/recount", data=FORM)
    first = start.home
    read_all(caller, same="customer", price="1.20 EUR")
    page = caller.get("/recount").text

    assert first != start.home
    assert "4.00 to 5.00 each" in page
    assert "billed at 1.20" in page


def test_a_wrong_amount_is_told_and_nothing_is_kept(caller: TestClient) -> None:
    """What was typed beside it stays in the form."""
    told = caller.post("/recount", data={**FORM, "saving_a_contact_high": "four"})
    after = caller.get("/recount").text

    assert told.status_code == 400
    assert "`four` is no amount" in told.text.replace("<code>", "`").replace("</code>", "`")
    assert 'value="four"' in told.text
    assert "4.00 to" not in after


@pytest.mark.parametrize("field", ["customer_lost", "customers_lost"])
def test_an_amount_without_a_line_says_why(caller: TestClient, field: str) -> None:
    """“A lost customer is worth 80 to 120” was taken without a line and without a word."""
    typed = {f"{field}_low": "80", f"{field}_high": "120"}
    pages = [caller.post("/recount", data=typed).text, caller.get("/recount/one-page").text]
    whole = caller.post("/recount", data={"customer_lost_low": "80", "customers_lost_low": "2"}).text

    assert [True, True] == ["gives no line until you say" in page for page in pages]
    assert "gives no line" not in whole
    assert "Customers who left beyond what is usual" in whole


def test_the_page_to_forward_names_its_files_and_what_was_taken_for_granted(caller: TestClient, start: Start, tmp_path: Path) -> None:
    """Whoever gets it asks first: of what? By which rule for who came back?"""
    written = tmp_path / "one.html"
    run(["recount", "--home", str(start.home), "--html", str(written)])
    caller.post("/recount", data=FORM)

    for page in (caller.get("/recount/one-page").text, written.read_text(encoding="utf-8")):
        assert "from its own files (tickets.csv)" in page
        assert "the same matter again is the same kind, by the same customer: counts too many" in page
