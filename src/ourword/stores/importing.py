"""A file into a home by its mapping: streamed, each event once however often it is run, and every skipped line told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from ourword.contract.model import Source
from ourword.core.event import Event
from ourword.core.unread import count_type
from ourword.errors import EventError, LineError, UsageError
from ourword.outcomes.lacking import Absent, Unseen, refuse_lacking
from ourword.outcomes.mapper import TIME, Mapper, Skipped
from ourword.outcomes.mapping import Map
from ourword.outcomes.transcript import Proposed
from ourword.stores.events import EventStore
from ourword.stores.progress import Progress, Reached
from ourword.stores.reading import columns_of, kind_of, rows_of
from ourword.stores.separated import Numbered

BATCH = 4_096
"""Events that share one sync: few enough that long ones fit in memory."""
SKIPPED_MAX = 1_000
"""So many skipped lines are told one by one; all are counted by their reason."""


class Imported(msgspec.Struct, kw_only=True):
    """What was read, what was kept, and what was skipped and why."""

    rows: int = 0
    before: dict[str, int] = {}
    """What an earlier import of the same file, which did not finish, had done: `rows`, `events`, `skipped`. Not counted again below."""
    matched_nothing: int = 0
    without_customer: int = 0
    """Rows that gave an event of which the customer is not known."""
    absent: list[Absent] = []
    """Columns that the mapping names and no row had, of files whose rows alone say what columns there are."""
    events: dict[str, int] = {}
    """`new`, `known`, `conflicting`, and of the new ones `without_time` and `future`."""
    decisions: int = 0
    """How many tool calls were decided and are recorded, new or known."""
    skipped: int = 0
    untimed: int = 0
    """How many of these were skipped since a time could not be read."""
    left: dict[str, int] = {}
    """How many rows do not count, or not as they stand, by why; of readers that say it."""
    reasons: dict[str, int] = {}
    lines: list[dict[str, str]] = []
    """The first thousand that were skipped: `{place, what, hint}`."""
    rules: dict[str, int] = {}
    """How often each rule gave an event, by its place in the mapping."""
    types: dict[str, int] = {}
    """How many events of each type there were, new or known; of the first thousand types."""

    @property
    def kept(self) -> int:
        """How many events of this file are in the home now."""
        return self.events.get("new", 0) + self.events.get("known", 0) + self.before.get("events", 0)

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON."""
        return msgspec.structs.asdict(self)


class Way(Protocol):
    """How the rows of a file become events, where it is not a mapping that says so."""

    @property
    def digest(self) -> str:
        """Names this way; another one reads a file anew."""

    @property
    def encoding(self) -> str:
        """Of text files."""

    def reader(self, *, place: str, now: int) -> Any:
        """Make what takes the rows, as a `Mapper` does."""


class Deciding(msgspec.Struct, frozen=True):
    """Which tools of a transcript propose decisions, and who decides and records them; its errors are `LineError`s."""

    sources: tuple[Source, ...]
    decide: Callable[[Proposed], object]
    digest: str = ""
    """Of the contract that decides."""


def import_file(
    store: EventStore,
    path: Path,
    mapping: Map | Way,
    *,
    now: int | None = None,
    moved: Callable[[int], None] = lambda at: None,
    seen: Callable[[Imported], None] = lambda told: None,
    deciding: Deciding | None = None,
    again: bool = False,
) -> Imported:
    """Read a file into a home; run it again after a crash, and it goes on where it stopped: nothing is lost and nothing double.

    A file that gave events by another mapping is refused, or old and new events would mix, unless it is to be taken in *again*.
    *moved* is told how far the file has been read, in bytes; *seen* what was done, each time some of it is durable. Raises
    `UsageError` for a file that cannot be read at all, `ContractError` for a mapping that names a column which the file has not.
    """
    columns = columns_of(path, encoding=mapping.encoding) if isinstance(mapping, Map) else None
    if columns and isinstance(mapping, Map):
        refuse_lacking(mapping, columns, nested=kind_of(path) == "parquet", file=path.name)
    progress = Progress(
        store, path, mapping.digest, deciding.digest if deciding else "", by=mapping.meaning if isinstance(mapping, Map) else mapping.digest
    )
    reached = progress.reached()
    if not again and not reached and progress.by_another():
        what = "this home has events of this file by another mapping; they would stay, beside those of this one"
        raise UsageError("usage.again", what, place=str(path), hint="import into a new home: `--home NEW`; or say `--again` when you want both")
    told = Imported(
        events={"new": 0, "known": 0, "conflicting": 0, "without_time": 0, "future": 0},
        before={"rows": reached.rows, "events": reached.kept, "skipped": reached.skipped} if reached else {},
    )
    now = time.time_ns() if now is None else now
    unseen = None
    if isinstance(mapping, Map):
        unseen = None if columns is not None or reached else Unseen(mapping)
        mapper = Mapper(mapping, place=path.name, now=now, decides=deciding.sources if deciding else (), unseen=unseen)
    else:
        mapper = mapping.reader(place=path.name, now=now)
    taking = _Taking(store, told, mapper, deciding, progress, seen)
    taking.rows(rows_of(path, encoding=mapping.encoding, moved=moved, start=reached.line if reached else 1), reached)
    told.absent = [] if unseen is None else unseen.absent()
    progress.done()
    return told


