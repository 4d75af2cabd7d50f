"""A store that forgets everything when the program ends: for your tests, and the plainest statement of what a store does."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence

import msgspec

from ourword.errors import HomeError, LineError
from ourword.ledger.decided import Decided, asks_the_same
from ourword.ledger.naming import fit_decision_id
from ourword.ledger.seal import KEY_BYTES, Subject, subject
from ourword.ledger.store import Entry, Recorded
from ourword.ledger.write import CHANCE_BYTES, written_out


class MemoryStore:
    """Keeps entries in a list and decisions in a dictionary; keeps no disk, no process and no other thread in mind.

    >>> MemoryStore().entries()
    []
    """

    def __init__(self, *, chance: Callable[[int], bytes] = os.urandom) -> None:
        self.gate = chance(8).hex()
        self._chance = chance
        self._subjects: dict[str, Subject] = {}
        self._entries: list[bytes] = []
        self._decisions: dict[str, tuple[Decided, Recorded]] = {}
        self._closed = False

    def commit(self, batch: Sequence[Decided]) -> list[Recorded | LineError]:
        """Record all in order; a `decision_id` that is there already gives its first decision."""
        if self._closed:
            raise HomeError("home.closed", "the store is closed", place="memory", hint="make another one")
        return [self._record(decided) for decided in batch]

    def _record(self, decided: Decided) -> Recorded | LineError:
        customer = decided.personal.customer
        of = self._subjects.get(customer) or subject(len(self._subjects) + 1, self._chance(KEY_BYTES))
        try:
            written = written_out(decided, of, gate=self.gate, counter=len(self._entries), chance=self._chance(CHANCE_BYTES))
        except LineError as error:
            return error
        if written.decision_id in self._decisions:
            first, recorded = self._decisions[written.decision_id]
            same = first.kind == decided.kind and asks_the_same(first.personal, decided.personal)
            return msgspec.structs.replace(recorded, new=False, same=same)
        self._subjects[customer] = of
        seq = len(self._entries) + 1
        recorded = Recorded(decision_id=written.decision_id, seq=seq, new=True, entry=written.entries[0], personal=decided.personal)
        self._entries += written.entries
        self._decisions[written.decision_id] = decided, recorded
        return recorded

    def find(self, decision_id: str) -> Recorded | None:
        """Give a recorded decision."""
        found = self._decisions.get(fit_decision_id(decision_id))
        return msgspec.structs.replace(found[1], new=False) if found else None

    def entries(self, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Give the entries numbered above *after*, in order, at most *limit*."""
        return [Entry(seq, written) for seq, written in enumerate(self._entries[after : after + limit], after + 1)]

    def history(self, customer: str, kind: str, *, answers: Collection[str] = (), since: int | None = None, until: int | None = None) -> int:
        """Count a customer's recorded decisions of a kind with one of *answers* (none: any), both instants included."""
        return sum(
            decided.personal.customer == customer
            and decided.kind == kind
            and (not answers or decided.answer in answers)
            and (since is None or since <= decided.instant)
            and (until is None or decided.instant <= until)
            for decided, _ in self._decisions.values()
        )

    def close(self) -> None:
        """Take no more."""
        self._closed = True
