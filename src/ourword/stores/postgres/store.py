"""The ledger in PostgreSQL. Many gate processes hand in; whoever finds the lock free is the sequencer, for one transaction.

A gate whose lock is free inserts at once: one statement, one sync. While somebody else holds it, the gate lays what it has
into the inbox and waits for the lock; the first who gets it takes in all that waits, with one sync, and the others find theirs
done. So nobody has to be started, elected or found dead: a sequencer that dies loses its lock with its connection, and its
transaction with it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from ourword.errors import HomeError, LineError
from ourword.ledger.decided import Decided, asks_the_same, personal_bytes, personal_from_bytes
from ourword.ledger.seal import KEY_BYTES, Subject, subject
from ourword.ledger.store import Recorded
from ourword.ledger.write import CHANCE_BYTES, counted, written_ahead, written_out
from ourword.stores.about import about_of
from ourword.stores.elsewhere import UNNAMED
from ourword.stores.keys import SUBJECTS_CACHED_MAX
from ourword.stores.postgres import contracts, edition, schema, statements
from ourword.stores.postgres.keys import PostgresKeys, key_mark
from ourword.stores.postgres.line import Line, Trouble, Twice, home_error, is_lost, refuse_moved, troubles_at
from ourword.stores.postgres.pruning import PruningStore
from ourword.stores.postgres.submission import Customer, Draft, Sealed, Submission, sealed_row

ATTEMPTS_MAX = 100
"""How often a submission is written out anew, when others record the same ids or customers at the same moment."""


def lock_number(home_id: str) -> int:
    """The number of a home's advisory lock, apart from those of other homes in the database."""
    return int.from_bytes(hashlib.sha256(b"ourword sequencer\x00" + home_id.encode()).digest()[:8], "big", signed=True)


