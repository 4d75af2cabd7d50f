"""Strict YAML 1.2 as a tree in which everything has a place and every scalar stays text.

ruamel.yaml cuts the text into events; the tree is built here, so that `NO` stays the text `NO` and no tag, anchor or
type guess can act. Every limit below exists because a hostile file reaches it: the reader ends, with a place and a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from ourword.contract.text import UNSEEN, decoded, unseen_error
from ourword.contract.words import shown
from ourword.errors import ContractError

DEPTH_MAX = 64
NODES_MAX = 150_000
"""10,000 clauses, each fully written, hold some 120,000 nodes; reading so many takes three to four seconds."""


class Spot(msgspec.Struct, frozen=True):
    """Where something stands: file, line and column count from 1; `index` counts characters of the text from 0."""

    file: str
    line: int
    column: int
    index: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Scalar(msgspec.Struct, frozen=True):
    """One value as text; `style` is `'`, `\"`, `|`, `>` or, when plain, nothing."""

    text: str
    style: str
    start: Spot
    end: int

    @property
    def missing(self) -> bool:
        """Whether nothing was written (`key:`)."""
        return not self.text and not self.style


class Listing(msgspec.Struct):
    """Items in order."""

    items: list[Node]
    flow: bool
    start: Spot
    end: int = 0


class Mapping(msgspec.Struct):
    """Keys in the order written, each with its value; no key twice."""

    entries: dict[str, tuple[Scalar, Node]]
    flow: bool
    start: Spot
    end: int = 0


Node = Scalar | Listing | Mapping


def tree(data: bytes, *, file: str) -> Mapping:
    """Read one file's bytes as a mapping, or raise one `ContractError` with place and hint.

    >>> tree(b"status: NO", file="contract.yaml").entries["status"][1].text
    'NO'
    """
    text = decoded(data, file=file)
    root = _Builder(file).build(_events(text, file))
    if root is None:
        raise _error("empty", "there is nothing in this file", f"{file}:1:1", "start with `ourword: 1` and `contract: <name>`")
    if not isinstance(root, Mapping):
        raise _error("shape", "the file is not a mapping of keys", str(root.start), "write `key: value` lines, the first being `ourword: 1`")
    return root


def _events(text: str, file: str) -> Iterator[Any]:
    """Give ruamel's events; whatever it raises leaves as a `ContractError` at the place reached."""
    reached = f"{file}:1:1"
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reached = _place(event.start_mark, file)
            yield event
    except ContractError:
        raise
    except MarkedYAMLError as cause:
        raise _syntax(cause, file, reached) from cause
    except Exception as cause:  # a scanner bug met by hostile bytes (ValueError, IndexError, …) is still one error with a place
        raise _error("syntax", "this is not YAML", reached, "look at the line above it, too") from cause


def _place(mark: Any, file: str) -> str:
    return f"{file}:{mark.line + 1}:{mark.column + 1}"


def _syntax(cause: MarkedYAMLError, file: str, reached: str) -> ContractError:
    problem = " ".join(str(cause.problem or cause.context or "this is not YAML").split())
    # What is never closed is best shown where it was opened.
    mark = (cause.context_mark if _OPENED.search(problem) else None) or cause.problem_mark or cause.context_mark
    place = _place(mark, file) if mark else reached
    for words, what, hint in _PLAINER:
        if words in problem:
            return _error("syntax", what, place, hint)
    return _error("syntax", f"this is not YAML: {problem[:120]}", place, "look at quotes, brackets and indentation here and on the line above")


_OPENED = re.compile(r"unexpected end of stream|expected ',' or")

_PLAINER = (
    ("mapping values are not allowed", "a second `: ` on one line", "put the whole text in quotes"),
    ("could not find expected ':'", "a key without `:`", "write `key: value`; quote a text that goes on over several lines"),
    ("cannot start any token", "this character cannot begin a value", "put the whole text in quotes; indent with spaces, not with tabs"),
    ("expected ',' or '}'", "a `{` that is not closed, or a missing comma", "close it with `}`; quote texts that hold `,`, `{`, `}` or `: `"),
    ("expected ',' or ']'", "a `[` that is not closed, or a missing comma", "close it with `]`; quote texts that hold `,`, `[` or `]`"),
    ("unexpected end of stream", "a quote that is not closed", "close it on the same line"),
    ("expected <block end>", "this line's indentation fits none of the lines above", "give keys of one group the same indentation"),
    ("undefined alias", "an alias (`*name`)", "write the value out, or quote a text that begins with `*`"),
)


