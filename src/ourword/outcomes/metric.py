"""What a metric is: declared once, with everything that is needed to read it."""

from __future__ import annotations

from typing import Literal

import msgspec

from ourword.outcomes.contacts import CLOSED_OUTCOMES

CLOSED = f"c.outcome IN ({', '.join(repr(each) for each in CLOSED_OUTCOMES)})"
OUTCOMES_SOURCE = "outcomes.md: what became of a contact"

Unit = Literal["contact", "promise", "customer", "decision"]
Estimator = Literal["share", "survival", "difference"]


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted among what, in which unit, on which clock, from when to when, when it may be read, what is left out, and who says so."""

    id: str
    says: str
    numerator: str
    denominator: str
    unit: Unit = "contact"
    clock: str = "end of the contact"
    window: str = "as asked; 7 days unless told"
    maturity: str = "the window, and the last promise made in the contact, are over"
    exclusions: str = "contacts still open; contacts without a clock"
    source: str = OUTCOMES_SOURCE
    estimator: Estimator = "share"
    """`share`: numerator / denominator. `survival`: Kaplan–Meier. `difference`: the share after automation less the share after people."""
