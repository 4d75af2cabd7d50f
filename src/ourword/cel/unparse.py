"""A tree back to text, canonically: one space around operators, double quotes, no bracket that is not needed."""

from __future__ import annotations

import re

from ourword.cel.expr import AND, IF, IN, INDEX, NEGATE, NOT, OR, Bind, Call, Each, Expr, ListOf, Literal, MapOf, Message, Name, Select
from ourword.cel.quote import quoted, quoted_bytes
from ourword.cel.values import Uint

_IF, _OR, _AND, _COMPARE, _ADD, _TIMES, _UNARY, _MEMBER = 1, 2, 3, 4, 5, 6, 7, 8
_BINARY = {
    **{f"_{sign}_": (sign, _COMPARE) for sign in ("<", "<=", ">", ">=", "==", "!=")},
    IN: ("in", _COMPARE),
    "_+_": ("+", _ADD),
    "_-_": ("-", _ADD),
    "_*_": ("*", _TIMES),
    "_/_": ("/", _TIMES),
    "_%_": ("%", _TIMES),
}
_CHAINS = {AND: (" && ", _AND), OR: (" || ", _OR)}
_PLAIN_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_KEYWORDS = frozenset(("true", "false", "null", "in"))
_BLOCK = re.compile(r"@(index|it:)(\d+)(?::(\d+))?")


def unparse(expr: Expr) -> str:
    """Write a condition as canonical text, which parses to the same tree.

    >>> from ourword.cel.parse import parse
    >>> unparse(parse("(a&&(b||c)) ?'x':  -1"))
    'a && (b || c) ? "x" : -1'
    """
    return _text(expr, 0)


def _text(expr: Expr, power: int) -> str:
    text, own = _written(expr)
    return f"({text})" if own < power else text


def _written(expr: Expr) -> tuple[str, int]:
    """The text of a node, and how tightly its outermost operator binds."""
    match expr:
        case Literal(value=value):
            return _literal(value), _MEMBER
        case Name(name=name, absolute=absolute):
            return ("." if absolute else "") + _name(name), _MEMBER
        case Select():
            return _select(expr), _MEMBER
        case Call():
            return _call(expr)
        case ListOf(items=items, optional=optional):
            return "[" + ", ".join(("?" if at in optional else "") + _text(item, 0) for at, item in enumerate(items)) + "]", _MEMBER
        case MapOf(entries=entries, optional=optional):
            parts = (("?" if at in optional else "") + f"{_text(key, 0)}: {_text(value, 0)}" for at, (key, value) in enumerate(entries))
            return "{" + ", ".join(parts) + "}", _MEMBER
        case Message(name=name, fields=fields):
            return name + "{" + ", ".join(f"{_field(field)}: {_text(value, 0)}" for field, value in fields) + "}", _MEMBER
        case Each(macro=macro, variables=variables, over=over, parts=parts_):
            return f"{_text(over, _MEMBER)}.{macro}({', '.join((*map(_name, variables), *(_text(part, 0) for part in parts_)))})", _MEMBER
        case Bind(name=name, value=value, body=body):
            return f"cel.bind({_name(name)}, {_text(value, 0)}, {_text(body, 0)})", _MEMBER


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Uint):
        return f"{int(value)}u"
    if isinstance(value, str):
        return quoted(value)
    return quoted_bytes(value) if isinstance(value, bytes) else repr(value)


def _name(name: str) -> str:
    block = _BLOCK.fullmatch(name)
    if block is None:
        return name
    return f"cel.index({block[2]})" if block[1] == "index" else f"cel.iterVar({block[2]}, {block[3]})"


def _field(field: str) -> str:
    return field if _PLAIN_FIELD.fullmatch(field) and field not in _KEYWORDS else f"`{field}`"


def _select(expr: Select) -> str:
    text = f"{_text(expr.of, _MEMBER)}.{'?' if expr.optional else ''}{_field(expr.field)}"
    return f"has({text})" if expr.test else text


def _call(expr: Call) -> tuple[str, int]:
    name, args = expr.function, expr.args
    if name in _CHAINS:
        sign, power = _CHAINS[name]
        return sign.join(_text(arg, power + 1) for arg in args), power
    if name in _BINARY:
        sign, power = _BINARY[name]
        return f"{_text(args[0], power)} {sign} {_text(args[1], power + 1)}", power
    if name == IF:
        return f"{_text(args[0], _OR)} ? {_text(args[1], _OR)} : {_text(args[2], _IF)}", _IF
    if name == NOT:
        return "!" + _text(args[0], _UNARY), _UNARY
    return ("-" + _negated(args[0]), _UNARY) if name == NEGATE else (_applied(expr), _MEMBER)


def _negated(expr: Expr) -> str:
    # A minus right before a number would become part of the number.
    text = _text(expr, _UNARY)
    return f"({text})" if text[0].isdigit() else text


def _applied(expr: Call) -> str:
    if expr.function in (INDEX, "_[?_]"):
        return f"{_text(expr.args[0], _MEMBER)}[{'?' if expr.function != INDEX else ''}{_text(expr.args[1], 0)}]"
    args = ", ".join(_text(arg, 0) for arg in expr.args[expr.receiver :])
    return f"{_text(expr.args[0], _MEMBER)}.{expr.function}({args})" if expr.receiver else f"{expr.function}({args})"
