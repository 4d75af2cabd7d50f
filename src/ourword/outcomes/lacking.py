"""Columns that a mapping names and its rows do not have: a misspelt one gives no value, and no value looks like an absence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

import msgspec

from ourword.errors import ContractError
from ourword.outcomes.columns import Named
from ourword.outcomes.looking import holds
from ourword.outcomes.mapping import Map
from ourword.outcomes.profile import paths

LOOKED_AT_MAX = 100
"""So many rows give the names that may have been meant."""
NAMES_MAX = 2_000


class Absent(msgspec.Struct, frozen=True):
    """A column that was in no row, where the mapping names it, and what may have been meant."""

    column: str
    place: str
    hint: str


def refuse_lacking(mapping: Map, columns: Iterable[str], *, nested: bool, file: str) -> None:
    """Raise a `ContractError` when a file that says its columns has one not that the mapping names.

    With *nested*, a column may hold objects, which say what they hold in their values only.
    """
    known = tuple(columns)
    lacking = [each for each in _of_rows(mapping) if not _is_there(each, set(known), nested=nested)]
    if lacking:
        shown = ", ".join(f"`{each.name[:60]}`" for each in lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
        what = f"{file} has no column{'' if len(lacking) == 1 else 's'} {shown}"
        hint = "; ".join(dict.fromkeys(near(each.name, known) for each in lacking[:3]))
        raise ContractError("mapping.column", what, place=lacking[0].place, hint=hint)


def _of_rows(mapping: Map) -> Iterable[Named]:
    """Those that must lie in the row itself, and not in an item of a list in it."""
    if mapping.each is None:
        return mapping.columns
    around = (Named(each.parts[1:], each.place) for each in mapping.columns if each.parts[0] == "parent" and len(each.parts) > 1)
    return [Named(mapping.each.parts, mapping.each.place), *around]


def _is_there(named: Named, known: set[str], *, nested: bool) -> bool:
    return named.name in known or (nested and named.parts[0] in known)


def near(name: str, known: Iterable[str]) -> str:
    """Give the name that was meant, or some of those there are.

    >>> near("customer_id", ["Customer ID", "Status"]), near("who", ["a", "b"])
    ('did you mean `Customer ID`?', 'it has: a, b')
    """
    by_lower = {each.lower(): each for each in known if each}
    found = get_close_matches(name[:100].lower(), by_lower, n=1)
    if found:
        return f"did you mean `{by_lower[found[0]]}`?"
    some = ", ".join(each[:40] for each in islice(by_lower.values(), 12))
    return f"it has: {some}{', …' if len(by_lower) > 12 else ''}" if some else "it has no columns"


class Unseen:
    """Columns of a mapping that no row had so far."""

    def __init__(self, mapping: Map) -> None:
        self._left = list(dict.fromkeys(mapping.columns))
        self._names: dict[str, None] = {}
        self._looked_at = 0

    def look(self, row: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        """See what a row, or an item and the row around it, has."""
        if not self._left:
            return
        self._left = [each for each in self._left if not holds(each.parts, row, document)]
        if self._looked_at < LOOKED_AT_MAX:
            self._looked_at += 1
            self._names |= dict.fromkeys(islice(paths(row), NAMES_MAX)) | dict.fromkeys(
                f"parent.{each}" for each in islice(paths(document), NAMES_MAX)
            )

    def absent(self) -> list[Absent]:
        """Those that are in no row, each with what may have been meant."""
        names = [each for each in self._names if not each.startswith("parent.")]
        return [Absent(each.name, each.place, near(each.name, self._names if each.parts[0] == "parent" else names)) for each in self._left]
