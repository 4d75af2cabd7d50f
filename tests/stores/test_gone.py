"""The folder of an open home is taken away: nothing is answered as if it were recorded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.home import open_home

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be deleted or moved")


def deleted(home: Path) -> None:
    shutil.rmtree(home)


def moved(home: Path) -> None:
    home.rename(home.with_name("moved"))


def replaced(home: Path) -> None:
    """Another home lies where it was: an old backup, put back while the gate ran."""
    shutil.rmtree(home)
    open_home(home).close()


@pytest.mark.parametrize("taken", [deleted, moved, replaced])
def test_a_gate_whose_home_is_gone_does_not_answer(tmp_path: Path, taken: Callable[[Path], None]) -> None:
    """SQLite writes on into a deleted file and calls it a success: a customer would have been answered, and nothing would know of it."""
    with open_home(tmp_path / "home") as home:
        home.record(refund("d-1"))
        taken(tmp_path / "home")
        for write in (lambda: home.record(refund("d-2")), lambda: home.store.subjects(["c-9"]), lambda: home.follow([], seen=home.last_seq())):
            with pytest.raises(HomeError) as caught:
                write()

            assert ("home.gone", str(tmp_path / "home")) == (caught.value.code, caught.value.place)


def test_a_home_that_goes_while_a_decision_is_written_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before the commit need not be there after it."""
    with open_home(tmp_path / "home") as home:
        record = home.store._record  # type: ignore[attr-defined]

        def going(*given: object) -> object:
            shutil.rmtree(tmp_path / "home", ignore_errors=True)
            return record(*given)

        monkeypatch.setattr(home.store, "_record", going)
        with pytest.raises(HomeError) as caught:
            home.record(refund("d-1"))

    assert caught.value.code == "home.gone"


def test_a_folder_that_was_put_back_records_again(tmp_path: Path) -> None:
    """Whoever moved it by mistake need not restart anything, and what had no answer is recorded once."""
    with open_home(tmp_path / "home") as home:
        home.record(refund("d-1"))
        moved(tmp_path / "home")
        with pytest.raises(HomeError):
            home.record(refund("d-2"))
        (tmp_path / "moved").rename(tmp_path / "home")
        again = [home.record(refund(name)).new for name in ("d-1", "d-2")]

    with open_home(tmp_path / "home") as opened:
        assert [False, True] == again
        assert {"d-1", "d-2"} == set(opened.subject_numbers())
