"""A mapping: how the rows of someone's export become events, in a short YAML file, read strictly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ourword.contract.source import Listing, Mapping, Node, Scalar, tree
from ourword.outcomes.columns import Named
from ourword.outcomes.tools import Tools, tools_from
from ourword.outcomes.values import Path, Worked, as_path, error, only, path_in, text_in, value_of, worked
from ourword.outcomes.written import EXCEL

MIXED = "mixed"
"""An encoding of files that several programs wrote: UTF-8, and every byte that is none is a letter of windows-1252."""
KEYS = ("rows", "each", "source", "ids", "encoding", "customer", "contact", "kind", "time", "tools", "rules", "at_end")
TIME_KEYS = ("from", "unit", "zone", "missing")
UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
RULES_MAX = 99


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """Where a row's time lies, and how it is written."""

    at: Path
    unit: str = "text"
    """`text` (ISO 8601, with a zone or with `zone`), `s`, `ms`, `us`, `ns`, `excel` (a day number), or a pattern such as `%d/%m/%Y %H:%M`."""
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
    customer: Any = None
    """Left out where nobody knows whose a contact is: it is unmatched."""
    contact: Any = None
    kind: Any = None
    clock: Clock | None = None
    tools: Tools | None = None
    rules: tuple[Rule, ...]
    at_end: tuple[Rule, ...] = ()
    digest: str = ""
    """SHA-256 of its text: a changed mapping reads a file anew."""
    meaning: str = ""
    """SHA-256 of what it says, comments and layout left out."""

    @property
    def columns(self) -> tuple[Named, ...]:
        """What it names of its rows and cannot do without, in order; what `tools:` names lies in calls and results."""
        clock = () if self.clock is None else (self.clock.at,)
        rules = (part for rule in (*self.rules, *self.at_end) for part in (rule.when, rule.emit))
        return tuple(dict.fromkeys(each for value in (self.customer, self.contact, self.kind, *clock, *rules) for each in _named(value)))


def _named(value: Any) -> Iterator[Named]:
    if isinstance(value, Path):
        yield Named(value.parts, value.place)
    elif isinstance(value, Worked):
        yield from value.columns
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _named(each)


def mapping_from_yaml(text: bytes, *, place: str = "mapping.yaml") -> Map:
    """Read a mapping; the first thing that cannot be read raises a `ContractError` with place and hint.

    >>> mapping_from_yaml(b"{rows: ., source: shop, costumer: id, rules: []}")
    Traceback (most recent call last):
    ourword.errors.ContractError: mapping.yaml:1:25: there is no key `costumer` in a mapping
      hint: did you mean `customer`?
    """
    root = tree(text, file=place)
    only(root, KEYS, "a mapping")
    if ("rows" in root.entries) == ("each" in root.entries):
        raise error("rows", "a mapping has one of `rows` and `each`", root, "write `rows: .`, or `each: messages` to take a list apart")
    if "rows" in root.entries and text_in(root, "rows") != ".":
        raise error("rows", "`rows` is not `.`", root.entries["rows"][1], "write `rows: .`; `each: PATH` takes a list apart")
    for key in ("source", "rules"):
        if key not in root.entries:
            raise error("missing-key", f"there is no `{key}`", root, f"add `{key}:`")
    if "customer" not in root.entries and "contact" not in root.entries:
        hint = "add `customer:`; where nobody knows whose a contact is, `contact:` is enough, and each counts as unmatched"
        raise error("missing-key", "there is no `customer`", root, hint)
    rules = _rules(root, "rules")
    if not rules:
        raise error("rules", "there is no rule, so that nothing would become an event", root.entries["rules"][1], "write `- emit: {type: …}`")
    encoding = text_in(root, "encoding", "utf-8")
    try:
        "a".encode("utf-8" if encoding == MIXED else encoding)
    except (LookupError, ValueError) as cause:
        node = root.entries["encoding"][1]
        raise error(
            "encoding",
            f"`{encoding[:40]}` is no encoding",
            node,
            "utf-8, windows-1252, utf-16, …; `mixed` is UTF-8 with bytes of windows-1252 in between",
        ) from cause
    return Map(
        each=path_in(root, "each") if "each" in root.entries else None,
        source=text_in(root, "source"),
        ids=text_in(root, "ids", ""),
        encoding=encoding,
        customer=own(root, "customer"),
        contact=own(root, "contact"),
        kind=own(root, "kind"),
        clock=_clock(root),
        tools=_tools(root),
        rules=rules,
        at_end=_rules(root, "at_end"),
        digest=hashlib.sha256(text).hexdigest(),
        meaning=hashlib.sha256(msgspec.json.encode(_plain(root), order="sorted")).hexdigest(),
    )


