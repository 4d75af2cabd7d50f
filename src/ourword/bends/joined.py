"""Two conditions as one, as a person would write them: with the brackets that are needed, and without a limit that the other outdoes."""

from __future__ import annotations

import msgspec

from ourword.cel.check import KNOWN
from ourword.cel.expr import AND, IF, NOT, OR, Call, Expr, Literal, Name
from ourword.cel.parse import parse
from ourword.cel.unparse import unparse
from ourword.core.span import NANOSECONDS

_UP, _DOWN = ("_>_", "_>=_"), ("_<_", "_<=_")
_STRICT = ("_>_", "_<_")


class _Limit(msgspec.Struct, frozen=True):
    """`fact > 7`: which fact, in what the number counts, which way, and how far, the strict one farther."""

    about: tuple[str, str, bool]
    far: tuple[int, bool]


def both(one: str, other: str) -> str:
    """Two conditions as one; a limit that *other* outdoes is left out of *one*.

    >>> both("days_late > 3 && opened", "days_late > 7")
    'opened && days_late > 7'
    >>> both("amount > eur(5) || vip", "age > days(30)")
    '(amount > eur(5) || vip) && age > days(30)'
    """
    first, second = _parts(parse(one)), parse(other)
    known = _if_known(second)
    # What is asked of a fact says that it is known: `!known(x) || x > 7` beside `x > 3` is `x > 7`.
    if known is not None and any(_names_limit(part, known[0]) for part in first):
        second = known[1]
    outdone = _limit(second)
    kept = [part for part in first if outdone is None or not _weaker(_limit(part), outdone)]
    return " && ".join(f"({unparse(each)})" if isinstance(each, Call) and each.function in (OR, IF) else unparse(each) for each in (*kept, second))


def _parts(expr: Expr) -> tuple[Expr, ...]:
    return expr.args if isinstance(expr, Call) and expr.function == AND else (expr,)


def _if_known(expr: Expr) -> tuple[str, Expr] | None:
    """Of `!known(fact) || rest` the fact and the rest."""
    match expr:
        case Call(function=or_, args=(Call(function=not_, args=(Call(function=known, args=(Name(name=name),)),)), rest)):
            return (name, rest) if (or_, not_, known) == (OR, NOT, KNOWN) else None
    return None


def _names_limit(expr: Expr, fact: str) -> bool:
    found = _limit(expr)
    return found is not None and found.about[0] == fact


def _weaker(limit: _Limit | None, other: _Limit) -> bool:
    return limit is not None and limit.about == other.about and limit.far <= other.far


def _limit(expr: Expr) -> _Limit | None:
    match expr:
        case Call(function=function, args=(Name(name=name), right)) if function in (*_UP, *_DOWN):
            number = _number(right)
            if number is None:
                return None
            up = function in _UP
            return _Limit((name, number[0], up), (number[1] if up else -number[1], function in _STRICT))
    return None


def _number(expr: Expr) -> tuple[str, int] | None:
    """What a limit counts, and how much of it; `None` where it is no number as it stands."""
    match expr:
        case Literal(value=int(value)) if type(value) is int:
            return "", value
        case Call(function=function, args=(Literal(value=int(value)),), receiver=False) if type(value) is int:
            unit = NANOSECONDS.get(function.removesuffix("s"))
            return ("duration", value * unit) if unit is not None else (function, value)
    return None
