"""Erasing in PostgreSQL: the statements that are other ones there, and what a client can do about rows that are deleted and still lie in the files.

A deleted row stays in its page until the page is written over, and no command of a client overwrites it. A table that is written anew
(`VACUUM FULL`) leaves it behind. That takes the table for itself, so it is done to those that are small and hold more than ciphertexts.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import apsw
import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import ContractSigned, Decision, Erasure, SignalOpened, entry_from_bytes
from ourword.ledger.store import Entry
from ourword.stores.postgres import statements
from ourword.stores.postgres.laid import as_laid
from ourword.stores.postgres.line import WAIT_SECONDS, Line, Trouble, home_code, troubles_at
from ourword.stores.postgres.sampling import drop_samples, never_sample
from ourword.stores.postgres.schema import ERASING
from ourword.stores.sqlite import SqliteStore

REWRITTEN = ("subject", "reason")
REWRITTEN_KEYS = ("subject_key", "signal_key")
LOCK_MILLISECONDS = 1000
"""How long the table of a running home is waited for at a time: whoever records waits behind us."""
BYTES_MAX = 32 * 2**20
"""A table of this size is written anew in seconds: gates wait ten for it, and then a decision has no answer."""
_PAUSE = 0.2
_OWNED = "SELECT pg_has_role(relowner, 'USAGE'), pg_table_size(?::regclass) FROM pg_class WHERE oid = ?::regclass"


class ErasingStore(SqliteStore):
    """What a store in PostgreSQL does to erase customers."""

    _line: Line
    _customers: dict[bytes, Any]

    def erasing(self) -> list[int]:
        """Give the numbers of the customers whose erasure was begun and is not done."""
        with self._read() as reader:
            return [number for (number,) in reader.execute("SELECT number FROM erasing ORDER BY number")] if _laid(reader) else []

    def erasures(self) -> list[Entry]:
        """Give the entries that say that a customer was erased, in order; they are listed, since this is asked whenever a home is opened."""
        with self._read() as reader:
            found = [Entry(*row) for row in reader.execute(statements.ERASURES)] if (laid := _laid(reader)) else []
        return [entry for entry in found if isinstance(entry.value, Erasure)] if laid else super().erasures()

    def lay_erasing(self, writer: apsw.Connection) -> None:
        """Lay the tables that erasing needs, where a home was made before there were any."""
        if not _laid(writer):
            writer.execute(ERASING)
            writer.execute(statements.LIST_ERASURES)

    def list_erasure(self, writer: apsw.Connection, seq: int) -> None:
        """Note which entry says that somebody was erased."""
        writer.execute("INSERT INTO erasure VALUES (?)", (seq,))

    def mend(self, subs: Collection[str]) -> dict[str, int]:
        """After a restore, put in order what belongs to different moments; give who of these `sub` is here without a key.

        Keys that are newer than the ledger: those of numbers that nobody has yet are deleted, since a new customer would be refused theirs; and
        whoever was erased in between has none, and lies in the ledger still.
        """
        with self._writing, self._transaction() as writer:
            keys = as_laid(writer, self._keys.path.name, "subject_key")  # type: ignore[arg-type]
            writer.execute(f"DELETE FROM {keys} WHERE number > (SELECT coalesce(max(number), 0) FROM subject)")
            rows = list(writer.execute(statements.WITHOUT_KEY.format(keys=keys)))
        found = {value.sub: number for number, entry in rows if isinstance(value := entry_from_bytes(entry), Decision)}
        return {sub: int(number) for sub, number in found.items() if sub in subs}

    def drop_reasons(self, writer: apsw.Connection, seqs: Collection[int]) -> list[int]:
        """Delete what lies beside these entries, and the keys under which nothing lies any more: the rows stay in the server's log for a while."""
        given = (list(seqs),)
        rows = list(writer.execute("SELECT sealed, bytes FROM reason JOIN entry USING (seq) WHERE seq = ANY (?::bigint[])", given))
        dropped = super().drop_reasons(writer, seqs)
        stay = {_key_number(box, entry) for box, entry in writer.execute(statements.SAID_OF_SIGNALS)}
        gone = {number for row in rows if (number := _key_number(*row)) is not None} - stay
        keys = as_laid(writer, self._keys.path.name, "signal_key")  # type: ignore[arg-type]
        writer.execute(f"DELETE FROM {keys} WHERE number = ANY (?::bigint[])", (list(gone),))
        return dropped

    def users_of(self, marks: Collection[bytes], *, without: Collection[int]) -> dict[bytes, int]:
        """Say which contacts and objects of these marks decisions name, and a customer of such a decision; *without* those."""
        hexed, others = [each.hex().upper() for each in marks], list(without)
        if not marks:
            return {}
        with self._read() as reader:
            found = [*reader.execute(statements.USERS, (list(marks), others)), *reader.execute(statements.USERS_OF_THINGS, (hexed, others))]
        return {bytes.fromhex(mark): int(number) for mark, number in found}

    def wipe(self, *, anew: bool = False) -> tuple[str, ...]:
        """Write the small tables anew, without what was deleted, and let the server write its files out; say what it did not let us do.

        Raises `HomeError` (`home.busy`) while somebody still looks at what was there before; run it again then.
        """
        with self._sweeping() as line:
            return _swept(line, self._line.schema, self._keys.path.name)

    @contextmanager
    def _sweeping(self) -> Iterator[Line]:
        """A connection for what is done to whole tables, while this process records nothing."""
        with self._writing:
            self._usable_writer()
            self._customers.clear()
            line = Line(self._line.address, self._line.schema, place=self._line.place)
            try:
                with troubles_at(line.place):
                    line.execute(f"SET lock_timeout = {LOCK_MILLISECONDS}")
                    yield line
            finally:
                line.close()


