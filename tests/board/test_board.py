"""What is kept beside a home says the same as what is worked out anew, or is not read."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.board.lived import NOW, lived_home, take

from ourword.errors import HomeError
from ourword.figures.board import board, is_owed, kept_board, last_monday, next_monday, tallies
from ourword.figures.settling import Row, promises
from ourword.figures.watched import watched, watching
from ourword.ledger.settle import DUE
from ourword.outcomes import chance
from ourword.outcomes.chance import SEED, came_back, rounds_for
from ourword.outcomes.chance import rows as rows_by_chance
from ourword.outcomes.contacts import Asked
from ourword.outcomes.metrics import report
from ourword.outcomes.recount import recount
from ourword.outcomes.targets import with_targets
from ourword.stores.home import Home, open_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived_home(tmp_path_factory.mktemp("board") / "home")


def test_a_board_says_what_report_recount_and_promises_say(home: Path) -> None:
    found = board(home)
    with watched(home) as connection:
        rows, recounted = tuple(report(connection)), tuple(recount(connection))
        lots = rows_by_chance(came_back(connection, seed=SEED, rounds=rounds_for(found.contacts)))
    with open_home(home, create=False, write=False) as opened:
        promised = promises(opened)

    assert ((*with_targets(rows, found.judged), *lots), recounted) == (found.rows, found.recounted)
    assert Counter(each.standing for each in promised) == sum((Counter(each.standings) for each in found.promises), Counter())
    assert [each for each in promised if is_owed(each)]
    assert len(found.owed) == sum(each.owed for each in found.promises)


@pytest.mark.parametrize("at_once", [1, 1_000, 10**9])
def test_shuffles_at_once_give_what_each_alone_gives(home: Path, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small home's forty shuffles are one query, a large one's forty: the lots of a turn are its own."""
    with watched(home) as connection:
        usual = came_back(connection, seed=SEED, rounds=12)
        monkeypatch.setattr(chance, "ROWS_AT_ONCE", at_once)

        assert usual == came_back(connection, seed=SEED, rounds=12)
        assert usual != came_back(connection, seed=SEED + 1, rounds=12)


def test_the_kept_board_is_the_one_that_was_worked_out(home: Path) -> None:
    """Reading figures back changes no digit of them."""
    first = board(home)

    assert first == kept_board(home) == board(home)


def test_what_is_asked_otherwise_is_another_board(home: Path) -> None:
    board(home)
    longer = board(home, Asked(window_days=14))

    assert 14 == longer.made.asked.window_days
    assert 7 == board(home).made.asked.window_days


def test_a_board_is_worked_out_again_when_something_has_come(tmp_path: Path) -> None:
    """A page that shows yesterday's figures as today's would be a lie."""
    path = lived_home(tmp_path / "home", contacts=50)
    before = board(path)
    late = {"specversion": "1.0", "id": "late-1", "source": "shop", "type": "message.in", "time": NOW.isoformat(), "subject": "customer:c-late"}
    take(path, [{**late, "data": {"contact": "k-late", "actor": "customer"}}])
    after = board(path)

    assert before.made.arrival < after.made.arrival
    assert before.contacts + 1 == after.contacts


