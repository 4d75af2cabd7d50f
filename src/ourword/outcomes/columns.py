"""Which columns of a row an expression names and cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourword.cel.check import KNOWN
from ourword.cel.expr import IN, INDEX, Bind, Call, Each, Expr, Literal, Name, Select, children
from ourword.cel.place import moved
from ourword.cel.values import TYPE_NAMES

_WHOLE = ("row", "parent")


class Named(msgspec.Struct, frozen=True):
    """A column, or a path into one, as a mapping names it; `parent` first: of the row around an `each:`."""

    parts: tuple[str, ...]
    place: str

    @property
    def name(self) -> str:
        """As people write it."""
        return ".".join(self.parts)


def columns_in(expr: Expr, *, place: str) -> tuple[Named, ...]:
    """Give the columns that an expression names, each once; one of which it asks whether it is there may be absent.

    >>> from ourword.cel.parse import parse
    >>> [each.name for each in columns_in(parse('by == "bot" && row["Sent at"] != "" && has(row.text) && row.text != ""'), place="m")]
    ['by', 'Sent at']
    """
    may_lack = set(_asked(expr))
    found = {parts: place for parts, place in _named(expr, frozenset(), place) if parts not in may_lack}
    return tuple(Named(parts, place) for parts, place in found.items())


def _named(expr: Expr, own: frozenset[str], place: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is named, with its place; names that macros bring are their own."""
    taken = _taken(expr, own)
    if taken is not None:
        yield taken, moved(place, expr.line, expr.col)
        return
    match expr:
        case Name(name=name):
            if name not in own and name not in TYPE_NAMES and name not in _WHOLE:
                yield (name,), moved(place, expr.line, expr.col)
        case Each(over=over, parts=parts, variables=variables):
            yield from _named(over, own, place)
            for part in parts:
                yield from _named(part, own | set(variables), place)
        case Bind(name=name, value=value, body=body):
            yield from _named(value, own, place)
            yield from _named(body, own | {name}, place)
        case _:
            for each in children(expr):
                yield from _named(each, own, place)


def _taken(expr: Expr, own: frozenset[str]) -> tuple[str, ...] | None:
    """The column of `row.x`, `row["a b"]`, `parent.x`."""
    match expr:
        case Select(of=Name(name=whole), field=field):
            pass
        case Call(function=function, args=(Name(name=whole), Literal(value=str(field)))) if function == INDEX:
            pass
        case _:
            return None
    if whole not in _WHOLE or whole in own:
        return None
    return (field,) if whole == "row" else (whole, field)


def _asked(expr: Expr) -> Iterator[tuple[str, ...]]:
    """The columns of `has(row.x)`, `"x" in row` and `known(x)`: whoever asks knows that it may be absent."""
    match expr:
        case Select(test=True):
            yield _taken(expr, frozenset()) or ()
        case Call(function=function, args=(Literal(value=str(field)), Name(name=whole))) if function == IN and whole in _WHOLE:
            yield (field,) if whole == "row" else (whole, field)
        case Call(function=function, args=(Name(name=name),)) if function == KNOWN:
            yield (name,)
    for each in children(expr):
        yield from _asked(each)
