"""Events of a home: each kept once, in whatever order it comes; durable in `people.sqlite`, then sealed as Parquet files.

A segment is sealed when the ledger says so. Whatever a crash leaves is settled by that: a file that the ledger names is
adopted and its rows leave the tail, a file that it does not name is removed and written again.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ourword.core.event import Event, data_bytes
from ourword.errors import EventError, HomeError
from ourword.ledger.entry import SegmentResealed, SegmentSealed, instant_text
from ourword.outcomes.identity import Same
from ourword.stores.database import troubles_of, wipe
from ourword.stores.elsewhere import PEOPLE, name_of, refuse_elsewhere, stay
from ourword.stores.home import Home
from ourword.stores.known import named_by
from ourword.stores.people import People
from ourword.stores.resealing import (
    Named,
    arrivals_in,
    erase_people,
    hand_on,
    names_under,
    next_name,
    remove_unnamed,
    segments_with,
    users,
    write_anew,
)
from ourword.stores.rows import COLUMNS, OBJECTS, identity_of, troubles_of_duck, write_segment
from ourword.stores.whole import digest_once, looks, sync_file, sync_folder

if TYPE_CHECKING:
    import duckdb

SEGMENT_ROWS = 250_000
"""A segment of this many rows is written in about a second, and takes a few hundred MB to sort."""
SEGMENT_NANOSECONDS = 24 * 3600 * 10**9
BATCH_MAX = 32_768
"""Events that share one sync. Names lie at random in their index, so the fewer syncs, the fewer times each of its pages is written."""
_CHUNK = 5_000
_FOLDER = "events"


class EventStore:
    """The events of an open home. Safe to use from several threads; several processes may share the home."""

    def __init__(
        self, home: Home, *, write: bool = True, clock: Callable[[], int] | None = None, chance: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.folder = home.path / _FOLDER
        self._home = home
        self.clock = clock or home.clock
        self._chance = chance
        self._lock = threading.Lock()
        self._write = write
        self._check_whole(home)
        self._people = People(home.path / PEOPLE, home.keys, home.store, write=write, chance=chance)
        try:
            if write:
                with self._lock, self._people.transaction() as connection:
                    stay(home.path, home.store, connection, chance)
                    self._recover()
            elif home.known_at is not None:
                with self.reads():
                    self._people.show(home.arrived, lambda files: named_by(home.path / file for file in files))
        except BaseException:
            self._people.close()
            raise

    def _check_whole(self, home: Home) -> None:
        path = home.path / PEOPLE
        if home.known_at is not None:
            self._check_known(home)
        refuse_elsewhere(home.path, home.store)
        if self._write:
            home.store.take_events(name_of(home.path))
            refuse_elsewhere(home.path, home.store)  # two folders at once: one was first
        if not path.exists() and (not self._write or home.store.sealed_segments()):
            what = f"there is no `{path.name}` in this home" + (", and there were events" if self._write else "")
            hint = "restore it from a backup" if self._write else "hand events in first: `ourword events FILE --home DIR`"
            raise HomeError("home.no-events", what, place=str(path), hint=hint)

    def _check_known(self, home: Home) -> None:
        if self._write:
            what = f"this is the home as known at entry {home.known_at}: no event is added to it"
            raise HomeError("home.read-only", what, place=str(home.path), hint="leave `as_of` away (`--as-of` of a command)")
        if not home.has_events:
            what = f"no events were sealed by entry {home.known_at}, so the ledger vouches for none"
            raise HomeError("home.no-events", what, place=f"entry:{home.known_at}", hint="`ourword log` lists the entries: a `segment` seals events")

    # ---- adding ----

    def add(self, events: Sequence[Event]) -> list[str | EventError]:
        """Keep events, durably and each once: `new`, `known`, `conflicting`, or the error of one that cannot be kept.

        An event is `conflicting` when `source` and `id` are those of an earlier, different event: the first stands.
        """
        results: list[str | EventError] = []
        for start in range(0, len(events), BATCH_MAX):
            results += self._add(events[start : start + BATCH_MAX])
        return results

    def _add(self, events: Sequence[Event]) -> list[str | EventError]:
        with self._lock, troubles_of(self._people.path):
            erased = self._people.forgotten(events)
        written = ["known" if gone else _written(event) for event, gone in zip(events, erased, strict=True)]
        customers: dict[str, None] = {}  # in the order in which they come, so that a run is like the other
        for event, each in zip(events, written, strict=True):
            if isinstance(each, bytes):
                customers[event.customer] = None
                same = identity_of(event)
                if same is not None:
                    customers[same[0]] = None
        subjects = self._home.store.subjects(customers)
        came = self.clock()
        with self._lock, self._people.transaction() as connection:
            numbers = {each.number for each in subjects.values()}
            if self._people.erased(numbers) or not numbers.isdisjoint(self._home.store.erasing()):  # just now, by another process
                subjects = self._home.store.subjects(customers)
            results = [
                self._people.add(event, each, subjects, came=came) if isinstance(each, bytes) else each
                for event, each in zip(events, written, strict=True)
            ]
            self._people.write_tail()
            first = connection.execute("SELECT min(arrival) FROM tail").get
            last = connection.execute("SELECT max(arrival) FROM tail").get or 0
            oldest = connection.execute("SELECT came FROM tail WHERE arrival = ?", (first,)).get
        if first is not None and (last - first + 1 >= SEGMENT_ROWS or came - oldest >= SEGMENT_NANOSECONDS):
            self.seal()
        return results

    # ---- sealing ----

    def seal(self) -> int:
        """Write what is not yet sealed as one Parquet file and say so in the ledger; give how many rows it has."""
        with self._lock, self._people.transaction() as connection:
            self._recover()
            first, last, rows = connection.execute("SELECT min(arrival), max(arrival), count(*) FROM tail").fetchone() or (None, None, 0)
            if first is None or last is None:
                return 0
            with troubles_of(self.folder):
                file, digest = self._write_segment(first, last)
            seq = self._home.store.append_sealed(time=instant_text(self.clock()), file=file, digest=digest, rows=rows)
            self._adopt(seq, file, digest, rows)
            return int(rows)

    def _write_segment(self, first: int, last: int) -> tuple[str, str]:
        """Write a file so that it is there whole or not at all; its name says which arrivals it holds."""
        import duckdb

        self.folder.mkdir(exist_ok=True)
        name = f"{first:012}-{last:012}.parquet"
        new = self.folder / f"{name}.{self._chance(8).hex()}.new"
        try:
            with troubles_of_duck(self.folder, "a segment of events could not be written"), duckdb.connect(config={"threads": 2}) as duck:
                _fill(duck, "tail", self._tail(first, last))
                write_segment(duck, new)
            digest = sync_file(new)
            os.replace(new, self.folder / name)
        finally:
            new.unlink(missing_ok=True)
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        return f"{_FOLDER}/{name}", digest

    def _tail(self, first: int, last: int) -> Iterator[str]:
        sql = "SELECT line FROM tail WHERE arrival BETWEEN ? AND ? ORDER BY arrival"
        return (line for (line,) in self._people.connection.cursor().execute(sql, (first, last)))

    def _adopt(self, seq: int, file: str, digest: str, rows: int) -> None:
        first, last = arrivals_in(file)
        connection = self._people.connection
        connection.execute("INSERT OR IGNORE INTO segment VALUES (?, ?, ?, ?, ?)", (first, last, file, digest, rows))
        connection.execute("DELETE FROM tail WHERE arrival BETWEEN ? AND ?", (first, last))
        connection.execute("UPDATE home SET ledger = ?", (seq,))

    def _recover(self) -> None:
        """Adopt what the ledger calls sealed, and remove files that it does not name; inside a transaction."""
        connection = self._people.connection
        after = connection.execute("SELECT ledger FROM home").get
        found = self._home.store.segments(after=after)
        replaced = {each.before for _, each in found if isinstance(each, SegmentResealed)}
        for seq, each in found:
            if each.file not in replaced:
                self._check_segment(each.file, each.digest if isinstance(each, SegmentSealed) else each.new)
            if isinstance(each, SegmentSealed):
                self._adopt(seq, each.file, each.digest, each.rows)
            else:
                self._replace(seq, each)
        if self.folder.is_dir():
            known = {Path(file).name for (file,) in connection.execute("SELECT file FROM segment")}
            remove_unnamed(self.folder, known, self._home.store.segments)

    def _replace(self, seq: int, anew: SegmentResealed) -> None:
        """Take a segment that was written again in place of the one before."""
        connection, (first, last) = self._people.connection, arrivals_in(anew.file)
        connection.execute("UPDATE segment SET file = ?, digest = ?, rows = ? WHERE first = ?", (anew.file, anew.new, anew.rows, first))
        connection.execute("DELETE FROM gone WHERE arrival BETWEEN ? AND ?", (first, last))
        connection.execute("UPDATE home SET ledger = ?", (seq,))

    def _check_segment(self, name: str, expected: str) -> None:
        path = self._home.path / name
        digest = ""
        if there := path.exists():
            with troubles_of(path):
                digest = digest_once(path)
        if digest != expected:
            what = f"`{name}` is {'not the file that the ledger calls sealed' if there else 'missing, and the ledger calls it sealed'}"
            raise HomeError("home.damaged", what, place=str(path), hint="restore the home from a backup")

    # ---- erasing ----

    def erase(self, numbers: Collection[int]) -> None:
        """Delete events, texts, raw ids and attributes of these customers; their rows leave the files of events when these are resealed."""
        with self._lock, self._people.transaction():
            self._recover()
            names = names_under(self._people, numbers)
            if names:
                by_mark = {each.who: each.number for each in names}
                decided = self._home.store.users_of(list(by_mark), without=numbers)
                to = {by_mark[who]: number for who, number in decided.items()} | self._users(names, numbers)
                hand_on(self._people, names, to)
            erase_people(self._people, numbers)

    def _users(self, names: Sequence[Named], numbers: Collection[int]) -> dict[int, int]:
        import duckdb

        with troubles_of_duck(self.folder, "the files of events could not be read"), duckdb.connect(config={"threads": 2}) as duck:
            _fill(duck, "tail", self._tail(0, 2**62))
            files = [str(self._home.path / file).replace("'", "''") for (file,) in self._people.connection.execute("SELECT file FROM segment")]
            read = [f"SELECT arrival, contact, objects FROM read_parquet('{file}')" for file in files]
            duck.execute(f"CREATE VIEW heard AS {' UNION ALL '.join([*read, 'SELECT arrival, contact, objects FROM tail'])}")
            return users(self._people, duck, names, numbers)

    def reseal(self) -> int:
        """Write anew, without the rows of customers who were erased, the files of events that hold some; give how many files that were."""
        import duckdb

        with self._lock, self._people.transaction() as connection, troubles_of(self.folder):
            self._recover()
            found = segments_with(self._people)
            for segment, gone in found:
                self._check_segment(segment.file, segment.digest)  # what somebody changed must not be sealed again as ours
                old, name = self._home.path / segment.file, next_name(segment.file)
                new = self._home.path / f"{name}.{self._chance(8).hex()}.new"
                try:
                    with troubles_of_duck(old, f"`{segment.file}` could not be written anew"), duckdb.connect(config={"threads": 2}) as duck:
                        digest, rows = write_anew(duck, old, new, gone)
                    os.replace(new, self._home.path / name)
                finally:
                    new.unlink(missing_ok=True)
                sync_folder(self.folder)
                entry = SegmentResealed(time=instant_text(self.clock()), file=name, before=segment.file, old=segment.digest, new=digest, rows=rows)
                with self._home.store.appending() as (_, append):
                    seq = append(entry, b"")
                self._replace(seq, entry)
            connection.execute("DELETE FROM gone")
        with self._lock, self._people.transaction():
            self._recover()  # now that nobody names the files before, they go
        return len(found)

    def wipe(self) -> None:
        """Empty the log of SQLite, so that nothing of what was deleted is left in it. Raises `HomeError` where another process reads on."""
        with self._lock, troubles_of(self._people.path):
            wipe(self._people.connection)

    # ---- reading ----

    def snapshot(self, duck: duckdb.DuckDBPyConnection) -> tuple[list[Path], list[Same]]:
        """Fill a DuckDB connection with the unsealed tail, attributes and who is who; give the sealed files, all of one moment.

        Each file is held against its digest first: a figure must not come from events that nobody sealed. Raises `HomeError` (`home.damaged`).
        """
        connection = self._people.connection
        with self._lock, troubles_of(self._people.path):
            self._check_segments()
            connection.execute("BEGIN")
            try:
                files = [self._home.path / file for (file,) in connection.execute("SELECT file FROM segment ORDER BY first")]
                _fill(duck, "tail", self._tail(0, 2**62))
                said = self._people.same()
                _fill_attributes(duck, connection.execute("SELECT subject, name, value, since FROM attribute"))
            finally:
                connection.execute("COMMIT")
        return files, said

    def _check_segments(self) -> None:
        """Hold every sealed file against its digest; one that was written anew meanwhile, without somebody's rows, is looked for again."""
        while True:
            known = self._segments()
            try:
                for file, digest in known:
                    self._check_segment(file, digest)
            except HomeError:
                if known == self._segments():
                    raise
            else:
                return

    def _segments(self) -> list[tuple[str, str]]:
        rows = self._people.connection.execute("SELECT file, digest FROM segment ORDER BY first").fetchall()
        return [(str(file), str(digest)) for file, digest in rows]

    def files_now(self) -> str:
        """By what the sealed files are known without reading them: another text where one was touched, or put in another's place."""
        with self._lock, troubles_of(self._people.path):
            known = self._segments()
        told = hashlib.sha256()
        for file, digest in known:
            path = self._home.path / file
            told.update(f"{file} {digest} {looks(path) if path.exists() else None}\n".encode())
        return told.hexdigest()

    @contextmanager
    def reads(self) -> Iterator[None]:
        """While segments are read: one that DuckDB cannot read, since it is missing or damaged, is a `HomeError` that names it."""
        import duckdb

        try:
            yield
        except duckdb.Error:
            for name, digest in self._segments():
                self._check_segment(name, digest)
            raise

    @property
    def people(self) -> People:
        """Raw ids and texts, by number."""
        return self._people

    def last_arrival(self) -> int:
        """The number of the event that arrived last; 0 before the first."""
        with self._lock, troubles_of(self._people.path):
            return int(self._people.connection.execute("SELECT max(arrival) FROM event").get or 0)

    def count(self) -> int:
        """Say how many events are kept."""
        with self._lock, troubles_of(self._people.path):
            return int(self._people.connection.execute("SELECT count(*) FROM event").get)

    def close(self) -> None:
        """Close the file; the home stays open."""
        with self._lock:
            self._people.close()

    def __enter__(self) -> EventStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _written(event: Event) -> bytes | EventError:
    try:
        return data_bytes(event)
    except EventError as error:
        return error


