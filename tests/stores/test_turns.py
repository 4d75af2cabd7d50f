"""Group commit: who waits is served, in order, once, whatever happens to the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from ourword.errors import HomeError
from ourword.stores.turns import Turns


def test_those_who_come_while_one_commits_share_the_next_commit() -> None:
    """Sixteen customers wait for two syncs, not for sixteen."""
    batches: list[list[int]] = []
    first_is_in, go_on = threading.Event(), threading.Event()

    def commit(items: Sequence[int]) -> Sequence[int]:
        batches.append(list(items))
        first_is_in.set()
        go_on.wait(5)
        return [item * 10 for item in items]

    turns = Turns(commit)
    results: dict[int, Sequence[int]] = {}
    threads = [threading.Thread(target=lambda number=number: results.__setitem__(number, turns.take([number]))) for number in range(16)]
    threads[0].start()
    first_is_in.wait(5)
    for thread in threads[1:]:
        thread.start()
    while len(turns._waiting) < 15:
        time.sleep(0.001)
    go_on.set()
    for thread in threads:
        thread.join(5)

    assert [len(batch) for batch in batches] == [1, 15]
    assert results == {number: [number * 10] for number in range(16)}


def test_a_batch_is_bounded() -> None:
    """The last in the queue waits for a bounded commit; one caller's items stay together."""
    sizes: list[int] = []
    turns: Turns[int, int] = Turns(lambda items: sizes.append(len(items)) or list(items), batch_max=4)
    threads = [threading.Thread(target=turns.take, args=(list(range(3)),)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert sum(sizes) == 30
    assert set(sizes) == {3}


def test_a_failed_commit_fails_those_in_it_and_nobody_else() -> None:
    """After the disk has room again, the next customer is served."""
    full = [True, False]

    def commit(items: Sequence[int]) -> Sequence[int]:
        if full.pop(0):
            raise HomeError("home.full", "full", place="here", hint="free some space")
        return items

    turns = Turns(commit)
    with pytest.raises(HomeError):
        turns.take([1])

    assert turns.take([2]) == [2]


def test_an_interrupted_commit_leaves_nobody_waiting() -> None:
    """Ctrl-C in one thread ends that thread's call only; the others get an error they can act on, and the queue goes on."""
    inside, go_on = threading.Event(), threading.Event()
    interrupt = [True]

    def commit(items: Sequence[int]) -> Sequence[int]:
        if interrupt.pop() if interrupt else False:
            inside.set()
            go_on.wait(5)
            raise KeyboardInterrupt
        return items

    turns = Turns(commit)
    outcomes: dict[int, object] = {}

    def take(number: int) -> None:
        try:
            outcomes[number] = turns.take([number])
        except BaseException as error:
            outcomes[number] = type(error)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(3)]
    threads[0].start()
    inside.wait(5)
    for thread in threads[1:]:
        thread.start()
    while len(turns._waiting) < 2:
        time.sleep(0.001)
    go_on.set()
    for thread in threads:
        thread.join(5)

    assert outcomes == {0: KeyboardInterrupt, 1: [1], 2: [2]}


def test_after_close_nothing_is_taken() -> None:
    """What came before is finished, what comes after is refused."""
    turns: Turns[int, int] = Turns(lambda items: items)
    turns.close()
    with pytest.raises(HomeError) as caught:
        turns.take([1])

    assert caught.value.code == "home.closed"


def test_those_who_were_served_together_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of them who comes again would commit alone, and all others would wait for it."""
    monkeypatch.setattr("ourword.stores.turns._PATIENCE", 1e9)
    monkeypatch.setattr("ourword.stores.turns._PATIENCE_SECONDS", 60)
    sizes: list[int] = []
    go_on = threading.Event()
    turns: Turns[int, int] = Turns(lambda items: sizes.append(len(items)) or (go_on.wait(5) and items))

    def start(*numbers: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=turns.take, args=([number],)) for number in numbers]
        for thread in threads:
            thread.start()
        return threads

    first = start(1)
    while not sizes:
        time.sleep(0.001)
    first += start(2, 3)
    while len(turns._waiting) < 2:
        time.sleep(0.001)
    go_on.set()
    for thread in first:
        thread.join(5)
    again = start(4)
    while not turns._leading:
        time.sleep(0.001)
    again[0].join(0.05)
    assert sizes == [1, 2]
    again += start(5)
    for thread in again:
        thread.join(5)

    assert sizes == [1, 2, 2]


def test_nobody_waits_for_others_after_serving_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One writer commits at once, every time."""
    monkeypatch.setattr("ourword.stores.turns._PATIENCE", 1e9)
    monkeypatch.setattr("ourword.stores.turns._PATIENCE_SECONDS", 60)
    turns: Turns[int, int] = Turns(lambda items: items)
    thread = threading.Thread(target=lambda: [turns.take([number]) for number in range(5)])
    thread.start()
    thread.join(5)

    assert not thread.is_alive()
    assert turns.commits == 5


def test_many_items_of_one_caller_wait_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """They share the cost of a commit among themselves."""
    monkeypatch.setattr("ourword.stores.turns._PATIENCE_SECONDS", 60)
    turns: Turns[int, int] = Turns(lambda items: items)
    turns._expected, turns._lasted = 16, 1000.0
    thread = threading.Thread(target=turns.take, args=(list(range(64)),))
    thread.start()
    thread.join(5)

    assert not thread.is_alive()
