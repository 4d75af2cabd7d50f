"""The rows of a home in PostgreSQL, while it is moved here or away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ourword.errors import HomeError
from ourword.stores.postgres import statements
from ourword.stores.postgres.keys import LOG_PAST, key_mark
from ourword.stores.postgres.laid import keys_lock
from ourword.stores.postgres.line import Line, troubles_at
from ourword.stores.postgres.opening import keys_schema, lay_schemas
from ourword.stores.postgres.store import lock_number
from ourword.stores.sides import KEYS, LEAVE, TABLES

_PAGE = 2_000
_LATER = ("log_head", "log_past", "let_go", "leaf")


class PostgresSide:
    """Both schemas, in one transaction from the beginning to the end: nobody records, and nobody changes keys."""

    def __init__(self, address: str, *, schema: str, place: str, home_id: str) -> None:
        self._line = Line(address, schema, place=place)
        self._keys = f'"{keys_schema(schema)}"'
        self._place = place
        with troubles_at(place):
            self._begin(lock_number(home_id))

    def _begin(self, lock: int) -> None:
        self._lock = lock
        self._line.execute("BEGIN")
        self._line.execute(
            "SELECT pg_advisory_xact_lock(?::bigint), pg_advisory_xact_lock(?::bigint)", (lock, lock ^ 1)
        )  # as `lead`: there may be no tables yet
        self._line.execute("SELECT pg_advisory_xact_lock_shared(?::bigint)", (keys_lock(keys_schema(self._line.schema)),))  # others may read on

    def make(self, home_id: str, key: bytes) -> bool:
        """Lay the tables of a home; say whether this very home is there, from a move that broke off. Refuses a schema that holds another."""
        with troubles_at(self._place):
            if lay_schemas(self._line, self._line.schema, home_id, key) != home_id:
                raise self.taken()
            return self._line.execute("SELECT 1 FROM entry LIMIT 1").get is not None

    def taken(self) -> HomeError:
        """What is moved would be mixed with what is there."""
        what = f"the schema `{self._line.schema}` holds a home already"
        return HomeError("home.foreign", what, place=self._place, hint="name another one: `--schema NAME`")

    def _table(self, table: str) -> str:
        return f"{self._keys}.{table}" if table in KEYS else table

    def rows(self, table: str) -> Iterator[Sequence[Any]]:
        """Give a table's rows in order; one that homes from before do not have is empty."""
        columns = TABLES[table]
        names, first = ", ".join(columns), columns[0]
        if table == "home":
            with troubles_at(self._place):
                yield from self._line.execute(f"SELECT {names} FROM {self._table(table)}")
            return
        if table in _LATER and self._line.execute("SELECT to_regclass(?)", (self._table(table),)).get is None:
            return  # a home from before, or one whose log has had one key
        sql = f"SELECT {names} FROM {self._table(table)} WHERE {first} > ? ORDER BY {first} LIMIT {_PAGE}"
        after: Any = b"" if first == "mark" else -(2**63)  # keys of what was said when signing have numbers below zero
        while True:
            with troubles_at(self._place):
                page = self._line.execute(sql, (after,)).fetchall()
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def write(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write a table's rows; what `make` has written already stays."""
        if table == "home":
            return
        columns = TABLES[table]
        if table == "subject_key":
            columns, rows = (*columns, "mark"), ((number, key, key_mark(key)) for number, key in rows)
        elif table == "let_go":
            rows = list(rows)
            if not rows:  # whoever does not own that table may not even write nothing into it
                return
        elif table == "decision":
            rows = ((*row[:9], bool(row[9])) for row in rows)
        with troubles_at(self._place):
            if table == "log_past":
                if not (rows := list(rows)):
                    return
                self._line.execute(LOG_PAST.format(table=self._table(table)))
            self._line.copy(f"COPY {self._table(table)} ({', '.join(columns)}) FROM STDIN", rows)

    def take_events(self, said: str) -> None:
        """Say which folder takes events in: as soon as the home can be joined, no other settles or erases without them."""
        with troubles_at(self._place):
            self._line.execute("INSERT INTO takes_in VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET folder = excluded.folder", (said,))

    def finish(self) -> None:
        """Make what was written durable."""
        with troubles_at(self._place):
            self._line.execute(statements.LIST_ERASURES)
            self._line.execute("COMMIT")
            self._begin(self._lock)

    def leave(self) -> None:
        """Rename the entries: a gate that has the home open cannot record any more, and acknowledges nothing."""
        with troubles_at(self._place):
            self._line.execute(LEAVE)
            self._line.execute("COMMIT")

    def close(self) -> None:
        """Close the connection, which undoes what is not finished."""
        self._line.close()
