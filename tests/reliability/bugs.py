"""Mistakes that a ledger could make, each put in on purpose: a test that does not find them finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest import mock

import apsw

from ourword.stores import keys, publishing, sqlite
from ourword.stores.sqlite import SqliteStore


@contextmanager
def acknowledged_before_commit() -> Iterator[None]:
    """The commit is left to the next call, so that the caller need not wait for the disk."""
    commit, close = SqliteStore.commit, SqliteStore.close

    def committed_late(self: SqliteStore, batch: Sequence[Any]) -> Any:
        if self._writer and self._writer.in_transaction:
            self._writer.execute("COMMIT")
        return commit(self, batch)

    def not_yet(self: SqliteStore, writer: Any, recorded: Any, place: Any) -> None:
        self._counter = place.counter

    def closed(self: SqliteStore) -> None:
        if self._writer and self._writer.in_transaction:
            self._writer.execute("COMMIT")
        close(self)

    with mock.patch.multiple(SqliteStore, commit=committed_late, _make_durable=not_yet, close=closed):
        yield


def _synchronous(module: Any, level: str) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def patched() -> Iterator[None]:
        connect = module.connect

        def careless(*args: Any, write: bool = True, **options: Any) -> apsw.Connection:
            connection: apsw.Connection = connect(*args, write=write, **options)
            if write:
                connection.execute(f"PRAGMA synchronous={level}")
            return connection

        with mock.patch.object(module, "connect", careless):
            yield

    return patched


@contextmanager
def gap_after_error() -> Iterator[None]:
    """The next number is kept in memory, and an error does not set it back (as a sequence of a database is)."""
    highest = 0

    class Remembering(sqlite._Place):
        def __init__(self, seq: int, counter: int) -> None:
            super().__init__(max(seq, highest), counter)

        def insert(self, writer: apsw.Connection) -> None:
            nonlocal highest
            highest = max(highest, self.seq)
            super().insert(writer)

    with mock.patch.object(sqlite, "_Place", Remembering):
        yield


@contextmanager
def taken_for_granted() -> Iterator[None]:
    """After a failed commit nobody looks whether it happened."""
    with mock.patch.object(SqliteStore, "_settle_unknown_outcome", return_value=None):
        yield


@contextmanager
def two_transactions() -> Iterator[None]:
    """What finds a decision is committed first, its entries after that."""
    keep = sqlite._Place.insert

    def early(self: sqlite._Place, writer: apsw.Connection) -> None:
        writer.execute("COMMIT")
        writer.execute("BEGIN IMMEDIATE")
        keep(self, writer)

    with mock.patch.object(sqlite._Place, "insert", early):
        yield


@contextmanager
def tiles_not_synced() -> Iterator[None]:
    """A checkpoint is signed over tiles whose names are not on the disk yet."""
    with mock.patch.object(publishing._Publisher, "_sync", return_value=None):
        yield


BUGS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "acknowledged-before-commit": acknowledged_before_commit,
    "synchronous-off": _synchronous(sqlite, "OFF"),
    "synchronous-normal": _synchronous(sqlite, "NORMAL"),
    "keys-not-synced": _synchronous(keys, "OFF"),
    "gap-after-error": gap_after_error,
    "taken-for-granted": taken_for_granted,
    "tiles-not-synced": tiles_not_synced,
    "two-transactions": two_transactions,
}
