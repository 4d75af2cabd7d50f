"""The values of a mapping: constants, paths into a row, and expressions over it; each read with its place."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import msgspec

from ourword.cel.check import deduce
from ourword.cel.evaluate import Builder, Run
from ourword.cel.expr import Expr, Name, children
from ourword.cel.parse import parse
from ourword.cel.types import DYN
from ourword.cel.values import TYPE_NAMES
from ourword.contract.source import Listing, Mapping, Node, Scalar
from ourword.errors import ConditionError, ContractError
from ourword.outcomes.columns import Named, columns_in

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,15})(\.\d{1,15})?", re.ASCII)


class Path(msgspec.Struct, frozen=True):
    """Where a value lies in a row: `customer.id`, `Events.0.Text`; `parent.x` is the document around an `each:`."""

    parts: tuple[str, ...]
    place: str = ""


class Worked(msgspec.Struct, frozen=True):
    """A value worked out by a condition language (CEL) expression over the row."""

    run: Run
    slots: int
    names: frozenset[str]
    text: str
    columns: tuple[Named, ...] = ()
    """What it names of the row and cannot do without."""


def worked(text: str, *, place: str) -> Worked:
    """Read an expression over the row: columns by name, `row` and `parent` as a whole."""
    try:
        expr = parse(text, place=place)
        names = frozenset(_names(expr)) - frozenset(TYPE_NAMES)
        expr = deduce(expr, dict.fromkeys(names, DYN), place=place).expr  # a function that is none gives no value, which looks like an absence
    except ConditionError as cause:
        raise ContractError(cause.code, cause.what, place=cause.place, hint=cause.hint) from cause
    builder = Builder(None, names)
    run, _ = builder.build(expr, {})
    return Worked(run, builder.slots, names, text, columns_in(expr, place=place))


def _names(expr: Expr) -> set[str]:
    found = {expr.name} if isinstance(expr, Name) else set[str]()
    return found.union(*(_names(each) for each in children(expr)))


def value_of(node: Node) -> Any:
    """A constant as written; `{from: PATH}` and `{is: EXPRESSION}` are looked up in each row."""
    if isinstance(node, Scalar):
        return _constant(node)
    if isinstance(node, Listing):
        return [value_of(each) for each in node.items]
    if set(node.entries) == {"from"}:
        return path_in(node, "from")
    if set(node.entries) == {"is"}:
        found = node.entries["is"][1]
        if not isinstance(found, Scalar):
            raise error("value", "`is` is no expression", found, "write `{is: 'a + b'}`")
        return worked(found.text, place=str(found.start))
    return {name: value_of(each) for name, (_, each) in node.entries.items()}


def _constant(node: Scalar) -> object:
    if node.style:
        return node.text
    if node.text in ("", "null", "~"):
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    if _NUMBER.fullmatch(node.text):
        return float(node.text) if "." in node.text else int(node.text)
    return node.text


def path_in(at: Mapping, key: str) -> Path:
    """Read the path under a key that is there."""
    return as_path(at.entries[key][1], key)


def as_path(node: Node, key: str) -> Path:
    """Read a path; a quoted one is one name."""
    if not isinstance(node, Scalar) or not node.text or not (node.style or all(node.text.split("."))):
        raise error("path", f"`{key}` is no path", node, "name a column, or a path such as customer.id")
    return Path((node.text,) if node.style else tuple(node.text.split(".")), str(node.start))


def text_in(at: Mapping, key: str, otherwise: str = "") -> str:
    """Read the text under a key, or give what stands for its absence."""
    if key not in at.entries:
        return otherwise
    node = at.entries[key][1]
    if not isinstance(node, Scalar) or not node.text:
        raise error("value", f"`{key}` is no text", node, f"write `{key}: …`")
    return node.text


def only(at: Mapping, keys: tuple[str, ...], called: str) -> None:
    """Refuse a key that is none of these, with the one that was meant."""
    for name, (key, _) in at.entries.items():
        if name not in keys:
            near = get_close_matches(name[:100], keys, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"it has: {', '.join(keys)}"
            raise error("unknown-key", f"there is no key `{name[:100]}` in {called}", key, hint)


def error(code: str, what: str, node: Node, hint: str) -> ContractError:
    """An error of a mapping, with its place."""
    return ContractError(f"mapping.{code}", what, place=str(node.start), hint=hint)
