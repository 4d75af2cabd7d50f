"""The events that a home keeps, as settling reads them: only those that can change a promise are opened, and each once.

Which types matter, and who was heard when, stands in the tables of numbers; opening an event means decrypting it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ourword.core.event import Event
from ourword.ledger.settle import Heard, hear
from ourword.stores.events import EventStore
from ourword.stores.home import Home

if TYPE_CHECKING:
    import duckdb


class KeptEvents:
    """All events of a home, those of erased customers apart; whoever settles again and again keeps this, and opens what is new only."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._opened: dict[int, Event] = {}
        self._types: set[str] = set()
        self._erased = 0

    def __iter__(self) -> Iterator[Event]:
        """Go through all of them, in the order in which they arrived."""
        if not self._home.has_events:
            return
        with EventStore(self._home, write=False) as store:
            for arrival in range(1, store.last_arrival() + 1):
                event = store.people.event(arrival)
                if event is not None:
                    yield event

    def last_arrival(self) -> int:
        """The number of the event that arrived last; 0 before the first."""
        if not self._home.has_events:
            return 0
        with EventStore(self._home, write=False) as store:
            return store.last_arrival()

    def heard(self, types: set[str], now: int) -> tuple[Heard, int, int | None]:
        """What was heard up to *now* of these types, and when each source and type was last heard.

        With it how many events had arrived, and when the first of those lies that have not happened yet (ns since 1970).
        """
        if not self._home.has_events:
            return hear([], types, now), 0, None
        with EventStore(self._home, write=False) as store, _numbers(store) as duck:
            arrived = _one(duck, "SELECT max(arrival) FROM raw", []) or 0
            self._open(store, duck, types)
            sources = _last(store, duck, "source", now)
            last = _last(store, duck, "type", now)
            ahead = _ahead(store, duck, now)
        events = hear((each for each in self._opened.values() if each.type in types), types, now).events
        return Heard(events, sources, last), arrived, ahead

    def _open(self, store: EventStore, duck: duckdb.DuckDBPyConnection, types: set[str]) -> None:
        """Open the events of these types that are not open yet: all that came since, and all of a type that was not asked for before.

        When somebody was erased since, all are opened anew: nothing of theirs is kept in memory.
        """
        erased = store.people.erased_so_far()
        if erased != self._erased:
            self._erased = erased
            self._opened.clear()
            self._types.clear()
        since = max(self._opened, default=0)
        for some, after in ((types & self._types, since), (types - self._types, 0)):
            if some:
                sql = "SELECT arrival FROM raw WHERE list_contains(?, type) AND arrival > ? ORDER BY arrival"
                for (arrival,) in duck.execute(sql, [sorted(some), after]).fetchall():
                    event = store.people.event(arrival)
                    if event is not None:
                        self._opened[arrival] = event
        self._types |= types


@contextmanager
def _numbers(store: EventStore) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with `raw`: the rows of all events, sealed or not, of one moment."""
    import duckdb

    with store.reads(), duckdb.connect(config={"threads": 2}) as duck:
        files, _ = store.snapshot(duck)
        quoted = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        columns = 'arrival, "at", type, source'
        sealed = [f"SELECT {columns} FROM read_parquet([{quoted}])"] if files else []
        duck.execute(f"CREATE VIEW raw AS {' UNION ALL '.join([*sealed, f'SELECT {columns} FROM tail'])}")
        yield duck


def _last(store: EventStore, duck: duckdb.DuckDBPyConnection, column: str, now: int) -> dict[str, int]:
    """When each was last heard. Rows have microseconds: those of the last one are opened, so that not even a nanosecond is lost."""
    sql = f'WITH heard AS (SELECT {column} AS who, max("at") AS last FROM raw WHERE "at" <= ? GROUP BY {column}) '
    sql += f'SELECT who, last, list(arrival) FROM heard JOIN raw ON raw.{column} = who AND raw."at" = last GROUP BY who, last'
    found: dict[str, int] = {}
    for who, last, arrivals in duck.execute(sql, [now // 1000]).fetchall():
        events = (store.people.event(arrival) for arrival in arrivals)
        exact = (event.instant for event in events if event is not None and event.instant is not None and event.instant <= now)
        found[who] = max(exact, default=last * 1000)
    return found


def _ahead(store: EventStore, duck: duckdb.DuckDBPyConnection, now: int) -> int | None:
    """When the first event lies that has not happened at *now*; those of this very microsecond are opened to see which side they are on."""
    at_once = duck.execute('SELECT arrival FROM raw WHERE "at" = ?', [now // 1000]).fetchall()
    events = (store.people.event(arrival) for (arrival,) in at_once)
    instants = [event.instant for event in events if event is not None and event.instant is not None and event.instant > now]
    later = _one(duck, 'SELECT min("at") FROM raw WHERE "at" > ?', [now // 1000])
    return min([*instants, *([later * 1000] if later is not None else [])], default=None)


def _one(duck: duckdb.DuckDBPyConnection, sql: str, given: list[object]) -> int | None:
    row = duck.execute(sql, given).fetchone()
    return None if row is None or row[0] is None else int(row[0])
