"""What is read of a home as known at an entry is what was read of a copy of it that was made when that entry was the last."""

from __future__ import annotations

import random
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.asof.grown import EVENTS, FAR, Grown, instant

from ourword.errors import HomeError
from ourword.figures.asof import asked_at, promises_at
from ourword.figures.settling import promised
from ourword.signals.signalling import signals
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home
from ourword.stores.tables import tables

TABLES = ("arrived", "objects", "remarks", "attributes")
CONTACTS = sorted({each["data"]["contact"] for each in EVENTS if "contact" in each["data"]})
steps = st.lists(st.sampled_from(["live", "hear", "hear", "settle", "sign", "answer", "waive"]), min_size=2, max_size=6)


class Scattered(Grown):
    """Its events arrive in any order: a customer's address, or that two are one, long after what they did."""

    def __init__(self, path: Path, seed: int) -> None:
        super().__init__(path)
        self.random = random.Random(seed)
        self.waiting = list(EVENTS)

    def hear(self, *, behind: int = 0, seal: bool = True) -> None:
        there = [each for each in self.waiting if instant(each["time"]) <= self.day]
        new = self.random.sample(there, (len(there) + 1) // 2)
        self.waiting = [each for each in self.waiting if each not in new]
        if new:
            with self.opened() as word:
                assert not [each for each in word.events(new) if "error" in each]
                assert word.home is not None
                with EventStore(word.home, clock=word.home.clock) as store:
                    store.seal() if seal else None

    def do(self, steps: list[str]) -> None:
        for step in steps:
            self.live(20) if step == "live" else getattr(self, step)()


def read(home: Home) -> dict[str, Any]:
    """Everything that reports are made of."""
    now = home.clock()
    found: dict[str, Any] = {
        "entries": [(each.seq, each.bytes) for each in home.log()],
        "decisions": [(each.seq, each.entry, each.personal) for each in home.decided("refund")],
        "latest": [each.seq for each in home.latest_decisions()],
        "by people": [each.seq for each in home.decided_by_people()],
        "numbers": home.subject_numbers(),
        "promises": promised(home),
        "signals": signals(home, now=now),
        "then": [(promises_at(home, now - days * 86_400 * 10**9), asked_at(home, now - days * 86_400 * 10**9)) for days in (1, 30)],
        "counts": home.store.apart_from_seals(),
        "lately": home.store.decided_lately(since=0),
        "events": home.has_events,
    }
    if not home.has_events:
        return found
    with EventStore(home, write=False) as store:
        found |= {"count": store.count(), "last": store.last_arrival(), "same": store.people.same()}
        found["contacts"] = {name: store.people.number("contact", name) for name in CONTACTS}
        found["by arrival"] = [store.people.event(arrival) for arrival in range(1, len(EVENTS) + 1)]
        with closing(tables(home, store)) as duck:
            for table in TABLES:
                found[table] = duck.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
            found["known"] = duck.execute("SELECT * FROM known").fetchall()
    return found


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=steps, after=steps, seed=st.integers(0, 2**32))
@example(before=["hear", "live"], after=["hear", "hear", "live", "hear", "settle", "sign"], seed=1)
def test_a_home_as_known_at_an_entry_reads_as_its_copy_of_then(before: list[str], after: list[str], seed: int) -> None:
    """Whoever kept a copy, and whoever looks back, read the same, to the byte: numbers, marks, the order of events, words."""
    with tempfile.TemporaryDirectory() as folder:
        grown = Scattered(Path(folder) / "home", seed)
        grown.live(40)
        grown.do(before)
        at, then = grown.last, int(grown.present.timestamp() * 10**6) * 1000
        shutil.copytree(grown.path, Path(folder) / "copy")
        grown.do(after)
        grown.hear(seal=False)  # what no entry vouches for is seen in no past

        with open_home(Path(folder) / "copy", write=False, clock=lambda: then) as copy, open_home(grown.path, at=at) as home:
            theirs, ours = read(copy), read(home)
            assert [] == [part for part in theirs if theirs[part] != ours[part]]


def test_what_the_ledger_calls_sealed_is_read_from_the_tail_until_it_is_adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash right after the ledger's commit: the entry vouches for the events, and so does the home as known at it."""
    grown = Scattered(tmp_path / "home", 3)
    grown.live(40)
    grown.hear(seal=False)
    with monkeypatch.context() as patch, open_home(grown.path) as home, EventStore(home) as store:
        patch.setattr(EventStore, "_adopt", crash)
        with pytest.raises(HomeError):
            store.seal()
    at = grown.last
    with open_home(grown.path, at=at) as home:
        crashed = read(home)
    with open_home(grown.path, at=at - 1) as home:
        assert not home.has_events
    with open_home(grown.path) as home, EventStore(home) as store:
        assert store.count() > 0
    grown.hear(seal=False)

    with open_home(grown.path, at=at) as home:
        assert crashed == read(home)
    assert crashed["arrived"]


def crash(*_: object) -> None:
    raise HomeError("home.io", "the machine went away", place="people.sqlite", hint="")


def test_the_clock_of_whoever_looks_is_no_part_of_the_past(tmp_path: Path) -> None:
    grown = Scattered(tmp_path / "home", 4)
    grown.live(40)
    grown.hear()
    at = grown.last
    with open_home(grown.path, at=at) as home, open_home(grown.path, at=at, clock=lambda: int(FAR.timestamp()) * 10**9) as later:
        assert read(home) == read(later)


def test_who_was_erased_since_is_gone_from_the_past_too_and_all_else_stands(tmp_path: Path) -> None:
    """A segment that was sealed anew is followed: the past is read without that customer, and only without them."""
    grown = Scattered(tmp_path / "home", 5)
    grown.live(60)
    grown.hear()
    grown.settle()
    at = grown.last
    customer = next(each["subject"] for each in EVENTS if instant(each["time"]) <= grown.day and each not in grown.waiting).removeprefix("customer:")
    with open_home(grown.path, at=at) as home:
        before = read(home)
    shutil.copytree(grown.path, tmp_path / "copy")
    copy = Scattered(tmp_path / "copy", 5)
    copy.day = grown.day
    grown.live(20)
    grown.hear()
    for each in (copy, grown):
        with each.opened() as word:
            word.customers.erase(customer)

    with open_home(grown.path, at=at) as home, open_home(copy.path, at=at) as other:
        after = read(home)
        assert after == read(other)
    assert before["entries"] == after["entries"]
    assert 0 < len(after["arrived"]) < len(before["arrived"])
