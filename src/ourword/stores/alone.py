"""One process at a time in a folder: who comes second is told so, and nothing of the first is touched. A process that dies holds nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ourword.errors import HomeError

_LOCK = "start.lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder, made where it is not there yet; raises `HomeError` where another process does, or where it cannot be written to.

    An SQLite file is what is locked: that is the same on every system, and goes with the process, however it ends.
    """
    hint = "give another one with --folder"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(folder / _LOCK, timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise HomeError("home.start", f"the folder cannot be used: {error}", place=str(folder), hint=hint) from error
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise HomeError("home.taken", "another run is in this folder", place=str(folder), hint=f"end that one first, or {hint}") from error
            raise HomeError("home.start", f"the folder cannot be used: {error}", place=str(folder), hint=hint) from error
        yield
