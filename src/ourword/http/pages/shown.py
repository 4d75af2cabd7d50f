"""What a page shows of very many: the dearest, and how many it leaves out, so that no company makes a page that no browser opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from ourword.figures.board import Board

KINDS_SHOWN_MAX = 100
"""Four thousand kinds were a page of 63 MB."""

T = TypeVar("T")


def dearest(given: Iterable[T], cost: Callable[[T], object], *, most: int = KINDS_SHOWN_MAX) -> tuple[list[T], int]:
    """The dearest first, as many as a page shows, and how many more there are.

    >>> dearest(["a", "b", "c"], {"a": 1, "b": 3, "c": 2}.get, most=2)
    (['b', 'c'], 1)
    """
    known = sorted(given, key=cost, reverse=True)  # type: ignore[arg-type]
    return known[:most], max(0, len(known) - most)


def contacts_of(board: Board, kind: str) -> int:
    """How many closed contacts a kind has: what it costs, as far as events tell."""
    row = board.row("quiet", kind)
    return row.n if row is not None else 0
