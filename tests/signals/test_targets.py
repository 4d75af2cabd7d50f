"""A target is met or missed only when the whole interval says so; whatever is not known never counts as met."""

from __future__ import annotations

import random
from math import sqrt
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes.tables import DAY, closes, opens, replies, says, story, tables
from tests.signals.care import draft

from ourword.outcomes.contacts import Asked, contacts, watch
from ourword.outcomes.intervals import Share, wilson
from ourword.outcomes.metrics import Row
from ourword.outcomes.staying import difference
from ourword.outcomes.targets import HOLDOUT, LESS_IS_BETTER, Judged, Said, judge, judge_all, said, sought_by, with_targets

shares = st.floats(0, 1)
intervals = st.tuples(shares, shares, shares).map(sorted)
RANK = {"missed": 0, "not proved yet": 1, "met": 2}


def row(value: float | None, low: float | None, high: float | None, *, n: int = 100, metric: str = "confirmed") -> Row:
    return Row(kind="refund", version="*", segment="*", metric=metric, n=n, value=value, low=low, high=high, immature=0.0, unmatched=0.0)


def judged(ends: tuple[Row, Row] | None, held: tuple[Row, Row] | None = None, **target: Any) -> Judged:
    """One target of the refund, judged."""
    (sought,) = sought_by(draft({"metric": "came_back", "within": "7 days", **target}))
    return judge(sought, ends, held)


# ---- laws ------------------------------------------------------------------------------------------------------------------


@given(intervals, shares, shares)
def test_a_stricter_target_is_never_easier_to_meet(interval: list[float], one: float, other: float) -> None:
    low, _, high = interval
    lax, strict = sorted([one, other])

    assert RANK[said(low, high, "at_least", strict)] <= RANK[said(low, high, "at_least", lax)]
    assert RANK[said(low, high, "at_most", lax)] <= RANK[said(low, high, "at_most", strict)]
    assert RANK[said(low, high, HOLDOUT, lax)] <= RANK[said(low, high, HOLDOUT, strict)]


@given(intervals, st.integers(0, 64).map(lambda number: number / 64))
def test_saying_it_the_other_way_round_gives_the_same_verdict(interval: list[float], limit: float) -> None:
    """ "At least 85 % stay" and "at most 15 % do not" are one target (in 64ths, whose complements are exact)."""
    low, _, high = (round(each * 64) / 64 for each in interval)

    assert said(low, high, "at_least", limit) == said(1 - high, 1 - low, "at_most", 1 - limit)


@given(intervals, intervals, shares)
def test_more_doubt_never_proves_more(one: list[float], other: list[float], limit: float) -> None:
    """A wider interval keeps its verdict, or proves nothing any more."""
    narrow, wide = (one[0], one[2]), (min(one[0], other[0]), max(one[2], other[2]))

    for bound in ("at_least", "at_most"):
        assert said(*wide, bound, limit) in ("not proved yet", said(*narrow, bound, limit))


@pytest.mark.parametrize("bound", ["at_least", "at_most", HOLDOUT])
@pytest.mark.parametrize("ends", [None, (row(None, None, None, n=0), row(None, None, None, n=0))])
def test_no_data_is_never_met(bound: str, ends: tuple[Row, Row] | None) -> None:
    """Where nothing is counted nothing is proved, however low the target lies; and the reason says so."""
    for limit in (0.0, 0.5, 1.0):
        found = judged(ends, ends, metric="confirmed", **{bound: limit})

        assert ("not proved yet", None) == (found.verdict, found.value)
        assert "no data" in found.because


