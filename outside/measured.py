"""What a check gives: a number with its mark, and the lines that explain it."""

from __future__ import annotations

import operator
from collections.abc import Callable

import msgspec

MARKS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le, "==": operator.eq}


class Measured(msgspec.Struct, frozen=True):
    """One number of one check; without a mark it is only reported.

    >>> Measured("shop.stopped", 0.95, n=20, mark=(">=", 0.88)).ok
    True
    >>> Measured("shop.stopped", 0.5, n=20).ok
    True
    """

    check: str
    value: float
    n: int
    mark: tuple[str, float] | None = None
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the mark is reached; a number without a mark always is."""
        return self.mark is None or MARKS[self.mark[0]](self.value, self.mark[1])

    @property
    def mark_text(self) -> str:
        """The mark in words, `>= 0.88`, or `-`."""
        return f"{self.mark[0]} {self.mark[1]:g}" if self.mark else "-"


def share(part: int, whole: int) -> float:
    """A share rounded to four digits; of nothing it is 0, and the caller shows n beside it.

    >>> share(1, 3)
    0.3333
    """
    return round(part / whole, 4) if whole else 0.0


def table(measured: list[Measured]) -> str:
    """Print numbers as a plain table, each with its notes below it."""
    rows = [("check", "value", "mark", "n", "")]
    rows += [(each.check, f"{each.value:g}", each.mark_text, str(each.n), "ok" if each.ok else "MISSED") for each in measured]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = []
    for index, row in enumerate(rows):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if index:
            lines += [f"    {note}" for note in measured[index - 1].notes]
    return "\n".join(lines)
