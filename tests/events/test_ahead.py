"""How far we can see: a home is asked as of the last event that had happened when it came, and never as of a clock that runs ahead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.core.event import Event
from ourword.figures.board import board_of, boards_of
from ourword.figures.silent import silent
from ourword.outcomes.contacts import Asked
from ourword.stores import events as store_module
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.rows import COLUMNS
from ourword.stores.tables import tables

DAY, HOUR = 86_400 * 10**9, 3_600 * 10**9
START = 1_760_000_000 * 10**9  # in the autumn of 2025
FRIDAY = START + 10 * DAY


def event(name: str, at: int | None, type_: str = "message.in", who: str = "c-1", **data: Any) -> Event:
    return Event(id=name, source="chat", type=type_, instant=at, subject=f"customer:{who}", data={"contact": who, **data})


def helped(who: str, at: int) -> list[Event]:
    return [
        event(f"{who}-1", at, who=who, actor="customer"),
        event(f"{who}-2", at + 1_000, "message.out", who=who, actor="automation"),
        event(f"{who}-3", at + 2_000, "contact.closed", who=who, closed_by="automation"),
    ]


def seen(folder: Path, came: int, *batches: list[Event], seals: bool = True) -> tuple[int | None, int]:
    """As of when the home is asked (ns), and how many of its contacts are still open."""
    with open_home(folder) as home, EventStore(home, clock=lambda: came) as store:
        for batch in batches:
            store.add(batch)
            if seals:
                store.seal()
        board = board_of(home)
    return (None if board.as_of is None else board.as_of * 1000), board.still_open


@pytest.mark.parametrize("seals", [True, False])
@pytest.mark.parametrize("ahead", [3 * HOUR, 3 * DAY, 60_000 * DAY])
def test_one_clock_that_runs_ahead_ends_no_window(tmp_path: Path, ahead: int, seals: bool) -> None:
    """An export of Friday with one row dated wrongly knows no more of the week to come than without it."""
    wrong = event("x", FRIDAY + ahead, who="c-2")

    assert (FRIDAY + 2_000, 1) == seen(tmp_path, FRIDAY + HOUR, helped("c-1", FRIDAY), [wrong], seals=seals)


def test_what_was_ahead_when_it_came_stays_so(tmp_path: Path) -> None:
    """That its time has come since does not say that we heard of all others until then."""
    with open_home(tmp_path) as home:
        with EventStore(home, clock=lambda: FRIDAY + HOUR) as store:
            store.add([*helped("c-1", FRIDAY), event("x", FRIDAY + 30 * DAY, who="c-2")])
        with EventStore(home, clock=lambda: FRIDAY + 60 * DAY) as store:
            store.seal()
            store.add([event("y", FRIDAY + DAY, who="c-3")])
        board = board_of(home)

    assert (FRIDAY + DAY, 2) == ((board.as_of or 0) * 1000, board.still_open)


def test_a_clock_a_little_ahead_is_believed(tmp_path: Path) -> None:
    """Every source's clock is a little wrong; one that is always seconds ahead must not stop the home's time."""
    assert (FRIDAY + 2_000, 1) == seen(tmp_path, FRIDAY - 5 * 10**9, helped("c-1", FRIDAY))


def test_where_every_clock_is_ahead_what_has_happened_since_is_the_present(tmp_path: Path) -> None:
    """Our own clock may have been wrong when all of it came."""
    assert (FRIDAY + 2_000, 1) == seen(tmp_path, START, helped("c-1", FRIDAY))


def test_a_home_from_before_believes_no_time_to_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its segments do not say when their events came: what lies ahead of now still ends no window."""
    with monkeypatch.context() as before:
        before.setattr(store_module, "COLUMNS", {name: kind for name, kind in COLUMNS.items() if name != "ahead"})
        with open_home(tmp_path) as home, EventStore(home) as store:
            store.add([*helped("c-1", FRIDAY), event("x", FRIDAY + 60_000 * DAY, who="c-2")])
            store.seal()

    assert (FRIDAY + 2_000, 1) == seen(tmp_path, FRIDAY + HOUR)


def test_every_figure_is_as_of_the_same_moment(tmp_path: Path) -> None:
    """The second board of a home, its targets and who is silent are asked as of then as well."""
    visits = [event(f"v-{number}", START + 2 * number * DAY, "customer.active", who="c-9") for number in range(5)]
    with open_home(tmp_path) as home:
        with EventStore(home, clock=lambda: FRIDAY + HOUR) as store:
            store.add([*visits, *helped("c-1", FRIDAY), event("x", FRIDAY + 90 * DAY, who="c-2")])
        boards = boards_of(home, [Asked(), Asked(window_days=14), Asked(grouped_by="channel")])
        quiet = silent(home)

    assert {(FRIDAY + 2_000) // 1000} == {each.as_of for each in boards}
    assert () == quiet.silences


@settings(max_examples=tries(25), deadline=None)
@given(st.lists(st.tuples(st.none() | st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12), st.integers(41, 60))
def test_the_present_is_the_last_moment_that_was_past_when_we_heard_of_it(came: list[tuple[int | None, int]], now: int) -> None:
    """The law: whatever else is handed in, and in whatever pieces."""
    import tempfile

    moment = [0]
    with tempfile.TemporaryDirectory() as folder, open_home(folder) as home, EventStore(home, clock=lambda: moment[0]) as store:
        for number, (at, at_clock) in enumerate(came):
            moment[0] = START + at_clock * DAY
            store.add([event(f"e-{number}", None if at is None else START + at * DAY)])
            if number % 3 == 2:
                store.seal()
        moment[0] = START + now * DAY
        with tables(home, store) as duck:
            (told,) = duck.execute("SELECT until FROM known").fetchone() or (None,)

    times = [at for at, _ in came if at is not None]
    past = [at for at, at_clock in came if at is not None and at <= at_clock]
    expected = max(past or times, default=None)
    assert (None if expected is None else (START + expected * DAY) // 1000) == told
