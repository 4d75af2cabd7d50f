"""A home's contacts, watched: its tables and its promises in one connection, and what became of every contact worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.outcomes.contacts import NOW, Asked, watch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.figures.settling import Row
    from ourword.stores.home import Home

PROMISES = {
    "decision": "VARCHAR",
    "subject": "BIGINT",
    "contact": "BIGINT",
    "promise": "VARCHAR",
    "kind": "VARCHAR",
    "made": "BIGINT",
    "due": "BIGINT",
    "standing": "VARCHAR",
    "settled": "BIGINT",
}
_BATCH = 10_000


@contextmanager
def watched(home: Path, asked: Asked = NOW) -> Iterator[DuckDBPyConnection]:
    """Open a home for reading, lay its tables out, and work out what became of every contact; closed at the end.

    Raises `HomeError` when the home cannot be read or has no events.
    """
    from ourword.stores.home import open_home

    with open_home(home, create=False, write=False) as opened, watching(opened, asked) as (connection, _):
        yield connection


@contextmanager
def watching(home: Home, asked: Asked = NOW, promised: list[Row] | None = None) -> Iterator[tuple[DuckDBPyConnection, list[Row]]]:
    """The same for a home that is open; its promises are given too, as they stood at the moment asked about (*promised*, where they are known)."""
    from ourword.stores.tables import tables

    connection = tables(home, until=asked.as_of)
    try:
        promised = _promises(home, asked.as_of) if promised is None else promised
        lay_promises(connection, promised)
        watch(connection, asked)
        yield connection, promised
    finally:
        connection.close()


def moment_of(as_of: int) -> int:
    """The end of a microsecond, in nanoseconds: whoever asks as of it means all that happened in it.

    >>> moment_of(2)
    2999
    """
    return as_of * 1000 + 999


def _promises(home: Home, as_of: int | None) -> list[Row]:
    from ourword.figures.asof import promises_at
    from ourword.figures.settling import promises

    return promises(home) if as_of is None else promises_at(home, moment_of(as_of))


def lay_promises(connection: DuckDBPyConnection, rows: Iterable[Any]) -> None:
    """Make the table `promises` out of rows that have its columns: a million in a few seconds, as JSON that DuckDB reads itself."""
    connection.execute(f"CREATE TABLE promises ({', '.join(f'{name} {kind}' for name, kind in PROMISES.items())})")
    shape = "[{" + ", ".join(f'"{name}": "{kind}"' for name, kind in PROMISES.items()) + "}]"
    insert = f"INSERT INTO promises SELECT {', '.join(f'row.{name}' for name in PROMISES)} FROM (SELECT unnest(from_json($1, '{shape}')) AS row)"
    waiting = iter(rows)
    while batch := [{name: getattr(row, name) for name in PROMISES} for row in islice(waiting, _BATCH)]:
        connection.execute(insert, [msgspec.json.encode(batch).decode()])
