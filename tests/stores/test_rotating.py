"""Another key for the log: the old one vouches for it, whatever breaks off on the way, and nobody else can put one in its place."""

from __future__ import annotations

import os
import shutil

import apsw
import pytest

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.ledger.entry import KeyRotated, entry_bytes
from ourword.stores import wrapped
from ourword.stores.home import open_home
from ourword.stores.rotating import rotate_log_key
from ourword.stores.wrapping import told_of, wrap
from ourword.tlog.checkpoint import sign_checkpoint
from ourword.tlog.note import Signer, verifier_from
from ourword.verifying.log import verify_home, verify_log


@pytest.fixture
def home(tmp_path):
    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number % 3}") for number in range(4)])
    return tmp_path / "home"


def rotated(folder):
    with open_home(folder) as home:
        return rotate_log_key(home)


def record(folder, *ids):
    with open_home(folder) as home:
        for each in ids:
            home.record(refund(each))


def rotations_in(folder):
    with open_home(folder, write=False) as home:
        return [(each.seq, each.value) for each in home.log() if isinstance(each.value, KeyRotated)]


def test_the_old_key_signs_the_entry_that_names_the_new_one_which_signs_from_then_on(home):
    """Whoever trusts the old one is led to the new one by the old one itself."""
    old = verifier_from((home / "log" / "key").read_text())
    done = rotated(home)
    record(home, "d-9")
    new = verifier_from((home / "log" / "key").read_text())
    between, after = (home / "log" / "rotated" / "9").read_bytes(), (home / "log" / "checkpoint").read_bytes()

    assert (done.entry, done.old, done.new) == (9, old.text, new.text)
    assert [each.new for _, each in rotations_in(home)] == [new.text]
    assert (old.short.encode() in old.text.encode(), old.name) == (True, new.name)
    assert [line.split()[1] for line in between.decode().splitlines() if line.startswith("— ")] == [old.name] * 2
    assert after.count("— ".encode()) == 1


def test_every_key_leads_to_the_log_as_it_is(home):
    """An auditor has the key of two years ago, a customer that of today."""
    keys = [verifier_from((home / "log" / "key").read_text())]
    for number in range(3):
        rotated(home)
        keys.append(verifier_from((home / "log" / "key").read_text()))
        record(home, f"e-{number}")
    for known in keys:
        alone = verify_log(home / "log", known, full=True)
        with open_home(home, write=False) as opened:
            beside = verify_home(opened, known=known, full=True)

        assert (alone.flaws, alone.notes, [each.entry for each in alone.rotations]) == ((), (), [9, 12, 15])
        assert (beside.flaws, beside.checkpoints) == ((), 7)


def test_the_old_seed_is_gone_from_every_file(home):
    """Who breaks in later cannot sign in its name."""
    with open_home(home, write=False) as opened:
        seed = opened.keys.log_seed()
    rotated(home)
    held = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())

    assert not any(half in held for half in (seed[:16], seed[16:]))


def test_a_wrapped_home_rotates_and_one_that_was_about_to_is_wrapped(home, tmp_path, monkeypatch):
    """The two do not know of each other, and need not."""
    (tmp_path / "words").write_bytes(b"six words that were drawn by lot")
    monkeypatch.setenv(wrapped.PASSPHRASE_FILE, str(tmp_path / "words"))
    with open_home(home) as opened:
        seed = opened.keys.next_log_seed(make=True)
        wrap(home, lambda place, home: wrapped.by_passphrase(b"six words that were drawn by lot", chance=os.urandom, log_n=14))
        assert opened.keys.next_log_seed() == seed
    with open_home(home, write=False) as opened:  # closing has gone on with it
        found = verify_home(opened, full=True)
        signing = opened.keys.log_seed()
    rotated(home)
    held = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())

    assert (found.flaws, signing, len(rotations_in(home))) == ((), seed, 2)
    assert seed not in held


def test_a_log_that_was_deleted_is_laid_again_with_what_leads_from_key_to_key(home):
    """All of it follows from the ledger and from what was signed."""
    old = verifier_from((home / "log" / "key").read_text())
    rotated(home)
    record(home, "d-9")
    shutil.rmtree(home / "log")
    with open_home(home, write=False) as opened:
        gone = verify_home(opened)
    record(home, "d-10")

    assert [each.place for each in gone.flaws] == ["log"]
    assert verify_log(home / "log", old, full=True).flaws == ()


# ---- others ----------------------------------------------------------------------------------------------------------------


def test_a_process_that_read_the_old_key_signs_no_more(home):
    """It read the seed a moment before, and comes to sign a moment after."""
    with open_home(home) as opened:
        before = Signer(opened.log_name, opened.keys.log_seed())
        rotate_log_key(opened)
        stale = sign_checkpoint(before, 11, bytes(32))
        with pytest.raises(HomeError) as raised:
            opened.keys.keep_log_head(11, stale.note)
        after = opened.keys.log_head()

    assert raised.value.code == "keys.rotating"
    assert after == (home / "log" / "checkpoint").read_bytes()


