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

    from ourword.settling import Row
    from ourword.stores.home import Home

PROMISES = {
    "decision": "VARCHAR",
    "subject": "BIGINT",
    "contact": "BIGINT",
    "promise": "VARCHAR",
    "kind": "VARCHAR",
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
def watching(home: Home, asked: Asked = NOW) -> Iterator[tuple[DuckDBPyConnection, list[Row]]]:
    """The same for a home that is open; its promises are given too."""
    from ourword.settling import promises
    from ourword.stores.tables import tables

    connection = tables(home)
    try:
        promised = promises(home)
        lay_promises(connection, promised)
        watch(connection, asked)
        yield connection, promised
    finally:
        connection.close()


def lay_promises(connection: DuckDBPyConnection, rows: Iterable[Any]) -> None:
    """Make the table `promises` out of rows that have its columns: a million in a few seconds, as JSON that DuckDB reads itself."""
    connection.execute(f"CREATE TABLE promises ({', '.join(f'{name} {kind}' for name, kind in PROMISES.items())})")
    shape = "[{" + ", ".join(f'"{name}": "{kind}"' for name, kind in PROMISES.items()) + "}]"
    insert = f"INSERT INTO promises SELECT {', '.join(f'row.{name}' for name in PROMISES)} FROM (SELECT unnest(from_json($1, '{shape}')) AS row)"
    waiting = iter(rows)
    while batch := [{name: getattr(row, name) for name in PROMISES} for row in islice(waiting, _BATCH)]:
        connection.execute(insert, [msgspec.json.encode(batch).decode()])
