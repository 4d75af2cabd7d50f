"""Checks on decision tables: rows that must not meet, and do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ourword.contract.flaws import error, note, warning
from ourword.contract.meeting import Meeting
from ourword.contract.model import Draft, Flaw, Kind, Row

ROWS_MAX = 600
"""Rows held against each other; 600 are 180,000 pairs."""


def flaws(draft: Draft) -> Iterator[Flaw]:
    """Give what is wrong with the tables of all kinds."""
    for kind in draft.kinds.values():
        if kind.table is not None and kind.table.hit in ("unique", "any"):
            yield from _meeting(kind, draft)


def _meeting(kind: Kind, draft: Draft) -> Iterator[Flaw]:
    table = kind.table
    assert table is not None
    if len(table.rows) > ROWS_MAX:
        what = f"only the first {ROWS_MAX} rows of `{table.file}` are held against each other"
        yield note("table", what, table.rows[ROWS_MAX].place, "`ourword prove` looks for conflicts among all")
    facts = draft.wiring.facts
    rows = table.rows[:ROWS_MAX]
    meet = Meeting(rows, facts)
    for first, second in combinations(range(len(rows)), 2):
        one, other = rows[first], rows[second]
        if (table.hit == "unique" or one.outcome != other.outcome) and meet(first, second):
            # A fact that is worked out may not be free to be what two rows ask of it.
            free = all(facts[name].derived is None for row in (one, other) for name in row.tests)
            yield (error if free else warning)("table", _what(one, other, table.hit), other.place, f"narrow one of them; the other is at {one.place}")


def _what(one: Row, other: Row, hit: str) -> str:
    must = "only one row may hold" if hit == "unique" else "rows that hold together must answer the same"
    return f"`{other.id}` and `{one.id}` can hold for one customer, and {must} (`hit: {hit}`)"
