"""Another key for the log of a home in PostgreSQL: many machines go on with it, whatever breaks off, and a gate's role brings none about."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.stores.cluster import Cluster
from tests.stores.test_rights_postgres import GRANTS
from tests.tries import STRIDE

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.ledger.entry import KeyRotated, entry_bytes
from ourword.stores.home import Home, make_postgres_home, open_home
from ourword.stores.postgres import line as lines
from ourword.stores.rotating import Rotated, rotate_log_key
from ourword.stores.wrapping import told_of
from ourword.tlog.checkpoint import sign_checkpoint
from ourword.tlog.note import Signer, Verifier, verifier_from
from ourword.verifying.flaws import Verified
from ourword.verifying.log import verify_home, verify_log

GRANT = GRANTS.split(";", 1)[1]
"""The rights that the page gives a gate, once more: as somebody may who adds a gate later."""


@pytest.fixture
def schema() -> str:
    return f"home_{secrets.token_hex(6)}"


@pytest.fixture
def folder(tmp_path: Path, cluster: Cluster, schema: str) -> Path:
    return joined(tmp_path / "home", cluster, schema, "d-1", "d-2")


def joined(folder: Path, cluster: Cluster, schema: str, *ids: str) -> Path:
    make_postgres_home(folder, cluster.address, schema=schema)
    record(folder, *ids)
    return folder


def record(folder: Path, *ids: str) -> None:
    """Record, and publish on closing."""
    with open_home(folder) as home:
        for each in ids:
            home.record(refund(each, promises=()))


def rotated(folder: Path) -> Rotated:
    with open_home(folder) as home:
        return rotate_log_key(home)


def key_of(folder: Path) -> Verifier:
    return verifier_from((folder / "log" / "key").read_text())


def verified(folder: Path) -> Verified:
    with open_home(folder, write=False) as home:
        return verify_home(home, full=True)


def entries_in(folder: Path) -> list[KeyRotated]:
    with open_home(folder, write=False) as home:
        return [each.value for each in home.log() if isinstance(each.value, KeyRotated)]


def keys_line(home: Home) -> Any:
    return home.keys._connection


# ---- told -----------------------------------------------------------------------------------------------------------------


def test_it_is_told_how_the_keys_lie_and_which_key_signs_since_when(folder: Path, schema: str) -> None:
    before = told_of(folder)
    done = rotated(folder)
    after = told_of(folder)

    assert (before.place, before.wrapped, before.keys, before.reasons) == (f"{schema}_keys", "", 1, 0)
    assert (before.log_size, before.since, before.rotating, before.unwiped) == (2, 0, False, False)
    assert (after.log_size, after.since, after.rotating, after.unwiped) == (3, 3, False, False)
    assert done.new.startswith(after.log_key)
    assert done.old.startswith(before.log_key)


# ---- rotated ---------------------------------------------------------------------------------------------------------------


def test_every_key_leads_to_the_log_as_it_is(folder: Path) -> None:
    """An auditor has the key of two years ago, a customer that of today; the entry is signed by both."""
    keys = [key_of(folder)]
    for number in range(3):
        rotated(folder)
        record(folder, f"e-{number}")
        keys.append(key_of(folder))
    between = (folder / "log" / "rotated" / "3").read_bytes().decode()

    assert [each.split()[1] for each in between.splitlines() if each.startswith("— ")] == [keys[0].name] * 2
    assert [(each.old, each.new) for each in entries_in(folder)] == [(keys[at].text, keys[at + 1].text) for at in range(3)]
    assert verified(folder).flaws == ()
    for known in keys:
        found = verify_log(folder / "log", known, full=True)
        assert (found.flaws, found.notes, [each.entry for each in found.rotations]) == ((), (), [3, 5, 7])


def test_the_old_seed_is_in_no_file_of_a_table(folder: Path, cluster: Cluster) -> None:
    """It is in the server's own log until that is written over: the page says so."""
    with open_home(folder, write=False) as home:
        old = home.keys.log_seed()
        assert old is not None
    rotated(folder)
    with open_home(folder, write=False) as home:
        new = home.keys.log_seed()
        assert new is not None
        keys_line(home).execute("CHECKPOINT")
    held = b"".join(each.read_bytes() for each in (cluster.data / "base").rglob("*") if each.is_file())

    assert (old in held, new in held) == (False, True)


@pytest.mark.parametrize("first", [True, False])
def test_other_folders_go_on_with_it_and_raise_no_alarm_while_they_are_behind(
    folder: Path, tmp_path: Path, cluster: Cluster, schema: str, first: bool
) -> None:
    """Each has a log of its own: what leads from key to key is laid into all of them."""
    second = joined(tmp_path / "second", cluster, schema, *(["d-3"] if first else []))
    old = key_of(folder)
    done = rotated(folder)
    behind = verified(second) if first else None
    record(folder, "d-4")
    record(second, "d-5")
    record(folder, "d-6")

    if behind is not None:
        assert (behind.flaws, behind.size, len(behind.notes)) == ((), 3, 1)
    assert key_of(second).text == done.new
    assert (second / "log" / "rotated" / str(done.entry)).read_bytes() == (folder / "log" / "rotated" / str(done.entry)).read_bytes()
    for each in (folder, second):
        assert verified(each).flaws == ()
        assert verify_log(each / "log", old, full=True).flaws == ()


