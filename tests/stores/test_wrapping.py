"""Wrapped keys: nothing of a key lies in the home, whoever may open it finds all as it was, and nobody who works there writes one in the clear."""

from __future__ import annotations

import os
import shutil

import apsw
import pytest

from ourword.app import Ourword
from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.rights.forgetting import erase_again
from ourword.stores import database, keys, unwiped, wrapped, wrapping
from ourword.stores.backup import back_up, copy_back, erasures_of
from ourword.stores.home import open_home
from ourword.stores.moving import move
from ourword.stores.wrapped import PASSPHRASE_FILE, by_passphrase
from ourword.stores.wrapping import rotate, told_of, unwrap, wrap
from ourword.verifying.log import verify_home

WORDS, OTHERS = b"six words that were drawn by lot", b"six others that nobody has seen"


def by(passphrase=WORDS):
    """The lightest hashing that is read at all: the tests are about what is wrapped."""
    return lambda place, home: by_passphrase(passphrase, chance=os.urandom, log_n=14)


@pytest.fixture
def given(tmp_path, monkeypatch):
    """Name a passphrase to this process, or none."""

    def named(passphrase):
        if passphrase is None:
            monkeypatch.delenv(PASSPHRASE_FILE, raising=False)
        else:
            (tmp_path / "passphrase").write_bytes(passphrase + b"\n")
            monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "passphrase"))

    named(None)
    return named


@pytest.fixture
def home(tmp_path, given):
    """A home with a signed log, customers, and a reason."""
    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number % 3}") for number in range(5)])
        home.keys.of_signal(7, make=True)
    return tmp_path / "home"


