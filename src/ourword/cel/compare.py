"""Equality, order, membership, presence in a list or map, size, index."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ourword.cel.overload import MONEY, A, B, Overload, same
from ourword.cel.types import BOOL, BYTES, DOUBLE, DURATION, INT, STRING, TIMESTAMP, UINT, list_of, map_of
from ourword.cel.values import Failure, appended, as_number, equal, kind

_SIGNS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "_<_": ("{0} < {1}", lambda a, b: a < b),
    "_<=_": ("{0} <= {1}", lambda a, b: a <= b),
    "_>_": ("{0} > {1}", lambda a, b: a > b),
    "_>=_": ("{0} >= {1}", lambda a, b: a >= b),
}
_ORDERED = (BOOL, INT, UINT, DOUBLE, STRING, BYTES, TIMESTAMP, DURATION, MONEY)
_NUMBERS = (INT, UINT, DOUBLE)


def _by_value(run: Callable[[Any, Any], bool], one: str, other: str) -> Callable[[Any, Any], bool]:
    return lambda a, b: run(as_number(a, other), as_number(b, one))


def is_in(item: object, items: Iterable[object]) -> bool:
    """Say whether a list holds something equal, numbers by value."""
    return any(equal(item, each) for each in items)


def item_at(items: list[object], at: object) -> object:
    """Give one item, counted from 0; a number of another type counts when it is whole."""
    if kind(at) not in ("int", "uint", "double") or at != at or int(at) != at:  # type: ignore[call-overload]
        raise Failure("invalid argument: a list's index is a whole number")
    if not 0 <= at < len(items):  # type: ignore[operator]
        raise Failure(f"index out of range: {at} in a list of {len(items)}")
    return items[int(at)]  # type: ignore[call-overload]


def value_at(entries: dict[object, object], key: object) -> object:
    """Give the value under a key."""
    try:
        return entries[key]
    except (KeyError, TypeError):
        raise Failure(f"no such key: {key!r}") from None


def _is_key(key: object, entries: dict[object, object]) -> bool:
    try:
        return key in entries
    except TypeError:  # a list is never a key
        return False


COMPARE: tuple[Overload, ...] = (
    Overload("_==_", (A, A), BOOL, equal, emit="{0} == {1}"),
    Overload("_!=_", (A, A), BOOL, lambda a, b: not equal(a, b), emit="{0} != {1}"),
    *(same(name, type_, BOOL, run, emit) for name, (emit, run) in _SIGNS.items() for type_ in _ORDERED),
    *(
        Overload(name, (one, other), BOOL, _by_value(run, one.name, other.name), loose=True)
        for name, (_, run) in _SIGNS.items()
        for one in _NUMBERS
        for other in _NUMBERS
        if one != other
    ),
    Overload("@in", (A, list_of(A)), BOOL, is_in, emit="{0} in {1}"),
    Overload("@in", (A, map_of(A, B)), BOOL, _is_key, emit="{0} in {1}"),
    Overload("_[_]", (list_of(A), INT), A, item_at),
    *(Overload("_[_]", (list_of(A), number), A, item_at, loose=True) for number in (UINT, DOUBLE)),
    Overload("_[_]", (map_of(A, B), A), B, value_at),
    Overload("size", (STRING,), INT, len, "both"),
    Overload("size", (BYTES,), INT, len, "both"),
    Overload("size", (list_of(A),), INT, len, "both"),
    Overload("size", (map_of(A, B),), INT, len, "both"),
    Overload("_+_", (list_of(A), list_of(A)), list_of(A), appended),
    Overload("!_", (BOOL,), BOOL, lambda a: not a, emit="not {0}"),
)
