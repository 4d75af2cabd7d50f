"""Rows out of a file, one after the other, each bounded: CSV, JSON lines, JSON, Parquet; gzip is seen by its first bytes.

A row that cannot be read gives a `Skipped` with its line; the rows after it are read on.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from ourword.errors import UsageError
from ourword.outcomes.mapper import Skipped

ROW_BYTES_MAX = 16 * 1024 * 1024
JSON_BYTES_MAX = 256 * 1024 * 1024
COLUMNS_MAX = 20_000
_PARQUET_ROWS = 2_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Numbered = tuple[int, "Mapping[str, Any] | Skipped"]
Moved = Callable[[int], None]
"""Called with how far the file has been read, in bytes."""


def rows_of(path: Path, *, encoding: str = "utf-8", moved: Moved = lambda at: None, start: int = 1) -> Iterator[Numbered]:
    """Give the rows of a file with their line numbers, by its ending (`.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet`, each with `.gz`).

    With *start*, rows that begin before that line are passed over unread, a hundred times as fast.
    """
    kind = kind_of(path)
    if kind == "parquet":
        yield from _parquet(path, moved, start)
        return
    with _opened(path, moved) as file:
        if kind == "json":
            yield from _json(file, path, moved, start)
        elif kind == "jsonl":
            yield from _json_lines(file, path.name, start)
        else:
            yield from _csv(file, path.name, encoding, "\t" if kind == "tsv" else "", start)


def kind_of(path: Path) -> str:
    """Say how a file is written, by its name.

    >>> kind_of(Path("tickets.CSV")), kind_of(Path("chats.jsonl.gz"))
    ('csv', 'jsonl')
    """
    name = path.name.lower().removesuffix(".gz")
    kind = {"ndjson": "jsonl", "pq": "parquet", "txt": "csv"}.get(name.rpartition(".")[2], name.rpartition(".")[2])
    if kind in ("csv", "tsv", "jsonl", "json", "parquet"):
        return kind
    what = f"`{path.name}` has no ending that is read"
    raise UsageError("usage.file", what, place=str(path), hint="name it .csv, .tsv, .jsonl, .json or .parquet (.gz added when it is packed)")


def encoding_of(path: Path) -> str:
    """Say in which encoding a CSV file is written, from its first megabyte: empty for UTF-8 and wherever a mark says it itself."""
    if kind_of(path) not in ("csv", "tsv"):
        return ""
    with _opened(path, lambda at: None) as file:
        head = file.read(1024 * 1024)
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return ""
    if head[1:40:2].count(0) > 10:
        return "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "windows-1252"  # every byte but five is a letter there: the likeliest of the old ones, and said as a guess
    return ""


@contextmanager
def _opened(path: Path, moved: Moved) -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        try:
            raw: Any = stack.enter_context(path.open("rb"))
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
        except OSError as error:
            raise UsageError("usage.file", f"the file cannot be read: {error.strerror}", place=str(path), hint="check the path") from error
        file: Any = stack.enter_context(gzip.open(raw, "rb")) if packed else raw
        file.told = lambda: moved(raw.tell())
        try:
            yield file
        except (EOFError, zlib.error, OSError) as error:
            what = f"the file breaks off or is damaged: {error}"
            raise UsageError("usage.file", what, place=str(path), hint="get it again; what came before is kept, and is not kept twice") from error


def _json_lines(file: BinaryIO, name: str, start: int) -> Iterator[Numbered]:
    decode = msgspec.json.Decoder().decode
    number, mark = 0, codecs.BOM_UTF8
    while number < start - 1 and (text := file.readline(ROW_BYTES_MAX + 1)):
        number += 1
        _drain(file, text)
    while text := file.readline(ROW_BYTES_MAX + 1):
        number += 1
        if number % 1000 == 0:
            file.told()  # type: ignore[attr-defined]
        if len(text) > ROW_BYTES_MAX:
            _drain(file, text)
            yield number, Skipped(f"{name}:{number}", f"the line has more than {ROW_BYTES_MAX:,} bytes", "split it, or leave out what is not needed")
            continue
        text = text.removeprefix(mark)
        mark = b""
        if not text.strip():
            continue
        try:
            row = decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
            yield number, Skipped(f"{name}:{number}", f"this is not JSON: {error}", "one JSON object a line, in UTF-8")
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            yield number, Skipped(f"{name}:{number}", "this is no JSON object", "one JSON object a line")


def _drain(file: BinaryIO, text: bytes) -> None:
    while text and not text.endswith(b"\n"):
        text = file.readline(1024 * 1024)


def _json(file: BinaryIO, path: Path, moved: Moved, start: int) -> Iterator[Numbered]:
    text = file.read(JSON_BYTES_MAX + 1)
    if len(text) > JSON_BYTES_MAX:
        what = f"the file has more than {JSON_BYTES_MAX:,} bytes"
        raise UsageError("usage.file", what, place=str(path), hint="write one object a line (.jsonl): that is read in any size")
    try:
        value = msgspec.json.decode(text.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise UsageError("usage.file", f"this is not JSON: {error}", place=str(path), hint="a list of objects, or one object") from error
    rows = value if isinstance(value, list) else [value]
    for number, row in enumerate(rows[start - 1 :], start):
        if number % 1000 == 0:
            moved(path.stat().st_size * number // len(rows))
        yield number, row if isinstance(row, dict) else Skipped(f"{path.name}:{number}", "this is no JSON object", "a list of objects")


# ---- CSV -----------------------------------------------------------------------------------------------------------------


class _Lines:
    """Lines of text for the CSV reader, none longer than may be; it counts them, and notes what could not be read.

    Those of the row at hand are kept, so that a quotation mark that is never closed costs the lines to its own and no more.
    """

    def __init__(self, file: BinaryIO, name: str, encoding: str) -> None:
        head = file.read(4)
        file.seek(0)
        for bom, found in _BOMS:
            if head.startswith(bom):
                encoding = "utf-8-sig" if found == "utf-8" else found
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

    def pass_over(self, start: int) -> None:
        """Go to a line; what is bad in those before it was told before."""
        while self._number < start - 1 and self._line():
            pass

    def _read(self) -> tuple[int, str]:
        """The next line that can be read."""
        while text := self._line():
            if len(text) >= ROW_BYTES_MAX and not text.endswith(("\n", "\r")):
                self._bad(f"the line has more than {ROW_BYTES_MAX:,} characters", "is a quotation mark never closed?")
            elif not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text):
                self._bad(f"the line is not {self._encoding}", "say the file's `encoding:` in the mapping, often windows-1252")
            else:
                return self._number, text
        raise StopIteration

    def _line(self) -> str:
        """The next line, of one that is too long its beginning; empty at the end."""
        try:
            text = more = self._text.readline(ROW_BYTES_MAX)
            while len(text) >= ROW_BYTES_MAX and more and not more.endswith(("\n", "\r")):
                more = self._text.readline(1024 * 1024)
        except UnicodeError as error:
            hint = "say the file's `encoding:` in the mapping"
            raise UsageError("usage.encoding", f"the file is not {self._encoding}", place=self._name, hint=hint) from error
        self._number += bool(text)
        if self._number % 1000 == 0:
            self._raw.told()  # type: ignore[attr-defined]
        return text

    def _bad(self, what: str, hint: str) -> None:
        if len(self.bad) < 1000:
            self.bad.append((self._number, Skipped(f"{self._name}:{self._number}", what, hint)))

    def detach(self) -> None:
        self._text.detach()


def _csv(file: BinaryIO, name: str, encoding: str, delimiter: str, start: int) -> Iterator[Numbered]:
    """Rows under the names of the first one; a row over several lines has the number of its first."""
    csv.field_size_limit(2 * ROW_BYTES_MAX)  # beyond what `_Lines` gives for one row
    lines = _Lines(file, name, encoding)
    try:
        names, delimiter = _header(lines, name, delimiter)
        lines.pass_over(start)
        yield from _records(lines, names, name, delimiter)
    finally:
        lines.detach()


def _header(lines: _Lines, name: str, delimiter: str) -> tuple[list[str], str]:
    """The names of the columns, and what stands between them."""
    first = next(lines, "")
    if lines.bad:  # the next line would be taken for the names
        _, bad = lines.bad[0]
        raise UsageError("usage.encoding", bad.what, place=bad.place, hint=bad.hint)
    delimiter = delimiter or max(",;\t|", key=first.count)
    try:
        names = next(csv.reader(_again(first, lines), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        broken = _broken(lines.row, name, delimiter, error)
        raise UsageError("usage.file", f"the names of the columns cannot be read: {broken.what}", place=broken.place, hint=broken.hint) from error
    if len(names) > COLUMNS_MAX:
        raise UsageError("usage.file", f"there are {len(names):,} columns", place=name, hint=f"at most {COLUMNS_MAX:,} are read")
    twice = next((each for each, count in Counter(names).items() if each and count > 1), "")
    if twice:
        raise UsageError("usage.file", f"two columns are called `{twice[:60]}`", place=f"{name}:1", hint="give each its own name")
    return names, delimiter


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
        yield from lines.bad
        lines.bad.clear()
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


# ---- Parquet -------------------------------------------------------------------------------------------------------------


def _parquet(path: Path, moved: Moved, start: int) -> Iterator[Numbered]:
    import duckdb

    where = str(path).replace("'", "''")
    with duckdb.connect(config={"threads": 1}) as duck:
        try:
            shape = duck.execute(f"DESCRIBE SELECT * FROM read_parquet('{where}')").fetchall()
            columns = ", ".join(_in_utc(name, kind) for name, kind, *_ in shape)
            (rows,) = duck.execute(f"SELECT count(*) FROM read_parquet('{where}')").fetchone() or (0,)
            found = duck.execute(f"SELECT {columns} FROM read_parquet('{where}') OFFSET {start - 1}")
            names = [column[0] for column in found.description or ()]
            number = start - 1
            while page := found.fetchmany(_PARQUET_ROWS):
                moved(path.stat().st_size * number // max(rows, 1))
                for record in page:
                    number += 1
                    yield number, {key: value for key, value in zip(names, record, strict=True) if value is not None}
        except duckdb.Error as error:
            hint = "check the path, and that it is a Parquet file"
            raise UsageError("usage.file", f"the file cannot be read: {error}", place=str(path), hint=hint) from error


def _in_utc(name: str, kind: str) -> str:
    """A column; an instant as text in UTC, whatever zone this machine is in."""
    quoted = '"' + name.replace('"', '""') + '"'
    if kind != "TIMESTAMP WITH TIME ZONE":
        return quoted
    return f"strftime({quoted} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS {quoted}"
