"""A process that prunes a home and kills itself at so many statements and changes of files (0: never), and then says how many there were.

Of PostgreSQL's statements those are counted that change something, or end a transaction.

python pruner.py HOME NOW AT
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

from ourword.rights.pruning import prune
from ourword.stores import database, people, sqlite
from ourword.stores import keys as keys_of
from ourword.stores.home import open_home


class Counted:
    """Counts what changes the disk, and ends the process at the number given."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def __call__(self, cursor: object = None, statement: str = "", *_: object) -> bool:
        if not statement.startswith("SELECT"):
            self.count += 1
            if self.count == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
        return True


def count_statements(counted: Counted) -> None:
    """Count what a connection to PostgreSQL is told to do, before it is told."""
    from ourword.stores.postgres.line import Line

    def counting(do: Callable[..., Any]) -> Callable[..., Any]:
        def told(line: Line, statement: str, *values: Any) -> Any:
            if statement.split()[0] not in ("SELECT", "SHOW", "WITH", "SET"):
                counted()
            return do(line, statement, *values)

        return told

    for name in ("execute", "executemany", "vacuumed"):
        setattr(Line, name, counting(getattr(Line, name)))


def main(folder: str, now: int, at: int) -> None:
    counted = Counted(at)
    connect, replace, unlink = database.connect, os.replace, Path.unlink

    def connected(*args: Any, **named: Any) -> apsw.Connection:
        connection = connect(*args, **named)
        if named.get("write", True):
            connection.exec_trace = counted
        return connection

    for module in (database, people, sqlite, keys_of):
        module.connect = connected  # type: ignore[attr-defined]
    if "postgres" in json.loads((Path(folder) / "home.json").read_bytes()):
        count_statements(counted)
    os.replace = lambda *args: (counted(), replace(*args))[1]  # type: ignore[assignment]
    Path.unlink = lambda self, missing_ok=False: (counted(), unlink(self, missing_ok))[1]  # type: ignore[method-assign]
    with open_home(folder, clock=lambda: now) as home:
        counted.count = 0
        told = prune(home, now=now)
        print(counted.count, told.minimum, int(told.done), int(told.finished))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
