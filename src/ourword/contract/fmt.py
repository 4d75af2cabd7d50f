"""One layout for contracts and wirings: keys in the order of the table, comments kept, the meaning untouched.

What its author wrote on one line (`{…}`, `[…]`) stays on one line while it fits; quotes stay as they were.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ourword.contract.comments import Comments, comments_of
from ourword.contract.key import Shape
from ourword.contract.keys import CONTRACT_SHAPE, WIRING_SHAPE
from ourword.contract.source import Listing, Mapping, Node, Scalar, tree
from ourword.contract.text import decoded
from ourword.contract.walk import Walk, languages_of
from ourword.errors import ContractError

WIDTH = 150
_NOTHING: dict[str, Shape] = {}
_ESCAPED = re.compile("[^\x20-\x7e\xa0-\u1fff\u2030-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def fmt(text: bytes, *, place: str = "contract.yaml") -> str:
    """Lay a contract or a wiring out; a file that does not read raises `ContractError`.

    Formatting what is formatted changes nothing, and the digest stays as it was.

    >>> print(fmt(b"{contract: larkspur-care, ourword: 1, facts: {}}").strip())
    ourword: 1
    contract: larkspur-care
    facts: {}
    """
    plain = decoded(text, file=place).replace("\r\n", "\n").replace("\r", "\n")
    root = tree(plain.encode(), file=place)
    shape = CONTRACT_SHAPE if "decisions" in root.entries else WIRING_SHAPE
    form = _form(root, shape)
    comments = comments_of(plain, root)
    written = _Writer(comments).whole(root, shape)
    again = tree(written.encode(), file=place)
    if _form(again, shape) != form or _words(comments_of(written, again)) != _words(comments):
        what = "this layout cannot be written anew without losing something"
        raise ContractError("contract.fmt", what, place=f"{place}:1:1", hint="move comments to lines of their own and send us the file")
    return written


def _form(root: Mapping, shape: Shape) -> Any:
    return Walk(languages_of(root)).read(root, shape, "")[1]


def _words(comments: Comments) -> list[str]:
    beside = [unit.beside for unit in comments.units.values()]
    above = [line for unit in comments.units.values() for line in unit.above]
    return sorted(filter(None, [*beside, *above, *comments.head, *comments.foot]))


class _Writer:
    def __init__(self, comments: Comments) -> None:
        self.comments = comments

    def whole(self, root: Mapping, shape: Shape) -> str:
        head, foot = self.comments.head, self.comments.foot
        body = self.mapping(root, shape, 0, 0)
        lines = [*head, *([""] if head else []), *body, *foot]
        return "\n".join(lines).strip("\n") + "\n"

    def mapping(self, node: Mapping, shape: Shape | None, indent: int, depth: int) -> list[str]:
        """Lines of a mapping in block style; nothing blank above the first."""
        lines: list[str] = []
        for name, (key, value) in _ordered(node, shape):
            unit = self.comments.of(key.start.index, depth)
            lines += self.above(unit.above, indent, first=not lines)
            opening = f"{' ' * indent}{_scalar(key)}:"
            lines += self.value(opening, unit.beside, value, _below(shape, name), indent, depth + 1)
        return lines

    def listing(self, node: Listing, shape: Shape | None, indent: int, depth: int) -> list[str]:
        """Lines of a list in block style."""
        lines: list[str] = []
        for item in node.items:
            unit = self.comments.of(item.start.index, depth)
            lines += self.above(unit.above, indent, first=not lines)
            lines += self.item(unit.beside, item, _below(shape, "[]"), indent, depth + 1)
        return lines

    def item(self, beside: str, item: Node, shape: Shape | None, indent: int, depth: int) -> list[str]:
        dash = f"{' ' * indent}- "
        line = self.one_line(item, shape, len(dash))
        if line is not None or isinstance(item, Scalar):
            return self.value(dash.rstrip(), beside, item, shape, indent, depth)
        block = self.mapping if isinstance(item, Mapping) else self.listing
        lines = block(item, shape, indent + 2, depth)  # type: ignore[arg-type]
        first = next(number for number, text in enumerate(lines) if text.strip() and not text.lstrip().startswith("#"))
        lines[first] = dash + lines[first][indent + 2 :]
        above = [text[2:] if text.strip() else text for text in lines[:first]]
        return [*above, *([f"{' ' * indent}{beside}"] if beside else []), *lines[first:]]

    def value(self, opening: str, beside: str, node: Node, shape: Shape | None, indent: int, depth: int) -> list[str]:
        comment = f"  {beside}" if beside else ""
        if isinstance(node, Scalar):
            return _scalar_lines(opening, comment, node, indent + 2)
        line = self.one_line(node, shape, len(opening) + 1)
        if line is not None:
            return [f"{opening} {line}{comment}"]
        block = self.mapping if isinstance(node, Mapping) else self.listing
        return [opening + comment, *block(node, shape, indent + 2, depth)]  # type: ignore[arg-type]

    def above(self, lines: list[str], indent: int, *, first: bool) -> list[str]:
        """Comment lines above a unit; at most one blank line in a row, and none where a block begins."""
        written: list[str] = []
        for line in lines:
            if line:
                written.append(" " * indent + line)
            elif written[-1:] != [""] and not (first and not written):
                written.append("")
        return written

    def one_line(self, node: Node, shape: Shape | None, column: int) -> str | None:
        if isinstance(node, Scalar) or (_filled(node) and (not node.flow or self.comments.inside(node))):
            return None
        text = _flow(node, shape)
        return text if len(text) + column <= WIDTH or not _filled(node) else None


def _filled(node: Mapping | Listing) -> bool:
    return bool(node.entries if isinstance(node, Mapping) else node.items)


def _ordered(node: Mapping, shape: Shape | None) -> list[tuple[str, tuple[Scalar, Node]]]:
    below = shape.below if shape else _NOTHING
    order = {name: number for number, name in enumerate(below)}
    return sorted(node.entries.items(), key=lambda entry: order.get(entry[0], len(order)))


def _below(shape: Shape | None, name: str) -> Shape | None:
    if shape is None:
        return None
    return shape.below.get(name) or shape.below.get("*")


def _flow(node: Node, shape: Shape | None) -> str:
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Listing):
        return f"[{', '.join(_flow(item, _below(shape, '[]')) for item in node.items)}]"
    return "{" + ", ".join(f"{_scalar(key)}: {_flow(value, _below(shape, name))}" for name, (key, value) in _ordered(node, shape)) + "}"


def _scalar(node: Scalar) -> str:
    """A value on one line, in the quotes that its author gave it where they can hold it."""
    if "\n" in node.text or node.style in ('"', "|", ">"):
        quoted = json.dumps(node.text, ensure_ascii=False)
        return _ESCAPED.sub(lambda match: f"\\U{ord(match[0]):08x}", quoted)
    return "'" + node.text.replace("'", "''") + "'" if node.style == "'" else node.text


def _scalar_lines(opening: str, comment: str, node: Scalar, indent: int) -> list[str]:
    if node.missing:
        return [opening + comment]
    body = node.text.removesuffix("\n").split("\n")
    if node.style not in ("|", ">") or any(not line or line != line.strip() or _ESCAPED.search(line) for line in body):
        return [f"{opening} {_scalar(node)}{comment}"]
    mark = "|" if node.text.endswith("\n") else "|-"
    return [f"{opening} {mark}{comment}", *(" " * indent + line for line in body)]
