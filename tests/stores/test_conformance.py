"""All stores do what every store must do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.stores.cluster import Cluster

from ourword.checks.store import ManyGatesChecks, StoreChecks
from ourword.ledger.store import Store
from ourword.stores.home import make_postgres_home, open_home
from ourword.stores.sqlite import SqliteStore
from ourword.testing import MemoryStore


class TestMemoryStore(StoreChecks):
    def open(self) -> Store:
        return MemoryStore()


class TestSqliteStore(ManyGatesChecks):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "home"

    def open(self) -> SqliteStore:
        return open_home(self.folder)._store

    open_again = open


class TestPostgresStore(ManyGatesChecks):
    @pytest.fixture(autouse=True)
    def _homes(self, tmp_path: Path, cluster: Cluster) -> Iterator[None]:
        self.folder = tmp_path / "home"
        make_postgres_home(self.folder, cluster.address, schema=f"home_{secrets.token_hex(6)}")
        with ExitStack() as self.opened:
            yield

    def open(self) -> SqliteStore:
        return self.opened.enter_context(open_home(self.folder))._store

    open_again = open
