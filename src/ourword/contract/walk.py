"""Walk a file's tree along the table of keys: every key known, every value of its key's type, everything with its place."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

import msgspec

from ourword.contract.key import Shape
from ourword.contract.model import Condition, Unread
from ourword.contract.scalars import KINDS, LENGTH_MAX
from ourword.contract.source import Listing, Mapping, Node, Scalar
from ourword.contract.words import listed, meant, shown
from ourword.errors import ContractError


class Branch(dict[str, Any]):
    """A mapping as read: typed values by key, and the place where it stands."""

    place: str = ""


class Said(dict[str, str]):
    """A text by language as read, with its place."""

    place: str = ""


class Walk(msgspec.Struct):
    """What a walk over one file gathers: the places of all keys, and the keys whose reader is still to come."""

    languages: tuple[str, ...]
    prefix: str = ""
    places: dict[str, str] = {}
    unread: dict[str, Unread] = {}

    def read(self, node: Node, shape: Shape, path: str) -> tuple[Any, Any]:
        """Give a node's typed value and its canonical (JSON) form."""
        type_ = shape.key.type
        if type_ == "map" or (isinstance(node, Mapping) and shape.below and type_.startswith("word ")):
            return self._map(_mapping(node, shape), shape, path)
        if type_.startswith("named "):
            return self._named(_mapping(node, shape), shape, path)
        if type_.startswith("list"):
            return self._list(node, shape, path)
        if type_ == "text":
            return self._text(node, shape, path)
        if type_ == "value":
            return _anything(node), _anything(node)
        return _scalar(node, shape)

    def _map(self, node: Mapping, shape: Shape, path: str) -> tuple[Branch, dict[str, Any]]:
        value, form = Branch(), {}
        value.place = self._place(node, path)
        for name, (key, below) in node.entries.items():
            known = shape.below.get(name)
            if known is None:
                hint = meant(name, shape.below, _cut(node, name) or f"the keys here are {listed(f'`{each}`' for each in shape.below)}")
                raise _error("unknown-key", f"there is no key {shown(name)} in {_called(shape)}", str(key.start), hint)
            value[name], form[name] = self._below(key, below, known, f"{path}.{name}" if path else name)
        self._complete(value, shape)
        return value, form

    def _named(self, node: Mapping, shape: Shape, path: str) -> tuple[Branch, dict[str, Any]]:
        kind, item = KINDS[shape.key.type.removeprefix("named ")], shape.below["*"]
        value, form = Branch(), {}
        value.place = self._place(node, path)
        for name, (key, below) in node.entries.items():
            if kind.read(name) is None:
                raise _error("name", f"{shown(name)} cannot be a name in {_called(shape)}", str(key.start), f"write {kind.means}")
            value[name], form[name] = self._below(key, below, item, f"{path}.{name}")
        return value, form

    def _below(self, key: Scalar, node: Node, shape: Shape, path: str) -> tuple[Any, Any]:
        here = self.places[self.prefix + path] = str(node.start if isinstance(node, Scalar) and not node.missing else key.start)
        if not shape.key.reader:
            self._not_read(shape, here)
        return self.read(node, shape, path)

    def _not_read(self, shape: Shape, here: str) -> None:
        """Note a key whose reader is still to come, once, and without the keys below it."""
        name = f"{self.prefix}{shape.key.path}"
        if name not in self.unread and not any(name.startswith(f"{above}.") for above in self.unread):
            self.unread[name] = Unread(key=name, place=here, changes_answer=shape.key.changes_answer)

    def _list(self, node: Node, shape: Shape, path: str) -> tuple[list[Any], list[Any]]:
        if not isinstance(node, Listing):
            raise _error("shape", f"{_called(shape)} is a list", str(node.start), "write `- ` before each item, or `[a, b]`")
        value, form = [], []
        for index, item in enumerate(node.items):
            here = f"{path}[{index}]"
            self.places[self.prefix + here] = str(item.start)
            read, written = self.read(item, shape.below["[]"], here)
            value.append(read)
            form.append(written)
        return value, form

    def _text(self, node: Node, shape: Shape, path: str) -> tuple[Said, Any]:
        said = Said()
        said.place = str(node.start)
        if isinstance(node, Mapping):
            for language, (key, below) in node.entries.items():
                if KINDS["language"].read(language) is None:
                    raise _error("language", f"{shown(language)} is no language", str(key.start), f"write {KINDS['language'].means}")
                said[language] = _plain(below, shape)
                self.places[f"{self.prefix}{path}.{language}"] = str(key.start)
            return said, dict(said)
        text = _plain(node, shape)
        said.update(dict.fromkeys(self.languages, text))
        return said, text

    def _complete(self, value: Branch, shape: Shape) -> None:
        missing = [name for name, below in shape.below.items() if below.key.required and name not in value]
        if missing:
            hint = f"add `{missing[0]}:` — {shape.below[missing[0]].key.doc[0].lower()}{shape.below[missing[0]].key.doc[1:]}"
            raise _error("missing", f"{_called(shape)} has no {listed(f'`{each}`' for each in missing)}", value.place, hint)

    def _place(self, node: Mapping, path: str) -> str:
        return self.places.get(self.prefix + path) or str(node.start)


