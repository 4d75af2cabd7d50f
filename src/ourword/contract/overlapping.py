"""Which rows of a decision table can hold for one customer: each column as sets of rows, held against each other all at once.

A set of rows is one whole number, a bit for each row, so that twenty thousand rows are held against a row in a few microseconds. What
comes out may hold a pair too many where a cell lists ranges; each pair is looked at once more, part by part.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ourword.contract.model import Fact, Row
from ourword.contract.unary import UnaryTest

Parts = tuple[tuple[int, int], ...]
"""What passes a test: ranges of whole numbers, in order, both ends included."""

STEPS_MAX = 1_000_000
"""Sets of rows joined value by value for one column; beyond it ranges are joined by their ends."""
_FAR = 10**40
_WHOLE = ("money", "duration", "timestamp", "int", "uint")


class Overlaps:
    """The rows of a table: which of them have a value in common in each column."""

    def __init__(self, rows: Sequence[Row], facts: Mapping[str, Fact]) -> None:
        names = list(dict.fromkeys(name for row in rows for name in row.tests))
        self._parts: list[list[Parts | None]] = []
        self._near = [(1 << len(rows)) - 1] * len(rows)
        for name in names:
            passing = _passing({row.tests[name] for row in rows if name in row.tests}, facts[name])
            column = [passing[row.tests[name]] if name in row.tests else None for row in rows]
            self._parts.append(column)
            self._narrow(column)

    def behind(self, number: int, among: int = -1) -> Iterator[int]:
        """The rows behind a row that may have a value in common with it in each column, of those in a set."""
        left = (self._near[number] & among) >> (number + 1)
        at = number
        while left:
            step = (left & -left).bit_length()
            at += step
            left >>= step
            yield at

    def meet(self, one: int, other: int) -> bool:
        """Whether two rows have a value in common in each column."""
        return all(_share(column[one], column[other]) for column in self._parts)

    def _narrow(self, column: list[Parts | None]) -> None:
        rows_of: dict[Parts, int] = {}
        anything = 0
        never = 0
        """Rows that nothing passes in this column: they meet none, not even those that ask nothing here."""
        for number, parts in enumerate(column):
            if parts is None:
                anything |= 1 << number
            else:
                rows_of[parts] = rows_of.get(parts, 0) | 1 << number
                never |= 0 if parts else 1 << number
        near = _by_value(rows_of) or _by_ends(rows_of)
        for number, parts in enumerate(column):
            self._near[number] &= (near[parts] | anything if parts else 0) if parts is not None else ~never


def _by_value(rows_of: Mapping[Parts, int]) -> dict[Parts, int] | None:
    """For each test the rows that share a value with it, told value by value; `None` where that would take too long."""
    starts = sorted({end for parts in rows_of for low, high in parts for end in (low, high + 1)})
    ranges = {parts: [range(bisect_left(starts, low), bisect_left(starts, high + 1)) for low, high in parts] for parts in rows_of}
    if sum(len(each) for some in ranges.values() for each in some) > STEPS_MAX:
        return None
    holds = [0] * len(starts)
    for parts, rows in rows_of.items():
        for each in ranges[parts]:
            for index in each:
                holds[index] |= rows
    return {parts: _union(holds[index] for each in ranges[parts] for index in each) for parts in rows_of}


def _by_ends(rows_of: Mapping[Parts, int]) -> dict[Parts, int]:
    """The same by ends: who begins before it ends, and ends after it begins. A row of several ranges may be one too many."""
    ranges = [(low, high, rows) for parts, rows in rows_of.items() for low, high in parts]
    begun = _summed(sorted((low, rows) for low, _, rows in ranges), [high for _, high, _ in ranges])
    ended = _summed(sorted((-high, rows) for _, high, rows in ranges), [-low for low, _, _ in ranges])
    return {parts: _union(begun[high] & ended[-low] for low, high in parts) for parts in rows_of}


def _summed(ends: list[tuple[int, int]], asked: Iterable[int]) -> dict[int, int]:
    """For each number asked for: the rows of all ends up to it."""
    found, rows, at = {}, 0, 0
    for limit in sorted(set(asked)):
        while at < len(ends) and ends[at][0] <= limit:
            rows |= ends[at][1]
            at += 1
        found[limit] = rows
    return found


def _union(some: Iterable[int]) -> int:
    rows = 0
    for each in some:
        rows |= each
    return rows


def _share(one: Parts | None, other: Parts | None) -> bool:
    if one is None or other is None:
        return one != () and other != ()
    highs = [high for _, high in other]
    for low, high in one:
        at = bisect_left(highs, low)
        if at < len(other) and other[at][0] <= high:
            return True
    return False


# ---- a test as ranges ------------------------------------------------------------------------------------------------


def _passing(tests: Iterable[UnaryTest], fact: Fact) -> dict[UnaryTest, Parts]:
    """Each test of a column as ranges of whole numbers: of the values themselves, or of their places among those that are named."""
    tests = list(tests)
    if fact.type.name in _WHOLE:
        least = 0 if fact.type.name == "uint" or (fact.type.name in ("money", "duration") and not fact.signed) else -_FAR
        return {test: _ranges(test, least, _FAR, lambda value, side: value + side) for test in tests}
    ends = {end for test in tests for span in test.spans for end in (span.low, span.high) if end is not None}
    if fact.type.name == "double":
        ordered = sorted(ends)
        return {test: _ranges(test, 0, 2 * len(ordered), lambda value, side: 2 * bisect_left(ordered, value) + 1 + side) for test in tests}
    named: dict[str, list[Any]] = {"bool": [False, True], "enum": list(fact.type.members)}
    known = named.get(fact.type.name, sorted(ends))
    places = {value: place for place, value in enumerate(known)}
    last = len(known) - (fact.type.name != "string")  # a text may be another than all that are named
    return {test: _ranges(test, 0, last, lambda value, _side: places[value]) for test in tests}


def _ranges(test: UnaryTest, least: int, most: int, place: Callable[[Any, int], int]) -> Parts:
    found = []
    for span in test.spans:
        low = least if span.low is None else place(span.low, 0 if span.low_in else 1)
        high = most if span.high is None else place(span.high, 0 if span.high_in else -1)
        if max(low, least) <= min(high, most):
            found.append((max(low, least), min(high, most)))
    joined: list[tuple[int, int]] = []
    for low, high in sorted(found):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(_rest(joined, least, most)) if test.negated else tuple(joined)


def _rest(parts: Iterable[tuple[int, int]], least: int, most: int) -> Iterator[tuple[int, int]]:
    for low, high in parts:
        if least < low:
            yield least, low - 1
        least = high + 1
    if least <= most:
        yield least, most
