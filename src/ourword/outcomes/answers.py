"""How long signals wait for an answer: the median of those answered, and the share not answered within a week, each with its n."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any

import msgspec

from ourword.ledger.signals import DAY, Signal
from ourword.outcomes.intervals import wilson

WEEK_DAYS = 7


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the questions that signals asked; one that came back has asked again. A waiver is no answer, and stops no clock."""

    answered: int
    median_days: float | None
    """Of those answered; `None`, no data, where none was."""
    waiting: int
    """Not answered so far, waived or not: the median cannot know of them."""
    waived: int
    due: int
    """Asked at least a week ago."""
    late: int
    """Of those, the ones not answered within a week."""
    late_share: float | None
    low: float | None
    high: float | None


def answers(signals: Iterable[Signal], *, now: int) -> Answers:
    """Count the questions that were asked by *now* (ns since 1970).

    >>> answers([], now=0).late_share is None
    True
    """
    known = list(signals)
    asked = [each for signal in known for each in signal.asked]
    took = [(answered - since) / DAY for since, answered in asked if answered is not None]
    due = [each for each in asked if now - each[0] >= WEEK_DAYS * DAY]
    late = sum(answered is None or answered - since > WEEK_DAYS * DAY for since, answered in due)
    low, high = wilson(late / len(due), len(due)) if due else (None, None)
    return Answers(
        answered=len(took),
        median_days=median(took) if took else None,
        waiting=len(asked) - len(took),
        waived=sum(each.standing == "waived" for each in known),
        due=len(due),
        late=late,
        late_share=late / len(due) if due else None,
        low=low,
        high=high,
    )


def in_words(of: Answers) -> str:
    """Say it in two sentences.

    >>> in_words(answers([], now=0))
    'No data yet on how long an answer takes: no signal has been answered. No data on a week: none was asked that long ago.'
    """
    if of.median_days is None:
        took = "No data yet on how long an answer takes: no signal has been answered."
    else:
        days = f"{of.median_days:.1f} day{'' if f'{of.median_days:.1f}' == '1.0' else 's'}"
        took = f"An answer took {days} in the median of {of.answered:,}" + (
            f"; {of.waiting:,} more {_wait(of.waiting)} still." if of.waiting else "."
        )
    if of.late_share is None or of.low is None or of.high is None:
        return f"{took} No data on a week: none was asked that long ago."
    share = f"{of.late_share * 100:.0f} % ({of.low * 100:.0f} to {of.high * 100:.0f} %)"
    return f"{took} {of.late:,} of {of.due:,}, {share}, had no answer after {WEEK_DAYS} days."


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


def as_dict(of: Answers) -> dict[str, Any]:
    """The same as JSON values."""
    return dict(msgspec.structs.asdict(of))
