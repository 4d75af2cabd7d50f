"""The math extension of CEL: the greatest and least of several, rounding, signs, bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

from ourword.cel.arithmetic import int_in_range
from ourword.cel.overload import MONEY, Overload
from ourword.cel.types import BOOL, DOUBLE, DURATION, DYN, INT, UINT, list_of
from ourword.cel.values import UINT_MAX, Failure, as_number, kind

_MANY = 8
"""The most arguments `math.greatest` takes; more belong into a list."""
_NUMBERS = ("int", "uint", "double")


def _best(better: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def choose(one: Any, other: Any) -> Any:
        return other if better(as_number(other, kind(one)), as_number(one, kind(other))) else one

    def best(*values: Any) -> Any:
        for value in values:
            if kind(value) not in (*_NUMBERS, "duration"):
                raise Failure(f"no such overload: {kind(value)} has no greatest or least")
        return reduce(choose, values)

    def run(*values: Any) -> Any:
        if len(values) == 1 and isinstance(values[0], list):
            if not values[0]:
                raise Failure("an empty list has no greatest or least")
            return best(*values[0])
        return best(*values)

    return run


def _choosing(name: str, better: Callable[[Any, Any], bool]) -> tuple[Overload, ...]:
    run = _best(better)
    typed = (INT, UINT, DOUBLE, MONEY, DURATION)
    several = (Overload(name, (type_,) * count, type_, run) for type_ in typed for count in range(1, _MANY + 1))
    mixed = (Overload(name, (DYN,) * count, DYN, run, loose=True) for count in range(2, _MANY + 1))
    lists = (Overload(name, (list_of(type_),), type_, run) for type_ in typed)
    return (*lists, Overload(name, (list_of(DYN),), DYN, run, loose=True), *several, *mixed)


def _rounded(value: float) -> float:
    # Halves go away from zero; Python's own round goes to even.
    return math.copysign(math.floor(abs(value) + 0.5), value) if math.isfinite(value) else value


def _kept(run: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: math.copysign(float(run(value)), value) if math.isfinite(value) else value


def _sign(value: Any) -> Any:
    return value if value != value else (value > 0) - (value < 0)


def _shifted_left(bits: Callable[[int], int]) -> Callable[[int, int], int]:
    return lambda value, by: bits(value << by) if _offset(by) < 64 else 0


def _shifted_right(bits: Callable[[int], int]) -> Callable[[int, int], int]:
    # A logical shift: the sign is a bit like any other.
    return lambda value, by: bits((value & UINT_MAX) >> by) if _offset(by) < 64 else 0


def _offset(by: int) -> int:
    if by < 0:
        raise Failure(f"negative offset: {by}")
    return by


def _signed(bits: int) -> int:
    bits &= UINT_MAX
    return bits - 2**64 if bits >= 2**63 else bits


def _unsigned(bits: int) -> int:
    return bits & UINT_MAX


_BITS: dict[str, Callable[[int, int], int]] = {"math.bitAnd": lambda a, b: a & b, "math.bitOr": lambda a, b: a | b, "math.bitXor": lambda a, b: a ^ b}

MATHEMATICS: tuple[Overload, ...] = (
    *_choosing("math.greatest", lambda one, other: one > other),
    *_choosing("math.least", lambda one, other: one < other),
    Overload("math.ceil", (DOUBLE,), DOUBLE, _kept(math.ceil)),
    Overload("math.floor", (DOUBLE,), DOUBLE, _kept(math.floor)),
    Overload("math.round", (DOUBLE,), DOUBLE, _rounded),
    Overload("math.trunc", (DOUBLE,), DOUBLE, _kept(math.trunc)),
    Overload("math.abs", (DOUBLE,), DOUBLE, abs),
    Overload("math.abs", (INT,), INT, lambda value: int_in_range(abs(value))),
    Overload("math.abs", (UINT,), UINT, abs),
    Overload("math.sign", (DOUBLE,), DOUBLE, lambda value: float(_sign(value))),
    Overload("math.sign", (INT,), INT, _sign),
    Overload("math.sign", (UINT,), UINT, _sign),
    *(Overload("math.sqrt", (type_,), DOUBLE, lambda value: math.sqrt(value) if value >= 0 else math.nan) for type_ in (DOUBLE, INT, UINT)),
    Overload("math.isNaN", (DOUBLE,), BOOL, math.isnan),
    Overload("math.isInf", (DOUBLE,), BOOL, math.isinf),
    Overload("math.isFinite", (DOUBLE,), BOOL, math.isfinite),
    *(Overload(name, (type_, type_), type_, run) for name, run in _BITS.items() for type_ in (INT, UINT)),
    Overload("math.bitNot", (INT,), INT, lambda value: ~value),
    Overload("math.bitNot", (UINT,), UINT, lambda value: _unsigned(~value)),
    Overload("math.bitShiftLeft", (INT, INT), INT, _shifted_left(_signed)),
    Overload("math.bitShiftLeft", (UINT, INT), UINT, _shifted_left(_unsigned)),
    Overload("math.bitShiftRight", (INT, INT), INT, _shifted_right(_signed)),
    Overload("math.bitShiftRight", (UINT, INT), UINT, _shifted_right(_unsigned)),
)
