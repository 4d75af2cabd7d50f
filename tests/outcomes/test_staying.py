"""Who stays, who leaves, who leaves without a word; held against published numbers and a second telling in plain Python."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outcomes.tables import DAY, closes, replies, says, story, tables
from tests.tries import tries

from ourword.outcomes.contacts import Asked, watch
from ourword.outcomes.metrics import Group, metric, report, rows_behind
from ourword.outcomes.staying import STAYING, known_on, still_there, survival

FREIREICH = {6: (3, 1), 7: (1, 0), 9: (0, 1), 10: (1, 1), 11: (0, 1), 13: (1, 0), 16: (1, 0), 17: (0, 1), 19: (0, 1), 20: (0, 1), 22: (1, 0),
             23: (1, 0), 25: (0, 1), 32: (0, 2), 34: (0, 1), 35: (0, 1)}  # fmt: skip
"""Weeks in remission under 6-MP (Freireich and others, Blood 21, 1963): relapses and ends of following, by week."""

PARTS = ("numerator", "denominator")
METRICS = ("stayed_customer", "left_silently", "survival")


def value(connection: Any, metric: str, **group: str) -> Any:
    return next(row for row in report(connection) if row.metric == metric and Group(row.kind, row.version, row.segment) == Group(**group))


# ---- the curve -------------------------------------------------------------------------------------------------------


def test_the_curve_is_the_one_in_the_textbooks():
    """Freireich's 21 patients; the log-log intervals are those that Stata and R print for them."""
    steps = [(step.day, round(step.value, 4), round(step.low, 4), round(step.high, 4)) for step in survival((d, *n) for d, n in FREIREICH.items())]

    assert steps == [
        (6, 0.8571, 0.6197, 0.9516), (7, 0.8067, 0.5631, 0.9228), (10, 0.7529, 0.5032, 0.8894), (13, 0.6902, 0.4316, 0.8491),
        (16, 0.6275, 0.3675, 0.8049), (22, 0.5378, 0.2678, 0.7468), (23, 0.4482, 0.1881, 0.6801),
    ]  # fmt: skip


people = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25)


def by_day(followed: list[tuple[int, bool]]) -> list[tuple[int, int, int]]:
    days = sorted({day for day, _ in followed})
    return [(day, sum(d == day and left for d, left in followed), sum(d == day and not left for d, left in followed)) for day in days]


@given(people, st.integers(0, 14))
def test_the_curve_is_the_product_of_those_who_stayed_each_day(followed, at_day):
    """Person by person, in fractions."""
    expected = Fraction(1)
    for day in range(at_day + 1):
        risk = sum(until >= day for until, _ in followed)
        left = sum(until == day and gone for until, gone in followed)
        expected *= 1 - Fraction(left, risk) if risk else 1
    found = still_there(by_day(followed), at_day=at_day)

    if any(until >= at_day for until, gone in followed if not gone or until > at_day) or expected == 0:
        assert found.value == pytest.approx(float(expected))
        assert 0 <= found.low <= found.value <= found.high <= 1
    else:
        assert found.value is None


@given(people, st.integers(0, 12))
def test_without_ends_of_following_the_curve_is_the_plain_share(followed, at_day):
    """Nothing is estimated where everything is known."""
    everybody = [(day, True) for day, _ in followed]

    assert still_there(by_day(everybody), at_day=at_day).value == pytest.approx(sum(day > at_day for day, _ in followed) / len(followed))


# ---- the customers ---------------------------------------------------------------------------------------------------


def lives(*, each_days: int, until: int, subject: int = 1, first: int = 1) -> list[dict[str, Any]]:
    """Somebody who is active every so many days, until they are not."""
    return [
        {"event": first + i, "subject": subject, "contact": None, "source": "shop", "type": "customer.active", "at": day * DAY}
        for i, day in enumerate(range(0, until, each_days))
    ]


def meets(day: int, *, subject: int = 1, by: str = "automation", first: int = 1000) -> list[dict[str, Any]]:
    return story(
        says(day * DAY, kind="price"), replies(day * DAY + 1, actor=by), closes(day * DAY + 2), subject=subject, contact=subject, first=first
    )


