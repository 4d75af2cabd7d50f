"""What a function is: its parameters' types, its result's type, the Python that runs it, and how the fast path writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from ourword.cel.types import DYN, Type

A, B = Type("$A"), Type("$B")
"""Any type; each stands for one type throughout an overload."""
MONEY = Type("$money")
"""Money of any one currency."""
NEVER = Type("never")
"""The type of an empty list's items: fits everywhere."""

Style = Literal["plain", "member", "both"]


class Overload(msgspec.Struct, frozen=True):
    """One form of a function. `style` says whether it is written `f(x)`, `x.f()` or both."""

    function: str
    params: tuple[Type, ...]
    result: Type
    run: Callable[..., Any]
    style: Style = "plain"
    emit: str = ""
    """A Python template for the fast path, `{0}` the first argument; empty means: call `run`."""
    loose: bool = False
    """Mixes number types by value: standard CEL allows it, contract conditions do not."""

    def fits_style(self, *, receiver: bool) -> bool:
        """Say whether it may be written that way."""
        return self.style == "both" or (self.style == "member") == receiver


def fits(pattern: Type, actual: Type, bound: dict[str, Type], *, loose: bool) -> bool:
    """Match a parameter against an argument's type, remembering in *bound* what `$A` stands for."""
    if pattern == DYN or actual in (DYN, NEVER):
        return True
    if pattern.name.startswith("$"):
        return _fits_variable(pattern, actual, bound, loose=loose)
    if pattern.name == "string" and actual.name == "enum":
        return True
    if pattern.name != actual.name or len(pattern.of) != len(actual.of):
        return False
    if not pattern.of:
        return pattern == actual
    return all(fits(one, other, bound, loose=loose) for one, other in zip(pattern.of, actual.of, strict=True))


def _fits_variable(pattern: Type, actual: Type, bound: dict[str, Type], *, loose: bool) -> bool:
    if pattern == MONEY and actual.name != "money":
        return False
    joint = joined(bound[pattern.name], actual, loose=loose) if pattern.name in bound else actual
    if joint is None:
        return False
    bound[pattern.name] = joint
    return True


def filled(pattern: Type, bound: dict[str, Type]) -> Type:
    """Replace `$A` in a result by what it stands for."""
    if pattern.name.startswith("$"):
        return bound.get(pattern.name, NEVER)
    return Type(pattern.name, tuple(filled(part, bound) for part in pattern.of)) if pattern.of else pattern


def joined(one: Type, other: Type, *, loose: bool) -> Type | None:
    """The one type that holds both, or `None`; when *loose*, unlike types join to `dyn`."""
    if one == other or other == NEVER:
        return one
    if one == NEVER:
        return other
    if DYN in (one, other):
        return DYN
    if {one.name, other.name} <= {"string", "enum"}:
        return _joined_words(one, other)
    if one.name == other.name and len(one.of) == len(other.of) > 0:
        parts = [joined(a, b, loose=loose) for a, b in zip(one.of, other.of, strict=True)]
        if all(part is not None for part in parts):
            return Type(one.name, tuple(part for part in parts if part is not None))
    return DYN if loose else None


def _joined_words(one: Type, other: Type) -> Type | None:
    if one.name == other.name == "enum":
        return one if set(one.members) == set(other.members) else Type("enum", members=tuple(dict.fromkeys(one.members + other.members)))
    return one if one.name == "string" else other


def chosen(candidates: Sequence[Overload], args: Sequence[Type], *, loose: bool) -> tuple[Overload | None, Type] | None:
    """Pick the overload for the arguments' static types, with its result's type.

    No overload means: several fit because something is `dyn`; the values decide when it runs. `None` means: none fits.
    """
    found: list[tuple[Overload, Type]] = []
    for overload in candidates:
        bound: dict[str, Type] = {}
        if len(overload.params) != len(args) or (overload.loose and not loose and DYN not in args):
            continue
        if all(fits(param, arg, bound, loose=loose) for param, arg in zip(overload.params, args, strict=True)):
            found.append((overload, filled(overload.result, bound)))
    if not found:
        return None
    if has_dyn(args):
        results = {result for _, result in found}
        return None, results.pop() if len(results) == 1 else DYN
    return found[0]


def has_dyn(types: Sequence[Type]) -> bool:
    """Say whether any of the types is, or holds, `dyn`."""
    return any(type_ == DYN or has_dyn(type_.of) for type_ in types)


def same(function: str, type_: Type, result: Type | None, run: Callable[..., Any], emit: str = "") -> Overload:
    """A binary operator on two operands of one type."""
    return Overload(function, (type_, type_), result or type_, run, emit=emit)
