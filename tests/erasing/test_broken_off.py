"""Erasing is killed anywhere and run again: then the customer is gone whole, once, and nobody else is touched."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from tests.erasing.shop import BEFORE, NEEDLES, NS, OTHERS, ZORA, found_in, opened, theirs

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure, SegmentResealed
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.stores.erasures import list_of, read
from ourword.stores.events import EventStore
from ourword.stores.tables import tables

ERASER = Path(__file__).with_name("eraser.py")
ROUNDS = 14
LASTING = 9
"""The statements of an erasure in PostgreSQL, from the one that deletes the key on, that change the database for good."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot kill itself like that there")


def run(home: Path, at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ERASER, home, ZORA, str(NS), str(at)], capture_output=True, text=True, check=False)


@pytest.mark.timeout(600)  # some thirty processes, one after the other
def test_a_killed_erasure_is_finished_by_running_it_again(shop: Path, tmp_path: Path) -> None:
    """At points drawn by lot, the first and the last among them; some are killed twice."""
    with opened(Path(shutil.copytree(shop, tmp_path / "before"))) as whole:
        sealed = list(theirs(whole, (ZORA, BEFORE)))
        entries = [entry.bytes for entry in whole.log()]
        others = {each: _plain(export(whole, each, now=NS)) for each in OTHERS}
    shutil.copytree(shop, tmp_path / "once")
    steps = int(run(tmp_path / "once", 0).stdout.split()[0])
    chance = random.Random(24)
    for round_, at in enumerate([1, steps, *chance.sample(range(2, steps), ROUNDS - 2)]):
        home = tmp_path / f"round-{round_}"
        shutil.copytree(shop, home)
        assert run(home, at).returncode == -9, at
        if round_ % 3 == 0:
            run(home, chance.randrange(1, steps))
        done = run(home, 0)

        assert (done.returncode, done.stderr) == (0, ""), at
        assert [] == found_in(home, [*NEEDLES, *sealed]), at
        with opened(home) as whole, EventStore(whole):
            log = [entry.value for entry in whole.log()][len(entries) :]
            assert entries == [entry.bytes for entry in whole.log()][: len(entries)], at
            assert 2 == sum(isinstance(each, Erasure) for each in log), at
            assert _chain_holds(home, whole.store.segments()), at
            assert {each: _plain(export(whole, each, now=NS)) for each in OTHERS} == others, at
            assert (export(whole, ZORA, now=NS)["held"], whole.store.erasing()) == (False, []), at
            with tables(whole) as duck:
                assert duck.execute("SELECT count(DISTINCT subject) FROM events").fetchone() == (2,), at
        assert not [each for each in home.rglob("*.new") if each.is_file()], at


class Before(NamedTuple):
    """The home in a database before anybody was erased from it, and the points at which an erasure is killed."""

    entries: list[bytes]
    others: dict[str, dict[str, object]]
    keys: list[int]
    points: list[int]


@pytest.fixture(scope="module")
def before(new_there: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Before:
    there = new_there(tmp_path_factory.mktemp("before") / "there")
    with opened(there) as whole:
        entries = [entry.bytes for entry in whole.log()]
        others = {each: _plain(export(whole, each, now=NS)) for each in OTHERS}
        keys = [number for number in map(whole.store.number_of, (ZORA, BEFORE)) if number is not None]
    steps, _, _, *lasting = map(int, run(there, 0).stdout.split())
    assert len(lasting) > LASTING
    return Before(entries, others, keys, [lasting[0], *lasting[-LASTING:], steps])  # those between are of files that are written anew


@pytest.mark.parametrize("place", range(LASTING + 2))
def test_a_killed_erasure_in_postgresql_is_finished_by_running_it_again(there: Path, before: Before, place: int) -> None:
    """Before each statement that changes the database for good, and after the last; what was begun is known to be until it is done."""
    assert run(there, before.points[place]).returncode == -9
    if place == 3:
        assert run(there, 4).returncode == -9
    with opened(there) as whole:
        begun = bool(whole.store.erasures())
        assert (place > 0) == begun
        assert begun or [entry.bytes for entry in whole.log()] == before.entries
        assert whole.store.erasing() or not begun or not any(map(whole.keys.subject, before.keys))
    done = run(there, 0)

    assert (done.returncode, done.stderr) == (0, "")
    assert [] == found_in(there, NEEDLES)
    with opened(there) as whole, EventStore(whole):
        log = list(whole.log())
        assert before.entries == [entry.bytes for entry in log][: len(before.entries)]
        assert 2 == sum(isinstance(entry.value, Erasure) for entry in log)
        assert _chain_holds(there, whole.store.segments())
        assert {each: _plain(export(whole, each, now=NS)) for each in OTHERS} == before.others
        assert (export(whole, ZORA, now=NS)["held"], whole.store.erasing()) == (False, [])
        assert not any(map(whole.keys.subject, before.keys))
        assert 2 == len(read(list_of(there)))


@pytest.mark.parametrize("what", ["removed", "read"])
def test_a_file_of_events_that_resists_is_said_and_erasing_goes_on_later(home: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Not an error of Python's or DuckDB's, from which nobody could tell that running it again is what helps."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error") if what == "removed" else duckdb.IOException("Cannot open file")

    with opened(home) as whole:
        with monkeypatch.context() as broken:
            broken.setattr(*((Path, "unlink", refused) if what == "removed" else ("ourword.stores.events.users", refused)))
            with pytest.raises(HomeError) as raised:
                erase(whole, ZORA, now=NS)
        erase(whole, ZORA, now=NS)

        assert ("home.io", []) == (raised.value.code, whole.store.erasing())
    assert [] == found_in(home, NEEDLES)


def _plain(exported: dict[str, object]) -> dict[str, object]:
    """Without what may be told otherwise afterwards: reasons that named her, and whose id a shared order is found under."""
    return {name: value for name, value in exported.items() if name not in ("names", "signals")}


def _chain_holds(home: Path, entries: list[tuple[int, object]]) -> bool:
    """Every file that is there is the last of its chain, and each link begins where the one before ended."""
    digests: dict[str, str] = {}
    for _, each in entries:
        if isinstance(each, SegmentResealed):
            assert digests.pop(each.before) == each.old
            digests[each.file] = each.new
        else:
            digests[each.file] = each.digest  # type: ignore[attr-defined]
    return set(digests) == {f"events/{path.name}" for path in (home / "events").iterdir()}
