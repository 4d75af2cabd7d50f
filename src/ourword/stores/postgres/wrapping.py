"""Laying the keys of a home in PostgreSQL otherwise: wrapped, wrapped anew, in the clear; and what can be told of them without opening any.

It is done in one transaction that holds the sequencer's lock, the keys' lock and the inbox: nobody records, lays a new customer's key or writes any
other meanwhile. Wrapped keys lie in tables of other names, as in files, which are new, so that nothing of the keys as they were is left in a table's
file. Keys that are wrapped anew stay in their tables, which are then written anew: a dump that began before sees them as they were, and is whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ourword.errors import HomeError
from ourword.stores.home import Marker
from ourword.stores.postgres import edition
from ourword.stores.postgres.laid import (
    as_laid,
    granted_alike,
    header_in,
    is_rotating,
    kept_as_laid,
    keys_lock,
    named,
    owned_alike,
    owns,
    refuse_rotating,
    there,
)
from ourword.stores.postgres.line import WAIT_SECONDS, Line, refuse_moved, troubles_at
from ourword.stores.postgres.opening import keys_schema
from ourword.stores.postgres.sampling import are_sampled, never_sample
from ourword.stores.postgres.schema import KEYS_IN_THE_CLEAR, KEYS_WRAPPED
from ourword.stores.postgres.store import lock_number
from ourword.stores.postgres.unwiped import TABLE as UNWIPED
from ourword.stores.postgres.unwiped import finish_wiping, mark_unwiped
from ourword.stores.wrapped import TABLE, Header, Wrapping, header_bytes, refuse_meanwhile, relaid

_COLUMNS = {"home": ("one", "id", "key"), "subject_key": ("number", "mark", "key"), "signal_key": ("number", "key"), "log_key": ("one", "seed")}
"""What lies in each table: first what numbers its rows, last the key."""
_PAGE = 5_000
_SAMPLES = "VACUUM (FULL) pg_statistic: samples of keys lay there, and a superuser alone may"
_LOG = "SELECT pg_switch_wal(); CHECKPOINT: the server's log holds the keys as they lay until its files are used again, which an idle server does not"
_COPIES = "replicas that have not replayed this, archives of the log, base backups and dumps from before hold the keys as they lay: destroy them"


def state_of(folder: Path, marker: Marker) -> dict[str, Any]:
    """What can be told of a home's keys without opening any: how they are wrapped, how many there are, what was signed. Raises `HomeError`."""
    keys = keys_schema(marker.schema)
    with _reached(folder, marker) as line, kept_as_laid(line, keys):
        refuse_moved(line, marker.schema)
        head, past = there(line, keys, "log_head"), there(line, keys, "log_past")
        return {
            "header": header_in(line, keys),
            "keys": line.execute(f"SELECT count(*) FROM {as_laid(line, keys, 'subject_key')}").get,
            "reasons": line.execute(f"SELECT count(*) FROM {as_laid(line, keys, 'signal_key')}").get,
            "note": line.execute(f'SELECT note FROM "{keys}".log_head').get if head else None,
            "since": line.execute(f'SELECT max(entry) FROM "{keys}".log_past').get if past else None,
            "rotating": is_rotating(line, keys),
            "unwiped": there(line, keys, UNWIPED),
        }


def header_there(folder: Path, marker: Marker) -> Header | None:
    """How the keys of a home are wrapped; `None` where they lie in the clear."""
    with _reached(folder, marker) as line:
        return header_in(line, keys_schema(marker.schema))


def lay_otherwise(
    folder: Path, marker: Marker, before: Wrapping | None, after: Wrapping | None, *, chance: Callable[[int], bytes] = os.urandom
) -> tuple[str, ...]:
    """Lay all keys otherwise, in one transaction; say what the server may hold of them still, and what whoever runs it can do.

    Raises `HomeError`: `home.busy` where somebody holds on to them, or has laid them otherwise meanwhile; `keys.rotating`; `home.read-only` where
    this role does not own the tables; `keys.unwiped` where all is done but for what lay there before.
    """
    keys, lock = keys_schema(marker.schema), lock_number(marker.id)
    with _reached(folder, marker) as line:
        edition.bring_up(line, keys, lock)  # the functions of before know of no wrapped keys
        taking = f"SELECT pg_advisory_xact_lock({lock}), pg_advisory_xact_lock({lock ^ 1}), pg_advisory_xact_lock({keys_lock(keys)})"
        with _transaction(line, taking):
            _refuse(line, keys, before)
            sampled = before is None and are_sampled(line, marker.schema, keys)
            if before is None or after is None:
                _move(line, keys, before, after, chance, home=marker.id)
            else:
                _change(line, keys, before, after, chance, home=marker.id)
            never_sample(line, marker.schema, keys)
            line.execute("COMMIT")
        finish_wiping(line, keys, patience=WAIT_SECONDS)
    return (*((_SAMPLES,) if sampled else ()), *((_LOG, _COPIES) if after is not None else ()))


