"""What the drafted contract says of its targets is true: today's figures prove each one, or it is left open with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.start.shop import give, read_all, tickets

from ourword.contract.read import read
from ourword.figures.judging import judge_targets
from ourword.figures.watched import watching
from ourword.outcomes.intervals import wilson
from ourword.outcomes.metrics import Row
from ourword.outcomes.targets import said
from ourword.starting.proposing import least_of, most_of
from ourword.starting.run import Start
from ourword.stores.home import open_home

LATE = b"999,zoe@mail.example,Solved,2026-10-30 10:00:00,2026-10-30 12:00:00,Mail,Refund\n"


def row(k: int, n: int) -> Row:
    low, high = wilson(k / n, n)
    more = {"immature": 0.0, "unmatched": 0.0}
    return Row(kind="refund", version="*", segment="*", metric="x", n=n, value=k / n, low=low, high=high, **more)


@given(n=st.integers(1, 5_000), share=st.floats(0, 1))
def test_a_bound_that_is_proposed_is_met_by_the_figures_it_comes_from(n: int, share: float) -> None:
    """All four drafted bounds that a newcomer left alone were “not proved yet” on the first day."""
    seen = row(round(share * n), n)
    assert seen.low is not None
    assert seen.high is not None
    (least, no_least), (most, no_most) = least_of(seen), most_of(seen)

    assert [bool(least), bool(most)] == [not no_least, not no_most], "either a number or the reason why there is none"
    if least:
        assert "met" == said(seen.low, 1.0, "at_least", int(least) / 100)
        assert int(least) + 1 > seen.low * 100, "the greatest whole number that is met"
    if most:
        assert "met" == said(seen.low, seen.high, "at_most", int(most) / 100)
        assert int(most) <= 50


def written(caller: TestClient) -> None:
    """The form as it stands, with the names that only people can give, and a bound where none is proposed."""
    page = caller.get("/start/contract").text
    fields = dict(re.findall(r'name="(at_\w+)"[^>]* value="([^"]*)"', page))
    owners = {f"owner_{each}": "Omar Haddad" for each in re.findall(r'name="owner_([^"]+)"', page)}
    more = {name: value or ("45" if name.startswith("at_most") else "") for name, value in fields.items()}
    told = caller.post("/start/contract", data={"signer": "Mara Lind", "open_until": "2099-01-01", "steps": "2", **owners, **more})
    assert "What comes next" in told.text, told.text


def test_a_contract_written_as_drafted_is_met_on_its_first_day(caller: TestClient, start: Start) -> None:
    """Of a table of tickets no file says that a customer called anything solved: then no target for it is proposed."""
    give(caller, "tickets.csv", tickets(100) + LATE)
    read_all(caller, same="kind")
    form = caller.get("/start/contract").text
    written(caller)
    draft = read((start.folder / "contract.yaml").read_bytes(), (start.folder / "wiring.yaml").read_bytes())
    with open_home(start.home or Path(), create=False, write=False) as home, watching(home) as (connection, _):
        judged = judge_targets(home, connection, drafts=[draft])

    assert [("came_back", "met")] * 2 == [(each.metric, each.verdict) for each in judged]
    assert "Left open: these files cannot prove any: none says that a customer called it solved" in form
    assert "these files cannot prove" in form


def test_what_is_nothing_to_sign_is_left_open(caller: TestClient) -> None:
    """“At most 53 % come back” was proposed of a handful of contacts."""
    give(caller, "tickets.csv", tickets(40).replace(b"Refund", b"Delivery", 17) + LATE)
    read_all(caller, same="kind")
    form = caller.get("/start/contract").text

    assert re.search(r'name="at_most_Refund"[^>]* value=""', form)
    assert "which is nothing to sign" in form


def test_today_is_not_sold_as_more_than_it_is(caller: TestClient, start: Start) -> None:
    """“# today 0.96” stood in the file: it was the upper end of a band."""
    give(caller, "tickets.csv", tickets(100) + LATE)
    read_all(caller, same="kind")
    page = caller.get("/start/contract").text
    owners = {f"owner_{each}": "Omar Haddad" for each in re.findall(r'name="owner_([^"]+)"', page)}
    bounds = dict.fromkeys(re.findall(r'name="(at_\w+)"', page), "20")
    caller.post("/start/contract", data={"signer": "Mara Lind", "open_until": "2099-01-01", "steps": "2", **owners, **bounds})
    text = (start.folder / "contract.yaml").read_text(encoding="utf-8")

    assert re.search(r"# today at most [01]\.\d\d \(up to \d\.\d\d\), n = \d+; how many at least, these files cannot prove", text)


def test_contacts_without_a_kind_are_said_and_what_nobody_asked_is_shown(caller: TestClient) -> None:
    """41 tickets were left out without a word, and the contract kept records for three years because nobody had said otherwise."""
    give(caller, "tickets.csv", tickets(40).replace(b",Refund\n", b",\n", 5) + LATE)
    read_all(caller, same="kind")
    form = caller.get("/start/contract").text

    assert "5 closed contacts have no kind in your files" in form
    for words in ("What it says besides", "3 years", "before the first answer", "that figure is the larger"):
        assert (words in form) == (words != "that figure is the larger"), words


@pytest.mark.parametrize("status", ["draft", "active"])
def test_a_contract_in_force_is_not_called_a_draft_that_nothing_decides_by(caller: TestClient, start: Start, status: str) -> None:
    """“Nothing decides by it yet” stood above “It is in force”."""
    give(caller, "tickets.csv", tickets() + LATE)
    read_all(caller)
    written(caller)
    file = start.folder / "contract.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("status: draft", f"status: {status}"), encoding="utf-8")
    page = caller.get("/start/contract/written").text

    assert ("nothing decides by it yet" in page) == (status == "draft")
    assert "ourword adopt" in page
    assert "--by mara-lind" in page