def _mapping(node: Node, shape: Shape) -> Mapping:
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Scalar) and node.missing:
        return Mapping({}, False, node.start, node.end)
    below = [name for name in shape.below if name not in ("*", "[]")]
    keys = f"with the keys {listed(f'`{each}`' for each in below)}" if below else "of names you choose"
    raise _error("shape", f"{_called(shape)} is a mapping", str(node.start), f"write `key: value` lines below it, {keys}")


def _scalar(node: Node, shape: Shape) -> tuple[Any, Any]:
    type_ = shape.key.type
    if type_.startswith("word "):
        words = type_.removeprefix("word ").split(" | ")
        text = _one(node, shape, f"write {listed((f'`{word}`' for word in words), joined='or')}")
        if text not in words:
            raise _error("word", f"{shown(text)} cannot stand in {_called(shape)}", str(node.start), _offer(text, words, shape))
        return text, text
    kind = KINDS[type_]
    text = _one(node, shape, f"write {kind.means}")
    value = kind.read(text)
    if value is None:
        raise _error("value", f"{shown(text)} is not {kind.means}", str(node.start), _remedy(kind.name, text))
    if type_ in ("condition", "expression"):
        assert isinstance(node, Scalar)
        return Condition(text, _inside(node)), text
    return value, value if kind.raw else text


def _one(node: Node, shape: Shape, hint: str) -> str:
    if not isinstance(node, Scalar):
        raise _error("shape", f"{_called(shape)} is one value, not a {'list' if isinstance(node, Listing) else 'mapping'}", str(node.start), hint)
    if node.missing:
        raise _error("empty", f"{_called(shape)} has no value", str(node.start), hint)
    if len(node.text) > LENGTH_MAX:
        raise _error("long", f"{_called(shape)} has more than {LENGTH_MAX:,} characters", str(node.start), "shorten it")
    return node.text


def _plain(node: Node, shape: Shape) -> str:
    text = _one(node, shape, "write what is said")
    if not text.strip():
        raise _error("empty", f"{_called(shape)} says nothing", str(node.start), "write what is said")
    return text


def _offer(text: str, words: list[str], shape: Shape) -> str:
    other = [f"{{{name}: …}}" for name in shape.below]
    return meant(text.lower(), words, f"write {listed((f'`{word}`' for word in [*words, *other]), joined='or')}")


def _remedy(name: str, text: str) -> str:
    if name == "bool":
        return {"yes": "write `true`", "on": "write `true`", "no": "write `false`", "off": "write `false`"}.get(
            text.lower(), "write `true` or `false`"
        )
    if name == "date":
        return "write year-month-day"
    return f"write {KINDS[name].means}"


def _inside(node: Scalar) -> str:
    """The place of the first character of a value's text: after a quote, or on the line below `|`."""
    if node.style in ("'", '"'):
        return f"{node.start.file}:{node.start.line}:{node.start.column + 1}"
    if node.style:
        return f"{node.start.file}:{node.start.line + 1}:1"
    return str(node.start)


def _anything(node: Node) -> Any:
    """A value as plain lists, dicts and text; its fact's type reads it later. The tree is at most 64 deep."""
    if isinstance(node, Scalar):
        if node.missing:
            raise _error("empty", "a value is missing", str(node.start), "write it; leave the key out when it is unknown")
        return node.text
    if isinstance(node, Listing):
        return [_anything(item) for item in node.items]
    return {name: _anything(below) for name, (_, below) in node.entries.items()}


def _cut(node: Mapping, name: str) -> str:
    """What to do where a key is no key, but the rest of a text that was cut off at its comma; `""` where it is not.

    Inside braces YAML reads `{say: Sorry, we cannot.}` as `say: Sorry` and a key `we cannot.` without a value.
    """
    names = list(node.entries)
    at = names.index(name)
    text = node.entries[names[at - 1]][1] if at else None
    if not node.flow or not isinstance(text, Scalar) or text.style or text.missing:
        return ""
    rest = list(takewhile(lambda each: isinstance(below := node.entries[each][1], Scalar) and below.missing, names[at:]))
    whole = shown(f'{names[at - 1]}: "{", ".join([text.text, *rest])}"')
    return f"a comma ends a text inside `{{…}}`: put it in quotes, {whole}" if rest else ""


def _called(shape: Shape) -> str:
    path = shape.key.path.replace("[]", "").replace(".*", "")
    return f"`{path}`" if path else shape.key.doc


def languages_of(root: Mapping) -> tuple[str, ...]:
    """The declared languages, read ahead of everything that is said; anything odd is left to the walk."""
    if "languages" not in root.entries:
        return ("en",)
    node = root.entries["languages"][1]
    items: Iterable[Node] = node.items if isinstance(node, Listing) else ()
    return tuple(dict.fromkeys(item.text for item in items if isinstance(item, Scalar)))


def _error(code: str, what: str, place: str, hint: str) -> ContractError:
    return ContractError(f"contract.{code}", what, place=place, hint=hint)
