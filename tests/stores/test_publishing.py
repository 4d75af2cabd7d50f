"""Publishing: every home ends with a log that outsiders can verify; however it was interrupted, and without slowing a commit."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.tlog import naive
from tests.tries import tries

from ourword.checks.store import refund
from ourword.errors import HomeError, LogError
from ourword.stores.home import open_home
from ourword.stores.regularly import published_regularly
from ourword.tlog.checkpoint import open_checkpoint
from ourword.tlog.note import verifier_from
from ourword.tlog.tiles import tiles_of, unpacked
from ourword.verifying.log import verify_home, verify_log


def entries_of(folder):
    with open_home(folder, write=False) as home:
        return [each.bytes for each in home.log()]


def published(folder):
    """The checkpoint and the entries of `log/`, read without anything of a home's."""
    log = folder / "log"
    checkpoint = open_checkpoint((log / "checkpoint").read_bytes(), verifier_from((log / "key").read_text()))
    found = [entry for tile in tiles_of(checkpoint.size) if tile.is_bundle for entry in unpacked((log / tile.path).read_bytes())]
    return checkpoint, found


def record(folder, start, end):
    with open_home(folder) as home:
        for each in home.record_many([refund(f"d-{number}", customer=f"c-{number % 9}") for number in range(start, end)]):
            assert each.new


def test_every_home_that_is_closed_is_published(tmp_path):
    """Nobody has to remember a command: what was recorded can be verified."""
    size = 0
    for more in (1, 3, 250, 300, 0, 700):
        record(tmp_path / "home", size, size + more)
        size += more
        checkpoint, found = published(tmp_path / "home")

        assert found == entries_of(tmp_path / "home")
        assert (checkpoint.size, checkpoint.root) == (2 * size, naive.mth(found))


def test_a_home_without_an_entry_publishes_nothing_until_it_is_asked(tmp_path):
    """There is nothing to show; who wants the key beforehand gets a checkpoint of no entries, and the log goes on from it."""
    record(tmp_path / "home", 0, 0)
    assert not (tmp_path / "home" / "log").exists()
    with open_home(tmp_path / "home") as home:
        assert home.publish().size == 0
    record(tmp_path / "home", 0, 2)
    with open_home(tmp_path / "home", write=False) as home:
        found = verify_home(home, full=True)

    assert (found.flaws, found.size, found.checkpoints) == ((), 4, 2)


def test_a_home_from_before_is_brought_under_the_tree(tmp_path):
    """Its log folder is not there, nor a key, nor a checkpoint; its entries are."""
    import apsw

    record(tmp_path / "home", 0, 300)
    before, _ = published(tmp_path / "home")
    shutil.rmtree(tmp_path / "home" / "log")
    for name, table in (("ledger.sqlite", "checkpoint"), ("keys.sqlite", "log_key"), ("keys.sqlite", "log_head")):
        connection = apsw.Connection(str(tmp_path / "home" / name))
        connection.execute(f"DROP TABLE {table}")
        connection.close()
    record(tmp_path / "home", 0, 0)
    after, found = published(tmp_path / "home")

    assert (after.size, after.root) == (before.size, before.root)
    assert found == entries_of(tmp_path / "home")


def test_a_log_that_was_lost_is_written_again_and_damage_is_mended(tmp_path):
    """All of it follows from the entries; the checkpoint that was signed before says whether they are the same."""
    record(tmp_path / "home", 0, 200)
    log = tmp_path / "home" / "log"
    shutil.rmtree(log)
    record(tmp_path / "home", 200, 210)
    (log / "tile" / "1" / "000.p" / "1").write_bytes(bytes(32))
    record(tmp_path / "home", 210, 220)
    checkpoint, found = published(tmp_path / "home")

    assert checkpoint.root == naive.mth(found)
    assert found == entries_of(tmp_path / "home")


def test_a_ledger_that_went_back_signs_no_second_history(tmp_path):
    """An old backup of the entries beside a newer log: going on would tell two histories, and one of them to somebody."""
    home = tmp_path / "home"
    record(home, 0, 10)
    shutil.copytree(home, tmp_path / "backup")
    record(home, 10, 20)
    for name in ("ledger.sqlite", "keys.sqlite"):
        shutil.copy(tmp_path / "backup" / name, home / name)

    for start in (30, 50):  # fewer entries than were signed, then more
        record(home, start, start + 15)
        with open_home(home) as opened, pytest.raises(HomeError, match="nothing more is signed") as raised:
            opened.publish()
        assert raised.value.code == "home.log-forked"


def test_two_processes_that_close_at_once_publish_the_later_one(tmp_path):
    """A checkpoint that is published never goes back."""
    first, second = open_home(tmp_path / "home"), open_home(tmp_path / "home")
    first.record(refund("d-1"))
    second.record(refund("d-2"))
    second.close()
    first.close()
    checkpoint, found = published(tmp_path / "home")

    assert checkpoint.size == len(found) == 4


