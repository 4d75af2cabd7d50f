"""A signature dated by a clock that was ahead: it is named, it stays in the log, and it holds nothing back once all have said so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adopting.test_fold import DAY, fold, signed
from tests.adopting.test_home import NAME, NOW, SECOND, decide, entries, files, put, refused

from ourword.adoption.adopting import adopted, outside
from ourword.adoption.dated import APART_MAX
from ourword.adoption.signing import versions
from ourword.errors import LineError
from ourword.ledger.adoption import in_force
from ourword.stores.home import Home, open_home

LATER = NOW + 70 * 365 * DAY


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


# ---- laws --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(10, 19), st.integers(0, 5))
def test_what_all_say_was_ahead_moves_nothing(days: list[int], late: int, place: int) -> None:
    """The same signatures with and without the one of the wrong clock: once the last version names it, the last is in force from the same moment."""
    honest = [signed("care", f"d-{number}", "mara", day * DAY) for number, day in enumerate(sorted(days))]
    where = min(place, len(honest) - 1)
    wrong = signed("care", "d-wrong", "mara", late * DAY)
    last = msgspec.structs.replace(honest[-1], ahead=(where + 1,))
    with_it = [*honest[:where], wrong, *honest[where:-1], last]

    assert fold(honest)[-1].begins == fold(with_it)[-1].begins
    assert ["d-wrong"] != [each.digest for each in fold(with_it) if each.in_force(late * DAY)]


def test_one_of_two_who_says_so_has_not_said_it_for_both() -> None:
    both = ("mara", "omar")
    half = msgspec.structs.replace(signed("care", "d-2", "mara", DAY, needs=both), ahead=(1,))
    known = fold([signed("care", "d-1", "mara", 9 * DAY), half, signed("care", "d-2", "omar", 2 * DAY, needs=both)])

    assert [("d-1", "adopted"), ("d-2", "waits"), ("d-2", "waits")] == [(each.digest, each.standing) for each in known]


# ---- examples ----------------------------------------------------------------------------------------------------------


def test_a_clock_that_was_ahead_is_named_before_anybody_signs_for_its_day(home: Home) -> None:
    """Every version after it was to be in force in the year 2096, and nothing said why."""
    put(home, files(), "mara", now=LATER)
    with pytest.raises(LineError) as caught:
        put(home, files(*SECOND), "mara")

    assert caught.value.code == "adopt.clock"
    assert "entry 1, by which mara signed larkspur-care 3.2.0, is dated 2096-11-05" in str(caught.value)
    assert "--ahead 1" in str(caught.value)
    assert 1 == len(entries(home))
    assert versions(home, NOW).gaps()[0].startswith("Entry 1, by which mara signed larkspur-care 3.2.0, is dated 2096-11-05")


def test_who_says_that_it_was_ahead_signs_for_today_and_the_entry_stays(home: Home) -> None:
    put(home, files(), "mara", now=LATER)
    half = put(home, files(*SECOND), "mara", ahead=[1])
    whole = put(home, files(*SECOND), "omar", now=NOW + DAY)
    third = put(home, files(("version: 3.2.0", "version: 3.2.9"), SECOND[1]), "mara", now=NOW + 2 * DAY)

    assert ("waits", (1,)) == (half.standing, half.ahead)
    assert ("adopted", NOW + DAY, None) == (whole.standing, whole.begins, adopted(home)[0].begins)
    assert [(), (1,), (1,), ()] == [each.ahead or () for each in entries(home)]
    assert third.begins == NOW + 2 * DAY


def test_the_same_version_can_be_signed_again_for_today(home: Home) -> None:
    put(home, files(), "mara", now=LATER)
    again = put(home, files(), "mara", ahead=[1])

    assert ("adopted", NOW) == (again.standing, again.begins)
    assert again.digest == (held.digest if (held := in_force(adopted(home), NAME, NOW)) else None)


def test_clocks_that_differ_a_little_ask_nobody(home: Home) -> None:
    put(home, files(), "mara", now=NOW + APART_MAX)

    assert NOW + APART_MAX == put(home, files(*SECOND), "mara").signed[0].at
    assert not [each for each in versions(home, NOW).gaps() if "is dated" in each]


def test_nobody_says_of_a_day_that_came_that_its_clock_was_ahead(tmp_path: Path) -> None:
    """Else who sets a clock back could take the version in force out of the past: a decision taken on that day shows that it came."""
    path = tmp_path / "home"
    with open_home(path) as home:
        put(home, files(), "mara")
    decide(path, "shows", files(), at=NOW + DAY)
    with open_home(path) as home:
        assert "adopt.ahead" == refused(home, files(*SECOND), ahead=[1], now=NOW - 9 * DAY)
        assert "adopt.clock" == refused(home, files(*SECOND), now=NOW - 9 * DAY)
        assert "adopt.ahead" == refused(home, files(*SECOND), ahead=[1], now=NOW + DAY)
        assert "adopt.ahead" == refused(home, files(*SECOND), ahead=[7], now=NOW + DAY)
        assert [] == outside(home)


def test_reading_again_waits_for_the_clock_too(home: Home) -> None:
    """Else the next review would be due in the year 2096."""
    put(home, files(), "mara")
    put(home, files(), "omar", again=True, now=LATER)

    assert "adopt.clock" == refused(home, files(), "omar", again=True, now=NOW + DAY)
    read = put(home, files(), "omar", again=True, ahead=[2], now=NOW + DAY)
    assert NOW + DAY == read.reviewed[-1].at
    assert timedelta(days=92) == timedelta(microseconds=((read.review_due("quarterly") or 0) - NOW - DAY) / 1000)
