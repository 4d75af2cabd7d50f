"""The one picture of the list: answers by kind, as bars that need no script and stretch with the page."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ourword.core.answer import Answer

ORDER = (Answer.ALLOW, Answer.AMEND, Answer.ASK, Answer.REFUSE, Answer.ESCALATE)
LEGEND = {
    Answer.ALLOW: "allowed",
    Answer.AMEND: "allowed with a change",
    Answer.ASK: "asked first",
    Answer.REFUSE: "refused",
    Answer.ESCALATE: "to a person",
}
_LABEL_FROM, _LABEL_ALWAYS_FROM = 3.0, 9.0
"""Per cent of a bar: narrower parts have no room for their number at all, or not on the narrowest screen."""


class Part(msgspec.Struct, frozen=True):
    """One answer's part of a bar, in per cent of its width."""

    answer: str
    count: int
    left: float
    width: float

    @property
    def label(self) -> str:
        """Whether its number fits inside: `always`, `wide` (on wide screens only), or not."""
        return "always" if self.width >= _LABEL_ALWAYS_FROM else "wide" if self.width >= _LABEL_FROM else ""


class Bar(msgspec.Struct, frozen=True):
    """One kind's answers; the parts fill the bar."""

    kind: str
    total: int
    parts: tuple[Part, ...]

    @property
    def sentence(self) -> str:
        """The bar in words, for those who do not see it."""
        return f"{self.kind}: " + ", ".join(f"{part.count} {LEGEND[Answer(part.answer)]}" for part in self.parts)


def bars(counts: Mapping[tuple[str, str], int]) -> list[Bar]:
    """Lay out a bar for each kind, the most frequent first.

    >>> [(part.answer, part.left, part.width) for part in bars({("refund", "allow"): 3, ("refund", "refuse"): 1})[0].parts]
    [('allow', 0.0, 75.0), ('refuse', 75.0, 25.0)]
    """
    totals: dict[str, int] = {}
    for (kind, _), count in counts.items():
        totals[kind] = totals.get(kind, 0) + count
    return [_bar(kind, totals[kind], counts) for kind in sorted(totals, key=lambda kind: (-totals[kind], kind))]


def _bar(kind: str, total: int, counts: Mapping[tuple[str, str], int]) -> Bar:
    parts, before = [], 0
    for answer in ORDER:
        count = counts.get((kind, answer.value), 0)
        if count:
            parts.append(Part(answer.value, count, round(100 * before / total, 3), round(100 * count / total, 3)))
        before += count
    return Bar(kind, total, tuple(parts))
