"""What the demo calls seen: only what can be told from chance."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ourword.cli.demo_words import SILENT, stories
from ourword.figures.board import Board
from ourword.outcomes.intervals import wilson
from ourword.outcomes.metrics import Row


class Figures:
    """The rows of a board, as given: by metric and what they are of."""

    recounted: tuple[Any, ...] = ()

    def __init__(self, rows: dict[tuple[str, str], Row]) -> None:
        self.rows = rows

    def row(self, metric: str, kind: str = "*", *, version: str = "*", segment: str = "*") -> Row | None:
        return self.rows.get((metric, version if version != "*" else segment if segment != "*" else kind))


def share(y: int, n: int) -> Row:
    low, high = wilson(y / n, n)
    return row(y / n, low, high, n=n)


def row(value: float, low: float, high: float, *, n: int = 100) -> Row:
    return Row(kind="*", version="*", segment="*", metric="m", n=n, value=value, low=low, high=high, immature=None, unmatched=None)


def under(rows: dict[tuple[str, str], Row]) -> dict[str, str]:
    """The heading under which each story stands, by its letter."""
    board, found, heading = cast("Board", Figures(rows)), {}, ""
    for line in stories(board, board, timers=0):
        heading = line if not line.startswith(" ") else heading
        if line[2:3].strip() and line.startswith("  "):
            found[line[2]] = heading
    return found


SEEN, CHANCE = "Planted, and seen already", "Planted, and not to be told from chance yet"


@pytest.mark.parametrize(("low", "high", "heading"), [(0.01, 0.20, SEEN), (-0.01, 0.20, CHANCE), (0.0, 0.2, CHANCE), (-0.3, -0.1, CHANCE)])
def test_more_who_leave_without_a_word_are_seen_only_where_chance_is_left_out(low: float, high: float, heading: str) -> None:
    """ "12 points more (-1 to 20)" stood under "seen already"."""
    assert heading == under({(SILENT, "price_match"): row(0.12, low, high)})["d"]


def test_two_shares_are_seen_apart_only_where_their_difference_is_not_chance() -> None:
    few = {("stayed_resolved", "language=pl"): share(5, 10), ("stayed_resolved", "language=de"): share(60, 100)}
    many = {("stayed_resolved", "language=pl"): share(500, 1000), ("stayed_resolved", "language=de"): share(6000, 10000)}

    assert (CHANCE, SEEN) == (under(few)["e"], under(many)["e"])


def test_what_has_no_data_is_not_seen() -> None:
    assert {"a": CHANCE, "b": CHANCE, "c": CHANCE, "d": CHANCE, "e": CHANCE, "g": "Planted, and to be asked for"} == under({})
