"""A home's keys in PostgreSQL: a schema of their own, which a backup takes or leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path

from ourword.errors import HomeError
from ourword.ledger.seal import KEY_BYTES, Subject, subject
from ourword.stores.keys import KEEP_HEAD, SUBJECTS_CACHED_MAX, Keys
from ourword.stores.postgres.line import Line, troubles_at
from ourword.stores.postgres.schema import HEAD

_PAGE = 5_000


def key_mark(key: bytes) -> bytes:
    """What tells two random keys apart without saying either."""
    return hashlib.sha256(b"mark" + key).digest()


class PostgresKeys(Keys):
    """The keys of one home. Safe to use from several threads."""

    in_file = False

    def __init__(self, line: Line, chance: Callable[[int], bytes]) -> None:
        self._line = line
        self._place = line.place
        with troubles_at(line.place):
            super().__init__(Path(line.schema), line, chance)  # type: ignore[arg-type]

    def subject(self, number: int) -> Subject | None:
        """Give a customer's ledger side by number, or `None` when there is no such key (any more)."""
        with self._lock, troubles_at(self._place):
            found = self._subjects.get(number)
            if found is not None:
                return found
            key = self._line.again("SELECT key FROM subject_key WHERE number = ?", (number,)).get
            if key is None:
                return None
            if len(self._subjects) >= SUBJECTS_CACHED_MAX:
                self._subjects.clear()
            made = self._subjects[number] = subject(number, key)
            return made

    def numbers_of(self, subs: Collection[str], *, until: int) -> dict[str, int]:
        """Say which customers up to a number have these `sub`, of those whose keys are here."""
        wanted, found, last = set(subs), dict[str, int](), 0
        sql = f"SELECT number, key FROM subject_key WHERE number > ? AND number <= ? ORDER BY number LIMIT {_PAGE}"
        while wanted:
            with self._lock, troubles_at(self._place):
                page = self._line.again(sql, (last, until)).fetchall()
            found |= {key.sub: key.number for key in (subject(*row) for row in page) if key.sub in wanted}
            if len(page) < _PAGE:
                break
            last = page[-1][0]
        return found

    def subs_of(self, numbers: Collection[int]) -> dict[int, str]:
        """Give what stands for these customers in entries, of those whose keys are here."""
        wanted, found = sorted(numbers), dict[int, str]()
        for first in range(0, len(wanted), _PAGE):
            with self._lock, troubles_at(self._place):
                sql = "SELECT number, key FROM subject_key WHERE number = ANY (?::bigint[])"
                page = self._line.again(sql, (wanted[first : first + _PAGE],)).fetchall()
            found |= {number: subject(number, key).sub for number, key in page}
        return found

    def next_subject(self, number: int) -> Subject:
        """No key is made ahead here: a new customer's comes with the decision, in one transaction."""
        raise HomeError("home.io", f"key {number} was asked for ahead", place=self._place, hint="report this: it is a mistake of ours")

    def forget(self, numbers: Collection[int]) -> None:
        """Delete the keys of these customers; that no copy of one is left in the tables' files, the store sees to (`PostgresStore.wipe`)."""
        with self._lock, troubles_at(self._place):
            self._line.again("DELETE FROM subject_key WHERE number = ANY (?::bigint[])", (list(numbers),))
            for number in numbers:
                self._subjects.pop(number, None)
            self._who.clear()

    def make_ahead(self, first: int) -> None:
        """Nothing: see `next_subject`."""

    def of_signal(self, number: int, *, make: bool = False) -> Subject | None:
        """Give the key under which the reasons given for a signal lie; with *make* it is made first (durable before use)."""
        with self._lock, troubles_at(self._place):
            if make:
                self._line.again("INSERT INTO signal_key VALUES (?, ?) ON CONFLICT DO NOTHING", (number, self._chance(KEY_BYTES)))
            key = self._line.again("SELECT key FROM signal_key WHERE number = ?", (number,)).get
        return None if key is None else subject(number, key)

    def log_seed(self) -> bytes | None:
        """Give the seed of the key that signs this home's log; `None` before it was made."""
        with self._lock, troubles_at(self._place):
            seed = self._line.again("SELECT seed FROM log_key").get
        return None if seed is None else bytes(seed)

    def make_log_seed(self, *, first: bool) -> bytes:
        """Make the key that signs this home's log (durable before use); unless it is the *first* one it was lost, which is an error."""
        if not first:
            what = f"the key that signed this home's log is missing from the schema `{self._line.schema}`"
            raise HomeError("home.keys-missing", what, place=self._place, hint="restore the schema of keys from the newest backup")
        with self._lock, troubles_at(self._place):
            self._line.again("INSERT INTO log_key VALUES (1, ?) ON CONFLICT DO NOTHING", (self._chance(KEY_BYTES),))
            return bytes(self._line.again("SELECT seed FROM log_key").get)

    def log_head(self) -> bytes | None:
        """Give the largest checkpoint that was signed; `None` before the first, and in a home that has not published since it is kept here."""
        with self._lock, troubles_at(self._place):
            note = self._line.again("SELECT note FROM log_head").get if self._has_head() else None
        return None if note is None else bytes(note)

    def keep_log_head(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint durably, unless a larger one is kept."""
        with self._lock, troubles_at(self._place):
            if not self._has_head():
                self._line.again(HEAD)
            self._line.again(KEEP_HEAD, (size, note))

    def pruning_asked(self) -> bytes | None:
        """Give what was asked for last when decisions were let go of; `None` where that was never done."""
        with self._lock, troubles_at(self._place):
            laid = self._line.again("SELECT to_regclass('let_go')").get is not None
            asked = self._line.again("SELECT asked FROM let_go").get if laid else None
        return None if asked is None else bytes(asked)

    def ask_pruning(self, asked: bytes) -> None:
        """Keep durably what is about to be let go of, in place of what was before: the server lets nobody but the owner of the tables do it."""
        with self._lock, troubles_at(self._place):
            self._line.again("INSERT INTO let_go VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET asked = excluded.asked", (asked,))

    def _has_head(self) -> bool:
        """Homes from before get the table with their first publishing since."""
        return self._line.again("SELECT to_regclass('log_head')").get is not None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._subjects.clear()
            self._who.clear()
            self._line.close()
