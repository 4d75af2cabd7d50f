"""Then and now: what is compared is equally old and counted once, and a change is called one only where chance is no explanation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.board.grown import grow, until
from tests.board.lived import NOW

from ourword.figures.board import board
from ourword.figures.compared import FIGURES, KEPT, Change, changes, contact_shares, moved, promise_shares, spans
from ourword.figures.settling import Row
from ourword.figures.watched import watched
from ourword.ledger.settle import DUE
from ourword.outcomes.contacts import CLOSED_OUTCOMES, DAY, Asked
from ourword.outcomes.intervals import NO_DATA, Share, Sums, share
from ourword.outcomes.metrics import rows_behind
from ourword.outcomes.staying import difference
from ourword.outcomes.targets import Judged

AT = int(NOW.timestamp()) * 10**6


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compared") / "home"
    grow(path, until(NOW), settled=NOW)
    return path


def counted(of: int, among: int) -> Share:
    """A share of customers who come once."""
    return share(Sums(of, among, among, of, of, among))


# ---- what is compared ------------------------------------------------------------------------------------------------


@given(st.integers(1, 10**7), st.integers(1, 400), st.integers(1, 30))
def test_the_two_spans_are_alike(since: int, days: int, window: int) -> None:
    """As long, and seen from as far: else the younger one looks better for no other reason than its youth."""
    found = spans(since * DAY, (since + days) * DAY, window_days=window)

    assert found.now_to - found.now_from == found.now_from - found.then_from == days * DAY
    assert found.now_at - found.now_from == found.then_at - found.then_from
    assert found.now_at - found.now_to == found.then_at - found.now_from == window * DAY


def test_no_contact_is_in_both_and_each_is_as_old(home: Path) -> None:
    found = spans(AT - 28 * DAY, AT)
    with watched(home, Asked(as_of=found.now_at, since=found.now_from)) as connection:
        now = set(rows_behind(connection, "confirmed", part="denominator"))
        ages = connection.execute("SELECT MIN(as_of - end_at) FROM became WHERE outcome <> 'still_open'").fetchone()
    with watched(home, Asked(as_of=found.then_at, since=found.then_from)) as connection:
        then = set(rows_behind(connection, "confirmed", part="denominator"))

    assert now
    assert then
    assert not now & then
    assert ages is not None
    assert ages[0] > 7 * DAY


def test_shares_are_those_of_the_report(home: Path) -> None:
    """One definition, two readers."""
    since = AT - 60 * DAY
    told = board(home, Asked(as_of=AT, since=since))
    with watched(home, Asked(as_of=AT)) as connection:
        shares = contact_shares(connection, as_of=AT, since=since)

    assert set(CLOSED_OUTCOMES) <= set(FIGURES)
    assert {(kind, metric) for kind, metric in shares} == {(kind, metric) for kind in ("*", *told.kinds) for metric in FIGURES}
    for (kind, metric), found in shares.items():
        row = told.row(metric, kind)
        assert row is not None
        assert (row.n, row.value, row.low, row.high) == (found.n, found.value, found.low, found.high)


ROWS = st.builds(
    Row,
    decision=st.integers(1, 10**6).map(lambda number: f"d-{number}"),
    subject=st.integers(1, 5),
    promise=st.just("call"),
    kind=st.sampled_from(["refund", "help"]),
    due=st.integers(0, 100),
    standing=st.sampled_from(["kept", "late", "broken", "unknown", "open", "released"]),
)


@given(st.lists(ROWS, max_size=40), st.integers(0, 100), st.integers(0, 100))
def test_promises_kept_are_counted_among_those_that_fell_due(rows: list[Row], one: int, other: int) -> None:
    """One that is unknown was due too, and is not kept; one that is open or let off is in no share."""
    since, ends = sorted((one, other))
    shares = promise_shares(rows, since=since, until=ends)
    for kind in ("*", "refund", "help"):
        due = [row for row in rows if row.standing in DUE and since <= row.due < ends and kind in ("*", row.kind)]
        found = shares.get((kind, KEPT), NO_DATA)
        assert len(due) == found.n
        assert (sum(row.standing == "kept" for row in due) / len(due) if due else None) == found.value


# ---- what is called a change -----------------------------------------------------------------------------------------

SHARES = st.integers(0, 60).flatmap(lambda among: st.integers(0, among).map(lambda of: counted(of, among)))


@given(SHARES, SHARES, st.sampled_from([*FIGURES, KEPT]))
def test_a_change_is_one_only_where_the_interval_excludes_zero(then: Share, now: Share, metric: str) -> None:
    found = Change(kind="*", metric=metric, then=then, now=now, difference=difference(now, then))
    low, high = found.difference.low, found.difference.high

    assert bool(found.verdict) == found.told == (low is not None and high is not None and not low <= 0 <= high)
    assert found.compared == (then.n > 0 and now.n > 0)
    if found.told and found.verdict in ("better", "worse"):
        rose = (now.value or 0) > (then.value or 0)
        assert (found.verdict == "better") == (rose == (metric not in ("came_back", "gave_up", "promise_broken")))


def test_where_nothing_changed_few_changes_are_told() -> None:
    """By chance alone one figure in twenty may look changed; were it one in five, nobody could believe a Monday."""
    chance, told = random.Random(1), 0
    for _ in range(1_000):
        pair = []
        for _side in range(2):
            y, n = zip(*((sum(chance.random() < p for _ in range(visits)), visits) for p, visits in _customers(chance)), strict=True)
            sums = Sums(sum(y), sum(n), len(y), sum(a * a for a in y), sum(a * b for a, b in zip(y, n, strict=True)), sum(b * b for b in n))
            pair.append(share(sums))
        told += Change(kind="*", metric="came_back", then=pair[0], now=pair[1], difference=difference(pair[1], pair[0])).told

    assert 20 <= told <= 75


def _customers(chance: random.Random) -> Iterator[tuple[float, int]]:
    """A hundred customers, some of whom come often, each with a way of their own."""
    for _ in range(100):
        yield chance.choice([0.05, 0.2, 0.5]), chance.choice([1, 1, 1, 2, 5])


def test_a_real_change_is_told() -> None:
    (found,) = changes({("*", "came_back"): counted(20, 200)}, {("*", "came_back"): counted(60, 200)})

    assert ("worse", True) == (found.verdict, found.told)


def test_a_figure_that_is_there_on_one_side_is_not_compared() -> None:
    """No data before is no rise from nothing."""
    (found,) = changes({}, {("refund", "came_back"): counted(5, 10)})

    assert (False, False, "") == (found.compared, found.told, found.verdict)


def test_a_target_that_stands_otherwise_has_moved() -> None:
    of = {"contract": "care", "kind": "refund", "owner": "mara", "metric": "came_back", "bound": "at_most", "limit": 0.1, "within_days": 14}
    met, missed = (Judged(within="14 days", verdict=verdict, **of) for verdict in ("met", "missed"))
    other = Judged(within="30 days", verdict="missed", **of)

    assert [("met", "missed")] == [(each.then.verdict, each.now.verdict) for each in moved([met], [missed])]
    assert () == moved([met], [met, other])
    assert () == moved([], [missed])
