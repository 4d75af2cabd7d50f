"""Publishing: every home ends with a log that outsiders can verify; however it was interrupted, and without slowing a commit."""

from __future__ import annotations

import pytest
from tests.tlog import naive

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.home import open_home
from ourword.tlog.checkpoint import open_checkpoint
from ourword.tlog.note import verifier_from
from ourword.tlog.tiles import tiles_of, unpacked


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
    for more in (0, 1, 3, 250, 300, 0, 700):
        record(tmp_path / "home", size, size + more)
        size += more
        checkpoint, found = published(tmp_path / "home")

        assert found == entries_of(tmp_path / "home")
        assert (checkpoint.size, checkpoint.root) == (2 * size, naive.mth(found))


def test_a_home_from_before_is_brought_under_the_tree(tmp_path):
    """Its log folder is not there, nor a key, nor a checkpoint; its entries are."""
    import shutil

    import apsw

    record(tmp_path / "home", 0, 300)
    before, _ = published(tmp_path / "home")
    shutil.rmtree(tmp_path / "home" / "log")
    for name, table in (("ledger.sqlite", "checkpoint"), ("keys.sqlite", "log_key")):
        connection = apsw.Connection(str(tmp_path / "home" / name))
        connection.execute(f"DROP TABLE {table}")
        connection.close()
    record(tmp_path / "home", 0, 0)
    after, found = published(tmp_path / "home")

    assert (after.size, after.root) == (before.size, before.root)
    assert found == entries_of(tmp_path / "home")


def test_a_log_that_was_lost_is_written_again_and_damage_is_mended(tmp_path):
    """All of it follows from the entries; the checkpoint that was signed before says whether they are the same."""
    import shutil

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
    import shutil

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
