"""How much work a condition can be, told before it runs: a gate that a line, or a contract's author, can bring to a halt protects nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ourword.cel.expr import AND, IF, INDEX, NOT, OR, Bind, Call, Each, Expr, ListOf, Literal, MapOf, Name, Select, children
from ourword.cel.types import DYN, Type

STEPS_MAX = 2_000_000
STEPS_ALL_MAX = 20_000_000
"""All conditions of one contract together."""
FACT_ITEMS = 50
"""The number of items that a list fact is taken to hold when a contract is checked: three `all`, one inside the other, pass; four do not."""
TEXT_MAX = 10_000
"""Characters of a text fact; a longer one counts as unknown."""

_TEXT_STEPS = 5
"""Comparing or copying ten thousand characters takes about as long as five steps of a condition: half a microsecond."""
_MULTIPLIES = frozenset(("replace", "join", "format"))
_GLANCES = frozenset((AND, OR, NOT, IF, INDEX, "size", "has", "known"))
"""Functions that do not walk through what they are given; every other one is taken to."""
_SINGLE = frozenset(("bool", "int", "uint", "double", "money", "duration", "timestamp", "null", "enum", "type"))


class Cost(msgspec.Struct, frozen=True):
    """An upper estimate: steps to work a value out, and the steps to walk through all that it then holds."""

    steps: int
    size: int


class Sizes(msgspec.Struct, frozen=True):
    """What is known of sizes: of names, the types of nodes by number, and how many items a list fact may hold."""

    names: Mapping[str, int]
    types: Mapping[int, Type]
    items: int = FACT_ITEMS

    def of(self, expr: Expr) -> int:
        """The size of a part of a fact."""
        return size_of(self.types.get(expr.id, DYN), self.items)

    def with_names(self, names: Mapping[str, int]) -> Sizes:
        """The same within a macro that brings names."""
        return Sizes({**self.names, **names}, self.types, self.items)


def size_of(type_: Type, items: int) -> int:
    """Steps to walk through a value of this type, every list and map in it holding *items*, every text `TEXT_MAX` characters.

    >>> from ourword.cel.types import INT, list_of
    >>> size_of(list_of(list_of(INT)), 50)
    2500
    """
    if type_.name in _SINGLE:
        return 1
    if type_.name in ("string", "bytes"):
        return _TEXT_STEPS
    if type_.name == "record":
        return _least(sum(size_of(field, items) for _, field in type_.fields) or 1)
    return _least(items * sum(size_of(each, items) for each in type_.of)) if type_.of else items


def cost(expr: Expr, sizes: Sizes) -> Cost:
    """Estimate a condition's work from its form.

    >>> from ourword.cel.parse import parse
    >>> cost(parse("items.all(i, i > 5)"), Sizes({"items": 50, "i": 1}, {})).steps > 50
    True
    """
    found = _cost(expr, sizes)
    type_ = sizes.types.get(expr.id)
    return Cost(found.steps, 1) if type_ is not None and type_.name in _SINGLE else found


def _cost(expr: Expr, sizes: Sizes) -> Cost:
    if isinstance(expr, Literal):
        return Cost(1, len(expr.value) if isinstance(expr.value, (str, bytes)) else 1)
    if isinstance(expr, Name):
        return Cost(1, sizes.names[expr.name] if expr.name in sizes.names else sizes.of(expr))
    if isinstance(expr, Each):
        return _each(expr, sizes)
    if isinstance(expr, Bind):
        value = cost(expr.value, sizes)
        body = cost(expr.body, sizes.with_names({expr.name: value.size}))
        return Cost(_least(value.steps + body.steps), body.size)
    parts = [cost(part, sizes) for part in children(expr)]
    steps = sum(part.steps for part in parts)
    if isinstance(expr, Select) or (isinstance(expr, Call) and expr.function == INDEX):
        return Cost(_least(1 + steps), min(sizes.of(expr), max((part.size for part in parts), default=1)))
    function = expr.function if isinstance(expr, Call) else ""
    size = _product(part.size for part in parts) if function in _MULTIPLIES else sum(part.size for part in parts)
    if function == "split":
        size = TEXT_MAX * _TEXT_STEPS  # a list with a text for each character
    walks = isinstance(expr, (ListOf, MapOf)) or (function and function not in _GLANCES)
    return Cost(_least((size if walks else 1) + steps), _least(max(size, 1)))


def _each(expr: Each, sizes: Sizes) -> Cost:
    over = cost(expr.over, sizes)
    type_ = sizes.types.get(expr.over.id, DYN)
    item = size_of(type_.of[-1], sizes.items) if type_.of else 1
    count = max(over.size // item, 1)
    inner = sizes.with_names(dict.fromkeys(expr.variables, item if type_.of else over.size))
    parts = [cost(part, inner) for part in expr.parts]
    steps = over.steps + count * sum(part.steps for part in parts)
    made = count * max(part.size for part in parts) if expr.macro.startswith(("map", "transform")) else over.size
    return Cost(_least(steps), _least(made))


def _product(sizes: Iterable[int]) -> int:
    product = 1
    for size in sizes:
        product = _least(product * max(size, 1))
    return product


def _least(steps: int) -> int:
    """Beyond the bound all numbers are alike; without this they would have thousands of digits."""
    return min(steps, STEPS_ALL_MAX * 1000)
