"""How far each import has come, so that one that was killed goes on where it stopped; and by which mapping each file was taken in.

It lies in `people.sqlite`, beside the events that it speaks of: whatever a crash or a restored backup leaves, it is never ahead
of them. It holds line numbers, counts and a digest, and nothing of a customer.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from ourword.errors import UsageError
from ourword.outcomes.mapper import FORM
from ourword.stores.events import EventStore

END_BYTES = 1024 * 1024
_TABLE = """
CREATE TABLE IF NOT EXISTS import (
    file BLOB PRIMARY KEY, line INTEGER NOT NULL, time TEXT, rows INTEGER NOT NULL, kept INTEGER NOT NULL, skipped INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS imported (content BLOB NOT NULL, by BLOB NOT NULL, PRIMARY KEY (content, by)) STRICT, WITHOUT ROWID;
"""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Everything up to and with the row that begins at this line is kept."""

    line: int
    time: str | None
    """The time of that row, which rows without one take over."""
    rows: int
    kept: int
    skipped: int


class Progress:
    """One file's import under one mapping; another mapping or contract, or a changed file, is another one."""

    def __init__(self, store: EventStore, path: Path, *how: str, by: str) -> None:
        self._people = store.people
        self._file, self._content = _marks(path, how)
        self._by = by.encode()
        self._noted = False
        with self._people.transaction() as connection:
            connection.execute(_TABLE)

    def reached(self) -> Reached | None:
        """Say how far an earlier import came that did not finish."""
        names = Reached.__struct_fields__
        row = self._people.connection.execute(f"SELECT {', '.join(names)} FROM import WHERE file = ?", (self._file,)).fetchone()
        return None if row is None else Reached(**dict(zip(names, row, strict=True)))

    def keep(self, reached: Reached) -> None:
        """Note how far it has come; called once the events until there are durable."""
        values = (self._file, *(getattr(reached, name) for name in Reached.__struct_fields__))
        with self._people.transaction() as connection:
            connection.execute(f"INSERT OR REPLACE INTO import (file, {', '.join(Reached.__struct_fields__)}) VALUES (?, ?, ?, ?, ?, ?)", values)

    def by_another(self) -> bool:
        """Say whether a file of this content gave events by another mapping and never yet by this one."""
        found = self._people.connection.execute("SELECT by FROM imported WHERE content = ?", (self._content,)).fetchall()
        return bool(found) and (self._by,) not in found

    def gave(self) -> None:
        """Note that events came of the file by this mapping; called once they are durable."""
        if not self._noted:
            with self._people.transaction() as connection:
                connection.execute("INSERT OR IGNORE INTO imported VALUES (?, ?)", (self._content, self._by))
            self._noted = True

    def done(self) -> None:
        """Forget it: the file was read to its end."""
        with self._people.transaction() as connection:
            connection.execute("DELETE FROM import WHERE file = ?", (self._file,))


def _marks(path: Path, how: tuple[str, ...]) -> tuple[bytes, bytes]:
    """A digest of size, time of change, both ends of the file and how it is read, and one of size and ends alone.

    Reading all of it is what resuming saves.
    """
    try:
        about = path.stat()
        with path.open("rb") as file:
            ends = [file.read(END_BYTES)]
            file.seek(max(0, about.st_size - END_BYTES))
            ends.append(file.read(END_BYTES))
    except OSError as error:
        raise UsageError("usage.file", f"the file cannot be read: {error.strerror}", place=str(path), hint="check the path") from error
    return _digest((*how, FORM, str(about.st_size), str(about.st_mtime_ns)), ends), _digest((str(about.st_size),), ends)


def _digest(parts: tuple[str, ...], ends: list[bytes]) -> bytes:
    marked = hashlib.sha256()
    for part in parts:
        marked.update(f"{len(part)}:{part}".encode())
    for end in ends:
        marked.update(hashlib.sha256(end).digest())
    return marked.digest()
