"""A database is put back to an older moment, and the folder's `log/` is not: nobody records a second history that could never be signed."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import LARKSPUR
from tests.stores.cluster import Cluster

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.home import make_postgres_home, open_home
from ourword.verifying.log import verify_home

DECIDE = ("decide", LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml")


@pytest.fixture
def older(tmp_path: Path, cluster: Cluster) -> tuple[Path, Callable[[str], None]]:
    """A home that recorded on after its database and its `log/` were kept (`older`), and what puts the database back and does more to it."""
    now, before, folder = f"now_{secrets.token_hex(6)}", f"before_{secrets.token_hex(6)}", tmp_path / "home"
    cluster.make_database(now)
    make_postgres_home(folder, cluster.address.replace("dbname=postgres", f"dbname={now}"))
    _record(folder, "d-1", "d-2")
    cluster.make_database(before, template=now)
    shutil.copytree(folder / "log", tmp_path / "older")
    _record(folder, "d-3")

    def put_back(statement: str = "SELECT 1") -> None:
        import psycopg

        marker = folder / "home.json"
        marker.write_bytes(marker.read_bytes().replace(now.encode(), before.encode()))
        with closing(psycopg.connect(cluster.address.replace("dbname=postgres", f"dbname={before}"), autocommit=True)) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    return folder, put_back


def _record(folder: Path, *names: str) -> None:
    with open_home(folder) as home:
        for name in names:
            home.record(refund(name, promises=()))


def _put_log_back(folder: Path) -> None:
    shutil.rmtree(folder / "log")
    shutil.copytree(folder.parent / "older", folder / "log")


def test_nobody_records_beside_a_log_that_is_ahead(ourword: Command, older: tuple[Path, Callable[[str], None]]) -> None:
    folder, put_back = older
    put_back()
    for words in (("restore", "--erasures", "none"), ("publish",), (*DECIDE, LARKSPUR / "decisions.jsonl"), ("settle",)):
        told = ourword(*words, "--home", folder)
        assert (4, "") == (told.code, told.out), words
        assert "was signed for 3 entries, and the database knows nothing of that: it was put back to an older moment" in told.err
        assert "put `log` back from the same backup" in told.err
    assert 0 == ourword("log", "--home", folder).code
    with open_home(folder, write=False) as home:
        assert 2 == home.last_seq()


@pytest.mark.parametrize("way", ["log of the same backup", "no log at all"])
def test_with_the_log_put_back_too_it_is_signed_on(ourword: Command, older: tuple[Path, Callable[[str], None]], way: str) -> None:
    folder, put_back = older
    put_back()
    if way == "no log at all":
        (folder / "log").rename(folder.parent / "aside")
    else:
        _put_log_back(folder)
    assert 0 == ourword("restore", "--home", folder, "--erasures", "none").code
    _record(folder, "d-4")
    with open_home(folder, write=False) as home:
        found = verify_home(home, full=True)
    assert ((), 3, 0) == (found.flaws, found.size, found.unpublished)


def test_a_second_history_that_grew_longer_is_known_too(older: tuple[Path, Callable[[str], None]]) -> None:
    """Another machine's folder, which is no further than the database, went on: this one's log is of what is not there any more."""
    folder, put_back = older
    put_back()
    marker = json.loads((folder / "home.json").read_text())
    other = folder.parent / "other"
    make_postgres_home(other, marker["postgres"])
    _record(other, "d-5", "d-6", "d-7")
    with pytest.raises(HomeError, match="was signed for 3 entries, and the database knows nothing of that") as refused:
        open_home(folder)
    assert "home.log-forked" == refused.value.code


def test_keys_that_signed_more_than_the_ledger_holds_are_told(ourword: Command, older: tuple[Path, Callable[[str], None]]) -> None:
    """Two dumps of two moments: the newer one is that of the keys."""
    folder, put_back = older
    with open_home(folder, write=False) as home:
        head = home.keys.log_head()
    assert head is not None
    put_back(f"UPDATE ourword_keys.log_head SET size = 3, note = '\\x{head.hex()}'::bytea")
    _put_log_back(folder)
    told = ourword("restore", "--home", folder, "--erasures", "none")
    assert (4, "") == (told.code, told.out)
    assert "3 entries were signed, as the schema of keys says, and the ledger holds 2" in told.err
    assert "put both schemas back from one dump" in told.err


def test_a_log_that_was_damaged_keeps_nobody_from_deciding(older: tuple[Path, Callable[[str], None]]) -> None:
    """It is written anew from what was kept."""
    folder, _ = older
    (folder / "log" / "checkpoint").write_bytes(b"no checkpoint")
    _record(folder, "d-4")
    with open_home(folder, write=False) as home:
        assert () == verify_home(home, full=True).flaws
