"""Rows as CSV that a spreadsheet opens as what it is: numbers as numbers, and text that no cell takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from ourword.core.cells import safe_cell


def csv_lines(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A heading and rows as lines of CSV; no data is an empty cell.

    >>> list(csv_lines(["kind", "value"], [["=1+1", -0.5], ["refund", None]]))
    ['kind,value', "'=1+1,-0.5", 'refund,']
    """
    for row in (heading, *rows):
        written = io.StringIO()
        csv.writer(written, lineterminator="\r\n").writerow([safe_cell(value) for value in row])  # so that a line break within a text is quoted
        yield written.getvalue()[:-2]