def _laid(reader: apsw.Connection) -> bool:
    return bool(reader.execute("SELECT to_regclass('erasure') IS NOT NULL").get)


def _key_number(box: bytes, entry: bytes) -> int | None:
    """Under which key what people said lies; `None` where it is a customer's."""
    value = entry_from_bytes(entry)
    if isinstance(value, ContractSigned):
        return msgspec.msgpack.decode(box, type=tuple[int, bytes])[0]
    return value.signal if isinstance(value, SignalOpened) and isinstance(value.signal, int) else None


# ---- what the server keeps ---------------------------------------------------------------------------------------------


def _swept(line: Line, ledger: str, keys: str) -> tuple[str, ...]:
    end = time.monotonic() + WAIT_SECONDS
    tables = [*(as_laid(line, keys, each) for each in REWRITTEN_KEYS), f'"{keys}".inbox', *(f'"{ledger}".{each}' for each in REWRITTEN)]
    left = [words for each in tables if (words := rewritten(line, each, end))]
    patiently(line, f'VACUUM (TRUNCATE false) "{ledger}".decision', end)
    return (*left, *_sampled(line, ledger, keys), *_checkpoint(line))


def rewritten(line: Line, table: str, end: float, *, most: int | None = None, size: int | None = None) -> str:
    """Write a table anew; give in words why that was left to somebody else, or nothing.

    *most* is how large it may be, in bytes (as erasing has it, unless it is said), *size* how large it is where that is not what it takes on the
    disk; *end* until when it is tried.
    Raises `HomeError` (`home.busy`) where somebody still looks at what was there before.
    """
    owned, bytes_ = line.execute(_OWNED, (table, table)).fetchone()
    bytes_, most = bytes_ if size is None else size, BYTES_MAX if most is None else most
    command = f"VACUUM (FULL) {table}".replace('"', "")
    if not owned:
        return f"{command}: only the table's owner may"
    if bytes_ > most and not table.endswith(".inbox"):
        patiently(line, f"VACUUM (TRUNCATE false) {table}", end)
        return f"{command}: with {bytes_ // 2**20:,} MB it would keep whoever records waiting for too long"
    while True:
        try:
            if not line.vacuumed(f"VACUUM (FULL, VERBOSE) {table}"):
                return ""
        except Trouble as cause:
            if home_code(cause) != "home.busy" or time.monotonic() > end:
                raise
        if time.monotonic() > end:
            what = f"somebody still looks at what was in {table} before: a transaction that has not ended"
            hint = "`pg_stat_activity` names it (backend_xmin); once it has ended run this again: what was done so far is done"
            raise HomeError("home.busy", what, place=line.place, hint=hint)
        time.sleep(_PAUSE)


def patiently(line: Line, command: str, end: float) -> None:
    """Run a command that takes a lock on a table, again until *end* while somebody else has it: the server's own vacuuming, say."""
    while True:
        try:
            line.execute(command)
            return
        except Trouble as cause:
            if home_code(cause) != "home.busy" or time.monotonic() > end:
                raise
        time.sleep(_PAUSE)


def _sampled(line: Line, ledger: str, keys: str) -> tuple[str, ...]:
    """What the server had sampled of the keys in a home from before it was told not to."""
    try:
        never_sample(line, ledger, keys)
        found = drop_samples(line, ledger, keys)
    except Trouble as cause:
        if home_code(cause) not in ("home.read-only", "home.busy"):
            raise
        return ("`ourword home` with the same address, by the tables' owner: the server samples keys when it analyzes tables",)
    return ("VACUUM (FULL) pg_statistic: samples of keys lay there, and a superuser alone may",) if found else ()


def _checkpoint(line: Line) -> tuple[str, ...]:
    try:
        line.execute("CHECKPOINT")
    except Trouble as cause:
        if home_code(cause) != "home.read-only":
            raise
        return ("CHECKPOINT: the role may not (`pg_checkpoint`); the server makes one by itself in a while",)
    return ()
