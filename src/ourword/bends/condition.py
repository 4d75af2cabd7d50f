"""What tells customers for whom people bend a clause from those for whom they do not: one fact, said as a condition.

It is looked for among half of the customers and held against the other half, so that a limit that fits by chance does not pass.
The halves follow from a hash of the customer: the same whenever it is looked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any

import msgspec

from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.money import CURRENCIES
from ourword.core.span import NANOSECONDS
from ourword.outcomes.intervals import Share, share, sums_of

LEAST = 20
"""Fewer of either sort say nothing."""
LIMITS_MAX = 200
MEMBERS_MAX = 12


class Case(msgspec.Struct, frozen=True):
    """A customer's typed facts, and whether a person bent the clause for them."""

    customer: str
    values: Mapping[str, Any]
    bent: bool


class Told(msgspec.Struct, frozen=True):
    """A condition over one fact, its opposite, and how often people bent the clause where it holds and where it does not, in the half held back."""

    fact: str
    when: str
    otherwise: str
    holds: Share
    fails: Share


class Nothing(msgspec.Struct, frozen=True):
    """Why no condition is given."""

    why: str


class _Test(msgspec.Struct, frozen=True):
    fact: str
    sign: str
    limit: Any
    when: str
    otherwise: str

    def holds(self, values: Mapping[str, Any]) -> bool:
        value = values.get(self.fact)
        if value is None or type(value) is Unknown:
            return False
        match self.sign:
            case "<=":
                return bool(value <= self.limit)
            case ">=":
                return bool(value >= self.limit)
            case _:
                return value in self.limit


def told_apart(cases: Sequence[Case], facts: Sequence[Fact], *, required: Sequence[str]) -> Told | Nothing:
    """Find the one fact that tells bent from not bent best, and say how well it does among other customers."""
    bent = sum(each.bent for each in cases)
    if min(bent, len(cases) - bent) < LEAST:
        return Nothing(f"bent by people {bent:,} × and kept to {len(cases) - bent:,} ×; below {LEAST} of each nothing can be said")
    looked = [each for each in cases if _half(each.customer)]
    tests = [test for fact in facts for test in _tests(fact, looked, known=fact.name in required)]
    best = max(tests, key=lambda test: _apart(test, looked), default=None)
    if best is None or _apart(best, looked) <= 0:
        return Nothing("no fact that is recorded differs between those for whom it was bent and those for whom it was not")
    held_back = [each for each in cases if not _half(each.customer)]
    holds, fails = (_share([each for each in held_back if best.holds(each.values) is side]) for side in (True, False))
    found = Told(best.fact, best.when, best.otherwise, holds, fails)
    if holds.low is None or fails.high is None or holds.low <= fails.high:
        return Nothing(f"the best that was found, `{best.when}`, does not tell them apart among the customers on whom it was not tried out")
    return found


def _half(customer: str) -> bool:
    return bool(hashlib.sha256(f"half\x00{customer}".encode(errors="surrogatepass")).digest()[0] & 1)


def _apart(test: _Test, cases: Sequence[Case]) -> float:
    """The share of the bent for whom it holds, less the share of the others (Youden's J)."""
    bent = sum(each.bent for each in cases)
    rest = len(cases) - bent
    if not bent or not rest:
        return 0.0
    hits = sum(each.bent for each in cases if test.holds(each.values))
    false = sum(not each.bent for each in cases if test.holds(each.values))
    return hits / bent - false / rest


def _share(cases: Sequence[Case]) -> Share:
    """How often it was bent among them, by customer."""
    counts: dict[str, tuple[int, int]] = {}
    for each in cases:
        y, n = counts.get(each.customer, (0, 0))
        counts[each.customer] = (y + each.bent, n + 1)
    return share(sums_of(counts.values()))


# ---- what may be said of one fact ------------------------------------------------------------------------------------


def _tests(fact: Fact, cases: Sequence[Case], *, known: bool) -> Iterator[_Test]:
    """Each condition over a fact that is tried: limits in round numbers, or some of its words; nothing that customers may not be told."""
    if fact.tell == "never":
        return
    some = [(value, each.bent) for each in cases if (value := each.values.get(fact.name)) is not None and type(value) is not Unknown]
    match fact.type.name:
        case "money" | "duration" | "int" | "uint":
            yield from _limits(fact, [value for value, _ in some], known=known)
        case "bool":
            for wanted in (True, False):
                when, otherwise = (fact.name, f"!{fact.name}") if wanted else (f"!{fact.name}", fact.name)
                yield _said(fact, "in", (wanted,), when, otherwise, known=known)
        case "enum":
            yield from _words(fact, some, known=known)


def _limits(fact: Fact, values: Sequence[int], *, known: bool) -> Iterator[_Test]:
    step, write = _steps(fact, values)
    for sign, other, rounded in (("<=", ">", ceil), (">=", "<", floor)):
        limits = sorted({rounded(value / step) for value in values if value >= 0})
        if len(limits) > LIMITS_MAX:
            limits = [limits[len(limits) * i // LIMITS_MAX] for i in range(LIMITS_MAX)]
        for limit in limits:
            number = write(limit)
            yield _said(fact, sign, limit * step, f"{fact.name} {sign} {number}", f"{fact.name} {other} {number}", known=known)


def _steps(fact: Fact, values: Sequence[int]) -> tuple[int, Any]:
    """In what a limit is said: whole units of the currency, whole days, hours."""
    if fact.type.name == "money":
        code = fact.type.currency
        return 10 ** CURRENCIES[code], lambda limit: f"{code.lower()}({limit})"
    if fact.type.name == "duration":
        unit = "day" if not values or max(values) >= 3 * NANOSECONDS["day"] else "hour"
        return NANOSECONDS[unit], lambda limit: f"{unit}s({limit})"
    return 1, lambda limit: f"{limit}u" if fact.type.name == "uint" else str(limit)


def _words(fact: Fact, some: Sequence[tuple[Any, bool]], *, known: bool) -> Iterator[_Test]:
    """The words of an enum, from the one for which people bend most to the one for which they do least: the first, the first two …"""
    counts = {word: [bent for value, bent in some if value == word] for word in fact.type.members}
    there = sorted((word for word in counts if counts[word]), key=lambda word: (-sum(counts[word]) / len(counts[word]), word))
    for number in range(1, min(len(there), MEMBERS_MAX)):
        chosen = tuple(sorted(there[:number]))
        listed = ", ".join(f'"{word}"' for word in chosen)
        if number == 1:
            yield _said(fact, "in", chosen, f"{fact.name} == {listed}", f"{fact.name} != {listed}", known=known)
        else:
            yield _said(fact, "in", chosen, f"{fact.name} in [{listed}]", f"!({fact.name} in [{listed}])", known=known)


def _said(fact: Fact, sign: str, limit: Any, when: str, otherwise: str, *, known: bool) -> _Test:
    """A fact that need not be known is asked whether it is: what is not known is answered as before."""
    if known:
        return _Test(fact.name, sign, limit, when, otherwise)
    return _Test(fact.name, sign, limit, f"known({fact.name}) && {when}", f"!known({fact.name}) || {otherwise}")
