"""One SQLite file of a home: opened so that what is committed is durable, and with the disk's troubles as `HomeError`."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from ourword.errors import HomeError

FileId = tuple[int, int]
"""The device and the number of a file on it."""
BUSY_MILLISECONDS_MAX = 10_000
SWITCH_MILLISECONDS = 10

_HINTS: dict[str, tuple[str, str]] = {
    "home.read-only": ("cannot be written", "make the folder and its files writable, or open the home for reading only"),
    "home.full": ("cannot grow: the disk is full", "free some space and run this again: nothing is lost, and nothing is recorded twice"),
    "home.busy": ("is held by another process for more than 10 seconds", "wait until the other process has finished, then run this again"),
    "home.damaged": ("is not a sound database", "restore the home from a backup"),
    "home.cannot-open": ("is missing or cannot be opened", "restore it from a backup; it is never made anew beside the others"),
    "home.io": ("could not be read or written", "check the disk, then run this again: a decision that was recorded is not recorded twice"),
}
_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (apsw.ReadOnlyError, "home.read-only"),
    (apsw.PermissionsError, "home.read-only"),
    (PermissionError, "home.read-only"),
    (apsw.FullError, "home.full"),
    (apsw.BusyError, "home.busy"),
    (apsw.LockedError, "home.busy"),
    (apsw.NotADBError, "home.damaged"),
    (apsw.CorruptError, "home.damaged"),
    (apsw.SQLError, "home.damaged"),
    (apsw.CantOpenError, "home.cannot-open"),
    (FileNotFoundError, "home.cannot-open"),
)
_CODES_BY_ERRNO = {errno.EROFS: "home.read-only", errno.ENOSPC: "home.full", errno.EDQUOT: "home.full"}


def home_error(cause: BaseException, path: Path) -> HomeError:
    """Say in our words what the disk or the database said, with the cause attached."""
    code = next((code for kind, code in _CODES if isinstance(cause, kind)), "home.io")
    if getattr(cause, "extendedresult", 0) == apsw.SQLITE_IOERR_SHMSIZE:
        code = "home.full"  # no room for the shared memory file of WAL
    if isinstance(cause, OSError):
        code = _CODES_BY_ERRNO.get(cause.errno or 0, code)
    what, hint = _HINTS[code]
    error = HomeError(code, f"`{path.name}` {what} ({cause})", place=str(path), hint=hint)
    error.__cause__ = cause
    return error


@contextmanager
def troubles_of(path: Path) -> Iterator[None]:
    """Let errors of the disk and the database leave as `HomeError`."""
    try:
        yield
    except (apsw.Error, OSError) as cause:
        raise home_error(cause, path) from cause


def file_id(path: Path) -> FileId | None:
    """Which file lies at a path now, told apart from any other; `None` when there is none."""
    try:
        status = os.stat(path)  # a microsecond or two, beside the milliseconds of a sync
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as cause:
        raise home_error(cause, path) from cause
    return status.st_dev, status.st_ino


def connect(path: Path, *, create: bool = False, write: bool = True) -> apsw.Connection:
    """Open a database whose commits are durable: WAL, synchronous FULL, and deleted bytes overwritten."""
    with troubles_of(path):
        connection = _connect_to_write(path, create) if write else _connect_to_read(path)
        connection.set_busy_timeout(BUSY_MILLISECONDS_MAX)
        return connection


def _connect_to_write(path: Path, create: bool) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
    connection = apsw.Connection(str(path), flags=flags)
    try:
        connection.set_busy_timeout(BUSY_MILLISECONDS_MAX)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        if connection.readonly("main"):  # SQLite opens a write-protected file for reading; say so now, not at the first decision
            raise apsw.ReadOnlyError("attempt to write a readonly database")
    except BaseException:
        close(connection)
        raise
    return connection


def _write_ahead(connection: apsw.Connection) -> None:
    """Switch to WAL; where two processes switch a new file at once SQLite tells one of them "busy" without waiting, so wait here."""
    for _ in range(BUSY_MILLISECONDS_MAX // SWITCH_MILLISECONDS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except apsw.BusyError:
            time.sleep(SWITCH_MILLISECONDS / 1000)
    connection.execute("PRAGMA journal_mode=WAL")


def _connect_to_read(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        # In a folder that cannot be written SQLite cannot make the -shm file of WAL; without a -wal nobody is writing either.
        close(connection)
        if path.with_name(path.name + "-wal").exists():
            raise
        return apsw.Connection(f"{path.absolute().as_uri()}?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    except BaseException:
        close(connection)
        raise
    return connection


def has_table(connection: apsw.Connection, table: str) -> bool:
    """Say whether there is a table of this name: homes from before have fewer."""
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).get is not None


def wipe(connection: apsw.Connection, *, anew: bool = False) -> None:
    """Let the file hold nothing any more of what was deleted: the log is moved into it and emptied. Raises `apsw.BusyError` where others read on.

    Deleted rows are overwritten as they go (`secure_delete`); a copy of one may still lie where SQLite moved rows from one page to another. With
    *anew* the whole file is written anew, so that none does; the copy that this takes lies in memory, not on the disk.
    """
    if anew:
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("VACUUM")
    busy, left, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() or (0, 0, 0)
    if busy or left > 0:
        raise apsw.BusyError("another process reads the log")


def roll_back(connection: apsw.Connection) -> None:
    """Undo an open transaction, if there still is one: SQLite undoes by itself after some errors."""
    with suppress(apsw.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def at_one_moment(connection: apsw.Connection) -> Iterator[None]:
    """What is read inside is of one moment, whatever others write meanwhile."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        roll_back(connection)


def close(connection: apsw.Connection) -> None:
    """Close a database. Moving the log into the database file may fail then (a full disk): the log stays, and nothing is lost."""
    with suppress(apsw.Error):
        connection.close(True)
