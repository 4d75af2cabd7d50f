"""Rows out of a file, one after the other, each bounded: CSV, JSON lines, JSON, Parquet; gzip is seen by its first bytes.

A row that cannot be read gives a `Skipped` with its line; the rows after it are read on.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from ourword.errors import UsageError
from ourword.outcomes.mapper import Skipped
from ourword.stores import separated
from ourword.stores.letters import encoding_in, read_as_words
from ourword.stores.separated import Numbered

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

JSON_BYTES_MAX = 256 * 1024 * 1024
_PARQUET_ROWS = 2_000

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
            yield from separated.rows(file, path.name, encoding, "\t" if kind == "tsv" else "", start)


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
        return encoding_in(file.read(1024 * 1024))


def letters_of(path: Path) -> str:
    """How a text file is read that is not UTF-8 throughout, and where the first odd letter is; empty for any other."""
    if not (encoding := encoding_of(path)):
        return ""
    with _opened(path, lambda at: None) as file:
        return read_as_words(iter(lambda: file.readline(separated.ROW_BYTES_MAX), b""), encoding)


def columns_of(path: Path, *, encoding: str = "utf-8") -> list[str] | None:
    """Give the names of the columns, of a file that says them before its rows (CSV, Parquet); `None` of one that does not."""
    kind = kind_of(path)
    if kind == "parquet":
        with _described(path) as (_, shape):
            return [name for name, *_ in shape]
    if kind in ("json", "jsonl"):
        return None
    with _opened(path, lambda at: None) as file:
        return separated.columns(file, path.name, encoding, "\t" if kind == "tsv" else "")


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
    while number < start - 1 and (text := file.readline(separated.ROW_BYTES_MAX + 1)):
        number += 1
        _drain(file, text)
    while text := file.readline(separated.ROW_BYTES_MAX + 1):
        number += 1
        if number % 1000 == 0:
            file.told()  # type: ignore[attr-defined]
        if len(text) > separated.ROW_BYTES_MAX:
            _drain(file, text)
            yield (
                number,
                Skipped(f"{name}:{number}", f"the line has more than {separated.ROW_BYTES_MAX:,} bytes", "split it, or leave out what is not needed"),
            )
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
        file.told()  # type: ignore[attr-defined]
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


# ---- Parquet -------------------------------------------------------------------------------------------------------------


def _parquet(path: Path, moved: Moved, start: int) -> Iterator[Numbered]:
    with _described(path) as (duck, shape):
        source = f"read_parquet({_quoted(path)})"
        columns = ", ".join(_in_utc(name, kind) for name, kind, *_ in shape)
        (rows,) = duck.execute(f"SELECT count(*) FROM {source}").fetchone() or (0,)
        found = duck.execute(f"SELECT {columns} FROM {source} OFFSET {start - 1}")
        names = [column[0] for column in found.description or ()]
        number = start - 1
        while page := found.fetchmany(_PARQUET_ROWS):
            moved(path.stat().st_size * number // max(rows, 1))
            for record in page:
                number += 1
                yield number, {key: value for key, value in zip(names, record, strict=True) if value is not None}


@contextmanager
def _described(path: Path) -> Iterator[tuple[DuckDBPyConnection, list[Any]]]:
    """A connection that reads a Parquet file, and the file's columns with their types; what it raises is one error."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as duck:
        try:
            yield duck, duck.execute(f"DESCRIBE SELECT * FROM read_parquet({_quoted(path)})").fetchall()
        except duckdb.Error as error:
            hint = "check the path, and that it is a Parquet file"
            raise UsageError("usage.file", f"the file cannot be read: {error}", place=str(path), hint=hint) from error


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _in_utc(name: str, kind: str) -> str:
    """A column; an instant as text in UTC, whatever zone this machine is in."""
    quoted = '"' + name.replace('"', '""') + '"'
    if kind != "TIMESTAMP WITH TIME ZONE":
        return quoted
    return f"strftime({quoted} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS {quoted}"
