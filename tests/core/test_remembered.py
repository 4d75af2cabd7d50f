"""What came before is told as a set tells it, whatever the texts and however many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ourword.core.remembered import Remembered


@given(st.lists(st.text(max_size=3) | st.integers(0, 40).map(str), max_size=200))
def test_it_tells_what_a_set_tells(texts: list[str]) -> None:
    seen: set[str] = set()
    remembered = Remembered()
    for text in texts:
        assert (text in seen, text in seen) == (text in remembered, remembered.again(text))
        seen.add(text)

    assert len(seen) == len(remembered)


def test_it_grows_and_forgets_nothing() -> None:
    """Ten thousand ids, twice: the table has grown five times by then."""
    remembered = Remembered()

    assert not any(remembered.again(str(number)) for number in range(10_000))
    assert all(remembered.again(str(number)) for number in range(10_000))