def _fill(duck: duckdb.DuckDBPyConnection, table: str, lines: Iterator[str]) -> None:
    """Make a table of rows that are JSON already; a few thousand at a time, through DuckDB's own reader."""
    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    duck.execute(f"CREATE TABLE {table} ({columns})")
    shape = ", ".join(f'"{name}": "{kind}"' for name, kind in COLUMNS.items() if kind != OBJECTS)
    shape = "{" + shape + ', "objects": [{"otype": "VARCHAR", "object": "BIGINT", "role": "VARCHAR"}]}'
    names = ", ".join(f'row."{name}"' for name in COLUMNS)
    insert = f"INSERT INTO {table} SELECT {names} FROM (SELECT unnest(from_json($1, '[{shape}]')) AS row)"
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == _CHUNK:
            duck.execute(insert, [f"[{','.join(chunk)}]"])
            chunk = []
    if chunk:
        duck.execute(insert, [f"[{','.join(chunk)}]"])


def _fill_attributes(duck: duckdb.DuckDBPyConnection, rows: Iterator[tuple[Any, ...]]) -> None:
    import msgspec

    duck.execute("CREATE TABLE said_attributes (subject BIGINT, name VARCHAR, value VARCHAR, since BIGINT)")
    shape = '[{"subject": "BIGINT", "name": "VARCHAR", "value": "VARCHAR", "since": "BIGINT"}]'
    insert = f"INSERT INTO said_attributes SELECT row.subject, row.name, row.value, row.since FROM (SELECT unnest(from_json($1, '{shape}')) AS row)"
    chunk: list[dict[str, Any]] = []
    for subject, name, value, since in rows:
        chunk.append({"subject": subject, "name": name, "value": value, "since": since})
        if len(chunk) == _CHUNK:
            duck.execute(insert, [msgspec.json.encode(chunk).decode()])
            chunk = []
    if chunk:
        duck.execute(insert, [msgspec.json.encode(chunk).decode()])