# ---- others ----------------------------------------------------------------------------------------------------------------


def test_a_process_that_read_the_old_key_signs_no_more(folder: Path) -> None:
    """Neither while the key is rotated nor after: it read the seed a moment before, and comes to sign a moment later."""
    with open_home(folder) as gate:
        seed = gate.keys.log_seed()
        assert seed is not None
        before = Signer(gate.log_name, seed)
        with open_home(folder) as owner:
            owner.keys.next_log_seed(make=True)
            for size in (3, 4):
                with pytest.raises(HomeError) as raised:
                    gate.keys.keep_log_head(size, sign_checkpoint(before, size, bytes(32)).note)
                assert raised.value.code == "keys.rotating"
                rotate_log_key(owner)
        head = gate.keys.log_head()

    assert head == (folder / "log" / "checkpoint").read_bytes()


def test_gates_that_are_open_go_on_and_sign_with_the_new_key(folder: Path, tmp_path: Path, cluster: Cluster, schema: str) -> None:
    """Nobody has to be stopped, on no machine."""
    second = joined(tmp_path / "second", cluster, schema)
    with open_home(second) as gate:
        gate.record(refund("e-1", promises=()))
        gate.publish()
        done = rotated(folder)
        gate.record(refund("e-2", promises=()))
        gate.publish()

    assert key_of(second).text == done.new
    assert [each.flaws for each in (verified(folder), verified(second))] == [(), ()]


def test_who_can_write_the_ledger_and_has_no_key_cannot_put_in_one_of_theirs(folder: Path) -> None:
    """An entry that names a stranger's key, signed by us with all others, would lead every auditor to the stranger."""
    old = key_of(folder)
    stranger = Signer(old.name, b"\x07" * 32).verifier
    entry = entry_bytes(KeyRotated(time="2026-11-23T10:00:00Z", gate="0" * 16, counter=1, old=old.text, new=stranger.text))
    with open_home(folder) as home, home.store.appending() as (writer, _):
        writer.execute("INSERT INTO entry VALUES (3, ?)", (entry,))
    for act in (lambda opened: opened.publish(), rotate_log_key):
        with open_home(folder) as home, pytest.raises(HomeError, match="gives the log another key") as raised:
            act(home)
        assert raised.value.code == "home.log-forked"
    told = told_of(folder)

    assert (told.log_size, told.rotating, verify_log(folder / "log", old).size) == (2, False, 2)


