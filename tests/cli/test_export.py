"""Everything held on one customer, as a customer may ask for it: nothing of theirs is left out, nothing of others is in it."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword


@pytest.fixture(scope="module")
def home(settled: tuple[Path, str]) -> Path:
    return settled[0]


def test_what_is_held_on_a_customer_is_written_out_in_words(ourword: Ourword, home: Path, examples: Path) -> None:
    """A customer reads what was decided, why, what was promised, and what we heard of them."""
    told = ourword("export", "--customer", "c-101", "--home", home)
    exported = json.loads(told.out)
    (decision,) = exported["decisions"]
    events = [json.loads(line) for line in (examples / "larkspur-refund" / "events.jsonl").read_text().splitlines()]
    theirs = [each["id"] for each in events if each["subject"] == "customer:c-101"]

    assert (0, "") == (told.code, told.err)
    assert (exported["held"], exported["erased"], exported["ids"]) == (True, False, [{"id": "c-101"}])
    assert (decision["facts"]["amount"], decision["words"]["headline"]) == ("120.00 EUR", "Allowed")
    assert decision["words"]["tell"] == "It was our mistake. €120.00 back within 5 working days."
    assert [(each["promise"], each["standing"]) for each in exported["promises"]] == [("money-back", "kept")]
    assert theirs == [each["id"] for each in exported["events"]]


def test_nothing_of_others_is_in_it(ourword: Ourword, home: Path, examples: Path) -> None:
    """Who asks for their own data gets nobody else's."""
    told = ourword("export", "--customer", "c-101", "--home", home).out
    lines = (examples / "larkspur-refund" / "decisions.jsonl").read_text().splitlines()
    others = {json.loads(line)["customer"] for line in lines} - {"c-101"}

    assert len(others) > 5
    assert not [each for each in others if each in told]


def test_nobody_knows_a_customer_who_was_never_here(ourword: Ourword, home: Path) -> None:
    """An empty answer to a misspelt id looks like a true one: a line beside it says so."""
    told = ourword("export", "--customer", "c-999", "--home", home)
    exported = json.loads(told.out)

    assert (0, "note: Nothing is held on c-999. They may never have been here, under this id.\n") == (told.code, told.err)
    assert (exported["held"], exported["erased"]) == (False, False)
    assert not any(exported[each] for each in ("decisions", "promises", "events", "attributes", "names", "called_back", "signals", "ids"))


def test_it_is_written_to_a_file_for_its_owner_alone_and_over_no_other(ourword: Ourword, home: Path, tmp_path: Path) -> None:
    """What a customer is sent lies in plain text until it is deleted."""
    out = tmp_path / "c-101.json"
    first = ourword("export", "--customer", "c-101", "--home", home, "--out", out)
    again = ourword("export", "--customer", "c-102", "--home", home, "--out", out)

    assert first.out.startswith(f"{out} holds what is held on c-101: 1 decision, 1 promise, 1 event, 0 attributes.")
    assert json.loads(out.read_text())["customer"] == "c-101"
    assert sys.platform == "win32" or stat.S_IMODE(out.stat().st_mode) == 0o600
    assert (again.code, again.err.splitlines()[0]) == (64, f"{out}: the file is there already")


def test_a_file_that_cannot_be_written_ends_with_what_the_manual_says(ourword: Ourword, home: Path, tmp_path: Path) -> None:
    """It said 74, which is for standard output."""
    manual = (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    told = ourword("export", "--customer", "c-101", "--home", home, "--out", tmp_path / "nowhere" / "x")

    assert (64, "") == (told.code, told.out)
    assert "| 64 | the command does not fit its interface, or a file that it names, as with `--out`, cannot be written |" in manual
    assert "| 74, 130, 141 | standard output cannot be written" in manual
