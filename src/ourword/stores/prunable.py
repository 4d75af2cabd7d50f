"""What the ledger's file does so that decisions can be let go of; a ledger in PostgreSQL does the same by other statements."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar

from ourword.stores.database import has_table
from ourword.stores.pruned import LEAVES, PRUNING
from ourword.stores.reader import LedgerReader

NOTHING_DECIDED = "who IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision WHERE subject = number)"


class Prunable(LedgerReader):
    """The part of a store that pruning asks; *writer* is the connection of its transaction (`SqliteStore.appending`)."""

    _among: ClassVar[str] = "IN (SELECT value FROM json_each(?))"
    _not_among: ClassVar[str] = "NOT IN (SELECT value FROM json_each(?))"
    _beside: ClassVar[tuple[str, ...]] = ("about", "decision")
    """Tables of which all goes between two numbers."""

    @staticmethod
    def _listed(numbers: Iterable[int]) -> Any:
        """Numbers as the two statements above read them."""
        return json.dumps(list(numbers))

    def may_prune(self) -> bool:
        """Whether who has opened it may let go of anything."""
        return True

    def lay_pruning(self, writer: Any) -> None:
        """Lay the tables that pruning needs: homes from before have none."""
        for statement in (LEAVES, PRUNING):
            writer.execute(statement)

    def drop_rows(self, writer: Any, after: int, until: int, *, stay: Sequence[int]) -> None:
        """Delete the entries in these bounds, but those that *stay* (in order), with all that lies beside them."""
        for table in self._beside:
            if self._there(writer, table):
                writer.execute(f"DELETE FROM {table} WHERE seq > ? AND seq <= ?", (after, until))
        kept = self._listed(stay[bisect_right(stay, after) : bisect_right(stay, until)])
        for table in ("entry", "reason"):
            if self._there(writer, table):
                writer.execute(f"DELETE FROM {table} WHERE seq > ? AND seq <= ? AND seq {self._not_among}", (after, until, kept))

    @staticmethod
    def _there(writer: Any, table: str) -> bool:
        return has_table(writer, table)

    def nothing_decided(self) -> list[int]:
        """Give the numbers of the customers on whom no decision is left, and who are named still."""
        with self._read() as reader:
            return [number for (number,) in reader.execute(f"SELECT number FROM subject WHERE {NOTHING_DECIDED}")]

    def nameless(self) -> list[int]:
        """Give the numbers of the customers whose keyed name is gone: they were erased, or nothing is left of them."""
        with self._read() as reader:
            return [number for (number,) in reader.execute("SELECT number FROM subject WHERE who IS NULL")]

    def unname(self, writer: Any, numbers: Collection[int]) -> list[int]:
        """Clear the keyed names of those of these on whom no decision is left; their numbers stay, and are never given again."""
        sql = f"UPDATE subject SET who = NULL WHERE number {self._among} AND {NOTHING_DECIDED} RETURNING number"
        return [number for (number,) in writer.execute(sql, (self._listed(numbers),)).fetchall()]

    def size(self) -> int:
        """About how many bytes the ledger takes on the disk."""
        return self.path.stat().st_size
