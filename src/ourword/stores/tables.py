"""The tables that outcomes read, in a DuckDB connection of their own: `events`, `objects`, `remarks` and `attributes`.

The order of events depends on what happened and never on when we heard of it: time, then the source's own count, then what
follows from what (`rows.tie_of`). An event without time keeps its place: after what had come before it in the same contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ourword.outcomes.identity import END, START, Same, whose
from ourword.stores.events import EventStore
from ourword.stores.home import Home
from ourword.stores.recorded import MADE, lay_recorded
from ourword.stores.rows import COLUMNS, REMARKS
from ourword.stores.spilling import FOLDER, sweep

if TYPE_CHECKING:
    import duckdb

THREADS, MEMORY = 2, "600MB"
"""How much of the machine is taken."""

_WORDS = tuple(name for name, kind in COLUMNS.items() if kind == "VARCHAR" and name not in ("decision", *REMARKS))
_PLAIN = ("claimed", "asks", "decision")
_NUMBERS = ("arrival", "subject", "contact")
_WORDS_MAX = 60_000
_BATCH_ROWS = 2_000_000

# With words in it, a sort of ten million events takes five times as long and 5 GB: so words are numbers of a list of words (ENUM) here.
_PLACED = """
CREATE VIEW placed AS
SELECT arrival, seq, tie, "at", coalesce("at", last_value("at" IGNORE NULLS) OVER (PARTITION BY subject, contact ORDER BY arrival
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS place FROM raw
"""
_BY_PLACE = """
INSERT INTO narrow SELECT numbered.event, {columns} FROM raw JOIN (
    SELECT arrival, row_number() OVER (ORDER BY place NULLS FIRST, "at" IS NULL, CASE WHEN "at" IS NULL THEN arrival END, seq, tie) AS event
    FROM placed
) AS numbered ON numbered.arrival = raw.arrival
"""
_BY_TIME = """
INSERT INTO narrow SELECT {before} + numbered.place AS event, {columns} FROM raw JOIN (
    SELECT arrival, row_number() OVER () AS place FROM (SELECT arrival FROM raw WHERE "at" >= {since} AND "at" < {until} ORDER BY "at", seq, tie)
) AS numbered ON numbered.arrival = raw.arrival WHERE raw."at" >= {since} AND raw."at" < {until}
"""
# Where every event was ahead when it came, our own clock was wrong rather than all others: then what lies before now counts.
_KNOWN = """
CREATE TABLE known AS
SELECT coalesce(max("at") FILTER ("at" <= present.now AND NOT coalesce(ahead, false)), max("at") FILTER ("at" <= present.now),
    CASE WHEN count("at") > 0 THEN present.now END) AS until
FROM (SELECT CAST($1 AS BIGINT) AS now) AS present LEFT JOIN heard ON true GROUP BY present.now
"""
_OWNED = """LEFT JOIN whose ON whose.other = narrow.subject
    AND ((whose.since <= narrow."at" AND narrow."at" < whose.until) OR (narrow."at" IS NULL AND whose.everytime))
"""
_VIEW = "CREATE VIEW events AS SELECT * EXCLUDE (arrival) FROM arrived"
_OBJECTS = """
CREATE TABLE objects AS
SELECT CAST(narrow.event AS BIGINT) AS event, each.object.otype AS otype, each.object.object AS object, each.object."role" AS "role"
FROM (SELECT arrival, unnest(objects) AS object FROM raw WHERE len(objects) > 0) AS each JOIN narrow ON narrow.arrival = each.arrival
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


def tables(home: Home, store: EventStore | None = None, *, until: int | None = None) -> duckdb.DuckDBPyConnection:
    """Give a DuckDB connection with `events`, `objects`, `remarks` and `attributes` as of now; close it when done.

    Who is whom is taken as it was said until *until* (µs since 1970): later events are there, and whoever asks as of a moment passes over them.
    `arrived` is `events` with one more column, `arrival`, by which `EventStore.people.event` gives an event's words.
    """

    if store is None:
        with EventStore(home, write=False) as opened:
            return tables(home, opened, until=until)
    duck = connect(home.path)
    try:
        with store.reads():
            files, said = store.snapshot(duck)
            lay_heard(duck, files)
            superseded = lay_recorded(duck, home, store.people)
            if superseded is not None:
                lay_heard(duck, files, recorded=True, superseded=superseded > 0)
            lay_events(duck, files, [each for each in said if until is None or each.said_at <= until], now=store.clock())
    except BaseException:
        duck.close()
        raise
    return duck


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open DuckDB in memory, within bounds; what does not fit spills below *folder* until it is closed: numbers and short words."""
    import duckdb

    sweep(folder)
    return duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY, "temp_directory": str(folder / FOLDER)})


def lay_heard(duck: duckdb.DuckDBPyConnection, files: Sequence[Path], *, recorded: bool = False, superseded: bool = False) -> None:
    """Make the views `heard`, over segments and what `EventStore.snapshot` filled, and `raw`: with the ledger's decisions, once they are laid."""
    read = [f"read_parquet([{', '.join(_quoted(str(file)) for file in files)}], union_by_name = true)"] if files else []
    parts = [f"SELECT * FROM {each}" for each in (*read, "tail")]
    if superseded:  # only rows of this one type are looked up
        stand = [f"SELECT each.* FROM {each} AS each ANTI JOIN superseded USING (arrival) WHERE each.type = '{MADE}'" for each in (*read, "tail")]
        parts = [*(f"{each} WHERE type <> '{MADE}'" for each in parts), *stand]
    duck.execute(f"CREATE OR REPLACE VIEW heard AS {' UNION ALL BY NAME '.join(parts)}")
    duck.execute(f"CREATE OR REPLACE VIEW raw AS SELECT * FROM heard{' UNION ALL BY NAME SELECT * FROM recorded' if recorded else ''}")


def lay_events(duck: duckdb.DuckDBPyConnection, files: Sequence[Path], said: Sequence[Same], *, now: int) -> None:
    """Lay the tables over `raw`: events in their order, words as numbers of a list of words.

    `known` says until when (µs) the events tell everything: to the last that had happened when it came, and at *now* (ns). What we decide
    ourselves says nothing of how far events have come.
    """
    duck.execute(_KNOWN, [now // 1000])
    owned = _lay_owners(duck, said)
    _lay_narrow(duck)
    timeless = duck.execute('SELECT count(*) FROM raw WHERE "at" IS NULL').fetchone()
    columns = ", ".join(f'raw."{name}"' for name in ("at", *_NUMBERS, *_WORDS, *_PLAIN))
    if timeless and timeless[0]:
        duck.execute(_PLACED)
        duck.execute(_BY_PLACE.format(columns=columns))
    else:
        _lay_by_time(duck, files, columns)
    duck.execute("SET preserve_insertion_order = false")
    for statement in (_arrived(owned), _VIEW, _OBJECTS, _REMARKS, _ATTRIBUTES):
        duck.execute(statement)


def _lay_owners(duck: duckdb.DuckDBPyConnection, said: Sequence[Same]) -> bool:
    duck.execute("CREATE TABLE whose (other BIGINT, owner BIGINT, since BIGINT, until BIGINT, everytime BOOLEAN)")
    rows = [[each.other, each.owner, each.since, each.until, each.since == START and each.until == END] for each in whose(said)]
    if rows:
        duck.executemany("INSERT INTO whose VALUES (?, ?, ?, ?, ?)", rows)
    return bool(rows)


def _lay_narrow(duck: duckdb.DuckDBPyConnection) -> None:
    """The table `narrow`, empty: each column as small as what is in the files allows."""
    most = ", ".join(f"coalesce(max({name}), 0)" for name in _NUMBERS)
    found = duck.execute(f"SELECT count(*), {most} FROM raw").fetchone() or ()
    shape = [f"{name} {'UINTEGER' if number < 2**32 else 'BIGINT'}" for name, number in zip(("event", *_NUMBERS), found, strict=True)]
    shape.insert(1, '"at" BIGINT')
    for name in _WORDS:
        words = duck.execute(f'SELECT DISTINCT "{name}" AS word FROM raw WHERE word IS NOT NULL ORDER BY word LIMIT {_WORDS_MAX + 1}').fetchall()
        if len(words) <= _WORDS_MAX:
            duck.execute(f"CREATE TYPE word_of_{name} AS ENUM ({', '.join(_quoted(word) for (word,) in words)})")
        shape.append(f'"{name}" ' + (f"word_of_{name}" if len(words) <= _WORDS_MAX else "VARCHAR"))
    shape += [f'"{name}" {COLUMNS[name]}' for name in _PLAIN]
    duck.execute(f"CREATE TABLE narrow ({', '.join(shape)})")


def _lay_by_time(duck: duckdb.DuckDBPyConnection, files: Sequence[Path], columns: str) -> None:
    """Sort a stretch of time after the other, so that only one is in memory twice; the stretches begin where files do."""
    duck.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    before, starts = 0, _starts(duck, files)
    for since, until in pairwise([START, *starts, END]):
        duck.execute(_BY_TIME.format(before=before, columns=columns, since=since, until=until))
        before = int((duck.execute("SELECT count(*) FROM narrow").fetchone() or (0,))[0])
    duck.execute("RESET disabled_optimizers")


def _starts(duck: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[int]:
    if not files:
        return []
    listed = ", ".join(_quoted(str(file)) for file in files)
    found = duck.execute(
        f'SELECT min("at") AS since, count(*) FROM read_parquet([{listed}], filename = true) GROUP BY filename ORDER BY since'
    ).fetchall()
    starts: list[int] = []
    waiting = 0
    for since, rows in found:
        if waiting >= _BATCH_ROWS and since is not None and (not starts or since > starts[-1]):
            starts.append(int(since))
            waiting = 0
        waiting += rows
    return starts


def _arrived(owned: bool) -> str:
    subject = "coalesce(whose.owner, CAST(narrow.subject AS BIGINT))" if owned else "CAST(narrow.subject AS BIGINT)"
    plain = [f'CAST(narrow."{name}" AS {COLUMNS[name]}) AS "{name}"' for name in COLUMNS if name in ("contact", *_WORDS, *_PLAIN)]
    return (
        f'CREATE VIEW arrived AS SELECT CAST(narrow.event AS BIGINT) AS event, narrow."at", {subject} AS subject, {", ".join(plain)}, '
        f"CAST(narrow.arrival AS BIGINT) AS arrival FROM narrow {_OWNED if owned else ''}"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
