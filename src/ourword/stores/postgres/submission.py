"""What one gate hands in at once: decisions written out and sealed, a list for each column, in the order of `schema.FIELDS`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ourword.ledger.decided import Decided
from ourword.ledger.seal import Subject
from ourword.ledger.write import Written
from ourword.stores.postgres.packed import array, packed, packed_bigint, packed_integer
from ourword.stores.postgres.schema import FIELDS

About = tuple[bytes | None, str | None]


class Customer(NamedTuple):
    """A customer as a gate knows them."""

    of: Subject
    mark: bytes
    """What tells their key from others."""
    fresh: bool
    """Whether they are new: then their key goes along."""


class Sealed(NamedTuple):
    """A decision written out under a customer's key; what of it does not depend on its number is packed."""

    customer: Customer
    written: Written
    row: tuple[bytes, ...]


class Draft(NamedTuple):
    """A decision on its way into a submission."""

    decided: Decided
    who: bytes
    ahead: Sealed | None
    """It, where its customer was known before it is known what it comes after."""


def sealed_row(decided: Decided, who: bytes, customer: Customer, written: Written, about: About) -> Sealed:
    """Pack a decision that was written out."""
    contact, objects = about
    row = (
        packed(written.decision_id.encode()),
        packed(who),
        packed(customer.mark),
        packed(customer.of.key if customer.fresh else None),
        packed(decided.kind.encode()),
        packed_bigint(decided.instant),
        packed(decided.answer.encode()),
        packed(written.box),
        packed(contact),
        packed(None if objects is None else objects.encode()),
        packed_integer(len(written.entries)),
    )
    return Sealed(customer, written, row)


class Submission:
    """Decisions of one gate, with what it had counted before them, and a token that no other submission has."""

    def __init__(self, gate: str, counter: int, token: bytes) -> None:
        self.gate = gate
        self.before = counter
        self.after = counter
        """What the gate has counted once this is taken."""
        self.token = token
        self.ids: list[str] = []
        self.whos: set[bytes] = set()
        self._rows: list[tuple[bytes, ...]] = []
        self._entries: list[bytes] = []

    def add(self, who: bytes, sealed: Sealed, entries: Sequence[bytes]) -> int:
        """Add one decision with its counted entries; give the place of its first among all entries, from 1 on."""
        place = len(self._entries) + 1
        self.ids.append(sealed.written.decision_id)
        self.whos.add(who)
        self._rows.append(sealed.row)
        self._entries += [packed(entry) for entry in entries]
        self.after += len(entries)
        return place

    @property
    def values(self) -> tuple[Any, ...]:
        """What the statements of `schema` are given, after the lock."""
        columns = [array(kind, values) for (_, kind), values in zip(FIELDS, [*zip(*self._rows, strict=True), self._entries], strict=True)]
        return self.gate, self.before, self.token, *columns