# ---- examples -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confirmed", "stayed", "bound", "verdict"),
    [
        ((0.86, 0.88, 0.90), (0.95, 0.96, 0.97), {"at_least": 0.85}, "met"),
        ((0.30, 0.32, 0.34), (0.88, 0.90, 0.92), {"at_least": 0.85}, "not proved yet"),
        ((0.30, 0.32, 0.34), (0.80, 0.82, 0.84), {"at_least": 0.85}, "missed"),
        ((0.30, 0.32, 0.34), (0.80, 0.82, 0.84), {"at_most": 0.85}, "met"),
        ((0.86, 0.88, 0.90), (0.95, 0.96, 0.97), {"at_most": 0.85}, "missed"),
    ],
)
def test_stayed_resolved_is_met_by_what_was_confirmed_and_missed_only_if_quiet_would_not_help(
    confirmed: tuple[float, float, float], stayed: tuple[float, float, float], bound: dict[str, float], verdict: Said
) -> None:
    """The quiet ones may all be content, or none of them: nobody's silence meets a target, or misses it."""
    ends = (row(confirmed[1], confirmed[0], confirmed[2]), row(stayed[1], stayed[0], stayed[2], metric="stayed_resolved"))
    found = judged(ends, metric="stayed_resolved", **bound)

    assert (verdict, confirmed[0], stayed[2]) == (found.verdict, found.low, found.high)


def test_a_metric_that_nothing_computes_is_not_proved_and_says_so() -> None:
    found = judged((row(1.0, 0.9, 1.0),) * 2, metric="effort_of_the_future", at_least=0.0)

    assert ("not proved yet", "nothing computes `effort_of_the_future` within 7 days") == (found.verdict, found.because)


@pytest.mark.parametrize("metric", sorted(LESS_IS_BETTER & {"came_back", "gave_up", "promise_broken", "denied_a_person", "stuck"}))
def test_not_below_the_holdout_makes_no_sense_where_less_is_better(metric: str) -> None:
    """More who give up than among the people-served would pass as "not below": so nothing is proved by it."""
    found = judged((row(0.9, 0.8, 1.0),) * 2, (row(0.1, 0.0, 0.2),) * 2, metric=metric, **{HOLDOUT: 0.01})

    assert ("not proved yet", f"less `{metric}` is better: say `at_most`") == (found.verdict, found.because)


def test_without_a_holdout_nothing_is_proved_against_it() -> None:
    found = judged((row(0.9, 0.8, 1.0),) * 2, None, metric="confirmed", **{HOLDOUT: 0.5})

    assert ("not proved yet", True) == (found.verdict, "holdout" in found.because)


@pytest.mark.parametrize(
    ("served", "held", "verdict"),
    [
        ((0.90, 0.91, 0.92), (0.60, 0.62, 0.64), "met"),
        ((0.60, 0.62, 0.64), (0.60, 0.62, 0.64), "not proved yet"),
        ((0.3, 0.31, 0.32), (0.6, 0.62, 0.64), "missed"),
    ],
)
def test_the_holdout_is_compared_by_the_interval_of_the_difference(served: tuple[float, ...], held: tuple[float, ...], verdict: Said) -> None:
    """As good as people, within a point; shares that look alike prove nothing yet."""
    low, value, high = served
    other_low, other, other_high = held
    found = judged((row(value, low, high),) * 2, (row(other, other_low, other_high),) * 2, metric="confirmed", **{HOLDOUT: 0.01})
    apart = value - other - sqrt((value - low) ** 2 + (other_high - other) ** 2)

    assert (verdict, pytest.approx(apart)) == (found.verdict, found.low)


