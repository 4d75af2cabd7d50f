"""Keys wrapped in PostgreSQL: no usable key lies in a table, gates on several machines go on meanwhile, and none writes one in the clear."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.stores.cluster import Cluster
from tests.stores.test_rights_postgres import GRANTS
from tests.stores.test_rotating_postgres import joined, verified

from ourword.app import Ourword
from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.rights.forgetting import erase_again
from ourword.stores.backup import back_up, copy_back, erasures_of, keys_of
from ourword.stores.home import Home, make_postgres_home, marker_of, open_home
from ourword.stores.moving import move
from ourword.stores.postgres import laid
from ourword.stores.postgres import schema as schemas
from ourword.stores.rotating import rotate_log_key
from ourword.stores.wrapped import PASSPHRASE_FILE, Wrapping, by_passphrase
from ourword.stores.wrapping import rotate, told_of, unwrap, wrap

WORDS, OTHERS = b"six words that were drawn by lot", b"six others that nobody has seen"
CLEAR = {"home", "subject_key", "signal_key", "log_key"}


def by(passphrase: bytes = WORDS) -> Callable[[Path, str], Wrapping]:
    return lambda place, home: by_passphrase(passphrase, chance=os.urandom, log_n=14)


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes | None], None]:
    """Name a passphrase to this process, or none."""

    def named(passphrase: bytes | None) -> None:
        if passphrase is None:
            monkeypatch.delenv(PASSPHRASE_FILE, raising=False)
        else:
            (tmp_path / "passphrase").write_bytes(passphrase + b"\n")
            monkeypatch.setenv(PASSPHRASE_FILE, str(tmp_path / "passphrase"))

    named(None)
    return named


@pytest.fixture
def schema() -> str:
    return f"home_{secrets.token_hex(6)}"


@pytest.fixture
def folder(tmp_path: Path, cluster: Cluster, schema: str, given: Any) -> Path:
    """A home with a signed log, customers, and a reason."""
    joined(tmp_path / "home", cluster, schema)
    with open_home(tmp_path / "home") as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number % 3}") for number in range(5)])
        home.keys.of_signal(7, make=True)
    return tmp_path / "home"


@pytest.fixture
def do(cluster: Cluster) -> Iterator[Any]:
    """What an administrator types."""
    import psycopg

    with closing(psycopg.connect(cluster.address, autocommit=True)) as connection:
        yield connection.execute


def key_of(home: Home, signal: int) -> bytes:
    found = home.keys.of_signal(signal)
    assert found is not None
    return found.key


def tables_of(do: Any, schema: str) -> set[str]:
    return {row[0] for row in do("SELECT tablename FROM pg_tables WHERE schemaname = %s", (f"{schema}_keys",))}


def secrets_of(do: Any, schema: str) -> list[bytes]:
    """Every key of a home in the clear."""
    wanted = {"home": "key", "subject_key": "key", "signal_key": "key", "log_key": "seed"}
    return [bytes(row[0]) for table, column in wanted.items() for row in do(f"SELECT {column} FROM {schema}_keys.{table}")]


def lying_in(place: Path, given: list[bytes]) -> int:
    """How many of them lie in the files of a folder, whole or half."""
    held = b"".join(path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file())
    return sum(half in held for each in given for half in (each[:16], each[16:]))


def test_no_key_is_left_in_any_file_of_a_table_and_the_rest_is_said(folder: Path, cluster: Cluster, schema: str, do: Any, given: Any) -> None:
    """Who administers the database, copies its tables or runs a replica sees none; what the server's log holds is for its runner to let go."""
    found = secrets_of(do, schema)
    do("CHECKPOINT")
    before = lying_in(cluster.data / "base", found)
    given(WORDS)
    left = wrap(folder, by())
    do("CHECKPOINT")

    assert (len(found), before, lying_in(cluster.data / "base", found)) == (6, 12, 0)
    assert [any(word in each for each in left) for word in ("pg_switch_wal()", "dumps from before")] == [True, True]
    assert not tables_of(do, schema) & CLEAR


