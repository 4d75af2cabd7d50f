"""A home is moved between files and PostgreSQL: the same bytes under the same numbers, the same root, and nobody records into two."""

from __future__ import annotations

import json
import secrets
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.stores.cluster import Cluster
from tests.tlog.naive import mth as root

from ourword.app import Ourword
from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.events import EventStore
from ourword.stores.home import Home, make_postgres_home, marker_of, open_home
from ourword.stores.moving import move
from ourword.stores.rotating import rotate_log_key
from ourword.verifying.log import verify_home, verify_log

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "larkspur-refund"


def lived(folder: Path) -> None:
    """Let a home decide, hear, settle and publish."""
    with Ourword.open(EXAMPLE / "contract.yaml", EXAMPLE / "wiring.yaml", home=folder) as word:
        lines = (EXAMPLE / "decisions.jsonl").read_bytes().splitlines()
        assert all(word.decide_lines(lines, batch=8))
        word.events(json.loads(line) for line in (EXAMPLE / "events.jsonl").read_text(encoding="utf-8").splitlines())
        word.settle()


def shown(home: Home) -> list[Any]:
    """Everything that a reader can ask for, of every decision."""
    found = [home.find(value.decision_id) for value in (each.value for each in home.log()) if value.__class__.__name__ == "Decision"]
    numbers = home.subject_numbers()
    return [list(home.log()), found, numbers, home.checkpoints()[:1], home.log_key(), [home.store.customer(number) for number in numbers.values()]]


def test_a_home_whose_log_has_another_key_goes_there_and_back_and_any_of_its_keys_holds(tmp_path: Path, cluster: Cluster) -> None:
    """What leads from key to key moves along, to every folder that joins; one that is half way to another key goes nowhere."""
    schema = f"home_{secrets.token_hex(6)}"
    with open_home(tmp_path / "a") as home:
        home.record(refund("d-1"))
        home.publish()
        old = home.log_key()
        rotate_log_key(home)
        home.record(refund("d-2"))
        home.keys.next_log_seed(make=True)
        with pytest.raises(HomeError) as caught:
            move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=f"home_{secrets.token_hex(6)}")
    move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=schema)
    make_postgres_home(tmp_path / "joined", cluster.address, schema=schema)
    with open_home(tmp_path / "joined") as home:
        home.record(refund("d-3"))
    with open_home(tmp_path / "b") as home:
        rotate_log_key(home)
        home.record(refund("d-4"))
        home.publish()
        there = verify_home(home, known=old, full=True)
    move(tmp_path / "b", tmp_path / "c")
    with open_home(tmp_path / "c") as home:
        home.record(refund("d-5"))
        rotate_log_key(home)
        back = verify_home(home, known=old, full=True)

    assert (caught.value.code, (tmp_path / "b").exists()) == ("keys.rotating", True)
    assert [(each.flaws, len(each.rotations)) for each in (there, back)] == [((), 3), ((), 4)]
    assert old is not None
    assert verify_log(tmp_path / "joined" / "log", old, full=True).flaws == ()


def test_there_and_back_again(tmp_path: Path, cluster: Cluster) -> None:
    lived(tmp_path / "a")
    with open_home(tmp_path / "a", write=False) as home:
        before = shown(home)
    schema = f"home_{secrets.token_hex(6)}"
    there = move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=schema)
    with open_home(tmp_path / "b", write=False) as home:
        assert shown(home) == before
    back = move(tmp_path / "b", tmp_path / "c")
    with open_home(tmp_path / "c", write=False) as home:
        assert shown(home) == before

    assert there.root == back.root == root([entry.bytes for entry in before[0]])
    assert there == back
    for name in ("a", "b"):
        with pytest.raises(HomeError) as caught:
            open_home(tmp_path / name)
        assert caught.value.code == "home.moved"
    with Ourword.open(EXAMPLE / "contract.yaml", EXAMPLE / "wiring.yaml", home=tmp_path / "c") as word:
        again = list(word.decide_lines((EXAMPLE / "decisions.jsonl").read_bytes().splitlines(), batch=8))
        assert word.home is not None
        assert len(again) == len(before[1])
        assert word.home.last_seq() == len(before[0])
        recorded = word.home.record(refund("new", customer="somebody new"))
        assert recorded.seq == len(before[0]) + 1


def test_what_is_decided_after_the_move_goes_on_in_the_new_home(tmp_path: Path, cluster: Cluster) -> None:
    """New customers get numbers that nobody has, new entries the next ones."""
    with open_home(tmp_path / "a") as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number}") for number in range(5)])
    move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=f"home_{secrets.token_hex(6)}")
    with open_home(tmp_path / "b") as home:
        home.record_many([refund(f"e-{number}", customer=f"c-{number}") for number in range(10)])
        assert [home.history(f"c-{number}", "refund") for number in range(10)] == [2] * 5 + [1] * 5
        assert sorted(set(home.subject_numbers().values())) == list(range(1, 11))
        assert home.record(refund("d-3", customer="c-3")).new is False


@pytest.mark.parametrize("postgres", [False, True])
def test_a_gate_that_still_has_the_old_home_open_acknowledges_nothing(tmp_path: Path, cluster: Cluster, postgres: bool) -> None:
    """Two histories under one name would be worse than an error."""
    if postgres:
        make_postgres_home(tmp_path / "a", cluster.address, schema=f"home_{secrets.token_hex(6)}")
    with open_home(tmp_path / "a") as home:
        home.record(refund("d-1"))
        move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=f"home_{secrets.token_hex(6)}")
        with pytest.raises(HomeError):
            home.record(refund("d-2"))
    with open_home(tmp_path / "b") as home:
        assert home.find("d-1") is not None
        assert home.find("d-2") is None


