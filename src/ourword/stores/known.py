"""A home as it was known at one of its entries: on the connections that read it, views stand before its tables and show no more than that.

What the ledger vouched for at entry N are the entries up to N, what lies beside them, and the events in the files that they call sealed.
The views have the tables' own names, so whoever reads asks as always, and nothing has to know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import apsw

from ourword.errors import UsageError
from ourword.ledger.entry import SegmentSealed

BY_ENTRY = ("entry", "decision", "about", "reason")
_BY_ARRIVAL = {"segment": "last", "event": "arrival", "tail": "arrival", "attribute": "arrival", "identity": "arrival"}
"""Of the tail too: what the ledger calls sealed lies there until the process that sealed it has said so in `people.sqlite` as well."""
_IN_TAIL = """
SELECT max(number) FROM (SELECT max(line ->> '$.contact') AS number FROM tail
    UNION ALL SELECT max(each.value ->> '$.object') FROM tail, json_each(tail.line, '$.objects') AS each)
"""
LATEST = """
SELECT max(time) FROM (
    SELECT rtrim(CAST(bytes AS TEXT) ->> '$.time', 'Z') AS time FROM entry WHERE NOT instr(bytes, '"type":"decision"'))
"""
FIRST_LATER = "SELECT min(seq) FROM entry WHERE rtrim(CAST(bytes AS TEXT) ->> '$.time', 'Z') > ?"


def no_such_entry(number: int | None, last: int) -> UsageError:
    """An entry after the *last* one."""
    hint = f"the last entry of this home is {last}: `ourword log` lists them" if last else "this home has no entry yet"
    return UsageError("as-of.entry", "there is no such entry", place=f"entry:{number}", hint=hint)


def show_ledger(reader: apsw.Connection, seq: int) -> None:
    """Show the entries up to a number, and what lies beside them."""
    _show(reader, dict.fromkeys(BY_ENTRY, "seq"), seq)


def show_arrived(reader: apsw.Connection, arrival: int) -> None:
    """Show the events up to an arrival, and what they said of customers."""
    _show(reader, _BY_ARRIVAL, arrival)


def show_named(reader: apsw.Connection, number: int) -> None:
    """Show the contacts and objects up to the highest number in the files, or in what is shown of the tail."""
    _show(reader, {"named": "number"}, max(number, int(reader.execute(_IN_TAIL).get or 0)))


def _show(reader: apsw.Connection, tables: dict[str, str], until: int) -> None:
    reader.execute("PRAGMA temp_store = MEMORY")  # a view is no row, and yet nothing of a home goes into a file beside it
    for table, column in tables.items():
        if reader.execute("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?", (table,)).get is not None:
            reader.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} WHERE {column} <= {until:d}")


def arrived(sealed: Iterable[SegmentSealed]) -> int:
    """The arrival of the last event in the files that are called sealed: their names say which they hold. 0 where there is none."""
    return max((int(Path(each.file).stem.split("-")[1]) for each in sealed), default=0)


def present(latest: Callable[[], int], clock: Callable[[], int]) -> Callable[[], int]:
    """The clock of a home as known at an entry: it stands still at the latest moment that its entries say, so that what is told never changes."""
    latest = cache(latest)
    return lambda: min(-(-latest() // 1000) * 1000, clock())  # a whole microsecond: the clocks of reports know no less


def named_by(files: Iterable[Path]) -> int:
    """The highest number of a contact or an object in these files: numbers are given as events arrive, so a higher one is from later."""
    import duckdb

    paths = [str(each) for each in files]
    if not paths:
        return 0
    with duckdb.connect(config={"threads": 2}) as duck:
        highest = "greatest(coalesce(contact, 0), coalesce(list_max([each.object FOR each IN objects]), 0))"
        found = duck.execute(f"SELECT max({highest}) FROM read_parquet(?, union_by_name = true)", [paths]).fetchone()
    return int(found[0] or 0) if found else 0
