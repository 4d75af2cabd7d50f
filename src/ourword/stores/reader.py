"""What is read from `ledger.sqlite`: entries, decisions found again and counted, and what lies beside the entries."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import UnionType
from typing import ClassVar

import apsw
import msgspec

from ourword.core.time import instant_from_text
from ourword.errors import HomeError
from ourword.ledger.decided import Personal, personal_from_bytes
from ourword.ledger.entry import (
    ContractSigned,
    Decision,
    Erasure,
    Hold,
    SampleAnswered,
    SampleDrawn,
    SegmentResealed,
    SegmentSealed,
    SignalOpened,
    entry_from_bytes,
    instant_text,
)
from ourword.ledger.naming import fit_decision_id
from ourword.ledger.seal import Subject, unsealed
from ourword.ledger.store import Entry, Recorded
from ourword.stores.about import LINES, LINES_WITHOUT, UNHEARD, contact_mark, line_about
from ourword.stores.beside import beside
from ourword.stores.database import has_table, troubles_of
from ourword.stores.keys import Keys
from ourword.stores.known import FIRST_LATER, LATEST
from ourword.stores.pruned import DECIDES, PrunedReader

_FIND = "SELECT decision.seq, decision.subject, decision.sealed, entry.bytes FROM decision JOIN entry USING (seq) WHERE decision.id = ?"
_DECISIONS = """
SELECT decision.id, decision.seq, decision.subject, decision.sealed, entry.bytes
FROM decision JOIN entry USING (seq) WHERE seq > ? ORDER BY seq LIMIT ?
"""
_DECISIONS_OF = """
SELECT decision.id, decision.seq, decision.subject, decision.sealed, entry.bytes
FROM decision JOIN entry USING (seq) WHERE seq > ? AND kind = ? ORDER BY seq LIMIT ?
"""
_DECISIONS_BY_PEOPLE = """
SELECT decision.id, decision.seq, decision.subject, decision.sealed, entry.bytes
FROM decision JOIN entry USING (seq) WHERE seq > ? AND instr(entry.bytes, ?) ORDER BY seq LIMIT ?
"""
FORGOTTEN = "CREATE TABLE IF NOT EXISTS forgotten (mark BLOB PRIMARY KEY) STRICT, WITHOUT ROWID"
"""Ids that were erased, by their marks. Made with the first erasure."""
SAMPLED = b'"type":"sample-'
"""What stands in every entry of a sample."""
_SEGMENT, _SEALED = b'"type":"segment-', b'"type":"segment-sealed"'
SIGNED, HOLDS = b'"type":"contract-signed"', b'"type":"hold"'
_DECIDED_UNDER = """
WITH span (digest, begins, ends) AS MATERIALIZED (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)),
told AS (
    SELECT at, words ->> '$.contract' AS contract, words ->> '$.lineage.contract' AS digest, words ->> '$.owner' AS owner
    FROM (SELECT at, CAST(bytes AS TEXT) AS words FROM decision JOIN entry USING (seq) WHERE at >= ? AND at <= ?)
    WHERE words ->> '$.mode' IS NULL
)
SELECT contract, digest, max(owner), count(*), min(at), max(at) FROM told
WHERE NOT EXISTS (SELECT 1 FROM span WHERE span.digest = told.digest AND told.at >= span.begins AND told.at < span.ends)
GROUP BY contract, digest ORDER BY contract, digest
"""
_DECIDED_LATELY = """
SELECT words ->> '$.contract', kind, answer, words ->> '$.by' IS NOT NULL, count(*)
FROM (SELECT kind, answer, CAST(bytes AS TEXT) AS words FROM decision JOIN entry USING (seq) WHERE at >= ?)
WHERE words ->> '$.mode' IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_USERS = (
    """
SELECT hex(contact), min(subject) FROM about JOIN decision USING (seq)
WHERE hex(contact) IN (SELECT value FROM json_each(?)) AND subject NOT IN (SELECT value FROM json_each(?)) GROUP BY 1
""",
    """
SELECT thing.value ->> 'who', min(subject) FROM about JOIN decision USING (seq), json_each(about.objects) AS thing
WHERE objects IS NOT NULL AND thing.value ->> 'who' IN (SELECT value FROM json_each(?)) AND subject NOT IN (SELECT value FROM json_each(?)) GROUP BY 1
""",
)


