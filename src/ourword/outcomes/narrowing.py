"""What customers who were called back say of those who were not: how much of *quiet* was solved, and the band that this leaves.

A sample takes so many of M customers by lot and one contact of each, so a contact of a customer with w quiet contacts stands for w. Of the r who
answered

    p = Σwy / Σw;  n* as in `intervals`, at most r;  the variance falls by g = 1 − f + f · min(1, b / s²),  f = r / M
    s² = Σw²(y − p)² / (r − 1),  b = Σw² / 4M over customers with several contacts;  the interval is Wilson's for p and n* / g

g is the finite-population correction (Cochran, *Sampling Techniques*, 3rd ed. 1977, §2.6): who has asked everybody is not uncertain any more. Of a
customer with several contacts one was asked (subsampling, Cochran ch. 11), so what their others would say stays open however many are called; b is
the most that this can vary, since a share's variance is at most 1/4. No interval contradicts an answer: its ends leave room for each yes and no.

That those who did not answer are like those who did is an assumption. The bounds make none (Manski, *Journal of Human Resources* 24, 1989,
343–360): at the low end everyone without an answer says no, at the high end yes. Samples of different quiet contacts are joined by their squared
distances (Zou and Donner, *Statistics in Medicine* 27, 2008, 1693–1702). Quiet contacts that no sample was drawn from stay as unknown as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from math import gcd, inf, sqrt

import msgspec

from ourword.outcomes.intervals import Sums, effective, wilson

ASKED, ASKED_BOUNDS = "stayed_resolved_asked", "stayed_resolved_asked_bounds"
ASSUMED = "those who did not answer are like those who did"


class Called(msgspec.Struct, frozen=True):
    """One contact that was drawn: how many of its customer it stands for, and whether it was solved; `None` until somebody answers."""

    weight: int
    solved: bool | None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Quiet contacts that one sample was drawn from, and what was answered of those drawn among them."""

    contacts: int
    customers: int
    repeated: int
    """Σw² over customers with several contacts in the frame."""
    called: tuple[Called, ...]

    @property
    def answered(self) -> int:
        """How many answered."""
        return sum(each.solved is not None for each in self.called)

    @property
    def solved(self) -> int:
        """How many of them said that it was solved."""
        return sum(each.solved is True for each in self.called)


class Between(msgspec.Struct, frozen=True):
    """A share, and between what it lies."""

    value: float
    low: float
    high: float


UNKNOWN = Between(0.0, 0.0, 1.0)
"""What nobody answered: an unknown is never counted as good, and rules nothing out."""


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """The band of a group after calling back: of *n* closed contacts so many confirmed and quiet, of the quiet so many drawn, answered, solved."""

    kind: str
    version: str
    segment: str
    n: int
    confirmed: int
    quiet: int
    uncovered: int
    """Quiet contacts that no answered sample was drawn from."""
    drawn: int
    answered: int
    solved: int
    asked: Between
    """Of *n*, if those who did not answer are like those who did."""
    bounds: Between
    """Of *n*, whatever they would have said."""


def solved_share(part: Part, *, otherwise: bool | None = None) -> Between:
    """The share of a part's contacts that was solved, with its 95 % interval; who did not answer counts as *otherwise*, or not at all.

    >>> part = Part(contacts=500, customers=500, repeated=0, called=(Called(1, True),) * 37 + (Called(1, False),) * 63 + (Called(1, None),) * 25)
    >>> found = solved_share(part)
    >>> round(found.value, 2), round(found.low, 3), round(found.high, 3)
    (0.37, 0.29, 0.457)
    """
    filled = [(each.weight, otherwise if each.solved is None else each.solved) for each in part.called]
    unit = reduce(gcd, (weight for weight, _ in filled), 0)
    answers = [(weight // unit, solved) for weight, solved in filled if solved is not None]
    if not answers:
        return UNKNOWN
    yes, whole = sum(weight for weight, solved in answers if solved), sum(weight for weight, _ in answers)
    squares, yes_squares = sum(weight**2 for weight, _ in answers), sum(weight**2 for weight, solved in answers if solved)
    value, count = yes / whole, len(answers)
    sums = Sums(numerator=yes, denominator=whole, customers=count, yy=yes_squares, yn=yes_squares, nn=squares)
    spread = sum((weight * (bool(solved) - value)) ** 2 for weight, solved in answers) / max(1, count - 1)
    left = _left(count / part.customers, spread, part.repeated / (4 * part.customers * unit**2))
    low, high = wilson(value, min(float(count), effective(sums)) / left if left > 0 else inf)
    return _allowed(part, Between(value, low, high))


def narrowed(parts: Sequence[Part], *, n: int, confirmed: int, quiet: int, kind: str = "*", version: str = "*", segment: str = "*") -> Narrowed:
    """The band of a group of *n* closed contacts, of which *confirmed* and *quiet*, after what its parts say.

    >>> part = Part(contacts=50, customers=50, repeated=0, called=(Called(1, True),) * 30 + (Called(1, False),) * 20)
    >>> narrowed([part], n=100, confirmed=20, quiet=50).asked
    Between(value=0.5, low=0.5, high=0.5)
    """
    told = [each for each in parts if each.answered]
    uncovered = quiet - sum(each.contacts for each in told)
    if not n or uncovered < 0:
        raise ValueError("parts of quiet contacts lie within them, and they within the closed ones")
    least, most = (_joined(told, partial(solved_share, otherwise=each)) for each in (False, True))
    like = _joined(told, solved_share)

    def of_all(value: float, low: float, high: float) -> Between:
        return Between(*((confirmed + count) / n for count in (value, low, high + uncovered)))

    return Narrowed(
        kind=kind,
        version=version,
        segment=segment,
        n=n,
        confirmed=confirmed,
        quiet=quiet,
        uncovered=uncovered,
        drawn=sum(len(each.called) for each in told),
        answered=sum(each.answered for each in told),
        solved=sum(each.solved for each in told),
        asked=of_all(like.value, like.low, like.high),
        bounds=of_all(least.value, least.low, most.high),
    )


def _left(share: float, spread: float, several: float) -> float:
    """How much of the variance is left when a share of the customers has been asked."""
    open_still = min(1.0, several / spread) if spread else float(several > 0)
    return max(0.0, 1 - share + share * open_still)


def _allowed(part: Part, found: Between) -> Between:
    """Leave room for every yes and every no that was given."""
    low = min(found.value, max(found.low, part.solved / part.contacts))
    high = max(found.value, min(found.high, 1 - (part.answered - part.solved) / part.contacts))
    return Between(found.value, low, high)


def _joined(parts: Sequence[Part], share_of: Callable[[Part], Between]) -> Between:
    """Add up what is solved in several parts, in contacts."""
    found = [(part.contacts, share_of(part)) for part in parts]
    value = sum(size * each.value for size, each in found)
    below = sqrt(sum((size * (each.value - each.low)) ** 2 for size, each in found))
    above = sqrt(sum((size * (each.high - each.value)) ** 2 for size, each in found))
    return Between(value, value - below, value + above)
