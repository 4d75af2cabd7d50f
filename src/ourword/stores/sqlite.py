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

import apsw
import msgspec

from ourword.errors import HomeError, LineError
from ourword.ledger.decided import Decided, asks_the_same, personal_from_bytes
from ourword.ledger.entry import Decision, PromiseMade, SegmentSealed, SignalOpened, entry_bytes
from ourword.ledger.naming import fit_decision_id
from ourword.ledger.seal import Subject, unsealed
from ourword.ledger.standings import is_settling
from ourword.ledger.store import Entry, Recorded
from ourword.ledger.write import CHANCE_BYTES, written_out
from ourword.stores.database import close, connect, home_error, roll_back, troubles_of
from ourword.stores.keys import Keys

_SCHEMA = """
CREATE TABLE IF NOT EXISTS home (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS subject (number INTEGER PRIMARY KEY, who BLOB UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS decision (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, subject INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    answer TEXT NOT NULL, sealed BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS history ON decision (subject, kind, at, answer);
"""
_REASONS = "CREATE TABLE IF NOT EXISTS reason (seq INTEGER PRIMARY KEY, sealed BLOB) STRICT"
"""Made with the first reason that is given: homes from before have none."""
_ADD_DECISION = "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
_ADD_SUBJECT = "INSERT INTO subject VALUES (?, ?)"
_ADD_ENTRY = "INSERT INTO entry VALUES (?, ?)"
_FIND = "SELECT decision.seq, decision.subject, decision.sealed, entry.bytes FROM decision JOIN entry USING (seq) WHERE decision.id = ?"
_DECISIONS = """
SELECT decision.id, decision.seq, decision.subject, decision.sealed, entry.bytes
FROM decision JOIN entry USING (seq) WHERE seq > ? ORDER BY seq LIMIT ?
"""


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


