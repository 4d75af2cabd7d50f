"""Targets at a terminal: what was said, what was measured, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourword.cli.words import wrapped
from ourword.outcomes.target_words import figure, in_words
from ourword.outcomes.targets import Judged


def target_words(judged: Sequence[Judged]) -> Iterator[str]:
    """Every target in words; below it the verdict, the interval and how many were counted, or why it is not proved."""
    if not judged:
        return
    yield ""
    yield "Targets"
    for each in judged:
        yield from wrapped(f"{each.kind}: {in_words(each)}", first="  ", then=" " * 6)
        yield from wrapped(f"{each.verdict:<16}{_beside(each)}", first=" " * 6, then=" " * 22)


def _beside(judged: Judged) -> str:
    """The interval and the count, or why there is none."""
    return judged.because if judged.value is None else f"{figure(judged)} of {judged.n:,}"
