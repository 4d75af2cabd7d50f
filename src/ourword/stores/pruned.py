"""What a ledger holds of entries that were let go of: up to which number, and their hashes, from which every proof still follows."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import ClassVar

import apsw
import msgspec

from ourword.errors import HomeError, LineError
from ourword.ledger.entry import Pruned, SignalOpened, entry_bytes
from ourword.ledger.signals import About, about
from ourword.ledger.store import Entry
from ourword.tlog.tiles import HEIGHT, WIDTH, hashes_in
from ourword.tlog.tree import leaf_hash

LEAVES = "CREATE TABLE IF NOT EXISTS leaf (number INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT"
"""The hashes of the entries of each bundle that was let go of, as its tile of level 0 has them. Made with the first."""
PRUNING = "CREATE TABLE IF NOT EXISTS pruning (minimum INTEGER PRIMARY KEY) STRICT"
"""A row in it while not all is gone that was let go of."""
PRUNES = b'"type":"pruned"'
"""Stands in every entry that says what is let go of, and in no other: quotes within a text are written otherwise."""
DECIDES = b'"type":"decision"'
"""Stands in every entry of a decision, and in no other."""
_GOES = (DECIDES, b'"type":"promise"', b'"type":"bend"')
"""Entries of decisions; of signals some go too (`is_evidence`)."""
_STAY = f"SELECT seq, bytes FROM entry WHERE seq <= ? AND NOT ({' OR '.join('instr(bytes, ?)' for _ in _GOES)}) ORDER BY seq"
DIGESTS = "SELECT DISTINCT CAST(bytes AS TEXT) ->> '$.lineage.contract' FROM decision JOIN entry USING (seq)"
FIRST_SINCE = "SELECT seq FROM entry WHERE seq > ? AND rtrim(CAST(bytes AS TEXT) ->> '$.time', 'Z') >= ? ORDER BY seq LIMIT 1"
NEWEST_UNTIL = """
SELECT max(at) FROM (SELECT substr(CAST(bytes AS TEXT) ->> '$.time', 1, 19) AS at FROM entry WHERE NOT instr(bytes, ?)) WHERE at <= ?
"""


class PrunedReader(ABC):
    """The part of a ledger's reader that knows what it holds no more."""

    _first_since: ClassVar[str] = FIRST_SINCE
    _newest_until: ClassVar[str] = NEWEST_UNTIL
    _digests: ClassVar[str] = DIGESTS

    @abstractmethod
    def _read(self) -> AbstractContextManager[apsw.Connection]: ...

    @staticmethod
    @abstractmethod
    def _has(reader: apsw.Connection, table: str) -> bool: ...

    @property
    def _whole_log(self) -> str:
        """The table of entries, past the view that stands before it where the home is shown as known at one of them."""
        return "main.entry"

    def pruned_to(self) -> int:
        """Up to which entry decisions were let go of, a multiple of 256; 0 where none was."""
        with self._read() as reader:
            last = reader.execute("SELECT max(number) FROM leaf").get if self._has(reader, "leaf") else None
        return 0 if last is None else (int(last) + 1) << HEIGHT

    def pruned_leaves(self, number: int) -> list[bytes] | None:
        """The hashes of the entries of a bundle that was let go of; `None` of any other."""
        with self._read() as reader:
            found = reader.execute("SELECT hashes FROM leaf WHERE number = ?", (number,)).get if self._has(reader, "leaf") else None
        return None if found is None else hashes_in(bytes(found))

    def pruning(self) -> bool:
        """Whether a pruning was begun and is not done."""
        return self.pruning_to() is not None

    def pruning_to(self) -> int | None:
        """Up to which entry a pruning goes that was begun and is not done; `None` where there is none."""
        with self._read() as reader:
            found = reader.execute("SELECT max(minimum) FROM pruning").get if self._has(reader, "pruning") else None
        return None if found is None else int(found)

    def pruned_entries(self) -> list[Entry]:
        """Give the entries that say what was let go of, in order; of a home shown as known at an entry those after it too: what went is gone."""
        sql = f"SELECT seq, bytes FROM {self._whole_log} WHERE instr(bytes, ?) ORDER BY seq"
        with self._read() as reader:
            found = [Entry(*row) for row in reader.execute(sql, (PRUNES,))]
        return [each for each in found if isinstance(each.value, Pruned)]

    def staying(self, until: int) -> list[Entry]:
        """Give the entries up to a number that stay when those of decisions go: they say what holds still, or was done to the record."""
        with self._read() as reader:
            found = [Entry(*row) for row in reader.execute(_STAY, (until, *_GOES))]
        opened: set[About] = set()
        return [each for each in found if not is_evidence(each, opened)]

    def first_since(self, time: str, *, after: int) -> int | None:
        """The number of the first entry above *after* that says this time or a later one (RFC 3339 in UTC); `None` where there is none."""
        with self._read() as reader:
            found = reader.execute(self._first_since, (after, time.rstrip("Z"))).get
        return None if found is None else int(found)

    def newest_until(self, time: str) -> str | None:
        """The latest time up to *time* that an entry says, in whole seconds (RFC 3339 in UTC), what was let go of apart; `None` where there is none.

        Later ones are of a clock that was ahead, which may be right by now.
        """
        with self._read() as reader:
            found = reader.execute(self._newest_until, (PRUNES, time[:19])).get
        return None if found is None else str(found)

    def seq_of(self, decision_id: str) -> int | None:
        """The number of a decision's entry; `None` where it is not here."""
        with self._read() as reader:
            found = reader.execute("SELECT seq FROM decision WHERE id = ?", (decision_id,)).get
        return None if found is None else int(found)

    def first_about(self, sub: str) -> int | None:
        """The number of the first decision here about a customer, by what stands for them in entries."""
        with self._read() as reader:
            sql = "SELECT seq FROM decision JOIN entry USING (seq) WHERE instr(bytes, ?) ORDER BY seq LIMIT 1"
            found = reader.execute(sql, (f'"sub":"{sub}"'.encode(),)).get
        return None if found is None else int(found)

    def counts_between(self, after: int, until: int) -> tuple[int, int]:
        """How many decisions lie in these bounds, and how many entries go with them."""
        stay = sum(each.seq > after for each in self.staying(until))
        with self._read() as reader:
            decisions = int(reader.execute("SELECT count(*) FROM decision WHERE seq > ? AND seq <= ?", (after, until)).get)
        return decisions, until - after - stay

    def decided_between(self, after: int, until: int) -> dict[int, str]:
        """Give the ids of the decisions in these bounds by the numbers of their entries, as they lie beside these."""
        with self._read() as reader:
            return {int(seq): str(name) for seq, name in reader.execute("SELECT seq, id FROM decision WHERE seq > ? AND seq <= ?", (after, until))}

    def rows_to(self, until: int) -> tuple[int, int]:
        """How many entries, and how many decisions, are there up to a number."""
        sql = "SELECT (SELECT count(*) FROM entry WHERE seq <= ?), (SELECT count(*) FROM decision WHERE seq <= ?)"
        with self._read() as reader:
            entries, decisions = reader.execute(sql, (until, until)).get
        return int(entries), int(decisions)

    def bytes_between(self, after: int, until: int) -> int:
        """About how many bytes the entries in these bounds take, those that stay left out, with what lies beside them."""
        stay = sum(len(each.bytes) for each in self.staying(until) if each.seq > after)
        with self._read() as reader:
            entries = reader.execute("SELECT coalesce(sum(length(bytes)), 0) FROM entry WHERE seq > ? AND seq <= ?", (after, until)).get
            sql = "SELECT coalesce(sum(length(sealed) + length(id) + 40), 0) FROM decision WHERE seq > ? AND seq <= ?"
            beside = reader.execute(sql, (after, until)).get
        return int(entries + beside) - stay

    def digests_decided(self) -> list[str | None]:
        """The digests of the contracts that the decisions here name, each once; `None` among them where one names none."""
        with self._read() as reader:
            return [each for (each,) in reader.execute(self._digests)]


