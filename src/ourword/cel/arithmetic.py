"""Numbers: every operator checks its range, because a sum that silently wraps is a wrong promise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from ourword.cel.overload import MONEY, Overload, same
from ourword.cel.types import DOUBLE, DURATION, INT, TIMESTAMP, UINT, list_of
from ourword.cel.values import INT_MAX, INT_MIN, UINT_MAX, Failure

SECOND = 10**9
TIMESTAMP_MIN, TIMESTAMP_MAX = -62135596800 * SECOND, 253402300799 * SECOND + SECOND - 1
"""0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, as google.protobuf.Timestamp says."""


def int_in_range(value: int) -> int:
    """Give back a 64-bit integer, or fail."""
    if INT_MIN <= value <= INT_MAX:
        return value
    raise Failure("overflow: the result does not fit a 64-bit integer")


def uint_in_range(value: int) -> int:
    """Give back an unsigned 64-bit integer, or fail."""
    if 0 <= value <= UINT_MAX:
        return value
    raise Failure("overflow: the result does not fit an unsigned 64-bit integer")


def timestamp_in_range(value: int) -> int:
    """Give back an instant between the years 1 and 9999, or fail."""
    if TIMESTAMP_MIN <= value <= TIMESTAMP_MAX:
        return value
    raise Failure("range: the instant lies outside the years 1 to 9999")


def duration_in_range(value: int) -> int:
    """Give back a span of at most 292 years (64 bits of nanoseconds, as cel-go has it), or fail."""
    if INT_MIN <= value <= INT_MAX:
        return value
    raise Failure("range: the duration is longer than 292 years")


def money_in_range(value: int | Fraction) -> int | Fraction:
    """Give back an exact amount whose minor units fit 64 bits, whole when it is whole, or fail."""
    if not INT_MIN <= value <= INT_MAX:
        raise Failure("overflow: the amount does not fit 64 bits of minor units")
    return value.numerator if value.denominator == 1 else value


def _truncated(a: int, b: int) -> int:
    if b == 0:
        raise Failure("divide by zero")
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def _divided(a: int, b: int) -> int:
    return int_in_range(_truncated(a, b))


def _remainder(a: int, b: int) -> int:
    if b == 0:
        raise Failure("modulus by zero")
    return a - b * int_in_range(_truncated(a, b))


def _remainder_unsigned(a: int, b: int) -> int:
    if b == 0:
        raise Failure("modulus by zero")
    return a % b


def _divided_double(a: float, b: float) -> float:
    if b != 0:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _divided_money(a: int | Fraction, b: int) -> int | Fraction:
    if b == 0:
        raise Failure("divide by zero")
    return money_in_range(Fraction(a) / b)


def _total(check: Callable[[Any], Any]) -> Callable[[Iterable[Any]], Any]:
    return lambda items: check(sum(items))


def _arithmetic(check: Callable[[Any], Any]) -> dict[str, Callable[..., Any]]:
    return {"_+_": lambda a, b: check(a + b), "_-_": lambda a, b: check(a - b), "_*_": lambda a, b: check(a * b)}


def _inline(low: int, high: int) -> dict[str, str]:
    """The same for the fast path, the range checked in place: a call for each sum would cost more than the sum."""
    return {name: f"_x if {low} <= (_x := {{0}} {name[1]} {{1}}) <= {high} else {{fail}}()" for name in ("_+_", "_-_", "_*_")}


_INT, _UINT = _arithmetic(int_in_range), _arithmetic(uint_in_range)
_SPAN, _INSTANT, _MONEY = _arithmetic(duration_in_range), _arithmetic(timestamp_in_range), _arithmetic(money_in_range)
# Money's bounds are int64's too; what is whole need not become an `int` again to be compared.
_INT64, _UINT64, _YEARS = _inline(INT_MIN, INT_MAX), _inline(0, UINT_MAX), _inline(TIMESTAMP_MIN, TIMESTAMP_MAX)

ARITHMETIC: tuple[Overload, ...] = (
    *(same(name, INT, None, run, _INT64[name]) for name, run in _INT.items()),
    same("_/_", INT, None, _divided),
    same("_%_", INT, None, _remainder),
    *(same(name, UINT, None, run, _UINT64[name]) for name, run in _UINT.items()),
    same("_/_", UINT, None, _truncated),
    same("_%_", UINT, None, _remainder_unsigned),
    same("_+_", DOUBLE, None, lambda a, b: a + b, "{0} + {1}"),
    same("_-_", DOUBLE, None, lambda a, b: a - b, "{0} - {1}"),
    same("_*_", DOUBLE, None, lambda a, b: a * b, "{0} * {1}"),
    same("_/_", DOUBLE, None, _divided_double),
    Overload("-_", (INT,), INT, lambda a: int_in_range(-a)),
    Overload("-_", (DOUBLE,), DOUBLE, lambda a: -a, emit="-{0}"),
    Overload("_+_", (TIMESTAMP, DURATION), TIMESTAMP, _INSTANT["_+_"], emit=_YEARS["_+_"]),
    Overload("_+_", (DURATION, TIMESTAMP), TIMESTAMP, _INSTANT["_+_"], emit=_YEARS["_+_"]),
    Overload("_-_", (TIMESTAMP, DURATION), TIMESTAMP, _INSTANT["_-_"], emit=_YEARS["_-_"]),
    same("_-_", TIMESTAMP, DURATION, _SPAN["_-_"], emit=_INT64["_-_"]),
    same("_+_", DURATION, None, _SPAN["_+_"], emit=_INT64["_+_"]),
    same("_-_", DURATION, None, _SPAN["_-_"], emit=_INT64["_-_"]),
    Overload("-_", (DURATION,), DURATION, lambda a: duration_in_range(-a)),
    same("_+_", MONEY, None, _MONEY["_+_"], emit=_INT64["_+_"]),
    same("_-_", MONEY, None, _MONEY["_-_"], emit=_INT64["_-_"]),
    Overload("_*_", (MONEY, INT), MONEY, _MONEY["_*_"], emit=_INT64["_*_"]),
    Overload("_*_", (INT, MONEY), MONEY, _MONEY["_*_"], emit=_INT64["_*_"]),
    Overload("_/_", (MONEY, INT), MONEY, _divided_money),
    Overload("-_", (MONEY,), MONEY, lambda a: money_in_range(-a)),
    Overload("sum", (list_of(INT),), INT, _total(int_in_range), "both"),
    Overload("sum", (list_of(UINT),), UINT, _total(uint_in_range), "both"),
    Overload("sum", (list_of(DOUBLE),), DOUBLE, lambda items: sum(items, 0.0), "both"),
    Overload("sum", (list_of(DURATION),), DURATION, _total(duration_in_range), "both"),
    Overload("sum", (list_of(MONEY),), MONEY, _total(money_in_range), "both"),
)
