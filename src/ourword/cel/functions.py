"""The one table of functions and operators, for both ways to find an overload: by static types, by values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from ourword.cel.arithmetic import ARITHMETIC
from ourword.cel.compare import COMPARE
from ourword.cel.convert import CONVERT
from ourword.cel.mathematics import MATHEMATICS
from ourword.cel.optionals import OPTIONALS
from ourword.cel.overload import Overload
from ourword.cel.strings import STRINGS
from ourword.cel.text import TEXT
from ourword.cel.times import TIMES
from ourword.cel.types import Type
from ourword.cel.values import Failure, kind, wrapped


def _by_name() -> dict[str, tuple[Overload, ...]]:
    table: dict[str, tuple[Overload, ...]] = {}
    for overload in (*COMPARE, *ARITHMETIC, *TEXT, *TIMES, *CONVERT, *STRINGS, *MATHEMATICS, *OPTIONALS):
        table[overload.function] = (*table.get(overload.function, ()), overload)
    return table


FUNCTIONS: dict[str, tuple[Overload, ...]] = _by_name()
"""Function name -> its overloads, in the order they are tried."""


def candidates(function: str, *, receiver: bool) -> tuple[Overload, ...]:
    """The overloads that may be written this way."""
    return tuple(overload for overload in FUNCTIONS.get(function, ()) if overload.fits_style(receiver=receiver))


_OPEN = ("$A", "$B", "dyn")
_BY_ITEMS = frozenset(
    name
    for name, forms in FUNCTIONS.items()
    if any(param.name == "list" and param.of[0].name not in _OPEN for form in forms for param in form.params)
)
"""Functions that tell lists apart by what they hold, such as `sum`."""


def _takes(param: Type, given: str) -> bool:
    if given.startswith("list of ") and param.name == "list":
        return param.of[0].name in (*_OPEN, given.removeprefix("list of "))
    return param.name in (*_OPEN, given)


def _kind_with_items(value: object) -> str:
    if not isinstance(value, list) or not value:
        return kind(value)
    kinds = set(map(kind, value))
    return f"list of {kinds.pop() if len(kinds) == 1 else 'several'}"


@lru_cache(maxsize=4096)
def _for_kinds(function: str, receiver: bool, kinds: tuple[str, ...]) -> Overload | None:
    for overload in candidates(function, receiver=receiver):
        if len(overload.params) == len(kinds) and all(map(_takes, overload.params, kinds)):
            return overload
    return None


def dispatched(function: str, *, receiver: bool) -> Callable[..., Any]:
    """A function that finds its overload by the values it is given."""

    tell = _kind_with_items if function in _BY_ITEMS else kind

    def run(*values: object) -> object:
        overload = _for_kinds(function, receiver, tuple(map(tell, values)))
        if overload is None:
            raise Failure(no_overload(function, [kind(value) for value in values]))
        return wrapped(overload.result.name, overload.run(*values))

    return run


def no_overload(function: str, kinds: Sequence[str]) -> str:
    """Say that a function does not take these."""
    if function not in FUNCTIONS:
        return f"unbound function: {function}"
    return f"no such overload: {function.strip('_@')}({', '.join(kinds)})"