@contextmanager
def _reached(folder: Path, marker: Marker) -> Iterator[Line]:
    line = Line(marker.postgres, marker.schema, place=str(folder))
    try:
        with troubles_at(line.place):
            yield line
    finally:
        line.close()


@contextmanager
def _transaction(line: Line, taking: str) -> Iterator[None]:
    """What is done inside is undone, unless it commits."""
    line.execute("BEGIN")
    try:
        line.execute(taking)
        yield
    finally:
        line.roll_back()


def _refuse(line: Line, keys: str, before: Wrapping | None) -> None:
    refuse_meanwhile(header_in(line, keys), before, line.place)
    if not owns(line, as_laid(line, keys, "home")):
        what, hint = f"this role does not own the tables of `{keys}`", "run this as the role that made the home: gates have no right to"
        raise HomeError("home.read-only", what, place=line.place, hint=hint)
    refuse_rotating(line, keys)


def _move(line: Line, keys: str, before: Wrapping | None, after: Wrapping | None, chance: Callable[[int], bytes], *, home: str) -> None:
    """Lay keys into tables of other names, and drop those in which they lay."""
    line.execute(f'LOCK TABLE "{keys}".inbox IN ACCESS EXCLUSIVE MODE')
    line.execute("SELECT drain()")
    line.execute(f'TRUNCATE "{keys}".inbox')  # dead rows of it hold new customers' keys
    line.execute(f'SET LOCAL search_path = "{keys}"')
    line.execute(KEYS_IN_THE_CLEAR if after is None else KEYS_WRAPPED)
    for table, columns in _COLUMNS.items():
        old, new = (named(keys, table, wrapped=by is not None) for by in (before, after))
        for rows in _pages(line, old, table, columns, before, after, chance, home=home):
            line.copy(f"COPY {new} ({', '.join(columns)}) FROM STDIN", rows)
        owned_alike(line, new, old)
        granted_alike(line, new, old)
        if table == "home" and after is not None:
            line.execute(f"INSERT INTO {TABLE} VALUES (1, ?)", (header_bytes(after.header),))
            owned_alike(line, TABLE, old)
            granted_alike(line, TABLE, old, only="SELECT")
        line.execute(f"DROP TABLE {old}")
    if after is None:
        line.execute(f"DROP TABLE {TABLE}")


def _change(line: Line, keys: str, before: Wrapping, after: Wrapping, chance: Callable[[int], bytes], *, home: str) -> None:
    """Wrap keys otherwise where they lie."""
    for table, columns in _COLUMNS.items():
        name, number, column = named(keys, table, wrapped=True), columns[0], columns[-1]
        sql = f"UPDATE {name} AS held SET {column} = each.box FROM unnest(?::bigint[], ?::bytea[]) AS each (at, box) WHERE held.{number} = each.at"
        for rows in _pages(line, name, table, columns, before, after, chance, home=home):
            line.execute(sql, ([row[0] for row in rows], [row[-1] for row in rows]))
    line.execute(f'UPDATE "{keys}".{TABLE} SET header = ?', (header_bytes(after.header),))
    mark_unwiped(line, keys, *_COLUMNS)


def _pages(
    line: Line,
    name: str,
    table: str,
    columns: tuple[str, ...],
    before: Wrapping | None,
    after: Wrapping | None,
    chance: Callable[[int], bytes],
    *,
    home: str,
) -> Iterator[list[tuple[Any, ...]]]:
    """Give the rows of a table with their keys as they are to lie."""
    last = -(2**63)  # keys of what was said when signing have numbers below zero
    sql = f"SELECT {', '.join(columns)} FROM {name} WHERE {columns[0]} > ?::bigint ORDER BY {columns[0]} LIMIT {_PAGE}"
    while page := line.execute(sql, (last,)).fetchall():
        rows = []
        for number, *more, found in page:
            laid = relaid(found, before, after, Path(line.place), home=home, table=table, number=number, chance=chance)
            rows.append((number, *more, laid))
        yield rows
        last = page[-1][0]