@pytest.mark.parametrize("step", ["_copy_files", "mark", "leave"])
def test_a_move_that_breaks_off_is_run_again(tmp_path: Path, cluster: Cluster, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_home(tmp_path / "a") as home:
        home.record(refund("d-1"))

    def breaks(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ourword.stores.sides.SqliteSide.leave" if step == "leave" else f"ourword.stores.moving.{step}", breaks)
        with pytest.raises(KeyboardInterrupt):
            move(tmp_path / "a", tmp_path / "b")
    moved = move(tmp_path / "a", tmp_path / "b")

    assert moved.entries == 2
    with open_home(tmp_path / "b") as home:
        assert home.record(refund("d-1")).new is False


@pytest.mark.parametrize("left", ["people.sqlite-journal", "people.sqlite-wal", "people.sqlite-shm"])
def test_a_move_that_breaks_off_among_the_events_is_run_again(tmp_path: Path, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What SQLite lays beside the database of events while it is written is ours, as what it lays beside the others."""
    lived(tmp_path / "a")
    with open_home(tmp_path / "a", write=False) as home:
        before = shown(home)

    def breaks(source: Path, target: Path, token: int) -> None:
        (target / "people.sqlite").touch()
        (target / left).touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ourword.stores.moving._copy_files", breaks)
        with pytest.raises(KeyboardInterrupt):
            move(tmp_path / "a", tmp_path / "b")
    move(tmp_path / "a", tmp_path / "b")

    with open_home(tmp_path / "b", write=False) as home, EventStore(home):
        assert shown(home) == before


def test_nothing_is_moved_over_another_home(tmp_path: Path, cluster: Cluster) -> None:
    schema = f"home_{secrets.token_hex(6)}"
    make_postgres_home(tmp_path / "other", cluster.address, schema=schema)
    for name in ("a", "b"):
        with open_home(tmp_path / name) as home:
            home.record(refund("d-1"))
    for target, address in (("b", ""), ("new", cluster.address)):
        with pytest.raises(HomeError) as caught:
            move(tmp_path / "a", tmp_path / target, postgres=address, schema=schema)
        assert caught.value.code == "home.foreign"
    with open_home(tmp_path / "a") as home:
        assert home.record(refund("d-2")).new


def test_a_home_is_not_moved_into_itself(ourword: Command, tmp_path: Path) -> None:
    """It waited ten seconds for its own lock, and spoke of another process."""
    with open_home(tmp_path / "a") as home:
        home.record(refund("d-1"))
    (tmp_path / "link").symlink_to(tmp_path / "a")
    for target in (tmp_path / "a", tmp_path / "link", tmp_path / "a" / "b"):
        told = ourword("migrate", tmp_path / "a", target)
        assert (64, f"TO: `{target}` lies in the home `{tmp_path / 'a'}`, or is it") == (told.code, told.err.splitlines()[0])
    with open_home(tmp_path / "a") as home:
        assert home.record(refund("d-2")).new


@pytest.mark.parametrize("how", ["changed", "cut", "older"])
def test_entries_that_are_not_those_that_were_signed_are_not_moved(tmp_path: Path, how: str) -> None:
    """The new home would begin with them, and both roots agree: so it is refused as publishing refuses, and the old home stays as it was."""
    with open_home(tmp_path / "a") as home:
        home.record_many([refund(f"d-{number}") for number in range(5)])
    shutil.copytree(tmp_path / "a", tmp_path / "before")
    if how == "older":
        with open_home(tmp_path / "a") as home:
            home.record(refund("d-9"))
        for name in ("ledger.sqlite", "keys.sqlite"):
            shutil.copy(tmp_path / "before" / name, tmp_path / "a" / name)
    else:
        with closing(apsw.Connection(str(tmp_path / "a" / "ledger.sqlite"))) as ledger:
            last = ledger.execute("SELECT max(seq) FROM entry").get
            cut = ("DELETE FROM decision WHERE seq = ?", "DELETE FROM entry WHERE seq = ?")
            changed = ("UPDATE entry SET bytes = CAST(replace(bytes, 'ow', 'wo') AS BLOB) WHERE seq = ? - ? + 2",)
            for sql in cut if how == "cut" else ():
                ledger.execute(sql, (last,))
            for sql in changed if how == "changed" else ():
                ledger.execute(sql, (last, last))
    with pytest.raises(HomeError) as caught:
        move(tmp_path / "a", tmp_path / "b")

    assert caught.value.code == "home.log-forked"
    assert {"changed": "are not those", "cut": "the ledger holds", "older": "the ledger holds"}[how] in caught.value.what
    assert not (tmp_path / "b").exists()
    assert marker_of(tmp_path / "a") is not None


def test_a_move_that_was_killed_once_the_database_has_it_is_run_again(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are there, the folder is no home yet: it is gone on with, and as soon as the rows are others no more."""
    lived(tmp_path / "a")
    schema = f"home_{secrets.token_hex(6)}"

    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ourword.stores.moving._copy_files", killed)
        with pytest.raises(KeyboardInterrupt):
            move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=schema)
    shutil.copytree(tmp_path / "a", tmp_path / "again")
    moved = move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=schema)
    with open_home(tmp_path / "b") as home:
        assert (moved.entries, verify_home(home, full=True).flaws) == (home.last_seq(), ())
        home.record(refund("d-later"))
    with pytest.raises(HomeError, match="holds a home already"):
        move(tmp_path / "again", tmp_path / "c", postgres=cluster.address, schema=schema)
    with open_home(tmp_path / "again", write=False) as home:
        assert home.last_seq() == moved.entries
