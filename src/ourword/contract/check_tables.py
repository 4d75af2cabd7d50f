"""Checks on decision tables: rows that must not meet, and do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ourword.contract.flaws import error, note, warning
from ourword.contract.model import Draft, Flaw, Kind, Row
from ourword.contract.overlapping import Overlaps

FLAWS_MAX = 100
"""Pairs of rows told of one table; whoever mends a hundred sees the next."""
PAIRS_MAX = 1_000_000
"""Pairs looked at part by part: some seconds. Beyond it nobody knows, and that is said."""


def flaws(draft: Draft) -> Iterator[Flaw]:
    """Give what is wrong with the tables of all kinds."""
    for kind in draft.kinds.values():
        if kind.table is not None and kind.table.hit in ("unique", "any"):
            yield from _meeting(kind, draft)


def _meeting(kind: Kind, draft: Draft) -> Iterator[Flaw]:
    table = kind.table
    assert table is not None
    rows, unique = table.rows, table.hit == "unique"
    free = [all(draft.wiring.facts[name].derived is None for name in row.tests) for row in rows]
    certain = sum(1 << number for number, each in enumerate(free) if each)
    like: dict[tuple[tuple[str, str], ...], int] = defaultdict(int)
    for number, row in enumerate(rows):
        like[row.outcome] |= 1 << number
    overlaps = Overlaps(rows, draft.wiring.facts)
    told, pairs, wrong = 0, 0, False
    for first, one in enumerate(rows):
        among = -1 if unique else ~like[one.outcome]
        if told >= FLAWS_MAX:  # only whether something is wrong for certain is still to be known
            among &= certain if free[first] and not wrong else 0
        for second in overlaps.behind(first, among):
            if told >= FLAWS_MAX and (wrong or not free[second]):
                break
            pairs += 1
            if pairs > PAIRS_MAX:
                what = f"whether rows of `{table.file}` meet is known only of the first {first:,}: too many of them are alike"
                yield note("table", what, one.place, "`ourword prove` looks for conflicts among all; split the table, or give each row one range")
                return
            if not overlaps.meet(first, second):
                continue
            # A fact that is worked out may not be free to be what two rows ask of it.
            sure = free[first] and free[second]
            other, told, wrong = rows[second], told + 1, wrong or sure
            yield (error if sure else warning)("table", _what(one, other, table.hit), other.place, f"narrow one of them; the other is at {one.place}")
    if told >= FLAWS_MAX:
        yield note("table", f"only {told:,} pairs of rows of `{table.file}` that meet are told here", rows[0].place, "there may be more")


def _what(one: Row, other: Row, hit: str) -> str:
    must = "only one row may hold" if hit == "unique" else "rows that hold together must answer the same"
    return f"`{other.id}` and `{one.id}` can hold for one customer, and {must} (`hit: {hit}`)"