class Opening(msgspec.Struct, frozen=True):
    """What opens a decision's commitment: the customer's key, and the personal data; `None` once the customer has been erased."""

    decision_id: str
    committed: str
    key: bytes
    personal: Personal | None


class LedgerReader(PrunedReader):
    """The reading half of a home's ledger. Safe to use from several threads: they take turns."""

    _reader: apsw.Connection
    _latest: ClassVar[str] = LATEST
    _first_later: ClassVar[str] = FIRST_LATER

    def __init__(self, path: Path, keys: Keys) -> None:
        self.path = path
        self._keys = keys
        self._reading = threading.Lock()
        self._stopped: HomeError | None = None

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

    def decided(self, kind: str, *, after: int = 0, limit: int = 1000) -> tuple[list[Recorded], int | None]:
        """Give at most *limit* decisions of a kind above entry number *after*; and where to go on, if there are more."""
        with self._read() as reader:
            rows = list(reader.execute(_DECISIONS_OF, (after, kind, limit)))
        return [self._recorded(*row) for row in rows], rows[-1][1] if len(rows) == limit else None

    def decided_by_people(self, *, after: int = 0, limit: int = 1000) -> tuple[list[Recorded], int | None]:
        """Give at most *limit* decisions that a person took, above entry number *after*; and where to go on, if there are more."""
        with self._read() as reader:
            rows = list(reader.execute(_DECISIONS_BY_PEOPLE, (after, b'"by":"', limit)))
        found = [self._recorded(*row) for row in rows]
        return [each for each in found if each.decision.by is not msgspec.UNSET], rows[-1][1] if len(rows) == limit else None

    def lines(self, *, after: int = 0, limit: int = 5000) -> tuple[list[str], int | None]:
        """Go through *limit* decisions above entry number *after*: each as a line of JSON for the tables of outcomes; and where to go on.

        `{seq, subject, at, contact, objects, entry}`: the time in µs, the contact and the objects by their marks.
        """
        with self._read() as reader:
            rows = list(reader.execute(LINES if self._has(reader, "about") else LINES_WITHOUT, (after, limit)))
        return [line if known is not None else self._line_opened(seq, line) for seq, known, line in rows], rows[-1][0] if rows else None

    def _line_opened(self, seq: int, line: str) -> str:
        """A decision that was recorded before there were marks: the contact is in what is sealed."""
        found = self.at(seq)
        return line_about(self._keys, line, found.personal if found else None)

    def at(self, seq: int) -> Recorded | None:
        """Give the decision that is the entry of a number."""
        with self._read() as reader:
            decision_id = reader.execute("SELECT id FROM decision WHERE seq = ?", (seq,)).get
            return None if decision_id is None else self._find(reader, decision_id)

    def opening(self, seq: int) -> Opening | None:
        """Give what opens the commitment of the decision that is the entry of a number."""
        with self._read() as reader:
            row = reader.execute("SELECT id, subject, sealed, bytes FROM decision JOIN entry USING (seq) WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            return None
        decision_id, number, box, entry = row
        value = entry_from_bytes(entry)
        committed = value.pd if isinstance(value, Decision) else ""
        if box is None:
            return Opening(decision_id, committed, b"", None)
        of = self._key_of(number)
        return Opening(decision_id, committed, of.key, personal_from_bytes(unsealed(of, decision_id, box)))

    def counted_by(self, *, first: int, last: int) -> dict[int, tuple[str, str, int, str, int]]:
        """Give what decisions are counted by, of each row in these bounds, both included: the id, the kind, the time, the answer, the customer."""
        with self._read() as reader:
            rows = list(reader.execute("SELECT seq, id, kind, at, answer, subject FROM decision WHERE seq BETWEEN ? AND ?", (first, last)))
        return {seq: tuple(told) for seq, *told in rows}

    def marks(self, seq: int) -> tuple[bytes | None, str | None] | None:
        """Give the marks of what a decision was about; `None` where there are none, and it is opened instead."""
        with self._read() as reader:
            row = reader.execute("SELECT contact, objects FROM about WHERE seq = ?", (seq,)).fetchone() if self._has(reader, "about") else None
        return None if row is None else (None if row[0] is None else bytes(row[0]), row[1])

    def customer(self, number: int) -> str | None:
        """Give a customer's own id by a decision about them; `None` where there is none, or they are erased."""
        with self._read() as reader:
            seq = reader.execute("SELECT seq FROM decision WHERE subject = ? AND sealed IS NOT NULL LIMIT 1", (number,)).get
        found = None if seq is None else self.at(seq)
        return found.personal.customer if found and found.personal else None

    def number_of(self, customer: str) -> int | None:
        """Give a customer's number by their own id; `None` where nothing is held on them, or they are erased."""
        with self._read() as reader:
            found = reader.execute("SELECT number FROM subject WHERE who = ?", (self._keys.who(customer),)).get
        return None if found is None else int(found)

    def decision_ids(self, number: int) -> list[str]:
        """Give the ids of the decisions on a customer, in order."""
        with self._read() as reader:
            return [each for (each,) in reader.execute("SELECT id FROM decision WHERE subject = ? ORDER BY seq", (number,))]

    def contact(self, number: int) -> str | None:
        """Give the own id of a contact that only decisions name, by its number."""
        found = self.at(number - UNHEARD)
        return found.personal.contact if found and found.personal else None

    def whose(self, number: int) -> int | None:
        """Give the number of the customer of a contact that only decisions name."""
        with self._read() as reader:
            found = reader.execute("SELECT subject FROM decision WHERE seq = ?", (number - UNHEARD,)).get
        return None if found is None else int(found)

    def contact_number(self, contact: str) -> int | None:
        """Give the number of a contact that only decisions name."""
        with self._read() as reader:
            if not self._has(reader, "about"):
                return None
            seq = reader.execute("SELECT min(seq) FROM about WHERE contact = ?", (contact_mark(self._keys, contact),)).get
        return None if seq is None else UNHEARD + int(seq)

    @staticmethod
    def _has(reader: apsw.Connection, table: str) -> bool:
        return has_table(reader, table)

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

    def latest(self) -> int:
        """The latest moment that an entry says (ns since 1970); 0 before the first."""
        with self._read() as reader:
            decided = int(reader.execute("SELECT max(at) FROM decision").get or 0)
            others = reader.execute(self._latest).get or ""
        return max(decided, instant_from_text(f"{others}Z") or 0)

    def last_by(self, moment: int) -> int:
        """The number of the last entry before the first that says a later time (ns since 1970)."""
        with self._read() as reader:
            later = reader.execute(self._first_later, (instant_text(moment).rstrip("Z"),)).get
            return int(reader.execute("SELECT max(seq) FROM entry").get or 0) if later is None else int(later) - 1

    def apart_from_seals(self) -> tuple[int, int]:
        """Count what no file of events gave: decisions, and other entries that are no seal of a segment and stand in no decision."""
        sql = "SELECT count(*) FROM entry WHERE NOT instr(bytes, ?) AND NOT instr(bytes, ?)"
        with self._read() as reader:
            decisions = int(reader.execute("SELECT count(*) FROM decision").get)
            return decisions, int(reader.execute(sql, (_SEALED, DECIDES)).get)

    def checkpoints(self, *, limit: int = -1) -> list[bytes]:
        """Give the signed checkpoints that were kept, the smallest first; with *limit* so many of the largest."""
        with self._read() as reader:
            if not self._has(reader, "checkpoint"):
                return []
            return [row[0] for row in reader.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT ?", (limit,))][::-1]

    def kept(self, size: int) -> bytes | None:
        """Give the signed checkpoint of so many entries, where one was kept."""
        with self._read() as reader:
            found = reader.execute("SELECT note FROM checkpoint WHERE size = ?", (size,)).get if self._has(reader, "checkpoint") else None
        return None if found is None else bytes(found)

    def history(self, customer: str, kind: str, *, answers: Collection[str] = (), since: int | None = None, until: int | None = None) -> int:
        """Count a customer's recorded decisions of a kind with one of *answers* (none: any), both instants included."""
        keyed_name = self._keys.who(customer)
        sql = "SELECT count(*) FROM decision WHERE subject = (SELECT number FROM subject WHERE who = ?) AND kind = ? AND at BETWEEN ? AND ?"
        if answers:
            sql += f" AND answer IN ({', '.join('?' * len(answers))})"
        first, last = -(2**63) if since is None else since, 2**63 - 1 if until is None else until
        with self._read() as reader:
            return int(reader.execute(sql, (keyed_name, kind, first, last, *answers)).get)

    def beside(self, seq: int) -> bytes | None:
        """Give what was kept beside an entry."""
        with self._read() as reader:
            return beside(reader, seq)

    def signal_entries(self, *, until: int | None = None) -> list[Entry]:
        """Give the entries of signals, in order, up to a number."""
        return self._of(SignalOpened, b'"type":"signal"', until=2**63 - 1 if until is None else until)

    def sample_entries(self) -> list[Entry]:
        """Give the entries of samples and of what was answered, in order."""
        return self._of(SampleDrawn | SampleAnswered, SAMPLED)

    def signature_entries(self) -> list[Entry]:
        """Give the entries of signatures under contracts, in order."""
        return self._of(ContractSigned, SIGNED)

    def decided_outside(self, spans: Iterable[tuple[str, int, int]], *, since: int, until: int) -> list[tuple[str, str | None, str, int, int, int]]:
        """Count the decisions taken in a time under a digest in none of its *spans* (from, before); those only observed stopped nobody.

        By contract and digest: `(contract, digest, owner, count, first, last)`, times in ns since 1970.
        """
        with self._read() as reader:
            return list(reader.execute(_DECIDED_UNDER, (json.dumps(list(spans)), since, until)))

    def decided_lately(self, *, since: int) -> list[tuple[str, str, str, bool, int]]:
        """Count the decisions taken since a moment: `(contract, kind, answer, by a person, count)`; those only observed are left out."""
        with self._read() as reader:
            return [(contract, kind, answer, bool(by), count) for contract, kind, answer, by, count in reader.execute(_DECIDED_LATELY, (since,))]

    def erasures(self) -> list[Entry]:
        """Give the entries that say that a customer was erased, in order."""
        return self._of(Erasure, b'"type":"erasure"')

    def erasing(self) -> list[int]:
        """Give the numbers of the customers whose erasure was begun and is not done."""
        with self._read() as reader:
            return [each for (each,) in reader.execute("SELECT number FROM erasing ORDER BY number")] if self._has(reader, "erasing") else []

    def is_forgotten(self, mark: bytes) -> bool:
        """Say whether an id of this mark was erased."""
        with self._read() as reader:
            known = self._has(reader, "forgotten")
            return known and reader.execute("SELECT 1 FROM forgotten WHERE mark = ?", (mark,)).get is not None

    def subject_max(self) -> int:
        """The highest number that a customer has; 0 before the first."""
        with self._read() as reader:
            return int(reader.execute("SELECT max(number) FROM subject").get or 0)

    def hold_entries(self) -> list[Entry]:
        """Give the entries of legal holds, in order."""
        return self._of(Hold, HOLDS)

    def _of(self, types: type | UnionType, words: bytes, *, after: int = 0, until: int = 2**63 - 1) -> list[Entry]:
        sql = "SELECT seq, bytes FROM entry WHERE seq > ? AND seq <= ? AND instr(bytes, ?) ORDER BY seq"
        with self._read() as reader:
            found = [Entry(*row) for row in reader.execute(sql, (after, until, words))]
        return [entry for entry in found if isinstance(entry.value, types)]

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
        found = self._of(SegmentSealed, _SEALED, after=after)
        return [(entry.seq, value) for entry in found if isinstance(value := entry.value, SegmentSealed)]

    def segments(self, *, after: int = 0) -> list[tuple[int, SegmentSealed | SegmentResealed]]:
        """Give the entries of files of events numbered above *after*, in order: sealed, and written again without some rows."""
        found = self._of(SegmentSealed | SegmentResealed, _SEGMENT, after=after)
        return [(entry.seq, value) for entry in found if isinstance(value := entry.value, SegmentSealed | SegmentResealed)]

    def users_of(self, marks: Collection[bytes], *, without: Collection[int]) -> dict[bytes, int]:
        """Say which contacts and objects of these marks decisions name, and a customer of such a decision; *without* those."""
        hexed, others = json.dumps([each.hex().upper() for each in marks]), json.dumps(sorted(without))
        with self._read() as reader:
            if not marks or not self._has(reader, "about"):
                return {}
            return {bytes.fromhex(mark): number for sql in _USERS for mark, number in reader.execute(sql, (hexed, others))}

    def _key_of(self, number: int) -> Subject:
        found = self._keys.subject(number)
        if found is None:
            what = f"the key of customer number {number} is missing"
            raise HomeError("home.keys-missing", what, place=str(self._keys.path), hint="restore `keys.sqlite` from the newest backup")
        return found
