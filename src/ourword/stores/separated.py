"""Rows of CSV and TSV files: texts over several lines, in any encoding; a line or a row that cannot be read costs itself alone."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from ourword.errors import UsageError
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.mapping import MIXED
from ourword.stores.letters import BOMS, mended

ROW_BYTES_MAX = 16 * 1024 * 1024
COLUMNS_MAX = 20_000
Numbered = tuple[int, "Mapping[str, Any] | Skipped"]


def said_delimiter(line: str) -> str:
    """What Excel's own first line says stands between cells; empty for any other line.

    >>> said_delimiter("sep=;"), said_delimiter("id;contact")
    (';', '')
    """
    found = _SAYS.fullmatch(line)
    return found[1] if found else ""


def rows(file: BinaryIO, name: str, encoding: str, delimiter: str, start: int) -> Iterator[Numbered]:
    """Rows under the names of the first one; a row over several lines has the number of its first."""
    lines = _Lines(file, name, encoding)
    try:
        names, delimiter = _header(lines, name, delimiter)
        lines.pass_over(start)
        yield from _records(lines, names, name, delimiter)
    finally:
        lines.detach()


def columns(file: BinaryIO, name: str, encoding: str, delimiter: str) -> list[str]:
    """The names in the first row."""
    lines = _Lines(file, name, encoding)
    try:
        return _header(lines, name, delimiter)[0]
    finally:
        lines.detach()


def _header(lines: _Lines, name: str, delimiter: str) -> tuple[list[str], str]:
    """The names of the columns, and what stands between them."""
    csv.field_size_limit(2 * ROW_BYTES_MAX)  # beyond what `_Lines` gives for one row
    said = _pass_titles(lines, delimiter)
    lines.begin()
    first = next(lines, "")
    at = lines.row[0][0] if lines.row else 1
    early = [bad for number, bad in lines.bad if number < at]
    if early:  # the next line would be taken for the names
        raise UsageError("usage.encoding", early[0].what, place=early[0].place, hint=early[0].hint)
    delimiter = said or delimiter or _delimiter(first)
    try:
        names = next(csv.reader(_again(first, lines), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        broken = _broken(lines.row, name, delimiter, error)
        raise UsageError("usage.file", f"the names of the columns cannot be read: {broken.what}", place=broken.place, hint=broken.hint) from error
    if len(names) > COLUMNS_MAX:
        raise UsageError("usage.file", f"there are {len(names):,} columns", place=name, hint=f"at most {COLUMNS_MAX:,} are read")
    return _numbered(names), delimiter


def _numbered(names: list[str]) -> list[str]:
    """Columns of one name, such as Jira's `Comment`, are told apart by a number, so that by the bare name none is meant; one of no name by its place.

    >>> _numbered(["Key", "Comment", "Comment", ""])
    ['Key', 'Comment (1)', 'Comment (2)', 'column 4']
    """
    names = [name if name.strip() else f"column {place}" for place, name in enumerate(names, 1)]
    counts, seen, taken = Counter(names), Counter[str](), set(names)
    numbered: list[str] = []
    for name in names:
        if counts[name] > 1:
            seen[name] += 1
            while f"{name} ({seen[name]})" in taken:
                seen[name] += 1
            taken.add(f"{name} ({seen[name]})")
            numbered.append(f"{name} ({seen[name]})")
        else:
            numbered.append(name)
    return numbered


_SAYS = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""What a spreadsheet writes into the first line to tell itself what separates."""
HEAD_MAX = 10
"""The names of the columns stand in one of so many first lines: above them may stand a title, and when it was made."""


def _pass_titles(lines: _Lines, delimiter: str) -> str:
    """Leave out what stands above the names: blank lines, `sep=;` and titles; give what the second says.

    A title fills one cell. It is taken for one only where the first line below it that fills several is followed by one with as many:
    a file of one column keeps its first line as the name, and names that hold a line break stay whole.
    """
    head, said = list(lines.look_ahead(HEAD_MAX)), ""
    if head and (found := _SAYS.fullmatch(head[0][1])):
        said, head = found[1], head[1:]
    names = next((at for at, (_, text) in enumerate(head) if text.strip()), 0)
    for at, (_, text) in enumerate(head):
        mark = said or delimiter or _delimiter(text)
        cells = _cells(text, mark)
        filled = sum(1 for each in cells if each.strip())
        if text.count('"') % 2:
            break
        if filled > 1:
            below = head[at + 1][1] if at + 1 < len(head) else ""
            if len(_cells(below, mark)) == len(cells) or (filled > 2 and (not below or below.count('"') % 2)):
                names = at
            break
    lines.give_back(head[names:])
    return said