def test_while_a_key_is_rotated_nobody_else_signs(home):
    """So the checkpoint that names the new key is the first one after all that the old one has signed."""
    with open_home(home) as opened:
        opened.keys.next_log_seed(make=True)
        note = sign_checkpoint(Signer(opened.log_name, opened.keys.log_seed()), 9, bytes(32)).note
        with pytest.raises(HomeError) as raised:
            opened.keys.keep_log_head(9, note)

    assert raised.value.code == "keys.rotating"
    assert len(rotations_in(home)) == 1, "closing has gone on with it"


def test_gates_that_are_open_go_on_and_sign_with_the_new_key(home):
    """Nobody has to be stopped."""
    with open_home(home) as gate:
        gate.record(refund("e-1"))
        rotated(home)
        gate.record(refund("e-2"))
        gate.publish()
    with open_home(home, write=False) as opened:
        found = verify_home(opened, full=True)

    assert (found.flaws, len(found.rotations)) == ((), 1)


def test_who_can_write_the_ledger_and_has_no_key_cannot_put_in_one_of_theirs(home):
    """An entry that names a stranger's key, signed by us with all others, would lead every auditor to the stranger."""
    with open_home(home, write=False) as opened:
        old, stranger = opened.log_key(), Signer(opened.log_name, b"\x07" * 32).verifier
    entry = entry_bytes(KeyRotated(time="2026-11-23T10:00:00Z", gate="0" * 16, counter=1, old=old.text, new=stranger.text))
    connection = apsw.Connection(str(home / "ledger.sqlite"))
    connection.execute("INSERT INTO entry VALUES (9, ?)", (entry,))
    connection.close()
    for act in (lambda opened: opened.publish(), rotate_log_key):
        with open_home(home) as opened, pytest.raises(HomeError, match="gives the log another key") as raised:
            act(opened)
        assert raised.value.code == "home.log-forked"

    assert (verify_log(home / "log", old).size, told_of(home).since) == (8, 0)


def test_who_changes_the_entry_before_it_is_signed_gets_no_signature(home):
    """Between appending it and signing it lies a moment."""
    with open_home(home) as opened:
        old, stranger = opened.log_key(), Signer(opened.log_name, b"\x07" * 32).verifier
        opened.keys.next_log_seed(make=True)
        entry = entry_bytes(KeyRotated(time="2026-11-23T10:00:00Z", gate=opened.gate, counter=1, old=old.text, new=stranger.text))
        with opened.store.appending() as (writer, _):
            writer.execute("INSERT INTO entry VALUES (9, ?)", (entry,))
        with pytest.raises(HomeError) as raised:
            opened.publish()

    assert raised.value.code == "home.log-forked"


# ---- broken off ------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


class Steps:
    """Every SQL statement on ledger and keys, every rename and every sync is a step; at one of them the process ends, and does nothing more."""

    def __init__(self, patch, home, at):
        self.taken, self.at = 0, at
        for connection in (home.keys._connection, home.store._writer):
            connection.exec_trace = self._trace
        for name in ("replace", "fsync"):
            patch.setattr(os, name, self._before(getattr(os, name)))

    def _step(self):
        self.taken += 1
        if self.taken > self.at:
            raise Killed

    def _trace(self, cursor, sql, bindings):
        self._step()
        return True

    def _before(self, call):
        def called(*given):
            self._step()
            return call(*given)

        return called


def kill(home):
    """End it as a kill does: what SQLite has not committed is undone, nothing is published at closing."""
    for connection in (home.keys._connection, home.store._writer):
        connection.exec_trace = None
        connection.close(True)
    home.store._reader.close(True)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_broken_off_at_any_step_every_key_holds_and_the_next_publishing_goes_on(home, tmp_path):
    """At each step in turn: what lies there holds with the old key and with the home's; then it goes on by itself, once."""
    old = verifier_from((home / "log" / "key").read_text())
    at, done, begun = 0, False, 0
    while not done:
        copy = shutil.copytree(home, tmp_path / f"home-{at}")
        opened = open_home(copy)
        with pytest.MonkeyPatch.context() as patch:
            Steps(patch, opened, at)
            try:
                rotate_log_key(opened)
                done = True
            except Killed:
                pass
        kill(opened)
        with open_home(copy, write=False) as looked:
            between, ours = verify_log(copy / "log", old), verify_home(looked, full=True)
            begins = looked.keys.next_log_seed() is not None or bool(looked.keys.log_past())
        assert (between.flaws, ours.flaws) == ((), ()), at
        record(copy, "d-9")
        with open_home(copy, write=False) as looked:
            after, ours, seed = verify_log(copy / "log", old, full=True), verify_home(looked, full=True), looked.keys.next_log_seed()
        assert (after.flaws, ours.flaws, seed, told_of(copy).unwiped) == ((), (), None, False), at
        assert len(rotations_in(copy)) == len(ours.rotations) == begins, at
        begun += begins
        shutil.rmtree(copy)
        at += 1

    assert at > begun > 30
