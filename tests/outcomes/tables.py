"""Small event streams in memory: the four tables that outcomes read, filled by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

DAY = 86_400_000_000
HOUR = DAY // 24
MINUTE = HOUR // 60

EVENTS = {
    "event": "BIGINT", "at": "BIGINT", "subject": "BIGINT", "contact": "BIGINT", "type": "VARCHAR", "source": "VARCHAR", "actor": "VARCHAR",
    "channel": "VARCHAR", "kind": "VARCHAR", "closed_by": "VARCHAR", "close_reason": "VARCHAR", "claimed": "BOOLEAN", "said": "VARCHAR",
    "asks": "BOOLEAN", "version_contract": "VARCHAR", "version_prompt": "VARCHAR", "version_model": "VARCHAR", "decision": "VARCHAR",
}  # fmt: skip
OBJECTS = {"event": "BIGINT", "otype": "VARCHAR", "object": "BIGINT", "role": "VARCHAR"}
ATTRIBUTES = {"subject": "BIGINT", "name": "VARCHAR", "value": "VARCHAR", "since": "BIGINT"}
PROMISES = {
    "decision": "VARCHAR", "subject": "BIGINT", "contact": "BIGINT", "promise": "VARCHAR", "kind": "VARCHAR", "made": "BIGINT", "due": "BIGINT",
    "standing": "VARCHAR", "settled": "BIGINT",
}  # fmt: skip

REMARKS = {
    "event": "BIGINT", "question": "VARCHAR", "rating": "INTEGER", "scale": "INTEGER", "discloses": "BOOLEAN", "reasons": "BOOLEAN",
    "answer": "VARCHAR", "changed": "BOOLEAN",
}  # fmt: skip

Row = Mapping[str, Any]


def tables(events: Iterable[Row] = (), *, attributes: Iterable[Row] = (), promises: Iterable[Row] = ()) -> duckdb.DuckDBPyConnection:
    """A connection with the tables; an event's `about` (or `objects`: pairs of object and role) fills `objects`."""
    connection = duckdb.connect(config={"threads": 1})
    events = list(events)
    _fill(connection, "events", EVENTS, events)
    _fill(connection, "objects", OBJECTS, [named for event in events for named in _named(event)])
    _fill(connection, "remarks", REMARKS, [event for event in events if any(event.get(name) is not None for name in REMARKS if name != "event")])
    _fill(connection, "attributes", ATTRIBUTES, list(attributes))
    _fill(connection, "promises", PROMISES, list(promises))
    return connection


def _named(event: Row) -> Iterable[Row]:
    pairs = [(event["about"], "about")] if event.get("about") is not None else []
    for number, role in [*pairs, *event.get("objects", ())]:
        yield {"event": event["event"], "otype": "order", "object": number, "role": role}


def _fill(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: list[Row]) -> None:
    quoted = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())  # DuckDB 2 wants `at` quoted where it stands alone
    connection.execute(f"CREATE TABLE {name} ({quoted})")
    if rows:
        places = ", ".join(["(" + ", ".join("?" * len(columns)) + ")"] * len(rows))
        connection.execute(f"INSERT INTO {name} VALUES {places}", [row.get(column) for row in rows for column in columns])


def story(*events: Row, subject: int = 1, contact: int | None = 1, first: int = 1, **same: Any) -> list[dict[str, Any]]:
    """Events of one contact, numbered in order; each names its type and its time and what else it has."""
    return [{"event": first + i, "subject": subject, "contact": contact, "source": "chat", **same, **event} for i, event in enumerate(events)]


def says(at: int | None, **more: Any) -> dict[str, Any]:
    return {"type": "message.in", "actor": "customer", "at": at, **more}


def replies(at: int | None, **more: Any) -> dict[str, Any]:
    return {"type": "message.out", "actor": "automation", "at": at, **more}


def closes(at: int | None, by: str | None = "automation", reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "contact.closed", "closed_by": by, "close_reason": reason, "at": at, **more}


def opens(at: int | None, **more: Any) -> dict[str, Any]:
    return {"type": "contact.opened", "actor": "customer", "at": at, **more}
