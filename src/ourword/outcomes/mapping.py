"""A mapping: how the rows of someone's export become events, in a short YAML file, read strictly."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ourword.cel.evaluate import Builder, Run
from ourword.cel.expr import Expr, Name, children
from ourword.cel.parse import parse
from ourword.cel.resolve import resolved
from ourword.cel.values import TYPE_NAMES
from ourword.contract.source import Listing, Mapping, Node, Scalar, tree
from ourword.errors import ConditionError, ContractError

KEYS = ("rows", "each", "source", "ids", "encoding", "customer", "contact", "kind", "time", "rules", "at_end")
TIME_KEYS = ("from", "unit", "zone", "missing")
UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
RULES_MAX = 99
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,15})(\.\d{1,15})?", re.ASCII)


class Path(msgspec.Struct, frozen=True):
    """Where a value lies in a row: `customer.id`, `Events.0.Text`; `parent.x` is the document around an `each:`."""

    parts: tuple[str, ...]


class Worked(msgspec.Struct, frozen=True):
    """A value worked out by a condition language (CEL) expression over the row."""

    run: Run
    slots: int
    names: frozenset[str]
    text: str


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """Where a row's time lies, and how it is written."""

    at: Path
    unit: str = "text"
    """`text` (RFC 3339, or date and time with `zone`), `s`, `ms`, `us`, `ns`, or a pattern such as `%d/%m/%Y %H:%M`."""
    zone: str = ""
    previous: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """When a row holds something, the event that it emits."""

    when: Worked | None
    emit: dict[str, Any]
    place: str


