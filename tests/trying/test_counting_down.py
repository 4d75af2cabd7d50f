"""Facts that count down: what is compared through a sign or a sum, or through a fact worked out so, has its edges and its near misses too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gate.small import FACTS, answer_to, clause, gate_of

from ourword.cel.check import check
from ourword.cel.parse import parse
from ourword.cel.python import exact
from ourword.cel.types import DURATION, INT
from ourword.core.answer import Answer
from ourword.gate.code import Gate
from ourword.gate.thresholds import thresholds
from ourword.trying.whole import TriedKind, try_out

DAY = timedelta(days=1)
STAY: dict[str, Any] = {
    **FACTS,
    "since_arrival": {"type": "duration", "from": "booking.arrives_at", "signed": True},
    "until_arrival": {"type": "duration", "is": "-since_arrival", "signed": True, "say": "the time until you arrive"},
    "left": {"type": "int", "is": "10 - count"},
}


def gate(when: str, **more: Any) -> Gate:
    return gate_of([clause("late", when, "refuse"), clause("fine", "vip", "allow")], facts=STAY, otherwise="allow", **more)


def edges(of: Gate) -> list[Any]:
    (kind,) = [each for each in try_out(of, {}, seconds=600) if isinstance(each, TriedKind)]
    assert not kind.without
    return [(edge.fact, [point.value for point in edge.points]) for edge in kind.edges if edge.owner == "late"]


HOUR = 3600 * 10**9


@pytest.mark.parametrize("when", ["until_arrival < days(2)", "-since_arrival < days(2)", "days(2) > until_arrival"])
def test_a_time_that_counts_down_is_looked_at_below_at_and_above(when: str) -> None:
    """An hotel lets its guests cancel up to two days before they arrive: the one limit that matters had no case."""
    assert edges(gate(when)) == [("since_arrival", [-49 * HOUR, -48 * HOUR, -47 * HOUR])]


def test_a_rest_is_too() -> None:
    assert edges(gate("left < 3")) == [("count", [6, 7, 8])]
    assert ("amount", [1499, 1500, 1501]) in edges(gate("eur(20) - amount < eur(5)"))


def test_what_would_have_changed_the_answer_is_told_as_people_say_it() -> None:
    """Minus two days since you arrive: nobody says that."""
    verdict = answer_to(gate("until_arrival < days(2)"), {"since_arrival": -DAY, "vip": False})
    (near,) = verdict.as_dict()["near"]

    assert verdict.answer is Answer.REFUSE
    assert near["text"] == "It would have been approved if the time until you arrive were at least 2 days."
    assert [(each["fact"], each["to"], each["side"]) for each in near["changes"]] == [("since_arrival", "-172800s", "at most")]


def test_what_may_not_be_told_is_not_told_through_its_opposite() -> None:
    secret = {**STAY, "until_arrival": {**STAY["until_arrival"], "tell": "never"}}
    of = gate_of([clause("late", "until_arrival < days(2)", "refuse")], facts=secret, otherwise="allow")

    assert not answer_to(of, {"since_arrival": -DAY}).as_dict()["near"]


SIGNS = st.sampled_from(["+", "-"])
EXPRESSIONS = st.recursive(
    st.just("x"),
    lambda inner: st.one_of(
        inner.map(lambda text: f"-({text})"),
        st.tuples(inner, st.sampled_from(["+", "-"]), st.sampled_from(["3", "y", "(y - 1)"])).map(
            lambda parts: f"({parts[0]}) {parts[1]} {parts[2]}"
        ),
        st.tuples(st.sampled_from(["3", "y"]), st.sampled_from(["+", "-"]), inner).map(lambda parts: f"{parts[0]} {parts[1]} ({parts[2]})"),
    ),
    max_leaves=4,
)


@settings(deadline=None)
@given(EXPRESSIONS, st.integers(-50, 50), st.integers(-50, 50))
def test_what_is_undone_makes_both_sides_equal(text: str, y: int, limit: int) -> None:
    """The one value of `x` at which the comparison turns, found without trying."""
    checked = check(parse(f"{text} == {limit}"), {"x": INT, "y": INT})
    readings = thresholds([checked], frozenset("xy"))["x"]
    values = {"x": 0, "y": y}

    assert all(exact(checked)({**values, "x": reading(values)}) is True for reading in readings)
    assert readings


def test_a_length_is_undone_as_one() -> None:
    checked = check(parse("-x < duration('48h')"), {"x": DURATION})

    assert [reading({"x": 0}) for reading in thresholds([checked], frozenset("x"))["x"]] == [-48 * HOUR]