def test_asking_for_ever_other_moments_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question has figures of its own, and a page can be asked anything."""
    monkeypatch.setattr("ourword.figures.board.BOARDS_MAX", 3)
    path = lived_home(tmp_path / "home", contacts=20)
    for days in range(1, 7):
        board(path, Asked(window_days=days))

    assert 3 == len(list((path / "sums").glob("????????????????.json")))
    assert kept_board(path, Asked(window_days=6)) is not None


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b'{"made": {"format": 999}}'])
def test_a_damaged_kept_board_is_worked_out_again(tmp_path: Path, damage: bytes) -> None:
    path = lived_home(tmp_path / "home", contacts=50)
    before = board(path)
    for file in (path / "sums").iterdir():
        file.write_bytes(damage)

    assert before == board(path)


def test_a_home_that_cannot_be_written_still_shows_its_board(tmp_path: Path) -> None:
    path = lived_home(tmp_path / "home", contacts=50)
    shutil.rmtree(path / "sums")
    (path / "sums").write_text("in the way")

    assert 0 < board(path).contacts


def test_a_home_without_events_says_so(tmp_path: Path) -> None:
    with open_home(tmp_path / "home"):
        pass
    with pytest.raises(HomeError) as found:
        board(tmp_path / "home")

    assert "home.no-events" == found.value.code


def test_promises_since_monday_are_among_all(home: Path) -> None:
    for each in board(home).promises:
        lately = Counter(each.since_monday)

        assert lately <= Counter(each.standings)
        assert set(lately) <= {str(standing) for standing in DUE}


def test_a_promise_kept_before_its_time_is_counted_when_it_falls_due() -> None:
    """Those due on the same day and open still are not counted yet: to count the early ones alone makes every week look better than it was."""
    day = 86_400_000_000
    row = Row(decision="d-1", subject=1, promise="call", kind="help", due=9 * day, standing="kept", settled=2 * day, owner="mara")
    (before,), (after,) = (tallies([row], since=day, until=at) for at in (9 * day, 9 * day + 1))

    assert ({}, {"kept": 1}) == (before.since_monday, after.since_monday)
    assert {"kept": 1} == before.standings


@given(st.integers(0, 7_000_000_000_000_000), st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]))
def test_a_week_begins_on_monday_at_midnight_where_the_company_is(at: int, zone: str) -> None:
    """Whose Monday it is changes what "since last Monday" counts; a week with a change of clocks is a week too."""
    now = datetime.fromtimestamp(at // 10**6, UTC).astimezone(ZoneInfo(zone))
    before, after = (datetime.fromtimestamp(each // 10**6, UTC).astimezone(ZoneInfo(zone)) for each in (last_monday(at, zone), next_monday(at, zone)))

    assert (0, 0, 0) == (before.weekday(), before.hour, before.minute)
    assert (0, 0, 0) == (after.weekday(), after.hour, after.minute)
    assert 1 <= (now.date() - before.date()).days <= 7
    assert 1 <= (after.date() - now.date()).days <= 7


def test_the_last_monday_lies_one_to_seven_days_back() -> None:
    day = 86_400_000_000
    for at in range(1_795_000_000_000_000, 1_795_000_000_000_000 + 20 * day, day // 5):
        monday = last_monday(at)

        assert 4 * day == monday % (7 * day)  # 1 January 1970 was a Thursday
        assert 0 < at - at % day - monday + 1 <= 7 * day + 1


def test_what_comes_while_figures_are_worked_out_makes_them_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures that were kept as newer than what they counted stayed wrong until something else came."""
    path = lived_home(tmp_path / "home", contacts=30)
    event = {"specversion": "1.0", "id": "meanwhile", "source": "shop", "type": "message.in", "time": NOW.isoformat(), "subject": "customer:c-m"}

    @contextmanager
    def slowly(home: Home, asked: Asked) -> Iterator[object]:
        with watching(home, asked) as laid:
            take(path, [{**event, "data": {"contact": "k-meanwhile", "actor": "customer"}}])
            yield laid

    with monkeypatch.context() as patched:
        patched.setattr("ourword.figures.board.watching", slowly)
        first = board(path)

    assert first.contacts + 1 == board(path).contacts


def test_a_kept_board_with_one_bit_turned_over_is_none(tmp_path: Path) -> None:
    """A digit that the disk changed is still JSON: nobody may be shown a figure that nobody worked out."""
    path = lived_home(tmp_path / "home", contacts=50)
    board(path)
    (file,) = (path / "sums").glob("????????????????.json")
    sound = file.read_bytes()
    assert kept_board(path) is not None
    for offset in range(0, len(sound), max(7, len(sound) // 200)):
        file.write_bytes(sound[:offset] + bytes([sound[offset] ^ 1]) + sound[offset + 1 :])

        assert kept_board(path) is None
