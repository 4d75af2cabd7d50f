"""Where in a file a condition goes wrong: the place of its text, moved to the offending column."""

from __future__ import annotations

import re

from ourword.errors import ConditionError

_ENDS_IN_LINE_AND_COLUMN = re.compile(r"(.*):(\d{1,9}):(\d{1,9})", re.DOTALL)


def moved(place: str, line: int, col: int) -> str:
    """Move a place by so many lines and columns, both counted from 0.

    >>> moved("contract.yaml:41:18", 0, 4)
    'contract.yaml:41:22'
    >>> moved("condition", 0, 4)
    'condition:1:5'
    """
    match = _ENDS_IN_LINE_AND_COLUMN.fullmatch(place)
    if match is None:
        return f"{place}:{line + 1}:{col + 1}"
    head, first_line, first_col = match[1], int(match[2]), int(match[3])
    return f"{head}:{first_line}:{first_col + col}" if line == 0 else f"{head}:{first_line + line}:{col + 1}"


def wrong(code: str, what: str, hint: str, *, place: str, line: int = 0, col: int = 0) -> ConditionError:
    """Make the error for something wrong so many lines and columns into a condition."""
    return ConditionError(f"condition.{code}", what, place=moved(place, line, col), hint=hint)
