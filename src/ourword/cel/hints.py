"""Ill-typed conditions explained to the person who wrote them: what does not fit, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from ourword.cel.expr import IN, INDEX, NEGATE, NOT
from ourword.cel.functions import FUNCTIONS
from ourword.cel.types import Type

_COMPARE = frozenset(("==", "!=", "<", "<=", ">", ">="))
_SPECIAL = {
    IN: "write reason in ['a', 'b']; for a part of a text, text.contains('part')",
    INDEX: "a list is indexed by an int from 0, a map by a key of its own key type",
}
_NUMBERS = frozenset(("int", "uint", "double"))


def sign(function: str) -> str:
    """An operator as it is written: `_+_` is `+`."""
    return {IN: "in", INDEX: "[…]", NEGATE: "-", NOT: "!"}.get(function, function.strip("_") if function.startswith("_") else function)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that offers the nearest known name, or lists some.

    >>> nearest("amuont", ["amount", "reason"])
    'did you mean `amount`?'
    """
    names = sorted(known)
    # difflib is quadratic in the length of what it compares; no sensible name is longer.
    close = get_close_matches(name[:100], names, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    shown = ", ".join(f"`{each}`" for each in names[:8])
    return f"known here: {shown}{', …' if len(names) > 8 else ''}" if names else "nothing is declared here; declare facts in the wiring"


def ill_typed(function: str, args: Sequence[Type]) -> tuple[str, str]:
    """Say what a function was given and what it takes."""
    if function not in FUNCTIONS:
        return f"there is no function `{function}`", _nearest_function(function)
    name = sign(function)
    if all(overload.loose for overload in FUNCTIONS[function]):
        return f"`{name}` is not for contracts", "values of no declared type and optional values are for unchecked CEL; ask has(…) and known(…)"
    if function in _SPECIAL:
        return f"`{name}` does not take {' and '.join(map(str, args))}", _SPECIAL[function]
    if name in _COMPARE and len(args) == 2:
        return f"`{name}` compares {args[0]} with {args[1]}", _mixed(args[0], args[1])
    given = ", ".join(map(str, args)) or "nothing"
    what = f"`{name}` does not take {given}"
    if len(args) == 2 and not name.isidentifier():
        return what, _mixed(args[0], args[1])
    return what, f"it takes {_forms(function)}"


def _nearest_function(name: str) -> str:
    hint = nearest(name, (each for each in FUNCTIONS if each[0].isalpha()))
    return hint if hint.startswith("did") else "docs/reference/conditions.md lists the functions"


def _forms(function: str) -> str:
    forms = []
    for overload in FUNCTIONS[function][:4]:
        params = [str(param).replace("$money", "money").replace("$", "") for param in overload.params]
        forms.append(f"{params[0]}.{function}({', '.join(params[1:])})" if overload.style == "member" else f"{sign(function)}({', '.join(params)})")
    return " or ".join(dict.fromkeys(forms))


def _mixed(one: Type, other: Type) -> str:
    names = {one.name, other.name}
    if "dyn" in names:
        return "declare the value's type in the wiring; of `dyn` nobody knows whether it counts cents or euros"
    if names == {"money"}:
        return f"{one.currency} and {other.currency} are different currencies; compare and add within one"
    if "money" in names:
        currency = (one.currency or other.currency).lower()
        if "double" in names:
            return f"money is exact: write {currency}(12.50) for an amount, and * 80 / 100 for a share"
        return f"write {currency}(500) for an amount of money" if names & _NUMBERS else "money compares and adds with money of its own currency"
    if "duration" in names:
        return "write days(30), hours(4), minutes(15) or duration('90s') for a span of time"
    return _mixed_plain(names)


def _mixed_plain(names: set[str]) -> str:
    if names <= _NUMBERS:
        return "number types do not mix: convert with int(…), uint(…) or double(…); 5.0 is a double, 5u a uint"
    if "bool" in names and names & _NUMBERS:
        return "true and false are no numbers: write `flag` or `!flag`"
    if "timestamp" in names:
        return "write timestamp('2026-01-31T00:00:00Z'); the difference of two timestamps is a duration"
    if "null" in names:
        return "facts are never null: ask known(fact), or has(record.field)"
    if "string" in names or "enum" in names:
        return "put text in quotes; convert with string(…)"
    return "both sides need the same type"
