"""What is reported of Larkspur, held against the truth, which only a company that was made up has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ourword.outcomes.recount import Recounted
from ourword.outcomes.vendors import OWN


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of one kind: the share that it calls resolved by automation, the share that automation truly solved, the band that we report."""

    rule: str
    kind: str
    n: int
    says: float
    true: float
    low: float
    high: float

    @property
    def error(self) -> float:
        """How far the rule is from the truth, in points.

        >>> round(Held(rule="x", kind="*", n=100, says=0.67, true=0.43, low=0.1, high=0.39).error, 1)
        24.0
        """
        return (self.says - self.true) * 100

    @property
    def band_error(self) -> float:
        """How far the truth lies outside of our band, in points: above it is negative, within it 0.

        >>> round(Held(rule="x", kind="*", n=100, says=0.67, true=0.43, low=0.1, high=0.39).band_error, 1)
        -4.0
        """
        return (max(self.low - self.true, 0.0) + min(self.high - self.true, 0.0)) * 100


def solved_by_automation(contacts: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Count by kind (`*`: each contact once) the contacts whose window is over, and those that automation alone truly solved."""
    counted: dict[str, tuple[int, int]] = {}
    for each in contacts:
        if each["fate"] != "open":
            solved = each["solved"] and each["handled_by"] == "automation"
            for kind in ("*", *(dict.fromkeys(each["kinds"]) or (each["kind"],))):
                n, true = counted.get(kind, (0, 0))
                counted[kind] = n + 1, true + solved
    return counted


def held(recounted: Sequence[Recounted], contacts: Iterable[Mapping[str, Any]]) -> list[Held]:
    """Hold every vendor's rule in every kind against the truth; the rule that is furthest off first.

    The shop's own claim is of people's work too, and is held against nothing here.
    """
    true = solved_by_automation(contacts)
    rows = [_held(row, *true[row.kind]) for row in recounted if row.rule != OWN and row.n and true.get(row.kind, (0, 0))[0]]
    return sorted(rows, key=lambda row: (-row.error, row.rule))


def _held(row: Recounted, n: int, solved: int) -> Held:
    return Held(
        rule=row.rule,
        kind=row.kind,
        n=row.n,
        says=row.claimed / row.n,
        true=solved / n,
        low=row.confirmed / row.n,
        high=(row.confirmed + row.quiet) / row.n,
    )
