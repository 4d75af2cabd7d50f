"""Targets at a terminal: what was said, what was measured, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourword.cli.words import wrapped
from ourword.outcomes.target_words import figure, in_words
from ourword.outcomes.targets import NOT_PROVED, Judged


def target_words(judged: Sequence[Judged]) -> Iterator[str]:
    """Every target in words; below it the verdict, the interval and how many were counted, or why it is not proved."""
    if not judged:
        return
    yield ""
    yield "Targets"
    for each in judged:
        yield from wrapped(f"{each.kind}: {in_words(each)}", first="  ", then=" " * 6)
        beside = each.because if each.verdict == NOT_PROVED else f"of {each.n:,}"
        yield from wrapped(f"{each.verdict:<15} {figure(each):>16}  {beside}", first=" " * 6, then=" " * 39)
