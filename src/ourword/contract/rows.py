"""The rows of a CSV file (RFC 4180), each cell with its place; commas between them, or semicolons where the first line has those."""

from __future__ import annotations

import msgspec

from ourword.contract.text import decoded
from ourword.errors import ContractError

ROWS_MAX = 25_000
"""Rows below the first, which names the columns."""


class Cell(msgspec.Struct, frozen=True):
    """One cell: its text, and where it begins."""

    text: str
    line: int
    column: int
    quoted: bool = False


def rows(data: bytes, *, file: str) -> list[list[Cell]]:
    """Read a file's rows; empty lines are left out.

    >>> [[cell.text for cell in row] for row in rows(b'a;b\\n"x;1";2\\n', file="t.csv")]
    [['a', 'b'], ['x;1', '2']]
    """
    text = decoded(data, file=file)
    first = text.split("\n", 1)[0]
    found = _Rows(text, file, ";" if ";" in first and "," not in first else ",").all()
    if len(found) > ROWS_MAX + 1:
        raise _error("long", f"more than {ROWS_MAX:,} rows", f"{file}:{found[ROWS_MAX + 1][0].line}:1", "split the table into several kinds")
    return found


class _Rows:
    def __init__(self, text: str, file: str, comma: str) -> None:
        self.text, self.file, self.comma = text.replace("\r\n", "\n").replace("\r", "\n"), file, comma
        self.at, self.line, self.start = 0, 1, 0

    def all(self) -> list[list[Cell]]:
        found, row = [], []
        while self.at < len(self.text):
            row.append(self._cell())
            ended = self.at >= len(self.text) or self.text[self.at] == "\n"
            self.at += 1
            if ended:
                if len(row) > 1 or row[0].text.strip():
                    found.append(row)
                row = []
                self.line += 1
                self.start = self.at
        if row:  # the file ends with a comma: one more cell, empty
            found.append([*row, Cell("", self.line, self.at - self.start + 1)])
        return found

    def _cell(self) -> Cell:
        line, column = self.line, self.at - self.start + 1
        if self.text.startswith('"', self.at):
            return Cell(self._quoted(line, column), line, column, quoted=True)
        end = self.at
        while end < len(self.text) and self.text[end] not in (self.comma, "\n"):
            if self.text[end] == '"' and self._stray(end):
                what, hint = (
                    "a quote within a cell that does not begin with one",
                    'put the whole cell in quotes, and write each quote in it twice: `""`',
                )
                raise _error("csv", what, f"{self.file}:{line}:{end - self.start + 1}", hint)
            end += 1
        text, self.at = self.text[self.at : end], end
        return Cell(text, line, column)

    def _stray(self, at: int) -> bool:
        return not self.text[self.at : at].strip()

    def _quoted(self, line: int, column: int) -> str:
        read: list[str] = []
        at = self.at + 1
        while True:
            end = self.text.find('"', at)
            if end < 0:
                raise _error("csv", "a quoted cell is not closed", f"{self.file}:{line}:{column}", 'end it with `"`; a quote in it is written twice')
            read.append(self.text[at:end])
            if not self.text.startswith('""', end):
                break
            read.append('"')
            at = end + 2
        text = "".join(read)
        after = end + 1
        while after < len(self.text) and self.text[after] in " \t":
            after += 1
        if after < len(self.text) and self.text[after] not in (self.comma, "\n"):
            what, hint = "something follows the end of a quoted cell", f"write `{self.comma}` between cells; a quote within one is written twice"
            raise _error("csv", what, f"{self.file}:{line}:{column}", hint)
        inside = self.text[self.at : end]
        self.line += inside.count("\n")
        if "\n" in inside:
            self.start = self.at + inside.rindex("\n") + 1
        self.at = after
        return text


def _error(code: str, what: str, place: str, hint: str) -> ContractError:
    return ContractError(f"contract.{code}", what, place=place, hint=hint)
