"""The rows that decisions are found and counted by: one that was deleted or put in is named, without opening anybody's personal data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.meanwhile import written
from tests.tries import tries

from ourword.checks.store import refund
from ourword.ledger.store import Entry
from ourword.stores.home import open_home
from ourword.stores.pruned import DECIDES
from ourword.verifying.decisions import BESIDE, GONE, WITHOUT, Decisions
from ourword.verifying.flaws import Flaws
from ourword.verifying.log import verify_home

COPIED = "INSERT INTO decision (seq, id, subject, kind, at, answer) SELECT {to}, 'other-{to}', subject, kind, at, answer FROM decision WHERE seq = 1"


@pytest.fixture
def home(begun: Callable[[Path], Path], tmp_path: Path) -> Path:
    """Of 1,040 decisions, each with one promise: so odd entries are decisions, and rows are read in three goes."""
    with open_home(begun(tmp_path / "home")) as opened:
        opened.record_many([refund(f"d-{number}", customer=f"c-{number % 9}") for number in range(1040)])
    return tmp_path / "home"


@pytest.mark.parametrize("full", [False, True])
def test_what_was_deleted_and_what_was_put_in_is_named(home: Path, full: bool) -> None:
    written(home, *(f"DELETE FROM decision WHERE seq = {number}" for number in (1001, 2079)), COPIED.format(to=1002), COPIED.format(to=1004))
    written(home, COPIED.format(to=2080))
    with open_home(home, write=False) as opened:
        flaws = verify_home(opened, full=full).flaws

    assert [(1001, GONE), (1002, BESIDE), (1004, BESIDE), (2079, GONE), (2080, BESIDE)] == sorted((each.entry, each.what) for each in flaws)
    assert {"ledger.sqlite"} == {each.place for each in flaws}


def test_a_row_beyond_all_entries_is_told(home: Path) -> None:
    """There the next decision would want to stand."""
    written(home, COPIED.format(to=2081), COPIED.format(to=99_999))
    with open_home(home, write=False) as opened:
        assert [(2081, WITHOUT), (99_999, WITHOUT)] == [(each.entry, each.what) for each in verify_home(opened).flaws]


def test_rows_under_numbers_that_no_entry_can_have_are_told(home: Path) -> None:
    """The gate counts them all the same."""
    written(home, *(COPIED.format(to=number) for number in (0, -5, -(2**63), 2**62 + 1, 2**63 - 1)))
    with open_home(home, write=False) as opened:
        told = [(each.entry, each.what) for each in verify_home(opened).flaws]

    assert sorted(told) == [(number, WITHOUT) for number in (-(2**63), -5, 0, 2**62 + 1, 2**63 - 1)]


def test_a_bundle_that_cannot_be_read_accuses_no_row(home: Path) -> None:
    """And an entry of it that was changed in the ledger is still told, by its hash."""
    with open_home(home) as opened:
        opened.publish()
    bundle = home / "log" / "tile" / "entries" / "000"
    bundle.write_bytes(bytes([bundle.read_bytes()[0] ^ 1]) + bundle.read_bytes()[1:])
    written(home, "UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE seq = 3) WHERE seq = 101")
    with open_home(home, write=False) as opened:
        told = [(each.entry, each.place) for each in verify_home(opened).flaws]

    assert [(1, "tile/entries/000"), (101, "ledger.sqlite")] == told


def test_where_its_hashes_cannot_be_read_either_nothing_of_the_ledger_is_accused(home: Path) -> None:
    """Zeros stand for them, and nothing is like those."""
    with open_home(home) as opened:
        opened.publish()
    for each in ("entries/000", "0/000", "entries/002"):
        (home / "log" / "tile" / each).unlink()
    with open_home(home, write=False) as opened:
        assert "ledger.sqlite" not in {each.place for each in verify_home(opened, full=True).flaws}


class _Home:
    """What is asked of a home for it."""

    def __init__(self, rows: set[int], entries: dict[int, bool], last: int) -> None:
        self.rows, self.there, self.last = rows, entries, last

    @property
    def store(self) -> _Home:
        return self

    def last_seq(self) -> int:
        return self.last

    def counted_by(self, *, first: int, last: int) -> set[int]:
        return {number for number in self.rows if first <= number <= last}

    def entries(self, *, after: int, limit: int) -> list[Entry]:
        return [Entry(number, DECIDES * self.there[number]) for number in sorted(self.there) if number > after][:limit]


numbers = st.sets(st.integers(1, 40) | st.integers(1, 3200))
anywhere = st.sets(st.integers(-3, 40) | st.integers(1, 3200) | st.sampled_from([-(2**63), 2**62 + 1, 2**63 - 1]))


@settings(max_examples=tries(300))
@given(numbers, numbers, anywhere, numbers, st.integers(0, 3200), st.integers(0, 3200))
def test_however_entries_and_rows_lie(decisions: set[int], others: set[int], more: set[int], unread: set[int], last: int, later: int) -> None:
    """Whatever is missing or too much is told, once, and nothing else; entries that were let go of leave holes, others cannot be read in the log."""
    rows = decisions ^ more
    told: list[tuple[int, str]] = []
    flaws = Flaws()
    flaws.add = lambda place, what, *, entry=0: told.append((entry, what))  # type: ignore[method-assign]
    entries = {number: number in decisions for number in decisions | others if number <= last}
    walk = Decisions(_Home(rows, entries, last + later), flaws)  # type: ignore[arg-type]
    for number in sorted(set(entries) - unread):
        if entries[number]:
            walk.decision(number)
    walk.finish(last)

    here = {number for number in rows if not last < number <= last + later}
    ones = {number for number, is_one in entries.items() if is_one}
    expected = [(number, GONE) for number in ones - here - unread]
    expected += [(number, BESIDE) for number in here & (set(entries) - ones)]
    expected += [(number, WITHOUT) for number in here - set(entries)]
    assert sorted(told) == sorted(expected)
