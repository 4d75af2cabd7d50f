"""What a kind's conditions hold each fact against: where a decision could tip. Near misses are looked for there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ourword.cel.check import Checked
from ourword.cel.expr import IN, Call, Expr, ListOf, Name, walk
from ourword.cel.python import exact
from ourword.gate.code import Exact

_COMPARISONS = frozenset(("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"))


def thresholds(conditions: Iterable[Checked], facts: frozenset[str]) -> dict[str, tuple[Exact, ...]]:
    """Fact -> readings of what it is compared with, each worked out from the other facts when it is needed."""
    found: dict[str, list[Exact]] = {}
    for checked in conditions:
        for name, other in _compared(checked.expr):
            if name in facts and _names(other) <= facts:
                found.setdefault(name, []).append(exact(_part(checked, other)))
    return {name: tuple(readings) for name, readings in found.items()}


def _compared(expr: Expr) -> Iterable[tuple[str, Expr]]:
    for node in walk(expr):
        if not isinstance(node, Call) or len(node.args) != 2:
            continue
        left, right = node.args
        if node.function in _COMPARISONS:
            if isinstance(left, Name):
                yield left.name, right
            if isinstance(right, Name):
                yield right.name, left
        elif node.function == IN and isinstance(left, Name) and isinstance(right, ListOf):
            for item in right.items:
                yield left.name, item


def _part(checked: Checked, part: Expr) -> Checked:
    return msgspec.structs.replace(checked, expr=part, type=checked.types[part.id], reads=_names(part))


def _names(expr: Expr) -> frozenset[str]:
    return frozenset(node.name for node in walk(expr) if isinstance(node, Name))