@pytest.mark.parametrize(
    ("one", "of", "other", "among", "low", "high"),
    [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (5, 56, 0, 29, -0.0381, 0.1926), (10, 10, 0, 10, 0.6075, 1.0)],
)
def test_the_difference_is_newcombes_tenth_method(one: int, of: int, other: int, among: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), 873-890, table II: (a), (b), (d) and (h) by method 10."""
    found = difference(Share(of, one / of, *wilson(one / of, of)), Share(among, other / among, *wilson(other / among, among)))

    assert (low, high) == pytest.approx((found.low, found.high), abs=5e-5)


# ---- over contacts -----------------------------------------------------------------------------------------------------------


def company(chance: random.Random, *, count: int = 240) -> list[dict[str, Any]]:
    """Refund contacts of sixty customers over ninety days; some are confirmed, some come back about the same order."""
    events: list[dict[str, Any]] = []
    for contact in range(1, count + 1):
        at, subject = chance.randrange(90) * DAY + contact, 1 + contact % 60
        talk = [opens(at, kind="refund", about=contact), says(at + 1), replies(at + 2), closes(at + 3, reason=chance.choice([None, "confirmed"]))]
        events += story(*talk, subject=subject, contact=contact)
        if chance.random() < 0.3:
            again = at + chance.randrange(1, 12) * DAY
            events += story(opens(again, kind="refund", about=contact), closes(again + 1), subject=subject, contact=1000 + contact)
    ordered = sorted(events, key=lambda event: (event["at"], event["contact"]))
    return [{**event, "event": number} for number, event in enumerate(ordered, 1)]


def naive(connection: Any, days: int, numerator: set[str], among: set[int] | None = None) -> tuple[int, int]:
    """How many contacts became one of these, of those whose window is over, counted by hand."""
    watch(connection, Asked(window_days=days))
    closed = [each for each in contacts(connection) if each.outcome not in ("still_open", "unknown") and (among is None or each.subject in among)]
    return sum(each.outcome in numerator for each in closed), len(closed)


def test_each_target_is_judged_over_its_own_time() -> None:
    """A report over seven days asks nothing of a target over fourteen."""
    connection = tables(company(random.Random(3)))
    watch(connection)
    found = judge_all(connection, [draft(*({"metric": "came_back", "within": f"{days} days", "at_most": 0.1} for days in (3, 7, 14)))])
    counted = {days: naive(connection, days, {"came_back"}) for days in (3, 7, 14)}

    assert [(counted[days][1], counted[days][0] / counted[days][1]) for days in (3, 7, 14)] == [(each.n, each.value) for each in found]
    assert len({each.value for each in found}) == 3


def test_what_was_watched_before_stays_as_it_was() -> None:
    """The report's own figures are not those of the last target."""
    connection = tables(company(random.Random(4)))
    watch(connection, Asked(window_days=3))
    before = connection.execute("SELECT * FROM became ORDER BY contact").fetchall(), connection.execute("SELECT COUNT(*) FROM members").fetchone()
    judge_all(connection, [draft({"metric": "confirmed", "within": "14 days", HOLDOUT: 0.1})], holdouts={("care", "refund"): [1, 2]})

    assert before == (
        connection.execute("SELECT * FROM became ORDER BY contact").fetchall(),
        connection.execute("SELECT COUNT(*) FROM members").fetchone(),
    )


def test_the_holdouts_customers_are_held_against_all_others() -> None:
    connection = tables(company(random.Random(5)))
    held = set(range(1, 13))
    (found,) = judge_all(connection, [draft({"metric": "confirmed", "within": "7 days", HOLDOUT: 0.05})], holdouts={("care", "refund"): held})
    yes, n = naive(connection, 7, {"confirmed"}, set(range(61)) - held)
    theirs, among = naive(connection, 7, {"confirmed"}, held)

    assert (n, pytest.approx(yes / n - theirs / among)) == (found.n, found.value)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


def test_staying_is_held_against_the_holdouts_own_customers() -> None:
    """Each customer stands on one side: together they are all whose thirty days are known, and neither side is the other's."""
    events = company(random.Random(5), count=600)
    farewells = [
        {"event": len(events) + i, "at": 89 * DAY, "subject": i, "contact": None, "type": "customer.left", "source": "shop"} for i in range(1, 61)
    ]
    connection, held = tables([*events, *farewells]), set(range(1, 25))
    counted = {}
    for name, among in (("rest", held), ("held", set(range(61)) - held)):
        target = {"metric": "stayed_customer", "within": "30 days", HOLDOUT: 0.05}
        (found,) = judge_all(connection, [draft(target)], holdouts={("care", "refund"): among})
        counted[name] = found.n
    (whole,) = judge_all(connection, [draft({"metric": "stayed_customer", "within": "30 days", "at_least": 0.5})])

    assert whole.n == counted["rest"] + counted["held"]
    assert 0 < counted["held"] < counted["rest"] < whole.n


@pytest.mark.parametrize(
    ("bound", "reason"),
    [
        ("at_least", "no data: of nobody is it known yet, 180 days on"),
        (HOLDOUT, "no data of customers whom people served (the holdout): of nobody is it known yet, 180 days on"),
    ],
)
def test_staying_that_cannot_be_known_yet_is_not_called_untold(bound: str, reason: str) -> None:
    """The shop is 90 days old, and leaving is told: who reads the reason must wait, not mend a source or look for a missing holdout."""
    events = company(random.Random(5), count=600)
    farewell = {"event": len(events) + 1, "at": 89 * DAY, "subject": 1, "contact": None, "type": "customer.left", "source": "shop"}
    target = {"metric": "stayed_customer", "within": "180 days", bound: 0.01}
    (found,) = judge_all(tables([*events, farewell]), [draft(target)], holdouts={("care", "refund"): set(range(1, 25))})

    assert ("not proved yet", reason, None) == (found.verdict, found.because, found.value)
    assert found.immature


