"""A comparison as a whole: everything that was found, what it asks of the version, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ourword.changing.found import Change, Finding, Part, Settled, Unproved
from ourword.changing.order import Direction
from ourword.changing.version import Advice, advice
from ourword.contract.model import Draft
from ourword.gate.code import Gate

NOTHING_AGAINST, AGAINST, NOT_PROVED = 0, 1, 2
TAKEN_FOR_GRANTED = (
    "facts fit their declared types, no amount is above ten trillion, and one name is one fact in both contracts",
    "nobody here is in a holdout; a person answers as they did before, gives a reason, and is not the owner",
    "two questions to the customer count as alike, and so do two ways to a person",
)
"""What every comparison rests on."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two contracts, and all that was found between them."""

    old: tuple[str, str, str]
    """Name, version, digest."""
    new: tuple[str, str, str]
    changes: tuple[Change, ...]
    parts: tuple[Part, ...]
    kinds: tuple[Settled, ...]
    not_proved: tuple[Unproved, ...]
    version: Advice
    past: tuple[Any, ...] | None = None
    """Each kind's past decided again (`ourword.deciding.past`), if a home was given."""
    interrupted: bool = False

    @property
    def code(self) -> int:
        """The exit code: what the gates show is against customers; what is only possible, or open, is not proved."""
        if self.of(Direction.AGAINST) or any(each.against for each in self.past or ()):
            return AGAINST
        open_ = self.not_proved or any(each.possible for each in self.changes) or any(not each.proved for each in self.kinds)
        return NOT_PROVED if open_ else NOTHING_AGAINST

    def of(self, way: Direction) -> tuple[Change, ...]:
        """The changes of one direction that are certain."""
        return tuple(each for each in self.changes if each.direction is way and not each.possible)


def compared(old: Gate, new: Gate, found: Iterable[Finding], *, past: tuple[Any, ...] | None = None, interrupted: bool = False) -> Compared:
    """Put together what was found."""
    findings: Sequence[Finding] = tuple(found)
    changes = tuple(each for each in findings if isinstance(each, Change))
    one, other = old.contract.draft, new.contract.draft
    touched = one.canonical != other.canonical
    advised = advice(one.version, other.version, changes, words_changed=touched and _beside_version(one, other))
    return Compared(
        old=(one.name, one.version, old.contract.digest),
        new=(other.name, other.version, new.contract.digest),
        changes=changes,
        parts=tuple(each for each in findings if isinstance(each, Part)),
        kinds=tuple(each for each in findings if isinstance(each, Settled)),
        not_proved=tuple(each for each in findings if isinstance(each, Unproved)),
        version=advised,
        past=past,
        interrupted=interrupted,
    )


def _beside_version(old: Draft, new: Draft) -> bool:
    """Whether anything but the version itself was written otherwise."""
    forms = [msgspec.json.decode(each.canonical) for each in (old, new)]
    for form in forms:
        form["contract"].pop("version", None)
    return bool(forms[0] != forms[1])
