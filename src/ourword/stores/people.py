"""`people.sqlite`: what belongs to persons rather than to decisions — raw ids, texts, attributes, and events not yet sealed.

Raw ids and texts are encrypted under their customer's key and found by keyed marks; tables and Parquet hold numbers only.
Attributes name segments and are read as they are; they lie here, never in Parquet, so that one customer can be erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw
import msgspec

from ourword.core.event import Event
from ourword.errors import HomeError
from ourword.ledger.seal import NONCE_BYTES, Subject, sealed, unsealed
from ourword.outcomes.identity import Same
from ourword.stores.about import UNHEARD
from ourword.stores.database import close, connect, has_table, home_error, roll_back, troubles_of
from ourword.stores.keys import Keys
from ourword.stores.known import show_arrived, show_named
from ourword.stores.reader import LedgerReader
from ourword.stores.rows import identity_of, row_of

NAMES_CACHED_MAX = 100_000
FORGOTTEN = b""
"""In place of the digest of an event that was erased: its mark stays, so that the same file read in again does not bring it back."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS home (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, ledger INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS event (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, digest BLOB NOT NULL, subject INTEGER NOT NULL, box BLOB
) STRICT;
CREATE TABLE IF NOT EXISTS tail (arrival INTEGER PRIMARY KEY, came INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS person (number INTEGER PRIMARY KEY, box BLOB) STRICT;
CREATE TABLE IF NOT EXISTS named (number INTEGER PRIMARY KEY AUTOINCREMENT, who BLOB NOT NULL UNIQUE, subject INTEGER NOT NULL, box BLOB) STRICT;
CREATE TABLE IF NOT EXISTS attribute (
    arrival INTEGER NOT NULL, subject INTEGER NOT NULL, name TEXT NOT NULL, value TEXT, since INTEGER NOT NULL, PRIMARY KEY (arrival, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identity (
    arrival INTEGER PRIMARY KEY, other INTEGER NOT NULL, owner INTEGER NOT NULL,
    since INTEGER NOT NULL, until INTEGER NOT NULL, said_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS erased (number INTEGER PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS gone (arrival INTEGER PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS segment (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL, rows INTEGER NOT NULL
) STRICT;
"""
_ADD_EVENT = "INSERT INTO event (key, digest, subject, box) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING arrival"
_ADD_NAMED = "INSERT INTO named (who, subject, box) VALUES (?, ?, ?) RETURNING number"


class People:
    """The file of one home. One thread at a time; several processes share it by SQLite's own lock."""

    def __init__(self, path: Path, keys: Keys, ledger: LedgerReader, *, write: bool, chance: Callable[[int], bytes]) -> None:
        self.path = path
        self._keys = keys
        self._ledger = ledger
        self._chance = chance
        self._names: dict[tuple[str, str | int], int] = {}
        self._tail: list[tuple[int, int, str]] = []
        if write:
            self._create()
        self.connection = connect(path, write=write)
        with troubles_of(path):
            row = self.connection.execute("SELECT id FROM home").fetchone()
        if row is None or row[0] != keys.home_id:
            close(self.connection)
            what = f"`{path.name}` and `{keys.path.name}` belong to different homes"
            raise HomeError("home.mixed", what, place=str(path.parent), hint="restore both from the same backup")

    def show(self, arrival: int, named: Callable[[list[str]], int]) -> None:
        """Show no more than came up to an arrival; *named* gives the highest number of a contact or an object in the files until then."""
        with troubles_of(self.path):
            show_arrived(self.connection, arrival)
            show_named(self.connection, named([file for (file,) in self.connection.execute("SELECT file FROM segment ORDER BY first")]))

    def _create(self) -> None:
        connection = connect(self.path, create=True)
        try:
            with troubles_of(self.path):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                connection.execute("INSERT OR IGNORE INTO home VALUES (1, ?, 0)", (self._keys.home_id,))
                connection.execute("COMMIT")
        finally:
            close(connection)

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """What is done inside is durable after it, or undone; handing in the same events again adds none twice."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self.write_tail()
            self.connection.execute("COMMIT")
        except BaseException as cause:
            roll_back(self.connection)
            self._tail.clear()
            self._names.clear()  # numbers that were undone may be given to others
            if isinstance(cause, apsw.Error):
                raise home_error(cause, self.path) from cause
            raise

    def write_tail(self) -> None:
        """Write the rows of the events that were added in this transaction so far, all at once."""
        self.connection.executemany("INSERT INTO tail VALUES (?, ?, ?)", self._tail)
        self._tail.clear()

    def mark(self, event: Event) -> bytes:
        """Give the keyed mark of `source` and `id`, which together name an event once."""
        return self._keys.mark("event", f"{event.source}\x00{event.id}".encode())

    def add(self, event: Event, written: bytes, subjects: dict[str, Subject], *, came: int) -> str:
        """Add one event inside a transaction: `new`, `known`, or `conflicting` (the id is another event's; the first stands)."""
        of, key = subjects[event.customer], self.mark(event)
        digest = self._keys.mark("content", written)
        box = self.sealed(of, "event", key, written)
        arrival = self.connection.execute(_ADD_EVENT, (key, digest, of.number, box)).get
        if arrival is None:
            first = self.connection.execute("SELECT digest FROM event WHERE key = ?", (key,)).get
            return "known" if first in (digest, FORGOTTEN) else "conflicting"
        self._add_person(of, event.customer)
        number = lambda use, raw: self._number(of, use, raw)  # noqa: E731 — it has no name of its own
        line = msgspec.json.encode(row_of(event, arrival=arrival, came=came, mark=key, subject=of.number, number=number)).decode()
        self._tail.append((arrival, came, line))
        if event.type == "customer.updated":
            self._add_attributes(event, arrival, of)
        same = identity_of(event)
        if same is not None:
            other, since, until, said_at = same
            row = (arrival, subjects[other].number, of.number, since, until, said_at)
            self.connection.execute("INSERT INTO identity VALUES (?, ?, ?, ?, ?, ?)", row)
        return "new"

    def _add_person(self, of: Subject, customer: str) -> None:
        mark = ("person", of.number)
        if mark not in self._names:
            self._remember(mark, of.number)
            if self.connection.execute("SELECT 1 FROM person WHERE number = ?", (of.number,)).get is None:
                box = self.sealed(of, "person", b"", customer.encode("utf-8", "surrogatepass"))
                self.connection.execute("INSERT INTO person VALUES (?, ?)", (of.number, box))

    def _add_attributes(self, event: Event, arrival: int, of: Subject) -> None:
        since = 0 if event.instant is None else event.instant // 1000
        for name, value in event.data["attributes"].items():
            text = None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            self.connection.execute("INSERT INTO attribute VALUES (?, ?, ?, ?, ?)", (arrival, of.number, name, text, since))

    def _number(self, of: Subject, use: str, raw: str) -> int:
        """Give the number of a contact or an object, a new one for a new one."""
        number = self._names.get((use, raw))
        if number is None:
            who = self._keys.mark(use, raw.encode("utf-8", "surrogatepass"))
            number = self.connection.execute("SELECT number FROM named WHERE who = ?", (who,)).get
            if number is None:
                number = int(self.connection.execute(_ADD_NAMED, (who, of.number, self.sealed(of, "named", who, raw.encode()))).get)
            self._remember((use, raw), number)
        return number

    def _remember(self, mark: tuple[str, str | int], number: int) -> None:
        if len(self._names) >= NAMES_CACHED_MAX:
            self._names.clear()
        self._names[mark] = number

    def key(self, number: int) -> Subject | None:
        """Give a customer's key by their number; `None` where there is none (any more)."""
        return self._keys.subject(number)

    def erased(self, numbers: Iterable[int]) -> bool:
        """Say whether one of these customers was erased; then whoever holds their number takes another."""
        return any(self.connection.execute("SELECT 1 FROM erased WHERE number = ?", (number,)).get for number in numbers)

    def erased_so_far(self) -> int:
        """How many customers were erased: whoever keeps what was opened throws it away when that changes."""
        with troubles_of(self.path):
            if not has_table(self.connection, "erased"):
                return 0  # a home from before, which nobody has opened to write since
            return int(self.connection.execute("SELECT count(*) FROM erased").get)

    def forgotten(self, events: Iterable[Event]) -> list[bool]:
        """Say of each event whether it came before and was erased."""
        if self.connection.execute("SELECT 1 FROM erased LIMIT 1").get is None:
            return [False for _ in events]
        sql = "SELECT digest FROM event WHERE key = ?"
        return [self.connection.execute(sql, (self.mark(event),)).get == FORGOTTEN for event in events]

    def sealed(self, of: Subject, use: str, key: bytes, text: bytes) -> bytes:
        """Encrypt under a customer's key what is found under *key* for a *use*."""
        return sealed(of, f"{use}:{key.hex()}", text, nonce=self._chance(NONCE_BYTES))

    # ---- reading back ----

    def event(self, arrival: int) -> Event | None:
        """Give an event as it was handed in; `None` when there is none, or its customer is erased."""
        with troubles_of(self.path):
            row = self.connection.execute("SELECT key, subject, box FROM event WHERE arrival = ?", (arrival,)).fetchone()
        text = None if row is None else self._opened(row[1], "event", row[0], row[2])
        if text is None:
            return None
        id_, source, type_, instant, subject, data, sequence = msgspec.json.decode(text)
        quality = "none" if instant is None else "given"
        return Event(id=id_, source=source, type=type_, instant=instant, subject=subject, data=data, sequence=sequence, time_quality=quality)

    def customer(self, number: int) -> str | None:
        """Give a customer's own id; `None` once they are erased."""
        with troubles_of(self.path):
            box = self.connection.execute("SELECT box FROM person WHERE number = ?", (number,)).get
        text = self._opened(number, "person", b"", box)
        return self._ledger.customer(number) if text is None else text.decode("utf-8", "surrogatepass")

    def name(self, number: int) -> str | None:
        """Give the own id of a contact or an object; `None` once its customer is erased."""
        if number >= UNHEARD:
            return self._ledger.contact(number)
        with troubles_of(self.path):
            row = self.connection.execute("SELECT who, subject, box FROM named WHERE number = ?", (number,)).fetchone()
        text = None if row is None else self._opened(row[1], "named", row[0], row[2])
        return None if text is None else text.decode()

    def whose(self, number: int) -> int | None:
        """Give the number of the customer under whose key the id of a contact or an object lies."""
        if number >= UNHEARD:
            return self._ledger.whose(number)
        with troubles_of(self.path):
            found = self.connection.execute("SELECT subject FROM named WHERE number = ?", (number,)).get
        return None if found is None else int(found)

    def number(self, use: str, raw: str) -> int | None:
        """Give the number of a contact (`contact`) or an object (`object:TYPE`) by its own id; `None` when nobody named it."""
        with troubles_of(self.path):
            who = self._keys.mark(use, raw.encode("utf-8", "surrogatepass"))
            found = self.connection.execute("SELECT number FROM named WHERE who = ?", (who,)).get
        if found is None and use == "contact":
            found = self._ledger.contact_number(raw)
        return None if found is None else int(found)

    def numbers(self, marks: Sequence[str]) -> list[tuple[str, int]]:
        """Give the numbers of contacts and objects by their marks (in hexadecimals), of those that events name."""
        sql = "SELECT asked.value, named.number FROM json_each(?) AS asked JOIN named ON named.who = unhex(asked.value)"
        with troubles_of(self.path):
            return list(self.connection.execute(sql, (msgspec.json.encode(marks).decode(),)))

    def _opened(self, number: int, use: str, key: bytes, box: bytes | None) -> bytes | None:
        of = self._keys.subject(number)
        return None if of is None or box is None else unsealed(of, f"{use}:{key.hex()}", box)

    def same(self) -> list[Same]:
        """Give who was said to be whom, by when it was said; what was said at one moment, by its event's mark: in no order of arrival."""
        columns = "i.other, i.owner, i.since, i.until, i.said_at"
        rows = self.connection.execute(f"SELECT {columns} FROM identity AS i JOIN event AS e ON e.arrival = i.arrival ORDER BY i.said_at, e.key")
        return [Same(other=other, owner=owner, since=since, until=until, said_at=said) for other, owner, since, until, said in rows]

    def close(self) -> None:
        """Close the file."""
        close(self.connection)