class _Taking:
    """Takes one file's rows in; what waits becomes durable together, and then how far we are is noted."""

    def __init__(
        self, store: EventStore, told: Imported, mapper: Mapper, deciding: Deciding | None, progress: Progress, seen: Callable[[Imported], None]
    ) -> None:
        self._store, self._told, self._mapper, self._deciding, self._progress, self._seen = store, told, mapper, deciding, progress, seen
        self._reasons: Counter[str] = Counter()
        self._waiting: list[Event] = []

    def rows(self, rows: Iterator[Numbered], reached: Reached | None) -> None:
        """Take rows in; the first one is the last that was kept before, where an earlier import got so far."""
        told, mapper = self._told, self._mapper
        for line, row in rows:
            if reached is not None and line == reached.line and not isinstance(row, Skipped):
                mapper.after(row, line, time=reached.time)
                continue
            told.rows += 1
            if isinstance(row, Skipped):
                _skip(told, self._reasons, row)
                continue
            gave, lacks = 0, False
            for each in mapper.take(row, line):
                gave += 1
                lacks |= isinstance(each, Event) and not each.matched
                self._take(each)
            told.matched_nothing += not gave
            told.without_customer += lacks
            if len(self._waiting) >= BATCH:
                self._keep()
                self._note(line)
        for each in mapper.end():
            self._take(each)
        self._keep()
        told.rules, told.reasons = dict(mapper.matched), dict(self._reasons.most_common())
        told.left = {why: count for why, count in getattr(mapper, "left", {}).items() if count}

    def _take(self, each: Event | Proposed | Skipped) -> None:
        if isinstance(each, Proposed):
            _decide(self._told, self._reasons, self._mapper, self._deciding, each)
        elif isinstance(each, Skipped):
            _skip(self._told, self._reasons, each)
        else:
            self._waiting.append(each)

    def _keep(self) -> None:
        _keep(self._store, self._told, self._reasons, self._waiting)
        if self._told.events["new"] or self._told.events["known"]:
            self._progress.gave()
        self._seen(self._told)

    def _note(self, line: int) -> None:
        told, before = self._told, self._told.before
        self._progress.keep(
            Reached(
                line=line,
                time=self._mapper.time,
                rows=told.rows + before.get("rows", 0),
                kept=told.events["new"] + told.events["known"] + before.get("events", 0),
                skipped=told.skipped + before.get("skipped", 0),
            )
        )


def _decide(told: Imported, reasons: Counter[str], mapper: Mapper, deciding: Deciding | None, proposed: Proposed) -> None:
    """Let a proposal be decided and recorded before what was done about it is read; what cannot be decided is told."""
    try:
        if proposed.time is None:
            hint = "say in the mapping's `tools:` at which moment they are taken as made: `at: 2026-11-23T10:00:00Z`"
            raise LineError("line.time", "the transcript does not say when this was proposed", place=proposed.place, hint=hint)
        if deciding is not None:
            deciding.decide(proposed)
            told.decisions += 1
    except LineError as error:
        mapper.undecided.add(proposed.decision_id)
        _skip(told, reasons, Skipped(f"{proposed.place}: {proposed.kind}", error.what, error.hint))


def _keep(store: EventStore, told: Imported, reasons: Counter[str], waiting: list[Event]) -> None:
    for event, result in zip(waiting, store.add(waiting), strict=True):
        if isinstance(result, EventError):
            _skip(told, reasons, Skipped(f"event {event.id}: {result.place}", result.what, result.hint))
            continue
        told.events[result] += 1
        count_type(told.types, event)
        if result == "conflicting":
            hint = (
                "the first stands; was it another mapping's? then import into a new home; else give every file its own `ids:`, every row its own id"
            )
            _skip(told, reasons, Skipped(f"event {event.id}", "`source` and `id` are those of an earlier, different event", hint))
        elif result == "new" and event.time_quality != "given":
            told.events["without_time" if event.time_quality == "none" else "future"] += 1
    waiting.clear()


def _skip(told: Imported, reasons: Counter[str], skipped: Skipped) -> None:
    told.skipped += 1
    told.untimed += skipped.about == TIME
    reasons[skipped.hint if len(reasons) < SKIPPED_MAX else "others"] += 1
    if len(told.lines) < SKIPPED_MAX:
        told.lines.append({"place": skipped.place, "what": skipped.what, "hint": skipped.hint})