def is_evidence(entry: Entry, opened: set[About]) -> bool:
    """Whether an entry adds a decision to a signal that was *opened* before, which is kept up to date; what opens or answers one is none."""
    value = entry.value
    if not isinstance(value, SignalOpened) or value.standing != "open":
        return False
    of = about(value)
    known = of in opened
    opened.add(of)
    return known and isinstance(value.decision_id, str)


def asked_of(entry: Pruned) -> bytes:
    """What the keys keep of a pruning before the entry that says it is written: the SHA-256 of all but who counted it.

    >>> said = Pruned(time="2026-11-26T10:00:00Z", upto=256, bound="2025-11-26T10:00:00Z", stay=0, numbers="")
    >>> asked_of(said) == asked_of(msgspec.structs.replace(said, gate="g", counter=7))
    True
    """
    return hashlib.sha256(entry_bytes(msgspec.structs.replace(entry, gate="", counter=0))).digest()


def is_asked(entry: Entry, asked: bytes | None) -> bool:
    """Whether an entry is the `pruned` one that was *asked* for here, written as entries are."""
    try:
        value = entry.value
        return isinstance(value, Pruned) and entry_bytes(value) == entry.bytes and asked_of(value) == asked
    except (HomeError, LineError):
        return False


def digest_of_numbers(entries: Iterable[Entry]) -> str:
    """What a `pruned` entry says of those that stay: the SHA-256 of their numbers, so that none of them is lost unseen.

    >>> digest_of_numbers([])[:23]
    'sha256:e3b0c44298fc1c14'
    """
    return f"sha256:{hashlib.sha256(','.join(str(each.seq) for each in entries).encode()).hexdigest()}"


def leaves_of(store: PrunedReader, log: Iterable[Entry]) -> Iterator[bytes]:
    """Go through the hashes of all entries, those let go of first; *log* gives the entries above these."""
    for number in range(store.pruned_to() >> HEIGHT):
        found = store.pruned_leaves(number)
        if found is None or len(found) != WIDTH:
            raise HomeError("home.damaged", f"hashes of entries {number * WIDTH + 1:,} to {(number + 1) * WIDTH:,} are missing",
                            place="ledger.sqlite", hint="restore the home from a backup")  # fmt: skip
        yield from found
    yield from (leaf_hash(each.bytes) for each in log)
