"""A home that grows: a small company's decisions, events, settled promises, signatures, answers, in the order in which they came."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from ourword import Ourword, app
from ourword.cli.main import run
from ourword.core.time import datetime_from_instant, instant_from_text
from ourword.demo.company import decisions, events
from ourword.stores.events import EventStore
from ourword.stores.home import open_home

CONTRACT, WIRING = (Path(str(files("ourword.demo") / name)) for name in ("contract.yaml", "wiring.yaml"))
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BEGAN = NOW - timedelta(days=122)
CONTACTS = 24
DECISIONS = list(decisions(NOW, contacts=CONTACTS))
EVENTS = list(events(NOW, contacts=CONTACTS))
FAR = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
"""When somebody looks back: no report may depend on it."""


class Grown:
    """The home and how far its company has come; each step is written by the clock of its own day, and all events are sealed after it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.day = BEGAN
        self.decided = 0
        self.heard = 0

    def live(self, days: int) -> None:
        """Let days go by: what was decided in them is recorded."""
        self.day += timedelta(days=days)
        waiting = DECISIONS[self.decided :]
        new = [each for each in waiting if instant(each["time"]) <= self.day]
        self.decided += len(new)
        with Ourword.open(CONTRACT, WIRING, home=self.path, clock=self.clock) as word:
            assert not [each for each in word.decide_lines((json.dumps(each).encode() for each in new), batch=64) if "error" in each]

    def hear(self, *, behind: int) -> None:
        """Hand in what happened until so many days ago, and seal it."""
        new = [each for each in EVENTS[self.heard :] if instant(each["time"]) <= self.day - timedelta(days=behind)]
        self.heard += len(new)
        if new:
            with self.opened() as word:
                assert not [each for each in word.events(new) if "error" in each]
                assert word.home is not None
                with EventStore(word.home, clock=word.home.clock) as store:
                    store.seal()

    def settle(self) -> None:
        with self.opened() as word:
            word.settle()

    def sign(self) -> None:
        with self.opened() as word:
            word.adopting.sign(CONTRACT, WIRING, by="mara", because="We have read it.")

    def answer(self) -> None:
        with self.opened() as word:
            for signal in [each for each in word.signals() if each.asks][:1]:
                word.answer(signal.id, said="defect", by=word.who_may_answer(signal)[0], because="The desk was closed.")

    def waive(self) -> None:
        with self.opened() as word:
            for signal in [each for each in word.signals() if each.asks][:1]:
                until = (self.day + timedelta(days=5)).date()
                word.waive(signal.id, by=word.who_may_answer(signal)[0], until=until, because="We wait for the carrier.")

    def clock(self) -> datetime:
        """A little later each time, as clocks are."""
        self.day += timedelta(seconds=1)
        return self.day

    def opened(self) -> Ourword:
        return Ourword.open_home(self.path, clock=self.clock)

    @property
    def last(self) -> int:
        with open_home(self.path, create=False, write=False) as home:
            return home.last_seq()

    @property
    def present(self) -> datetime:
        """The latest moment that an entry says, worked out here."""
        with open_home(self.path, create=False, write=False) as home:
            said = max(instant_from_text(each.value.time) or 0 for each in home.log())
        return datetime_from_instant(-(-said // 1000) * 1000)


def instant(text: str) -> datetime:
    return datetime_from_instant(instant_from_text(text) or 0)


# ---- what is printed -----------------------------------------------------------------------------------------------------

Said = tuple[int, str]


def said(*args: object, clock: Callable[[], datetime]) -> Said:
    """Run a command by a clock; give its exit code and what it printed."""
    out, err = io.TextIOWrapper(io.BytesIO(), write_through=True), io.TextIOWrapper(io.BytesIO(), write_through=True)
    with told_by(clock), swapped(sys, stdout=out, stderr=err):
        code = run([str(each) for each in args])
    return code, out.buffer.getvalue().decode()  # type: ignore[attr-defined]


@contextmanager
def told_by(clock: Callable[[], datetime]) -> Iterator[None]:
    with swapped(app, now=clock):
        yield


@contextmanager
def swapped(of: Any, **given: Any) -> Iterator[None]:
    before = {name: getattr(of, name) for name in given}
    for name, value in given.items():
        setattr(of, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(of, name, value)
