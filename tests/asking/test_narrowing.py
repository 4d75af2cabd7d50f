"""What is said of quiet customers by those who were called back: the interval holds, and the bounds need no belief."""

from __future__ import annotations

import random
from math import comb

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ourword.outcomes.intervals import wilson
from ourword.outcomes.lots import draw, frame_of
from ourword.outcomes.narrowing import Between, Called, Part, narrowed, solved_share

answers = st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=40)
weights = st.lists(st.tuples(st.integers(1, 4), st.sampled_from([True, False, None])), min_size=1, max_size=40)


def once(called: list[bool | None], customers: int) -> Part:
    """A part in which every customer has one contact."""
    return Part(contacts=customers, customers=customers, repeated=0, called=tuple(Called(1, each) for each in called))


def several(called: list[tuple[int, bool | None]], more: int) -> Part:
    """A part in which those drawn have several contacts each, and *more* customers who were not drawn have one."""
    repeated = sum(weight**2 for weight, _ in called if weight > 1)
    contacts = sum(weight for weight, _ in called) + more
    return Part(contacts=contacts, customers=len(called) + more, repeated=repeated, called=tuple(Called(*each) for each in called))


# ---- against what others say ----


def at_most(limit: int, *, drawn: int, marked: int, among: int) -> float:
    """The chance of at most *limit* marked ones in a draw without returning: the hypergeometric law, added up term by term."""
    return sum(comb(marked, k) * comb(among - marked, drawn - k) for k in range(limit + 1)) / comb(among, drawn)


def exact_limits(solved: int, *, drawn: int, among: int) -> tuple[float, float]:
    """The exact limits: every number of marked ones under which a draw this low, or this high, has a chance of 2.5 % at least."""
    held = [
        marked
        for marked in range(solved, among - drawn + solved + 1)
        if at_most(solved, drawn=drawn, marked=marked, among=among) >= 0.025
        and 1 - (at_most(solved - 1, drawn=drawn, marked=marked, among=among) if solved else 0) >= 0.025
    ]
    return held[0] / among, held[-1] / among


def test_the_oracle_and_we_say_what_is_published() -> None:
    """R's package `samplingbook` (Kauermann and Küchenhoff, *Stichproben*, 2010), 45 of 100 out of 300: exact 110 to 161, which are the first numbers
    ruled out on either side; by the normal law 0.37 to 0.53."""
    found = solved_share(once([True] * 45 + [False] * 55, 300))

    assert (110 + 1, 161 - 1) == tuple(round(each * 300) for each in exact_limits(45, drawn=100, among=300))
    assert (0.37, 0.53) == (round(found.low, 2), round(found.high, 2))


@pytest.mark.parametrize(
    ("solved", "drawn", "among"), [(45, 100, 300), (37, 100, 500), (8, 20, 60), (3, 10, 50), (55, 60, 4000), (0, 30, 90), (2, 100, 300)]
)
def test_the_interval_is_near_the_exact_one(solved: int, drawn: int, among: int) -> None:
    """The exact one is the wider by design (it never covers less than 95 %): ours lies within it but for half a customer in the sample."""
    found, (low, high) = solved_share(once([True] * solved + [False] * (drawn - solved), among)), exact_limits(solved, drawn=drawn, among=among)

    assert low - 0.5 / drawn <= found.low <= low + 1.5 / drawn
    assert high - 1.5 / drawn <= found.high <= high + 0.5 / drawn


@pytest.mark.parametrize(("drawn", "among"), [(20, 60), (40, 400), (60, 100)])
def test_it_covers_what_it_promises(drawn: int, among: int) -> None:
    """Over every number of solved contacts that there may be, by the law itself and not by lot: 95 of 100 on average, 88 at the worst place."""
    covered = []
    limits = [solved_share(once([True] * solved + [False] * (drawn - solved), among)) for solved in range(drawn + 1)]
    for marked in range(among + 1):
        chances = [comb(marked, k) * comb(among - marked, drawn - k) / comb(among, drawn) for k in range(drawn + 1)]
        covered.append(sum(chance for chance, each in zip(chances, limits, strict=True) if each.low <= marked / among + 1e-12 <= each.high + 2e-12))

    assert sum(covered) / len(covered) >= 0.945
    assert min(covered) >= 0.88


def test_out_of_very_many_it_is_wilsons() -> None:
    """Where nearly nobody was asked nothing is corrected."""
    found = solved_share(once([True] * 30 + [False] * 20, 10**9))

    assert (found.low, found.high) == pytest.approx(wilson(0.6, 50), abs=1e-6)


