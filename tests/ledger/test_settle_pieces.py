"""Settling in pieces: however often, in whatever order and by whomever, it says what one settling of everything says."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.blocks import ROOT
from tests.ledger.test_settle import _EVENTS, SECOND, _owed
from tests.ledger.test_settle import END as END_SECOND
from tests.tries import tries

from ourword import Ourword
from ourword.core.event import Event, event_from_json
from ourword.core.time import datetime_from_instant, instant_from_text
from ourword.figures.settling import Row, events_of, promises, settle_home
from ourword.ledger.falling import falling
from ourword.ledger.settle import Key, Owed, Stand, hear, settle_heard, types_of
from ourword.stores.events import EventStore
from ourword.stores.heard import KeptEvents
from ourword.stores.home import open_home

LARKSPUR = ROOT / "examples" / "larkspur-refund"
EVENTS = [event_from_json(line) for line in (LARKSPUR / "events.jsonl").read_bytes().splitlines()]
LINES = (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()
HOUR = 3600 * 10**9
START = instant_from_text("2026-11-09T10:00:00Z") or 0
END = instant_from_text("2026-11-24T10:00:00Z") or 0


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of Larkspur's example, decided at its own time; the rest comes later."""
    folder = tmp_path_factory.mktemp("decided") / "home"
    record(folder, LINES[::2])
    return folder


def record(folder: Path, lines: list[bytes]) -> None:
    clock = datetime_from_instant(START)
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=folder, clock=lambda: clock) as word:
        list(word.decide_lines(lines, batch=100))


def more(chance: Random) -> list[Event]:
    """Events like Larkspur's at other moments: earlier, later, without a time, said of somebody else, repairs, merges, chatter."""
    made = []
    for number in range(chance.randrange(12)):
        like = chance.choice(EVENTS)
        instant = chance.choice([None, *[START + chance.randrange(15 * 24) * HOUR for _ in range(9)]])
        made.append(Event(id=f"more-{number}", source=like.source, type=like.type, instant=instant, subject=like.subject, data=like.data))
    for number in range(chance.randrange(4)):
        decision = f"larkspur-{chance.choice(['09-in-time', '12-opened', '02-limit'])}"
        at, data = START + chance.randrange(15 * 24) * HOUR, {"decision": decision, "amount": 1000}
        made.append(Event(id=f"credit-{number}", source="shop", type="credit.booked", instant=at, subject="customer:c-1", data=data))
    made.append(Event(id="same", source="shop", type="customer.merged", instant=START, subject="customer:c-101", data={"id": "c-102"}))
    made += [Event(id=f"word-{n}", source="psp", type="message.in", instant=START + n * 30 * HOUR, subject="customer:c-9") for n in range(5)]
    return made


def told(rows: list[Row] | tuple[Row, ...]) -> dict[tuple[str, str], tuple[str, int | None, int | None]]:
    return {(row.decision, row.promise): (row.standing, row.settled, row.repaired) for row in rows}


@settings(max_examples=tries(20), deadline=None)
@given(seed=st.integers(0, 2**32))
def test_settling_in_pieces_says_what_settling_everything_says(decided: Path, seed: int) -> None:
    """A customer's promise stands as it stands, whether we looked once or every hour, and however late the events came."""
    chance = Random(seed)
    events = [*EVENTS, *more(chance)]
    chance.shuffle(events)
    with tempfile.TemporaryDirectory() as there:
        pieces, whole = Path(there) / "pieces", Path(there) / "whole"
        for folder in (pieces, whole):
            shutil.copytree(decided, folder)
        now = _live(pieces, list(events), chance)
        record(whole, LINES[1::2])
        with open_home(pieces) as home:
            in_pieces = told(settle_home(home, events_of(home), now).rows)
            again = settle_home(home, events_of(home), now)
            written = told(promises(home))
        ordered = sorted(events, key=lambda each: (each.instant is None, each.instant or 0))
        with open_home(whole) as home:
            at_once = told(settle_home(home, ordered, now).rows)

    assert at_once == in_pieces == written
    assert ((), in_pieces) == (again.new, told(again.rows))


