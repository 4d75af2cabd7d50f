"""What the first rows of a file look like: which columns there are, how full and how varied."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from ourword.outcomes.elsewhere import english
from ourword.outcomes.looking import plain

DISTINCT_MAX = 5_000
DEPTH_MAX = 3
COLUMNS_MAX = 2_000
LONG = 200

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_RUN_TOGETHER = re.compile(
    r"(account|assignee|case|closed|contact|conversation|created?|customer|due|lastmodified|order|owner|requester|resolved|solved|ticket|updated|user)"
    r"(at|by|date|email|id|key|name|number|reason|status|time|type)",
    re.IGNORECASE,
)
"""Some exports write columns in one case without a gap, as Salesforce's Data Loader does: names of which both halves are known are parted."""


def _parted(word: str) -> tuple[str, ...]:
    """A word of a name, or the two that were run together.

    >>> _parted("CONTACTID"), _parted("closeddate"), _parted("paid")
    (('CONTACT', 'ID'), ('closed', 'date'), ('paid',))
    """
    found = _RUN_TOGETHER.fullmatch(word)
    return (word,) if found is None else (found[1], found[2])


@lru_cache(10_000)
def _words(names: tuple[str, ...]) -> tuple[str, ...]:
    bare = ("".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)) for name in names)
    found = (word for name in bare for found in _WORD.findall(name.replace("ß", "ss").replace("E-Mail", "Email")) for word in _parted(found))
    return tuple(each for word in found for each in english(word))


class Column(msgspec.Struct, kw_only=True):
    """One column, or one path into an object."""

    path: tuple[str, ...]
    said: str = ""
    """What a person said that it is: `ticket id`; it stands in its name's place."""
    rows: int = 0
    """Among how many rows (or items) it was looked for."""
    filled: int = 0
    values: Counter[str] = msgspec.field(default_factory=Counter)
    """Its values as text, cut at some length; counted for the first few thousand different ones."""
    long: int = 0
    characters: int = 0
    sorts: set[str] = msgspec.field(default_factory=set)
    """`text`, `bool`, `number`: what its values were before they became text."""
    clocks: dict[bool, Any] = {}
    """How its times are written, once somebody has looked (`outcomes.written`)."""

    @property
    def name(self) -> str:
        """The path with dots."""
        return ".".join(self.path)

    @property
    def words(self) -> list[str]:
        """The words of its name and of the object that holds it, in lower case.

        >>> Column(path=("AnonymizedUserWorkerID",)).words, Column(path=("conversation", "id")).words
        (['anonymized', 'user', 'worker', 'id'], ['conversation', 'id'])
        """
        return list(_words((self.said,) if self.said else self.path[-2:]))

    @property
    def english(self) -> str:
        """Its name, or the English words of one that has none.

        >>> Column(path=("Bestell-Nr.",)).english, Column(path=("Order No.",)).english
        ('order number', 'Order No.')
        """
        words = self.words
        return " ".join(words) if self.said or any(word not in self.name.lower() for word in words) else self.name

    @property
    def sort(self) -> str:
        """What its values are; text where they differ."""
        return next(iter(self.sorts)) if len(self.sorts) == 1 else "text"

    @property
    def share(self) -> float:
        """How full it is."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def distinct(self) -> int:
        """How many different values it has (of the first few thousand)."""
        return len(self.values)

    @property
    def example(self) -> str:
        """A usual value."""
        return self.values.most_common(1)[0][0] if self.values else ""

    def add(self, value: object) -> None:
        """Count a value."""
        text = str(value).lower() if isinstance(value, bool) else str(value)
        self.filled += 1
        self.sorts.add("bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text")
        self.characters += len(text)
        self.long += len(text) > LONG
        text = text[:LONG]
        if text in self.values or len(self.values) < DISTINCT_MAX:
            self.values[text] += 1


class Profile(msgspec.Struct, kw_only=True):
    """The columns of rows, and their lists of objects with the columns of the items."""

    rows: int = 0
    columns: dict[tuple[str, ...], Column] = {}
    lists: dict[tuple[str, ...], Profile] = {}


def profile(rows: Iterable[Mapping[str, Any]], *, said: Mapping[str, str] | None = None) -> Profile:
    """Look at rows; lists of objects in them are looked at item by item. *said* has what a person said of a column, by its name.

    >>> profile([{"id": 1, "messages": [{"by": "user"}]}]).lists[("messages",)].columns[("by",)].example
    'user'
    """
    found = Profile()
    for row in rows:
        found.rows += 1
        for path, value in _leaves(row, ()):
            if isinstance(value, list):
                inner = found.lists.setdefault(path, Profile())
                more = profile(each for each in value if isinstance(each, Mapping))
                _merge(inner, more)
            elif len(found.columns) < COLUMNS_MAX or path in found.columns:
                found.columns.setdefault(path, Column(path=path)).add(value)
    _count_rows(found)
    for name, meaning in (said or {}).items():
        if (name,) in found.columns:
            found.columns[(name,)].said = meaning
    return found


def _count_rows(found: Profile) -> None:
    for column in found.columns.values():
        column.rows = found.rows
    for inner in found.lists.values():
        _count_rows(inner)


def _merge(into: Profile, more: Profile) -> None:
    into.rows += more.rows
    for path, column in more.columns.items():
        if path in into.columns:
            held = into.columns[path]
            held.sorts |= column.sorts
            held.filled, held.characters, held.long = held.filled + column.filled, held.characters + column.characters, held.long + column.long
            for text, count in column.values.items():
                if text in held.values or len(held.values) < DISTINCT_MAX:
                    held.values[text] += count
        elif len(into.columns) < COLUMNS_MAX:
            into.columns[path] = column
    for path, inner in more.lists.items():
        _merge(into.lists.setdefault(path, Profile()), inner)


def paths(row: Mapping[str, Any]) -> Iterator[str]:
    """Give the names of a row's columns, and with dots those of the objects in them, be they empty.

    >>> list(paths({"who": {"id": 7}, "at": None}))
    ['who', 'who.id', 'at']
    """
    for key, value in row.items():
        yield str(key)
        if isinstance(value, Mapping):
            yield from (f"{key}.{each}" for each in value)


def _leaves(row: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in row.items():
        path = (*above, str(key))
        if isinstance(value, Mapping):
            if len(path) < DEPTH_MAX:
                yield from _leaves(value, path)
        elif isinstance(value, list):
            if any(isinstance(each, Mapping) for each in value):
                yield path, value
        elif value is not None and value != "":
            yield path, plain(value)
