"""What one gate hands in at once: decisions written out and sealed, a list for each column, in the order of `schema.FIELDS`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ourword.ledger.decided import Decided
from ourword.ledger.write import Written

Customer = tuple[bytes, bytes, bytes | None]
"""Who it is (keyed), what tells their key from others, and the key itself where it is new."""


class Submission:
    """Decisions of one gate, with what it had counted before them, and a token that no other submission has."""

    def __init__(self, gate: str, counter: int, token: bytes) -> None:
        self.gate = gate
        self.before = counter
        self.token = token
        self.columns: tuple[list[Any], ...] = tuple([] for _ in range(12))

    def add(self, decided: Decided, written: Written, customer: Customer, about: tuple[bytes | None, str | None]) -> None:
        """Add one decision."""
        who, mark, fresh = customer
        row = (
            written.decision_id,
            who,
            mark,
            fresh,
            decided.kind,
            decided.instant,
            decided.answer,
            written.box,
            *about,
            len(written.entries),
        )
        for column, value in zip(self.columns, row, strict=False):
            column.append(value)
        self.entries.extend(written.entries)

    @property
    def ids(self) -> Sequence[str]:
        """The decisions' ids."""
        return self.columns[0]

    @property
    def entries(self) -> list[bytes]:
        """All entries, in order."""
        return self.columns[11]

    @property
    def after(self) -> int:
        """What the gate has counted once this is taken."""
        return self.before + len(self.entries)

    @property
    def values(self) -> tuple[Any, ...]:
        """What the statements of `schema` are given, after the lock."""
        return self.gate, self.before, self.token, *self.columns