@settings(max_examples=tries(400))
@given(_owed(), _EVENTS, st.integers(0, END_SECOND), st.integers(0, 30), st.integers(0, 30))
def test_what_time_alone_does_is_what_settling_later_would_find(owed: list[Owed], events: list[Event], now: int, later: int, latest: int) -> None:
    """While nobody sends anything, the promises that wait say all that will change; where that is not so, they say that too."""
    heard = hear([each for each in events if (each.instant or 0) <= now * SECOND], types_of(owed), now * SECOND)
    stands = settle_heard(owed, heard, now * SECOND)
    waits = falling(owed, stands, heard)
    for moment in ((now + later) * SECOND, (now + later + latest) * SECOND):
        found = settle_heard(owed, heard, moment)
        if waits.untouched(moment):
            assert _plain(stands) == _plain(found)
        if waits.told_by_time(moment):
            changed, waits = waits.later(moment)
            stands |= changed
            assert _plain(stands) == _plain(found)


def _plain(stands: dict[Key, Stand]) -> dict[Key, tuple[str, int | None, int | None]]:
    return {key: (each.standing.value, each.settled, each.repaired) for key, each in stands.items()}


def _live(folder: Path, waiting: list[Event], chance: Random) -> int:
    """Let time pass, events come and promises be settled, in a mixed order; give the moment at the end."""
    now, second = START, LINES[1::2]
    kept: KeptEvents | None = None
    while waiting or second:
        step = chance.random()
        if step < 0.25 and second:
            record(folder, second)
            second = []
        with open_home(folder) as home:
            if step < 0.6 and waiting:
                with EventStore(home) as store:
                    store.add([waiting.pop() for _ in range(min(len(waiting), chance.randrange(1, 12)))])
                    if chance.random() < 0.3:
                        store.seal()
            now = min(END, now + chance.randrange(60) * HOUR)
            kept = KeptEvents(home) if kept is None or chance.random() < 0.5 else _moved(kept, home)
            settle_home(home, kept, now)
        if chance.random() < 0.15:
            shutil.rmtree(folder / "sums", ignore_errors=True)
    return END


def _moved(kept: KeptEvents, home: object) -> KeptEvents:
    """The same memory in the home that is open now, as a process that watches has it."""
    kept._home = home  # type: ignore[assignment]
    return kept


def test_what_was_kept_of_another_ledger_or_was_damaged_is_not_believed(decided: Path, tmp_path: Path) -> None:
    """A home that was restored from an older backup says what its own entries say."""
    older, home_folder = tmp_path / "older", tmp_path / "home"
    shutil.copytree(decided, older)
    shutil.copytree(decided, home_folder)
    with open_home(home_folder) as home:
        with EventStore(home) as store:
            store.add(EVENTS)
        settle_home(home, events_of(home), END)
    shutil.copytree(home_folder / "sums", older / "sums")
    file = home_folder / "sums" / "settled.msgpack"
    with open_home(older) as home:
        assert {"open"} == {row.standing for row in promises(home)}
    with open_home(home_folder) as home:
        before = told(promises(home))
        file.write_bytes(file.read_bytes().replace(b"broken", b"kept\x00\x00"))
        assert before == told(promises(home))
        assert "broken" in {standing for standing, _, _ in before.values()}


@pytest.mark.parametrize("after", [-1, 0, 1])
def test_an_event_of_this_very_microsecond_is_ahead_only_when_it_has_not_happened(decided: Path, tmp_path: Path, after: int) -> None:
    """Tables count microseconds, promises nanoseconds: a refund that comes a nanosecond later has not come."""
    paid = Event(
        id="e", source="psp", type="payment.refunded", instant=START + HOUR + after, data={"decision": "larkspur-01-our-fault", "amount": 12000}
    )
    shutil.copytree(decided, tmp_path / "home")
    with open_home(tmp_path / "home") as home:
        with EventStore(home) as store:
            store.add([paid])
        stood = [told(settle_home(home, events_of(home), START + HOUR + later).rows)["larkspur-01-our-fault", "money-back"][0] for later in (0, 2)]

    assert ["kept" if after <= 0 else "open", "kept"] == stood


def test_settling_again_opens_no_event(decided: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing new, nobody's words are decrypted again; when time has passed, neither."""
    shutil.copytree(decided, tmp_path / "home")
    with open_home(tmp_path / "home") as home:
        with EventStore(home) as store:
            store.add(EVENTS)
            store.add([Event(id="now", source="chat", type="message.in", instant=START + 24 * HOUR, subject="customer:c-1", data={"contact": "k"})])
        settle_home(home, events_of(home), START + 24 * HOUR)
        monkeypatch.setattr("ourword.stores.people.People.event", lambda *_: pytest.fail("an event was opened"))
        monkeypatch.setattr("ourword.stores.reader.personal_from_bytes", lambda *_: pytest.fail("a decision was opened"))
        nothing = settle_home(home, events_of(home), START + 24 * HOUR)

        assert ((), {"open"} < {row.standing for row in nothing.rows}) == (nothing.new, True)
