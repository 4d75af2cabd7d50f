"""What a store does: the same verbs whether it is memory, SQLite or (later) PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from ourword.errors import LineError
from ourword.ledger.decided import Decided, Personal
from ourword.ledger.entry import AnyEntry, Decision, entry_from_bytes


class Entry(msgspec.Struct, frozen=True):
    """An entry with its number in this ledger: 1, 2, 3 … without a gap."""

    seq: int
    bytes: bytes

    @property
    def value(self) -> AnyEntry:
        """The entry read back from its bytes."""
        return entry_from_bytes(self.bytes)


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that is durable."""

    decision_id: str
    seq: int
    """The number of its decision entry; promises, bend and signals follow it."""
    new: bool
    """False when the id was recorded before: all that is here is then the first decision."""
    same: bool = True
    """False when a retry handed in something else than the first time; the first verdict stands."""
    entry: bytes
    personal: Personal | None
    """`None` once the customer has been erased."""

    @property
    def decision(self) -> Decision:
        """The decision entry read back from its bytes."""
        value = entry_from_bytes(self.entry)
        assert isinstance(value, Decision)
        return value


class Store(Protocol):
    """Where entries and the personal data beside them are kept; every store passes `ourword.checks.store`."""

    def commit(self, batch: Sequence[Decided]) -> list[Recorded | LineError]:
        """Record all or none, durably, in order; a `decision_id` that is there already gives its first decision.

        A decision that cannot be written (too large, not JSON) gives its `LineError` in its place; the rest are recorded.
        Raises `HomeError` when the store cannot write: then nothing of the batch is acknowledged.
        """

    def find(self, decision_id: str) -> Recorded | None:
        """Give a recorded decision."""

    def entries(self, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Give the entries numbered above *after*, in order, at most *limit*."""

    def history(self, customer: str, kind: str, *, answers: Collection[str] = (), since: int | None = None, until: int | None = None) -> int:
        """Count a customer's recorded decisions of a kind with one of *answers* (none: any), both instants included."""

    def close(self) -> None:
        """Release what is held; a closed store cannot be used."""
