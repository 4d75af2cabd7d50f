"""Rows as CSV that a spreadsheet opens as what it is: numbers as numbers, and text that no cell takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet read text as a formula (OWASP: CSV injection)."""


def csv_lines(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A heading and rows as lines of CSV; no data is an empty cell.

    >>> list(csv_lines(["kind", "value"], [["=1+1", -0.5], ["refund", None]]))
    ['kind,value', "'=1+1,-0.5", 'refund,']
    """
    for row in (heading, *rows):
        written = io.StringIO()
        csv.writer(written, lineterminator="\r\n").writerow([cell(value) for value in row])  # so that a line break within a text is quoted
        yield written.getvalue()[:-2]


def cell(value: object) -> object:
    """What is written for a value: text from outside that begins like a formula gets a `'` before it.

    >>> cell("-2+3"), cell(-2), cell("refund"), cell(None)
    ("'-2+3", -2, 'refund', '')
    """
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS) else value
