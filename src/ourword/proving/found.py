"""What a proof finds: a flaw with its lines, the customers who would meet it, and what it leans on."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Level = Literal["error", "warning", "note"]


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """One customer, as handed to the gate, and what the gate answered."""

    facts: dict[str, Any]
    """As a proposal holds them; a fact that is not there is unknown."""
    answer: str
    decided_by: str
    fired: tuple[str, ...]
    words: str
    """The facts that matter to the flaw, in words."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One flaw."""

    code: str
    """`prove.gap`, `prove.conflict`, `prove.dead`, …: the reference lists them."""
    level: Level
    kind: str
    what: str
    place: str
    also: tuple[str, ...] = ()
    """The other lines that have a part in it."""
    hint: str
    customers: tuple[Met, ...] = ()
    """None where the flaw is that nobody can be met by something; two where both together show it."""
    possible: bool = False
    """It leans on something that the solver could not look into, and no customer who shows it was found."""
    leans_on: tuple[str, ...] = ()


class Unproved(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was not answered in time."""

    kind: str
    what: str
    place: str


Finding = Found | Unproved


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How far the work has come, for whoever waits."""

    done: int
    of: int
    what: str
