"""`ourword settle`: say of every promise whether it was kept, from the events that came, and write it into the ledger."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import complain, line, usage
from ourword.cli.promises import words
from ourword.core.event import Event, event_from_json
from ourword.core.time import instant_from_text, micros_from_text, why_no_moment
from ourword.deciding.told import moment
from ourword.errors import EventError, LineError
from ourword.figures.settling import Settled
from ourword.ledger.entry import SignalOpened
from ourword.ledger.signal_words import asks

WATCH_SECONDS = 10.0
TARGETS_SECONDS = 3600.0
"""While watching, targets are judged so often: that reads all contacts, and no target moves within minutes."""


def run(home: Path, *, events: str = "", now: str = "", watch: bool = False, watch_seconds: float = WATCH_SECONDS) -> int:
    """Settle once, or with *watch* again and again until interrupted; exit 0, or 2 when some events could not be read.

    Events come from the home, or from *events*: a file of JSON lines, or `-`. Without *now* it is the present.
    """
    instant = _instant(now)
    if watch and (now or events == "-"):
        raise usage("watch", "watching goes with time, and reads its events again", place="--watch", hint="leave `--now` and `--events -` out")
    with Ourword.open_home(home, create=False) as ourword:
        read = _Read(events)
        settled = ourword.settle(read.all(), now=instant)
        for text in words(ourword, list(settled.rows), settled.observed):
            line(text)
        _tell(settled)
        _tell_signals(settled.signals)
        judged = time.monotonic()
        while watch:
            sys.stdout.flush()
            time.sleep(watch_seconds)
            read = _Read(events)
            is_due = time.monotonic() - judged >= TARGETS_SECONDS
            settled = ourword.settle(read.all(), targets=is_due)
            _tell(settled, transitions=True)
            _tell_signals(settled.signals)
            judged = time.monotonic() if is_due else judged
    return LineError.exit_code if read.bad else 0


def _instant(now: str) -> int | None:
    instant = instant_from_text(now) if now else None
    if now and instant is None:
        what, hint = why_no_moment(now) if micros_from_text(now) is None else (f"`{now}` is a day, and no moment", "")
        raise usage("now", what, place="--now", hint=hint or f"write it with a zone, like {now}T10:00:00Z")
    return instant


class _Read:
    """Events from where they lie; a bad line is said on stderr, and the rest go on."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.bad = 0

    def all(self) -> Iterable[Event] | None:
        """Those of the source; without one, the home's own are meant."""
        return self._of_source() if self.source else None

    def _of_source(self) -> Iterator[Event]:
        if self.source == "-":
            yield from self._lines(sys.stdin.buffer)
        else:
            try:
                with Path(self.source).open("rb") as file:
                    yield from self._lines(file)
            except OSError as cause:
                what = f"the file cannot be read: {cause.strerror}"
                raise usage("events", what, place=self.source, hint="check the path") from cause

    def _lines(self, lines: Iterable[bytes]) -> Iterator[Event]:
        for number, text in enumerate(lines, 1):
            if text.strip():
                try:
                    yield event_from_json(text, place=f"{self.source}:{number}")
                except EventError as error:
                    self.bad += 1
                    complain(error)


def _tell(settled: Settled, *, transitions: bool = False) -> None:
    for each in settled.new if transitions else ():
        line(f"{moment(each.time)}  {each.promise} {each.standing}  {each.decision_id}")
    if settled.unreadable and not transitions:
        line(f"{len(settled.unreadable):,} decisions have no customer or no contract here any more: what they promised is unknown once it is due.")


def _tell_signals(new: Sequence[SignalOpened]) -> None:
    for each in new:
        line(asks(each))
    if new:
        line("`ourword signals` lists what asks for an answer.")
