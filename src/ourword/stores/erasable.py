"""What the ledger's file does so that customers can be erased in it; a ledger in PostgreSQL does the same by other means."""

from __future__ import annotations

from collections.abc import Collection

import apsw

from ourword.stores.beside import TABLE
from ourword.stores.reader import FORGOTTEN

ERASING = "CREATE TABLE IF NOT EXISTS erasing (number INTEGER PRIMARY KEY) STRICT"
"""Customers whose erasure was begun and is not done. Made with the first erasure."""


class Erasable:
    """The part of a store that erasing asks, inside its transaction."""

    def lay_erasing(self, writer: apsw.Connection) -> None:
        """Lay the tables that erasing needs, inside its transaction: homes from before have none."""
        for statement in (ERASING, FORGOTTEN, TABLE):
            writer.execute(statement)

    def list_erasure(self, writer: apsw.Connection, seq: int) -> None:
        """Note which entry says that somebody was erased, where entries are too many to look through whenever a home is opened."""

    def mend(self, subs: Collection[str]) -> dict[str, int]:
        """After a restore, put in order what belongs to different moments; give who of these `sub` is here without a key. Files are of one moment."""
        return {}

    def drop_reasons(self, writer: apsw.Connection, seqs: Collection[int]) -> list[int]:
        """Delete what lies beside these entries, inside a transaction; give those beside which something lay."""
        return [seq for seq in seqs if writer.execute("DELETE FROM reason WHERE seq = ? RETURNING seq", (seq,)).get]
