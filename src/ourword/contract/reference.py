"""The table of keys as Markdown, for the reference."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.contract.key import Key, Shape
from ourword.contract.scalars import KINDS

BEGIN, END = "<!-- keys: written by `python docs/reference/publish.py` -->", "<!-- end of keys -->"


def reference(shape: Shape) -> str:
    """Write a table of all keys: path, type, whether required, meaning, who reads it.

    >>> from ourword.contract.keys import WIRING_SHAPE
    >>> reference(WIRING_SHAPE).splitlines()[0]
    '| key | type | meaning | read by |'
    """
    rows = [f"| `{key.path}` | {_type(key)} | {key.doc} | {key.reader or '*nobody yet*'} |" for key in _keys(shape)]
    return "\n".join(["| key | type | meaning | read by |", "|---|---|---|---|", *rows])


def placed(page: str, table: str) -> str:
    """Put a table into a page, between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _keys(shape: Shape) -> Iterator[Key]:
    """The keys that have a row of their own in the table: items of plain lists stand with their list."""
    for name, below in shape.below.items():
        if name != "[]" or below.key.type == "map":
            yield below.key
        yield from _keys(below)


def _type(key: Key) -> str:
    type_ = key.type
    if type_.startswith("word "):
        words = " or ".join(f"`{word}`" for word in type_.removeprefix("word ").split(" | "))
    elif type_.startswith("named "):
        words = f"names you choose: {KINDS[type_.removeprefix('named ')].means}"
    elif type_.startswith("list of "):
        words = "list: " + _plain(type_.removeprefix("list of "))
    else:
        words = _plain(type_)
    return words + (", **required**" if key.required else "")


def _plain(type_: str) -> str:
    if type_.startswith("word "):
        return " or ".join(f"`{word}`" for word in type_.removeprefix("word ").split(" | "))
    known = {"map": "keys", "list": "list", "text": "what is said: a text, or `{en: …, de: …}`", "value": "a value of the fact's type"}
    return known.get(type_) or KINDS[type_].means
