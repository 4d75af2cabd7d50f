"""`ourword events`: JSON lines of events in, each kept once; run it again after a crash, and nothing is double."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ourword.cli.input import lines_of, opened
from ourword.cli.out import complain, json_line, line
from ourword.core.event import Event, event_from_json
from ourword.errors import EventError
from ourword.stores.events import EventStore
from ourword.stores.home import open_home

BATCH, BYTES_MAX, SECONDS_MAX = 16_384, 32 * 1024 * 1024, 1.0
"""Events that share one sync, and how long they may be together; a line that comes a second after the first of its batch ends it."""
SHOWN_MAX = 20
ALL_KEPT, SOME_BAD = 0, 2


def run(file: str, *, home: Path, as_json: bool = False) -> int:
    """Keep every event of *file* (`-`: standard input); exit 0 all kept, 2 some lines bad."""
    with opened(file) as source, open_home(home) as folder, EventStore(folder) as store:
        told = _Told()
        waiting: list[tuple[int, Event]] = []
        since, size = time.monotonic(), 0
        for number, text in enumerate(lines_of(source), 1):
            if text.strip():
                try:
                    waiting.append((number, event_from_json(text, place=f"{file}:{number}", now=time.time_ns())))
                except EventError as error:
                    told.bad(error)
            size += len(text)
            if len(waiting) >= BATCH or size > BYTES_MAX or (waiting and time.monotonic() - since > SECONDS_MAX):
                _keep(store, waiting, told, file)
                since, size = time.monotonic(), 0
        _keep(store, waiting, told, file)
    told.say(as_json)
    return SOME_BAD if told.counts["bad"] or told.counts["conflicting"] else ALL_KEPT


class _Told:
    """What is said at the end, and of the first bad lines at once."""

    def __init__(self) -> None:
        self.counts = {"new": 0, "known": 0, "conflicting": 0, "bad": 0, "without_time": 0, "future": 0}

    def bad(self, error: EventError) -> None:
        self.counts["bad"] += 1
        self._complain(error)

    def conflicting(self, place: str) -> None:
        self.counts["conflicting"] += 1
        hint = "the first one stands; give every event an id of its own within its source"
        self._complain(EventError("event.conflicting", "`source` and `id` are those of an earlier, different event", place=place, hint=hint))

    def _complain(self, error: EventError) -> None:
        count = self.counts["bad"] + self.counts["conflicting"]
        if count <= SHOWN_MAX:
            complain(error)
        elif count == SHOWN_MAX + 1:
            sys.stderr.write("further lines are counted, not shown\n")

    def say(self, as_json: bool) -> None:
        if as_json:
            json_line(self.counts)
            return
        line(f"{self.counts['new']:,} events kept, {self.counts['known']:,} known already")
        for name, words in (
            ("bad", "lines could not be read"),
            ("conflicting", "have the id of another event"),
            ("without_time", "say no time: every clock over them is unknown"),
            ("future", "lie in the future"),
        ):
            if self.counts[name]:
                line(f"{self.counts[name]:,} {words}")


def _keep(store: EventStore, waiting: list[tuple[int, Event]], told: _Told, file: str) -> None:
    results = store.add([event for _, event in waiting])
    for (number, event), result in zip(waiting, results, strict=True):
        if isinstance(result, EventError):
            told.bad(EventError(result.code, result.what, place=f"{file}:{number}: {result.place}", hint=result.hint))
        elif result == "conflicting":
            told.conflicting(f"{file}:{number}")
        else:
            told.counts[result] += 1
            if result == "new" and event.time_quality != "given":
                told.counts["without_time" if event.time_quality == "none" else "future"] += 1
    waiting.clear()
