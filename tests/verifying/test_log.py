"""Verifying: a log that holds is said to hold, and whatever was changed in it is found and named."""

from __future__ import annotations

import random
import shutil

import apsw
import pytest

from ourword.checks.store import refund
from ourword.stores.home import open_home
from ourword.tlog.note import verifier_from
from ourword.verifying.log import verify_home, verify_log


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home of 620 entries, published seven times on the way; and a copy of each checkpoint."""
    home = tmp_path_factory.mktemp("made") / "home"
    kept = []
    for start in range(0, 310, 45):
        with open_home(home) as opened:
            opened.record_many([refund(f"d-{number}", customer=f"c-{number % 9}") for number in range(start, min(310, start + 45))])
        kept.append((f"kept-{start}", (home / "log" / "checkpoint").read_bytes()))
    return home, kept


@pytest.fixture
def home(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "home")


def key_of(home):
    return verifier_from((home / "log" / "key").read_text())


def verified(home, **how):
    with open_home(home, create=False, write=False) as opened:
        return verify_home(opened, **how)


def named(found):
    return [(each.place, each.entry) for each in found.flaws]


def bundle(home, number, size):
    return home / "log" / "tile" / "entries" / (f"{number:03}" if size == 256 else f"{number:03}.p/{size}")


def test_a_log_that_nobody_touched_holds(home, made):
    """With its folder and the key alone; with all checkpoints that somebody kept; and as a home."""
    alone = verify_log(home / "log", key_of(home), old=made[1], full=True)
    whole = verified(home, full=True)

    assert (alone.flaws, alone.notes, alone.size, alone.checkpoints) == ((), (), 620, 7)
    assert (whole.flaws, whole.size, whole.checkpoints, whole.opened, whole.gates) == ((), 620, 7, 310, 7)


def test_the_first_entry_that_was_changed_is_named(home):
    """Not “the log is broken”, but which entry, so that somebody can look at that decision."""
    path = bundle(home, 1, 256)
    changed = path.read_bytes().replace(b'"answer":"allow"', b'"answer":"abide"', 1)
    path.write_bytes(changed)
    found = verify_log(home / "log", key_of(home))

    assert named(found) == [("tile/entries/001", 257)]
    assert "changed" in found.flaws[0].what


def test_a_tile_that_was_damaged_is_told_from_an_entry_that_was(home):
    """The entries are the signed ones; only what is worked out from them is wrong."""
    path = home / "log" / "tile" / "0" / "000"
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    found = verify_log(home / "log", key_of(home))

    assert named(found) == [("tile/0/000", 0)]


def test_a_file_that_is_missing_is_named(home):
    """A log of which a part was left out does not hold."""
    bundle(home, 0, 256).unlink()
    (home / "log" / "tile" / "1" / "000.p" / "2").unlink()
    found = verify_log(home / "log", key_of(home))

    assert ("tile/entries/000", 1) in named(found)
    assert ("tile/1/000.p/2", 0) in named(found)


def rewritten(home, tmp_path, change):
    """What a company could do that holds the key: another history, whole and signed, by the same key."""
    connection = apsw.Connection(str(home / "ledger.sqlite"))
    change(connection)
    connection.execute("DELETE FROM checkpoint")
    connection.close()
    shutil.rmtree(home / "log")
    forget_head(home)
    with open_home(home):
        pass


def forget_head(home):
    """Who can write beside the keys can read them too."""
    connection = apsw.Connection(str(home / "keys.sqlite"))
    connection.execute("DELETE FROM log_head")
    connection.close()


def test_a_history_that_was_rewritten_and_signed_again_is_caught_by_who_kept_a_checkpoint(home, made, tmp_path):
    """The company holds the key; a checkpoint that somebody else kept is what it cannot change."""
    first = b'"answer":"allow"'

    def change(connection):
        entry = connection.execute("SELECT bytes FROM entry WHERE seq = 301").get
        connection.execute("UPDATE entry SET bytes = ? WHERE seq = 301", (entry.replace(first, b'"answer":"abide"'),))

    rewritten(home, tmp_path, change)
    before = [each for each in made[1] if each[0] in ("kept-90", "kept-135", "kept-180")]  # of 270, 360 and 450 entries
    alone = verify_log(home / "log", key_of(home))
    against = verify_log(home / "log", key_of(home), old=before)

    assert alone.holds
    assert [each.place for each in against.flaws] == ["kept-135", "kept-180"]
    assert "rewritten" in against.flaws[0].what


def test_an_entry_that_was_left_out_leaves_a_gap_in_its_gates_count(home, tmp_path):
    """Even where all was signed again, and nobody kept a checkpoint: who deletes one must renumber a whole process."""

    def change(connection):
        connection.execute("DELETE FROM entry WHERE seq = 100")
        connection.execute("UPDATE entry SET seq = -seq WHERE seq > 100")
        connection.execute("UPDATE entry SET seq = -seq - 1 WHERE seq < 0")

    rewritten(home, tmp_path, change)
    found = verify_log(home / "log", key_of(home))

    assert [each.entry for each in found.flaws] == [100]
    assert "missing" in found.flaws[0].what


def test_a_log_that_was_cut_is_shorter_than_it_was(home, made):
    """An older copy of the folder holds by itself; who kept a later checkpoint sees that it is one."""
    (home / "log" / "checkpoint").write_bytes(made[1][2][1])
    found = verify_log(home / "log", key_of(home), old=made[1][-1:])

    assert "cut" in found.flaws[0].what


def test_a_ledger_that_differs_from_its_log_is_told(home):
    """The log was handed out; then an entry was changed, and one deleted, in the database alone."""
    connection = apsw.Connection(str(home / "ledger.sqlite"))
    connection.execute("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'mara', 'jona') AS BLOB) WHERE seq = 7")
    connection.execute("DELETE FROM entry WHERE seq = 9")
    connection.close()
    found = verified(home)

    assert [(each.place, each.entry) for each in found.flaws if each.place == "ledger.sqlite"] == [("ledger.sqlite", 7), ("ledger.sqlite", 9)]


def test_personal_data_that_is_not_what_was_committed_to_is_told(home):
    """Two customers' records swapped: each decrypts, and neither is what its entry commits to."""
    connection = apsw.Connection(str(home / "ledger.sqlite"))
    connection.execute("UPDATE decision SET sealed = (SELECT sealed FROM decision WHERE seq = 1) WHERE seq = 19")
    connection.close()

    assert verified(home).holds
    assert [("ledger.sqlite", 19)] == named(verified(home, full=True))


