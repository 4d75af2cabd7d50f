"""A file into a home by its mapping: streamed, each event once however often it is run, and every skipped line told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ourword.contract.model import Source
from ourword.core.event import Event
from ourword.errors import EventError, LineError
from ourword.outcomes.mapper import Mapper, Skipped
from ourword.outcomes.mapping import Map
from ourword.outcomes.transcript import Proposed
from ourword.stores.events import EventStore
from ourword.stores.reading import rows_of

BATCH = 4_096
"""Events that share one sync: few enough that long ones fit in memory."""
SKIPPED_MAX = 1_000
"""So many skipped lines are told one by one; all are counted by their reason."""


class Imported(msgspec.Struct, kw_only=True):
    """What was read, what was kept, and what was skipped and why."""

    rows: int = 0
    matched_nothing: int = 0
    events: dict[str, int] = {}
    """`new`, `known`, `conflicting`, and of the new ones `without_time` and `future`."""
    decisions: int = 0
    """How many tool calls were decided and are recorded, new or known."""
    skipped: int = 0
    reasons: dict[str, int] = {}
    lines: list[dict[str, str]] = []
    """The first thousand that were skipped: `{place, what, hint}`."""
    rules: dict[str, int] = {}
    """How often each rule gave an event, by its place in the mapping."""

    @property
    def kept(self) -> int:
        """How many events of this file are in the home now."""
        return self.events.get("new", 0) + self.events.get("known", 0)

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON."""
        return msgspec.structs.asdict(self)


class Deciding(msgspec.Struct, frozen=True):
    """Which tools of a transcript propose decisions, and who decides and records them; its errors are `LineError`s."""

    sources: tuple[Source, ...]
    decide: Callable[[Proposed], object]


def import_file(
    store: EventStore,
    path: Path,
    mapping: Map,
    *,
    now: int | None = None,
    moved: Callable[[int], None] = lambda at: None,
    deciding: Deciding | None = None,
) -> Imported:
    """Read a file into a home; run it again after a crash, and nothing is lost and nothing double.

    *moved* is told how far the file has been read, in bytes. Raises `UsageError` for a file that cannot be read at all.
    """
    told = Imported(events={"new": 0, "known": 0, "conflicting": 0, "without_time": 0, "future": 0})
    reasons: Counter[str] = Counter()
    now = time.time_ns() if now is None else now
    mapper = Mapper(mapping, place=path.name, now=now, decides=deciding.sources if deciding else ())
    waiting: list[Event] = []
    for line, row in rows_of(path, encoding=mapping.encoding, moved=moved):
        told.rows += 1
        if isinstance(row, Skipped):
            _skip(told, reasons, row)
            continue
        gave = 0
        for each in mapper.take(row, line):
            gave += 1
            if isinstance(each, Proposed):
                _decide(told, reasons, mapper, deciding, each)
            else:
                _take(told, reasons, waiting, each)
        told.matched_nothing += not gave
        if len(waiting) >= BATCH:
            _keep(store, told, reasons, waiting)
    for each in mapper.end():
        _take(told, reasons, waiting, each)
    _keep(store, told, reasons, waiting)
    told.rules, told.reasons = dict(mapper.matched), dict(reasons.most_common())
    return told


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


def _take(told: Imported, reasons: Counter[str], waiting: list[Event], each: Event | Skipped) -> None:
    if isinstance(each, Skipped):
        _skip(told, reasons, each)
    else:
        waiting.append(each)


def _keep(store: EventStore, told: Imported, reasons: Counter[str], waiting: list[Event]) -> None:
    for event, result in zip(waiting, store.add(waiting), strict=True):
        if isinstance(result, EventError):
            _skip(told, reasons, Skipped(f"event {event.id}: {result.place}", result.what, result.hint))
            continue
        told.events[result] += 1
        if result == "conflicting":
            hint = "the first stands; give every file its own `ids:`, or every row an id of its own"
            _skip(told, reasons, Skipped(f"event {event.id}", "`source` and `id` are those of an earlier, different event", hint))
        elif result == "new" and event.time_quality != "given":
            told.events["without_time" if event.time_quality == "none" else "future"] += 1
    waiting.clear()


def _skip(told: Imported, reasons: Counter[str], skipped: Skipped) -> None:
    told.skipped += 1
    reasons[skipped.hint if len(reasons) < SKIPPED_MAX else "others"] += 1
    if len(told.lines) < SKIPPED_MAX:
        told.lines.append({"place": skipped.place, "what": skipped.what, "hint": skipped.hint})
