"""The tables that outcomes read, in a DuckDB connection of their own: `events`, `objects`, `remarks` and `attributes`.

The order of events depends on what happened and never on when we heard of it: time, then the source's own count, then a
keyed mark. An event without time keeps its place: after what had come before it in the same contact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourword.outcomes.identity import whose
from ourword.stores.events import EventStore
from ourword.stores.home import Home
from ourword.stores.rows import COLUMNS, REMARKS

if TYPE_CHECKING:
    import duckdb

_KEPT = ", ".join(f'"{name}"' for name in COLUMNS if name not in ("arrival", "seq", "tie", "at", "subject", "objects", *REMARKS))

_PLACED = """
CREATE VIEW placed AS
SELECT *, coalesce("at", last_value("at" IGNORE NULLS) OVER (PARTITION BY subject, contact ORDER BY arrival
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS place FROM raw
"""
_UNPLACED = 'CREATE VIEW placed AS SELECT *, "at" AS place FROM raw'
_ORDER = 'place NULLS FIRST, "at" IS NULL, CASE WHEN "at" IS NULL THEN arrival END, seq, tie'
_EVENTS = f"""
CREATE TABLE arrived AS
SELECT row_number() OVER (ORDER BY {_ORDER}) AS event, "at", coalesce(whose.owner, placed.subject) AS subject,
    {_KEPT}, arrival
FROM placed LEFT JOIN whose ON whose.other = placed.subject
    AND ((whose.since <= placed."at" AND placed."at" < whose.until) OR (placed."at" IS NULL AND whose.everytime))
"""
_VIEW = f'CREATE VIEW events AS SELECT event, "at", subject, {_KEPT} FROM arrived'
_OBJECTS = """
CREATE TABLE objects AS
SELECT arrived.event, each.object.otype AS otype, each.object.object AS object, each.object."role" AS "role"
FROM (SELECT arrival, unnest(objects) AS object FROM raw WHERE len(objects) > 0) AS each JOIN arrived USING (arrival)
"""
_REMARKS = f"""
CREATE TABLE remarks AS
SELECT arrived.event, {", ".join(f'said."{name}"' for name in REMARKS)}
FROM (SELECT * FROM raw WHERE {" OR ".join(f'"{name}" IS NOT NULL' for name in REMARKS)}) AS said JOIN arrived USING (arrival)
"""
_ATTRIBUTES = """
CREATE TABLE attributes AS
SELECT coalesce(whose.owner, said.subject) AS subject, said.name, said.value, said.since
FROM said_attributes AS said LEFT JOIN whose ON whose.other = said.subject AND whose.since <= said.since AND said.since < whose.until
"""


def tables(home: Home, store: EventStore | None = None) -> duckdb.DuckDBPyConnection:
    """Give a DuckDB connection with `events`, `objects`, `remarks` and `attributes` as of now; close it when done.

    `arrived` is `events` with one more column, `arrival`, by which `EventStore.people.event` gives an event's words.
    """
    import duckdb

    if store is None:
        with EventStore(home, write=False) as opened:
            return tables(home, opened)
    duck = duckdb.connect(config={"threads": 2})
    try:
        files, said = store.snapshot(duck)
        parts = [f"SELECT * FROM read_parquet([{', '.join(_quoted(str(file)) for file in files)}], union_by_name = true)"] if files else []
        duck.execute(f"CREATE VIEW raw AS {' UNION ALL BY NAME '.join([*parts, 'SELECT * FROM tail'])}")
        duck.execute("CREATE TABLE whose (other BIGINT, owner BIGINT, since BIGINT, until BIGINT, everytime BOOLEAN)")
        rows = [[each.other, each.owner, each.since, each.until, each.since == -(2**63) and each.until == 2**63 - 1] for each in whose(said)]
        if rows:
            duck.executemany("INSERT INTO whose VALUES (?, ?, ?, ?, ?)", rows)
        timeless = duck.execute('SELECT count(*) FROM raw WHERE "at" IS NULL').fetchone()
        for statement in (_PLACED if timeless and timeless[0] else _UNPLACED, _EVENTS, _VIEW, _OBJECTS, _REMARKS, _ATTRIBUTES):
            duck.execute(statement)
    except BaseException:
        duck.close()
        raise
    return duck


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