def _delimiter(line: str) -> str:
    return max(",;\t|", key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


class _Lines:
    """Lines of text for the CSV reader, none longer than may be; it counts them, and notes what could not be read.

    Those of the row at hand are kept, so that a quotation mark that is never closed costs the lines to its own and no more.
    """

    def __init__(self, file: BinaryIO, name: str, encoding: str) -> None:
        head = file.read(4)
        file.seek(0)
        for bom, found in BOMS:
            if head.startswith(bom):
                encoding = "utf-8-sig" if found == "utf-8" else found
        self._mixed, encoding = encoding == MIXED, "utf-8" if encoding == MIXED else encoding
        self._raw, self._name, self._encoding = file, name, encoding
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
        self._number, self._size = 0, 0
        self._again: deque[tuple[int, str]] = deque()
        self.row: list[tuple[int, str]] = []
        self.bad: list[tuple[int, Skipped]] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._size > ROW_BYTES_MAX:
            raise StopIteration  # within quotation marks, or the row would have ended with its line
        number, text = self._again.popleft() if self._again else self._read()
        self.row.append((number, text))
        self._size += len(text)
        return text

    def begin(self) -> None:
        """Another row begins with the next line."""
        self.row.clear()
        self._size = 0

    def give_again(self, line: int) -> None:
        """The lines of this row behind a line are lines of rows of their own."""
        self._again.extendleft(reversed([each for each in self.row if each[0] > line]))

    def look_ahead(self, most: int) -> Iterator[tuple[int, str]]:
        """The next lines; whoever looks gives back what is to be read."""
        for _ in range(most):
            self.begin()
            if next(self, None) is None:
                return
            yield self.row[-1]

    def give_back(self, ahead: list[tuple[int, str]]) -> None:
        """What was looked at comes again."""
        self._again.extend(ahead)
        self.begin()

    def told(self) -> list[tuple[int, Skipped]]:
        """What could not be read before the last line of this row, each told once."""
        last = self.row[-1][0] if self.row else self._number + 1
        found, self.bad = [each for each in self.bad if each[0] < last], [each for each in self.bad if each[0] >= last]
        return found

    def pass_over(self, start: int) -> None:
        """Go to a line; what is bad in those before it was told before."""
        self.bad = [each for each in self.bad if each[0] >= start]
        while self._again and self._again[0][0] < start:
            self._again.popleft()
        while self._number < start - 1 and self._line():
            pass

    def _read(self) -> tuple[int, str]:
        """The next line that can be read."""
        while text := self._line():
            if self._mixed:
                text = mended(text)
            if len(text) >= ROW_BYTES_MAX and not text.endswith(("\n", "\r")):
                self._bad(f"the line has more than {ROW_BYTES_MAX:,} characters", "is a quotation mark never closed?")
            elif not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text):
                self._bad(f"the line is not {self._encoding}", "say the file's `encoding:` in the mapping, often windows-1252, or `mixed`")
            else:
                return self._number, text
        raise StopIteration

    def _line(self) -> str:
        """The next line, of one that is too long its beginning; empty at the end."""
        try:
            text = more = self._text.readline(ROW_BYTES_MAX)
            while len(text) >= ROW_BYTES_MAX and more and not more.endswith(("\n", "\r")):
                self._raw.told()  # type: ignore[attr-defined]
                more = self._text.readline(1024 * 1024)
        except UnicodeError as error:
            hint = "say the file's `encoding:` in the mapping"
            raise UsageError("usage.encoding", f"the file is not {self._encoding}", place=self._name, hint=hint) from error
        self._number += bool(text)
        if self._number % 1000 == 0:
            self._raw.told()  # type: ignore[attr-defined]
        return text.replace("\x00", "") or "\n" if "\x00" in text else text  # some databases fill a cell up with them

    def _bad(self, what: str, hint: str) -> None:
        if len(self.bad) < 1000:
            self.bad.append((self._number, Skipped(f"{self._name}:{self._number}", what, hint)))

    def detach(self) -> None:
        self._text.detach()


def _again(first: str, lines: _Lines) -> Iterator[str]:
    yield first
    yield from lines


def _records(lines: _Lines, names: list[str], name: str, delimiter: str) -> Iterator[Numbered]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        record, broken = None, None
        try:
            record = next(reader, None)
        except csv.Error as error:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            broken = _broken(lines.row, name, delimiter, error)
        yield from lines.told()
        if broken is not None:
            number = int(broken.place.rpartition(":")[2])
            lines.give_again(number)
            yield number, broken
            continue
        if record is None:
            return
        if not record:
            continue
        number, last = lines.row[0][0], lines.row[-1][0]
        if len(record) != len(names):
            what = f"the row has {len(record):,} values, and there are {len(names):,} columns" + (
                f"; it ends in line {last}" if last > number else ""
            )
            yield number, Skipped(f"{name}:{number}", what, "is a quotation mark or a separator missing?")
            continue
        yield number, {key: value for key, value in zip(names, record, strict=True) if value != ""}


def _broken(row: list[tuple[int, str]], name: str, delimiter: str, error: csv.Error) -> Skipped:
    """Why a row cannot be read, told at the line in which the quotation mark was opened."""
    opened, closed = _last_quoted("".join(text for _, text in row), delimiter)
    if opened < 0:
        return Skipped(f"{name}:{row[0][0]}", f"the row cannot be read: {error}", "is a quotation mark never closed?")
    line = _line_at(row, opened)
    if closed < 0:
        what = "a quotation mark is opened here and never closed"
    elif _line_at(row, closed) == line:
        what = "behind a quotation mark that closes a value comes no separator"
    else:
        what = f"a quotation mark is opened here and not closed before one in line {_line_at(row, closed)}"
    return Skipped(f"{name}:{line}", what, 'close it where the value ends; a quotation mark within a quoted value is written twice: ""')


def _last_quoted(text: str, delimiter: str) -> tuple[int, int]:
    """Where the quotation mark stands that was opened last, and where it is closed though no separator follows; -1: nowhere.

    >>> _last_quoted('a,"b","c', ","), _last_quoted('"a"b,"c"', ","), _last_quoted("a", ",")
    ((6, -1), (0, 2), (-1, -1))
    """
    around, opened, at = delimiter + "\r\n", -1, 0
    while (at := text.find('"', at)) >= 0:
        if at and text[at - 1] not in around:
            at += 1
            continue
        opened = at
        at += 1
        while (at := text.find('"', at)) >= 0 and text.startswith('"', at + 1):
            at += 2
        if at < 0:
            return opened, -1
        at += 1
        if at < len(text) and text[at] not in around:
            return opened, at - 1
    return opened, -1


def _line_at(row: list[tuple[int, str]], at: int) -> int:
    for number, text in row:
        if at < len(text):
            return number
        at -= len(text)
    return row[-1][0]