def _plain(node: Node) -> object:
    """A node without its places, and a quoted text told from a plain one."""
    if isinstance(node, Scalar):
        return [node.text, bool(node.style)]
    if isinstance(node, Listing):
        return {"items": [_plain(each) for each in node.items]}
    return {name: _plain(each) for name, (_, each) in node.entries.items()}


def own(root: Mapping, key: str) -> Any:
    """`customer`, `contact` and `kind` are paths when plain; `{is: …}` works them out."""
    if key not in root.entries:
        return None
    node = root.entries[key][1]
    return as_path(node, key) if isinstance(node, Scalar) else value_of(node)


def _tools(root: Mapping) -> Tools | None:
    if "tools" not in root.entries:
        return None
    key, node = root.entries["tools"]
    if "each" not in root.entries:
        raise error("tools", "`tools` without `each`", key, "name the list of messages: `each: messages`")
    return tools_from(node)


def _clock(root: Mapping) -> Clock | None:
    if "time" not in root.entries:
        return None
    node = root.entries["time"][1]
    if isinstance(node, Scalar):
        return Clock(at=as_path(node, "time"))
    if not isinstance(node, Mapping):
        raise error("time", "`time` is a list", node, "write `time: {from: created_at, unit: s}`")
    only(node, TIME_KEYS, "`time`")
    if "from" not in node.entries:
        raise error("time", "`time` says no `from`", node, "write `time: {from: created_at, unit: s}`")
    unit, zone, missing = text_in(node, "unit", "text"), text_in(node, "zone", ""), text_in(node, "missing", "none")
    if unit not in ("text", EXCEL) and unit not in UNITS and "%" not in unit:
        hint = 'text, s, ms, us, ns, excel, or a pattern such as "%d/%m/%Y %H:%M"'
        raise error("time", f"`{unit[:40]}` is no unit of time", node.entries["unit"][1], hint)
    if missing not in ("none", "previous"):
        raise error("time", f"`missing` is `{missing[:40]}`", node.entries["missing"][1], "write `previous`, or leave it out")
    if zone:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError) as cause:
            raise error("time", f"there is no zone `{zone[:40]}`", node.entries["zone"][1], "write it like Europe/Berlin, or UTC") from cause
    return Clock(at=path_in(node, "from"), unit=unit, zone=zone, previous=missing == "previous")


def _rules(root: Mapping, key: str) -> tuple[Rule, ...]:
    if key not in root.entries:
        return ()
    node = root.entries[key][1]
    if isinstance(node, Scalar) and node.missing:
        return ()
    if not isinstance(node, Listing) or len(node.items) > RULES_MAX:
        raise error("rules", f"`{key}` is no list of at most {RULES_MAX} rules", node, "write `- when: …` and below it `emit: {type: …}`")
    return tuple(_rule(each) for each in node.items)


def _rule(node: Node) -> Rule:
    if not isinstance(node, Mapping):
        raise error("rules", "a rule is no mapping", node, "write `- when: …` and below it `emit: {type: …}`")
    only(node, ("when", "emit"), "a rule")
    emit = node.entries["emit"][1] if "emit" in node.entries else node
    if emit is node or not isinstance(emit, Mapping) or "type" not in emit.entries:
        raise error("rules", "a rule emits no event with a type", emit, "write `emit: {type: message.in}`")
    when = None
    if "when" in node.entries:
        found = node.entries["when"][1]
        if not isinstance(found, Scalar):
            raise error("rules", "`when` is no condition", found, "write `when: 'actor == \"user\"'`")
        when = worked(found.text, place=str(found.start))
    return Rule(when=when, emit={name: value_of(each) for name, (_, each) in emit.entries.items()}, place=str(node.start))