def secrets_of(folder):
    """Every key of a home, by an eye of our own on the file in the clear."""
    connection = apsw.Connection(str(folder / "keys.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    tables = {table: column for table, (column, _) in keys.COLUMNS.items() if table in there}
    found = [bytes(row[0]) for table, column in tables.items() for row in connection.execute(f"SELECT {column} FROM {table}")]
    connection.close()
    return found


def lying_in(folder, secrets):
    """How many of them lie anywhere in the files of a home, whole or half."""
    held = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return sum(half in held for each in secrets for half in (each[:16], each[16:]))


def test_nothing_of_any_key_is_left_in_any_file(home, given):
    """A disk or a backup that is stolen says nothing about anybody."""
    secrets = secrets_of(home)
    before = lying_in(home, secrets)
    given(WORDS)
    wrap(home, by())

    assert (before, lying_in(home, secrets), len(secrets)) == (2 * len(secrets), 0, keys.MADE_AHEAD + 3)


def test_who_has_the_passphrase_finds_all_as_it_was_and_goes_on(home, given):
    """Deciding, verifying, receipts and what others signed do not change."""
    with open_home(home, write=False) as opened:
        before = [opened.find("d-1"), opened.log_key(), opened.keys.of_signal(7).key, opened.keys.mark("use", b"text")]
    given(WORDS)
    wrap(home, by())
    with open_home(home) as opened:
        after = [opened.find("d-1"), opened.log_key(), opened.keys.of_signal(7).key, opened.keys.mark("use", b"text")]
        opened.record_many([refund(f"e-{number}", customer=f"n-{number}") for number in range(2 * keys.MADE_AHEAD)])  # more are made ahead
        made = opened.keys.of_signal(8, make=True).key
    with open_home(home, write=False) as opened:
        found = verify_home(opened, full=True)
        again = opened.keys.of_signal(8)

    assert after == before
    assert (found.flaws, found.opened, again.key) == ((), 5 + 2 * keys.MADE_AHEAD, made)


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [(None, "keys.locked"), (OTHERS, "keys.passphrase"), (WORDS[:-1], "keys.passphrase"), (b"", "keys.passphrase")],
)
def test_who_has_not_finds_nothing_and_is_told_without_it_being_said(home, given, passphrase, code):
    """An error is read by whoever reads the logs of a machine."""
    wrap(home, by())
    given(passphrase)
    for write in (True, False):
        with pytest.raises(HomeError) as raised:
            open_home(home, write=write)
        assert raised.value.code == code
        assert not passphrase or passphrase.decode() not in str(raised.value)


def test_how_keys_lie_is_told_to_who_cannot_open_them(home, given):
    """Whoever keeps the machine need not hold the passphrase to see that there is one."""
    before = told_of(home)
    wrap(home, by())
    after = told_of(home)

    assert (before.wrapped, before.keys, before.reasons, before.unwiped) == ("", keys.MADE_AHEAD, 1, False)
    assert (after.wrapped, after.keys, after.reasons, after.log_key) == ("passphrase", before.keys, 1, before.log_key)


def test_a_new_passphrase_opens_and_the_old_one_does_not(home, given):
    """Somebody who knew it has left."""
    given(WORDS)
    wrap(home, by())
    old = (home / "keys.sqlite").read_bytes()
    rotate(home, by(OTHERS))
    connection = apsw.Connection(str(home / "keys.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    boxes = [bytes(row[0]) for row in connection.execute("SELECT key FROM wrapped_subject_key")]
    connection.close()
    with pytest.raises(HomeError, match="does not open"):
        open_home(home)
    given(OTHERS)
    with open_home(home, write=False) as opened:
        found = verify_home(opened, full=True)

    assert (found.flaws, found.opened) == ((), 5)
    assert not any(each in old for each in boxes), "every key is wrapped anew"


def test_laid_in_the_clear_again_it_is_as_it_was(home, given):
    """Nobody is locked in."""
    before = secrets_of(home)
    given(WORDS)
    wrap(home, by())
    unwrap(home)
    given(None)
    with open_home(home, write=False) as opened:
        found = verify_home(opened, full=True)

    assert (found.flaws, secrets_of(home), told_of(home).wrapped) == ((), before, "")


@pytest.mark.parametrize("act", [wrap, rotate, unwrap])
def test_what_is_done_already_is_said_and_changes_nothing(home, given, act):
    """A script that runs twice must not lay keys in the clear, nor wrap them by the wrong words."""
    given(WORDS)
    if act is wrap:
        wrap(home, by())
    before = (home / "keys.sqlite").read_bytes()
    with pytest.raises(HomeError) as raised:
        act(home, by(OTHERS)) if act is not unwrap else unwrap(home)

    assert raised.value.code == ("keys.wrapped" if act is wrap else "keys.clear")
    assert (home / "keys.sqlite").read_bytes() == before


# ---- others at work --------------------------------------------------------------------------------------------------------


def test_a_gate_that_was_open_before_goes_on_under_the_wrapping(home, given):
    """It need not be stopped: it looks how the keys lie, and makes no key in the clear."""
    given(WORDS)
    with open_home(home) as gate:
        gate.record(refund("d-10", customer="c-1"))
        wrap(home, by())
        gate.record_many([refund(f"e-{number}", customer=f"n-{number}") for number in range(keys.MADE_AHEAD + 9)])
        gate.keys.of_signal(8, make=True)
        given(OTHERS)
        with pytest.raises(HomeError):
            rotate(home, by(OTHERS))
        given(WORDS)
        rotate(home, by(OTHERS))
        given(OTHERS)
        gate.record_many([refund(f"f-{number}", customer=f"m-{number}") for number in range(keys.MADE_AHEAD + 9)])
    with open_home(home, write=False) as opened:
        found = verify_home(opened, full=True)
    connection = apsw.Connection(str(home / "keys.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.close()

    assert found.flaws == ()
    assert not tables & {"home", "subject_key", "signal_key", "log_key"}


def test_a_gate_that_cannot_open_the_wrapping_decides_for_whom_it_knows_and_for_nobody_else(home, given):
    """It has no key for a new customer, and says so; what it records is right."""
    with open_home(home) as gate:
        gate.record(refund("d-10", customer="c-1"))
        wrap(home, by())
        gate.record(refund("d-11", customer="c-1"))
        for write in (
            lambda: gate.record(refund("d-12", customer="new")),
            lambda: gate.keys.of_signal(9, make=True),
            lambda: gate.keys.make_ahead(900),
        ):
            with pytest.raises(HomeError) as raised:
                write()
            assert raised.value.code == "keys.locked"
    given(WORDS)
    with open_home(home) as opened:
        opened.publish()
        found = verify_home(opened, full=True)
        assert opened.find("d-12") is None

    assert (found.flaws, found.opened) == ((), 7)


def test_who_reads_on_keeps_the_file_from_being_wiped_and_that_is_told_and_made_good(home, given, monkeypatch):
    """SQLite cannot empty its log under a reader; the next to open the home does."""
    monkeypatch.setattr("ourword.stores.database.BUSY_MILLISECONDS_MAX", 50)
    secrets = secrets_of(home)
    reader = apsw.Connection(str(home / "keys.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM subject_key").fetchall()
    given(WORDS)
    with pytest.raises(HomeError) as raised:
        wrap(home, by())
    between = told_of(home)
    reader.close()
    open_home(home).close()

    assert (raised.value.code, between.wrapped, between.unwiped) == ("keys.unwiped", "passphrase", True)
    assert (told_of(home).unwiped, lying_in(home, secrets)) == (False, 0)


def wiping_while(monkeypatch, home, meanwhile):
    """Wipe what a broken-off wrapping left, while another process does something just before the mark is taken back."""
    connection = database.connect(home / "keys.sqlite")
    unwiped.mark_unwiped(connection)

    def wipe(its, **options):
        database.wipe(its, **options)
        monkeypatch.setattr(unwiped, "wipe", database.wipe)
        meanwhile()

    monkeypatch.setattr(unwiped, "wipe", wipe)
    try:
        unwiped.finish_wiping(connection)
    finally:
        database.close(connection)


def test_who_wipes_takes_back_no_mark_of_keys_taken_out_since(home, given, monkeypatch):
    """Else `keys wrap` says it is done, and every key still lies in the clear in the log of the file."""
    secrets = secrets_of(home)
    given(WORDS)
    gate = apsw.Connection(str(home / "keys.sqlite"))
    gate.execute("SELECT count(*) FROM home").fetchall()  # has the file open: who closes it does not empty SQLite's log

    def wrapped_but_not_wiped():
        with monkeypatch.context() as patch:
            patch.setattr(wrapping, "finish_wiping", lambda connection: None)
            wrap(home, by())

    wiping_while(monkeypatch, home, wrapped_but_not_wiped)
    between = told_of(home).unwiped, lying_in(home, secrets) > 0
    gate.close()
    open_home(home).close()

    assert between == (True, True)
    assert (told_of(home).unwiped, lying_in(home, secrets)) == (False, 0)


def test_two_that_wipe_at_once_are_both_done(home, given, monkeypatch):
    """The second finds no mark any more: its home is sound, and is not called damaged."""
    wiping_while(monkeypatch, home, lambda: open_home(home).close())
    with open_home(home) as opened:
        found = verify_home(opened, full=True)

    assert (found.flaws, told_of(home).unwiped) == ((), False)


def test_keys_that_are_laid_in_the_clear_while_it_is_looked_how_they_lie_are_no_damage(home, given, monkeypatch):
    """The table that says how goes between one look and the next."""
    given(WORDS)
    wrap(home, by())
    looked, there = [], wrapped.has_table

    def has_table(connection, table):
        found = there(connection, table)
        if not looked:
            looked.append(table)
            unwrap(home)
        return found

    monkeypatch.setattr(wrapped, "has_table", has_table)

    assert (told_of(home).wrapped, looked) == ("", [wrapped.TABLE])


# ---- broken off ------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("act", ["wrap", "rotate", "unwrap"])
def test_broken_off_at_any_statement_the_home_opens_and_going_on_leaves_nothing(tmp_path, given, monkeypatch, act):
    """Each statement in turn is the last."""
    monkeypatch.setattr(keys, "MADE_AHEAD", 2)
    given(WORDS)
    with open_home(tmp_path / "made") as opened:
        opened.record(refund("d-1", customer="c-1"))
    secrets = secrets_of(tmp_path / "made")
    if act != "wrap":
        wrap(tmp_path / "made", by())
    acting = {"wrap": lambda home: wrap(home, by()), "rotate": lambda home: rotate(home, by(WORDS)), "unwrap": unwrap}[act]
    at, done = 0, False
    while not done:
        home = shutil.copytree(tmp_path / "made", tmp_path / f"home-{at}")
        left = [at]

        def tracing(cursor, sql, bindings, left=left):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return True

        def connected(path, *, write=True, tracing=tracing):
            connection = keys.connect(path, write=write)
            connection.exec_trace = tracing
            return connection

        with monkeypatch.context() as patch:
            patch.setattr(wrapping, "connect", connected)
            try:
                acting(home)
                done = True
            except Killed:
                pass
        with open_home(home) as opened:
            opened.record(refund("d-2", customer="c-2"))
            opened.publish()
            found = verify_home(opened, full=True)
        assert (found.flaws, found.opened, told_of(home).unwiped) == ((), 2, False)
        assert lying_in(home, secrets) == (0 if told_of(home).wrapped else 2 * len(secrets))
        at += 1

    assert at > 20
    assert told_of(home).wrapped == ("" if act == "unwrap" else "passphrase")


# ---- what else is done with a home -----------------------------------------------------------------------------------------


def test_a_wrapped_home_is_not_moved(home, given, tmp_path):
    """Its keys would have to be laid in the clear on the way: that is for its owner to say."""
    wrap(home, by())
    with pytest.raises(HomeError, match="cannot be moved") as raised:
        move(home, tmp_path / "new")

    assert (raised.value.code, (tmp_path / "new").exists()) == ("keys.wrapped", False)


def test_a_row_cannot_stand_for_another(home, given):
    """Who can write the file could give one customer's key to another, and let one read what is told of the other."""
    given(WORDS)
    wrap(home, by())
    connection = apsw.Connection(str(home / "keys.sqlite"))
    connection.execute("UPDATE wrapped_subject_key SET key = (SELECT key FROM wrapped_subject_key WHERE number = 2) WHERE number = 1")
    connection.execute("UPDATE wrapped_signal_key SET key = (SELECT key FROM wrapped_subject_key WHERE number = 7) WHERE number = 7")
    connection.close()
    with open_home(home, write=False) as opened:
        for read in (lambda: opened.keys.subject(1), lambda: opened.keys.of_signal(7)):
            with pytest.raises(HomeError, match="was changed, or belongs elsewhere") as raised:
                read()
            assert raised.value.code == "home.damaged"


def test_a_backup_holds_the_keys_as_they_are_wrapped_and_comes_back_by_the_same_passphrase(home, given, tmp_path):
    """It goes to other hands, and stays there for years; whoever was erased since is erased again."""
    secrets = secrets_of(home)
    given(WORDS)
    wrap(home, by())
    back_up(home, tmp_path / "backup")
    with Ourword.open_home(home, create=False) as word:
        word.customers.erase("c-1")
    copy_back(tmp_path / "backup", tmp_path / "back")
    again, _ = erase_again(tmp_path / "back", erasures_of(home, told_id(home)), now=0)
    with open_home(tmp_path / "back", write=False) as opened:
        found = verify_home(opened, full=True)
    given(None)
    with pytest.raises(HomeError) as raised:
        open_home(tmp_path / "backup")

    assert (again, found.flaws, found.erased, raised.value.code) == (1, (), 2, "keys.locked")
    assert [lying_in(tmp_path / each, secrets) for each in ("backup", "back")] == [0, 0]


def told_id(folder):
    with open_home(folder, write=False) as home:
        return home.id


def test_who_is_erased_is_gone_from_the_wrapped_keys(home, given):
    """Their box too: with an old passphrase that comes to light it would open."""
    given(WORDS)
    wrap(home, by())
    with open_home(home) as opened:
        number = opened.subject_numbers()["d-1"]
        box = opened.keys._connection.execute("SELECT key FROM wrapped_subject_key WHERE number = ?", (number,)).get
    with Ourword.open_home(home, create=False) as word:
        word.customers.erase("c-1")
    held = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())

    assert not any(half in held for half in (box[:30], box[30:]))
