"""Who is called back is decided by lot: at most one contact a customer, everybody alike, and the same for the same seed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ourword.outcomes.lots import Frame, draw, frame_of

found = st.dictionaries(st.integers(1, 500), st.none() | st.integers(1, 12), max_size=60)
seeds = st.integers(0, 2**53 - 1)


@given(found, st.integers(0, 70), seeds)
def test_a_customer_is_called_once_at_most(contacts: dict[int, int | None], size: int, seed: int) -> None:
    """Who wrote ten times is not asked ten times, and nobody is drawn who is not in the frame."""
    frame = frame_of(contacts.items())
    drawn = draw(frame, size=size, seed=seed)
    whose = [contacts[each] if contacts[each] is not None else f"contact {each}" for each in drawn]

    assert len(set(whose)) == len(whose) == min(size, len(frame.theirs))


@given(found, seeds)
def test_the_frame_alone_gives_the_draw_again(contacts: dict[int, int | None], seed: int) -> None:
    """In whatever order contacts come and whatever their customers' numbers are: what is kept of a draw is enough to draw again."""
    frame = frame_of(contacts.items())
    renumbered = frame_of((each, None if who is None else 1000 - who) for each, who in reversed(contacts.items()))

    assert renumbered == frame
    assert draw(frame, size=20, seed=seed) == draw(Frame(*frame.__reduce__()[1]), size=20, seed=seed)


@given(found, st.integers(0, 30), seeds)
def test_who_stops_early_has_drawn_a_smaller_sample(contacts: dict[int, int | None], size: int, seed: int) -> None:
    """The calls are made in the order of the lots: the first twenty of sixty are what a draw of twenty gives."""
    frame = frame_of(contacts.items())

    assert draw(frame, size=size, seed=seed) == draw(frame, size=60, seed=seed)[:size]


def test_every_customer_and_each_of_their_contacts_is_drawn_alike() -> None:
    """Ten customers, one of whom has three contacts, over 4,000 seeds: 3 of 10 each, and of the three a third each; five standard errors at most."""
    frame = frame_of([(contact, contact) for contact in range(1, 10)] + [(contact, 100) for contact in (20, 21, 22)])
    counted = Counter(each for seed in range(4000) for each in draw(frame, size=3, seed=seed))

    for contact in frame.contacts:
        chance = 0.3 if contact < 10 else 0.1
        assert abs(counted[contact] - 4000 * chance) < 5 * (4000 * chance * (1 - chance)) ** 0.5, contact


def test_a_seed_draws_the_same_on_every_machine() -> None:
    """An old sample must be drawn again in ten years: this is what `sha256-1` gives."""
    assert (24, 11, 21, 30, 23) == draw(frame_of((each, each // 2) for each in range(1, 31)), size=5, seed=7)
