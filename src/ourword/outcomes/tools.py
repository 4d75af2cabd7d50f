"""The part of a mapping that says where a transcript's tool calls lie, and what its author knows about them."""

from __future__ import annotations

from typing import Any

import msgspec

from ourword.contract.source import Listing, Mapping, Node, Scalar
from ourword.core.time import instant_from_text
from ourword.outcomes.values import Path, Worked, as_path, error, only, text_in, value_of, worked

_PATHS = ("calls", "id", "name", "args", "results", "answers", "result")
_SHAPES: dict[str, dict[str, str]] = {
    "openai": dict(zip(_PATHS, ("tool_calls", "id", "function.name", "function.arguments", ".", "tool_call_id", "content"), strict=True)),
    "anthropic": dict(zip(_PATHS, ("content", "id", "name", "input", "content", "tool_use_id", "content"), strict=True)),
}

KEYS = ("shape", *_PATHS, "failed", "acts", "at", "known", "facts", "objects", "lineage")


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """Where calls and their results lie in a message, and what they say."""

    calls: Path
    """The list of calls in a message."""
    id: Path
    name: Path
    args: Path
    """An object, or a text that is one as JSON."""
    results: Path | None
    """The list of results in a message; `None`: the message itself is one."""
    answers: Path
    """In a result: the id of the call that it answers."""
    result: Path
    failed: Worked | None = None
    """Over `result` (text) and `value` (as JSON): when a call was refused; without it, by `failed_by_its_words`."""
    acts: Worked | None = None
    """Over `tool` and `args`: which calls do something to the customer; without it, all."""
    at: str = ""
    """When decisions of a transcript without a clock are taken as made (RFC 3339)."""
    known: dict[str, Path] = {}
    """Name -> path to a key in `result`, `args`: records that accepted results bring, the latest of each key."""
    facts: dict[str, Any] = {}
    objects: tuple[Any, ...] = ()
    lineage: dict[str, Any] = {}


def tools_from(node: Node) -> Tools:
    """Read `tools:`; a plain word names a shape, and stands for everything else left out."""
    if isinstance(node, Scalar):
        return _tools(node, {}, _shape(node))
    if not isinstance(node, Mapping):
        raise error("tools", "`tools` is a list", node, "write `tools: openai`")
    only(node, KEYS, "`tools`")
    given = {name: each for name, (_, each) in node.entries.items()}
    return _tools(node, given, _shape(given["shape"]) if "shape" in given else _SHAPES["openai"])


def _shape(node: Node) -> dict[str, str]:
    if isinstance(node, Scalar) and node.text in _SHAPES:
        return _SHAPES[node.text]
    raise error("tools", "there is no such shape of tool calls", node, f"one of {', '.join(_SHAPES)}; or name the paths: {', '.join(_PATHS)}")


def _tools(node: Node, given: dict[str, Node], shape: dict[str, str]) -> Tools:
    paths = {name: _place(given.get(name), name, otherwise) for name, otherwise in shape.items()}
    for name in ("calls", "id", "name", "args", "answers", "result"):
        if paths[name] is None:
            raise error("tools", f"`{name}` is `.`", given[name], "name a path; only `results` may be the message itself")
    return Tools(
        **paths,  # type: ignore[arg-type]
        failed=_condition(given.get("failed"), "failed"),
        acts=_condition(given.get("acts"), "acts"),
        at=_at(node, given.get("at")),
        known={name: as_path(each, name) for name, each in _named(given.get("known"), "known").items()},
        facts={name: value_of(each) for name, each in _named(given.get("facts"), "facts").items()},
        objects=_objects(given.get("objects")),
        lineage={name: value_of(each) for name, each in _named(given.get("lineage"), "lineage").items()},
    )


def _place(node: Node | None, name: str, otherwise: str) -> Path | None:
    if node is None:
        return None if otherwise == "." else Path(tuple(otherwise.split(".")))
    return None if isinstance(node, Scalar) and node.text == "." else as_path(node, name)


def _condition(node: Node | None, name: str) -> Worked | None:
    if node is None:
        return None
    if not isinstance(node, Scalar):
        raise error("tools", f"`{name}` is no condition", node, f"write `{name}: 'result.startsWith(\"Error\")'`")
    return worked(node.text, place=str(node.start))


def _named(node: Node | None, name: str) -> dict[str, Node]:
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        raise error("tools", f"`{name}` names nothing", node, f"write `{name}:` and below it a name and a value each")
    return {key: each for key, (_, each) in node.entries.items()}


def _objects(node: Node | None) -> tuple[Any, ...]:
    if node is None:
        return ()
    if not isinstance(node, Listing):
        raise error("tools", "`objects` is no list", node, "write `objects: [{type: order, id: {from: args.order_id}}]`")
    return tuple(value_of(each) for each in node.items)


def _at(tools: Node, node: Node | None) -> str:
    if node is None:
        return ""
    found = text_in(tools, "at") if isinstance(tools, Mapping) else ""
    if instant_from_text(found) is None:
        raise error("tools", f"`at` is `{found[:40]}`", node, "write a moment with a zone, like 2026-11-23T10:00:00Z")
    return found
