"""A home's rows as both kinds of home have them, to be moved from one to the other: read in order, written as they are, held against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec

from ourword.errors import HomeError
from ourword.stores.database import close, connect, has_table, troubles_of
from ourword.tlog.tiles import WIDTH, Growing, hashes_in
from ourword.tlog.tree import leaf_hash

TABLES: dict[str, tuple[str, ...]] = {
    "home": ("id", "key"),
    "subject_key": ("number", "key"),
    "signal_key": ("number", "key"),
    "log_key": ("one", "seed"),
    "log_head": ("one", "size", "note"),
    "log_past": ("entry", "key"),
    "let_go": ("one", "asked"),
    "subject": ("number", "who"),
    "leaf": ("number", "hashes"),
    "entry": ("seq", "bytes"),
    "decision": ("seq", "id", "subject", "kind", "at", "answer", "sealed", "contact", "objects", "marked"),
    "reason": ("seq", "sealed"),
    "checkpoint": ("size", "note"),
    "forgotten": ("mark",),
}
"""What is moved, in this order: the first column of each is what it is ordered by. Keys that belong to nobody yet stay behind."""
KEYS = ("home", "subject_key", "signal_key", "log_key", "log_head", "log_past", "let_go")
LEAVE = "ALTER TABLE entry RENAME TO moved_entry"


class Side(Protocol):
    """One of the two homes while it is moved; nobody else writes into it."""

    def rows(self, table: str) -> Iterator[Sequence[Any]]:
        """Give a table's rows in order."""

    def write(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write a table's rows."""

    def finish(self) -> None:
        """Make what was written durable."""

    def leave(self) -> None:
        """Put the ledger aside, so that nobody records into it any more, also who has it open."""

    def close(self) -> None:
        """Let go; what is not finished is undone."""


class SqliteSide:
    """A home folder's two files."""

    _READ: ClassVar[dict[str, str]] = {
        "home": "SELECT id, key FROM home",
        "subject_key": "SELECT number, key FROM subject_key WHERE number <= {last} ORDER BY number",
        "decision": "SELECT d.seq, d.id, d.subject, d.kind, d.at, d.answer, d.sealed, {about} FROM decision AS d {joined} ORDER BY d.seq",
    }

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._ledger_path, self._keys_path = folder / "ledger.sqlite", folder / "keys.sqlite"
        self._keys = connect(self._keys_path, create=create)  # first, as in every home: by it the folder of a move that broke off is known
        try:
            self._ledger = connect(self._ledger_path, create=create)
        except BaseException:
            close(self._keys)
            raise
        with troubles_of(folder):
            self._ledger.execute("BEGIN IMMEDIATE")
            self._keys.execute("BEGIN IMMEDIATE")

    def rows(self, table: str) -> Iterator[Sequence[Any]]:
        """Give a table's rows in order; one that homes from before do not have is empty."""
        connection = self._keys if table in KEYS else self._ledger
        if not has_table(connection, table):
            return
        columns = TABLES[table]
        sql = self._READ.get(table, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}")
        known = has_table(self._ledger, "about")
        last = self._ledger.execute("SELECT coalesce(max(number), 0) FROM subject").get if table == "subject_key" else 0
        sql = sql.format(
            last=last,
            about="a.contact, a.objects, a.seq IS NOT NULL" if known else "NULL, NULL, 0",
            joined="LEFT JOIN about AS a USING (seq)" if known else "",
        )
        with troubles_of(self._ledger_path):
            yield from connection.cursor().execute(sql)

    def make(self, ledger: str, keys: str, home_id: str) -> None:
        """Make the tables of a new home."""
        with troubles_of(self._ledger_path):
            self._ledger.execute(ledger)
            self._ledger.execute("INSERT INTO home VALUES (1, ?)", (home_id,))
            self._keys.execute(keys)

    def write(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write a table's rows."""
        connection = self._keys if table in KEYS else self._ledger
        with troubles_of(self._ledger_path):
            if table == "home":
                connection.executemany("INSERT INTO home VALUES (1, ?, ?)", rows)
            elif table == "decision":
                for row in rows:
                    connection.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?)", row[:7])
                    if row[9]:
                        connection.execute("INSERT INTO about VALUES (?, ?, ?)", (row[0], row[7], row[8]))
            else:
                connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(TABLES[table]))})", rows)

    def finish(self) -> None:
        """Make what was written durable, keys first."""
        with troubles_of(self._ledger_path):
            self._keys.execute("COMMIT")
            self._ledger.execute("COMMIT")
            self._ledger.execute("BEGIN")
            self._keys.execute("BEGIN")

    def leave(self) -> None:
        """Rename the entries: a gate that has the home open cannot record any more, and acknowledges nothing."""
        with troubles_of(self._ledger_path):
            self._ledger.execute(LEAVE)
            self._ledger.execute("COMMIT")

    def close(self) -> None:
        """Close both files."""
        close(self._ledger)
        close(self._keys)


class Upto:
    """A tree that grows, and keeps the root that it had when it was of a size."""

    def __init__(self, size: int) -> None:
        self._tree, self._upto = Growing(), size
        self.then: bytes | None = None
        self._keep()

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self._tree.size

    def add(self, leaf: bytes) -> None:
        """Take in the next entry."""
        self._tree.add(leaf)
        self._keep()

    def root(self) -> bytes:
        """The root as it is."""
        return self._tree.root()

    def _keep(self) -> None:
        if self._tree.size == self._upto:
            self.then = self._tree.root()


class Mark:
    """What two homes are held against each other by: the root over their entries (RFC 6962), and a digest of all rows.

    Of the first *upto* entries the root is asked for too, as `then`; `None` where there are fewer.
    """

    def __init__(self, side: Side, *, upto: int = 0) -> None:
        digest, tree = hashlib.sha256(), Upto(upto)
        gone: list[bytes] = []
        for table, columns in TABLES.items():
            digest.update(table.encode())
            for row in side.rows(table):
                values = dict(zip(columns, row, strict=True))
                if "marked" in values:
                    values["marked"] = bool(values["marked"])
                if table == "leaf":
                    _take_gone(values, gone, tree)
                elif table == "entry":
                    _take(values["seq"], leaf_hash(values["bytes"]), gone, tree)
                digest.update(msgspec.msgpack.encode(list(values.values())))
        self.then = tree.then
        self.entries, self.root, self.rows = tree.size, tree.root(), digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mark) and (self.entries, self.root, self.rows) == (other.entries, other.root, other.rows)

    __hash__ = None  # type: ignore[assignment]


def _take_gone(values: dict[str, Any], gone: list[bytes], tree: Upto) -> None:
    """Take in the hashes of entries that were let go of."""
    hashes = hashes_in(values["hashes"])
    if values["number"] * WIDTH != len(gone) or len(hashes) != WIDTH:
        raise _missing(len(gone) + 1)
    gone += hashes
    for leaf in hashes:
        tree.add(leaf)


def _take(seq: int, leaf: bytes, gone: list[bytes], tree: Upto) -> None:
    """Take in the next entry; one that stays of those that were let go of is the one whose hash is there."""
    if seq <= len(gone):
        if gone[seq - 1] != leaf:
            what = f"entry {seq:,} is not the one whose hash was kept"
            raise HomeError("home.damaged", what, place="entry", hint="restore the home from a backup")
        return
    if seq != tree.size + 1:
        raise _missing(tree.size + 1)
    tree.add(leaf)


def _missing(number: int) -> HomeError:
    what = f"entry {number:,} is missing from the ledger, which has later ones"
    return HomeError("home.damaged", what, place="entry", hint="restore the home from a backup")