def test_who_has_the_passphrase_finds_all_as_it_was_and_goes_on(folder: Path, given: Any, do: Any, schema: str) -> None:
    """Deciding, new customers, reasons, another key of the log; and back in the clear."""
    with open_home(folder, write=False) as home:
        before = [home.find("d-1"), home.log_key(), key_of(home, 7), home.keys.mark("use", b"text")]
    given(WORDS)
    wrap(folder, by())
    with open_home(folder) as home:
        after = [home.find("d-1"), home.log_key(), key_of(home, 7), home.keys.mark("use", b"text")]
        home.record_many([refund(f"e-{number}", customer=f"n-{number % 7}") for number in range(20)])
        home.keys.of_signal(8, make=True)
        made = key_of(home, 8)
        rotate_log_key(home)
    wrapped = told_of(folder)
    unwrap(folder)
    given(None)
    with open_home(folder, write=False) as home:
        again = key_of(home, 8)
        numbers = sorted(set(home.subject_numbers().values()))

    assert after == before
    assert (verified(folder).flaws, verified(folder).opened, again, numbers) == ((), 25, made, list(range(1, 11)))
    assert (wrapped.wrapped, wrapped.keys, wrapped.reasons, told_of(folder).wrapped) == ("passphrase", 10, 2, "")
    assert not {each for each in tables_of(do, schema) if each.startswith("wrapped")}


@pytest.mark.parametrize(("passphrase", "code"), [(None, "keys.locked"), (OTHERS, "keys.passphrase")])
def test_who_has_not_opens_nothing(folder: Path, given: Any, passphrase: bytes | None, code: str) -> None:
    wrap(folder, by())
    given(passphrase)
    for act in (lambda: open_home(folder), lambda: unwrap(folder), lambda: rotate(folder, by())):
        with pytest.raises(HomeError) as raised:
            act()
        assert raised.value.code == code
    assert told_of(folder).wrapped == "passphrase"


def test_what_does_not_fit_is_said(folder: Path, given: Any, tmp_path: Path) -> None:
    given(WORDS)
    with pytest.raises(HomeError) as clear:
        unwrap(folder)
    with open_home(folder) as home:
        home.keys.next_log_seed(make=True)
        with pytest.raises(HomeError) as rotating:
            wrap(folder, by())
        with pytest.raises(HomeError) as moving:
            move(folder, tmp_path / "new")
    wrap(folder, by())
    with pytest.raises(HomeError) as wrapped:
        wrap(folder, by())
    with pytest.raises(HomeError) as moved:
        move(folder, tmp_path / "new")
    codes = [each.value.code for each in (clear, rotating, moving, wrapped, moved)]

    assert codes == ["keys.clear", "keys.rotating", "keys.rotating", "keys.wrapped", "keys.wrapped"]
    assert not (tmp_path / "new").exists()


def test_a_row_cannot_stand_for_another(folder: Path, given: Any, do: Any, schema: str) -> None:
    """Who can write the tables could give one customer's key to another, and let one read what is told of the other."""
    given(WORDS)
    wrap(folder, by())
    do(f"UPDATE {schema}_keys.wrapped_subject_key SET key = (SELECT key FROM {schema}_keys.wrapped_subject_key WHERE number = 2) WHERE number = 1")
    with open_home(folder, write=False) as home, pytest.raises(HomeError, match="was changed, or belongs elsewhere") as raised:
        home.keys.subject(1)

    assert raised.value.code == "home.damaged"


def test_a_machine_joins_a_wrapped_home_and_no_table_in_the_clear_comes_along(
    folder: Path, given: Any, do: Any, schema: str, cluster: Cluster
) -> None:
    """Nor where tables and functions of an older edition are brought up."""
    given(WORDS)
    wrap(folder, by())
    do(f"DROP FUNCTION {schema}.edition")
    open_home(folder).close()
    make_postgres_home(folder.with_name("second"), cluster.address, schema=schema)
    with open_home(folder.with_name("second")) as home:
        home.record(refund("e-1", customer="new"))

    assert verified(folder.with_name("second")).flaws == ()
    assert not tables_of(do, schema) & CLEAR


# ---- others ----------------------------------------------------------------------------------------------------------------


def test_gates_that_are_open_go_on_with_every_wrapping(folder: Path, given: Any, do: Any, schema: str) -> None:
    """Known customers, new ones, reasons, the log: by the keys as they lie now."""
    given(WORDS)
    with open_home(folder) as gate:
        acts = [
            lambda: wrap(folder, by()),
            lambda: rotate(folder, by()),
            lambda: unwrap(folder),
            lambda: wrap(folder, by()),
            lambda: rotate(folder, by()),
        ]
        for number, act in enumerate(acts):
            act()
            if number % 2:
                gate.keys.of_signal(10 + number, make=True)
            gate.record_many([refund(f"e-{number}-{each}", customer=f"c-{each}" if each < 3 else f"n-{number}-{each}") for each in range(6)])
            gate.publish()

    assert (verified(folder).flaws, verified(folder).opened) == ((), 35)
    assert not tables_of(do, schema) & {*CLEAR, "unwiped"}


