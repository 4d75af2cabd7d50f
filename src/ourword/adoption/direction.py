"""Is a change of a contract towards customers or against them? One function, which adopting asks of `ourword diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ourword.changing.diff import SECONDS, diff
from ourword.changing.found import Step
from ourword.changing.order import Direction as Way
from ourword.changing.told import AGAINST, NOTHING_AGAINST, compared
from ourword.errors import UsageError

if TYPE_CHECKING:
    from ourword.gate.code import Gate

Direction = Literal["towards", "against", "unknown"]


def direction(old: Gate, new: Gate, *, seconds: float = SECONDS) -> Direction:
    """Say whether any customer would be worse off by the *new* contract than by the *old* one.

    `towards`: it is proved that nobody would be. `against`: somebody would, and both gates showed it. `unknown`: it was not proved in time, the
    solver is not installed, or a change is arguable; whoever asks treats it as `against`, for an unknown never allows.
    """
    try:
        told = compared(old, new, [each for each in diff(old, new, seconds=seconds) if not isinstance(each, Step)])
    except UsageError:  # without the solver nothing is proved
        return "unknown"
    if told.code == AGAINST:
        return "against"
    return "towards" if told.code == NOTHING_AGAINST and not told.of(Way.ARGUABLE) else "unknown"
