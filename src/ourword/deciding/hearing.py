"""Events handed in: each read, kept durably and once, and answered in its place."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ourword.core.event import Event, event_from_json, event_from_mapping
from ourword.core.unread import count_type
from ourword.errors import EventError

if TYPE_CHECKING:
    from ourword.stores.events import EventStore
    from ourword.stores.heard import KeptEvents
    from ourword.stores.home import Home

BATCH, BYTES_MAX, SECONDS_MAX = 16_384, 32 * 1024 * 1024, 1.0
"""Lines that share one sync, and how long they may be together; one that comes a second after the first of its batch ends it."""

Given = Event | Mapping[str, Any] | bytes
"""An event as it is handed in: read already, as an object, or as JSON."""


class Hearing:
    """Where a home's events are handed in; opened with the first one. Safe to use from several threads; close it before the home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._opening = threading.Lock()
        self._opened: EventStore | None = None
        self._kept: KeptEvents | None = None
        self.types: dict[str, int] = {}
        """How many events of each type were handed in and are kept; of the first thousand types."""

    def store(self) -> EventStore:
        """Where events are kept."""
        from ourword.stores.events import EventStore

        with self._opening:
            if self._opened is None:
                self._opened = EventStore(self._home)
            return self._opened

    def kept(self) -> KeptEvents:
        """All events of the home; whoever settles again and again opens what is new only."""
        from ourword.stores.heard import KeptEvents

        with self._opening:
            if self._kept is None:
                self._kept = KeptEvents(self._home)
            return self._kept

    def take(self, given: Sequence[tuple[str, Given]]) -> list[dict[str, Any]]:
        """Keep events that stand at these places, durably before the answer; a bad one gives its error in its place, and the rest are kept.

        `{"source": …, "id": …, "kept": "new" | "known", "time_quality": …}`, or `{"error": {code, what, place, hint}}`.
        """
        answers: list[dict[str, Any]] = [{} for _ in given]
        events: list[tuple[int, Event]] = []
        now = self._home.clock()
        for at, (place, each) in enumerate(given):
            try:
                events.append((at, _read(each, place, now)))
            except EventError as error:
                answers[at] = {"error": error.as_dict()}
        for (at, event), result in zip(events, self.store().add([event for _, event in events]) if events else (), strict=True):
            answers[at] = _answer(event, result, given[at][0])
            if "error" not in answers[at]:
                count_type(self.types, event)
        return answers

    def read(self, events: Iterable[Given]) -> Iterator[Event]:
        """Read events that are not kept here; the first that cannot be read is raised (`EventError`)."""
        now = self._home.clock()
        return (_read(each, f"events:{number}", now) for number, each in enumerate(events, 1))

    def lines(self, lines: Iterable[bytes], *, place: str) -> Iterator[dict[str, Any]]:
        """The same for JSON lines, however many; an answer is given only once its event is durable."""
        waiting: list[tuple[str, Given]] = []
        since, size = time.monotonic(), 0
        for number, text in enumerate(lines, 1):
            if text.strip():
                waiting.append((f"{place}:{number}", text))
            size += len(text)
            if len(waiting) >= BATCH or size > BYTES_MAX or (waiting and time.monotonic() - since > SECONDS_MAX):
                yield from self.take(waiting)
                waiting, since, size = [], time.monotonic(), 0
        yield from self.take(waiting)

    def close(self) -> None:
        """Close what was opened; the home stays."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()
            self._opened = self._kept = None


def _read(given: Given, place: str, now: int) -> Event:
    if isinstance(given, Event):
        return given
    return event_from_json(given, place=place, now=now) if isinstance(given, bytes) else event_from_mapping(given, place=place, now=now)


def _answer(event: Event, result: str | EventError, place: str) -> dict[str, Any]:
    if isinstance(result, EventError):
        return {"error": {**result.as_dict(), "place": f"{place}: {result.place}"}}
    if result == "conflicting":
        hint = "the first one stands; give every event an id of its own within its source"
        what = "`source` and `id` are those of an earlier, different event"
        return {"error": EventError("event.conflicting", what, place=f"{place}: id", hint=hint).as_dict()}
    return {"source": event.source, "id": event.id, "kept": result, "time_quality": event.time_quality}
