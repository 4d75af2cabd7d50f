"""Types as the wiring writes them: `money(EUR)`, `enum(a, b)`, `list(item)`, `map(string, int)`, or a declared record's name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ourword.cel import types as t
from ourword.contract.words import listed, meant, shown
from ourword.core.money import CURRENCIES

SIMPLE = {type_.name: type_ for type_ in (t.BOOL, t.INT, t.UINT, t.DOUBLE, t.STRING, t.BYTES, t.TIMESTAMP, t.DURATION)}
DEPTH_MAX = 8
WORDS_MAX = 2_000

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.-]*|[(),])")


class Misspelt(ValueError):
    """A type that cannot be read: what is wrong, and what to write."""

    def __init__(self, what: str, hint: str) -> None:
        self.what, self.hint = what, hint
        super().__init__(what)


def type_from_text(text: str, records: Mapping[str, t.Type]) -> t.Type:
    """Read a type; `Misspelt` says what is wrong with another text.

    >>> print(type_from_text("list(money(EUR))", {}))
    list(money(EUR))
    """
    words = _words(text)
    type_, rest = _type(words, 0, records, DEPTH_MAX)
    if rest < len(words):
        raise Misspelt(f"{shown(words[rest])} after the type {type_}", "write one type: quote it when it holds a comma")
    return type_


def names_in(text: str) -> list[str]:
    """Give the names that a type mentions, so that records can be read in the order in which they need one another."""
    return [word for word in _words(text) if word not in "(),"]


def _words(text: str) -> list[str]:
    words: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or len(words) == WORDS_MAX:
            raise Misspelt(
                f"{shown(text)} is not a type", f"write {listed(SIMPLE, joined='or')}, `money(EUR)`, `enum(a, b)`, `list(…)` or `map(…, …)`"
            )
        words.append(match[1])
        at = match.end()
    return words


def _type(words: list[str], at: int, records: Mapping[str, t.Type], depth: int) -> tuple[t.Type, int]:
    if at >= len(words) or words[at] in "(),":
        raise Misspelt("a type is missing", "write for example `money(EUR)`, `list(string)` or `map(string, int)`")
    if not depth:
        raise Misspelt(f"more than {DEPTH_MAX} types, one inside the other", "declare a record under `types`")
    name = words[at]
    if words[at + 1 : at + 2] == ["("]:
        return _with_parts(name, words, at + 2, records, depth - 1)
    if name in SIMPLE:
        return SIMPLE[name], at + 1
    if name in records:
        return records[name], at + 1
    if name in ("money", "enum", "list", "map"):
        raise Misspelt(
            f"`{name}` needs its parts",
            {"money": "write `money(EUR)`", "enum": "write `enum(a, b)`", "list": "write `list(string)`"}.get(name, "write `map(string, int)`"),
        )
    raise Misspelt(f"{shown(name)} is not a type", meant(name, [*SIMPLE, *records, "money", "enum", "list", "map"], "declare it under `types`"))


def _with_parts(name: str, words: list[str], at: int, records: Mapping[str, t.Type], depth: int) -> tuple[t.Type, int]:
    if name in ("money", "enum"):
        parts, at = _plain_parts(words, at)
        return (_money(parts) if name == "money" else _enum(parts)), at
    if name not in ("list", "map"):
        raise Misspelt(f"{shown(name)} takes no parts", meant(name, ["money", "enum", "list", "map"], "only `money`, `enum`, `list` and `map` do"))
    types: list[t.Type] = []
    while True:
        type_, at = _type(words, at, records, depth)
        types.append(type_)
        if words[at : at + 1] == [","]:
            at += 1
        else:
            break
    _closed(words, at)
    if name == "list" and len(types) == 1:
        return t.list_of(types[0]), at + 1
    if name == "map" and len(types) == 2:
        return _map(types), at + 1
    raise Misspelt(f"`{name}` with {len(types)} parts", "write `list(item)` or `map(string, int)`")


def _map(types: list[t.Type]) -> t.Type:
    if types[0].name not in ("string", "int", "uint", "bool", "enum"):
        raise Misspelt(f"a map cannot be looked up by {types[0]}", "its first type is string, int, uint, bool or an enum")
    return t.map_of(*types)


def _plain_parts(words: list[str], at: int) -> tuple[list[str], int]:
    parts: list[str] = []
    while at < len(words) and words[at] not in "(),":
        parts.append(words[at])
        at += 1
        if words[at : at + 1] == [","]:
            at += 1
        else:
            break
    _closed(words, at)
    return parts, at + 1


def _closed(words: list[str], at: int) -> None:
    if words[at : at + 1] != [")"]:
        raise Misspelt("a `(` that is not closed", "close it with `)`, and part words with commas")


def _money(parts: list[str]) -> t.Type:
    if len(parts) != 1:
        raise Misspelt("money has one currency", "write `money(EUR)`")
    if parts[0] not in CURRENCIES:
        raise Misspelt(f"{shown(parts[0])} is no currency", meant(parts[0].upper(), CURRENCIES, "write its ISO 4217 code, for example `money(EUR)`"))
    return t.money(parts[0])


def _enum(parts: list[str]) -> t.Type:
    if not parts:
        raise Misspelt("an enum without words", "write `enum(a, b)`")
    if len(set(parts)) < len(parts):
        raise Misspelt("an enum names one word twice", "name each word once")
    return t.enum(*parts)
