"""A target in words: what a company said to itself, and what was measured; the same in the terminal and on the pages."""

from __future__ import annotations

from ourword.contract.metrics import metric_words
from ourword.outcomes.targets import HOLDOUT, Judged

_BOUNDS = {"at_least": "at least {}", "at_most": "at most {}", HOLDOUT: "at most {} below the holdout's"}


def in_words(judged: Judged) -> str:
    """What the company said to itself.

    >>> of = {"contract": "care", "kind": "refund", "owner": "mara", "within": "14 days", "within_days": 14}
    >>> in_words(Judged(metric="came_back", bound="at_most", limit=0.08, **of))
    'came back at most 8 % within 14 days'
    """
    bound = _BOUNDS.get(judged.bound, "").format(share_words(judged.limit))
    return f"{metric_words(judged.metric)} {bound} within {judged.within}"


def share_words(share: float) -> str:
    """A share that people wrote, without digits that they did not write.

    >>> share_words(0.08), share_words(0.005)
    ('8 %', '0.5 %')
    """
    return f"{share * 100:.6g} %"


def figure(judged: Judged) -> str:
    """What was measured: the interval of a band, else the share with its interval; differences in points."""
    if judged.value is None or judged.low is None or judged.high is None:
        return "no data"
    low, high = f"{judged.low * 100:.1f}", f"{judged.high * 100:.1f}"
    return f"{low} to {high}" + (" pt" if judged.bound == HOLDOUT else " %")
