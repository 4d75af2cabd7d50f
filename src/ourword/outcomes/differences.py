"""The difference of two shares of different customers, with its 95 % interval.

Newcombe's hybrid score interval (*Statistics in Medicine* 17, 1998, 873–890, method 10): each share's own interval says how far it may lie from
what was measured, and the two distances are added as legs of a right triangle. Zou and Donner (*Statistics in Medicine* 27, 2008, 1693–1702)
show that this holds for whatever intervals the two shares have, so for ours, which cluster by customer. With p₁ in [l₁, u₁] and p₂ in [l₂, u₂]:

    low  = p₁ − p₂ − √((p₁ − l₁)² + (u₂ − p₂)²)
    high = p₁ − p₂ + √((u₁ − p₁)² + (p₂ − l₂)²)

The two shares must be of different customers: then their errors are independent.
"""

from __future__ import annotations

from math import hypot

import msgspec


class Known(msgspec.Struct, frozen=True):
    """A share with its interval."""

    value: float
    low: float
    high: float


def difference(one: Known, other: Known) -> Known:
    """*one* − *other*, with its interval.

    >>> from ourword.outcomes.intervals import wilson
    >>> found = difference(Known(56 / 70, *wilson(56 / 70, 70)), Known(48 / 80, *wilson(48 / 80, 80)))
    >>> round(found.low, 4), round(found.high, 4)  # Newcombe 1998, table II (a)
    (0.0524, 0.3339)
    """
    value = one.value - other.value
    low = value - hypot(one.value - one.low, other.high - other.value)
    high = value + hypot(one.high - one.value, other.value - other.low)
    return Known(value, max(-1.0, low), min(1.0, high))
