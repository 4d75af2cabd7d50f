"""Small bars for a terminal: shares as blocks of a fixed width, which always add up to it."""

from __future__ import annotations

from collections.abc import Sequence

from ourword.figures.summary import interval
from ourword.figures.summary import percent as percent

OUTCOME_MARKS = {"confirmed": "█", "quiet": "▒", "came_back": "/", "gave_up": "x", "promise_broken": "!"}
"""Told apart by their form: the bar reads without colour."""


def stacked(shares: Sequence[tuple[str, float]], width: int = 40) -> str:
    """Stack shares that sum to 1 into one bar; largest remainders get the cells that rounding left.

    >>> stacked([("█", 0.5), ("▒", 0.25), ("x", 0.25)], 8)
    '████▒▒xx'
    """
    cells = [int(share * width) for _, share in shares]
    left = sorted(range(len(shares)), key=lambda i: cells[i] - shares[i][1] * width)
    for i in left[: width - sum(cells)]:
        cells[i] += 1
    return "".join(mark * count for (mark, _), count in zip(shares, cells, strict=True))


def between(low: float | None, high: float | None) -> str:
    """An interval beside a share, in brackets.

    >>> between(0.18, 0.2), between(None, None)
    ('(18 to 20)', '')
    """
    found = interval(low, high)
    return f"({found})" if found else ""
