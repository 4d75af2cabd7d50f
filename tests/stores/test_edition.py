"""A database of another edition is brought up, or said: nobody records by functions that mean something else."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.stores.cluster import Cluster

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.home import make_postgres_home, open_home
from ourword.stores.postgres.edition import edition
from ourword.stores.postgres.line import Line
from ourword.stores.postgres.schema import EDITION, KEYS_IN_THE_CLEAR, KEYS_SCHEMA, KEYS_WRAPPED, ledger_schema
from ourword.stores.postgres.store import lock_number

DIGESTS = {1: "8777abf714099718", 2: "7e9e183fb7fb0449", 3: "783aa2e698978b74"}
"""By edition, what it is: a change to tables or functions is one more edition, and has another digest."""


@pytest.fixture
def schema() -> str:
    return f"home_{secrets.token_hex(6)}"


@pytest.fixture
def folder(tmp_path: Path, cluster: Cluster, schema: str) -> Path:
    make_postgres_home(tmp_path / "home", cluster.address, schema=schema)
    return tmp_path / "home"


@pytest.fixture
def line(cluster: Cluster, schema: str) -> Iterator[Line]:
    with closing(Line(cluster.address, schema, place="test")) as made:
        yield made


def make_older(line: Line) -> None:
    """As a home from before editions were numbered, with a function that has been mended since."""
    line.execute("DROP FUNCTION edition")
    line.execute("CREATE OR REPLACE FUNCTION drain() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'an old mistake'; END $$")


def test_a_change_to_tables_or_functions_is_one_more_edition() -> None:
    """Else databases that are there would not be brought up to it."""
    tables = KEYS_IN_THE_CLEAR + KEYS_WRAPPED + KEYS_SCHEMA
    assert DIGESTS[EDITION] == hashlib.sha256((tables + ledger_schema('"keys"')).encode()).hexdigest()[:16]


def test_a_new_home_is_of_this_edition(folder: Path, line: Line) -> None:
    assert edition(line) == EDITION


def test_an_older_one_is_brought_up_when_it_is_opened_for_writing(folder: Path, line: Line) -> None:
    """Whoever only reads changes nothing; what was recorded is there afterwards."""
    with open_home(folder) as home:
        home.record(refund("d-1"))
    make_older(line)

    open_home(folder, write=False).close()
    assert edition(line) == 0
    with open_home(folder) as home:
        assert edition(line) == EDITION
        home.store._line.execute("SELECT drain()")  # type: ignore[attr-defined]
        assert home.record(refund("d-1")).new is False
        assert home.record(refund("d-2")).seq == 3


def test_it_is_brought_up_while_nobody_records(folder: Path, line: Line, cluster: Cluster) -> None:
    """Whoever holds the sequencer's lock ends its transaction by the functions with which it began."""
    import psycopg

    with open_home(folder) as home:
        lock = lock_number(home.id)
    make_older(line)
    opened: list[Any] = []
    with psycopg.connect(cluster.address) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s::bigint)", (lock,))
        thread = threading.Thread(target=lambda: opened.append(open_home(folder)))
        thread.start()
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not line.execute(waits).get:
            pass
        assert edition(line) == 0
    thread.join()

    assert edition(line) == EDITION
    opened[0].close()


def test_a_role_that_may_not_replace_them_says_who_may(folder: Path, line: Line, cluster: Cluster, schema: str, tmp_path: Path) -> None:
    """Rights as the page gives them to gates: they record into a home of this edition, and cannot bring up an older one."""
    gate = f"gate_{secrets.token_hex(4)}"
    line.execute(f"CREATE ROLE {gate} LOGIN")
    for each in (schema, f"{schema}_keys"):
        line.execute(f"GRANT USAGE ON SCHEMA {each} TO {gate}")
        line.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {each} TO {gate}")
        line.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {each} TO {gate}")
    marker = folder / "home.json"
    marker.write_text(marker.read_text().replace("user=ourword", f"user={gate}"))
    with open_home(folder) as home:
        home.record(refund("d-1"))
    make_older(line)

    with pytest.raises(HomeError) as caught:
        open_home(folder)
    assert caught.value.code == "home.older-functions"
    make_postgres_home(tmp_path / "owner", cluster.address, schema=schema)
    with open_home(folder) as home:
        assert home.record(refund("d-2")).seq == 3


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_one_is_not_opened_and_not_touched(folder: Path, line: Line, cluster: Cluster, schema: str, tmp_path: Path, write: bool) -> None:
    """Its functions may mean something else by the same words."""
    line.execute(f"CREATE OR REPLACE FUNCTION edition() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT {EDITION + 1}'")
    for act in (lambda: open_home(folder, write=write), lambda: make_postgres_home(tmp_path / "other", cluster.address, schema=schema)):
        with pytest.raises(HomeError) as caught:
            act()
        assert caught.value.code == "home.newer-format"

    assert edition(line) == EDITION + 1