class Map(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping that was read."""

    each: Path | None
    source: str
    ids: str
    encoding: str
    customer: Any
    contact: Any = None
    kind: Any = None
    clock: Clock | None = None
    rules: tuple[Rule, ...]
    at_end: tuple[Rule, ...] = ()


def mapping_from_yaml(text: bytes, *, place: str = "mapping.yaml") -> Map:
    """Read a mapping; the first thing that cannot be read raises a `ContractError` with place and hint.

    >>> mapping_from_yaml(b"{rows: ., source: shop, costumer: id, rules: []}")
    Traceback (most recent call last):
    ourword.errors.ContractError: mapping.yaml:1:25: there is no key `costumer` in a mapping
      hint: did you mean `customer`?
    """
    root = tree(text, file=place)
    _known(root, KEYS, "a mapping")
    if ("rows" in root.entries) == ("each" in root.entries):
        raise _error("rows", "a mapping has one of `rows` and `each`", root, "write `rows: .`, or `each: messages` to take a list apart")
    if "rows" in root.entries and _text(root, "rows") != ".":
        raise _error("rows", "`rows` is not `.`", root.entries["rows"][1], "write `rows: .`; `each: PATH` takes a list apart")
    for key in ("source", "customer", "rules"):
        if key not in root.entries:
            raise _error("missing-key", f"there is no `{key}`", root, f"add `{key}:`")
    rules = _rules(root, "rules")
    if not rules:
        raise _error("rules", "there is no rule, so that nothing would become an event", root.entries["rules"][1], "write `- emit: {type: …}`")
    encoding = _text(root, "encoding", "utf-8")
    try:
        "a".encode(encoding)
    except (LookupError, ValueError) as cause:
        node = root.entries["encoding"][1]
        raise _error("encoding", f"`{encoding[:40]}` is no encoding", node, "utf-8, windows-1252, utf-16, …") from cause
    return Map(
        each=_path(root, "each") if "each" in root.entries else None,
        source=_text(root, "source"),
        ids=_text(root, "ids", ""),
        encoding=encoding,
        customer=_own(root, "customer"),
        contact=_own(root, "contact"),
        kind=_own(root, "kind"),
        clock=_clock(root),
        rules=rules,
        at_end=_rules(root, "at_end"),
    )


def _own(root: Mapping, key: str) -> Any:
    """`customer`, `contact` and `kind` are paths when plain; `{is: …}` works them out."""
    if key not in root.entries:
        return None
    node = root.entries[key][1]
    return _as_path(node, key) if isinstance(node, Scalar) else _value(node)


def _clock(root: Mapping) -> Clock | None:
    if "time" not in root.entries:
        return None
    node = root.entries["time"][1]
    if isinstance(node, Scalar):
        return Clock(at=_as_path(node, "time"))
    if not isinstance(node, Mapping):
        raise _error("time", "`time` is a list", node, "write `time: {from: created_at, unit: s}`")
    _known(node, TIME_KEYS, "`time`")
    if "from" not in node.entries:
        raise _error("time", "`time` says no `from`", node, "write `time: {from: created_at, unit: s}`")
    unit, zone, missing = _text(node, "unit", "text"), _text(node, "zone", ""), _text(node, "missing", "none")
    if unit != "text" and unit not in UNITS and "%" not in unit:
        hint = 'text, s, ms, us, ns, or a pattern such as "%d/%m/%Y %H:%M"'
        raise _error("time", f"`{unit[:40]}` is no unit of time", node.entries["unit"][1], hint)
    if missing not in ("none", "previous"):
        raise _error("time", f"`missing` is `{missing[:40]}`", node.entries["missing"][1], "write `previous`, or leave it out")
    if zone:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError) as cause:
            raise _error("time", f"there is no zone `{zone[:40]}`", node.entries["zone"][1], "write it like Europe/Berlin, or UTC") from cause
    return Clock(at=_path(node, "from"), unit=unit, zone=zone, previous=missing == "previous")


def _rules(root: Mapping, key: str) -> tuple[Rule, ...]:
    if key not in root.entries:
        return ()
    node = root.entries[key][1]
    if isinstance(node, Scalar) and node.missing:
        return ()
    if not isinstance(node, Listing) or len(node.items) > RULES_MAX:
        raise _error("rules", f"`{key}` is no list of at most {RULES_MAX} rules", node, "write `- when: …` and below it `emit: {type: …}`")
    return tuple(_rule(each) for each in node.items)


def _rule(node: Node) -> Rule:
    if not isinstance(node, Mapping):
        raise _error("rules", "a rule is no mapping", node, "write `- when: …` and below it `emit: {type: …}`")
    _known(node, ("when", "emit"), "a rule")
    emit = node.entries["emit"][1] if "emit" in node.entries else node
    if emit is node or not isinstance(emit, Mapping) or "type" not in emit.entries:
        raise _error("rules", "a rule emits no event with a type", emit, "write `emit: {type: message.in}`")
    when = None
    if "when" in node.entries:
        found = node.entries["when"][1]
        if not isinstance(found, Scalar):
            raise _error("rules", "`when` is no condition", found, "write `when: 'actor == \"user\"'`")
        when = worked(found.text, place=str(found.start))
    return Rule(when=when, emit={name: _value(each) for name, (_, each) in emit.entries.items()}, place=str(node.start))


def worked(text: str, *, place: str) -> Worked:
    """Read an expression over the row: columns by name, `row` and `parent` as a whole."""
    try:
        expr = parse(text, place=place)
    except ConditionError as cause:
        raise ContractError(cause.code, cause.what, place=cause.place, hint=cause.hint) from cause
    names = frozenset(_names(expr)) - frozenset(TYPE_NAMES)
    builder = Builder(None, names)
    run, _ = builder.build(resolved(expr, names), {})
    return Worked(run, builder.slots, names, text)


def _names(expr: Expr) -> set[str]:
    found = {expr.name} if isinstance(expr, Name) else set[str]()
    return found.union(*(_names(each) for each in children(expr)))


# ---- values ----------------------------------------------------------------------------------------------------------


def _value(node: Node) -> Any:
    """A constant as written; `{from: PATH}` and `{is: EXPRESSION}` are looked up in each row."""
    if isinstance(node, Scalar):
        return _constant(node)
    if isinstance(node, Listing):
        return [_value(each) for each in node.items]
    if set(node.entries) == {"from"}:
        return _path(node, "from")
    if set(node.entries) == {"is"}:
        found = node.entries["is"][1]
        if not isinstance(found, Scalar):
            raise _error("value", "`is` is no expression", found, "write `{is: 'a + b'}`")
        return worked(found.text, place=str(found.start))
    return {name: _value(each) for name, (_, each) in node.entries.items()}


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


def _path(at: Mapping, key: str) -> Path:
    return _as_path(at.entries[key][1], key)


def _as_path(node: Node, key: str) -> Path:
    if not isinstance(node, Scalar) or not node.text or not all(node.text.split(".")):
        raise _error("path", f"`{key}` is no path", node, "name a column, or a path such as customer.id")
    return Path((node.text,) if node.style else tuple(node.text.split(".")))


def _text(at: Mapping, key: str, otherwise: str = "") -> str:
    if key not in at.entries:
        return otherwise
    node = at.entries[key][1]
    if not isinstance(node, Scalar) or not node.text:
        raise _error("value", f"`{key}` is no text", node, f"write `{key}: …`")
    return node.text


def _known(at: Mapping, keys: tuple[str, ...], called: str) -> None:
    for name, (key, _) in at.entries.items():
        if name not in keys:
            near = get_close_matches(name[:100], keys, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"it has: {', '.join(keys)}"
            raise _error("unknown-key", f"there is no key `{name[:100]}` in {called}", key, hint)


def _error(code: str, what: str, node: Node, hint: str) -> ContractError:
    return ContractError(f"mapping.{code}", what, place=str(node.start), hint=hint)
