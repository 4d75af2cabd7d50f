"""Larkspur's demo: what a stranger sees first must be true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.app import Ourword
from ourword.contract.check import check
from ourword.contract.fmt import fmt
from ourword.contract.read import read
from ourword.core.answer import Answer
from ourword.demo.planted import PLANTED
from ourword.demo.proposals import proposals, truth
from ourword.gate.decide import holdout_position

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CONTRACT, WIRING = (files("ourword.demo").joinpath(name) for name in ("contract.yaml", "wiring.yaml"))


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    with Ourword.open(Path(str(CONTRACT)), Path(str(WIRING)), home=tmp_path_factory.mktemp("demo") / "home") as ourword:
        yield list(ourword.decide_lines(_lines(proposals(NOW)), batch=256))


def _lines(given: list[dict[str, Any]]) -> list[bytes]:
    return [msgspec.json.encode(each) for each in given]


def test_the_demos_contract_has_no_flaw() -> None:
    """Not even a note; and it is laid out as `ourword fmt` does."""
    draft = read(CONTRACT.read_bytes(), WIRING.read_bytes())

    assert () == check(draft, today=NOW.date())[1]
    assert [CONTRACT.read_text("utf-8"), WIRING.read_text("utf-8")] == [fmt(CONTRACT.read_bytes()), fmt(WIRING.read_bytes())]


def test_the_demo_holds_in_later_years() -> None:
    """Nothing in it expires: a demo that breaks on a birthday teaches the wrong thing."""
    draft = read(CONTRACT.read_bytes(), WIRING.read_bytes())

    assert () == check(draft, today=NOW.date() + timedelta(days=20 * 365))[1]


def test_each_rule_of_the_gate_is_found_where_it_was_planted(decided: list[dict[str, Any]]) -> None:
    """The truth was written before the gate was asked."""
    found = {each["decision_id"]: (each["answer"], each["decided_by"]) for each in decided}

    assert {each["decision_id"]: (each["answer"], each["decided_by"]) for each in truth()} == {
        each["decision_id"]: found[each["decision_id"]] for each in truth()
    }


def test_every_answer_is_seen_among_two_hundred_of_five_kinds(decided: list[dict[str, Any]]) -> None:
    """One look shows all that the gate can say."""
    assert (200, 5) == (len(decided), len({each["kind"] for each in decided}))
    assert {answer.value for answer in Answer} == {each["answer"] for each in decided}


def test_only_the_planted_holdout_customer_is_in_the_holdout() -> None:
    """The holdout depends on the contract's name and the customer: a new name would move the story."""
    shares = {each.decision_id: holdout_position("larkspur-care", each.customer) for each in PLANTED if each.kind == "refund"}

    assert ["demo-holdout"] == [name for name, share in shares.items() if share < 0.02]


@settings(max_examples=tries(10))
@given(seed=st.integers(0, 10**6), days=st.integers(0, 4000))
def test_any_seed_at_any_time_gives_lines_that_can_be_decided(seed: int, days: int) -> None:
    """The same for the same seed; in the order of their times; none after now; no id twice."""
    now = NOW + timedelta(days=days)
    lines = proposals(now, seed=seed)

    assert lines == proposals(now, seed=seed)
    times = [datetime.fromisoformat(each["time"].replace("Z", "+00:00")) for each in lines]
    assert times == sorted(times)
    assert times[-1] < now
    assert len(lines) == len({each["decision_id"] for each in lines})
    with Ourword.open(Path(str(CONTRACT)), Path(str(WIRING))) as ourword:
        assert not [each for each in ourword.decide_lines(_lines(lines)) if "error" in each]
