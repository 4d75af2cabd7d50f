"""Dotted names: which part of `a.b.c` is a name, and which parts are fields of its value."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from ourword.cel.expr import Bind, Call, Each, Expr, ListOf, MapOf, Message, Name, Select
from ourword.cel.functions import FUNCTIONS
from ourword.cel.values import TYPE_NAMES


def resolved(expr: Expr, names: Container[str], *, container: str = "") -> Expr:
    """Turn the longest known dotted names into single names, and `math.abs(x)` into a plain call.

    Names are tried from the innermost namespace of *container* outwards; a macro's own names go before all.

    >>> from ourword.cel.parse import parse
    >>> resolved(parse("order.total"), {"order.total"}).name
    'order.total'
    """
    return _Resolver(names, container).visit(expr, frozenset())


class _Resolver:
    def __init__(self, names: Container[str], container: str) -> None:
        self._names = names
        self._container = container

    def visit(self, expr: Expr, own: frozenset[str]) -> Expr:
        match expr:
            case Name():
                return self._known(expr, expr.name, own) or expr
            case Select(test=False, optional=False):
                path = dotted(expr)
                return (self._known(expr, path, own) if path else None) or self._rebuilt(expr, own)
            case Call(receiver=True):
                return self._call(expr, own)
            case _:
                return self._rebuilt(expr, own)

    def _known(self, expr: Expr, path: str, own: frozenset[str]) -> Expr | None:
        absolute = path.startswith(".") or (isinstance(expr, Name) and expr.absolute)
        path = path.removeprefix(".")
        if not absolute and path.split(".", 1)[0] in own:
            return None
        for name in self._candidates(path, absolute=absolute):
            if name in self._names or name in TYPE_NAMES:
                return Name(id=expr.id, line=expr.line, col=expr.col, name=name, absolute=absolute or name != path)
        return None

    def _candidates(self, path: str, *, absolute: bool) -> Iterator[str]:
        spaces = self._container.split(".") if self._container and not absolute else []
        for length in range(len(spaces), 0, -1):
            yield ".".join((*spaces[:length], path))
        yield path

    def _call(self, call: Call, own: frozenset[str]) -> Expr:
        path = dotted(call.args[0])
        if path and path.removeprefix(".").split(".", 1)[0] not in own:
            for name in self._candidates(f"{path.removeprefix('.')}.{call.function}", absolute=path.startswith(".")):
                if name in FUNCTIONS:
                    args = tuple(self.visit(arg, own) for arg in call.args[1:])
                    return Call(id=call.id, line=call.line, col=call.col, function=name, args=args)
        return self._rebuilt(call, own)

    def _rebuilt(self, expr: Expr, own: frozenset[str]) -> Expr:
        match expr:
            case Select(of=of):
                return msgspec.structs.replace(expr, of=self.visit(of, own))
            case Call(args=args):
                return msgspec.structs.replace(expr, args=tuple(self.visit(arg, own) for arg in args))
            case ListOf(items=items):
                return msgspec.structs.replace(expr, items=tuple(self.visit(item, own) for item in items))
            case MapOf(entries=entries):
                return msgspec.structs.replace(expr, entries=tuple((self.visit(key, own), self.visit(value, own)) for key, value in entries))
            case Message(fields=fields):
                return msgspec.structs.replace(expr, fields=tuple((name, self.visit(value, own)) for name, value in fields))
            case Each(over=over, parts=parts, variables=variables):
                inner = own | set(variables)
                return msgspec.structs.replace(expr, over=self.visit(over, own), parts=tuple(self.visit(part, inner) for part in parts))
            case Bind(name=name, value=value, body=body):
                return msgspec.structs.replace(expr, value=self.visit(value, own), body=self.visit(body, own | {name}))
            case _:
                return expr


def dotted(expr: Expr) -> str:
    """The text of a chain of plain names, `.a.b` when absolute; empty when it is none."""
    fields: list[str] = []
    while isinstance(expr, Select) and not expr.test and not expr.optional:
        fields.append(expr.field)
        expr = expr.of
    if not isinstance(expr, Name):
        return ""
    return ("." if expr.absolute else "") + ".".join((expr.name, *reversed(fields)))