def in_order(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_time = sorted(events, key=lambda each: (each["at"], each["event"]))
    return [{**each, "event": number} for number, each in enumerate(by_time, 1)]


def over(events: list[dict[str, Any]], *, as_of: int, **asked: Any) -> Any:
    connection = tables(in_order(events))
    watch(connection, Asked(as_of=as_of * DAY, **asked))
    return connection


def test_a_customer_who_falls_silent_left_without_a_word():
    """Weekly for a hundred days, then a decision, then nothing."""
    connection = over([*lives(each_days=7, until=101), *meets(101)], as_of=190)

    assert (1, 1.0) == (value(connection, "left_silently").n, value(connection, "left_silently").value)
    assert value(connection, "stayed_customer").value == 0


def test_silence_that_is_usual_for_them_is_no_leave():
    """Who comes every forty days is not gone after fifty; whether they are is not known yet, and no good sign either."""
    connection = over([*lives(each_days=40, until=201), *meets(201)], as_of=261)

    assert (0, None, 1.0) == (
        value(connection, "left_silently").n,
        value(connection, "left_silently").value,
        value(connection, "stayed_customer").immature,
    )


def test_who_comes_back_was_not_gone():
    """A silence that ended is none."""
    back = {"event": 9000, "subject": 1, "contact": None, "source": "shop", "type": "customer.active", "at": 180 * DAY}
    connection = over([*lives(each_days=7, until=101), *meets(101), back], as_of=190)

    assert value(connection, "left_silently").value == 0
    assert value(connection, "stayed_customer").value == 1


@pytest.mark.parametrize("last_word", ["customer.left", "complaint.made"])
def test_who_said_something_did_not_leave_silently(last_word):
    """A farewell or a complaint is a word; they are gone all the same."""
    said = {"event": 9000, "subject": 1, "contact": None, "source": "shop", "type": last_word, "at": 104 * DAY}
    connection = over([*lives(each_days=7, until=101), *meets(101), said], as_of=190)

    assert value(connection, "left_silently").value == 0
    assert value(connection, "stayed_customer").value == 0


def test_leaving_a_chat_is_not_leaving_the_company():
    """`customer.left` with a contact ends that contact, and says nothing of staying."""
    left = {"event": 9000, "subject": 1, "contact": 1, "source": "chat", "type": "customer.left", "at": 101 * DAY + 5}
    connection = over([*lives(each_days=7, until=300), *meets(101), left], as_of=300)

    assert value(connection, "stayed_customer").value == 1


def test_where_nobody_ever_says_that_they_leave_staying_is_no_data():
    """Contacts alone do not tell who is still a customer: 100 % would be a guess."""
    connection = over(meets(10), as_of=300)

    assert [(0, None)] * 3 == [(value(connection, name).n, value(connection, name).value) for name in METRICS]


def test_of_a_customer_without_a_measure_nobody_knows_where_others_have_one():
    """In a shop that sees its customers come and go, one who was seen once has not stayed because nobody heard a farewell."""
    gone = {"event": 9000, "subject": 2, "contact": None, "source": "shop", "type": "customer.left", "at": 300 * DAY}
    connection = over([*lives(each_days=7, until=400), *meets(101), *meets(101, subject=2, first=2000), gone], as_of=400)

    assert [1] == rows_behind(connection, "stayed_customer", part="denominator")


def test_where_contacts_are_all_that_is_seen_silence_says_nothing():
    """Who has no more questions may be content."""
    weekly = [each for week in range(10) for each in meets(7 * week, first=100 * week + 1)]
    connection = over([{**each, "contact": 1 + each["at"] // (7 * DAY)} for each in weekly], as_of=400)

    assert [(0, None)] * 3 == [(value(connection, name).n, value(connection, name).value) for name in METRICS]


def test_the_fate_of_a_young_group_is_known_on_a_day():
    """Not the leavers first and the stayers later."""
    gone = {"event": 9000, "subject": 2, "contact": None, "source": "shop", "type": "customer.left", "at": 101 * DAY}
    connection = over([*meets(100), *meets(100, subject=2, first=2000), gone], as_of=120)
    stayed, curve = value(connection, "stayed_customer"), value(connection, "survival")

    assert (0, None, 1.0) == (stayed.n, stayed.value, stayed.immature)
    assert (2, None) == (curve.n, curve.value)
    assert known_on(connection) == 130 * DAY


def test_a_longer_window_is_asked_for_like_any_other():
    """A target over 180 days is judged over 180 days."""
    gone = {"event": 9000, "subject": 1, "contact": None, "source": "shop", "type": "customer.left", "at": 150 * DAY}
    events = [*meets(100), gone]

    assert value(over(events, as_of=400), "stayed_customer").value == 1
    assert value(over(events, as_of=400, window_days=180), "stayed_customer").value == 0


def test_the_excess_is_what_automation_loses_beyond_people():
    """Three of four against one of four."""
    events = []
    for subject in range(1, 9):
        stays = subject in (1, 5, 6, 7)
        events += lives(each_days=7, until=300 if stays else 101, subject=subject, first=subject * 10_000)
        events += meets(101, subject=subject, by="automation" if subject < 5 else "person", first=subject * 10_000 + 5_000)
    connection = over(events, as_of=300)
    found = value(connection, "left_silently_excess", kind="price")

    assert (found.n, found.value) == (8, 0.5)
    assert found.low < 0 < found.value < found.high
    assert rows_behind(connection, "left_silently_excess") == [2, 3, 4, 8]


def test_a_report_of_some_customers_is_of_those_customers():
    """Targets are judged of those in the holdout and of those who are not."""
    events = [
        *lives(each_days=7, until=400),
        *meets(101),
        *lives(each_days=7, until=101, subject=2, first=20_000),
        *meets(101, subject=2, first=2000),
    ]
    connection = over(events, as_of=400)
    both = value(connection, "stayed_customer").value
    connection.execute("CREATE TEMP TABLE few AS SELECT * FROM members WHERE contact <> 1")
    connection.execute("DROP VIEW members")
    connection.execute("CREATE TEMP TABLE members AS SELECT * FROM few")

    assert (both, value(connection, "stayed_customer").value) == (0.5, 0.0)


# ---- told a second time ----------------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    events = []
    seen = draw(st.sampled_from(["customer.active", "customer.active", "parcel.sent"]))  # not every company sees what its customers do
    for subject in (1, 2):
        for _ in range(draw(st.integers(0, 14))):
            type_ = draw(st.sampled_from([seen] * 8 + ["customer.left", "complaint.made"]))
            at = draw(st.integers(0, 300)) * DAY + draw(st.integers(0, 3)) * DAY // 4
            events.append({"event": len(events), "subject": subject, "contact": None, "source": "shop", "type": type_, "at": at})
        events += meets(draw(st.integers(0, 300)), subject=subject, first=1000 * subject)
    return in_order(events)


def told_again(events: list[dict[str, Any]], subject: int, *, as_of: int, days: int) -> str:
    """`unknown`, `waits`, `stayed`, `left`, or `silent`, from the words of the definition."""
    own = [each for each in events if each["subject"] == subject and each["at"] <= as_of]
    started = next((each["at"] for each in own if each["contact"] is not None), None)
    if started is None:
        return "unknown"
    doings = [each["at"] for each in own if each["type"] in ("customer.active", "message.in", "customer.left")]
    visits: list[list[int]] = []
    for at in doings:
        if visits and at - visits[-1][-1] <= DAY:
            visits[-1].append(at)
        else:
            visits.append([at])
    before = [visit[0] for visit in visits if visit[-1] < started]
    active = any(each["type"] == "customer.active" and each["at"] <= as_of for each in events)
    wait = max(3 * ((before[-1] - before[0]) // (len(before) - 1)), 30 * DAY) if active and len(before) >= 4 else 0
    left = [each["at"] for each in own if each["type"] == "customer.left" and each["at"] >= started]
    if active and not wait:
        return "unknown"
    if not wait and not any(each["type"] == "customer.left" and each["at"] <= as_of for each in events):
        return "unknown"
    if as_of - wait <= started + days * DAY:
        return "waits"
    if left:
        return "left" if min(left) <= min(started + days * DAY, as_of - wait) else "stayed"
    if wait and doings[-1] <= as_of - wait and max(doings[-1], started) - started <= days * DAY:
        wronged = any(each["type"] == "complaint.made" and each["at"] >= started for each in own)
        return "left" if wronged else "silent"
    return "stayed"


@settings(max_examples=tries(60))
@given(histories(), st.integers(0, 450), st.sampled_from([7, 60]))
def test_two_tellings_of_staying_agree(events, as_of, window):
    """SQL over tables, and a walk through a list."""
    connection = tables(events)
    watch(connection, Asked(as_of=as_of * DAY, window_days=window))
    fates = {subject: told_again(events, subject, as_of=as_of * DAY, days=max(window, 30)) for subject in (1, 2)}
    known = [subject for subject, fate in fates.items() if fate in ("stayed", "left", "silent")]

    assert rows_behind(connection, "stayed_customer", part="denominator") == known
    assert rows_behind(connection, "stayed_customer") == [subject for subject in known if fates[subject] == "stayed"]
    assert rows_behind(connection, "left_silently") == [subject for subject in known if fates[subject] == "silent"]


@settings(max_examples=tries(25))
@given(histories(), st.integers(0, 450))
def test_every_number_of_staying_opens_its_customers(events, as_of):
    """The curve opens those who left by then, the excess those who left on both sides."""
    connection = tables(events)
    watch(connection, Asked(as_of=as_of * DAY, grouped_by="handled_by"))
    for row in report(connection, metrics=STAYING):
        counted, among = (rows_behind(connection, row.metric, Group(row.kind, row.version, row.segment), part=part) for part in PARTS)
        assert row.n == len(among) == len(set(among))
        assert set(counted) <= set(among)
        if metric(row.metric).estimator == "share":
            assert row.value == (len(counted) / len(among) if among else None)
        elif row.metric == "survival" and row.value is not None:
            assert (row.value < 1) == bool(counted)
