"""What an example can speak of: each clause, what happens otherwise, each required fact, boundary and promise; and who would show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from ourword.contract.model import Condition
from ourword.core.answer import Answer
from ourword.gate.code import KindGate, Values
from ourword.trying.conditions import Conditions
from ourword.trying.room import Room, Seen
from ourword.trying.search import Search

BESIDE_MAX = 8
What = Literal["clause", "otherwise", "requires", "boundary", "promise"]


class Target(msgspec.Struct, frozen=True):
    """Something that an example should show."""

    what: What
    id: str
    """The clause, boundary or promise; the required fact; `otherwise`."""
    place: str
    index: int = 0

    @property
    def called(self) -> str:
        """In words.

        >>> Target("requires", "amount", "contract.yaml:1:1").called
        '`amount` required and not known'
        """
        if self.what == "requires":
            return f"`{self.id}` required and not known"
        return "`otherwise`" if self.what == "otherwise" else f"{self.what} `{self.id}`"


def targets(kind: KindGate) -> Iterator[Target]:
    """All that a kind's examples should show, in the contract's order."""
    for index, code in enumerate(kind.clauses):
        yield Target("clause", code.clause.id, code.clause.place, index)
    yield Target("otherwise", "otherwise", kind.kind.place)
    for name in kind.kind.requires:
        yield Target("requires", name, kind.kind.place)
    for index, bound in enumerate(kind.boundaries):
        yield Target("boundary", bound.boundary.id, bound.boundary.place, index)
    for index, promise in enumerate(kind.promises):
        yield Target("promise", promise.rule.id, promise.rule.place, index)


def fired(target: Target, seen: Seen) -> bool:
    """Whether it had any part: for a clause, whether it held at all."""
    return bool(seen.fired >> target.index & 1) if target.what == "clause" else decides(target, seen)


def decides(target: Target, seen: Seen) -> bool:
    """Whether it shows in what was answered."""
    match target.what:
        case "otherwise":
            return seen.by == "otherwise"
        case "requires":
            return seen.by == "requires" and target.id in seen.missing
        case "boundary":
            return target.id in seen.crossed
        case "promise":
            return target.id in seen.promises
    return seen.by == target.id


def shares(kind: KindGate, target: Target, seen: Seen) -> bool:
    """Whether a clause decides, or is one of several questions or changes that together are the answer."""
    if target.what != "clause" or decides(target, seen):
        return decides(target, seen)
    answer = kind.clauses[target.index].clause.then.answer
    together = (Answer.AMEND, Answer.ASK) if answer is Answer.AMEND and seen.amended else (answer,) if answer is Answer.ASK else ()
    return fired(target, seen) and seen.judged in together and seen.by not in seen.crossed


def condition_of(kind: KindGate, target: Target) -> Condition:
    """The condition of a clause, boundary or promise."""
    match target.what:
        case "boundary":
            return kind.boundaries[target.index].boundary.when
        case "promise":
            return kind.promises[target.index].rule.when
    return kind.clauses[target.index].clause.when


class Shows:
    """Looks for a customer who shows a target."""

    def __init__(self, room: Room, conditions: Conditions, search: Search) -> None:
        self.room, self.conditions, self.search = room, conditions, search
        self.kind = room.kind

    def find(self, target: Target) -> Values | None:
        """The plainest such customer that was found, with as few facts as it takes; `None`: none was."""
        if target.what == "requires":
            return self._without(target)
        starts = [] if target.what == "clause" else self._one_of_each_answer()
        values, far = self.search.find(lambda values: self.cost(target, values), lambda values, wide: self.among(target, values, wide), starts=starts)
        if any(far):
            return None
        self.search.keep(values)
        return self._small(target, values, frozenset())

    def _one_of_each_answer(self) -> list[Values]:
        """A boundary speaks of answers, and no step leads from one to another but by way of a clause."""
        found: dict[Answer, Values] = {}
        for values in self.search.pool:
            found.setdefault(self.room.see(values).judged, values)
        return list(found.values())

    def cost(self, target: Target, values: Values) -> tuple[int, ...]:
        """How far a customer is from showing it: what must hold, then what must not outrank it."""
        seen = self.room.see(values)
        shown = 0 if decides(target, seen) else 1
        stopped = len(seen.crossed)
        match target.what:
            case "clause":
                return (
                    self.far(target, values, seen),
                    self.conditions.in_the_way(seen.fired & self.outranking(target.index), values),
                    shown and 1 + stopped,
                )
            case "otherwise":
                return self.conditions.in_the_way(seen.fired, values), shown
        return self.far(target, values, seen), shown

    def far(self, target: Target, values: Values, seen: Seen) -> int:
        """How many parts of its condition would have to be otherwise."""
        answer = seen.judged if target.what == "boundary" else seen.answer
        return self.conditions.distance(condition_of(self.kind, target))({**self.room.full(values), "answer": answer.value})

    def among(self, target: Target, values: Values, wide: bool = False) -> list[Condition]:
        """Its own condition, and those of what stands in its way now; asked widely, of what could come into its way too."""
        seen = self.room.see(values)
        own = [] if target.what == "otherwise" else [condition_of(self.kind, target)]
        outranking = self.outranking(target.index) if target.what == "clause" else -1
        held = [code.clause.when for index, code in enumerate(self.kind.clauses) if seen.fired & outranking & 1 << index]
        bounds = [code.boundary.when for code in self.kind.boundaries if code.boundary.id in seen.crossed]
        found = [*own, *held[:3], *bounds]
        return [*found, *self._beside(found, outranking)] if wide else found

    def _beside(self, found: list[Condition], outranking: int) -> list[Condition]:
        """The clauses, and boundaries, that read a fact which is about to be changed."""
        facts = set(self.conditions.facts(found))
        clauses = [code.clause.when for index, code in enumerate(self.kind.clauses) if outranking & 1 << index]
        others = [*(code.boundary.when for code in self.kind.boundaries), *clauses]
        return [each for each in others if each not in found and facts & set(self.conditions.facts((each,)))][:BESIDE_MAX]

    def outranking(self, index: int) -> int:
        """The clauses that decide before this one where they hold too."""
        masks, answer = self.kind.masks, self.kind.clauses[index].clause.then.answer
        earlier = (1 << index) - 1
        if masks["final"] >> index & 1:
            return masks["final"] & earlier
        order = [Answer.ESCALATE, Answer.REFUSE, Answer.ASK, Answer.AMEND, Answer.ALLOW]
        above = sum(masks[each.value] for each in order[: order.index(answer)])
        return masks["final"] | above | masks[answer.value] & earlier

    def _without(self, target: Target) -> Values | None:
        """Somebody who would be answered, but for the one fact that is not known."""
        for values in reversed(self.search.pool):
            lacking = {name: value for name, value in values.items() if name != target.id}
            seen = self.room.see(lacking)
            if decides(target, seen) and seen.missing == {target.id}:
                return self._small(target, lacking, frozenset((target.id,)))
        return None

    def _small(self, target: Target, values: Values, missing: frozenset[str]) -> Values | None:
        before = self.room.see(values)

        def same(fewer: Values) -> bool:
            seen = self.room.see(fewer)
            return decides(target, seen) and seen.answer is before.answer and seen.missing <= before.missing | missing

        values = self._plainer(self.room.fewest(values, (), same), same)
        return values if self.room.shown(values) else None

    def _plainer(self, values: Values, same: Any) -> Values:
        plainest = self.search.pool[0]
        for name in values:
            if same(tried := {**values, name: plainest[name]}):
                values = tried
        return values
