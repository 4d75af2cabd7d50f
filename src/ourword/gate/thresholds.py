"""What a kind's conditions hold each fact against: where a decision could tip. Near misses are looked for there.

A fact need not stand alone: where `-since_arrival >= days(2)`, or a derived fact that is worked out as `-since_arrival` is compared, the
comparison is undone, and says what `since_arrival` is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ourword.cel.check import Checked
from ourword.cel.expr import IN, NEGATE, Call, Expr, ListOf, Name, walk
from ourword.cel.python import exact
from ourword.cel.unknown import Unknown
from ourword.gate.code import Exact

Undo = Callable[[Any, Mapping[str, object]], Any]
"""From the value of an expression to the value that a fact in it must have then, the other facts being as given."""

COMPARISONS = frozenset(("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"))
_SUMS = frozenset(("money", "duration", "timestamp", "int", "uint"))
"""Sorts of values that a sum or a sign gives back exactly."""
_DEEP = 8


def thresholds(
    conditions: Iterable[Checked],
    facts: frozenset[str],
    derived: Mapping[str, Checked] | None = None,
    amended: Iterable[tuple[str, Checked]] = (),
) -> dict[str, tuple[Exact, ...]]:
    """Fact -> readings of what it is compared with, each worked out from the other facts when it is needed.

    With what is *amended*, a fact and what it becomes: also where that becomes nothing, since less is a person's to decide, and where
    the fact in its new form meets what it is compared with.
    """
    found: dict[str, list[Exact]] = {}
    becomes: dict[str, list[Checked]] = {}
    for name, made in amended:
        becomes.setdefault(name, []).append(made)
        if made.type is not None and made.type.name in ("money", "duration"):
            for below, undo in undone(made, made.expr, facts, derived or {}):
                found.setdefault(below, []).append(held_against(_nothing, undo))
    for checked in conditions:
        for side, other in _compared(checked.expr):
            ways = list(undone(checked, side, facts, derived or {})) if names_of(other) <= facts else []
            reading = exact(part_of(checked, other)) if ways else _nothing  # half of all sides are a literal: there is nothing to read for
            for name, undo in ways:
                held = held_against(reading, undo)
                found.setdefault(name, []).append(held)
                for made in becomes.get(name, ()):
                    for below, back in undone(made, made.expr, facts, derived or {}):
                        found.setdefault(below, []).append(held_against(held, back))
    return {name: tuple(readings) for name, readings in found.items()}


def _nothing(_values: Mapping[str, object]) -> object:
    return 0


def undone(checked: Checked, expr: Expr, facts: frozenset[str], derived: Mapping[str, Checked], deep: int = 0) -> Iterator[tuple[str, Undo | None]]:
    """The facts that an expression turns on alone, and how to come back from its value to theirs; `None`: it is the fact itself."""
    if deep > _DEEP:
        return
    match expr:
        case Name(name=name) if name in facts:
            yield name, None
        case Name(name=name) if name in derived:
            below = derived[name]
            yield from undone(below, below.expr, facts, derived, deep + 1)
        case Call(function=function, args=(inner,)) if function == NEGATE and _sums(checked, expr):
            for name, undo in undone(checked, inner, facts, derived, deep + 1):
                yield name, _then(lambda value, _values: -value, undo)
        case Call(function=function, args=(left, right)) if function in ("_+_", "_-_") and _sums(checked, expr):
            for inner, other in ((left, right), (right, left)):
                for name, undo in undone(checked, inner, facts, derived, deep + 1) if names_of(other) <= facts else ():
                    if name not in names_of(other):
                        yield name, _then(_moved(function, exact(part_of(checked, other)), first=inner is left), undo)


def held_against(reading: Exact, undo: Undo | None) -> Exact:
    """What the fact itself is held against."""
    if undo is None:
        return reading

    def read(values: Mapping[str, object]) -> object:
        value = reading(values)
        return value if type(value) is Unknown else undo(value, values)

    return read


def mirrored(derived: Mapping[str, Checked]) -> dict[str, str]:
    """Facts of which a derived one is the opposite, such as `until_arrival` of `since_arrival`, each with the first of those."""
    found: dict[str, str] = {}
    for name, checked in derived.items():
        match checked.expr:
            case Call(function=function, args=(Name(name=below),)) if function == NEGATE:
                found.setdefault(below, name)
    return found


def _moved(function: str, other: Exact, *, first: bool) -> Undo:
    """Undo a sum or a difference, of which the fact is the first part or the second."""

    def undo(value: Any, values: Mapping[str, object]) -> Any:
        rest: Any = other(values)
        if type(rest) is Unknown:
            return rest
        if function == "_+_":
            return value - rest
        return value + rest if first else rest - value

    return undo


def _then(one: Undo, next_: Undo | None) -> Undo:
    if next_ is None:
        return one

    def undo(value: Any, values: Mapping[str, object]) -> Any:
        inner = one(value, values)
        return inner if type(inner) is Unknown else next_(inner, values)

    return undo


def _sums(checked: Checked, expr: Expr) -> bool:
    type_ = checked.types.get(expr.id)
    return type_ is not None and type_.name in _SUMS


def _compared(expr: Expr) -> Iterable[tuple[Expr, Expr]]:
    for node in walk(expr):
        if isinstance(node, Call) and len(node.args) == 2 and node.function in (*COMPARISONS, IN):
            for side, others in sides(node):
                yield from ((side, other) for other in others)


def sides(node: Call) -> Iterator[tuple[Expr, tuple[Expr, ...]]]:
    """Of a comparison with two sides: one side, and what it is held against."""
    left, right = node.args
    if node.function == IN:
        if isinstance(right, ListOf):
            yield left, right.items
        return
    yield left, (right,)
    yield right, (left,)


def part_of(checked: Checked, part: Expr) -> Checked:
    """A part of a condition, as a condition."""
    return msgspec.structs.replace(checked, expr=part, type=checked.types[part.id], reads=names_of(part))


def names_of(expr: Expr) -> frozenset[str]:
    """The facts that an expression reads."""
    return frozenset(node.name for node in walk(expr) if isinstance(node, Name))
