"""A compiled contract as values: what `compile` makes and every step of the gate reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ourword.contract.model import Boundary, Clause, Contract, Fact, Kind, PromiseRule
from ourword.core.calendar import Calendar, DeskHours

Values = dict[str, Any]
Exact = Callable[[Mapping[str, object]], object]
Fast = Callable[[Mapping[str, object], int], int]
Typed = Callable[[Mapping[str, object], int], Values]
Partly = Callable[[Values], tuple[int, int]]

UNTYPED = -1
"""What the generated function gives when a fact is unknown or ill-typed: the exact reading has to look."""


class ClauseCode(msgspec.Struct, frozen=True):
    """A clause with its exact reading and its amendments' readings."""

    clause: Clause
    holds: Exact
    amend: tuple[tuple[Fact, Exact], ...]


class BoundaryCode(msgspec.Struct, frozen=True):
    """A boundary with its exact reading."""

    boundary: Boundary
    holds: Exact


class PromiseCode(msgspec.Struct, frozen=True):
    """A promise with its exact reading and the desk hours it counts in."""

    rule: PromiseRule
    holds: Exact
    hours: DeskHours | None
    only_answer: frozenset[str] | None
    """Where the condition reads the answer alone: the answers for which it holds."""


class KindGate(msgspec.Struct, frozen=True, eq=False):
    """One kind of decision, ready to decide."""

    kind: Kind
    facts: dict[str, Fact]
    """The facts this kind reads from outside, by name, in the wiring's order."""
    derived: tuple[tuple[str, Exact], ...]
    """Derived facts in an order in which each finds what it reads."""
    clauses: tuple[ClauseCode, ...]
    boundaries: tuple[BoundaryCode, ...]
    promises: tuple[PromiseCode, ...]
    answers: tuple[str, ...]
    masks: dict[str, int]
    """Answer -> the bits of the clauses that give it; `final` -> the refusals that no person outranks."""
    customer_stated: frozenset[str]
    """Facts, derived ones too, that only the customer can state."""
    never_told: frozenset[str]
    """Facts, derived ones too, that no customer-facing text may betray."""
    mask: Fast
    """Facts as they arrive and the time -> the mask of clauses that hold, or `UNTYPED`."""
    fast: Fast
    """The same, and `UNTYPED` too where a boundary holds for what the clauses answer."""
    typed: Typed
    """Facts as they arrive and the time -> typed facts, absent ones as `Unknown`; derived ones are not among them yet."""
    partly: Partly
    """Typed facts, some unknown -> the mask of clauses that hold, and the mask of those that need the exact reading."""
    mirrored: dict[str, str]
    """Facts of which a derived one is the opposite, such as `until_arrival` of `since_arrival`, and may be told: each with that one."""
    python: str
    """The generated source, for `show --python`."""
    below: dict[str, frozenset[str]]
    """Every declared fact -> the facts from outside that it rests on; one from outside rests on itself."""
    thresholds: dict[str, tuple[Exact, ...]]
    """Fact -> readings of what the conditions compare it with."""
    timeless: bool
    """Whether no fact this kind reads, and nobody's care, depends on the time of deciding."""
    settle: Callable[[int], int]
    """The mask of clauses that hold, every fact known -> those that settle the answer."""
    outcomes: dict[int, Any]
    """What settles it -> outcome, where every fact is known and nothing is changed."""
    memo: dict[int, Any]
    """What settles it -> judgement, where every fact is known."""

    def __repr__(self) -> str:
        return f"<KindGate {self.kind.name}>"

    def read(self, given: Mapping[str, object], now: int) -> Values:
        """Type every fact this kind reads, absent ones as `Unknown`, derived ones worked out."""
        return self.derive(self.typed(given, now))

    def derive(self, values: Values) -> Values:
        """Work out the derived facts afresh from the others."""
        for name, reading in self.derived:
            values[name] = reading(values)
        return values


class Gate(msgspec.Struct, frozen=True, eq=False):
    """A compiled contract. Only a gate decides."""

    contract: Contract
    kinds: dict[str, KindGate]
    calendar: Calendar

    def __repr__(self) -> str:
        return f"<Gate {self.contract.draft.name} {self.contract.draft.version}: {', '.join(self.kinds)}>"


def outside_names(kind: KindGate, names: frozenset[str]) -> frozenset[str]:
    """The facts from outside that stand behind these names; `answer` is no fact."""
    return frozenset().union(*(kind.below.get(name, frozenset()) for name in names))


def in_wiring_order(kind: KindGate, names: frozenset[str]) -> tuple[str, ...]:
    """Facts in the order in which the wiring declares them."""
    return tuple(name for name in kind.facts if name in names) + tuple(sorted(names - kind.facts.keys()))
