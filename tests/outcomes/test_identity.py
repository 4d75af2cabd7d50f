"""Who is who does not depend on whose number is smaller."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.outcomes.identity import END, Same, Whose, whose

numbers = st.integers(1, 4)
said = st.lists(st.builds(Same, other=numbers, owner=numbers, since=st.integers(0, 5), until=st.just(END), said_at=st.integers(0, 3)), max_size=8)


@settings(max_examples=tries(300))
@given(said, st.permutations(range(1, 5)))
def test_other_numbers_tell_the_same_of_the_same_customers(given: list[Same], numbered: list[int]) -> None:
    """Numbers are given by arrival."""
    other = dict(enumerate(numbered, 1))
    again = whose([Same(other=other[s.other], owner=other[s.owner], since=s.since, until=s.until, said_at=s.said_at) for s in given])

    expected = [Whose(other[each.other], other[each.owner], each.since, each.until) for each in whose(given)]
    assert sorted(expected, key=repr) == sorted(again, key=repr)


@settings(max_examples=tries(300))
@given(said, st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_heard_does_not_matter(given: list[Same], chance: random.Random) -> None:
    """But for what was said at one moment, whose order is the list's."""
    moments = {each.said_at: each for each in given}
    alone = list(moments.values())

    assert whose(alone) == whose(chance.sample(alone, len(alone)))


def test_in_a_circle_the_owner_said_last_stands_for_all() -> None:
    """Somebody took it back: what was said later holds."""
    first, then = Same(other=1, owner=2, said_at=1), Same(other=2, owner=1, said_at=2)

    assert [(2, 1)] == [(each.other, each.owner) for each in whose([first, then])]
    assert [(1, 2)] == [(each.other, each.owner) for each in whose([Same(other=1, owner=2, said_at=3), then])]
