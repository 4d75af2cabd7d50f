"""Who has gone silent, by their own measure: recomputed, ended by coming back, unknown without a history."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes.tables import DAY, tables

from ourword.errors import UsageError
from ourword.outcomes.silence import Silence, SilenceRule, silences, silent_customers, watch_silence

WEEKLY = [7 * DAY * week for week in range(6)]
drawn = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 400 * 4).map(lambda quarter: quarter * DAY // 4), st.booleans()), max_size=40)
rules = st.builds(SilenceRule, times_usual=st.integers(1, 4), days_min=st.integers(1, 60), visits_min=st.integers(2, 5))


def events(doings: list[tuple[int, int, bool]], left: str = "customer.left") -> list[dict[str, Any]]:
    """One event each, numbered by time; True is a leave."""
    ordered = sorted(set(doings), key=lambda each: (each[1], each[2]))
    return [
        {"event": number, "subject": subject, "at": at, "type": left if gone else "message.in"}
        for number, (subject, at, gone) in enumerate(ordered, 1)
    ]


def of(*times: int, as_of: int, **more: Any) -> list[Silence]:
    return silences([(1, at) for at in times], as_of=as_of, rule=SilenceRule(**more))


def by_hand(times: list[int], left: set[int], rule: SilenceRule, as_of: int) -> list[tuple[int, int | None]]:
    """(since, back) by walking the days of one customer, one after the other, as a person with a calendar would."""
    visits: list[list[int]] = []
    for at in sorted(at for at in {*times, *left} if at <= as_of):
        if visits and at - visits[-1][-1] <= DAY:
            visits[-1].append(at)
        else:
            visits.append([at])
    found = []
    for number, visit in enumerate(visits):
        if number + 1 < rule.visits_min or visit[-1] in left:
            continue
        starts = [each[0] for each in visits[: number + 1]]
        usual = sum(later - earlier for earlier, later in pairwise(starts)) // number
        nothing_until = visits[number + 1][0] if number + 1 < len(visits) else as_of + 1
        wanted = max(rule.times_usual * usual, rule.days_min * DAY)
        if nothing_until - visit[-1] > wanted:
            found.append((visit[-1], visits[number + 1][0] if number + 1 < len(visits) else None))
    return found


@given(drawn, rules, st.integers(0, 500).map(lambda day: day * DAY))
def test_walking_a_calendar_finds_the_same_silences(doings, rule, as_of):
    """The pure function against a naive one."""
    found = silences(
        [(who, at) for who, at, gone in doings if not gone], left=[(who, at) for who, at, gone in doings if gone], rule=rule, as_of=as_of
    )
    for who in (1, 2, 3):
        times = [at for each, at, gone in doings if each == who and not gone]
        left = {at for each, at, gone in doings if each == who and gone}

        assert by_hand(times, left, rule, as_of) == [(each.since, each.back_at) for each in found if each.subject == who]


@given(drawn, rules, st.integers(0, 500).map(lambda day: day * DAY))
def test_the_queries_find_the_same_silences(doings, rule, as_of):
    """In the tables and in Python it is one rule."""
    with tables(events(doings)) as duck:
        watch_silence(duck, rule=rule, as_of=as_of)
        found = silent_customers(duck)

    assert found == silences(
        [(who, at) for who, at, gone in doings if not gone], left=[(who, at) for who, at, gone in doings if gone], rule=rule, as_of=as_of
    )


@given(drawn, rules, st.integers(0, 400).map(lambda day: day * DAY), st.integers(0, 100).map(lambda day: day * DAY))
def test_a_silence_that_is_known_stays_known(doings, rule, as_of, later):
    """Time adds silences and ends them, and takes none back: what was said at a moment was true of that moment."""
    did = [(who, at) for who, at, _ in doings]
    before, after = silences(did, rule=rule, as_of=as_of), silences(did, rule=rule, as_of=as_of + later)

    assert {(each.subject, each.since, each.known_at) for each in before} <= {(each.subject, each.since, each.known_at) for each in after}


def test_each_customer_has_their_own_measure():
    """Sixty days are long for one who comes weekly, and nothing for one who comes every second month."""
    monthly = [60 * DAY * number for number in range(6)]

    assert [35 * DAY] == [each.since for each in of(*WEEKLY, as_of=95 * DAY)]
    assert [] == of(*monthly, as_of=monthly[-1] + 60 * DAY)


def test_a_customer_who_comes_back_ends_the_silence():
    """It is told with its end, and nobody is called silent any more."""
    (ended,) = of(*WEEKLY, 80 * DAY, as_of=90 * DAY)

    assert (35 * DAY, 65 * DAY, 80 * DAY) == (ended.since, ended.known_at, ended.back_at)


def test_too_short_a_history_is_unknown_and_not_silent():
    """Who came three times has no usual gap."""
    assert [] == of(0, 7 * DAY, 14 * DAY, as_of=400 * DAY)


def test_who_left_for_good_is_not_silent():
    """They said so; a leave is counted as a leave."""
    assert [] == silences([(1, at) for at in WEEKLY], left=[(1, 36 * DAY)], as_of=400 * DAY)


def test_many_messages_of_one_day_are_one_visit():
    """Seconds between messages are not how often a customer comes."""
    busy = [week + second * 1_000_000 for week in WEEKLY for second in range(50)]
    (one,) = of(*busy, as_of=400 * DAY)

    assert 7 * DAY == one.usual


def test_what_we_do_is_no_doing_of_theirs():
    """A reminder sent to a silent customer must not make them active; a payment counts once the rule names it."""
    sent = [{"event": 100 + day, "subject": 1, "at": day * DAY, "type": "message.out", "actor": "automation"} for day in range(40, 90, 5)]
    paid = [{"event": 200 + day, "subject": 1, "at": day * DAY, "type": "payment.received"} for day in range(40, 90, 5)]
    visits = [{"event": number, "subject": 1, "at": at, "type": "customer.active"} for number, at in enumerate(WEEKLY, 1)]
    with tables([*visits, *sorted([*sent, *paid], key=lambda each: each["at"])]) as duck:
        watch_silence(duck, as_of=88 * DAY)
        silent = len(silent_customers(duck))
        watch_silence(duck, rule=SilenceRule(also=("payment.received",)), as_of=88 * DAY)

        assert (1, 0) == (silent, len(silent_customers(duck)))


def test_a_rule_that_means_nothing_is_refused():
    """One visit has no gap."""
    with pytest.raises(UsageError) as caught:
        silences([], rule=SilenceRule(visits_min=1), as_of=0)

    assert caught.value.hint
