"""What the table of keys is made of.

A path names a key: `*` stands for a name that the author chooses, `[]` for each item of a list. A key's type is

* a kind of scalar of `scalars.py` (`id`, `span`, `condition`, …), or `text` (what is said: a string, or one by language);
* `word a | b`: one of these words; with keys below it, one of these words or a mapping of those keys;
* `map`: the keys below it and no others; `named K`: names of kind K that the author chooses; `list`, or `list of K`;
* `value`: anything, read by the fact's type.

`reader` says who acts on the key: enforces, proves, measures or prints it. A key that nobody reads yet is listed by
`ourword check`; one that would change an answer keeps the gate from being compiled.
"""

from __future__ import annotations

import msgspec


class Key(msgspec.Struct, frozen=True):
    """One key: where it stands, its type, what it means, and who reads it."""

    path: str
    type: str
    doc: str
    required: bool = False
    reader: str = ""
    changes_answer: bool = False


class Shape(msgspec.Struct):
    """A key with what may stand below it: the table as a tree."""

    key: Key
    below: dict[str, Shape]
    """Keys of a map by name; `*` for chosen names; `[]` for the items of a list."""


def under(prefix: str, *rows: tuple[str, str, str, str]) -> tuple[Key, ...]:
    """Make the keys below a prefix from rows of name, type, reader and meaning.

    >>> under("people[].", ("id", "!id", "check", "The short name."))[0].required
    True
    """
    return tuple(_key(prefix + name, type_, reader, doc) for name, type_, reader, doc in rows)


def _key(path: str, type_: str, reader: str, doc: str) -> Key:
    late = reader.startswith("later")
    return Key(path, type_.removeprefix("!"), doc, type_.startswith("!"), "" if late else reader, reader == "later, changes the answer")


def tree_of(keys: tuple[Key, ...], whole: str) -> Shape:
    """Turn a table into a tree; every key stands after the key that holds it.

    >>> tree_of(under("", ("people", "list", "check", "…"), ("people[]", "map", "check", "…")), "the contract").below["people"].below["[]"].key.type
    'map'
    """
    root = Shape(Key("", "map", whole, True, "read"), {})
    for key in keys:
        *above, name = key.path.replace("[]", ".[]").split(".")
        holder = root
        for step in above:
            holder = holder.below[step]
        holder.below[name] = shape = Shape(key, {})
        if key.type.startswith("list of "):
            shape.below["[]"] = Shape(Key(f"{key.path}[]", key.type.removeprefix("list of "), key.doc, False, key.reader), {})
    return root
