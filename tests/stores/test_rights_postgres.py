"""A gate's role has the rights that the page names and no more: with them it joins, decides, publishes and backs up."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import LARKSPUR
from tests.stores.cluster import Cluster

from ourword.errors import HomeError
from ourword.stores.home import make_postgres_home, open_home
from ourword.stores.postgres.unwiped import mark_unwiped

GRANTS = """
CREATE ROLE {gate} LOGIN;
GRANT USAGE ON SCHEMA ourword, ourword_keys TO {gate};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ourword, ourword_keys TO {gate};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ourword, ourword_keys TO {gate};
"""


@pytest.fixture
def owner(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """A home whose database is somebody else's: a connection of its owner, and the gate's address."""
    import psycopg

    name, gate = f"db_{secrets.token_hex(6)}", f"gate_{secrets.token_hex(6)}"
    cluster.make_database(name)
    address = cluster.address.replace("dbname=postgres", f"dbname={name}")
    make_postgres_home(tmp_path / "made", address)
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute(GRANTS.format(gate=gate))  # type: ignore[arg-type]
        yield connection, address.replace("user=ourword", f"user={gate}")
        connection.execute(f"DROP OWNED BY {gate}; DROP ROLE {gate}")  # type: ignore[arg-type]


def test_a_gate_joins_decides_and_publishes(ourword: Command, owner: tuple[Any, str], tmp_path: Path) -> None:
    told = ourword("home", tmp_path / "gate", "--postgres", owner[1])
    assert (0, "") == (told.code, told.err)
    files = (LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", LARKSPUR / "decisions.jsonl")
    assert 0 == ourword("decide", *files, "--home", tmp_path / "gate").code
    assert 0 == ourword("publish", "--home", tmp_path / "gate").code
    with open_home(tmp_path / "made", write=False) as made, open_home(tmp_path / "gate", write=False) as joined:
        assert made.id == joined.id
        assert made.published_size() == joined.last_seq() > 0


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump: install Debian's package postgresql-client")
def test_a_gate_backs_up(ourword: Command, owner: tuple[Any, str], cluster: Cluster, tmp_path: Path) -> None:
    """And whoever may put it back: the sequence of the inbox begins anew, in an inbox that is empty."""
    make_postgres_home(tmp_path / "gate", owner[1])
    files = (LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", LARKSPUR / "decisions.jsonl")
    assert 0 == ourword("decide", *files, "--home", tmp_path / "gate").code
    told = ourword("backup", tmp_path / "monday", "--home", tmp_path / "gate")
    assert (0, "") == (told.code, told.err)
    other = f"other_{secrets.token_hex(6)}"
    cluster.make_database(other)
    address = cluster.address.replace("dbname=postgres", f"dbname={other}")
    back = ourword("restore", tmp_path / "monday", "--home", tmp_path / "new", "--postgres", address, "--erasures", "none")
    assert (0, "") == (back.code, back.err)
    with open_home(tmp_path / "new") as new:
        line = new.store._line  # type: ignore[attr-defined]
        assert 1 == line.execute("SELECT nextval('ourword_keys.inbox_arrived_seq')").get


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump: install Debian's package postgresql-client")
def test_a_gate_backs_up_while_older_forms_of_keys_are_to_be_wiped(ourword: Command, owner: tuple[Any, str], tmp_path: Path) -> None:
    """A rotation that was killed leaves a table of the owner's in the schema that is dumped."""
    make_postgres_home(tmp_path / "gate", owner[1])
    with open_home(tmp_path / "made") as made:
        mark_unwiped(made.keys._line, "ourword_keys", "log_key")  # type: ignore[attr-defined]
    told = ourword("backup", tmp_path / "monday", "--home", tmp_path / "gate")
    assert (0, "") == (told.code, told.err)


def test_a_gate_lays_no_newer_tables(owner: tuple[Any, str], tmp_path: Path) -> None:
    """Where those that are there are older, whoever owns them puts them in order."""
    owner[0].execute("DROP FUNCTION ourword.edition")
    with pytest.raises(HomeError) as refused:
        make_postgres_home(tmp_path / "gate", owner[1])
    assert "home.read-only" == refused.value.code
    make_postgres_home(tmp_path / "made", owner[1].replace(owner[1].split("user=")[1].split()[0], "ourword"))
    assert make_postgres_home(tmp_path / "gate", owner[1])


def test_who_has_no_right_at_all_makes_nothing(owner: tuple[Any, str], tmp_path: Path) -> None:
    with pytest.raises(HomeError) as refused:
        make_postgres_home(tmp_path / "gate", owner[1], schema="mine")
    assert "home.read-only" == refused.value.code
