"""Wrapping the keys of a home, wrapping them otherwise, and laying them in the clear again; and what can be told of them without opening any.

All keys are wrapped anew in one transaction, into tables of other names: a process that has the file open and reads or writes as before finds
no table, looks how the keys lie now, and goes on with them or says what it lacks. Then the file is written anew and SQLite's log emptied, so that
nothing is left of the keys as they lay; a mark in the file tells whoever opens it next that this is still to be done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import msgspec

from ourword.errors import HomeError, LogError
from ourword.stores.database import close, connect, has_table, roll_back, troubles_of
from ourword.stores.gone import refuse_erasing
from ourword.stores.home import KEYS, LOG, Marker, marker_of, open_home
from ourword.stores.laid import COLUMNS, LOG_KEY, LOG_NEXT, SCHEMA, SIGNALS
from ourword.stores.publishing import ROTATED
from ourword.stores.unwiped import finish_wiping, is_unwiped, mark_unwiped
from ourword.stores.wrapped import BOX_BYTES, HEADER, PREFIX, TABLE, Header, Wrapping, header_bytes, header_of, refuse_meanwhile, relaid, unlocked
from ourword.tlog.note import read_note

Making = Callable[[Path, str], Wrapping]
"""Makes a new wrapping: of the keys in this file, of the home of this id."""

_CLEAR = f"{SCHEMA}{SIGNALS}; {LOG_KEY}; {LOG_NEXT};"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What can be told of a home's keys by who cannot open them."""

    place: str
    """The file, or the schema of a database, in which they lie."""
    wrapped: str
    """`passphrase`, `command`, or nothing: they lie in the clear."""
    keys: int
    """How many there are of customers, made ahead ones included."""
    reasons: int
    """How many there are of reasons and of what was said when signing."""
    log_key: str
    """The name of the key that signs the log and its eight digits; nothing before the first checkpoint."""
    log_size: int
    """How many entries the largest checkpoint that was signed covers."""
    since: int
    """The entry at which that key took the place of another; 0: it is the log's first."""
    rotating: bool
    """Whether another key is about to take its place: a rotation that is under way, or broke off."""
    unwiped: bool
    """Whether older forms of the keys may still lie there."""


def told_of(folder: Path) -> Told:
    """Tell of a home's keys without opening any. Raises `HomeError`."""
    marker = _marker(folder)
    if marker.postgres:
        from ourword.stores.postgres.opening import keys_schema
        from ourword.stores.postgres.wrapping import state_of

        place = Path(keys_schema(marker.schema))
        return _told(folder, place, **state_of(folder, marker))
    with _file(folder, write=False) as (connection, path):
        header = header_of(connection, path)

        def count(table: str) -> int:
            table = table if header is None else PREFIX + table
            return int(connection.execute(f"SELECT count(*) FROM {table}").get) if has_table(connection, table) else 0

        return _told(
            folder,
            path,
            header=header,
            keys=count("subject_key"),
            reasons=count("signal_key"),
            note=connection.execute("SELECT note FROM log_head").get if has_table(connection, "log_head") else None,
            since=connection.execute("SELECT max(entry) FROM log_past").get if has_table(connection, "log_past") else None,
            rotating=any(
                has_table(connection, each) and connection.execute(f"SELECT 1 FROM {each}").get for each in ("log_next", f"{PREFIX}log_next")
            ),
            unwiped=is_unwiped(connection),
        )


def _told(
    folder: Path, path: Path, *, header: Header | None, keys: int, reasons: int, note: bytes | None, since: int | None, rotating: bool, unwiped: bool
) -> Told:
    signed, size = _signed(note, path)
    laid = [int(each.name) for each in (folder / LOG / ROTATED).glob("*") if each.name.isdecimal()]  # of a home that was moved by an older ourword
    return Told(
        place=path.name,
        wrapped="" if header is None else header.how,
        keys=keys,
        reasons=reasons,
        log_key=signed,
        log_size=size,
        since=max(since or 0, *laid, 0),
        rotating=bool(rotating),
        unwiped=unwiped,
    )


def _signed(note: bytes | None, path: Path) -> tuple[str, int]:
    """By which key the largest checkpoint was signed, and how many entries it covers; nothing before the first."""
    if note is None:
        return "", 0
    try:
        text, signatures = read_note(bytes(note))
        return f"{signatures[-1][0]}+{signatures[-1][1].hex()}", int(text.split("\n")[1])
    except (LogError, TypeError, ValueError, IndexError) as cause:
        hint = f"restore `{path.name}` from the newest backup"
        raise HomeError("home.damaged", f"the checkpoint in `{path.name}` is none", place=str(path), hint=hint) from cause


def wrap(folder: Path, making: Making, *, chance: Callable[[int], bytes] = os.urandom) -> tuple[str, ...]:
    """Wrap the keys of a home that lie in the clear; say what is left to do for whoever runs its database. Raises `HomeError`: `keys.wrapped`."""
    return _laid(folder, _refuse_wrapped, making, chance)


def rotate(folder: Path, making: Making, *, chance: Callable[[int], bytes] = os.urandom) -> tuple[str, ...]:
    """Wrap the keys of a home under a new key-encryption key, passphrase or command. Raises `HomeError`: `keys.clear` where they lie in the clear."""
    return _laid(folder, _unlocked, making, chance)


def unwrap(folder: Path, *, chance: Callable[[int], bytes] = os.urandom) -> tuple[str, ...]:
    """Lay the keys of a home in the clear again. Raises `HomeError`: `keys.clear` where they are already."""
    return _laid(folder, _unlocked, None, chance)


