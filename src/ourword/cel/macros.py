"""Macros: calls that the parser itself understands, because they bring names of their own."""

from __future__ import annotations

from ourword.cel.expr import Bind, Call, Each, Expr, ListOf, Literal, Name, Select

EACH: dict[tuple[str, int], tuple[int, int]] = {
    ("all", 2): (1, 1),
    ("exists", 2): (1, 1),
    ("exists_one", 2): (1, 1),
    ("existsOne", 2): (1, 1),
    ("map", 2): (1, 1),
    ("map", 3): (1, 2),
    ("filter", 2): (1, 1),
    ("all", 3): (2, 1),
    ("exists", 3): (2, 1),
    ("exists_one", 3): (2, 1),
    ("existsOne", 3): (2, 1),
    ("transformList", 3): (2, 1),
    ("transformList", 4): (2, 2),
    ("transformMap", 3): (2, 1),
    ("transformMap", 4): (2, 2),
    ("transformMapEntry", 3): (2, 1),
    ("transformMapEntry", 4): (2, 2),
    ("optMap", 2): (1, 1),
    ("optFlatMap", 2): (1, 1),
}
"""(macro, number of arguments) -> (variables, parts): with two parts the first one filters."""

ACCUMULATOR = "__result__"


class NotAName(Exception):
    """A macro was given something else where a name of its own belongs."""

    def __init__(self, macro: str, given: Expr) -> None:
        self.macro, self.given = macro, given


def expanded(call: Call) -> Expr:
    """Give what a call stands for: itself, or a macro's node.

    Raises `NotAName` when `items.all(1, …)` names no variable.
    """
    if not call.receiver:
        return _has(call) if call.function == "has" and len(call.args) == 1 else call
    if isinstance(call.args[0], Name) and call.args[0].name == "cel":
        return _cel(call)
    counts = EACH.get((call.function, len(call.args) - 1))
    return call if counts is None else _each(call, *counts)


def _has(call: Call) -> Expr:
    (asked,) = call.args
    if not isinstance(asked, Select) or asked.test:
        raise NotAName("has", asked)
    return Select(id=call.id, line=call.line, col=call.col, of=asked.of, field=asked.field, test=True, optional=asked.optional)


def _each(call: Call, variables: int, parts: int) -> Expr:
    over, *rest = call.args
    names = tuple(_variable(call.function, given) for given in rest[:variables])
    if len(set(names)) < len(names):
        raise NotAName(call.function, rest[1])
    assert len(rest) == variables + parts
    return Each(id=call.id, line=call.line, col=call.col, macro=call.function, variables=names, over=over, parts=tuple(rest[variables:]))


def _variable(macro: str, given: Expr) -> str:
    if not isinstance(given, Name) or given.absolute or given.name == ACCUMULATOR:
        raise NotAName(macro, given)
    return given.name


def _cel(call: Call) -> Expr:
    match call.function, call.args[1:]:
        case "bind", (name, value, body):
            return Bind(id=call.id, line=call.line, col=call.col, name=_variable("cel.bind", name), value=value, body=body)
        case "block", (ListOf(items=items, optional=()), body):
            for number, value in reversed(list(enumerate(items))):
                body = Bind(id=-value.id, line=call.line, col=call.col, name=f"@index{number}", value=value, body=body)
            return body
        case "index", (Literal(value=int(number)),):
            return Name(id=call.id, line=call.line, col=call.col, name=f"@index{number}")
        case "iterVar", (Literal(value=int(depth)), Literal(value=int(number))):
            return Name(id=call.id, line=call.line, col=call.col, name=f"@it:{depth}:{number}")
        case _:
            return call
