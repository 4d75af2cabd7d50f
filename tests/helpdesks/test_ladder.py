"""The ladder calls known what is seen, in part what is seen in part, and what is missing with the way to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ourword.helpdesks.ladder import Rung, Seen, ladder
from ourword.helpdesks.shape import CAME_BACK

counts = st.integers(0, 1_000)


def came_back(seen: Seen) -> Rung:
    return next(each for each in ladder(seen, {}) if each.name == CAME_BACK)


@given(counts, counts)
def test_reopenings_alone_do_not_tell_who_came_back(told: int, reopened: int) -> None:
    """Messages alone say that a conversation was reopened; a customer who began a new one is not seen, and the ladder said "known"."""
    rung = came_back(Seen(counts={CAME_BACK: told}, contacts=2_000, reopened=reopened))

    assert (told > 0, told == 0 and reopened > 0) == (rung.known, rung.partly)
    assert rung.stands == ("known" if told else "known only in part" if reopened else "not knowable from these files")
    assert not rung.partly or f"{reopened:,} contact" in rung.because