def _laid(
    folder: Path, opening: Callable[[Header | None, Path], Wrapping | None], making: Making | None, chance: Callable[[int], bytes]
) -> tuple[str, ...]:
    marker = _marker(folder)
    if marker.postgres:
        from ourword.stores.postgres.opening import keys_schema
        from ourword.stores.postgres.wrapping import header_there, lay_otherwise

        place = Path(keys_schema(marker.schema))
        before = opening(header_there(folder, marker), place)
        home = _whole(folder)
        return lay_otherwise(folder, marker, before, None if making is None else making(place, home), chance=chance)
    with _file(folder) as (connection, path):
        before = opening(header_of(connection, path), path)
        home = _whole(folder)
        _anew(connection, path, before, None if making is None else making(path, home), chance)
    return ()


def _refuse_wrapped(header: Header | None, path: Path) -> None:
    if header is not None:
        what, hint = "the keys of this home are wrapped already", "`ourword keys rotate --wrapping` wraps them otherwise"
        raise HomeError("keys.wrapped", what, place=str(path), hint=hint)


def _unlocked(header: Header | None, path: Path) -> Wrapping:
    if header is None:
        what, hint = "the keys of this home lie in the clear", "`ourword keys wrap` wraps them"
        raise HomeError("keys.clear", what, place=str(path), hint=hint)
    return unlocked(header, path)


def _whole(folder: Path) -> str:
    """The id of a home; nothing is laid otherwise in what is not one whole home. Raises `HomeError`."""
    with open_home(folder, create=False, write=False) as home:
        refuse_erasing(home)
        return home.id


def refuse_unmovable(folder: Path) -> None:
    """A home is moved with its keys in the clear, and with one key of its log. Raises `HomeError`: `keys.wrapped`, `keys.rotating`."""
    told = told_of(folder)
    if told.wrapped:
        what, hint = "a home whose keys are wrapped cannot be moved", "`ourword keys unwrap`, move it, and wrap the keys there"
        raise HomeError("keys.wrapped", what, place=str(folder), hint=hint)
    if told.rotating:
        what, hint = "another key is about to sign this home's log", f"`ourword publish --home {folder}` goes on with that"
        raise HomeError("keys.rotating", what, place=str(folder), hint=hint)


def _marker(folder: Path) -> Marker:
    marker = marker_of(folder)
    if marker is None:
        raise HomeError("home.missing", f"there is no home in `{folder}`", place=str(folder), hint="check the path")
    return marker


@contextmanager
def _file(folder: Path, *, write: bool = True) -> Iterator[tuple[apsw.Connection, Path]]:
    path = folder / KEYS
    connection = connect(path, write=write)
    try:
        with troubles_of(path):
            yield connection, path
    finally:
        close(connection)


def _anew(connection: apsw.Connection, path: Path, before: Wrapping | None, after: Wrapping | None, chance: Callable[[int], bytes]) -> None:
    """Lay all keys otherwise, in one transaction; then wipe what lay there."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        refuse_meanwhile(header_of(connection, path), before, str(path))
        _lay(connection, path, before, after, chance)
        mark_unwiped(connection)
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    try:
        finish_wiping(connection)
    except apsw.BusyError as cause:
        what = f"the keys lie otherwise now, and what they were may still be found in `{path.name}`: another process reads it"
        hint = "nothing is lost; whoever opens the home next for writing wipes it, and `ourword keys` tells whether that was done"
        raise HomeError("keys.unwiped", what, place=str(path), hint=hint) from cause


def _lay(connection: apsw.Connection, path: Path, before: Wrapping | None, after: Wrapping | None, chance: Callable[[int], bytes]) -> None:
    home = str(connection.execute(f"SELECT id FROM {_named('home', before)}").get)
    aside = {table: f"unlaid_{table}" for table in COLUMNS if has_table(connection, _named(table, before))}
    for table, old in aside.items():
        connection.execute(f"ALTER TABLE {_named(table, before)} RENAME TO {old}")
    connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    for statement in _statements(after):
        connection.execute(statement)
    if after is not None:
        connection.execute(f"INSERT INTO {TABLE} VALUES (1, ?)", (header_bytes(after.header),))
    for table, old in aside.items():
        column, at = COLUMNS[table]
        more = "id, " if table == "home" else ""
        adding = f"INSERT INTO {_named(table, after)} ({more}{at}, {column}) VALUES ({'?, ' if more else ''}?, ?)"
        for *first, number, found in connection.cursor().execute(f"SELECT {more}{at}, {column} FROM {old} ORDER BY {at}"):
            laid = relaid(found, before, after, path, home=home, table=table, number=number, chance=chance)
            connection.execute(adding, (*first, number, laid))
        connection.execute(f"DROP TABLE {old}")


def _statements(after: Wrapping | None) -> Iterator[str]:
    if after is None:
        yield _CLEAR
        return
    yield HEADER
    for table, (column, at) in COLUMNS.items():
        more = "id TEXT NOT NULL, " if table == "home" else ""
        one = " CHECK (one = 1)" if at == "one" else ""
        box = f"{column} BLOB NOT NULL CHECK (length({column}) = {BOX_BYTES})"
        yield f"CREATE TABLE {PREFIX}{table} ({at} INTEGER PRIMARY KEY{one}, {more}{box}) STRICT"


def _named(table: str, by: Wrapping | None) -> str:
    return table if by is None else PREFIX + table
