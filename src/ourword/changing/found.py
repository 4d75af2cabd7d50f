"""What a comparison finds: changes with their direction, the customers who would meet them under both contracts, what was not proved."""

from __future__ import annotations

from typing import Any

import msgspec

from ourword.changing.order import Direction
from ourword.proving.found import Step, Unproved


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the two gates answered to a customer."""

    answer: str
    decided_by: str
    fired: tuple[str, ...]
    amended: dict[str, Any] | None = None
    promises: tuple[str, ...] = ()
    proposed: str | None = None
    """What a person would be asked to confirm."""
    place: str = ""
    """Where what decided stands, if it is a clause or a boundary."""


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """One customer, as handed to both gates, and what each answered."""

    facts: dict[str, Any]
    words: str
    """The facts that matter, in words."""
    old: Answered
    new: Answered


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that changes."""

    direction: Direction
    about: str
    """`answer`, `person`, `proposal`, `promise`, `clause`, `boundary`, `requires`, `otherwise`, or the key that was changed."""
    kind: str = ""
    """The kind of decision; empty for what holds for all."""
    what: str
    place: str
    """In the new contract, or in the old one where it is gone."""
    was: str = ""
    now: str = ""
    customers: tuple[Witness, ...] = ()
    possible: bool = False
    """The solver found somebody, but leaned on what it cannot look into, and no customer who shows it was found."""
    leans_on: tuple[str, ...] = ()
    interface: bool = False
    """Whoever calls the gate, or reads its words, has to change something too."""
    adds: bool = False
    """Something that was not there before: a kind, a promise, a clause."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A clause, a boundary or a rule that was added, changed or taken out, and what that is for the customers whom it decides."""

    kind: str
    about: str
    """`clause`, `boundary`, `requires`, `otherwise` or `rights`."""
    what: str
    place: str
    was: str = ""
    now: str = ""
    directions: tuple[Direction, ...]
    """None: nobody is answered otherwise where it decides."""
    proved: bool


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one kind of decision as a whole."""

    kind: str
    directions: tuple[Direction, ...]
    """Of all that changes in answers and promises; none: nobody is answered otherwise."""
    proved: bool
    """Whether there are no others than these, whoever may come."""


Finding = Change | Part | Unproved | Settled
__all__ = ["Answered", "Change", "Direction", "Finding", "Part", "Settled", "Step", "Unproved", "Witness"]