def test_a_holdout_of_nobody_is_called_so() -> None:
    target = {"metric": "confirmed", "within": "7 days", HOLDOUT: 0.05}
    (found,) = judge_all(tables(company(random.Random(5))), [draft(target)])

    assert "no data of customers whom people served (the holdout)" == found.because


@pytest.mark.parametrize(
    ("immature", "reason"),
    [(1.0, "no data: no window is over yet"), (0.4, "no data: no event tells of it yet"), (0.0, "no data: no event tells of it yet")],
)
def test_what_no_event_tells_is_told_apart_from_what_is_too_young(immature: float, reason: str) -> None:
    untold = msgspec.structs.replace(row(None, None, None, n=0), immature=immature)

    assert reason == judged((untold, untold), metric="complaints", at_most=0.01).because


def test_staying_is_not_judged_over_a_week() -> None:
    found = judged((row(1.0, 0.9, 1.0),) * 2, metric="stayed_customer", within="7 days", at_least=0.0)

    assert ("not proved yet", "staying is watched for at least 30 days") == (found.verdict, found.because)


@pytest.mark.parametrize(
    ("within", "metric", "days"),
    [
        ("15 minutes", "reached_a_person_15m", 0),
        ("60 minutes", "reached_a_person_1h", 0),
        ("1 hour", "reached_a_person_1h", 0),
        ("24 hours", "reached_a_person_1d", 0),
        ("1 day", "reached_a_person_1d", 0),
        ("7 days", "reached_a_person", 7),
    ],
)
def test_reaching_a_person_is_counted_over_the_time_meant_however_it_is_written(within: str, metric: str, days: int) -> None:
    """And a report says so in the row that was counted: who was reached within a week is another number."""
    (sought,) = sought_by(draft({"metric": "reached_a_person", "within": within, "at_least": 0.9}))
    found = judge(sought, (row(0.5, 0.4, 0.6),) * 2)
    rows = [row(0.5, 0.4, 0.6, metric=each) for each in ("reached_a_person", "reached_a_person_15m", "reached_a_person_1h", "reached_a_person_1d")]

    assert sought.most is not None
    assert (metric, days) == (sought.most.id, sought.days)
    assert [(metric, "missed")] == [(each.metric, each.target) for each in with_targets(rows, [found]) if each.target]


def test_a_time_that_is_no_number_of_days_is_not_judged() -> None:
    found = judged((row(1.0, 0.9, 1.0),) * 2, metric="confirmed", within="90 minutes", at_least=0.0)

    assert ("not proved yet", "nothing computes `confirmed` within 90 minutes") == (found.verdict, found.because)


# ---- in a report -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(get_args(Said)), max_size=3))
def test_a_row_with_several_targets_is_met_only_if_all_are(verdicts: list[Said]) -> None:
    known = judged((row(0.1, 0.0, 0.2),) * 2, at_most=0.5)
    rows = with_targets([row(0.1, 0.0, 0.2, metric="came_back")], [msgspec.structs.replace(known, verdict=each) for each in verdicts])
    expected = None if not verdicts else "missed" if "missed" in verdicts else "met" if set(verdicts) == {"met"} else "not proved yet"

    assert [expected] == [each.target for each in rows]


def test_only_the_row_of_all_versions_and_segments_has_the_target() -> None:
    known = judged((row(0.1, 0.0, 0.2),) * 2, at_most=0.5)
    plain = row(0.1, 0.0, 0.2, metric="came_back")
    others = [msgspec.structs.replace(plain, version="3"), msgspec.structs.replace(plain, segment="a=b"), msgspec.structs.replace(plain, kind="*")]

    assert ["met", None, None, None] == [each.target for each in with_targets([plain, *others], [known])]
