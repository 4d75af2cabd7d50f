"""What conditions compare, how far a customer is from meeting one, and what its facts could be: where a search looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from ourword.cel.check import KNOWN, Checked
from ourword.cel.expr import AND, IF, IN, NOT, OR, Call, Expr, Literal, Name, walk
from ourword.cel.place import moved
from ourword.cel.python import exact
from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.cel.unparse import unparse
from ourword.contract.model import Condition
from ourword.gate.code import Exact, Values
from ourword.gate.thresholds import COMPARISONS, held_against, names_of, part_of, sides, thresholds, undone
from ourword.proving.nice import Turns, made_up, nice
from ourword.trying.room import Room

OPTIONS_MAX, MANY = 40, 20
ABSENT = object()
"""An option: not to give the fact at all."""
NUMBERS = frozenset(("money", "duration", "timestamp", "int", "uint", "double"))

Distance = Callable[[Values], int]


class Comparison(msgspec.Struct, frozen=True, eq=False):
    """A fact held against something that the other facts give."""

    fact: str
    others: tuple[Exact, ...]
    """What it is held against; several for `in`."""
    text: str
    place: str


class Conditions:
    """The conditions of one kind, each looked into once."""

    def __init__(self, room: Room) -> None:
        self.room, self.kind = room, room.kind
        self._all = room.gate.contract.checked
        self._declared = room.gate.contract.draft.wiring.facts
        self._derived = {name: self._all[fact.derived] for name, fact in self._declared.items() if fact.derived is not None}
        self._distances: dict[tuple[Condition, bool], Distance] = {}
        self._turns: dict[Condition, Turns] = {}
        self._constants: dict[Condition, dict[str, list[Any]]] = {}

    def checked(self, condition: Condition) -> Checked:
        """The typed form."""
        return self._all[condition]

    def facts(self, conditions: Iterable[Condition]) -> list[str]:
        """The facts from outside behind some conditions, in the wiring's order."""
        names = {below for each in conditions for name in self.checked(each).reads for below in self.kind.below.get(name, ())}
        return [name for name in self.kind.facts if name in names]

    def behind(self, condition: Condition) -> list[Condition]:
        """A condition, and those of the derived facts that it reads, however far down."""
        found = [condition]
        for each in found:
            for name in sorted(self.checked(each).reads & self._declared.keys()):
                derived = self._declared[name].derived
                if derived is not None and derived not in found:
                    found.append(derived)
        return found

    # ---- how far ---------------------------------------------------------------------------------------------------

    def distance(self, condition: Condition, want: bool = True) -> Distance:
        """How many parts of a condition would have to be otherwise for it to hold, or not to hold; 0: it is so."""
        if (condition, want) not in self._distances:
            self._distances[condition, want] = self._part(self.checked(condition), self.checked(condition).expr, want)
        return self._distances[condition, want]

    def in_the_way(self, mask: int, values: Values) -> int:
        """How many parts of these clauses' conditions would have to be otherwise for none of them to hold."""
        parts, left, full = 0, MANY, self.room.full(values)
        while mask and left:
            index = (mask & -mask).bit_length() - 1
            mask, left = mask & (mask - 1), left - 1
            parts += self.distance(self.kind.clauses[index].clause.when, False)(full)
        return parts + mask.bit_count()

    def _part(self, checked: Checked, expr: Expr, want: bool) -> Distance:
        match expr:
            case Call(function=function, args=args) if function in (AND, OR):
                parts = [self._part(checked, arg, want) for arg in args]
                if (function == AND) is want:
                    return lambda values: sum(part(values) for part in parts)
                return lambda values: min(part(values) for part in parts)
            case Call(function=function, args=(inner,)) if function == NOT:
                return self._part(checked, inner, not want)
            case Call(function=function, args=(test, yes, no)) if function == IF:
                ways = [(self._part(checked, test, truth), self._part(checked, way, want)) for truth, way in ((True, yes), (False, no))]
                return lambda values: min(first(values) + second(values) for first, second in ways)
            case Name(name=name) if name in self._declared and (derived := self._declared[name].derived) is not None:
                below = self.checked(derived)
                return self._part(below, below.expr, want)
        holds = exact(part_of(checked, expr))
        return lambda values: 0 if holds(values) is want else 1

    # ---- what to try -----------------------------------------------------------------------------------------------

    def options(self, name: str, conditions: Iterable[Condition], values: Values) -> list[Any]:
        """What a fact could be, for all that these conditions ask of it, the plainest first."""
        fact = self.kind.facts[name]
        behind = list(dict.fromkeys(each for condition in conditions for each in self.behind(condition)))
        found: list[Any] = []
        if fact.type.name == "enum":
            found = list(fact.type.members)
        elif fact.type.name in ("list", "map", "record", "bytes", "dyn"):
            found = made_up(fact.type, [text for each in behind for text in self._constants_of(each).get("string", ())])
        else:
            for each in behind:
                found += nice(self._turns_of(each), fact, values, self.room.trial.now, most=OPTIONS_MAX)
            same = (value for each in behind for value in self._constants_of(each).get(fact.type.name, ()))
            found += [near for value in same for near in _near(fact.type, value) if fact.signed or near is value or near >= 0]
        if any(self._asks_whether_known(each, name) for each in behind):
            found.append(ABSENT)
        plain: list[Any] = []
        for option in found:
            if option not in plain:
                plain.append(option)
        return plain[:OPTIONS_MAX]

    def _turns_of(self, condition: Condition) -> Turns:
        if condition not in self._turns:
            self._turns[condition] = Turns(self.kind, thresholds([self.checked(condition)], frozenset(self.kind.facts), self._derived))
        return self._turns[condition]

    def _constants_of(self, condition: Condition) -> dict[str, list[Any]]:
        """The values written in a condition, by the sort of fact that may be held against them through some sum or function."""
        if condition not in self._constants:
            found: dict[str, list[Any]] = {}
            checked = self.checked(condition)
            for node in walk(checked.expr):
                type_ = checked.types.get(node.id)
                if isinstance(node, Literal | Call) and type_ is not None and type_.name in (*NUMBERS, "string", "enum") and not names_of(node):
                    value = exact(part_of(checked, node))({})
                    if type(value) is not Unknown:
                        found.setdefault("string" if type_.name == "enum" else type_.name, []).append(value)
            self._constants[condition] = found
        return self._constants[condition]

    def _asks_whether_known(self, condition: Condition, name: str) -> bool:
        return any(
            isinstance(node, Call) and node.function == KNOWN and any(name in self.kind.below.get(each, ()) for each in names_of(node))
            for node in walk(self.checked(condition).expr)
        )

    # ---- what is compared ------------------------------------------------------------------------------------------

    def comparisons(self, condition: Condition) -> tuple[list[Comparison], list[tuple[str, str]]]:
        """Each comparison of a fact with something, and (text and place of) those in which no single fact stands alone."""
        checked = self.checked(condition)
        found: dict[str, Comparison] = {}
        others: list[tuple[str, str]] = []
        for node in sorted(walk(checked.expr), key=lambda node: (node.line, node.col)):
            if not isinstance(node, Call) or len(node.args) != 2 or node.function not in (*COMPARISONS, IN):
                continue
            text, place = unparse(node), moved(condition.place, node.line, node.col)
            pairs = [
                (name, tuple(held_against(exact(part_of(checked, each)), undo) for each in other))
                for side, other in sides(node)
                if all(names_of(each) <= self.kind.facts.keys() for each in other)
                for name, undo in undone(checked, side, frozenset(self.kind.facts), self._derived)
            ]
            for name, readings in pairs:
                found.setdefault(f"{name} {text}", Comparison(name, readings, text, place))
            if not pairs and not any(isinstance(side, Name) and side.name == "answer" for side, _ in sides(node)):
                others.append((text, place))
        return list(found.values()), others


def _near(type_: Type, value: Any) -> Iterator[Any]:
    yield value
    if type_.name in NUMBERS and isinstance(value, int | float):
        yield from (value + 1, value - 1)
