"""The shop that erasing is tried on, lived once in a process: whoever changes it copies it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.erasing.shop import lived
from tests.stores.cluster import Cluster

from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.moving import move

_ONCE = TemporaryDirectory(prefix="ourword-shop-", ignore_cleanup_errors=True)


@cache
def _lived() -> Path:
    return lived(Path(_ONCE.name) / "home")


@pytest.fixture
def shop() -> Path:
    """The home as it is; nobody writes into it."""
    return _lived()


@pytest.fixture
def home(shop: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(shop, tmp_path / "home"))


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> Path:
    """The shop's home with its ledger in a database, which is copied for whoever changes it."""
    cluster.make_database("shop")
    folder = Path(_ONCE.name)
    shutil.copytree(_lived(), folder / "files")
    move(folder / "files", folder / "there", postgres=cluster.address.replace("dbname=postgres", "dbname=shop"))
    return (folder / "there").rename(folder / "template")  # a copy of a folder that is still where it was is not the one with the events


@pytest.fixture(scope="session")
def new_there(template: Path, cluster: Cluster) -> Callable[[Path], Path]:
    """Makes a home of its own of the one in the database, in the folder that is given."""

    def made(folder: Path) -> Path:
        name = f"shop_{secrets.token_hex(6)}"
        cluster.make_database(name, template="shop")
        shutil.copytree(template, folder)
        marker = folder / "home.json"
        marker.write_bytes(marker.read_bytes().replace(b"dbname=shop", b"dbname=" + name.encode()))
        with open_home(folder) as home, EventStore(home):
            return folder  # which takes the events in from here on, under its own name

    return made


@pytest.fixture
def there(new_there: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A home in a database, to be changed."""
    return new_there(tmp_path / "there")
