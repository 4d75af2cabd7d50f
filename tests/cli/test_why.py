"""`why` and `log`: what was recorded, in words, for people who answer for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def home(ourword: Any, larkspur: Any, proposal: Any, tmp_path: Path) -> Path:
    late = {**proposal, "decision_id": "rug", "facts": {**proposal["facts"], "reason": "changed_mind", "order_age": "41 days"}, "contact": "chat-1"}
    bent = {**late, "decision_id": "bent", "by": "person", "answer": "allow", "because": "In hospital."}
    stranger = {**proposal, "decision_id": "x\x1b[31m", "customer": "\x1b]0;owned\x07", "facts": {**proposal["facts"], "shoe\x1b[2J": "42"}}
    lines = "".join(json.dumps(each) + "\n" for each in (proposal, late, bent))
    assert 0 == ourword("decide", *larkspur, "--home", tmp_path / "home", stdin=lines).code
    assert 2 == ourword("decide", *larkspur, "--home", tmp_path / "home", stdin=json.dumps(stranger)).code
    assert 0 == ourword("decide", *larkspur, "--home", tmp_path / "home", stdin=json.dumps({**stranger, "decision_id": "odd"})).code
    return tmp_path / "home"


def test_what_a_person_wanted_is_told_to_the_owner_who_takes_over(ourword: Any, larkspur: Any, proposal: Any, tmp_path: Path) -> None:
    """The desk may grant 200 EUR; whoever decides instead must not have to ask why again."""
    facts = {**proposal["facts"], "amount": "300.00 EUR", "order_total": "300.00 EUR", "reason": "changed_mind", "order_age": "41 days"}
    wished = {**proposal, "decision_id": "above", "facts": facts, "by": "person", "answer": "allow", "because": "In hospital."}
    assert 0 == ourword("decide", *larkspur, "--home", tmp_path / "home", stdin=json.dumps(wished)).code

    told = " ".join(ourword("why", "above", "--home", tmp_path / "home").out.split())

    assert "A person answered: allow. Their reason: In hospital." in told


def test_a_refusal_is_told_from_its_reason_to_its_entry(ourword: Any, home: Path) -> None:
    """What was decided, why, what would have changed it, who owns it, under which contract, in which entry."""
    told = ourword("why", "rug", "--home", home).out

    assert told.startswith("Refused. Refunds after a change of mind are automatic up to 30 days.")
    for part in (
        "(refund)",
        "c-7, contact chat-1",
        "at most 30 days",
        "reason = changed_mind  (the customer says so)",
        "Mara Lind (mara)",
        "larkspur-care 3.2.0",
    ):
        assert part in told
    assert max(len(line) for line in told.splitlines() if "sha256:" not in line) <= 80


def test_an_allowance_tells_its_promise(ourword: Any, home: Path) -> None:
    """What was promised, and by when."""
    assert "€48.00 back within 5 working days, due 2026-11-30 10:00:00 UTC" in ourword("why", "lamp", "--home", home).out


def test_a_bend_tells_the_persons_reason(ourword: Any, home: Path) -> None:
    """A departure is no secret, and no fault by itself."""
    told = ourword("why", "bent", "--home", home).out

    assert "by a person" in told
    assert "A person departed from `too-late` (refuse): In hospital." in told


def test_as_json_it_is_all_there(ourword: Any, home: Path) -> None:
    """For scripts: the entry, the facts, the verdict."""
    told = json.loads(ourword("why", "rug", "--home", home, "--json").out)

    assert ("rug", "refuse", "too-late") == (told["decision_id"], told["verdict"]["answer"], told["entry"]["decided_by"])


def test_an_unknown_decision_is_one_error(ourword: Any, home: Path) -> None:
    """A mistyped id."""
    ran = ourword("why", "nope", "--home", home)

    assert (2, "") == (ran.code, ran.out)
    assert "`ourword log` lists them" in ran.err


def test_looking_makes_no_home(ourword: Any, tmp_path: Path) -> None:
    """A mistyped folder is not made into a home."""
    assert (4, 4) == (ourword("log", "--home", tmp_path / "hmoe").code, ourword("why", "d", "--home", tmp_path / "hmoe").code)
    assert not (tmp_path / "hmoe").exists()


def test_a_language_that_the_contract_lacks_is_wrong_usage(ourword: Any, home: Path) -> None:
    """Rather than another one, silently."""
    assert 64 == ourword("why", "rug", "--home", home, "--lang", "fr").code


def test_hostile_texts_are_shown_not_obeyed(ourword: Any, home: Path) -> None:
    """A customer's id with an escape sequence must not repaint an auditor's terminal."""
    assert "\\x1b]0;owned\\x07" in ourword("why", "odd", "--home", home).out
    assert "\x1b" not in ourword("why", "odd", "--home", home).out + ourword("log", "--home", home).out


def test_the_log_lists_every_entry_in_order(ourword: Any, home: Path) -> None:
    """Decisions, promises, bends: numbered without a gap."""
    entries = ourword("log", "--home", home, "--json").lines

    assert list(range(1, len(entries) + 1)) == [each["seq"] for each in entries]
    assert {"decision", "promise", "bend"} <= {each["type"] for each in entries}
    assert len(entries) == len(ourword("log", "--home", home).out.splitlines())


def test_the_log_can_be_read_in_parts(ourword: Any, home: Path) -> None:
    """`--after` and `--limit`, for followers."""
    assert [3, 4] == [each["seq"] for each in ourword("log", "--home", home, "--json", "--after", 2, "--limit", 2).lines]


def test_told_again_in_another_language(ourword: Any, larkspur: Any, tmp_path: Path) -> None:
    """A decision told in German yesterday can be read in English today: the same decision, its contract's English words."""
    shop = larkspur[0].parents[1] / "lindenrad-return"
    ourword("decide", shop / "contract.yaml", shop / "wiring.yaml", shop / "decisions.jsonl", "--home", tmp_path / "home")

    told = [ourword("why", "anna-at", "--home", tmp_path / "home", *lang).out for lang in ([], ["--lang", "en-GB"])]

    assert ["720,00\xa0€ bekommst du" in told[0], "You get €720.00 back" in told[1]] == [True, True]
