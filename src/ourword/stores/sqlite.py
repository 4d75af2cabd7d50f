"""`ledger.sqlite`: entries, and beside them what is needed to find a decision again and to count a customer's history.

One decision is one transaction in one file: its entries, its encrypted personal data, its row for finding. So it is wholly
recorded or not at all, and costs one sync. `decision`, `subject` and the index are not part of the log.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec

from ourword.errors import HomeError, LineError, UsageError
from ourword.ledger.decided import Decided, asks_the_same
from ourword.ledger.entry import (
    Alone,
    ContractSigned,
    PromiseMade,
    SampleAnswered,
    SampleDrawn,
    SegmentSealed,
    SignalOpened,
    entry_bytes,
)
from ourword.ledger.seal import Subject
from ourword.ledger.standings import is_settling
from ourword.ledger.store import Entry, Recorded
from ourword.ledger.write import CHANCE_BYTES, written_out
from ourword.stores.about import TABLE, keep_about
from ourword.stores.beside import keep_beside
from ourword.stores.database import FileId, close, connect, file_id, home_error, roll_back, troubles_of, wipe
from ourword.stores.erasable import Erasable
from ourword.stores.gone import let_go
from ourword.stores.keys import Keys
from ourword.stores.known import no_such_entry, show_ledger
from ourword.stores.prunable import Prunable
from ourword.stores.reader import SAMPLED, SIGNED

SCHEMA = f"""
{TABLE};
CREATE TABLE IF NOT EXISTS home (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS subject (number INTEGER PRIMARY KEY, who BLOB UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS decision (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, subject INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    answer TEXT NOT NULL, sealed BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS history ON decision (subject, kind, at, answer);
"""
CHECKPOINTS = "CREATE TABLE IF NOT EXISTS checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT"
"""Made when the log is published first: homes from before have none."""
_ADD_DECISION = "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
_ADD_SUBJECT = "INSERT INTO subject VALUES (?, ?)"
_ADD_ENTRY = "INSERT INTO entry VALUES (?, ?)"


class _Place:
    """How far the ledger and this gate process have come inside one transaction, and the entries still to be inserted."""

    __slots__ = ("counter", "entries", "seq")

    def __init__(self, seq: int, counter: int) -> None:
        self.seq = seq
        self.counter = counter
        self.entries: list[tuple[int, bytes]] = []

    def insert(self, writer: apsw.Connection) -> None:
        writer.executemany(_ADD_ENTRY, self.entries)
        self.entries = []


class SqliteStore(Erasable, Prunable):
    """The store of a home folder. Safe to use from several threads; several processes share it by SQLite's own lock."""

    def __init__(self, path: Path, keys: Keys, *, write: bool, at: int | None = None, chance: Callable[[int], bytes] = os.urandom) -> None:
        super().__init__(path, keys)
        self.known_at = at
        """The entry up to which it is shown; `None`: all of it."""
        self.gate = chance(8).hex()
        """This gate process: its entries count 1, 2, 3 …"""
        self._chance = chance
        self._counter = 0
        self._writing = threading.Lock()
        self._writer: apsw.Connection | None = None
        self._file: FileId | None = None
        """Which file was opened, whatever lies at its path by now."""
        self._open(write and at is None)

    @staticmethod
    def create(path: Path, home_id: str) -> None:
        """Make the file; what a creation that broke off has left there is kept."""
        connection = connect(path, create=True)
        try:
            with troubles_of(path):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(SCHEMA)
                connection.execute("INSERT OR IGNORE INTO home VALUES (1, ?)", (home_id,))
                connection.execute("COMMIT")
        finally:
            close(connection)

    def _open(self, write: bool) -> None:
        self._writer = connect(self.path) if write else None
        try:
            self._reader = connect(self.path, write=False)
            self._check_home()
            self._show()
            self._file = file_id(self.path)
            if self._writer:
                with troubles_of(self.path):
                    self._writer.execute(TABLE)  # homes from before have none
        except BaseException:
            if self._writer:
                close(self._writer)
            raise

    def _show(self) -> None:
        if self.known_at is None:
            return
        with troubles_of(self.path):
            last = int(self._reader.execute("SELECT max(seq) FROM entry").get or 0)
            show_ledger(self._reader, self._fit(last))

    def _fit(self, last: int) -> int:
        """The entry up to which it is shown; one after the last is an error."""
        if self.known_at is None or self.known_at > last:
            raise no_such_entry(self.known_at, last)
        if (gone := let_go(self)) and self.known_at <= gone.upto:
            what = f"what was known then is not held any more: decisions up to entry {gone.upto:,} are past retention and were let go of"
            raise UsageError("as-of.pruned", what, place=f"entry:{self.known_at}", hint=f"`entry:{gone.upto + 1}` is the first that can be told")
        return self.known_at

    def _check_home(self) -> None:
        with troubles_of(self.path):
            row = self._reader.execute("SELECT id FROM home").fetchone()
        if row is None or row[0] != self._keys.home_id:
            what = f"`{self.path.name}` and `{self._keys.path.name}` belong to different homes"
            raise HomeError("home.mixed", what, place=str(self.path.parent), hint="restore both from the same backup")

    # ---- writing ----

    def prepared(self, batch: Sequence[Decided]) -> Sequence[Any]:
        """Give what `commit` takes, with all done that can be done before it is known what it comes after: nothing, in files."""
        return batch

    def commit(self, batch: Sequence[Decided]) -> list[Recorded | LineError]:
        """Record all or none, durably, in order; a `decision_id` that is there already gives its first decision."""
        with self._writing:
            writer = self._usable_writer()
            try:
                writer.execute("BEGIN IMMEDIATE")
                place = _Place(writer.execute("SELECT max(seq) FROM entry").get or 0, self._counter)
                recorded = [self._record(writer, decided, place) for decided in batch]
                place.insert(writer)
            except BaseException as cause:
                roll_back(writer)
                if isinstance(cause, apsw.Error):
                    raise home_error(cause, self.path) from cause
                raise
            self._make_durable(writer, recorded, place)
            self._check_there()
            return recorded

    def subjects(self, customers: Collection[str]) -> dict[str, Subject]:
        """Give each customer's number and key, durably giving new ones first: events and decisions share one numbering."""
        named = {customer: self._keys.who(customer) for customer in customers}
        with self._writing, self._transaction() as writer:
            found = {}
            for customer, keyed_name in named.items():
                found[customer], is_new = self._subject(writer, keyed_name)
                if is_new:
                    writer.execute(_ADD_SUBJECT, (found[customer].number, keyed_name))
            return found

    def append_sealed(self, *, time: str, file: str, digest: str, rows: int) -> int:
        """Append that a file of events will not change any more; give the entry's number."""
        with self._writing, self._transaction() as writer:
            return self._append(writer, SegmentSealed(time=time, gate="", counter=0, file=file, digest=digest, rows=rows))

    def append_sampled(self, entry: SampleDrawn | SampleAnswered, *, seen: int, beside: bytes = b"") -> int | None:
        """Append who was drawn, or what they said; `None` when somebody else has drawn or answered since entry number *seen*."""
        with self._writing, self._transaction() as writer:
            newer = writer.execute("SELECT 1 FROM entry WHERE seq > ? AND instr(bytes, ?)", (seen, SAMPLED)).get
            return None if newer else self._append(writer, entry, beside)

    def append_signed(self, entry: ContractSigned, *, seen: int, beside: bytes = b"") -> int | None:
        """Append a signature under a contract; `None` when somebody else has signed since entry number *seen*."""
        with self._writing, self._transaction() as writer:
            newer = writer.execute("SELECT 1 FROM entry WHERE seq > ? AND instr(bytes, ?)", (seen, SIGNED)).get
            return None if newer else self._append(writer, entry, beside)

    @contextmanager
    def appending(self) -> Iterator[tuple[apsw.Connection, Callable[[Alone, bytes], int]]]:
        """One transaction in which entries are appended and what lies beside the log is changed: all of it is durable after it, or undone."""
        with self._writing, self._transaction() as writer:
            yield writer, lambda entry, beside: self._append(writer, entry, beside)

    def events_at(self) -> str:
        """Which folder takes events in, where a home has several; a home in files has one."""
        return ""

    def take_events(self, folder: str, *, instead: str = "") -> str:
        """Say which folder takes events in, unless that was said; give the one that does."""
        return folder

    def _append(self, writer: apsw.Connection, entry: Alone, beside: bytes = b"") -> int:
        seq = int(writer.execute("SELECT max(seq) FROM entry").get or 0) + 1
        stamped = msgspec.structs.replace(entry, gate=self.gate, counter=self._counter + 1)
        writer.execute(_ADD_ENTRY, (seq, entry_bytes(stamped)))
        keep_beside(writer, seq, beside)
        self._counter += 1
        return seq

    def follow(self, entries: Sequence[PromiseMade | SignalOpened], *, seen: int, beside: bytes = b"") -> int | None:
        """Append what follows from the entries up to number *seen*, all or none; give the last number.

        `None` when somebody else has settled, raised or answered since: look again, so that nothing is said twice. `gate` and
        `counter` of the entries are given here. *beside*, sealed, is kept beside the last entry, not in the log.
        """
        with self._writing, self._transaction() as writer:
            newer = [Entry(*row) for row in writer.execute("SELECT seq, bytes FROM entry WHERE seq > ? ORDER BY seq", (seen,))]
            if any(is_settling(each.value) for each in newer):
                return None
            last = newer[-1].seq if newer else seen
            stamped = [msgspec.structs.replace(each, gate=self.gate, counter=self._counter + at) for at, each in enumerate(entries, 1)]
            writer.executemany(_ADD_ENTRY, [(last + at, entry_bytes(each)) for at, each in enumerate(stamped, 1)])
            keep_beside(writer, last + len(stamped), beside)
            self._counter += len(stamped)
            return last + len(stamped)

    @property
    def writes(self) -> bool:
        """Whether it was opened for writing, and has not stopped."""
        return self._writer is not None and self._stopped is None

    def share_contracts(self, folder: Path) -> None:
        """Nothing: this home is one folder, and all contracts lie in it."""

    def keep_checkpoint(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint durably, for good; one of the same size stands."""
        with self._writing, self._transaction() as writer:
            writer.execute(CHECKPOINTS)
            writer.execute("INSERT OR IGNORE INTO checkpoint VALUES (?, ?)", (size, note))

    @contextmanager
    def publishing(self) -> Iterator[bytes | None]:
        """Give the largest checkpoint that was kept; while inside nobody else writes, so nobody else publishes."""
        with self._writing, self._transaction() as writer:
            kept = self._has(writer, "checkpoint")
            yield writer.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").get if kept else None

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        """What is done inside is durable after it, or undone; when a failed sync leaves that open, the writer stops."""
        writer, counter = self._usable_writer(), self._counter
        committing = False
        try:
            writer.execute("BEGIN IMMEDIATE")
            yield writer
            committing = True
            writer.execute("COMMIT")
        except BaseException as cause:
            roll_back(writer)
            self._counter = counter
            if not isinstance(cause, apsw.Error):
                raise
            error = home_error(cause, self.path)
            if committing and not isinstance(cause, (apsw.FullError, apsw.BusyError)):
                hint = "check the disk, open the home again, then run this again: nothing is recorded twice"
                self._stopped = HomeError("home.stopped", error.what, place=error.place, hint=hint)
            raise error from cause
        self._check_there()

    def _usable_writer(self) -> apsw.Connection:
        if self._stopped:
            raise self._stopped
        if self._writer is None:
            what, hint = "the home was opened for reading only", "open it with `write=True`"
            if self.known_at is not None:
                what = f"this is the home as known at entry {self.known_at}: nothing is added to it"
                hint = "leave `as_of` away (`--as-of` of a command)"
            raise HomeError("home.read-only", what, place=str(self.path.parent), hint=hint)
        self._check_there()
        return self._writer

    def _check_there(self) -> None:
        """Before and after each commit: SQLite goes on writing into a file that was deleted, and calls it a success."""
        if file_id(self.path) != self._file:
            what = f"`{self.path.name}` is no longer the file that was opened: the folder was deleted, moved or replaced; nothing is recorded"
            hint = "put the folder back, or open another home; then hand in again what had no answer: nothing is recorded twice"
            raise HomeError("home.gone", what, place=str(self.path.parent), hint=hint)

    def _make_durable(self, writer: apsw.Connection, recorded: Sequence[Recorded | LineError], place: _Place) -> None:
        try:
            writer.execute("COMMIT")
            self._counter = place.counter
        except apsw.Error as cause:
            roll_back(writer)
            self._settle_unknown_outcome(cause, recorded)
            self._counter = place.counter
        except BaseException:  # Ctrl-C: SQLite knows whether it came before or after the commit
            if not writer.in_transaction:
                self._counter = place.counter
            roll_back(writer)
            raise

    def _record(self, writer: apsw.Connection, decided: Decided, place: _Place) -> Recorded | LineError:
        try:
            keyed_name = self._keys.who(decided.personal.customer)
            of, is_new = self._subject(writer, keyed_name)
            written = written_out(decided, of, gate=self.gate, counter=place.counter, chance=self._chance(CHANCE_BYTES))
        except LineError as error:
            return error
        seq, decision_id = place.seq + 1, written.decision_id
        writer.execute(_ADD_DECISION, (seq, decision_id, of.number, decided.kind, decided.instant, decided.answer, written.box))
        if not writer.changes():
            place.insert(writer)  # the first one may be in this very batch
            return self._recorded_before(writer, decided, decision_id)
        keep_about(writer, seq, self._keys, decided.personal)
        if is_new:
            writer.execute(_ADD_SUBJECT, (of.number, keyed_name))
        for entry in written.entries:
            place.seq += 1
            place.entries.append((place.seq, entry))
        place.counter += len(written.entries)
        return Recorded(decision_id=decision_id, seq=seq, new=True, entry=written.entries[0], personal=decided.personal)

    def _subject(self, writer: apsw.Connection, keyed_name: bytes) -> tuple[Subject, bool]:
        number = writer.execute("SELECT number FROM subject WHERE who = ?", (keyed_name,)).get
        if number is None:
            # Erasing keeps the row and clears `who`, so a number is never given twice.
            return self._keys.next_subject((writer.execute("SELECT max(number) FROM subject").get or 0) + 1), True
        return self._key_of(number), False

    def _recorded_before(self, connection: apsw.Connection, decided: Decided, decision_id: str) -> Recorded:
        first = self._find(connection, decision_id)
        assert first is not None
        same = first.personal is not None and first.decision.kind == decided.kind and asks_the_same(first.personal, decided.personal)
        return Recorded(decision_id=decision_id, seq=first.seq, new=False, same=same, entry=first.entry, personal=first.personal)

    def _settle_unknown_outcome(self, cause: apsw.Error, recorded: Sequence[Recorded | LineError]) -> None:
        """After a failed commit: return when the batch turns out to be recorded, raise when it is not or cannot be known."""
        if isinstance(cause, (apsw.FullError, apsw.BusyError)):
            raise home_error(cause, self.path) from cause  # these come before the sync, and SQLite has undone the batch
        try:
            self._reopen()
            new = next((each.decision_id for each in recorded if isinstance(each, Recorded) and each.new), None)
            there = new is None or self.find(new) is not None
        except HomeError as trouble:
            hint = "the last decisions may or may not be recorded: check the disk, open the home again, hand them in under the same ids"
            self._stopped = HomeError("home.stopped", trouble.what, place=trouble.place, hint=hint)
            raise self._stopped from cause
        if not there:
            raise home_error(cause, self.path) from cause

    def _reopen(self) -> None:
        """Open anew and move all of the log into the database file.

        After a failed sync the kernel may hold pages as clean that the disk never got, and call the next sync a success
        (the PostgreSQL fsync reports of 2018). Copying the WAL into the database writes them anew, and syncs them.
        """
        with self._reading:
            self._close_connections()
            self._open(write=True)
            assert self._writer is not None
            with troubles_of(self.path):
                if self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() != (0, 0, 0):
                    raise apsw.BusyError("another process reads the log")

    def wipe(self, *, anew: bool = False) -> tuple[str, ...]:
        """Empty the log of SQLite, so that nothing of what was deleted is left in it; *anew*: write the file without its gaps too.

        Give what else there is to do. Raises `HomeError` where another process reads on.
        """
        with self._writing, self._reading:
            writer = self._usable_writer()
            with troubles_of(self.path):
                wipe(writer, anew=anew)
        return ()

    def close(self) -> None:
        """Close the file; the last to close leaves no WAL behind."""
        with self._writing, self._reading:
            self._stopped = self._stopped or HomeError("home.closed", "the home is closed", place=str(self.path.parent), hint="open it again")
            self._close_connections()

    def _close_connections(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                close(connection)
