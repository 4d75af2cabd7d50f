"""A mark in `keys.sqlite` for as long as older forms of keys may still lie in it: made with what took them out, gone with the file written anew.

Each that takes keys out makes a mark of its own. Who wipes takes back only marks that were there before it wiped: one that another process made
meanwhile stands for keys that this one's writing anew may have missed.
"""

from __future__ import annotations

import apsw

from ourword.stores.database import has_table, roll_back, wipe

_TABLE = "CREATE TABLE IF NOT EXISTS unwiped (one INTEGER PRIMARY KEY) STRICT"


def is_unwiped(connection: apsw.Connection) -> bool:
    """Whether older forms of keys may still lie in the file."""
    return has_table(connection, "unwiped")


def mark_unwiped(connection: apsw.Connection) -> None:
    """Mark, in the transaction that takes keys out of the file, that they are to be wiped."""
    connection.execute(_TABLE)
    connection.execute("INSERT INTO unwiped VALUES (random())")


def finish_wiping(connection: apsw.Connection) -> None:
    """Write the file anew where keys were taken out of it. Raises `apsw.BusyError` where another process reads on; run it again then."""
    if not is_unwiped(connection):
        return
    before = _marks(connection)
    wipe(connection, anew=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        if is_unwiped(connection):  # else another process has wiped it too
            connection.executemany("DELETE FROM unwiped WHERE one = ?", before)
            if not _rows(connection):
                connection.execute("DROP TABLE unwiped")
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def _marks(connection: apsw.Connection) -> list[tuple[int]]:
    """The marks as of one moment."""
    try:
        connection.execute("BEGIN")
        return _rows(connection) if is_unwiped(connection) else []
    finally:
        roll_back(connection)


def _rows(connection: apsw.Connection) -> list[tuple[int]]:
    return [(int(row[0]),) for row in connection.execute("SELECT one FROM unwiped")]
