"""Departures from what is written, counted: by month, by clause and direction, with amounts and the reasons that people gave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from ourword.bends.taken import Taken
from ourword.gate.bent import Money, Weighed

Way = Literal["granted", "withheld"]
"""Granted by people beyond what is written, or withheld by them though it is written."""
REASONS_SHOWN = 5
MOST = 0.8
"""`most` names the fewest clauses that make so much of all departures."""


class Case(msgspec.Struct, frozen=True):
    """A decision by a person, beside what is written."""

    taken: Taken
    weighed: Weighed

    @property
    def about(self) -> About:
        """The clause, and the way in which it is departed from or not."""
        return About(self.taken.contract, self.taken.proposal.kind, self.weighed.clause)


class About(msgspec.Struct, frozen=True, order=True):
    """A clause of a kind of a contract."""

    contract: str
    kind: str
    clause: str


class Month(msgspec.Struct, frozen=True):
    """A calendar month in the contract's zone: what people decided in it, and how often they departed from what is written."""

    month: str
    decided: int
    granted: int
    withheld: int


class Bent(msgspec.Struct, frozen=True, kw_only=True):
    """Departures from one clause, one way."""

    about: About
    way: Way
    written: str
    """What the clause answers."""
    n: int
    customers: int
    kept: int
    """How often people answered as the clause says."""
    handed_over: int
    """Of the departures: how many automation would have left to a person, as another clause, the rights, the holdout or a boundary calls a person."""
    acted: int
    """Of the departures: how many are known by what a person did, without an answer."""
    amounts: tuple[Money, ...]
    """What customers got beyond what is written (or less than that), by currency."""
    without_amount: int
    reasons: tuple[tuple[str, int], ...]
    """The reasons that were given most often, and how often."""
    other_reasons: int
    without_reason: int
    share: float
    """Of all departures this way."""


def months(cases: Iterable[Case], zones: dict[str, str]) -> tuple[Month, ...]:
    """Count by calendar month."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in cases:
        zone = ZoneInfo(zones.get(each.taken.contract, "UTC"))
        month = datetime.fromtimestamp(each.taken.at / 10**9, UTC).astimezone(zone).strftime("%Y-%m")
        found[month].update(("decided", each.weighed.stands))
    return tuple(Month(name, counts["decided"], counts["granted"], counts["withheld"]) for name, counts in sorted(found.items()))


def by_clause(cases: Sequence[Case]) -> tuple[Bent, ...]:
    """Count by clause and way: what is granted first, and of that what is bent most."""
    groups: dict[tuple[About, Way], list[Case]] = defaultdict(list)
    kept: Counter[About] = Counter()
    for each in cases:
        if each.weighed.stands == "granted" or each.weighed.stands == "withheld":
            groups[each.about, each.weighed.stands].append(each)
        elif each.weighed.stands == "as written":
            kept[each.about] += 1
    total = Counter(way for (_, way), some in groups.items() for _ in some)
    found = [_bent(about, way, some, kept[about], total[way]) for (about, way), some in groups.items()]
    return tuple(sorted(found, key=lambda each: (each.way, -each.n, each.about)))


def most(bent: Iterable[Bent], way: Way = "granted") -> tuple[int, float] | None:
    """The fewest clauses that make most of the departures one way, and their share; `None` where there are none.

    >>> most(()) is None
    True
    """
    counts = [each.n for each in bent if each.way == way]
    total, so_far = sum(counts), 0
    for number, count in enumerate(sorted(counts, reverse=True), 1):
        so_far += count
        if so_far >= MOST * total:
            return number, so_far / total
    return None


def _bent(about: About, way: Way, some: Sequence[Case], kept: int, total: int) -> Bent:
    answers = Counter(each.weighed.written.value for each in some if each.weighed.written)
    amounts: Counter[str] = Counter()
    for each in some:
        if each.weighed.amount is not None:
            amounts[each.weighed.amount.currency] += each.weighed.amount.minor
    reasons = Counter(" ".join(each.taken.proposal.because.split()) for each in some)
    without = reasons.pop("", 0)
    shown = tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:REASONS_SHOWN])
    return Bent(
        about=about,
        way=way,
        written=answers.most_common(1)[0][0],
        n=len(some),
        customers=len({each.taken.proposal.customer for each in some}),
        kept=kept,
        handed_over=sum(each.weighed.alone == "escalate" for each in some),
        acted=sum(each.taken.acted for each in some),
        amounts=tuple(Money(minor, currency) for currency, minor in sorted(amounts.items())),
        without_amount=sum(each.weighed.amount is None for each in some),
        reasons=shown,
        other_reasons=reasons.total() - sum(count for _, count in shown),
        without_reason=without,
        share=len(some) / total,
    )
