"""Which version a change makes, as semantic versions have it: what is against a customer, or needs others to change something, is major."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from ourword.changing.found import Change
from ourword.changing.order import Direction

Step = Literal["none", "patch", "minor", "major"]
STEPS: tuple[Step, ...] = ("none", "patch", "minor", "major")
_NUMBERS = re.compile(r"(\d+)\.(\d+)\.(\d+)", re.ASCII)


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What the new version should be, beside what it says it is."""

    step: Step
    least: str
    """The lowest version that says enough; empty where the old one is not `MAJOR.MINOR.PATCH`."""
    given: str
    enough: bool


def advice(old: str, new: str, changes: Iterable[Change], *, words_changed: bool = False) -> Advice:
    """Advise on the version of *new*, which comes after *old*.

    >>> advice("3.2.0", "3.2.1", [], words_changed=True).enough
    True
    """
    step = STEPS[max([STEPS.index(needed(each)) for each in changes] + [1 if words_changed else 0])]
    before, after = _numbers(old), _numbers(new)
    if before is None:
        return Advice(step=step, least="", given=new, enough=True)
    least = _after(before, step)
    return Advice(step=step, least=".".join(map(str, least)), given=new, enough=after is None or after >= least)


def needed(change: Change) -> Step:
    """Which step one change needs by itself."""
    if change.direction is Direction.AGAINST or change.interface:
        return "major"
    return "patch" if change.direction is Direction.NEUTRAL and not change.adds else "minor"


def _numbers(text: str) -> tuple[int, int, int] | None:
    match = _NUMBERS.match(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _after(before: tuple[int, int, int], step: Step) -> tuple[int, int, int]:
    major, minor, patch = before
    return {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1), "none": before}[step]
