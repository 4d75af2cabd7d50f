"""Events are kept once, in whatever order they come; what is sealed and what is not yet sealed read alike."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.events.drawn import SECOND, drawn, event, expected, told
from tests.tries import tries

from ourword.checks.store import refund
from ourword.core.event import Event
from ourword.errors import EventError, HomeError
from ourword.ledger.entry import SegmentSealed
from ourword.stores import events as stored
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.tables import tables


def message(number: object, customer: str = "c-1", **more: Any) -> Event:
    given = {"id": f"m-{number}", "source": "chat", "type": "message.in", "subject": f"customer:{customer}", "data": {"contact": f"k-{customer}"}}
    return Event(**{**given, **more})


# ---- laws ----------------------------------------------------------------------------------------------------------


@settings(max_examples=tries(25))
@given(st.lists(drawn, max_size=30), st.randoms(use_true_random=False), st.integers(1, 7))
def test_events_in_any_order_give_the_table_of_sorted_ones(given: list[dict[str, Any]], chance: random.Random, pieces: int) -> None:
    """A source that reports late, twice, and in pieces tells the same story; so does a home that seals in between."""
    events = [event(number, each) for number, each in enumerate(given)]
    came = [*events, *chance.sample(events, len(events) // 3)]
    chance.shuffle(came)
    with tempfile.TemporaryDirectory() as folder:
        with open_home(folder) as home, EventStore(home) as store:
            for start in range(0, len(came), pieces):
                store.add(came[start : start + pieces])
                if chance.random() < 0.3:
                    store.seal()

        assert told(Path(folder)) == expected(events)


# ---- kept once -------------------------------------------------------------------------------------------------------


def test_an_event_is_kept_once(tmp_path: Path) -> None:
    """A source that sends again after a broken connection makes no second message."""
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        assert ["new", "known"] == store.add([message(1), message(1)])
        assert ["known"] == store.add([message(1)])


def test_another_event_under_a_known_id_is_said(tmp_path: Path) -> None:
    """Two systems that count alike would otherwise swallow each other's events."""
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([message(1)])

        assert ["conflicting", "new"] == store.add([message(1, customer="c-2"), message(1, source="mail")])


def test_what_json_cannot_hold_is_refused_and_the_rest_kept(tmp_path: Path) -> None:
    """NaN turned into null would be a lie about what was said."""
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        first, second = store.add([message(1, data={"contact": "k", "score": float("nan")}), message(2)])

    assert isinstance(first, EventError)
    assert (first.code, second) == ("event.not-recordable", "new")


# ---- one customer, one number ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("decided_first", [True, False])
def test_a_customer_has_one_number_for_decisions_and_events(tmp_path: Path, decided_first: bool) -> None:
    """What was decided for a customer and what happened to them afterwards meet, whichever came first."""
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([message(0, customer="c-other")])
        if decided_first:
            home.record(refund("d-1", customer="c-1"))
        store.add([message(1)])
        if not decided_first:
            home.record(refund("d-1", customer="c-1"))
        numbers = home.store.subjects(["c-1"])
        sub = home.find("d-1").decision.sub  # type: ignore[union-attr]

        assert (numbers["c-1"].number, numbers["c-1"].sub) == (2, sub)
        assert "c-1" == store.people.customer(2)


def test_merged_customers_are_one_from_their_first_event(tmp_path: Path) -> None:
    """Who wrote before they logged in came back too, once we know that it was them."""
    merged = message(3, type="customer.merged", instant=9 * SECOND, data={"id": "customer:visitor-7"})
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([message(1, customer="visitor-7", instant=SECOND), message(2, instant=2 * SECOND), merged])
        with tables(home, store) as duck:
            assert [(1,)] == duck.execute("SELECT count(DISTINCT subject) FROM events").fetchall()


def test_an_id_belongs_to_a_customer_for_its_time(tmp_path: Path) -> None:
    """A phone number is given to someone else after some years."""
    since = message(9, type="customer.id", data={"id": "phone-5", "from": "1970-01-01T00:00:10Z", "until": "1970-01-01T00:00:20Z"})
    calls = [message(number, customer="phone-5", instant=number * SECOND) for number in (9_1, 10, 19, 20)]
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([*calls, since])
        with tables(home, store) as duck:
            rows = duck.execute("""SELECT "at" // 1000000, subject FROM events WHERE type = 'message.in' ORDER BY 1""").fetchall()
        named = [(at, store.people.customer(subject)) for at, subject in rows]

    assert [(10, "c-1"), (19, "c-1"), (20, "phone-5"), (91, "phone-5")] == named


