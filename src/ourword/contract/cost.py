"""How much work a condition can be, told before it runs: a gate that a contract's author can bring to a halt protects nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ourword.cel.expr import Bind, Each, Expr, ListOf, Literal, MapOf, Name, children

STEPS_MAX = 1_000_000
STEPS_ALL_MAX = 20_000_000
"""All conditions of one contract together."""
FACT_SIZE = 50
"""The number of items that a list fact is taken to hold: three `all`, one inside the other, pass; four do not."""

_MULTIPLIES = frozenset(("replace", "join", "format"))


class Cost(msgspec.Struct, frozen=True):
    """An upper estimate: steps to work a value out, and the items or characters it then holds."""

    steps: int
    size: int


def cost(expr: Expr, bound: Mapping[str, int] | None = None) -> Cost:
    """Estimate a condition's work from its form; *bound* gives the sizes of names that macros bring.

    >>> from ourword.cel.parse import parse
    >>> cost(parse("items.all(i, i.available)")).steps
    101
    """
    bound = bound or {}
    if isinstance(expr, Literal):
        return Cost(1, len(expr.value) if isinstance(expr.value, (str, bytes)) else 1)
    if isinstance(expr, Name):
        return Cost(1, bound.get(expr.name, FACT_SIZE))
    if isinstance(expr, Each):
        return _each(expr, bound)
    if isinstance(expr, Bind):
        value = cost(expr.value, bound)
        body = cost(expr.body, {**bound, expr.name: value.size})
        return Cost(value.steps + body.steps, body.size)
    parts = [cost(part, bound) for part in children(expr)]
    size = sum(part.size for part in parts)
    if getattr(expr, "function", "") in _MULTIPLIES:
        size = _product(part.size for part in parts)
    copied = size if isinstance(expr, (ListOf, MapOf)) or getattr(expr, "function", "") in ("_+_", *_MULTIPLIES) else 1
    return Cost(_least(copied + sum(part.steps for part in parts)), _least(max(size, 1)))


def _each(expr: Each, bound: Mapping[str, int]) -> Cost:
    over = cost(expr.over, bound)
    inner = {**bound, **dict.fromkeys(expr.variables, over.size)}
    parts = [cost(part, inner) for part in expr.parts]
    steps = over.steps + over.size * sum(part.steps for part in parts)
    return Cost(_least(steps), _least(over.size * max(part.size for part in parts) if expr.macro.startswith(("map", "transform")) else over.size))


def _product(sizes: Iterable[int]) -> int:
    product = 1
    for size in sizes:
        product = _least(product * max(size, 1))
    return product


def _least(steps: int) -> int:
    """Beyond the bound all numbers are alike; without this they would have thousands of digits."""
    return min(steps, STEPS_MAX * 10)