class SqliteStore:
    """The store of a home folder. Safe to use from several threads; several processes share it by SQLite's own lock."""

    def __init__(self, path: Path, keys: Keys, *, write: bool, chance: Callable[[int], bytes] = os.urandom) -> None:
        self.path = path
        self.gate = chance(8).hex()
        """This gate process: its entries count 1, 2, 3 …"""
        self._keys = keys
        self._chance = chance
        self._counter = 0
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._stopped: HomeError | None = None
        self._writer: apsw.Connection | None = None
        self._open(write)

    @staticmethod
    def create(path: Path, home_id: str) -> None:
        """Make the file; what a creation that broke off has left there is kept."""
        connection = connect(path, create=True)
        try:
            with troubles_of(path):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                connection.execute("INSERT OR IGNORE INTO home VALUES (1, ?)", (home_id,))
                connection.execute("COMMIT")
        finally:
            close(connection)

    def _open(self, write: bool) -> None:
        self._writer = connect(self.path) if write else None
        try:
            self._reader = connect(self.path, write=False)
            self._check_home()
        except BaseException:
            if self._writer:
                close(self._writer)
            raise

    def _check_home(self) -> None:
        with troubles_of(self.path):
            row = self._reader.execute("SELECT id FROM home").fetchone()
        if row is None or row[0] != self._keys.home_id:
            what = f"`{self.path.name}` and `{self._keys.path.name}` belong to different homes"
            raise HomeError("home.mixed", what, place=str(self.path.parent), hint="restore both from the same backup")

    # ---- writing ----

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
            seq = int(writer.execute("SELECT max(seq) FROM entry").get or 0) + 1
            sealed = SegmentSealed(time=time, gate=self.gate, counter=self._counter + 1, file=file, digest=digest, rows=rows)
            writer.execute(_ADD_ENTRY, (seq, entry_bytes(sealed)))
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
            if beside:
                writer.execute(_REASONS)
                writer.execute("INSERT INTO reason VALUES (?, ?)", (last + len(stamped), beside))
            self._counter += len(stamped)
            return last + len(stamped)

    def beside(self, seq: int) -> bytes | None:
        """Give what was kept, sealed, beside an entry."""
        with self._read() as reader:
            if reader.execute("SELECT 1 FROM sqlite_schema WHERE name = 'reason'").get is None:
                return None
            found = reader.execute("SELECT sealed FROM reason WHERE seq = ?", (seq,)).get
        return None if found is None else bytes(found)

    def signal_entries(self, *, until: int | None = None) -> list[Entry]:
        """Give the entries of signals, in order, up to a number."""
        sql = "SELECT seq, bytes FROM entry WHERE instr(bytes, ?) AND seq <= ? ORDER BY seq"
        with self._read() as reader:
            found = [Entry(*row) for row in reader.execute(sql, (b'"type":"signal"', 2**63 - 1 if until is None else until))]
        return [entry for entry in found if isinstance(entry.value, SignalOpened)]

    def subject_numbers(self) -> dict[str, int]:
        """Give the number of the customer of every decision, by the decision's id."""
        with self._read() as reader:
            return {row[0]: row[1] for row in reader.execute("SELECT id, subject FROM decision")}

    def decisions_by(self, decided_by: str) -> list[tuple[int, Entry]]:
        """Give the decisions that something (a clause, `holdout`) decided, each with its customer's number."""
        sql = "SELECT subject, decision.seq, bytes FROM decision JOIN entry USING (seq) WHERE instr(bytes, ?)"
        with self._read() as reader:
            found = [(number, Entry(seq, bytes_)) for number, seq, bytes_ in reader.execute(sql, (f'"decided_by":"{decided_by}"'.encode(),))]
        return [(number, entry) for number, entry in found if isinstance(value := entry.value, Decision) and value.decided_by == decided_by]

    def sealed_segments(self, *, after: int = 0) -> list[tuple[int, SegmentSealed]]:
        """Give the `segment-sealed` entries numbered above *after*, in order."""
        sql = "SELECT seq, bytes FROM entry WHERE seq > ? AND instr(bytes, ?) ORDER BY seq"
        with self._read() as reader:
            found = [Entry(*row) for row in reader.execute(sql, (after, b'"type":"segment-sealed"'))]
        return [(entry.seq, value) for entry in found if isinstance(value := entry.value, SegmentSealed)]

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

    def _usable_writer(self) -> apsw.Connection:
        if self._stopped:
            raise self._stopped
        if self._writer is None:
            what = "the home was opened for reading only"
            raise HomeError("home.read-only", what, place=str(self.path.parent), hint="open it with `write=True`")
        return self._writer

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

    def _key_of(self, number: int) -> Subject:
        found = self._keys.subject(number)
        if found is None:
            what = f"the key of customer number {number} is missing"
            raise HomeError("home.keys-missing", what, place=str(self._keys.path), hint="restore `keys.sqlite` from the newest backup")
        return found

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

    # ---- reading ----

    @contextmanager
    def _read(self) -> Iterator[apsw.Connection]:
        with self._reading, troubles_of(self.path):
            if self._stopped:
                raise self._stopped
            yield self._reader

    def find(self, decision_id: str) -> Recorded | None:
        """Give a recorded decision."""
        fit_decision_id(decision_id)
        with self._read() as reader:
            return self._find(reader, decision_id)

    def _find(self, connection: apsw.Connection, decision_id: str) -> Recorded | None:
        row = connection.execute(_FIND, (decision_id,)).fetchone()
        if row is None:
            return None
        return self._recorded(decision_id, *row)

    def _recorded(self, decision_id: str, seq: int, number: int, box: bytes | None, entry: bytes) -> Recorded:
        personal = None if box is None else personal_from_bytes(unsealed(self._key_of(number), decision_id, box))
        return Recorded(decision_id=decision_id, seq=seq, new=False, entry=entry, personal=personal)

    def decisions(self, named: Collection[str], *, after: int = 0, limit: int = 1000) -> tuple[list[Recorded], int | None]:
        """Go through *limit* decisions above entry number *after*: give those of these names, and where to go on, if there are more."""
        with self._read() as reader:
            rows = list(reader.execute(_DECISIONS, (after, limit)))
        return [self._recorded(*row) for row in rows if row[0] in named], rows[-1][1] if rows else None

    def entries(self, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Give the entries numbered above *after*, in order, at most *limit*."""
        with self._read() as reader:
            return [Entry(*row) for row in reader.execute("SELECT seq, bytes FROM entry WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))]

    def latest_decisions(self, *, page: int = 200) -> Iterator[Entry]:
        """Go through the entries of decisions from the latest back."""
        before = 2**63 - 1
        while True:
            with self._read() as reader:
                sql = "SELECT seq, bytes FROM decision JOIN entry USING (seq) WHERE seq < ? ORDER BY seq DESC LIMIT ?"
                found = [Entry(*row) for row in reader.execute(sql, (before, page))]
            yield from found
            if len(found) < page:
                return
            before = found[-1].seq

    def last_seq(self) -> int:
        """The number of the last entry; 0 before the first."""
        with self._read() as reader:
            return int(reader.execute("SELECT max(seq) FROM entry").get or 0)

    def history(self, customer: str, kind: str, *, answers: Collection[str] = (), since: int | None = None, until: int | None = None) -> int:
        """Count a customer's recorded decisions of a kind with one of *answers* (none: any), both instants included."""
        keyed_name = self._keys.who(customer)
        sql = "SELECT count(*) FROM decision WHERE subject = (SELECT number FROM subject WHERE who = ?) AND kind = ? AND at BETWEEN ? AND ?"
        if answers:
            sql += f" AND answer IN ({', '.join('?' * len(answers))})"
        first, last = -(2**63) if since is None else since, 2**63 - 1 if until is None else until
        with self._read() as reader:
            return int(reader.execute(sql, (keyed_name, kind, first, last, *answers)).get)

    def close(self) -> None:
        """Close the file; the last to close leaves no WAL behind."""
        with self._writing, self._reading:
            self._stopped = self._stopped or HomeError("home.closed", "the home is closed", place=str(self.path.parent), hint="open it again")
            self._close_connections()

    def _close_connections(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                close(connection)