def test_a_home_that_is_opened_while_its_keys_are_laid_there_and_back_is_sound(folder: Path, given: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrapped, in the clear and wrapped again: each time after it was looked how they lie, and before they are read."""
    given(WORDS)
    acts, kept = [lambda: wrap(folder, by()), lambda: unwrap(folder), lambda: wrap(folder, by())], laid.kept_as_laid

    def late(line: Any, schema: str) -> Any:
        if acts:
            with monkeypatch.context() as patch:
                patch.setattr("ourword.stores.postgres.keys.kept_as_laid", kept)
                acts.pop(0)()
        return kept(line, schema)

    monkeypatch.setattr("ourword.stores.postgres.keys.kept_as_laid", late)
    with open_home(folder) as home:
        home.record(refund("e-1", customer="new"))

    assert (acts, told_of(folder).wrapped, verified(folder).flaws) == ([], "passphrase", ())


def test_a_gate_that_cannot_open_the_wrapping_decides_for_whom_it_knows_and_for_nobody_else(folder: Path, given: Any) -> None:
    """It has no key for a new customer, and says so; what it records is right."""
    with open_home(folder) as gate:
        gate.record(refund("d-10", customer="c-1"))
        wrap(folder, by())
        gate.record(refund("d-11", customer="c-1"))
        for write in (lambda: gate.record(refund("d-12", customer="new")), lambda: gate.keys.of_signal(9, make=True)):
            with pytest.raises(HomeError) as raised:
                write()
            assert raised.value.code == "keys.locked"
        gate.record(refund("d-13", customer="c-1"))
    given(WORDS)
    with open_home(folder) as home:
        home.publish()
        assert home.find("d-12") is None

    assert (verified(folder).flaws, verified(folder).opened) == ((), 8)


def test_what_waits_in_the_inbox_is_taken_in_and_nothing_in_the_clear_is_laid_there_after(folder: Path, given: Any, do: Any, schema: str) -> None:
    """A gate whose lock was taken lays a new customer's key there: before the keys are wrapped it is taken in, after that it is refused."""
    given(WORDS)
    with open_home(folder) as gate, open_home(folder) as late:
        store: Any = gate.store
        stale: Any = late.store
        submission = store._written(store.prepared([refund("e-1", customer="new")]), {})[1]
        after = stale._written(stale.prepared([refund("e-2", customer="newer")]), {})[1]
        store._line.execute(schemas.enqueue(f'"{schema}_keys"'), submission.values)
        wrap(folder, by())
        assert gate.find("e-1") is not None
        direct = stale._line.execute(schemas.SUBMIT, (stale._lock_number, *after.values)).get
        do("SELECT pg_advisory_lock(%s)", (stale._lock_number,))  # somebody else is the sequencer
        waiting = stale._line.execute(schemas.SUBMIT, (stale._lock_number, *after.values)).get
        do("SELECT pg_advisory_unlock(%s)", (stale._lock_number,))
        laid = do(f"SELECT count(*) FROM {schema}_keys.inbox").fetchone()[0]
        store._be_sure()

    assert (direct, waiting, laid) == (schemas.KEYS, schemas.KEYS, 0)
    assert verified(folder).flaws == ()


def test_a_gates_role_goes_on_and_lays_nothing_otherwise(cluster: Cluster, tmp_path: Path, given: Any) -> None:
    """Its rights are those of the tables as they were; wrapping is for whoever owns them."""
    import psycopg

    name, role = f"db_{secrets.token_hex(6)}", f"gate_{secrets.token_hex(6)}"
    cluster.make_database(name)
    address = cluster.address.replace("dbname=postgres", f"dbname={name}")
    make_postgres_home(tmp_path / "owner", address)
    given(WORDS)
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute(GRANTS.format(gate=role))  # type: ignore[arg-type]
        make_postgres_home(tmp_path / "gate", address.replace("user=ourword", f"user={role}"))
        with open_home(tmp_path / "gate") as gate:
            gate.record(refund("d-1", customer="c-1"))
            for act in (lambda: wrap(tmp_path / "owner", by()), lambda: rotate(tmp_path / "owner", by()), lambda: unwrap(tmp_path / "owner")):
                with pytest.raises(HomeError) as raised:
                    wrap(tmp_path / "gate", by()) if not told_of(tmp_path / "gate").wrapped else rotate(tmp_path / "gate", by())
                assert raised.value.code == "home.read-only"
                act()
                gate.record(refund(f"e-{secrets.token_hex(4)}", customer=f"n-{secrets.token_hex(4)}"))
                gate.publish()
        assert (verified(tmp_path / "gate").flaws, verified(tmp_path / "gate").opened) == ((), 4)
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")  # type: ignore[arg-type]


def test_who_is_erased_is_gone_from_the_wrapped_keys(folder: Path, cluster: Cluster, given: Any, do: Any, schema: str) -> None:
    """Their box too: with an old passphrase that comes to light it would open."""
    given(WORDS)
    wrap(folder, by())
    with open_home(folder) as home:
        number = home.subject_numbers()["d-1"]
    box = bytes(do(f"SELECT key FROM {schema}_keys.wrapped_subject_key WHERE number = %s", (number,)).fetchone()[0])
    with Ourword.open_home(folder, create=False) as word:
        word.customers.erase("c-1")
    do("CHECKPOINT")

    assert lying_in(cluster.data / "base", [box]) == 0
    assert verified(folder).flaws == ()


def test_who_looks_on_keeps_older_boxes_and_that_is_told_and_made_good(folder: Path, cluster: Cluster, given: Any, do: Any, schema: str) -> None:
    """A dump that runs sees the keys as they were, whole; once it has ended they are wiped by whoever opens the home next."""
    import psycopg

    given(WORDS)
    wrap(folder, by())
    box = bytes(do(f"SELECT key FROM {schema}_keys.wrapped_home").fetchone()[0])
    with psycopg.connect(cluster.address) as dump, pytest.MonkeyPatch.context() as patch:
        dump.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        dump.execute("SELECT 1")
        patch.setattr("ourword.stores.postgres.wrapping.WAIT_SECONDS", 0.1)
        with pytest.raises(HomeError) as raised:
            rotate(folder, by())
        between = told_of(folder).unwiped
        seen = dump.execute(f"SELECT key FROM {schema}_keys.wrapped_home").fetchone()
    open_home(folder).close()
    do("CHECKPOINT")

    assert (raised.value.code, between, seen) == ("keys.unwiped", True, (box,))
    assert (told_of(folder).unwiped, lying_in(cluster.data / "base", [box]), verified(folder).flaws) == (False, 0, ())


# ---- backups ---------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump: install Debian's package postgresql-client")
def test_a_backup_holds_the_keys_as_they_are_wrapped_and_comes_back_by_the_same_passphrase(
    folder: Path, cluster: Cluster, given: Any, do: Any, schema: str, tmp_path: Path
) -> None:
    """It goes to other hands, and stays there for years; whoever was erased since is erased again."""
    found = secrets_of(do, schema)
    given(WORDS)
    wrap(folder, by())
    back_up(folder, tmp_path / "backup")
    with Ourword.open_home(folder, create=False) as word:
        word.customers.erase("c-1")
    other = f"db_{secrets.token_hex(6)}"
    cluster.make_database(other)
    copy_back(tmp_path / "backup", tmp_path / "back", postgres=cluster.address.replace("dbname=postgres", f"dbname={other}"))
    marker = marker_of(folder)
    assert marker is not None
    again, _ = erase_again(tmp_path / "back", erasures_of(folder, marker.id), now=0)
    dumped = subprocess.run(["pg_restore", "-f", "-", keys_of(tmp_path / "backup")], capture_output=True, check=True).stdout.decode()
    with open_home(tmp_path / "back") as home:
        home.record(refund("e-1", customer="new"))

    assert (again, verified(tmp_path / "back").flaws) == (1, ())
    assert [each.hex() in dumped for each in found] == [False] * len(found)


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump: install Debian's package postgresql-client")
def test_no_backup_is_made_while_another_key_is_about_to_sign(folder: Path, tmp_path: Path) -> None:
    """It would lack that key, and the log of what is restored could never be signed again."""
    with open_home(folder) as home:
        home.keys.next_log_seed(make=True)
        with pytest.raises(HomeError) as raised:
            back_up(folder, tmp_path / "backup")

    assert (raised.value.code, (tmp_path / "backup").exists(), keys_of(tmp_path / "backup").exists()) == ("keys.rotating", False, False)
