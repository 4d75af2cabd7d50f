"""Both stores do what every store must do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourword.checks.store import SharedStoreChecks, StoreChecks
from ourword.ledger.store import Store
from ourword.stores.home import open_home
from ourword.stores.sqlite import SqliteStore
from ourword.testing import MemoryStore


class TestMemoryStore(StoreChecks):
    def open(self) -> Store:
        return MemoryStore()


class TestSqliteStore(SharedStoreChecks):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "home"

    def open(self) -> SqliteStore:
        return open_home(self.folder)._store
