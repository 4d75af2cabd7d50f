"""A home in PostgreSQL is backed up while it is used, its keys apart, and put back: who was erased since is erased again."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import ADA, BEN, NEEDLES, NS, ZORA, found_in, opened
from tests.stores.cluster import Cluster, program

from ourword.checks.store import refund
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.stores.backup import keys_of
from ourword.stores.erasures import list_of
from ourword.stores.home import make_postgres_home, marker_of
from ourword.verifying.log import verify_home

pytestmark = pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump: install Debian's package postgresql-client")


@pytest.fixture
def other(cluster: Cluster) -> str:
    """The address of another, empty database."""
    name = f"other_{secrets.token_hex(6)}"
    cluster.make_database(name)
    return cluster.address.replace("dbname=postgres", f"dbname={name}")


def test_what_is_put_back_is_the_home_and_erases_again(ourword: Command, there: Path, other: str, tmp_path: Path) -> None:
    """Everything is there under the same numbers, but for her who was erased since; the log is signed on, and other customers are told the same."""
    with opened(there) as home:
        entries, held = [entry.bytes for entry in home.log()], export(home, BEN, now=NS)
        told = ourword("backup", tmp_path / "monday", "--home", there)
        erase(home, ZORA, now=NS)
    back = ourword("restore", tmp_path / "monday", "--home", tmp_path / "new", "--postgres", other, "--erasures", list_of(there))

    assert (0, "", 0, "") == (told.code, told.err, back.code, back.err)
    assert f"up to entry {len(entries)}. The keys lie in {tmp_path / 'monday.keys'}" in " ".join(told.out.split())
    assert "2 customers who were erased since it was made were in it, and are erased again" in " ".join(back.out.split())
    with opened(tmp_path / "new") as home:
        assert entries == [entry.bytes for entry in home.log()][: len(entries)]
        now = export(home, BEN, now=NS)
        assert {**held, "names": [], "signals": []} == {**now, "names": [], "signals": []}
        assert (export(home, ZORA, now=NS)["held"], export(home, ZORA, now=NS)["erased"]) == (False, True)
        assert home.record(refund("d-90", customer=ADA)).new
        home.publish()
        assert not verify_home(home, full=True).flaws
        assert home.store.events_at().split("\n")[0].endswith(str((tmp_path / "new").resolve()))
    assert [] == found_in(tmp_path / "new", NEEDLES)


def test_the_keys_are_apart_and_for_their_owner_alone(ourword: Command, there: Path, tmp_path: Path) -> None:
    """Whoever finds the backup reads nothing; what lies in the inbox is in neither; and the folder is no home that opens the database in use."""
    with opened(there) as home:
        number = home.store.number_of(BEN)
        key = home.keys.subject(number or 0)
        assert key is not None
    assert 0 == ourword("backup", tmp_path / "monday", "--home", there).code
    listed = {name: _written(path) for name, path in (("ledger", tmp_path / "monday" / "ledger.dump"), ("keys", keys_of(tmp_path / "monday")))}
    shown = ourword("log", "--home", tmp_path / "monday")

    assert [False, True] == [key.key.hex() in listed[each] for each in ("ledger", "keys")]
    assert ["CREATE TABLE ourword.inbox" in each or "ourword_keys.inbox (" in each for each in listed.values()] == [False, True]
    assert 0o600 == keys_of(tmp_path / "monday").stat().st_mode & 0o777
    assert (4, "") == (shown.code, shown.out)


def _written(dump: Path) -> str:
    restore = program("pg_restore")
    assert restore is not None
    return subprocess.run([restore, "-f", "-", str(dump)], capture_output=True, text=True, check=True).stdout


def test_others_record_and_publish_while_it_is_made(ourword: Command, there: Path, other: str, tmp_path: Path) -> None:
    """What is signed in the folder is never beyond the ledger in the dump: what is put back is signed on."""
    stop, another = threading.Event(), threading.Event()
    with opened(there) as home:

        def work() -> None:
            number = 100
            while not stop.is_set():
                home.record(refund(f"d-{number}", customer=f"c-{number}"))
                home.publish()
                number += 1
                another.set()

        worker = threading.Thread(target=work)
        worker.start()
        try:
            told = ourword("backup", tmp_path / "monday", "--home", there)
            # One that was going on while the dump ended may be in it: the second after it is not.
            for _ in range(2):
                another.clear()
                assert another.wait(60)
        finally:
            stop.set()
            worker.join()
        last = home.last_seq()
    back = ourword("restore", tmp_path / "monday", "--home", tmp_path / "new", "--postgres", other, "--erasures", "none")

    assert (0, 0, "") == (told.code, back.code, back.err)
    with opened(tmp_path / "new") as home:
        assert 0 < home.published_size() <= home.last_seq() < last
        assert all(home.find(f"d-{number}") for number in range(100, 100 + (home.last_seq() - home.published_size()) // 2))
        home.publish()
        assert not verify_home(home, full=True).flaws


def test_it_is_put_back_into_the_database_that_it_was_in(ourword: Command, there: Path, cluster: Cluster, tmp_path: Path) -> None:
    """While its schemas are there they are never touched; once they were dropped they are made again."""
    assert 0 == ourword("backup", tmp_path / "monday", "--home", there).code
    refused = ourword("restore", tmp_path / "monday", "--home", tmp_path / "new", "--erasures", "none")
    marker = marker_of(there)
    assert marker is not None
    _do(marker.postgres, "DROP SCHEMA ourword CASCADE", "DROP SCHEMA ourword_keys CASCADE")
    back = ourword("restore", tmp_path / "monday", "--home", tmp_path / "new", "--erasures", "none")

    assert (4, "the database has a schema `ourword` already") == (refused.code, refused.err.splitlines()[0].split(": ", 1)[1])
    assert (0, "") == (back.code, back.err)
    with opened(tmp_path / "new") as home:
        assert home.find("d-1") is not None


def _do(address: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for each in statements:
            connection.execute(each)  # type: ignore[call-overload]


def test_a_half_of_a_backup_is_none(ourword: Command, there: Path, other: str, tmp_path: Path) -> None:
    """Without the keys nothing is put back, and where the second of the two dumps cannot be, neither is the first."""
    assert 0 == ourword("backup", tmp_path / "monday", "--home", there).code
    given = ("--home", tmp_path / "new", "--postgres", other, "--erasures", "none")
    dump, kept = tmp_path / "monday" / "ledger.dump", keys_of(tmp_path / "monday")
    kept.rename(tmp_path / "kept")
    without = ourword("restore", tmp_path / "monday", *given)
    (tmp_path / "kept").rename(kept)
    whole = dump.read_bytes()
    dump.write_bytes(whole[: len(whole) // 2])
    cut = ourword("restore", tmp_path / "monday", *given)
    dump.write_bytes(whole)
    back = ourword("restore", tmp_path / "monday", *given)

    assert (4, True) == (without.code, "the keys of this backup are not beside it: there is no `monday.keys`" in without.err)
    assert (4, True) == (cut.code, "`pg_restore` failed" in cut.err)
    assert (0, "") == (back.code, back.err)


def test_what_cannot_be_backed_up_leaves_nothing_behind(ourword: Command, there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program on this machine; and from a folder without the events it would be half of the home."""
    marker = marker_of(there)
    assert marker is not None
    make_postgres_home(tmp_path / "second", marker.postgres, schema=marker.schema)
    elsewhere = ourword("backup", tmp_path / "monday", "--home", tmp_path / "second")
    with monkeypatch.context() as patched:
        patched.setattr("ourword.stores.postgres.dumping.shutil.which", lambda name: None)
        missing = ourword("backup", tmp_path / "monday", "--home", there)
    keys_of(tmp_path / "monday").write_bytes(b"")
    taken = ourword("backup", tmp_path / "monday", "--home", there)

    assert (4, True) == (elsewhere.code, "the events of this home lie in" in elsewhere.err)
    assert (4, True) == (missing.code, "there is no `pg_dump` on this machine" in missing.err)
    assert (4, True) == (taken.code, "monday.keys` is there already" in taken.err)
    assert not (tmp_path / "monday").exists()
    assert b"" == keys_of(tmp_path / "monday").read_bytes()


def test_a_database_is_named_for_one_that_was_in_a_database(ourword: Command, there: Path, home: Path, tmp_path: Path, other: str) -> None:
    """A home in files stays one."""
    assert 0 == ourword("backup", tmp_path / "monday", "--home", home).code
    told = ourword("restore", tmp_path / "monday", "--home", tmp_path / "new", "--postgres", other, "--erasures", "none")

    assert (64, True) == (told.code, "this is no backup of a home in PostgreSQL" in told.err)
    assert not (tmp_path / "new").exists()
