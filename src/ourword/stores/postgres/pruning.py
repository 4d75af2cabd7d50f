"""Letting go of decisions in PostgreSQL: the statements that are other ones there, and how rows that were deleted leave the server's files."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from ourword.stores.postgres import statements
from ourword.stores.postgres.erasing import ErasingStore, patiently, rewritten
from ourword.stores.postgres.laid import owns
from ourword.stores.postgres.line import WAIT_SECONDS, Line

LARGE = ("entry", "decision")
"""Tables that are as large as the ledger."""
BYTES_MAX = 128 * 2**20
"""Of what is left in such a table after a pruning: so much is written anew, with its indexes, within the ten seconds for which gates wait."""
_LATER = ("leaf", "pruning")
"""Tables that homes from before do not have until somebody opens them for writing."""


class PruningStore(ErasingStore):
    """What a store in PostgreSQL does to let go of decisions."""

    _first_since, _newest_until, _digests = statements.FIRST_SINCE, statements.NEWEST_UNTIL, statements.DIGESTS
    _among, _not_among = "= ANY (?::bigint[])", "<> ALL (?::bigint[])"
    _beside = ("decision",)
    """Marks of contacts and objects lie in it."""

    @staticmethod
    def _listed(numbers: Iterable[int]) -> Any:
        return list(numbers)

    @staticmethod
    def _has(reader: Any, table: str) -> bool:
        return table not in _LATER or bool(reader.execute("SELECT to_regclass(?::text) IS NOT NULL", (table,)).get)

    @property
    def _whole_log(self) -> str:
        return f'"{self._line.schema}".entry'

    @staticmethod
    def _there(writer: Any, table: str) -> bool:
        return True

    def may_prune(self) -> bool:
        """Whether the role owns the tables: then it may write them anew, and say in the schema of keys what it is about to let go of."""
        with self._read() as reader:
            return owns(reader, self._whole_log)  # type: ignore[arg-type]

    def lay_pruning(self, writer: Any) -> None:
        """Nothing: they came with the edition of tables, when it was opened for writing."""

    def size(self) -> int:
        """How many bytes the ledger's tables take, with their indexes."""
        sql = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(?::text)"
        with self._read() as reader:
            return int(reader.execute(sql, (f'"{self._line.schema}"',)).get)

    def wipe(self, *, anew: bool = False) -> tuple[str, ...]:
        """As for an erasure; *anew*: the tables that are as large as the ledger are written anew too, where what is left of them is not too large.

        Raises `HomeError` (`home.busy`) while somebody still looks at what was there before; run it again then.
        """
        left: list[str] = []
        if anew:
            with self._sweeping() as line:
                for each in LARGE:
                    end = time.monotonic() + WAIT_SECONDS
                    table = f'"{self._line.schema}".{each}'
                    words = rewritten(line, table, end, most=BYTES_MAX, size=_alive(line, table))
                    left += [words] if words else []
                    patiently(line, f"ANALYZE {table}", time.monotonic() + WAIT_SECONDS)  # the samples that it kept were of rows that are gone
        return (*left, *super().wipe())


def _alive(line: Line, table: str) -> int:
    """About how many bytes of a table's rows are not deleted; what they take on the disk where that is small."""
    bytes_ = int(line.execute("SELECT pg_table_size(?::regclass)", (table,)).get)
    return bytes_ if bytes_ <= BYTES_MAX else int(line.execute(f"SELECT coalesce(sum(pg_column_size(each.*)), 0) FROM {table} AS each").get)
