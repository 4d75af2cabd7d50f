"""Cells of a table that a spreadsheet will open: what came from outside stays text there, and never becomes a formula."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")
"""What makes a spreadsheet reckon instead of show, after blanks too (OWASP, *CSV Injection*; full-width forms are read alike in some languages)."""


def safe_cell(value: object) -> str:
    """Give a value as the text of a cell: text that would begin a formula gets an apostrophe before it; nothing is an empty cell.

    Numbers stay numbers. The writer of the file quotes and separates; see `csv`.

    >>> safe_cell('=HYPERLINK("http://example")'), safe_cell("c-104"), safe_cell(-0.5), safe_cell(None)
    ('\\'=HYPERLINK("http://example")', 'c-104', '-0.5', '')
    """
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text
