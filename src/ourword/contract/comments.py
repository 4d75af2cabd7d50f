"""Comments, each tied to the key or item it speaks about: the one that ends before it on its line, else the next one below."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import msgspec

from ourword.contract.source import Listing, Mapping, Node, Scalar

_COMMENT = re.compile(r"#[^\n]*")
_HEADER = re.compile(r"[|>][0-9+-]*[ \t]+(#[^\n]*)")
_INDICATORS = re.compile(r"[ \t]*(-[ \t]+)*")


class Unit(msgspec.Struct):
    """An entry of a mapping or an item of a list: where it starts and ends, how deep it lies, and its comments."""

    start: int
    end: int
    depth: int
    above: list[str]
    """Lines of comment; an empty text stands for a blank line."""
    block: bool = False
    """Whether its value goes on below its first line, so that a comment after its last line speaks about something inside."""
    beside: str = ""


class Comments(msgspec.Struct):
    """All comments of a file: by unit (its start and depth), and those at the head and the foot that belong to none."""

    units: dict[tuple[int, int], Unit]
    head: list[str]
    foot: list[str]
    indexes: list[int]

    def inside(self, node: Node) -> bool:
        """Whether a comment stands within a node, so that it cannot be written on one line."""
        at = bisect_left(self.indexes, node.start.index)
        return at < len(self.indexes) and self.indexes[at] < node.end

    def of(self, start: int, depth: int) -> Unit:
        """Give the comments of the unit that starts there."""
        return self.units[start, depth]


def comments_of(text: str, root: Mapping) -> Comments:
    """Tie each comment of the text (its lines parted by line feeds) to a unit of its tree.

    >>> from ourword.contract.source import tree
    >>> text = "a: 1  # one\\n# two\\nb: 2"
    >>> [(unit.above, unit.beside) for unit in comments_of(text, tree(text.encode(), file="a.yaml")).units.values()]
    [([], '# one'), (['# two'], '')]
    """
    units = sorted(_units(root, text, 0), key=lambda unit: (unit.start, unit.depth))
    found = _found(text, root)
    result = Comments({(unit.start, unit.depth): unit for unit in units}, [], [], [index for index, _ in found])
    starts = [unit.start for unit in units]
    ending = sorted(units, key=lambda unit: (unit.end, unit.depth))
    ends = [unit.end for unit in ending]
    waiting: list[str] = []
    done = 0
    for index, comment in found:
        following = bisect_left(starts, index)
        _above(units[done:following], waiting, text, result)
        done = max(done, following)
        line = text.rfind("\n", 0, index) + 1
        ended = [unit for unit in ending[bisect_left(ends, line + 1) : bisect_right(ends, index)] if not unit.block]
        begun = units[bisect_left(starts, line) : following]
        unit = min(ended, key=lambda each: (each.depth, -each.end)) if ended else begun[-1] if begun else None
        if unit is not None and not unit.beside:
            unit.beside = comment
        else:
            waiting += ["", comment] if blank_above(text, index) else [comment]
    _above(units[done:], waiting, text, result)
    result.foot = waiting
    return result


def blank_above(text: str, index: int) -> bool:
    """Whether what stands at *index* begins its line, below a blank line.

    >>> blank_above("a: 1\\n\\nb: 2", 6), blank_above("a: 1\\nb: 2", 5)
    (True, False)
    """
    line = text.rfind("\n", 0, index) + 1
    begins = _INDICATORS.match(text, line)
    if line == 0 or begins is None or begins.end() < index:
        return False
    return not text[text.rfind("\n", 0, line - 1) + 1 : line - 1].strip()


def _above(units: list[Unit], waiting: list[str], text: str, result: Comments) -> None:
    """Give the comments that wait to the first of these units; a blank line above each outermost unit is kept."""
    last = -1
    for unit in units:
        if unit.start == last:
            continue  # the first entry of an item: the item holds what stands above both
        last = unit.start
        blank = blank_above(text, unit.start)
        if waiting and blank and unit.start == min(result.units)[0]:
            result.head = waiting.copy()
            waiting.clear()
        unit.above = waiting + [""] * blank
        waiting.clear()


def _units(node: Node, text: str, depth: int) -> Iterator[Unit]:
    if isinstance(node, Mapping):
        for key, value in node.entries.values():
            yield Unit(key.start.index, max(key.end, _end(value, text)), depth, [], _block(value))
            yield from _units(value, text, depth + 1)
    elif isinstance(node, Listing):
        for item in node.items:
            yield Unit(item.start.index, _end(item, text), depth, [], _block(item))
            yield from _units(item, text, depth + 1)


def _block(node: Node) -> bool:
    return not isinstance(node, Scalar) and not node.flow


def _end(node: Node, text: str) -> int:
    """Where a node's last character stands: in block style the marks of the scanner lie at the next token."""
    if isinstance(node, Scalar):
        return node.start.index + len(text[node.start.index : node.end].rstrip()) if node.style in ("|", ">") else node.end
    if node.flow:
        return node.end
    last = list(node.entries.values())[-1][1] if isinstance(node, Mapping) else node.items[-1]
    return _end(last, text)


def _found(text: str, root: Mapping) -> list[tuple[int, str]]:
    """Every comment with its index: what begins with `#` outside of all scalars, and on the first line of a `|` text."""
    found: list[tuple[int, str]] = []
    at = 0
    for scalar in sorted(_scalars(root), key=lambda each: each.start.index):
        found.extend((match.start(), match[0].rstrip()) for match in _COMMENT.finditer(text, at, scalar.start.index))
        header = _HEADER.match(text, scalar.start.index) if scalar.style in ("|", ">") else None
        if header:
            found.append((header.start(1), header[1].rstrip()))
        at = scalar.end
    found.extend((match.start(), match[0].rstrip()) for match in _COMMENT.finditer(text, at))
    return found


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.entries.values():
            yield key
            yield from _scalars(value)
    else:
        for item in node.items:
            yield from _scalars(item)
