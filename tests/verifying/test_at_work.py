"""A home, and a log, that others change while they are verified: nothing that holds is accused, and what does not hold is told all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.meanwhile import before_call, written

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.rights.forgetting import erase
from ourword.stores.home import open_home
from ourword.stores.rotating import rotate_log_key
from ourword.verifying import folder as folders
from ourword.verifying.log import verify_home, verify_log

NS = 1_800_000_000 * 10**9


@pytest.fixture
def home(begun: Callable[[Path], Path], tmp_path: Path) -> Path:
    """Of 120 decisions on four customers, published at 240 entries."""
    with open_home(begun(tmp_path / "home")) as opened:
        opened.record_many([refund(f"d-{number}", customer=f"c-{number % 4}") for number in range(120)])
    return tmp_path / "home"


def erased(home: Path) -> None:
    with open_home(home) as other:
        erase(other, "c-3", now=NS)


def published(home: Path) -> None:
    with open_home(home) as other:
        other.record_many([refund(f"e-{number}", customer="c-1") for number in range(20)])


def rotated(home: Path) -> None:
    with open_home(home) as other:
        rotate_log_key(other)


@pytest.mark.parametrize("calls", [1, 50, 119])
@pytest.mark.parametrize("act", [erased, published, rotated])
def test_nothing_that_holds_is_accused(home: Path, act: Callable[[Path], None], calls: int) -> None:
    """While personal data is opened a customer is erased, a bundle fills up, the log gets another key."""
    with open_home(home, write=False) as opened:
        opened.store.opening = before_call(calls, opened.store.opening, lambda: act(home))  # type: ignore[method-assign]
        found = verify_home(opened, full=True)

    assert () == found.flaws
    assert found.erased == (30 if act is erased else 0)


def test_what_does_not_hold_is_told_all_the_same(home: Path) -> None:
    written(home, "DELETE FROM decision WHERE seq = 101")
    with open_home(home, write=False) as opened:
        opened.store.opening = before_call(10, opened.store.opening, lambda: erased(home))  # type: ignore[method-assign]
        assert [101] == [each.entry for each in verify_home(opened, full=True).flaws]


@pytest.mark.parametrize("act", [published, rotated])
def test_a_log_that_is_published_on_meanwhile_is_read_again(home: Path, act: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever has its folder and a key alone."""
    with open_home(home, write=False) as opened:
        known = opened.log_key()
    assert known is not None
    monkeypatch.setattr(folders.LogFolder, "entries", before_call(1, folders.LogFolder.entries, lambda: act(home)))

    assert () == verify_log(home / "log", known, full=True).flaws


def test_what_cannot_be_opened_now_is_no_flaw(home: Path) -> None:
    """Keys that were wrapped in this moment, a disk that fails: nobody has found anything out."""

    def locked(number: int) -> None:
        raise HomeError("keys.locked", "the keys of this home are wrapped", place=str(home), hint="name a passphrase")

    with open_home(home, write=False) as opened:
        opened.store.opening = locked  # type: ignore[method-assign,assignment]
        with pytest.raises(HomeError, match="wrapped"):
            verify_home(opened, full=True)
