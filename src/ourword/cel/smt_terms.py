"""Truth values, numbers and words for the solver: what is known already is worked out in Python, and only the rest becomes a term of z3.

z3 is loaded by `solver()` alone, so that nothing else of Ourword needs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import msgspec

from ourword.cel.values import INT_MAX, INT_MIN
from ourword.errors import UsageError

Truth = Any
"""A Python `bool`, or z3's."""
Number = Any
"""A Python `int`, or z3's integer."""


class Term(msgspec.Struct, frozen=True):
    """A three-valued value: whether it is known, what it is then, and whose unknown facts are to blame otherwise."""

    known: Truth
    value: Any
    """By type: a truth, a number, a word's number, an exact amount as `(numerator, denominator)`, a tuple of such."""
    stated: Truth = False
    """If it is not known: a fact that the customer alone can state is among those to blame."""
    outside: Truth = False
    """If it is not known: a fact that comes from elsewhere is among those to blame."""


class Unsayable(Exception):
    """The solver has no words for this; what holds it becomes an opaque atom."""


def solver() -> ModuleType:
    """Load z3, or say how to get it."""
    try:
        import z3
    except ImportError as error:
        raise UsageError(
            "usage.no-solver", "proofs need the solver z3, which is not installed", place="ourword prove", hint="pip install 'ourword[prove]'"
        ) from error
    module: ModuleType = z3
    return module


class Words:
    """Texts as numbers: equal texts have one number. Order and parts of texts are not said."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Give a text's number.

        >>> words = Words()
        >>> words.number("late"), words.number("damaged"), words.number("late")
        (0, 1, 0)
        """
        return self._numbers.setdefault(text, len(self._numbers))

    def text(self, number: int) -> str:
        """Give the text of a number; one that no condition names is a text that none of them has."""
        named = next((text for text, each in self._numbers.items() if each == number), None)
        if named is not None:
            return named
        made = f"text {number}"
        return made if made not in self._numbers else f"{made}'"


# ---- truths --------------------------------------------------------------------------------------------------------


def both(*truths: Truth) -> Truth:
    """All of them hold."""
    return _joined(truths, by=False)


def either(*truths: Truth) -> Truth:
    """One of them holds."""
    return _joined(truths, by=True)


def _joined(truths: Iterable[Truth], *, by: bool) -> Truth:
    left = []
    for truth in truths:
        if truth is by:
            return by
        if truth is not (not by):
            left.append(truth)
    if not left:
        return not by
    if len(left) == 1:
        return left[0]
    # z3's own `And` looks at the sort of each part first: with hundreds of clauses that takes longer than solving.
    z3 = solver()
    context = left[0].ctx
    parts = (z3.Ast * len(left))(*(each.as_ast() for each in left))
    return z3.BoolRef((z3.Z3_mk_or if by else z3.Z3_mk_and)(context.ref(), len(left), parts), context)


def no(truth: Truth) -> Truth:
    """It does not hold."""
    return not truth if isinstance(truth, bool) else solver().Not(truth)


def pick(condition: Truth, then: Any, otherwise: Any) -> Any:
    """One of two truths, or of two numbers."""
    if condition is True or then is otherwise:
        return then
    if condition is False:
        return otherwise
    if isinstance(then, bool) and isinstance(otherwise, bool):
        return condition if then and not otherwise else no(condition) if otherwise and not then else then
    return solver().If(condition, then, otherwise)


def same(one: Any, other: Any) -> Truth:
    """Two numbers, or two truths, are equal."""
    if isinstance(one, bool):
        return other if one else no(other)
    if isinstance(other, bool):
        return one if other else no(one)
    return one == other


# ---- numbers -------------------------------------------------------------------------------------------------------


def within(value: Number, low: int, high: int) -> Truth:
    """A number lies between two bounds, both included."""
    if isinstance(value, int):
        return low <= value <= high
    return both(low <= value, value <= high)


def truncated(a: Number, b: Number) -> Number:
    """Divide towards zero, as CEL does; *b* is not zero."""
    if isinstance(a, int) and isinstance(b, int):
        quotient = abs(a) // abs(b) if b else 0
        return quotient if (a < 0) == (b < 0) else -quotient
    # z3 rounds so that a remainder is never negative: for a dividend from 0 up that is towards zero.
    a = solver().IntVal(a) if isinstance(a, int) else a
    return pick(a >= 0, a / b, -((-a) / b))


def ceiling(numerator: Number, denominator: Number) -> Number:
    """Divide upwards; the denominator is above zero."""
    return -floor(-numerator, denominator)


def floor(numerator: Number, denominator: Number) -> Number:
    """Divide downwards; the denominator is above zero."""
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    if isinstance(numerator, int) and isinstance(denominator, int):
        return numerator // denominator
    return (solver().IntVal(numerator) if isinstance(numerator, int) else numerator) / denominator


Amount = tuple[Number, Number]
"""An exact amount of minor units: a numerator, and a denominator above zero."""


def alike(one: Amount, other: Amount) -> tuple[Number, Number, Number]:
    """Two amounts over one denominator: both numerators, and it."""
    if isinstance(one[1], int) and isinstance(other[1], int) and one[1] == other[1]:
        return one[0], other[0], one[1]
    return one[0] * other[1], other[0] * one[1], one[1] * other[1]


def amount_fits(amount: Amount) -> Truth:
    """An amount's minor units fit 64 bits."""
    numerator, denominator = amount
    return both(INT_MIN * denominator <= numerator, numerator <= INT_MAX * denominator)
