"""The disk fails at every single write, sync and truncation: nothing acknowledged is lost, nothing is half-written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from tests.stores.disk import failing_disk
from tests.stores.whole import whole

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.ledger.store import Recorded
from ourword.stores import keys
from ourword.stores.home import Home, open_home

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the failing disk stands on SQLite's `unix` files"),
    # An error inside a VFS callback is what we want here; apsw also reports it as one that nobody could catch.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

FAILURES = [(error, stays) for error in (apsw.FullError, apsw.IOError) for stays in (False, True)]
CALLS_MAX = 400


@pytest.mark.parametrize(("error", "stays"), FAILURES)
def test_a_failing_disk_loses_nothing_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception], stays: bool) -> None:
    """Whatever the moment: what was acknowledged is there, what was not is there whole or not at all, and a retry is recorded once."""
    monkeypatch.setattr(keys, "MADE_AHEAD", 2)  # the third customer needs new keys, so that their file fails as well
    failed, at = True, 0
    with failing_disk() as disk:
        while failed and at < CALLS_MAX:
            folder = tmp_path / f"home-{at}"
            acknowledged = {}
            with open_home(folder) as home:
                acknowledged |= {"d-1": home.record(refund("d-1", customer="a")).seq, "d-2": home.record(refund("d-2", customer="b")).seq}
                disk.arm(at, error, stays=stays)
                for name in ("d-3", "d-4"):
                    acknowledged |= recorded_or_error(home, name)
                failed = disk.failed > 0
                disk.disarm()
                acknowledged |= recorded_or_error(home, "d-5")
            with open_home(folder) as again:
                there = whole(again)
                assert acknowledged.items() <= there.items(), f"failing at call {at}"
                for name in ("d-1", "d-2", "d-3", "d-4", "d-5"):
                    recorded = again.record(refund(name, customer=name))
                    assert recorded.new == (name not in there)
                assert whole(again).keys() == {"d-1", "d-2", "d-3", "d-4", "d-5"}
            at += 1

    assert 8 < at < CALLS_MAX, "every call on the way was made to fail"


def recorded_or_error(home: Home, name: str) -> dict[str, int]:
    """Record, and give what was acknowledged."""
    try:
        return {name: home.record(refund(name, customer=name)).seq}
    except HomeError as error:
        if error.code not in ("home.full", "home.io", "home.stopped"):
            raise
        return {}


@pytest.mark.parametrize(("error", "stays"), FAILURES)
def test_a_home_whose_making_failed_is_made_the_next_time(tmp_path: Path, error: type[Exception], stays: bool) -> None:
    """A full disk on the first day leaves nothing that stands in the way on the second."""
    failed, at = True, 0
    with failing_disk() as disk:
        while failed and at < CALLS_MAX:
            folder = tmp_path / f"home-{at}"
            disk.arm(at, error, stays=stays)
            try:
                open_home(folder).close()
            except HomeError as trouble:
                if trouble.code not in ("home.full", "home.io"):
                    raise
            failed = disk.failed > 0
            disk.disarm()
            with open_home(folder) as home:
                assert home.record(refund("d-1")).new
                assert whole(home) == {"d-1": 1}
            at += 1

    assert 8 < at < CALLS_MAX


class _Commit:
    """A connection whose commit happens, or does not, and reports an error in both cases."""

    def __init__(self, connection: apsw.Connection, *, happens: bool) -> None:
        self._connection = connection
        self._happens = happens

    def execute(self, sql: str, *bindings: object) -> object:
        if sql == "COMMIT":
            if self._happens:
                self._connection.execute(sql)
            raise apsw.IOError("the sync failed")
        return self._connection.execute(sql, *bindings)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


@pytest.mark.parametrize("happens", [True, False])
def test_after_a_failed_sync_the_ledger_looks_before_it_speaks(tmp_path: Path, happens: bool) -> None:
    """The outcome of a failed commit is unknown: the home opens anew, reads, and says what is so."""
    with open_home(tmp_path / "home") as home:
        home.record(refund("d-1"))
        home._store._writer = _Commit(home._store._writer, happens=happens)  # type: ignore[assignment,arg-type]
        if happens:
            assert home.record(refund("d-2")).new
        else:
            with pytest.raises(HomeError):
                home.record(refund("d-2"))
        after = home.record(refund("d-3"))

        assert after.new
        assert whole(home).keys() == ({"d-1", "d-2", "d-3"} if happens else {"d-1", "d-3"})


def test_when_the_home_cannot_be_opened_anew_the_writer_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather no verdict than one that may be lost: every later decision is refused until somebody has looked at the disk."""

    def cannot(*_: object, **__: object) -> None:
        raise HomeError("home.io", "the disk is gone", place="here", hint="look at the disk")

    with open_home(tmp_path / "home") as home:
        home._store._writer = _Commit(home._store._writer, happens=True)  # type: ignore[assignment,arg-type]
        monkeypatch.setattr("ourword.stores.sqlite.connect", cannot)
        for name in ("d-1", "d-2"):
            with pytest.raises(HomeError) as caught:
                home.record(refund(name))
            assert caught.value.code == "home.stopped"
    monkeypatch.undo()
    with open_home(tmp_path / "home") as again:
        assert whole(again) == {"d-1": 1}
        assert isinstance(again.record(refund("d-1")), Recorded)


def test_a_disk_of_limited_size_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """With a real SQLITE_FULL from SQLite itself."""
    with open_home(tmp_path / "home") as home:
        writer = home._store._writer
        assert writer is not None
        pages = writer.execute("PRAGMA page_count").get
        writer.execute(f"PRAGMA max_page_count = {pages + 5}")
        acknowledged, code, refused = dict[str, int](), "", ""
        while not code and len(acknowledged) < 200:
            refused = f"d-{len(acknowledged)}"
            try:
                acknowledged[refused] = home.record(refund(refused)).seq
            except HomeError as error:
                code = error.code
        writer.execute("PRAGMA max_page_count = 1000000")

        assert code == "home.full"
        assert whole(home) == acknowledged
        assert home.record(refund(refused)).new


@pytest.fixture
def small_disk(tmp_path: Path, as_root: None) -> Iterator[Callable[[str], Path]]:
    """A disk of the size one asks for; asking again changes its size."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def sized(size: str) -> Path:
        nonlocal mounted
        options = ["-o", f"{'remount,' if mounted else ''}size={size}"]
        if subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(place)], capture_output=True, check=False).returncode:
            pytest.skip("needs root who may mount")
        mounted = True
        return place

    yield sized
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_to_be_full(small_disk: Callable[[str], Path]) -> None:
    """On a real disk: while the home is made, while it records, and after somebody has made room."""
    with pytest.raises(HomeError) as making:
        open_home(small_disk("20k") / "home")
    folder = small_disk("700k") / "home"
    acknowledged, code = dict[str, int](), ""
    with open_home(folder) as home:
        while not code and len(acknowledged) < 2000:
            try:
                acknowledged |= {(name := f"d-{len(acknowledged)}"): home.record(refund(name)).seq}
            except HomeError as error:
                code = error.code
        assert whole(home) == acknowledged
    small_disk("4m")

    assert (making.value.code, code) == ("home.full", "home.full")
    with open_home(folder) as again:
        assert again.record(refund("d-later")).new
        assert whole(again) == {**acknowledged, "d-later": 2 * len(acknowledged) + 1}
