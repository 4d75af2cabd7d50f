"""The list of decisions as a fold over the ledger: kept while we serve, thrown away with the process, rebuilt at will."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import msgspec

ROWS_MAX = 10_000
"""The latest decisions that the list goes back to; the counts go back to the first."""

PAGE_ROWS = 50


class Row(msgspec.Struct, frozen=True):
    """One decision in the list: nothing personal, an entry holds none."""

    seq: int
    decision_id: str
    time: str
    kind: str
    answer: str
    decided_by: str
    by: str
    mode: str
    digest: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the list, newest first, and what there is in all."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    found: int
    counts: Mapping[tuple[str, str], int]
    """(kind, answer) -> how many, over everything recorded."""
    first: str
    last: str

    @property
    def total(self) -> int:
        """How many decisions are recorded."""
        return sum(self.counts.values())


class Listing:
    """Reads what is new in the ledger each time it is asked."""

    def __init__(self, log: Callable[[int], Iterable[dict[str, Any]]]) -> None:
        self._log = log
        self._after = 0
        self._rows: deque[Row] = deque(maxlen=ROWS_MAX)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._first = ""
        self._lock = threading.Lock()

    def page(self, *, kind: str = "", answer: str = "", number: int = 1, rows: int = PAGE_ROWS) -> Page:
        """Give one page, of one kind or answer if they are named; a page beyond the last is the last."""
        with self._lock:
            self._read()
            fitting = [row for row in reversed(self._rows) if kind in ("", row.kind) and answer in ("", row.answer)]
            pages = max(1, -(-len(fitting) // rows))
            number = min(max(number, 1), pages)
            return Page(
                rows=tuple(islice(fitting, (number - 1) * rows, number * rows)),
                number=number,
                pages=pages,
                found=len(fitting),
                counts=dict(self._counts),
                first=self._first,
                last=self._rows[-1].time if self._rows else "",
            )

    def _read(self) -> None:
        for entry in self._log(self._after):
            self._after = entry["seq"]
            if entry["type"] == "decision":
                self._add(entry)

    def _add(self, entry: Mapping[str, Any]) -> None:
        self._first = self._first or entry["time"]
        self._counts[entry["kind"], entry["answer"]] += 1
        self._rows.append(
            Row(
                entry["seq"],
                entry["decision_id"],
                entry["time"],
                entry["kind"],
                entry["answer"],
                entry["decided_by"],
                entry.get("by", "automation"),
                entry.get("mode", "enforce"),
                entry["lineage"]["contract"] or "",
            )
        )
