"""Bars that need no script and stretch with the page: shares side by side, each part with its number where it fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ourword.figures.board import Board, Tally
from ourword.figures.summary import OUTCOME_WORDS, of_all, percent
from ourword.ledger.settle import SHOWN
from ourword.outcomes.narrowing import Between

_LABEL_FROM, _LABEL_ALWAYS_FROM = 3.5, 9.0
"""Per cent of a bar: narrower parts have no room for their number at all, or not on the narrowest screen."""


class Part(msgspec.Struct, frozen=True):
    """A part of a bar, in per cent of its width; `name` is its colour and form."""

    name: str
    text: str
    title: str
    left: float
    width: float

    @property
    def label(self) -> str:
        """Whether its number fits inside: `always`, `wide` (on wide screens only), or not."""
        return "always" if self.width >= _LABEL_ALWAYS_FROM else "wide" if self.width >= _LABEL_FROM else ""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a picture; the parts fill the bar, `mark` is where a line stands across it (per cent)."""

    name: str
    n: int
    parts: tuple[Part, ...]
    sentence: str
    """The bar in words, for those who do not see it."""
    mark: float | None = None
    asked: tuple[float, float] | None = None
    """Between what the band lies since quiet customers were called back: a line from the first, so long (per cent)."""

    @property
    def shift(self) -> float:
        """How far the line of the mark, three pixels wide, moves so that it stands on its place, and within the bar at both ends."""
        mark = self.mark or 0.0
        return 0.0 if mark < 1 else -3.0 if mark > 99 else -1.5


def outcome_bars(board: Board, kinds: Sequence[str]) -> list[Bar]:
    """What was called resolved, and what became of it: a bar for each kind that has closed contacts."""
    return [bar for kind in kinds if (bar := _outcome_bar(board, kind)) is not None]


def _outcome_bar(board: Board, kind: str) -> Bar | None:
    rows = {name: row for name in OUTCOME_WORDS if (row := board.row(name, kind)) is not None and row.value is not None}
    if "quiet" not in rows:  # the others may be what nothing here could show
        return None
    claimed = board.row("claimed_resolution", kind)
    said = board.asked(kind)
    return bar_of(kind, rows["quiet"].n, of_all(rows), None if claimed is None else claimed.value, asked=None if said is None else said.asked)


def bar_of(name: str, n: int, shares: Mapping[str, float], claimed: float | None, *, asked: Between | None = None) -> Bar:
    """What became of so many contacts, by outcome, the share that was called resolved, and the band since quiet customers were *asked*."""
    parts = _parts([(each, share, f"{share * 100:.0f}", f"{OUTCOME_WORDS[each]}: {percent(share, 1)} of {n:,}") for each, share in shares.items()])
    told = ", ".join(f"{percent(share)} {OUTCOME_WORDS[each]}" for each, share in shares.items())
    called = "" if claimed is None else f"; {percent(claimed)} were called resolved"
    mark = None if claimed is None else round(claimed * 100, 2)
    line = None if asked is None else (round(asked.low * 100, 2), round((asked.high - asked.low) * 100, 2))
    back = "" if asked is None else f"; {percent(asked.low)} to {percent(asked.high)} stayed resolved, by calling back"
    return Bar(name=name, n=n, parts=parts, sentence=f"of {n:,} contacts {told}{called}{back}", mark=mark, asked=line)


def promise_bar(tally: Tally) -> Bar:
    """How the promises of one sort stand."""
    counts = [(each.value, tally.standings.get(each.value, 0)) for each in SHOWN]
    total = sum(count for _, count in counts)
    parts = _parts([(name, count / total if total else 0.0, f"{count:,}", f"{count:,} {name}") for name, count in counts])
    return Bar(name=tally.promise, n=total, parts=parts, sentence=", ".join(f"{count:,} {name}" for name, count in counts if count))


def _parts(given: Sequence[tuple[str, float, str, str]]) -> tuple[Part, ...]:
    """Lay parts side by side.

    >>> [(part.left, part.width) for part in _parts([("a", 0.75, "75", ""), ("b", 0.0, "0", ""), ("c", 0.25, "25", "")])]
    [(0.0, 75.0), (75.0, 25.0)]
    """
    parts, before = [], 0.0
    for name, share, text, title in given:
        if share > 0:
            parts.append(Part(name, text, title, round(100 * before, 3), round(100 * share, 3)))
        before += share
    return tuple(parts)
