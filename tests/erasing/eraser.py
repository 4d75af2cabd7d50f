"""A process that erases a customer and kills itself at so many statements and changes of files (0: never), and then says how many there were.

Of PostgreSQL's statements those are counted that change something, or end a transaction.

python eraser.py HOME CUSTOMER NOW AT
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from ourword.rights.forgetting import erase
from ourword.stores import database, events, people, sqlite
from ourword.stores import keys as keys_of
from ourword.stores.home import open_home


class Counted:
    """Counts what changes the disk, and ends the process at the number given."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0
        self.lasting: list[int] = []
        """Which of them change the database for good."""

    def __call__(self, *_: object) -> bool:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return True


def count_statements(counted: Counted) -> None:
    """Count what a connection to PostgreSQL is told to do, before it is told."""
    from ourword.stores.postgres.line import Line

    def counting(do: Callable[..., Any]) -> Callable[..., Any]:
        def told(line: Line, statement: str, *values: Any) -> Any:
            word = statement.split()[0]
            if word not in ("SELECT", "SHOW", "WITH", "SET"):
                counted()
                if word in ("COMMIT", "VACUUM", "CHECKPOINT") or "subject_key" in statement:
                    counted.lasting.append(counted.count)
            return do(line, statement, *values)

        return told

    for name in ("execute", "executemany", "vacuumed"):
        setattr(Line, name, counting(getattr(Line, name)))


def count_changes(counted: Counted) -> None:
    """Count what SQLite is told to change, and what becomes of files."""
    connect, replace, unlink = database.connect, os.replace, Path.unlink

    def connected(*args: Any, **named: Any) -> apsw.Connection:
        connection = connect(*args, **named)
        if named.get("write", True):
            connection.exec_trace = counted
        return connection

    for module in (database, events, people, sqlite, keys_of):
        if hasattr(module, "connect"):
            module.connect = connected
    os.replace = lambda *args: (counted(), replace(*args))[1]  # type: ignore[assignment]
    Path.unlink = lambda self, missing_ok=False: (counted(), unlink(self, missing_ok))[1]  # type: ignore[assignment]


def main(folder: str, customer: str, now: int, at: int) -> None:
    counted = Counted(at)
    count_changes(counted)
    if "postgres" in json.loads((Path(folder) / "home.json").read_bytes()):
        count_statements(counted)
    with open_home(folder, clock=lambda: now) as home:
        counted.count, counted.lasting = 0, []
        erased = erase(home, customer, now=now)
        lasting = list(counted.lasting)
    print(counted.count, int(erased.new), erased.finished, *lasting)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