def test_a_home_that_stays_open_is_published_while_it_is_at_work(tmp_path):
    """A server that runs for months has not one checkpoint, at its end."""
    import time

    with open_home(tmp_path / "home") as home, published_regularly(home, seconds=0.01):
        home.record(refund("d-1"))
        for _ in range(3000):
            if home.published_size() == 2:
                break
            time.sleep(0.01)

        assert home.published_size() == 2


class Trouble:
    """A disk on which call number *at* to `os.replace` or `os.fsync` fails, as if the process ended there."""

    def __init__(self, monkeypatch, at):
        self.calls = 0

        def failing(call):
            def called(*given):
                self.calls += 1
                if self.calls > at:
                    raise OSError(5, "the test said so")
                return call(*given)

            return called

        for name in ("replace", "fsync"):
            monkeypatch.setattr(os, name, failing(getattr(os, name)))


def test_publishing_that_broke_off_anywhere_goes_on_and_was_never_wrong(tmp_path, monkeypatch):
    """After every single step: what is published holds, nothing is signed that is not there, and the next run completes it."""
    record(tmp_path / "made", 0, 120)
    at = done = 0
    while not done:
        home = shutil.copytree(tmp_path / "made", tmp_path / f"home-{at}")
        with open_home(home) as opened:
            opened.record_many([refund(f"d-{number}") for number in range(120, 131)])  # 240 entries, then 262: a tile fills up
            with monkeypatch.context() as patch:
                trouble = Trouble(patch, at)
                try:
                    opened.publish()
                    done = trouble.calls
                except HomeError:
                    pass
            known = opened.log_key()
            between = verify_log(home / "log", known)
            assert (between.flaws, between.size in (240, 262)) == ((), True)
            for note in opened.checkpoints():  # whatever was signed can be verified with what is on the disk
                signed = open_checkpoint(note, known)
                assert signed.root == naive.mth([each.bytes for each in opened.log()][: signed.size])
            opened.publish()
            after = verify_log(home / "log", known, full=True)
            assert (after.flaws, after.size) == ((), 262)
        at += 1

    assert done == at - 1 > 10


@settings(max_examples=tries(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begun=st.booleans(), broken=st.lists(st.tuples(st.integers(0, 22), st.integers(0, 140)), min_size=2, max_size=4))
@example(begun=True, broken=[(9, 3), (9, 3)])
@example(begun=False, broken=[(11, 3), (11, 3)])
def test_publishing_that_breaks_off_again_and_again_is_no_log_that_was_set_back(begun, broken, monkeypatch):
    """A checkpoint that was signed and kept, and did not get its name, gets it before a later one is signed."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with open_home(home) as opened:
            opened.record_many([refund("first")] * begun)
        number = 0
        for at, decisions in broken:
            opened = open_home(home)
            opened.record_many([refund(f"d-{each}") for each in range(number, number + decisions)])
            number += decisions
            with monkeypatch.context() as patch:
                Trouble(patch, at)
                opened.close()
            with open_home(home, write=False) as looked_at, suppress(LogError):  # `log.none`: it was signed once and is not published yet
                assert verify_home(looked_at, full=True).flaws == ()
        with open_home(home) as opened:
            assert opened.publish().size == opened.last_seq()
            assert verify_home(opened, full=True).flaws == ()


def test_recording_does_not_wait_for_publishing(tmp_path):
    """No tile, no signature and no checkpoint is written by a commit."""
    with open_home(tmp_path / "home") as home:
        home.publish()
        before = sorted(each for each in (tmp_path / "home" / "log").rglob("*"))
        for number in range(5):
            home.record(refund(f"d-{number}"))

        assert before == sorted(each for each in (tmp_path / "home" / "log").rglob("*"))


def test_a_full_disk_at_closing_loses_nothing(tmp_path, monkeypatch):
    """What was acknowledged is there; the next to close publishes it."""
    home = tmp_path / "home"
    with monkeypatch.context() as patch, open_home(home) as opened:
        opened.record(refund("d-1"))
        Trouble(patch, 0)
    assert not (home / "log" / "checkpoint").exists()
    record(home, 2, 3)

    assert published(home)[0].size == 4


def test_a_home_whose_signing_key_was_lost_signs_with_no_other(tmp_path):
    """A new key would be a new log: whoever kept a checkpoint would see that the old one ended."""
    import apsw

    record(tmp_path / "home", 0, 3)
    connection = apsw.Connection(str(tmp_path / "home" / "keys.sqlite"))
    connection.execute("DELETE FROM log_key")
    connection.close()
    with open_home(tmp_path / "home") as home, pytest.raises(HomeError) as raised:
        home.publish()

    assert raised.value.code == "home.keys-missing"
