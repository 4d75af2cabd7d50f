"""`keys.sqlite`: one random key per customer, and the home's own key, in a file of their own.

Keys are made ahead, a few hundred at a time, and lie there unassigned: which customer a key belongs to is written in
`ledger.sqlite`, in the very transaction that records the customer's first decision. So a customer's first decision costs
one sync like any other, and a crash leaves at worst keys that are still unassigned.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, TypeVar

import apsw

from ourword.errors import HomeError, LogError
from ourword.ledger.seal import KEY_BYTES, NONCE_BYTES, Subject, subject, who
from ourword.stores.database import at_one_moment, close, connect, has_table, roll_back, troubles_of, wipe
from ourword.stores.laid import COLUMNS, KEEP_HEAD, LAID_LATER, MADE_WITH_FIRST, SCHEMA
from ourword.stores.unwiped import finish_wiping, mark_unwiped
from ourword.stores.wrapped import PREFIX, Header, Wrapping, header_of, made_as_laid, unlocked
from ourword.tlog.note import Signer, opened

T = TypeVar("T")

MADE_AHEAD = 256
SUBJECTS_CACHED_MAX = 50_000


class Keys:
    """The keys of one home. Safe to use from several threads."""

    in_file: ClassVar[bool] = True
    """Whether they lie in a file of the home; else in its database."""
    _missing: ClassVar[type[Exception]] = apsw.SQLError
    """What reading a table raises that is not there."""

    def __init__(self, path: Path, connection: apsw.Connection, chance: Callable[[int], bytes], wrapping: Wrapping | None = None) -> None:
        self.path = path
        self._connection = connection
        self._chance = chance
        self._wrapping = wrapping
        self._lock = threading.Lock()
        self._subjects: dict[int, Subject] = {}
        self._who: dict[str, bytes] = {}
        with troubles_of(path):
            row = connection.execute(f"SELECT id, key FROM {self._named('home')}").fetchone()
        if row is None:
            raise HomeError("home.damaged", f"`{path.name}` holds no home key", place=str(path), hint="restore the home from a backup")
        self.home_id: str = row[0]
        self._home_key: bytes = self._unwrapped("home", 1, row[1])

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
            keys = cls._opened(path, connection, chance)
            if write:
                keys.finish_wiping()
            return keys
        except BaseException:
            close(connection)
            raise

    @classmethod
    def _opened(cls, path: Path, connection: apsw.Connection, chance: Callable[[int], bytes]) -> Keys:
        with troubles_of(path):
            look, moment = lambda: header_of(connection, path), lambda: at_one_moment(connection)
            return made_as_laid(look, moment, path, lambda wrapping: cls(path, connection, chance, wrapping))

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
        with self._lock, self._troubles():
            key = self._key("subject_key", number)
        if key is None:
            return None
        if len(self._subjects) >= SUBJECTS_CACHED_MAX:
            self._subjects.clear()
        made = self._subjects[number] = subject(number, key)
        return made

    def numbers_of(self, subs: Collection[str], *, until: int) -> dict[str, int]:
        """Say which customers up to a number have these `sub`, of those whose keys are here."""
        wanted = set(subs)
        held = (self.subject(number) for number in range(1, until + 1 if wanted else 1))
        return {key.sub: key.number for key in held if key is not None and key.sub in wanted}

    def subs_of(self, numbers: Collection[int]) -> dict[int, str]:
        """Give what stands for these customers in entries, of those whose keys are here."""
        return {number: key.sub for number in numbers if (key := self.subject(number)) is not None}

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
        with self._lock, self._troubles():
            if make:
                with self._durably():
                    self._add("signal_key", [number])
            key = self._key("signal_key", number)
        return None if key is None else subject(number, key)

    @contextmanager
    def _durably(self) -> Iterator[apsw.Connection]:
        """What is done inside is durable after it, or undone; whoever asks holds the lock. Nobody wraps the keys otherwise meanwhile."""
        try:
            self._begin()
            while (header := self._header_now()) != self._header:
                self._roll_back()
                self._open_anew(header)
                self._begin()
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def log_seed(self) -> bytes | None:
        """Give the seed of the key that signs this home's log; `None` before it was made."""
        with self._lock, self._troubles():
            return self._key("log_key", 1)

    def make_log_seed(self, *, first: bool) -> bytes:
        """Make the key that signs this home's log (durable before use); unless it is the *first* one it was lost, which is an error."""
        if not first:
            what = f"the key that signed this home's log is missing from `{self.path.name}`"
            raise HomeError("home.keys-missing", what, place=str(self.path), hint="restore `keys.sqlite` from the newest backup")
        with self._lock, self._troubles():
            with self._durably():
                self._add("log_key", [1])
            seed = self._key("log_key", 1)
            assert seed is not None
            return seed

    def log_head(self) -> bytes | None:
        """Give the largest checkpoint that was signed; `None` before the first, and in a home that has not published since it is kept here."""
        return self._beside("log_head", "note")

    def _beside(self, table: str, column: str) -> bytes | None:
        """What is kept beside the keys, and is none."""
        with self._lock, self._troubles():
            found = self._connection.execute(f"SELECT {column} FROM {table}").get if self._has(table) else None
        return None if found is None else bytes(found)

    def keep_log_head(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint durably, unless a larger one is kept: whoever cuts or rewrites the ledger and has no key cannot take it away.

        Raises `HomeError` (`keys.rotating`) where another key is about to sign, or does by now.
        """
        self._keep_head(size, note, rotating=False)

    def keep_rotated_head(self, size: int, note: bytes) -> None:
        """Keep the checkpoint at which another key takes the place of the one that signs: as above, for who rotates them."""
        self._keep_head(size, note, rotating=True)

    def _keep_head(self, size: int, note: bytes, *, rotating: bool) -> None:
        with self._lock, self._troubles(), self._durably() as connection:
            if (self._key("log_next", 1) is not None and not rotating) or not self._signs(note):
                what, hint = "another key takes the place of the one that signed this home's log", "run this again: it goes on where that was"
                raise HomeError("keys.rotating", what, place=str(self.path), hint=hint)
            self._lay("log_head")
            connection.execute(KEEP_HEAD, (size, note))

    def pruning_asked(self) -> bytes | None:
        """Give what was asked for last when decisions were let go of; `None` where that was never done."""
        return self._beside("let_go", "asked")

    def ask_pruning(self, asked: bytes) -> None:
        """Keep durably what is about to be let go of, in place of what was before: who writes the ledger and has no key cannot put another there."""
        with self._lock, self._troubles(), self._durably() as connection:
            self._lay("let_go")
            connection.execute("INSERT INTO let_go VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET asked = excluded.asked", (asked,))

    @property
    def log_name(self) -> str:
        """The name of this home's log, and of its keys: what every checkpoint begins with."""
        return f"ourword/{self.home_id}"

    def next_log_seed(self, *, make: bool = False) -> bytes | None:
        """Give the seed of the key that will sign the log, while it takes the place of the one that does; with *make* it is made first."""
        with self._lock, self._troubles():
            if make:
                with self._durably():
                    self._add("log_next", [1])
            return self._key("log_next", 1)

    def rotate_log_key(self, entry: int) -> None:
        """Let the next key of the log be its key, durably, from *entry* on; the seed of the one before is gone. Nothing, where that was done."""
        with self._lock, self._troubles(), self._durably() as connection:
            old, new = self._key("log_key", 1), self._key("log_next", 1)
            if old is None or new is None:
                return
            self._lay("log_past")
            connection.execute("INSERT OR IGNORE INTO log_past VALUES (?, ?)", (entry, Signer(self.log_name, old).verifier.text))
            for table in ("log_key", "log_next"):
                connection.execute(f"DELETE FROM {self._named(table)}")
            self._put("log_key", [(1, new)])
            mark_unwiped(connection)
        self.finish_wiping()

    def log_past(self) -> list[tuple[int, str]]:
        """Give the entries at which another key took the place of the log's key, and the public key that signed until then."""
        with self._lock, self._troubles():
            if not self._has("log_past"):
                return []
            return [(int(entry), str(key)) for entry, key in self._connection.execute("SELECT entry, key FROM log_past ORDER BY entry")]

    def _signs(self, note: bytes) -> bool:
        """Whether the log's key has signed it: a process that read the key before it was rotated signs no more."""
        seed = self._key("log_key", 1)
        try:
            return seed is not None and bool(opened(note, Signer(self.log_name, seed).verifier))
        except LogError:
            return False

    def make_ahead(self, first: int) -> None:
        """Make unassigned keys from number *first* on; numbers below are never touched, so an erased key stays gone."""
        with self._lock, self._troubles(), self._durably():
            self._add("subject_key", range(first, first + MADE_AHEAD))

    def forget(self, numbers: Collection[int]) -> None:
        """Delete the keys of these customers, wherever the file holds them: nobody can read what lies under them any more."""
        with self._lock, self._troubles():
            with self._durably() as connection:
                connection.executemany(f"DELETE FROM {self._named('subject_key')} WHERE number = ?", [(number,) for number in numbers])
            for number in numbers:
                self._subjects.pop(number, None)
            self._who.clear()
            wipe(self._connection, anew=True)

    # ---- wrapped or not ----

    def _named(self, table: str) -> str:
        """A table's name as it lies: no process reads a wrapped key as one in the clear, nor writes one in the clear beside wrapped ones."""
        return table if self._wrapping is None else PREFIX + table

    def _add(self, table: str, numbers: Iterable[int]) -> None:
        """Make keys for these rows, except where there are some; whoever asks is inside of `_durably`."""
        if self._wrapping is None and table in MADE_WITH_FIRST:
            self._lay(table)
        self._put(table, [(number, self._chance(KEY_BYTES)) for number in numbers])

    def _put(self, table: str, keys: Iterable[tuple[int, bytes]]) -> None:
        rows = [(number, self._wrapped(table, number, key)) for number, key in keys]
        self._connection.executemany(f"INSERT INTO {self._named(table)} VALUES (?, ?) ON CONFLICT DO NOTHING", rows)

    def _key(self, table: str, number: int) -> bytes | None:
        """Read one row's key; where it lies otherwise by now, it is looked for there. Whoever asks holds the lock."""
        return self._as_laid(table, lambda: self._read(table, number))

    def _as_laid(self, table: str, read: Callable[[], T]) -> T | None:
        """Read keys of a table as they lie; `None` where there is none of it."""
        try:
            return read()
        except (self._missing, HomeError):
            pass
        while True:
            with self._at_one_moment():  # else they may be laid otherwise again between the look and the reading
                header = self._header_now()
                if header == self._header:
                    made = table == "subject_key" or self._has(self._named(table))  # others are made with the first of their keys
                    return read() if made else None
            self._open_anew(header)

    def _at_one_moment(self) -> AbstractContextManager[None]:
        """What is read inside is of one moment."""
        return at_one_moment(self._connection)

    def _read(self, table: str, number: int) -> bytes | None:
        column, at = COLUMNS[table]
        found = self._connection.execute(f"SELECT {column} FROM {self._named(table)} WHERE {at} = ?", (number,)).get
        return None if found is None else self._unwrapped(table, number, found)

    def _wrapped(self, table: str, number: int, key: bytes) -> bytes:
        if self._wrapping is None:
            return key
        return self._wrapping.wrapped(key, home=self.home_id, table=table, number=number, nonce=self._chance(NONCE_BYTES))

    def _unwrapped(self, table: str, number: int, found: bytes) -> bytes:
        if self._wrapping is None:
            return found
        return self._wrapping.opened(found, self.path, home=self.home_id, table=table, number=number)

    # ---- how a file is spoken to ----

    def _troubles(self) -> AbstractContextManager[None]:
        return troubles_of(self.path)

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def _roll_back(self) -> None:
        roll_back(self._connection)

    def _has(self, table: str) -> bool:
        return has_table(self._connection, table)

    def _lay(self, table: str) -> None:
        """Make a table where there is none."""
        self._connection.execute(LAID_LATER[table])

    def _header_now(self) -> Header | None:
        return header_of(self._connection, self.path)

    @property
    def _header(self) -> Header | None:
        return None if self._wrapping is None else self._wrapping.header

    def _open_anew(self, header: Header | None) -> None:
        """Go on with keys that were wrapped otherwise meanwhile: they are the same keys. Raises `HomeError` (`keys.locked`, `keys.passphrase` …)."""
        self._wrapping = None if header is None else unlocked(header, self.path)

    def finish_wiping(self) -> None:
        """Let the file hold nothing any more of keys that were in it otherwise, where that was begun and broke off; as far as others let us."""
        with self._lock, suppress(apsw.Error):
            finish_wiping(self._connection)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._subjects.clear()
            self._who.clear()
            close(self._connection)