def test_attributes_say_since_when(tmp_path: Path) -> None:
    """A segment is what a customer was at the time, not what they are today."""
    updated = message(1, type="customer.updated", instant=SECOND, data={"attributes": {"plan": "basic", "trial": True}})
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([updated])
        with tables(home, store) as duck:
            assert [(1, "plan", "basic", 10**6), (1, "trial", "true", 10**6)] == duck.execute("FROM attributes ORDER BY name").fetchall()


def test_an_event_without_time_keeps_its_place_in_its_contact(tmp_path: Path) -> None:
    """A questionnaire without a clock still comes after the message that it followed, and its time stays unknown."""
    events = [message(5, instant=SECOND), message(4, type="feedback.given"), message(3, instant=3 * SECOND)]
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add(events)
        with tables(home, store) as duck:
            rows = duck.execute('SELECT type, "at" FROM events ORDER BY event').fetchall()

    assert [("message.in", 10**6), ("feedback.given", None), ("message.in", 3 * 10**6)] == rows


# ---- nothing personal in the files -----------------------------------------------------------------------------------


def test_no_text_and_no_raw_id_lies_in_the_files(tmp_path: Path) -> None:
    """Who deletes the customer's key has erased what they wrote, and who they are."""
    data = {"contact": "k-telltale", "text": "my secret words", "objects": [{"type": "order", "id": "o-telltale"}]}
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([message("telltale-1", customer="c-telltale", data=data)])
        store.seal()
        store.add([message("telltale-2", customer="c-telltale", data=data)])
    held = [path for path in sorted((tmp_path / "home").rglob("*")) if path.is_file()]
    found = [path.name for path in held if b"telltale" in path.read_bytes() or b"secret" in path.read_bytes()]

    assert found == []
    assert "people.sqlite" in {path.name for path in held}


def test_an_event_is_read_back_as_it_came(tmp_path: Path) -> None:
    """Behind every number there is what the customer wrote."""
    given = message(1, instant=SECOND, data={"contact": "k", "text": "my lamp is broken", "mood": [1, {"of": None}]})
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([given])

        assert given == store.people.event(1)


# ---- sealed ------------------------------------------------------------------------------------------------------------


def test_a_full_segment_is_sealed_and_the_ledger_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of events that is changed afterwards no longer has the digest that the ledger holds."""
    monkeypatch.setattr(stored, "SEGMENT_ROWS", 10)
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([message(number) for number in range(25)])
        entries = [entry.value for entry in home.log()]
    (sealed,) = entries

    assert isinstance(sealed, SegmentSealed)
    assert (25, "events/000000000001-000000000025.parquet") == (sealed.rows, sealed.file)
    assert (tmp_path / "home" / sealed.file).is_file()


def test_a_day_old_tail_is_sealed_with_the_next_event(tmp_path: Path) -> None:
    """A quiet shop's events are sealed too."""
    now = [0]
    with open_home(tmp_path / "home") as home, EventStore(home, clock=lambda: now[0]) as store:
        store.add([message(1)])
        now[0] = 25 * 3600 * SECOND
        store.add([message(2)])

        assert [2] == [sealed.rows for _, sealed in home.store.sealed_segments()]


@pytest.mark.parametrize("step", ["append_sealed", "adopt"])
def test_a_seal_that_broke_off_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Before the ledger said it the file is written again; after, it is adopted: never are its events there twice."""
    events = [message(number, instant=number * SECOND) for number in range(5)]

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add(events)
        with monkeypatch.context() as patch:
            patch.setattr(*((home.store, step) if step == "append_sealed" else (store, "_adopt")), broken)
            with pytest.raises(RuntimeError):
                store.seal()
        store.add([message(5, instant=5 * SECOND)])
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.seal()
        with tables(home, store) as duck:
            assert [(6,)] == duck.execute("SELECT count(*) FROM events").fetchall()
        rows = [sealed.rows for _, sealed in home.store.sealed_segments()]

    assert 6 == sum(rows)
    assert len(rows) == len(list((tmp_path / "home" / "events").iterdir()))


def test_a_home_without_events_says_what_to_do(tmp_path: Path) -> None:
    """Whoever asks first learns how events get in."""
    with open_home(tmp_path / "home") as home, pytest.raises(HomeError) as caught:
        tables(home)

    assert ("home.no-events", True) == (caught.value.code, "ourword events" in caught.value.hint)


def test_events_that_went_missing_are_no_empty_home(tmp_path: Path) -> None:
    """When `people.sqlite` is lost it is not made anew beside the segments that the ledger names."""
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([message(1)])
        store.seal()
    (tmp_path / "home" / "people.sqlite").unlink()
    with open_home(tmp_path / "home") as home, pytest.raises(HomeError):
        EventStore(home)
