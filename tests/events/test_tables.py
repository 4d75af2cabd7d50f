"""The tables laid over a home: the same whether a stretch of time is sorted at once or piece by piece."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.events.drawn import drawn, event, expected, told
from tests.tries import tries

from ourword.figures.watched import PROMISES, lay_promises
from ourword.stores import tables as laid
from ourword.stores.events import EventStore
from ourword.stores.home import open_home


@settings(max_examples=tries(15))
@given(st.lists(drawn, min_size=4, max_size=30), st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_long_history_is_ordered_stretch_by_stretch(given: list[dict[str, Any]], chance: random.Random, rows: int) -> None:
    """Files overlap in time, a few rows fit into memory, and every event still has its place."""
    came = [event(number, each) for number, each in enumerate(given)]
    chance.shuffle(came)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(laid, "_BATCH_ROWS", rows)
        with open_home(folder) as home, EventStore(home) as store:
            for start in range(0, len(came), 4):
                store.add(came[start : start + 4])
                store.seal()

        assert told(Path(folder)) == expected([event(number, each) for number, each in enumerate(given)])


def test_words_are_words_whatever_a_home_has_seen(tmp_path: Path) -> None:
    """A query may ask for a type that never came, and put a word where there is none."""
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([event(1, {"subject": "customer:a", "type": "message.in", "instant": 0, "contact": "k", "order": None})])
        with laid.tables(home, store) as duck:
            found = duck.execute("SELECT type = 'contact.closed', coalesce(actor, 'customer'), kind || '' FROM events").fetchall()

    assert [(False, "customer", None)] == found


def test_a_home_of_many_words_keeps_them_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that puts a number into its name makes more words than a list of words holds."""
    monkeypatch.setattr(laid, "_WORDS_MAX", 1)
    given = [{"subject": "customer:a", "type": name, "instant": 0, "contact": "k", "order": None} for name in ("message.in", "parcel.lost")]
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([event(number, each) for number, each in enumerate(given)])
        with laid.tables(home, store) as duck:
            assert [("message.in",), ("parcel.lost",)] == duck.execute("SELECT type FROM events ORDER BY event").fetchall()


def test_promises_are_laid_as_they_stand() -> None:
    """More than are laid at once, with what nobody knows left out."""
    rows = [
        SimpleNamespace(
            decision=f"d-{i}",
            subject=i,
            contact=None,
            promise='say "sorry"',
            kind="refund",
            made=i,
            due=-(2**62) + i,
            standing="kept",
            settled=None,
        )
        for i in range(20_001)
    ]
    with duckdb.connect() as duck:
        lay_promises(duck, rows)
        found = duck.execute(f"SELECT {', '.join(PROMISES)} FROM promises ORDER BY subject").fetchall()

    assert [tuple(getattr(row, name) for name in PROMISES) for row in rows] == found


def test_no_promise_is_an_empty_table() -> None:
    """A home may have made none."""
    with duckdb.connect() as duck:
        lay_promises(duck, [])

        assert [(0,)] == duck.execute("SELECT count(*) FROM promises").fetchall()