@pytest.mark.parametrize("size", [40, 120])
def test_customers_who_came_several_times_do_not_narrow_it_more_than_they_know(size: int) -> None:
    """160 customers with one to five contacts, their contacts alike or not, 300 draws each: the true share is covered as promised.

    An interval that forgets what else those customers had contacts about covers too seldom once most of them were asked.
    """
    for alike in (0.0, 0.5, 1.0):
        chance = random.Random(11)
        contacts = [(customer * 10 + k, customer) for customer in range(160) for k in range(chance.choice([1, 1, 2, 3, 5]))]
        mood = {customer: chance.random() < 0.55 for customer in range(160)}
        solved = {each: mood[who] if chance.random() < alike else chance.random() < 0.55 for each, who in contacts}
        frame, true = frame_of(contacts), sum(solved.values()) / len(solved)
        n = {who: sum(of == who for _, of in contacts) for who in range(160)}
        hits = 0
        for seed in range(300):
            called = [(n[each // 10], solved[each]) for each in draw(frame, size=size, seed=seed)]
            repeated = sum(each**2 for each in n.values() if each > 1)
            part = Part(contacts=len(contacts), customers=160, repeated=repeated, called=tuple(Called(*each) for each in called))
            found = solved_share(part)
            hits += found.low <= true <= found.high

        assert hits >= 0.92 * 300, (alike, hits)


# ---- laws ----


@given(weights, st.integers(0, 100))
def test_a_share_lies_within_its_interval_and_no_interval_contradicts_an_answer(called: list[tuple[int, bool | None]], more: int) -> None:
    """Whatever was answered."""
    part = several(called, more)
    for otherwise in (None, True, False):
        found = solved_share(part, otherwise=otherwise)
        yes, no = (sum(each is said for _, each in called) for said in (True, False))

        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.high >= yes / part.contacts - 1e-12
        assert found.low <= 1 - no / part.contacts + 1e-12


@given(weights, st.integers(0, 100))
def test_counting_the_other_way_mirrors_the_interval(called: list[tuple[int, bool | None]], more: int) -> None:
    """ "60 % were solved" and "40 % were not" say the same."""
    assume(any(each is not None for _, each in called))
    one = solved_share(several(called, more))
    other = solved_share(several([(weight, None if each is None else not each) for weight, each in called], more))

    assert (one.value, one.low, one.high) == pytest.approx((1 - other.value, 1 - other.high, 1 - other.low))


@given(weights, st.integers(0, 100), st.randoms(use_true_random=False))
def test_the_bounds_hold_whatever_those_who_did_not_answer_would_have_said(
    called: list[tuple[int, bool | None]], more: int, lots: random.Random
) -> None:
    """No belief is needed: fill the silences in any way, and both the share of the sample and its whole interval lie within."""
    part = several(called, more)
    least, most = (solved_share(part, otherwise=each) for each in (False, True))
    filled = [(weight, lots.random() < 0.5 if each is None else each) for weight, each in called]
    true = sum(weight for weight, each in filled if each) / sum(weight for weight, _ in filled)

    assert least.value - 1e-12 <= true <= most.value + 1e-12
    assert least.low - 1e-12 <= true <= most.high + 1e-12


@given(answers, st.integers(0, 200))
def test_who_has_asked_everybody_knows(called: list[bool | None], more: int) -> None:
    """Once each customer has answered, and none had another contact, nothing is left to chance."""
    said = [each for each in called if each is not None]
    assume(said)
    found = solved_share(once(said, len(said)))

    assert found.low == found.value == found.high == sum(said) / len(said)


@given(weights, st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_calling_back_never_widens_the_band(called: list[tuple[int, bool | None]], more: int, confirmed: int, others: int, unasked: int) -> None:
    """The band before is from confirmed to confirmed and quiet; after, both the one with a belief and the one without lie in it."""
    part = several(called, more)
    quiet = part.contacts + unasked
    n = confirmed + quiet + others
    found = narrowed([part], n=n, confirmed=confirmed, quiet=quiet)

    assert confirmed / n - 1e-12 <= found.bounds.low <= found.bounds.value
    assert found.bounds.high <= (confirmed + quiet) / n + 1e-12
    assert confirmed / n - 1e-12 <= found.asked.low <= found.asked.value <= found.asked.high <= (confirmed + quiet) / n + 1e-12
    assert found.asked.high >= found.asked.low + (found.uncovered / n) - 1e-12


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50))
def test_where_nobody_answered_the_band_is_as_it_was(drawn: int, confirmed: int, others: int) -> None:
    """A sample that was drawn and never called tells nothing."""
    found = narrowed([once([None] * drawn, drawn + 10)], n=drawn + 10 + confirmed + others, confirmed=confirmed, quiet=drawn + 10)

    assert (confirmed / found.n, (confirmed + drawn + 10) / found.n) == (found.asked.low, found.asked.high) == (found.bounds.low, found.bounds.high)
    assert drawn + 10 == found.uncovered


def test_two_samples_of_different_contacts_tell_more_than_one() -> None:
    """Refunds were asked about in May, cancellations in June: both count, each for its own."""
    one, other = once([True] * 24 + [False] * 16, 400), once([True] * 10 + [False] * 30, 200)
    alone, both = (narrowed(parts, n=1000, confirmed=100, quiet=600) for parts in ([one], [one, other]))

    assert both.asked.value == pytest.approx((100 + 400 * 0.6 + 200 * 0.25) / 1000)
    assert (200, 0) == (alone.uncovered, both.uncovered)
    assert both.asked.high - both.asked.low < alone.asked.high - alone.asked.low


def test_no_data_is_no_band() -> None:
    """Nothing is made up for an empty group, nor for parts that lie elsewhere."""
    with pytest.raises(ValueError, match="within"):
        narrowed([], n=0, confirmed=0, quiet=0)
    with pytest.raises(ValueError, match="within"):
        narrowed([once([True], 10)], n=20, confirmed=1, quiet=9)
    assert Between(0.0, 0.0, 1.0) == solved_share(once([None, None], 10))
