"""`keys.sqlite`: one random key per customer, and the home's own key, in a file of their own.

Keys are made ahead, a few hundred at a time, and lie there unassigned: which customer a key belongs to is written in
`ledger.sqlite`, in the very transaction that records the customer's first decision. So a customer's first decision costs
one sync like any other, and a crash leaves at worst keys that are still unassigned.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from ourword.errors import HomeError
from ourword.ledger.seal import KEY_BYTES, Subject, subject, who
from ourword.stores.database import close, connect, has_table, roll_back, troubles_of, wipe

MADE_AHEAD = 256
SUBJECTS_CACHED_MAX = 50_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS home (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, key BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS subject_key (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
"""
_SIGNALS = "CREATE TABLE IF NOT EXISTS signal_key (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT"
"""Made with the first reason: homes from before have none."""

_LOG = "CREATE TABLE IF NOT EXISTS log_key (one INTEGER PRIMARY KEY CHECK (one = 1), seed BLOB NOT NULL) STRICT"
"""Made when the log is published first: homes from before have none."""

HEAD = "CREATE TABLE IF NOT EXISTS log_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, note BLOB NOT NULL) STRICT"
"""The largest checkpoint that was signed, as it was signed. Made when the log is published first: homes from before have none."""
KEEP_HEAD = """
INSERT INTO log_head (one, size, note) VALUES (1, ?, ?)
ON CONFLICT (one) DO UPDATE SET size = excluded.size, note = excluded.note WHERE excluded.size > log_head.size
"""


def set_head(path: Path, note: bytes | None) -> None:
    """In a copy of the keys, put what was the largest signed checkpoint when the copy was begun: the ledger beside it goes at least so far."""
    connection = connect(path)
    try:
        with troubles_of(path):
            if note is None and has_table(connection, "log_head"):
                connection.execute("DELETE FROM log_head")
            elif note is not None:
                connection.execute("UPDATE log_head SET size = ?, note = ?", (int(note.split(b"\n", 2)[1]), note))
    finally:
        close(connection)


