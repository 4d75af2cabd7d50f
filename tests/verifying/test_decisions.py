"""The rows that decisions are found and counted by: one that was deleted or put in is named, without opening anybody's personal data."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stores.cluster import Cluster
from tests.tries import tries

from ourword.checks.store import refund
from ourword.stores.home import make_postgres_home, open_home
from ourword.verifying.decisions import BESIDE, GONE, WITHOUT, Decisions
from ourword.verifying.flaws import Flaws
from ourword.verifying.log import verify_home

COPIED = "INSERT INTO decision (seq, id, subject, kind, at, answer) SELECT {to}, 'other-{to}', subject, kind, at, answer FROM decision WHERE seq = 1"


@pytest.fixture(params=["files", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Of 1,040 decisions, each with one promise: so odd entries are decisions, and rows are read in three goes."""
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("cluster")
        make_postgres_home(tmp_path / "home", cluster.address, schema=f"home_{secrets.token_hex(6)}")
    with open_home(tmp_path / "home") as opened:
        opened.record_many([refund(f"d-{number}", customer=f"c-{number % 9}") for number in range(1040)])
    return tmp_path / "home"


def changed(home: Path, *statements: str) -> None:
    with open_home(home) as opened, opened.store.appending() as (writer, _):
        for each in statements:
            writer.execute(each)


@pytest.mark.parametrize("full", [False, True])
def test_what_was_deleted_and_what_was_put_in_is_named(home: Path, full: bool) -> None:
    changed(home, *(f"DELETE FROM decision WHERE seq = {number}" for number in (1001, 2079)), COPIED.format(to=1002), COPIED.format(to=1004))
    changed(home, COPIED.format(to=2080))
    with open_home(home, write=False) as opened:
        flaws = verify_home(opened, full=full).flaws

    assert [(1001, GONE), (1002, BESIDE), (1004, BESIDE), (2079, GONE), (2080, BESIDE)] == sorted((each.entry, each.what) for each in flaws)
    assert {"ledger.sqlite"} == {each.place for each in flaws}


def test_a_row_beyond_all_entries_is_told(home: Path) -> None:
    """There the next decision would want to stand."""
    changed(home, COPIED.format(to=2081), COPIED.format(to=99_999))
    with open_home(home, write=False) as opened:
        assert [(2081, WITHOUT), (99_999, WITHOUT)] == [(each.entry, each.what) for each in verify_home(opened).flaws]


class _Home:
    """What is asked of a home for it."""

    def __init__(self, rows: set[int], last: int) -> None:
        self.rows, self.last = rows, last

    @property
    def store(self) -> _Home:
        return self

    def last_seq(self) -> int:
        return self.last

    def counted_by(self, *, after: int, until: int) -> dict[int, tuple[str, str, int, str]]:
        return {number: ("", "", 0, "") for number in self.rows if after < number <= until}


numbers = st.sets(st.integers(1, 40) | st.integers(1, 3200))


@settings(max_examples=tries(300))
@given(numbers, numbers, numbers, st.integers(0, 3200), st.integers(0, 3200))
def test_however_entries_and_rows_lie(decisions: set[int], others: set[int], more: set[int], last: int, later: int) -> None:
    """Whatever is missing or too much is told, once, and nothing else; entries that were let go of leave holes."""
    rows = decisions ^ more
    told: list[tuple[int, str]] = []
    flaws = Flaws()
    flaws.add = lambda place, what, *, entry=0: told.append((entry, what))  # type: ignore[method-assign]
    walk = Decisions(_Home(rows, last + later), flaws)  # type: ignore[arg-type]
    entries = {number: number in decisions for number in decisions | others if number <= last}
    for number in sorted(entries):
        walk.entry(number, is_one=entries[number])
    walk.finish(last)

    here = {number for number in rows if not last < number <= last + later}
    ones = {number for number, is_one in entries.items() if is_one}
    expected = [(number, GONE) for number in ones - here]
    expected += [(number, BESIDE) for number in here & (set(entries) - ones)]
    expected += [(number, WITHOUT) for number in here - set(entries)]
    assert sorted(told) == sorted(expected)