class _Builder:
    """Builds the tree with a stack of its own, so that depth is a number we compare and not a crash."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.stack: list[Listing | Mapping] = []
        self.keys: list[Scalar | None] = []
        self.nodes = 0
        self.documents = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        for event in events:
            self._take(event)
        return self.root

    def _take(self, event: Any) -> None:
        if isinstance(event, ScalarEvent):
            self._node(Scalar(event.value, event.style or "", self._start(event), event.end_mark.index), event)
        elif isinstance(event, MappingStartEvent):
            self._open(Mapping({}, bool(event.flow_style), self._start(event)), event)
        elif isinstance(event, SequenceStartEvent):
            self._open(Listing([], bool(event.flow_style), self._start(event)), event)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self.keys.pop()
            self.stack.pop().end = event.end_mark.index
        elif isinstance(event, DocumentStartEvent):
            self._document(event)
        elif isinstance(event, AliasEvent):
            raise self._refused(event, f"an alias {shown('*' + str(event.anchor))}", "write the value out, or quote a text that begins with `*`")
        elif not isinstance(event, (StreamStartEvent, StreamEndEvent, DocumentEndEvent)):
            raise self._refused(event, "something this format does not have", "remove it")

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self._refused(event, "a second document", "keep one document a file: remove `---` and what follows it")
        if event.version or event.tags:
            raise self._refused(event, "a `%` directive", "remove it: the format is YAML 1.2 always")

    def _open(self, node: Listing | Mapping, event: Any) -> None:
        self._node(node, event)
        if len(self.stack) >= DEPTH_MAX:
            raise _error(
                "deep",
                f"more than {DEPTH_MAX} levels, one inside the other",
                _place(event.start_mark, self.file),
                "a contract needs fewer than ten: flatten it",
            )
        self.stack.append(node)
        self.keys.append(None)

    def _node(self, node: Node, event: Any) -> None:
        self.nodes += 1
        self._plain_only(event)
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent, Listing):
            parent.items.append(node)
        elif (key := self.keys[-1]) is None:
            self.keys[-1] = self._key(node, parent)
        else:
            parent.entries[key.text] = (key, node)
            self.keys[-1] = None

    def _plain_only(self, event: Any) -> None:
        if isinstance(event, ScalarEvent) and (unseen := UNSEEN.search(event.value)):
            raise unseen_error(unseen[0], _place(event.start_mark, self.file))  # written as an escape, "\\u202e"
        if self.nodes > NODES_MAX:
            raise _error(
                "long", f"more than {NODES_MAX:,} values in one file", _place(event.start_mark, self.file), "split it into several contracts"
            )
        if event.anchor:
            raise self._refused(
                event, f"an anchor {shown('&' + str(event.anchor))}", "write the value out where it is needed, or quote a text that begins with `&`"
            )
        if event.tag:
            raise self._refused(
                event, f"a tag {shown(str(event.tag))}", "remove it, or quote a text that begins with `!`: a value is read by its key's type"
            )

    def _key(self, node: Node, parent: Mapping) -> Scalar:
        if not isinstance(node, Scalar) or node.style in ("|", ">"):
            raise _error("key", "a key that is not one word", str(node.start), "write `key: value`; quote a text that begins with `{` or `[`")
        if node.text == "<<":
            raise _error("merge", "a merge key `<<`", str(node.start), "write the keys out where they are needed")
        if not node.text:
            raise _error("key", "a value without a key", str(node.start), "write `key: value`")
        if node.text in parent.entries:
            first = parent.entries[node.text][0].start
            raise _error("twice", f"the key {shown(node.text)} is written twice", str(node.start), f"keep one; the first is on line {first.line}")
        return node

    def _start(self, event: Any) -> Spot:
        mark = event.start_mark
        return Spot(self.file, mark.line + 1, mark.column + 1, mark.index)

    def _refused(self, event: Any, what: str, hint: str) -> ContractError:
        return _error("strict", f"{what} cannot be used here", _place(event.start_mark, self.file), hint)


def _error(code: str, what: str, place: str, hint: str) -> ContractError:
    return ContractError(f"contract.{code}", what, place=place, hint=hint)
