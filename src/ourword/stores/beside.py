"""What lies beside an entry of the log, and not in it: a reason, sealed; the numbers of those among whom lots were drawn."""

from __future__ import annotations

import apsw

from ourword.stores.database import has_table

TABLE = "CREATE TABLE IF NOT EXISTS reason (seq INTEGER PRIMARY KEY, sealed BLOB) STRICT"
"""Made with the first reason that is given, or the first sample: homes from before have none."""


def keep_beside(writer: apsw.Connection, seq: int, beside: bytes) -> None:
    """Keep it with its entry, inside the transaction that appends that; nothing is kept of nothing."""
    if beside:
        if isinstance(writer, apsw.Connection):
            writer.execute(TABLE)
        writer.execute("INSERT INTO reason VALUES (?, ?)", (seq, beside))


def beside(reader: apsw.Connection, seq: int) -> bytes | None:
    """Give what was kept beside an entry."""
    if not has_table(reader, "reason"):
        return None
    found = reader.execute("SELECT sealed FROM reason WHERE seq = ?", (seq,)).get
    return None if found is None else bytes(found)
