"""Homes that have something to let go of, of both kinds: in files, and with their ledger in a database."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.pruning.served import Gate, connect
from tests.pruning.shop import opened, years
from tests.stores.cluster import Cluster

from ourword.stores.home import make_postgres_home
from ourword.stores.moving import move


@pytest.fixture(scope="session")
def three_years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of 1,200 decisions over three years, under a contract that keeps them for one."""
    home = tmp_path_factory.mktemp("pruning") / "home"
    years(home)
    return home


@pytest.fixture
def copied(kind: str, request: pytest.FixtureRequest) -> Callable[[Path, Path], Path]:
    """Copies a home that lies in files into a new folder, as a home of this kind."""

    def copy(home: Path, target: Path) -> Path:
        if kind == "files":
            return Path(shutil.copytree(home, target))
        files = Path(shutil.copytree(home, target.with_name(f"{target.name}-files-{secrets.token_hex(3)}")))
        move(files, target, postgres=request.getfixturevalue("cluster").address, schema=f"home_{secrets.token_hex(6)}")
        return target

    return copy


@pytest.fixture
def home(three_years: Path, tmp_path: Path, copied: Callable[[Path, Path], Path]) -> Path:
    return copied(three_years, tmp_path / "home")


@pytest.fixture
def database(cluster: Cluster) -> str:
    """The address of an empty database."""
    name = f"pruned_{secrets.token_hex(6)}"
    cluster.make_database(name)
    return cluster.address.replace("dbname=postgres", f"dbname={name}")


@pytest.fixture
def there(three_years: Path, database: str, tmp_path: Path) -> Path:
    """The home of three years, alone in a database."""
    files = Path(shutil.copytree(three_years, tmp_path / "files"))
    move(files, tmp_path / "there", postgres=database)
    return tmp_path / "there"


@pytest.fixture
def owner(database: str) -> Iterator[Any]:
    """A connection of the role that owns the home's tables."""
    with closing(connect(database)) as connection:
        yield connection


@pytest.fixture
def gate(there: Path, owner: Any, database: str, tmp_path: Path) -> Iterator[Gate]:
    opened(there).close()  # which hands its contracts in
    made = Gate(owner, database, tmp_path / "gate")
    make_postgres_home(made.folder, made.address)
    yield made
    made.connection.close()
    owner.execute(f"DROP OWNED BY {made.role}; DROP ROLE {made.role}")
