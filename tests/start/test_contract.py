"""The drafted contract of a first run leads on: what comes next is said, *Our word* shows it, and what somebody edited stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.start.shop import give, read_all, tickets

from ourword.contract.read import read
from ourword.starting.run import Start


@pytest.fixture
def caller(caller: TestClient) -> TestClient:
    """Whoever has given the tickets, and answered."""
    give(caller, "tickets.csv", tickets())
    read_all(caller)
    return caller


def draft(caller: TestClient, **more: str) -> Any:
    kinds = re.findall(r'name="owner_([^"]+)"', caller.get("/start/contract").text)
    filled = {"signer": "Mara Lind", "open_until": "2099-01-01", "steps": "2"}
    filled |= {f"owner_{each}": "Omar Haddad" for each in kinds} | {f"at_most_{each}": "20" for each in kinds}
    return caller.post("/start/contract", data={**filled, **more})


def test_what_comes_next_is_said_and_our_word_shows_the_draft(caller: TestClient, start: Start) -> None:
    """The draft led nowhere, and *Our word* went on saying "No contract"."""
    assert "No contract" in caller.get("/").text
    page = draft(caller).text
    first = caller.get("/").text

    for words in ("Read and check it", "Adopt it", "status: active", "ourword serve", "--mode observe", str(start.folder / "contract.yaml")):
        assert words in page
    assert "No contract" not in first
    assert "to be signed by Mara Lind" in first
    assert "Nothing decides by it yet" in first
    assert "Omar Haddad" in first
    assert 'href="/start/contract/written"' in caller.get("/start/found").text
    assert 'value="Mara Lind"' in caller.get("/start/contract").text, "what was filled in is there again"


def test_a_draft_that_nobody_edited_is_replaced(caller: TestClient, start: Start) -> None:
    """`contract-2.yaml` lay beside `contract.yaml`, and nobody said which one counts."""
    draft(caller)
    draft(caller, signer="Jo Berg")

    assert ["contract.yaml"] == [each.name for each in start.folder.glob("contract*.yaml")]
    assert "Jo Berg" in (start.folder / "contract.yaml").read_text(encoding="utf-8")


def test_a_draft_that_somebody_edited_stays_and_the_page_says_so(caller: TestClient, start: Start) -> None:
    """Hours of an engineer's work are not overwritten by a form."""
    draft(caller)
    edited = start.folder / "contract.yaml"
    edited.write_text(edited.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    form = caller.get("/start/contract").text
    page = draft(caller, signer="Jo Berg").text

    assert "contract.yaml lies there and stays" in form
    assert "# by hand" in edited.read_text(encoding="utf-8")
    assert "contract-2.yaml" in page
    assert "Jo Berg" in caller.get("/").text
    assert "jo-berg" == read((start.folder / "contract-2.yaml").read_bytes(), (start.folder / "wiring-2.yaml").read_bytes()).people[0].id


def test_a_draft_that_was_broken_by_hand_says_where(caller: TestClient, start: Start) -> None:
    """The page goes on, and *Our word* takes no part of what cannot be read."""
    draft(caller)
    (start.folder / "contract.yaml").write_text("ourword: [", encoding="utf-8")

    assert "It cannot be read as it is" in caller.get("/start/contract/written").text
    assert "No contract" in caller.get("/").text


def test_a_draft_that_was_given_a_table_by_hand_is_read_with_it(caller: TestClient, start: Start) -> None:
    """Rules kept in a spreadsheet go on in the file that lies beside the draft."""
    draft(caller)
    edited = start.folder / "contract.yaml"
    edited.write_text(edited.read_text(encoding="utf-8").replace("    clauses:", "    table: rules.csv\n    clauses:", 1), encoding="utf-8")
    (start.folder / "rules.csv").write_text("id,answer,say\nfrom-the-table,escalate,A colleague looks at it.\n", encoding="utf-8")

    assert "from-the-table" in caller.get("/start/contract/written").text


def test_without_a_draft_nothing_is_shown_of_one(caller: TestClient, start: Start) -> None:
    """Who takes the files away has none."""
    assert "What your automation owes" in caller.get("/start/contract/written").text
    draft(caller)
    for each in start.folder.glob("*.yaml"):
        each.unlink()

    assert "What your automation owes" in caller.get("/start/contract/written").text
    assert "No contract" in caller.get("/").text
