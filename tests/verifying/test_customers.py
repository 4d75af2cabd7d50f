"""Under which number a customer is counted: a row that names another, and a customer who is not found any more, are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.meanwhile import written

from ourword.checks.store import refund
from ourword.rights.forgetting import erase
from ourword.stores.home import open_home
from ourword.verifying.log import verify_home

ELSEWHERE = "it is counted for another customer than the one of the entry: it was changed"


@pytest.fixture
def home(begun: Callable[[Path], Path], tmp_path: Path) -> Path:
    """Of 40 decisions on four customers; c-3 is erased."""
    with open_home(begun(tmp_path / "home")) as opened:
        for number in range(40):  # one by one, so that customers are numbered in this order
            opened.record(refund(f"d-{number}", customer=f"c-{number % 4}"))
        erase(opened, "c-3", now=1_800_000_000 * 10**9)
    return tmp_path / "home"


def told(home: Path, *statements: str, full: bool = True) -> list[tuple[int, str]]:
    written(home, *statements)
    with open_home(home, write=False) as opened:
        return [(each.entry, each.what) for each in verify_home(opened, full=full).flaws]


def test_a_sound_home_has_none(home: Path) -> None:
    assert [] == told(home)


def test_a_decision_of_who_was_erased_is_counted_for_nobody_else(home: Path) -> None:
    """Its key is gone; that the others of the same customer stand under another number tells it. D-7 is entry 15."""
    assert [(15, ELSEWHERE)] == told(home, "UPDATE decision SET subject = 1 WHERE id = 'd-7'")


def test_all_decisions_of_who_was_erased_are_counted_for_nobody_else(home: Path) -> None:
    assert {ELSEWHERE} == {what for _, what in told(home, "UPDATE decision SET subject = 1 WHERE subject = 4")}


def test_a_customer_who_is_not_found_any_more_is_told_once(home: Path) -> None:
    """The gate would count nothing of theirs, and who erases them would be told that nothing is held."""
    [(entry, what)] = told(home, "DELETE FROM subject WHERE number = 2")

    assert (3, "not found by their own id") == (entry, what[16:41])
