"""The rows that decisions are found and counted by, held against the log's entries: each decision has one, and nothing else has."""

from __future__ import annotations

from collections.abc import Iterable

from ourword.stores.home import Home
from ourword.stores.pruned import DECIDES
from ourword.verifying.flaws import Flaws

GONE = "the row by which this decision is found and counted is gone: it was deleted"
BESIDE = "a decision stands beside this entry, which is none: it was put in"
WITHOUT = "a decision stands there without an entry: it was put in, or its entry was deleted"
_PAGE = 1000
_FIRST, _LAST = -(2**63), 2**63 - 1
"""The numbers that a row can have at all."""


class Decisions:
    """Holds the rows against the decisions of the log, a page at a time. What a row says is held against its entry where personal data is opened."""

    def __init__(self, home: Home, flaws: Flaws) -> None:
        self._store = home.store
        self._flaws = flaws
        self._told: set[int] = set()
        """The decisions of this page, as the log tells them."""
        self._first, self._last = _FIRST, 0
        """The rows of this page: before the first entry there are none."""

    def decision(self, number: int) -> None:
        """Take in the next decision of the log."""
        if number > self._last:
            self._hold(self._last)
            self._last = number + _PAGE - 1
        self._told.add(number)

    def finish(self, last: int) -> None:
        """Hold the rows up to the log's last entry, and those beyond all entries; what is not signed yet is not looked at."""
        self._hold(last)
        beyond = self._store.counted_by(first=max(last, self._store.last_seq()) + 1, last=_LAST)
        now = self._store.last_seq() if beyond else 0  # of a home that is at work these may have come since
        self._belong_to_none(number for number in beyond if number > now)

    def _hold(self, last: int) -> None:
        rows = set(self._store.counted_by(first=self._first, last=last))
        for number in sorted(self._told - rows):
            self._flaws.add("ledger.sqlite", GONE, entry=number)
        self._belong_to_none(rows - self._told)
        self._first, self._told = last + 1, set()

    def _belong_to_none(self, rows: Iterable[int]) -> None:
        """Rows of which the log told no decision. Where it could not be read there it is told why, and the ledger's own entry is asked instead."""
        for number in sorted(rows):
            found = self._store.entries(after=number - 1, limit=1) if number > 0 else []
            if not found or found[0].seq != number:
                self._flaws.add("ledger.sqlite", WITHOUT, entry=number)
            elif DECIDES not in found[0].bytes:
                self._flaws.add("ledger.sqlite", BESIDE, entry=number)
