"""A database is put back from before an erasure: no command shows who was erased, and `restore` erases them again."""

from __future__ import annotations

import secrets
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import ADA, BEFORE, NEEDLES, NS, ZORA, found_in, opened
from tests.stores.cluster import Cluster

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.stores.erasures import list_of, read
from ourword.stores.home import make_postgres_home, marker_of, open_home


class Older:
    """A database as it was, and the folder's log, kept to be put back."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        marker = marker_of(folder)
        assert marker is not None
        self._cluster, self._folder = cluster, folder
        self.now = marker.postgres.split("dbname=")[1].split()[0]
        self.before = f"before_{secrets.token_hex(6)}"
        cluster.make_database(self.before, template=self.now)
        self._log = folder.parent / self.before
        if (folder / "log").exists():
            shutil.copytree(folder / "log", self._log)

    def put_back(self) -> None:
        marker = self._folder / "home.json"
        marker.write_bytes(marker.read_bytes().replace(self.now.encode(), self.before.encode()))
        shutil.rmtree(self._folder / "log", ignore_errors=True)
        if self._log.exists():
            shutil.copytree(self._log, self._folder / "log")

    def do(self, *statements: str) -> None:
        import psycopg

        with closing(psycopg.connect(self._cluster.address.replace("dbname=postgres", f"dbname={self.before}"), autocommit=True)) as connection:
            for each in statements:
                connection.execute(each)  # type: ignore[call-overload]


def test_an_older_database_beside_a_newer_list_is_not_opened(ourword: Command, there: Path, cluster: Cluster) -> None:
    """Also as known at an entry, and for reading; then those who came back are erased again, and the home can be used."""
    older = Older(cluster, there)
    with opened(there) as whole:
        first = whole.last_seq()
        erase(whole, ZORA, now=NS)
    older.put_back()
    for given in ({"write": False}, {"write": True}, {"at": first}):
        with pytest.raises(HomeError, match="2 customers who were erased may be in this home again") as refused:
            open_home(there, **given)  # type: ignore[arg-type]
        assert ("home.older", 4) == (refused.value.code, refused.value.exit_code)
    shown = ourword("log", "--home", there)
    told = ourword("restore", "--home", there)

    assert (4, "") == (shown.code, shown.out)
    assert (0, "") == (told.code, told.err)
    with opened(there) as whole:
        assert [(False, True), (False, True)] == [(held["held"], held["erased"]) for held in (export(whole, each, now=NS) for each in (ZORA, BEFORE))]
        assert export(whole, ADA, now=NS)["decisions"]
    assert [] == found_in(there, NEEDLES)


def test_the_list_is_given_where_it_is_not_beside_the_folder(ourword: Command, tmp_path: Path, there: Path, cluster: Cluster) -> None:
    older = Older(cluster, there)
    with opened(there) as whole:
        erase(whole, ZORA, now=NS)
    older.put_back()
    list_of(there).rename(tmp_path / "kept")
    nobody_says = ourword("restore", "--home", there)
    told = ourword("restore", "--home", there, "--erasures", tmp_path / "kept")

    assert (64, "nobody says who was erased since") == (nobody_says.code, nobody_says.err.split(": ")[1])
    assert (0, "") == (told.code, told.err)
    assert "2 customers who were erased since it was made were in it" in " ".join(told.out.split())
    assert 2 == len(read(list_of(there)))


def test_keys_that_are_newer_than_the_ledger_are_put_in_order(ourword: Command, there: Path, cluster: Cluster) -> None:
    """Two dumps of two moments: the erased have no key any more and lie in the ledger, and keys are there whose customers are not."""
    older = Older(cluster, there)
    with opened(there) as whole:
        numbers = [whole.store.number_of(each) for each in (ZORA, BEFORE)]
        last = whole.store.subject_max()
        erase(whole, ZORA, now=NS)
    older.put_back()
    keys = "ourword_keys.subject_key"
    older.do(
        f"DELETE FROM {keys} WHERE number IN ({', '.join(map(str, numbers))})",
        f"INSERT INTO {keys} VALUES ({last + 1}, '\\x00'::bytea, '\\x00'::bytea)",
    )
    told = ourword("restore", "--home", there)

    assert (0, "") == (told.code, told.err)
    with opened(there) as whole:
        assert [None, None] == [whole.store.number_of(each) for each in (ZORA, BEFORE)]
        assert all(whole.find(each).personal is None for each in ("d-1", "d-4", "d-5"))  # type: ignore[union-attr]
        assert 2 == len(whole.store.erasures())
        assert whole.record(refund("d-90", customer="somebody new")).new
        assert whole.store.number_of("somebody new") == last + 1
    assert [] == found_in(there, NEEDLES)


def test_another_folder_is_told_too_once_it_was_opened_since(there: Path, tmp_path: Path, cluster: Cluster) -> None:
    """A second machine's gate would go on recording into what was put back: the list lies beside its folder as well."""
    second = tmp_path / "second"
    marker = marker_of(there)
    assert marker is not None
    make_postgres_home(second, marker.postgres, schema=marker.schema)
    older = Older(cluster, second)
    with opened(there) as whole:
        erase(whole, ZORA, now=NS)
    with opened(second):
        pass
    older.put_back()
    with pytest.raises(HomeError, match="2 customers who were erased may be in this home again"):
        opened(second)
