"""The rows that decisions are found and counted by, held against the log's entries: each decision has one, and nothing else has."""

from __future__ import annotations

from ourword.stores.home import Home
from ourword.verifying.flaws import Flaws

GONE = "the row by which this decision is found and counted is gone: it was deleted"
BESIDE = "a decision stands beside this entry, which is none: it was put in"
WITHOUT = "a decision stands there without an entry: it was put in, or its entry was deleted"
IS_ONE = b'"type":"decision"'
"""Stands in every entry of a decision, and in no other: quotes within a text are written otherwise."""
_PAGE = 1000
_FIRST, _LAST = -(2**63), 2**63 - 1
"""The numbers that a row can have at all."""


class Decisions:
    """Walks through the rows while the log is read. What a row says is held against its entry where personal data is opened too."""

    def __init__(self, home: Home, flaws: Flaws) -> None:
        self._store = home.store
        self._flaws = flaws
        self._rows: set[int] = set()
        self._upto = _FIRST - 1
        """Up to which number rows were read."""

    def entry(self, number: int, *, is_one: bool) -> None:
        """Hold an entry of the log, in their order, against its row."""
        if number > self._upto:
            self._left_over()
            self._read(number + _PAGE - 1)
        there = number in self._rows
        self._rows.discard(number)
        if is_one and not there:
            self._flaws.add("ledger.sqlite", GONE, entry=number)
        elif there and not is_one:
            self._flaws.add("ledger.sqlite", BESIDE, entry=number)

    def finish(self, last: int) -> None:
        """Tell of rows up to the log's last entry that belong to none, and of those beyond all entries; what is not signed yet is not looked at."""
        if last > self._upto:
            self._left_over()
            self._read(last)
        self._rows = {number for number in self._rows if number <= last}
        self._left_over()
        beyond = self._store.counted_by(first=max(last, self._store.last_seq()) + 1, last=_LAST)
        now = self._store.last_seq() if beyond else 0  # of a home that is at work these may have come since
        self._rows = {number for number in beyond if number > now}
        self._left_over()

    def _read(self, upto: int) -> None:
        self._rows = set(self._store.counted_by(first=self._upto + 1, last=upto))
        self._upto = upto

    def _left_over(self) -> None:
        """Rows for which the log told no entry. Where it could not be read there it is told why, and the ledger's own entry is asked instead."""
        for number in sorted(self._rows):
            found = self._store.entries(after=number - 1, limit=1) if number > 0 else []
            if found and found[0].seq == number:
                if IS_ONE not in found[0].bytes:
                    self._flaws.add("ledger.sqlite", BESIDE, entry=number)
            else:
                self._flaws.add("ledger.sqlite", WITHOUT, entry=number)
