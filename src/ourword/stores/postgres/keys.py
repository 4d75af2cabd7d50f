"""A home's keys in PostgreSQL: a schema of their own, which a backup takes or leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from ourword.errors import HomeError
from ourword.ledger.seal import Subject, subject
from ourword.stores.keys import SUBJECTS_CACHED_MAX, Keys
from ourword.stores.laid import COLUMNS
from ourword.stores.postgres.laid import granted_alike, header_in, kept_as_laid, keys_lock, named, owned_alike, owns, there
from ourword.stores.postgres.line import Line, Missing, troubles_at
from ourword.stores.postgres.schema import HEAD
from ourword.stores.postgres.unwiped import finish_wiping, mark_unwiped
from ourword.stores.wrapped import Header, Wrapping, made_as_laid
from ourword.tlog.note import Signer

_PAGE = 5_000
_LOG_NEXT = """
CREATE TABLE {table} (one integer PRIMARY KEY CHECK (one = 1), seed bytea NOT NULL);
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} ALTER seed SET STATISTICS 0;
"""
"""There while a key of the log takes the place of another, and no longer. No right on all tables, given to gates whenever, lets them at its row."""
LOG_PAST = "CREATE TABLE {table} (entry bigint PRIMARY KEY, key text NOT NULL)"
"""Made with the first key of the log that is replaced: gates read it, and their owner alone writes it."""
_OWNED = "SELECT next.relowner = now.relowner FROM pg_class AS next, pg_class AS now WHERE next.oid = ?::regclass AND now.oid = ?::regclass"


def key_mark(key: bytes) -> bytes:
    """What tells two random keys apart without saying either."""
    return hashlib.sha256(b"mark" + key).digest()


class PostgresKeys(Keys):
    """The keys of one home. Safe to use from several threads."""

    in_file = False
    _missing = Missing

    def __init__(self, line: Line, chance: Callable[[int], bytes], wrapping: Wrapping | None = None) -> None:
        self._line = line
        self._place = line.place
        self._within = False
        """Whether a transaction is open: then nothing is tried a second time on another connection."""
        with troubles_at(line.place):
            super().__init__(Path(line.schema), line, chance, wrapping)  # type: ignore[arg-type]

    @classmethod
    def reached(cls, line: Line, chance: Callable[[int], bytes]) -> PostgresKeys:
        """Open the keys of a home that is there, by what the environment of this process names where they are wrapped. Raises `HomeError`."""
        with troubles_at(line.place):
            look, moment = lambda: header_in(line, line.schema), lambda: kept_as_laid(line, line.schema)
            return made_as_laid(look, moment, Path(line.schema), lambda wrapping: cls(line, chance, wrapping))

    # ---- customers ----

    def subject(self, number: int) -> Subject | None:
        """Give a customer's ledger side by number, or `None` when there is no such key (any more)."""
        with self._lock, self._troubles():
            found = self._subjects.get(number)
            if found is not None:
                return found
            key = self._key("subject_key", number)
            if key is None:
                return None
            if len(self._subjects) >= SUBJECTS_CACHED_MAX:
                self._subjects.clear()
            made = self._subjects[number] = subject(number, key)
            return made

    def subjects_of(self, numbers: Collection[int]) -> dict[int, Subject]:
        """Give the customers of these numbers whose keys are here, as they are here now."""
        if not numbers:
            return {}
        with self._lock, self._troubles():
            rows = self._customers("number = ANY (?::bigint[])", (list(numbers),))
        return {number: subject(number, key) for number, key in rows}

    def numbers_of(self, subs: Collection[str], *, until: int) -> dict[str, int]:
        """Say which customers up to a number have these `sub`, of those whose keys are here."""
        wanted, found, last = set(subs), dict[str, int](), 0
        while wanted:
            with self._lock, self._troubles():
                page = self._customers(f"number > ? AND number <= ? ORDER BY number LIMIT {_PAGE}", (last, until))
            found |= {key.sub: key.number for key in (subject(*row) for row in page) if key.sub in wanted}
            if len(page) < _PAGE:
                break
            last = page[-1][0]
        return found

    def subs_of(self, numbers: Collection[int]) -> dict[int, str]:
        """Give what stands for these customers in entries, of those whose keys are here."""
        wanted, found = sorted(numbers), dict[int, str]()
        for first in range(0, len(wanted), _PAGE):
            found |= {number: key.sub for number, key in self.subjects_of(wanted[first : first + _PAGE]).items()}
        return found

    def _customers(self, which: str, values: Sequence[Any]) -> list[tuple[int, bytes]]:
        def read() -> list[tuple[int, bytes]]:
            rows = self._fetch(f"SELECT number, key FROM {self._named('subject_key')} WHERE {which}", values)
            return [(number, self._unwrapped("subject_key", number, found)) for number, found in rows]

        return self._as_laid("subject_key", read) or []

    def add_subjects(self, writer: Line, keys: Sequence[tuple[int, bytes]]) -> None:
        """Write new customers' keys inside a transaction of the sequencer: nobody lays keys otherwise meanwhile."""
        with self._lock:
            self._go_on_as(header_in(writer, self._line.schema))
            rows = [(number, self._wrapped("subject_key", number, key), key_mark(key)) for number, key in keys]
            writer.executemany(f"INSERT INTO {self._named('subject_key')} VALUES (?, ?, ?)", rows)

    @property
    def are_wrapped(self) -> bool:
        """Whether they are wrapped, as far as this process knows: a new customer's key, bound to a number, cannot travel along then."""
        return self._wrapping is not None

    def look_again(self) -> None:
        """See how they lie now. Raises `HomeError` where this process cannot open them."""
        with self._lock, self._troubles(), self._at_one_moment():
            self._go_on_as(self._header_now())

    def _go_on_as(self, header: Header | None) -> None:
        if header != self._header:
            self._open_anew(header)

    def next_subject(self, number: int) -> Subject:
        """No key is made ahead here: a new customer's comes with the decision, or just before it where keys are wrapped."""
        raise HomeError("home.io", f"key {number} was asked for ahead", place=self._place, hint="report this: it is a mistake of ours")

    def make_ahead(self, first: int) -> None:
        """Nothing: see `next_subject`."""

    def forget(self, numbers: Collection[int]) -> None:
        """Delete the keys of these customers; that no copy of one is left in the tables' files, the store sees to (`PostgresStore.wipe`)."""
        with self._lock, self._troubles():
            with self._durably() as connection:
                connection.execute(f"DELETE FROM {self._named('subject_key')} WHERE number = ANY (?::bigint[])", (list(numbers),))
            for number in numbers:
                self._subjects.pop(number, None)
            self._who.clear()

    # ---- the log ----

    def make_log_seed(self, *, first: bool) -> bytes:
        """Make the key that signs this home's log (durable before use); unless it is the *first* one it was lost, which is an error."""
        if not first:
            what = f"the key that signed this home's log is missing from the schema `{self._line.schema}`"
            raise HomeError("home.keys-missing", what, place=self._place, hint="restore the schema of keys from the newest backup")
        return super().make_log_seed(first=first)

    def next_log_seed(self, *, make: bool = False) -> bytes | None:
        """Give the seed of the key that will sign the log, while it takes the place of the one that does; with *make* it is made first.

        Raises `HomeError`: `home.read-only` where this role may not begin that, `keys.rotating` where another has, and this one may not go on.
        """
        try:
            return super().next_log_seed(make=make)
        except HomeError as error:
            if make and error.code == "home.read-only":
                hint = f"run this as the role that owns the tables of `{self._line.schema}`: gates have no right to"
                raise HomeError(error.code, error.what, place=error.place, hint=hint) from error
            raise

    def rotate_log_key(self, entry: int) -> None:
        """Let the next key of the log be its key, durably, from *entry* on; the seed of the one before is gone. Nothing, where that was done."""
        with self._lock, self._troubles(), self._durably() as connection:
            old, new = self._key("log_key", 1), self._key("log_next", 1)
            if old is None or new is None:
                return
            self._lay("log_past")
            row = (entry, Signer(self.log_name, old).verifier.text)
            connection.execute("INSERT INTO log_past VALUES (?, ?) ON CONFLICT DO NOTHING", row)
            connection.execute(f"UPDATE {self._named('log_key')} SET seed = ?", (self._wrapped("log_key", 1, new),))
            connection.execute(f"DROP TABLE {self._named('log_next')}")
            mark_unwiped(self._line, self._line.schema, "log_key")
        self.finish_wiping()

    def _add(self, table: str, numbers: Iterable[int]) -> None:
        if table == "log_next":
            self._lay(table)
        super()._add(table, numbers)

    def _key(self, table: str, number: int) -> bytes | None:
        if table == "log_next" and not self._is_rotating():
            return None
        return super()._key(table, number)

    def _is_rotating(self) -> bool:
        """Whether another key of the log is laid ready. Raises `HomeError` where it is not for this role to go on with it."""
        next_, now = self._named("log_next"), self._named("log_key")
        if not self._has("log_next"):
            return False
        ours = self._fetch(_OWNED, (next_, now))
        if not ours or not ours[0][0] or not owns(self._line, now):
            what = "another key takes the place of the one that signed this home's log, and this role may not go on with that"
            hint = f"run `ourword keys rotate --log` again as the role that owns the tables of `{self._line.schema}`"
            raise HomeError("keys.rotating", what, place=self._place, hint=hint)
        return True

    def finish_wiping(self) -> None:
        """Let the tables' files hold nothing any more of keys that were in them otherwise, where that was begun; as far as others let us."""
        with self._lock, suppress(HomeError), self._troubles():
            finish_wiping(self._line, self._line.schema)

    # ---- how a database is spoken to ----

    def _troubles(self) -> AbstractContextManager[None]:
        return troubles_at(self._place)

    def _named(self, table: str) -> str:
        return named(self._line.schema, table, wrapped=self._wrapping is not None) if table in COLUMNS else table

    def _has(self, table: str) -> bool:
        self._fetch("SELECT 1", ())  # a connection that was lost since is made anew
        plain = self._named(table).split(".")[-1]
        return there(self._line, self._line.schema, plain)

    def _fetch(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of a statement that may be run twice."""
        return (self._line.execute(sql, values) if self._within else self._line.again(sql, values)).fetchall()

    def _read(self, table: str, number: int) -> bytes | None:
        column, at = COLUMNS[table]
        rows = self._fetch(f"SELECT {column} FROM {self._named(table)} WHERE {at} = ?", (number,))
        return self._unwrapped(table, number, bytes(rows[0][0])) if rows else None

    def _beside(self, table: str, column: str) -> bytes | None:
        with self._lock, self._troubles():
            rows = self._fetch(f"SELECT {column} FROM {table}", ()) if self._has(table) else []
        return bytes(rows[0][0]) if rows else None

    def _header_now(self) -> Header | None:
        return header_in(self._line, self._line.schema)

    def _begin(self) -> None:
        """A transaction in which nobody else writes keys, or lays them otherwise."""
        self._line.again("SELECT 1")
        self._line.execute("BEGIN")
        self._within = True
        self._line.execute("SELECT pg_advisory_xact_lock(?::bigint)", (keys_lock(self._line.schema),))

    def _roll_back(self) -> None:
        self._within = False
        self._line.roll_back()

    @contextmanager
    def _durably(self) -> Iterator[Any]:
        with super()._durably() as connection:
            yield connection
        self._within = False

    @contextmanager
    def _at_one_moment(self) -> Iterator[None]:
        """Nobody lays the keys otherwise meanwhile; what is read inside is as of then."""
        if self._within:
            yield
            return
        self._line.again("SELECT 1")
        with kept_as_laid(self._line, self._line.schema):
            self._within = True
            try:
                yield
            finally:
                self._within = False

    def _lay(self, table: str) -> None:
        """Make a table where there is none; who may use it is who may use those that are there."""
        if self._has(table):
            return
        if table == "log_head":
            self._line.execute(HEAD)
            return
        name, like = self._named(table), self._named("log_key")
        self._line.execute({"log_next": _LOG_NEXT, "log_past": LOG_PAST}[table].format(table=name))
        owned_alike(self._line, name, like)
        if table == "log_past":
            granted_alike(self._line, name, like, only="SELECT")

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._subjects.clear()
            self._who.clear()
            self._line.close()
