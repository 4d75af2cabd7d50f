"""Whether two rows of a decision table can hold for one customer, found by trying values: what `Overlaps` is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ourword.cel.types import Type
from ourword.contract.model import Fact, Row
from ourword.contract.unary import UnaryTest


class Meeting:
    """The rows of a table, each column's tests worked out once: which of the values that matter pass them."""

    def __init__(self, rows: Sequence[Row], facts: Mapping[str, Fact]) -> None:
        names = list(dict.fromkeys(name for row in rows for name in row.tests))
        passing = {name: _passing([row.tests.get(name, UnaryTest()) for row in rows], facts[name]) for name in names}
        self._rows = [tuple(passing[name][row.tests.get(name, UnaryTest())] for name in names) for row in rows]

    def __call__(self, one: int, other: int) -> bool:
        """Whether two rows, by number, have a value in common in each column."""
        return all(mine & theirs for mine, theirs in zip(self._rows[one], self._rows[other], strict=True))


def _passing(tests: list[UnaryTest], fact: Fact) -> dict[UnaryTest, int]:
    """Each test as bits: which of the values worth trying pass it."""
    different = set(tests)
    values = list(dict.fromkeys(_worth_trying(different, fact.type, signed=fact.signed)))
    return {test: sum(1 << index for index, value in enumerate(values) if test.holds(value)) for test in different}


def meet(one: UnaryTest, other: UnaryTest, type_: Type, *, signed: bool = False) -> bool:
    """Whether some value passes both tests.

    >>> from ourword.cel.types import INT
    >>> from ourword.contract.unary import read_cell
    >>> meet(read_cell("(3..4)", INT), read_cell("-", INT), INT), meet(read_cell("< 4", INT), read_cell("[3..9]", INT), INT)
    (False, True)
    """
    return any(one.holds(value) and other.holds(value) for value in _worth_trying((one, other), type_, signed=signed))


def _worth_trying(tests: Iterable[UnaryTest], type_: Type, *, signed: bool) -> Iterator[Any]:
    """A value at every end, between any two, and beyond the last: what holds for none of these holds for none."""
    if type_.name == "bool":
        yield from (True, False)
        return
    if type_.name == "enum":
        yield from type_.members
        return
    ends = {end for test in tests for span in test.spans for end in (span.low, span.high) if end is not None}
    if type_.name == "string":
        yield from ends
        yield "".join(sorted(ends)) + "and another"
        return
    ordered = sorted(ends) or [0]
    least = 0 if type_.name == "uint" or (type_.name in ("money", "duration") and not signed) else None
    if type_.name == "double":
        tries = [*ordered, ordered[0] - 1, ordered[-1] + 1, *((low + high) / 2 for low, high in pairwise(ordered))]
    else:
        tries = [each for end in ordered for each in (end - 1, end, end + 1)]
    yield from (each for each in tries if least is None or each >= least)
