"""Lines that become durable together, while nobody else decides for the same customers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ourword.ledger.decided import Decided


def lock_number(customer: str, locks: Sequence[threading.Lock]) -> int:
    """Which of the locks a customer shares, the same for everyone in this process."""
    return hash(customer) % len(locks)


class Together:
    """What waits to be recorded, in order, and the locks of the customers it is about.

    A lock is only ever waited for while none is held, so two batches cannot wait for each other.
    """

    def __init__(self, locks: Sequence[threading.Lock]) -> None:
        self._locks = locks
        self._held: set[int] = set()
        self._waiting: list[tuple[str, Decided] | dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[tuple[str, Decided] | dict[str, Any]]:
        return iter(self._waiting)

    def add(self, each: tuple[str, Decided] | dict[str, Any]) -> None:
        """Let one more wait."""
        self._waiting.append(each)

    def holds(self, customer: str) -> bool:
        """Take a customer's lock if that needs no waiting; false when this batch or somebody else has it."""
        number = lock_number(customer, self._locks)
        if number in self._held or not self._locks[number].acquire(blocking=False):
            return False
        self._held.add(number)
        return True

    def wait_for(self, customer: str) -> None:
        """Take a customer's lock, waiting for it; only an empty batch may."""
        assert not self._held, "a batch that waits while it holds a lock may wait for ever"
        number = lock_number(customer, self._locks)
        self._locks[number].acquire()
        self._held.add(number)

    def take(self) -> list[tuple[str, Decided] | dict[str, Any]]:
        """Give what waited, and let go of every lock."""
        waited, self._waiting = self._waiting, []
        for number in self._held:
            self._locks[number].release()
        self._held = set()
        return waited
