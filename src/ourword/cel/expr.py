"""The condition as a tree. Operators are calls (`_+_`); macros keep their shape, so that Python, SQL and proofs can each say them well."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A node: its number within the condition, and where it stands in the text (both from 0)."""

    id: int
    line: int
    col: int


class Literal(Node, frozen=True, kw_only=True):
    """`null`, a bool, int, `Uint`, float, str or bytes, as written."""

    value: object


class Name(Node, frozen=True, kw_only=True):
    """A name, absolute when written with a leading dot."""

    name: str
    absolute: bool = False


class Select(Node, frozen=True, kw_only=True):
    """`of.field`; with `test`, `has(of.field)`; with `optional`, `of.?field`."""

    of: Expr
    field: str
    test: bool = False
    optional: bool = False


class Call(Node, frozen=True, kw_only=True):
    """A function or operator; with `receiver`, the first argument stands before the dot. `_&&_` and `_||_` take two or more."""

    function: str
    args: tuple[Expr, ...]
    receiver: bool = False


class ListOf(Node, frozen=True, kw_only=True):
    """`[a, b]`; `optional` holds the positions written `?a`."""

    items: tuple[Expr, ...]
    optional: tuple[int, ...] = ()


class MapOf(Node, frozen=True, kw_only=True):
    """`{k: v}`; `optional` holds the positions written `?k: v`."""

    entries: tuple[tuple[Expr, Expr], ...]
    optional: tuple[int, ...] = ()


class Message(Node, frozen=True, kw_only=True):
    """`Type{field: value}`: it parses; protobuf messages are not part of Ourword."""

    name: str
    fields: tuple[tuple[str, Expr], ...]


class Each(Node, frozen=True, kw_only=True):
    """A macro over a list or map: `over.all(x, body)`, `over.transformMap(k, v, filter, body)`."""

    macro: str
    variables: tuple[str, ...]
    over: Expr
    parts: tuple[Expr, ...]


class Bind(Node, frozen=True, kw_only=True):
    """`cel.bind(name, value, body)`: the value has a name within the body."""

    name: str
    value: Expr
    body: Expr


Expr = Literal | Name | Select | Call | ListOf | MapOf | Message | Each | Bind

AND, OR, NOT, IF, INDEX, IN, NEGATE = "_&&_", "_||_", "!_", "_?_:_", "_[_]", "@in", "-_"


def children(expr: Expr) -> tuple[Expr, ...]:
    """The nodes directly below, in the order they are written."""
    match expr:
        case Select(of=of):
            return (of,)
        case Call(args=args):
            return args
        case ListOf(items=items):
            return items
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Message(fields=fields):
            return tuple(value for _, value in fields)
        case Each(over=over, parts=parts):
            return (over, *parts)
        case Bind(value=value, body=body):
            return (value, body)
        case _:
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node of the tree, without recursion."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def shape(expr: Expr) -> object:
    """The tree without numbers and positions: two conditions that say the same in the same way have one shape.

    >>> from ourword.cel.parse import parse
    >>> shape(parse("a+1")) == shape(parse("a  +  (1)"))
    True
    """
    match expr:
        case Literal(value=value):
            return (type(value).__name__, repr(value))
        case _:
            skipped = {"id", "line", "col"}
            return (type(expr).__name__, *(_shape(getattr(expr, name)) for name in expr.__struct_fields__ if name not in skipped))


def _shape(part: object) -> object:
    if isinstance(part, Node):
        return shape(part)  # type: ignore[arg-type]
    return tuple(map(_shape, part)) if isinstance(part, tuple) else part