@pytest.fixture
def gate(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """A home whose tables are somebody else's, with a log that is signed: a connection of its owner, and the gate's address and role."""
    import psycopg

    name, role = f"db_{secrets.token_hex(6)}", f"gate_{secrets.token_hex(6)}"
    cluster.make_database(name)
    address = cluster.address.replace("dbname=postgres", f"dbname={name}")
    make_postgres_home(tmp_path / "owner", address)
    record(tmp_path / "owner", "d-1")
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute(GRANTS.format(gate=role))  # type: ignore[arg-type]
        make_postgres_home(tmp_path / "gate", address.replace("user=ourword", f"user={role}"))
        yield connection, role
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")  # type: ignore[arg-type]


def test_a_gates_role_begins_no_rotation(gate: tuple[Any, str], tmp_path: Path) -> None:
    """Nor by hand: it lays no table, and none is there for it to write into."""
    import psycopg

    with open_home(tmp_path / "gate") as home:
        home.record(refund("d-2", promises=()))
        with pytest.raises(HomeError, match="gates have no right to") as raised:
            rotate_log_key(home)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            keys_line(home).execute("CREATE TABLE log_next (one integer, seed bytea)")
    told = told_of(tmp_path / "gate")

    assert (raised.value.code, told.rotating, told.log_size, entries_in(tmp_path / "gate")) == ("home.read-only", False, 2, [])


def test_a_rotation_that_broke_off_is_not_for_a_gates_role_to_touch_whatever_it_was_granted_since(gate: tuple[Any, str], tmp_path: Path) -> None:
    """It cannot put a key of its own into it, so none is signed in; it records on, signs nothing, and names who goes on."""
    import psycopg

    owner, role = gate
    with open_home(tmp_path / "owner") as home:
        ours = home.keys.next_log_seed(make=True)
        assert ours is not None
        owner.execute(GRANT.format(gate=role))
        with open_home(tmp_path / "gate") as theirs:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                keys_line(theirs).execute("INSERT INTO log_next VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seed = excluded.seed", (b"\x07" * 32,))
            keys_line(theirs).execute("UPDATE log_next SET seed = ?", (b"\x07" * 32,))
            keys_line(theirs).execute("DELETE FROM log_next")
            theirs.record(refund("d-2", promises=()))
            for act in (lambda opened: opened.publish(), rotate_log_key):
                with pytest.raises(HomeError, match="this role may not go on") as raised:
                    act(theirs)
                assert raised.value.code == "keys.rotating"
        assert told_of(tmp_path / "gate").rotating
        assert home.keys.next_log_seed() == ours
        done = rotate_log_key(home)
    with open_home(tmp_path / "gate") as theirs:
        theirs.record(refund("d-3", promises=()))
        theirs.publish()

    assert done.new == Signer(key_of(tmp_path / "owner").name, ours).verifier.text == key_of(tmp_path / "gate").text
    assert [verified(tmp_path / each).flaws for each in ("owner", "gate")] == [(), ()]


def test_a_gates_role_changes_the_entry_before_it_is_signed_and_gets_no_signature(gate: tuple[Any, str], tmp_path: Path) -> None:
    """Between beginning and signing lies a moment in which it may write the ledger."""
    old = key_of(tmp_path / "owner")
    stranger = Signer(old.name, b"\x07" * 32).verifier
    entry = entry_bytes(KeyRotated(time="2026-11-23T10:00:00Z", gate="0" * 16, counter=1, old=old.text, new=stranger.text))
    with open_home(tmp_path / "owner") as home:
        home.keys.next_log_seed(make=True)
        with open_home(tmp_path / "gate") as theirs, theirs.store.appending() as (writer, _):
            writer.execute("INSERT INTO entry VALUES (2, ?)", (entry,))
        with pytest.raises(HomeError) as raised:
            rotate_log_key(home)

    assert raised.value.code == "home.log-forked"
    assert verify_log(tmp_path / "owner" / "log", old).size == 1


# ---- broken off ------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


class Steps:
    """Every statement, rename and sync is a step; at one of them the process ends, and does nothing more."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int) -> None:
        self.taken, self.at = 0, at
        for of, names in ((lines.Line, ("execute", "executemany", "vacuumed")), (os, ("replace", "fsync"))):
            for name in names:
                patch.setattr(of, name, self._before(getattr(of, name)))

    def _before(self, call: Any) -> Any:
        def called(*given: Any, **named: Any) -> Any:
            self.taken += 1
            if self.taken > self.at:
                raise Killed
            return call(*given, **named)

        return called


def kill(home: Home) -> None:
    """End it as a kill does: what was not committed is undone, nothing is published at closing."""
    for each in (keys_line(home), home.store._line, home.store._second):  # type: ignore[attr-defined]
        each.close()


@pytest.fixture
def copied(tmp_path: Path, cluster: Cluster) -> Iterator[Callable[[int], Path]]:
    """A home in a database of its own, with a log that is signed, as often as it is asked for."""
    import psycopg

    name, made = f"db_{secrets.token_hex(6)}", list[str]()
    cluster.make_database(name)
    make_postgres_home(tmp_path / "made", cluster.address.replace("dbname=postgres", f"dbname={name}"))
    record(tmp_path / "made", "d-1", "d-2")

    def drop() -> None:
        with psycopg.connect(cluster.address, autocommit=True) as connection:
            while made:
                connection.execute(f"DROP DATABASE {made.pop()} WITH (FORCE)")  # type: ignore[call-overload]

    def copy(number: int) -> Path:
        drop()
        made.append(f"{name}_{number}")
        cluster.make_database(made[-1], template=name)
        folder = shutil.copytree(tmp_path / "made", tmp_path / f"home-{number}")
        (folder / "home.json").write_text((folder / "home.json").read_text().replace(f"dbname={name}", f"dbname={made[-1]}"))
        return folder

    yield copy
    made.append(name)
    drop()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_broken_off_at_any_step_every_key_holds_and_going_on_ends_it(copied: Callable[[int], Path], tmp_path: Path) -> None:
    """At each step in turn (in CI each seventh): what lies there holds with the old key and with the home's; then it goes on by itself, once."""
    old, at, done, begun = key_of(tmp_path / "made"), 0, False, 0
    while not done:
        folder = copied(at)
        opened = open_home(folder)
        with pytest.MonkeyPatch.context() as patch:
            Steps(patch, at)
            try:
                rotate_log_key(opened)
                done = True
            except Killed:
                pass
        kill(opened)
        assert verify_log(folder / "log", old).flaws == verified(folder).flaws == (), at
        with open_home(folder, write=False) as looked:
            begins = told_of(folder).rotating or bool(looked.keys.log_past())
        record(folder, "d-3")
        found, told = verified(folder), told_of(folder)
        assert (verify_log(folder / "log", old, full=True).flaws, found.flaws, told.rotating, told.unwiped) == ((), (), False, False), at
        assert len(entries_in(folder)) == len(found.rotations) == begins, at
        begun += begins * STRIDE
        at += STRIDE

    assert at > begun > 30