def test_entries_that_are_not_published_yet_are_no_flaw(home):
    """A gate is at work while somebody verifies."""
    with open_home(home) as opened:
        opened.record(refund("d-new"))
        found = verify_home(opened)

        assert found.holds
        assert found.unpublished == 2


def test_a_file_that_is_none_of_the_log_is_noted(home):
    """A note that somebody laid beside it changes nothing."""
    (home / "log" / "README").write_text("kept by the works council")
    found = verify_log(home / "log", key_of(home), full=True)

    assert found.holds
    assert "README" in found.notes[0]


@pytest.mark.parametrize("seed", range(6))
def test_a_bit_that_flips_anywhere_in_the_log_is_found(home, seed):
    """In every file, also those that only an older checkpoint needs: a damaged disk and a clumsy hand look alike."""
    chance = random.Random(seed)
    known = key_of(home)
    for path in sorted(each for each in (home / "log").rglob("*") if each.is_file()):
        whole = path.read_bytes()
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        found = verify_log(home / "log", known, full=True)
        path.write_bytes(whole)

        assert not found.holds, (path, at, bit)


def broken_off(home, monkeypatch):
    """What a crash leaves between keeping a signed checkpoint and publishing it."""
    with open_home(home) as opened, monkeypatch.context() as patched:
        opened.record(refund("d-later"))
        patched.setattr("ourword.stores.publishing._announce", lambda *_: None)
        opened.close()


def test_a_publishing_that_broke_off_is_no_tampering(home, monkeypatch):
    """The folder is one checkpoint behind what was signed: nobody cut anything, and the next to close goes on."""
    broken_off(home, monkeypatch)
    found = verified(home, full=True)
    with open_home(home):
        pass
    later = verified(home, full=True)

    assert (found.flaws, found.size, found.unpublished) == ((), 620, 2)
    assert (later.flaws, later.size, later.unpublished) == ((), 622, 0)


def test_a_folder_further_behind_was_cut(home, made):
    """One checkpoint is a crash, two are not."""
    for back, flaws in ((-2, 0), (-3, 1)):
        (home / "log" / "checkpoint").write_bytes(made[1][back][1])
        found = verified(home)

        assert (found.flaws_count > 0) == flaws


def test_after_a_publishing_that_broke_off_the_ledger_is_held_against_what_was_signed(home, monkeypatch):
    """What was signed last binds the ledger, though nobody has seen it yet."""
    broken_off(home, monkeypatch)
    connection = apsw.Connection(str(home / "ledger.sqlite"))
    connection.execute("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'mara', 'jona') AS BLOB) WHERE seq = 622")
    connection.close()
    found = verified(home)

    assert "signed last" in found.flaws[0].what
