"""A contract tried out: its examples and kept cases, the edges of its conditions, and what no example shows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import msgspec

from ourword.contract.model import Example
from ourword.gate.code import Gate, KindGate, Values
from ourword.proving.found import Step
from ourword.trying.conditions import Conditions
from ourword.trying.edges import Edge, Edges, places
from ourword.trying.examples import Tried, tried
from ourword.trying.room import Room
from ourword.trying.search import OutOfTime, Search
from ourword.trying.targets import Shows, Target, fired, shares, targets

SECONDS = 60.0
EXPLAINED_MAX = 20
"""Failing examples of a kind for which the nearest change is looked for."""
_NETS = ("otherwise", "boundary")
"""What is there to catch whom nothing else did: good if nobody is found for it."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an example should show, and whether one does."""

    target: Target
    holds: int
    """In how many examples it had a part."""
    decides: int
    """In how many of them it shows in the answer."""
    customer: Values | None = None
    """Where none shows it: somebody who would; `None`: nobody was found."""
    looked: bool = True
    """Whether there was time to look for somebody."""

    @property
    def counts(self) -> bool:
        """Whether it is among what examples should show: a net that nobody was found to reach is not."""
        return bool(self.decides) or self.customer is not None or self.target.what not in _NETS or not self.looked


class TriedKind(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one kind of decision."""

    room: Room
    examples: tuple[Tried, ...]
    cases: tuple[Tried, ...]
    edges: tuple[Edge, ...] = ()
    without: tuple[tuple[str, str], ...] = ()
    """Text and place of comparisons for which no case is made: no fact stands alone on one of their sides."""
    shown: tuple[Shown, ...] = ()
    unlooked: int = 0
    """How many edges there was no time for."""

    @property
    def name(self) -> str:
        """The kind's name."""
        return self.room.kind.kind.name

    @property
    def right(self) -> bool:
        """Whether all examples and cases are as expected."""
        return all(each.right for each in (*self.examples, *self.cases))

    @property
    def done(self) -> bool:
        """Whether there was time for everything."""
        return not self.unlooked and all(each.looked for each in self.shown)


def try_out(gate: Gate, cases: Mapping[str, tuple[Example, ...]], *, kind: str = "", seconds: float = SECONDS) -> Iterator[Step | TriedKind]:
    """Give what came of each kind, between steps that tell how far it is; *seconds* bounds the looking, never the examples."""
    until = time.monotonic() + seconds
    kinds = [each for name, each in gate.kinds.items() if kind in ("", name)]
    of = sum(3 * len(each.clauses) + 3 for each in kinds)
    done = 0
    for each in kinds:
        for step in _kind(gate, each, cases.get(each.kind.name, ()), until):
            yield Step(done=min(done + step, of), of=of, what=each.kind.name) if isinstance(step, int) else step
        done += 3 * len(each.clauses) + 3


def _kind(gate: Gate, kind: KindGate, cases: tuple[Example, ...], until: float) -> Iterator[int | TriedKind]:
    room = Room(gate, kind)
    conditions = Conditions(room)
    ran, kept = _tried(gate, kind, kind.kind.examples), _tried(gate, kind, cases)
    wanted = list(targets(kind))
    compared, without = places(room, conditions, wanted)
    customers: dict[Target, Values | None] = {}
    edges: list[Edge] = []
    try:
        search = Search(room, conditions, until=until)
        shows = Shows(room, conditions, search)
        for number, target in enumerate(wanted):
            customers[target] = shows.find(target)
            yield min(number, len(kind.clauses))
        looking = Edges(room, conditions, search, shows)
        for number, place in enumerate(compared):
            edges.append(looking.look(place, customers[place.target]))
            yield len(kind.clauses) + (2 * len(kind.clauses) * number) // len(compared)
    except OutOfTime:
        pass
    yield TriedKind(
        room=room,
        examples=ran,
        cases=kept,
        edges=tuple(edges),
        without=tuple(without),
        shown=tuple(_shown(room, ran, wanted, customers)),
        unlooked=len(compared) - len(edges),
    )


def _tried(gate: Gate, kind: KindGate, examples: tuple[Example, ...]) -> tuple[Tried, ...]:
    """Run examples; the first that are not as expected are explained, the rest fail without: one change may break hundreds."""
    found: list[Tried] = []
    wrong = 0
    for example in examples:
        found.append(tried(gate, kind, example, explain=wrong < EXPLAINED_MAX))
        wrong += not found[-1].right
    return tuple(found)


def _shown(room: Room, ran: tuple[Tried, ...], wanted: list[Target], customers: Mapping[Target, Values | None]) -> Iterator[Shown]:
    seen = [room.seen(each.verdict) for each in ran if each.verdict is not None and not each.example.by]
    for target in wanted:
        decided = sum(shares(room.kind, target, each) for each in seen)
        yield Shown(
            target=target,
            holds=sum(fired(target, each) for each in seen),
            decides=decided,
            customer=None if decided else customers.get(target),
            looked=bool(decided) or target in customers,
        )