class Keys:
    """The keys of one home. Safe to use from several threads."""

    def __init__(self, path: Path, connection: apsw.Connection, chance: Callable[[int], bytes]) -> None:
        self.path = path
        self._connection = connection
        self._chance = chance
        self._lock = threading.Lock()
        self._subjects: dict[int, Subject] = {}
        self._who: dict[str, bytes] = {}
        with troubles_of(path):
            row = connection.execute("SELECT id, key FROM home").fetchone()
        if row is None:
            raise HomeError("home.damaged", f"`{path.name}` holds no home key", place=str(path), hint="restore the home from a backup")
        self.home_id: str = row[0]
        self._home_key: bytes = row[1]

    @classmethod
    def create(cls, path: Path, chance: Callable[[int], bytes]) -> Keys:
        """Make the file with a fresh home id and key; what a creation that broke off has left there is kept."""
        connection = connect(path, create=True)
        try:
            with troubles_of(path):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(SCHEMA)
                connection.execute("INSERT OR IGNORE INTO home VALUES (1, ?, ?)", (chance(16).hex(), chance(KEY_BYTES)))
                connection.execute("COMMIT")
            keys = cls(path, connection, chance)
            keys.make_ahead(1)
        except BaseException:
            close(connection)
            raise
        return keys

    @classmethod
    def open(cls, path: Path, chance: Callable[[int], bytes], *, write: bool) -> Keys:
        """Open the file of an existing home; a missing one is an error, since new keys would open nothing."""
        connection = connect(path, write=write)
        try:
            return cls(path, connection, chance)
        except BaseException:
            close(connection)
            raise

    def who(self, customer: str) -> bytes:
        """Give the keyed name under which this home finds a customer."""
        found = self._who.get(customer)
        if found is None:
            if len(self._who) >= SUBJECTS_CACHED_MAX:
                self._who.clear()
            found = self._who[customer] = who(self._home_key, customer)
        return found

    def mark(self, use: str, text: bytes) -> bytes:
        """Give 16 keyed bytes under which this home finds something else again (a contact, an object, an event)."""
        return hmac.digest(self._home_key, use.encode() + b"\x00" + text, "sha256")[:16]

    def subject(self, number: int) -> Subject | None:
        """Give a customer's ledger side by number, or `None` when there is no such key (any more)."""
        found = self._subjects.get(number)
        if found is not None:
            return found
        with self._lock, troubles_of(self.path):
            row = self._connection.execute("SELECT key FROM subject_key WHERE number = ?", (number,)).fetchone()
        if row is None:
            return None
        if len(self._subjects) >= SUBJECTS_CACHED_MAX:
            self._subjects.clear()
        made = self._subjects[number] = subject(number, row[0])
        return made

    def numbers_of(self, subs: Collection[str], *, until: int) -> dict[str, int]:
        """Say which customers up to a number have these `sub`, of those whose keys are here."""
        wanted = set(subs)
        held = (self.subject(number) for number in range(1, until + 1 if wanted else 1))
        return {key.sub: key.number for key in held if key is not None and key.sub in wanted}

    def next_subject(self, number: int) -> Subject:
        """Give the key for the next new customer, making more keys first when they have run out (durable before use)."""
        found = self.subject(number)
        if found is None:
            self.make_ahead(number)
            found = self.subject(number)
        assert found is not None
        return found

    def of_signal(self, number: int, *, make: bool = False) -> Subject | None:
        """Give the key under which the reasons given for a signal lie; with *make* it is made first (durable before use)."""
        with self._lock, troubles_of(self.path):
            if make:
                with self._durably() as connection:
                    connection.execute(_SIGNALS)
                    connection.execute("INSERT OR IGNORE INTO signal_key VALUES (?, ?)", (number, self._chance(KEY_BYTES)))
            if not has_table(self._connection, "signal_key"):
                return None  # no signal was ever answered with a reason
            key = self._connection.execute("SELECT key FROM signal_key WHERE number = ?", (number,)).get
        return None if key is None else subject(number, key)

    @contextmanager
    def _durably(self) -> Iterator[apsw.Connection]:
        """What is done inside is durable after it, or undone; whoever asks holds the lock."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            roll_back(self._connection)
            raise

    def log_seed(self) -> bytes | None:
        """Give the seed of the key that signs this home's log; `None` before it was made."""
        with self._lock, troubles_of(self.path):
            if not has_table(self._connection, "log_key"):
                return None
            seed = self._connection.execute("SELECT seed FROM log_key").get
        return None if seed is None else bytes(seed)

    def make_log_seed(self, *, first: bool) -> bytes:
        """Make the key that signs this home's log (durable before use); unless it is the *first* one it was lost, which is an error."""
        if not first:
            what = f"the key that signed this home's log is missing from `{self.path.name}`"
            raise HomeError("home.keys-missing", what, place=str(self.path), hint="restore `keys.sqlite` from the newest backup")
        with self._lock, troubles_of(self.path):
            with self._durably() as connection:
                connection.execute(_LOG)
                connection.execute("INSERT OR IGNORE INTO log_key VALUES (1, ?)", (self._chance(KEY_BYTES),))
            return bytes(self._connection.execute("SELECT seed FROM log_key").get)

    def log_head(self) -> bytes | None:
        """Give the largest checkpoint that was signed; `None` before the first, and in a home that has not published since it is kept here."""
        with self._lock, troubles_of(self.path):
            if not has_table(self._connection, "log_head"):
                return None
            note = self._connection.execute("SELECT note FROM log_head").get
        return None if note is None else bytes(note)

    def keep_log_head(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint durably, unless a larger one is kept: whoever cuts or rewrites the ledger and has no key cannot take it away."""
        with self._lock, troubles_of(self.path), self._durably() as connection:
            connection.execute(HEAD)
            connection.execute(KEEP_HEAD, (size, note))

    def make_ahead(self, first: int) -> None:
        """Make unassigned keys from number *first* on; numbers below are never touched, so an erased key stays gone."""
        rows = [(number, self._chance(KEY_BYTES)) for number in range(first, first + MADE_AHEAD)]
        with self._lock, troubles_of(self.path), self._durably() as connection:
            connection.executemany("INSERT OR IGNORE INTO subject_key VALUES (?, ?)", rows)

    def forget(self, numbers: Collection[int]) -> None:
        """Delete the keys of these customers, wherever the file holds them: nobody can read what lies under them any more."""
        with self._lock, troubles_of(self.path):
            self._connection.executemany("DELETE FROM subject_key WHERE number = ?", [(number,) for number in numbers])
            for number in numbers:
                self._subjects.pop(number, None)
            self._who.clear()
            wipe(self._connection, anew=True)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._subjects.clear()
            self._who.clear()
            close(self._connection)