class PostgresStore(PruningStore):
    """The store of a home in PostgreSQL. What is appended, and what stands in its way, is as in a home folder; how is not."""

    def __init__(self, line: Line, keys: PostgresKeys, *, write: bool, at: int | None = None, chance: Callable[[int], bytes] = os.urandom) -> None:
        self._line = line
        self._held = keys
        self._second = Line(line.address, line.schema, place=line.place, at=at)
        self._write = write
        self._lock_number = lock_number(keys.home_id)
        self._token, self._base = b"", 0
        """What of this gate was taken last, and the number of the last entry before it: as of when the server was asked."""
        self._customers: dict[bytes, Customer] = {}
        """Those who were met, by keyed name."""
        self._unsure = False
        """Whether nobody knows if what was handed in last was taken: then the server is asked before anything else."""
        try:
            super().__init__(Path(line.place), keys, write=write, at=at, chance=chance)
        except BaseException:
            self._close_connections()
            raise

    _latest, _first_later = statements.LATEST, statements.FIRST_LATER

    def _open(self, write: bool) -> None:
        self._reader = self._second  # type: ignore[assignment]
        self._writer = self._line if write else None  # type: ignore[assignment]
        with troubles_at(self._line.place):
            refuse_moved(self._line, self._line.schema)
            found = self._line.execute("SELECT id FROM home").get
            synced = self._line.execute("SHOW fsync").get
            edition.refuse_newer(self._line)
        if found != self._keys.home_id:
            what = f"the schemas `{self._line.schema}` and `{self._keys.path.name}` belong to different homes"
            raise HomeError("home.mixed", what, place=self._line.place, hint="restore both from backups of the same home")
        if synced != "on":
            what = "the server acknowledges what is not on its disk (fsync is off)"
            raise HomeError("home.not-durable", what, place=self._line.place, hint="set `fsync = on` in postgresql.conf, and reload the server")
        if write:
            with troubles_at(self._line.place):
                edition.bring_up(self._line, self._keys.path.name, self._lock_number)
        if self.known_at is not None:
            with troubles_at(self._line.place):
                last = int(self._line.execute("SELECT coalesce(max(seq), 0) FROM entry").get)
            self._fit(last)

    # ---- writing ----

    def prepared(self, batch: Sequence[Decided]) -> list[Draft]:
        """Write out and seal, in the caller's own thread, the decisions of customers who are known: the commit before is under way meanwhile."""
        return [self._draft(decided) for decided in batch]

    def _draft(self, decided: Decided) -> Draft:
        who = self._keys.who(decided.personal.customer)
        customer, ahead = self._customers.get(who), None
        if customer is not None and not customer.fresh:
            with suppress(LineError):  # said where it is recorded
                written = written_ahead(decided, customer.of, gate=self.gate, chance=self._chance(CHANCE_BYTES))
                ahead = sealed_row(decided, who, customer, written, about_of(self._keys, decided.personal))
        return Draft(decided, who, ahead)

    def commit(self, batch: Sequence[Decided | Draft]) -> list[Recorded | LineError]:
        """Record all or none, durably, in order; a `decision_id` that is there already gives its first decision."""
        with self._writing, troubles_at(self._line.place):
            self._usable_writer()
            drafts = [each if isinstance(each, Draft) else self._draft(each) for each in batch]
            known: dict[str, Recorded] = {}
            for _ in range(ATTEMPTS_MAX):
                self._be_sure()
                results, submission = self._written(drafts, known)
                if self._held.are_wrapped and self._number_first(submission):
                    results, submission = self._written(drafts, known)
                base = self._submit(submission) if submission.ids else 0
                if base >= 0:
                    self._counter = submission.after
                    self._remember_recorded(submission)
                    return [each if isinstance(each, LineError) else each(base) for each in results]
                if base == schema.KEYS:
                    self._held.look_again()  # somebody has wrapped them, perhaps: then none is taken in the clear
                known |= self._known(submission.ids)
                self._forget(submission)
        hint = "hand it in again under the same ids: nothing is recorded twice"
        raise HomeError("home.busy", "others recorded the same customers all the while", place=self._line.place, hint=hint)

    def _submit(self, submission: Submission) -> int:
        """Give the number of the last entry before it, or below zero why it was not taken."""
        while True:
            try:
                base = int(self._line.execute(schema.SUBMIT, (self._lock_number, *submission.values)).get)
                if base == schema.WAIT:
                    base = int(self._line.execute(schema.WAIT_FOR, (self._lock_number, submission.gate, submission.token)).get)
                return base
            except Twice:
                return schema.COUNT  # a late copy of what nobody was told lies in the inbox under the same count
            except Trouble as cause:
                self._unsure = True
                self._line.drop()
                if not is_lost(cause):
                    raise
            self._be_sure()
            if self._token == submission.token:
                return self._base
            if self._counter != submission.before:
                return schema.COUNT

    def _be_sure(self) -> None:
        """Ask the server how far this gate has come, once nothing of it is under way any more."""
        if self._unsure:
            counter, base, self._token = self._line.again(schema.WITHDRAW, (self._lock_number, self.gate)).fetchone()
            self._counter, self._base = counter or 0, base or 0
            self._unsure = False

    def _written(self, batch: Sequence[Draft], known: dict[str, Recorded]) -> tuple[list[LineError | Callable[[int], Recorded]], Submission]:
        """Write a batch out, apart from what is known to be recorded; give each one's result once the numbers are known."""
        submission = Submission(self.gate, self._counter, self._chance(16))
        self._learn(batch)
        first: dict[str, tuple[Decided, int, bytes]] = {}
        results: list[LineError | Callable[[int], Recorded]] = []
        for draft in batch:
            decided = draft.decided
            try:
                sealed, entries = self._sealed(draft, submission.after)
            except LineError as error:
                results.append(error)
                continue
            name = sealed.written.decision_id
            if name in known:
                results.append(_before(decided, known[name]))
            elif name in first:
                results.append(_beside(decided, name, *first[name]))
            else:
                place = submission.add(draft.who, sealed, entries)
                first[name] = decided, place, entries[0]
                results.append(_new(decided, name, place, entries[0]))
        return results, submission

    def _sealed(self, draft: Draft, counter: int) -> tuple[Sealed, list[bytes]]:
        """Take what was written ahead where the customer's key is still that one; else write it out now."""
        customer = self._customers[draft.who]
        if draft.ahead is not None and draft.ahead.customer is customer:
            return draft.ahead, counted(draft.ahead.written, counter)
        decided = draft.decided
        written = written_out(decided, customer.of, gate=self.gate, counter=counter, chance=self._chance(CHANCE_BYTES))
        return sealed_row(decided, draft.who, customer, written, about_of(self._keys, decided.personal)), written.entries

    def _learn(self, batch: Sequence[Draft]) -> None:
        """Look up the customers' keys, and make one for each who is new."""
        missing = {draft.who for draft in batch if draft.who not in self._customers}  # a dict's keys as a set would be walked through
        if not missing:
            return
        if len(self._customers) > SUBJECTS_CACHED_MAX:
            self._customers.clear()
            missing = {draft.who for draft in batch}
        rows = self._line.again("SELECT who, number FROM subject WHERE who = ANY (?)", (list(missing),)).fetchall()
        held = self._held.subjects_of([number for _, number in rows])
        for who, number in rows:
            if number in held:
                self._customers[who] = Customer(held[number], key_mark(held[number].key), fresh=False)
        for who in missing:
            if who in self._customers:
                continue
            key = self._chance(KEY_BYTES)
            self._customers[who] = Customer(subject(0, key), key_mark(key), fresh=True)

    def _number_first(self, submission: Submission) -> bool:
        """Give new customers their numbers, durably: where keys are wrapped each is bound to its own. Say whether there was any."""
        fresh = [who for who in submission.whos if self._customers[who].fresh]
        if fresh:
            with self._transaction() as writer:
                self._number(writer, fresh)
            for who in fresh:
                del self._customers[who]  # another gate may have been first: what is there is what counts
        return bool(fresh)

    def _remember_recorded(self, submission: Submission) -> None:
        for who in submission.whos:
            if self._customers[who].fresh:
                self._customers[who] = self._customers[who]._replace(fresh=False)

    def _forget(self, submission: Submission) -> None:
        for who in submission.whos:
            self._customers.pop(who, None)
        self._unsure = True  # another of this gate's submissions may have been taken late

    def _known(self, names: Sequence[str]) -> dict[str, Recorded]:
        rows = self._line.again(statements.FIND_MANY, (list(names),)).fetchall()
        return {row[0]: self._recorded(*row) for row in rows}

    def subjects(self, customers: Collection[str]) -> dict[str, Subject]:
        """Give each customer's number and key, durably giving new ones first: events and decisions share one numbering."""
        named = {self._keys.who(customer): customer for customer in customers}
        found = self._numbered(list(named))
        if len(found) < len(named):
            with self._writing, self._transaction() as writer:
                self._number(writer, [who for who in named if who not in found])
            found = self._numbered(list(named))
        return {customer: found[who] for who, customer in named.items()}

    def _numbered(self, whos: list[bytes]) -> dict[bytes, Subject]:
        with self._read() as reader:
            rows = list(reader.execute("SELECT who, number FROM subject WHERE who = ANY (?)", (whos,)))
        held = self._held.subjects_of([number for _, number in rows])
        return {who: held[number] for who, number in rows if number in held}

    def _number(self, writer: Any, whos: Sequence[bytes]) -> None:
        there = {who for (who,) in writer.execute("SELECT who FROM subject WHERE who = ANY (?)", (list(whos),))}
        last = writer.execute("SELECT coalesce(max(number), 0) FROM subject").get
        rows = [(last + at, who, self._chance(KEY_BYTES)) for at, who in enumerate((who for who in whos if who not in there), 1)]
        writer.executemany("INSERT INTO subject VALUES (?, ?)", [(number, who) for number, who, _ in rows])
        self._held.add_subjects(writer, [(number, key) for number, _, key in rows])

    def keep_checkpoint(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint durably, for good; one of the same size stands."""
        with self._writing, self._transaction() as writer:
            writer.execute("INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT DO NOTHING", (size, note))

    def share_contracts(self, folder: Path) -> None:
        """Keep the contracts of a folder in the database, and fetch what other machines keep there."""
        with self._writing, troubles_at(self._line.place):
            if self._write:
                contracts.hand_in(self._line, folder)
            contracts.fetch(self._line, folder)

    def events_at(self) -> str:
        """Which folder takes events in; empty where none ever came."""
        return self._events_said() or (UNNAMED if self.sealed_segments() else "")

    def _events_said(self) -> str:
        with self._read() as reader:
            laid = reader.execute("SELECT to_regclass('takes_in') IS NOT NULL").get  # a home that was made before has no such table
            return (reader.execute("SELECT folder FROM takes_in").get or "") if laid else ""

    def take_events(self, folder: str, *, instead: str = "") -> str:
        """Say durably which folder takes events in, unless another than *instead* was said; give the one that does."""
        if (said := self._events_said()) and said != instead:
            return said
        with self._writing, self._transaction() as writer:
            if not writer.execute("SELECT to_regclass('takes_in') IS NOT NULL").get:
                writer.execute(schema.TAKES_IN)
            said = "INSERT INTO takes_in VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET folder = excluded.folder WHERE takes_in.folder = ?"
            writer.execute(said, (folder, instead))
            return str(writer.execute("SELECT folder FROM takes_in").get)

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        """What is done inside is done by the sequencer, and durable after it; or undone."""
        line = self._line
        self._usable_writer()
        with troubles_at(line.place):
            self._be_sure()
            line.again("SELECT 1")  # a connection that was lost since is made anew
        counter = self._counter
        try:
            line.execute("BEGIN")
            line.execute("SELECT lead(?::bigint)", (self._lock_number,))
            yield line  # type: ignore[misc]
            if self._counter != counter:
                line.execute(statements.COUNT, (self.gate, self._counter))
            line.execute("COMMIT")
        except BaseException as cause:
            line.roll_back()
            self._counter = counter
            self._unsure = True
            if isinstance(cause, Trouble):
                raise home_error(cause, line.place) from cause
            raise

    def _check_there(self) -> None:
        """A database that was dropped says so itself."""

    # ---- reading ----

    @contextmanager
    def _read(self) -> Iterator[apsw.Connection]:
        with self._reading, troubles_at(self._line.place):
            if self._stopped:
                raise self._stopped
            yield _Again(self._second)  # type: ignore[misc]

    def beside(self, seq: int) -> bytes | None:
        """Give what was kept beside an entry."""
        with self._read() as reader:
            found = reader.execute("SELECT sealed FROM reason WHERE seq = ?", (seq,)).get
        return None if found is None else bytes(found)

    def checkpoints(self, *, limit: int = -1) -> list[bytes]:
        """Give the signed checkpoints that were kept, the smallest first; with *limit* so many of the largest."""
        return super().checkpoints(limit=2**31 if limit < 0 else limit)

    def lines(self, *, after: int = 0, limit: int = 5000) -> tuple[list[str], int | None]:
        """Go through *limit* decisions above entry number *after*, each as a line of JSON; and where to go on."""
        with self._read() as reader:
            rows = list(reader.execute(statements.LINES, (after, limit)))
        return [line if known is not None else self._line_opened(seq, line) for seq, known, line in rows], rows[-1][0] if rows else None

    def decided_outside(self, spans: Iterable[tuple[str, int, int]], *, since: int, until: int) -> list[tuple[str, str | None, str, int, int, int]]:
        """Count the decisions taken in a time under a digest in none of its *spans* (from, before); those only observed stopped nobody."""
        listed = list(spans)
        digests, begins, ends = ([span[at] for span in listed] for at in range(3))
        with self._read() as reader:
            return list(reader.execute(statements.DECIDED_UNDER, (digests, begins, ends, since, until)))

    def decided_lately(self, *, since: int) -> list[tuple[str, str, str, bool, int]]:
        """Count the decisions taken since a moment: `(contract, kind, answer, by a person, count)`; those only observed are left out."""
        with self._read() as reader:
            return list(reader.execute(statements.DECIDED_LATELY, (since,)))

    def _close_connections(self) -> None:
        self._second.close()
        self._line.close()


class _Again:
    """Reads, which may be run twice, on a connection that may have been lost."""

    __slots__ = ("_line",)

    def __init__(self, line: Line) -> None:
        self._line = line

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        return self._line.again(statement, values)


def _new(decided: Decided, name: str, place: int, entry: bytes) -> Callable[[int], Recorded]:
    return lambda base: Recorded(decision_id=name, seq=base + place, new=True, entry=entry, personal=decided.personal)


def _before(decided: Decided, first: Recorded) -> Callable[[int], Recorded]:
    same = first.personal is not None and first.decision.kind == decided.kind and asks_the_same(first.personal, decided.personal)
    return lambda base: Recorded(decision_id=first.decision_id, seq=first.seq, new=False, same=same, entry=first.entry, personal=first.personal)


def _beside(decided: Decided, name: str, first: Decided, place: int, entry: bytes) -> Callable[[int], Recorded]:
    same = first.kind == decided.kind and asks_the_same(first.personal, decided.personal)
    personal = personal_from_bytes(personal_bytes(first.personal))
    return lambda base: Recorded(decision_id=name, seq=base + place, new=False, same=same, entry=entry, personal=personal)
