"""What was laid on the table: decisions that carry their options, and whether a better one for the customer was never shown.

What one unit of margin is worth in units of customer value (`rate`) is not read off these yet: that takes more than counting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ourword.core.money import money_from_text
from ourword.outcomes.intervals import NO_DATA, Share, share, sums_of


class OnTheTable(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions with options: how many, and in how many something better for the customer was there and never shown."""

    decisions: int = 0
    unknown: int = 0
    """Where an amount, or whether it was shown, is missing, or currencies differ, so that nobody can say."""
    never_shown: Share = NO_DATA
    """Of those of which it can be said."""


def on_the_table(decided: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> OnTheTable:
    """Count decisions, each a customer and the options that were recorded with it."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    decisions = unknown = 0
    for customer, options in decided:
        decisions += 1
        hidden = better_never_shown(list(options))
        if hidden is None:
            unknown += 1
        else:
            counts[customer][0] += hidden
            counts[customer][1] += 1
    return OnTheTable(decisions=decisions, unknown=unknown, never_shown=share(sums_of((y, n) for y, n in counts.values())))


def better_never_shown(options: list[Mapping[str, Any]]) -> bool | None:
    """Whether an option that was not shown is worth more to the customer than all that were; `None` where that is not known.

    >>> better_never_shown([{"shown": True, "customer_value": "3.00 EUR"}, {"shown": False, "customer_value": "4.00 EUR"}])
    True
    >>> better_never_shown([{"shown": True, "customer_value": "3.00 EUR"}, {"shown": False}]) is None
    True
    """
    read = [(each.get("shown"), money_from_text(str(each.get("customer_value", "")))) for each in options]
    if any(shown is None for shown, _ in read) or any(money is None for _, money in read):
        return None
    if len({money[1] for _, money in read if money is not None}) != 1:
        return None
    shown = [money[0] for was, money in read if was and money is not None]
    hidden = [money[0] for was, money in read if not was and money is not None]
    if not hidden:
        return False
    return not shown or max(hidden) > max(shown)
