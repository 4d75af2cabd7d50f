"""A mark in the schema of keys for as long as the tables' files may still hold older forms of keys: as in files (`stores/unwiped.py`).

A row that was changed lies in its page as it was, until the table is written anew (`VACUUM (FULL)`), which keeps what a transaction from before sees.
"""

from __future__ import annotations

import time

from ourword.errors import HomeError
from ourword.stores.postgres.laid import as_laid, granted_alike, keys_lock, owns, there
from ourword.stores.postgres.line import Line, Trouble, home_code

TABLE = "unwiped"
_PAUSE = 0.2
_LOCK_MILLISECONDS = 1000


def mark_unwiped(line: Line, schema: str, *tables: str) -> None:
    """Mark, in the transaction that changes keys, of which tables what they were is to be wiped."""
    line.execute(f'CREATE TABLE IF NOT EXISTS "{schema}".{TABLE} (one bigint PRIMARY KEY, name text NOT NULL)')
    granted_alike(line, f'"{schema}".{TABLE}', as_laid(line, schema, "home"), only="SELECT")  # a gate's backup dumps the whole schema
    line.execute(f'INSERT INTO "{schema}".{TABLE} SELECT (random() * 9e15)::bigint, name FROM unnest(?::text[]) AS each (name)', (list(tables),))


def finish_wiping(line: Line, schema: str, *, patience: float = 0) -> None:
    """Write tables of keys anew where some were changed, trying for so many seconds. Raises `HomeError` (`keys.unwiped`); run it again then.

    A role that does not own them leaves it to one that does.
    """
    if not there(line, schema, TABLE) or not owns(line, f'"{schema}".{TABLE}'):
        return
    other = Line(line.address, schema, place=line.place)  # one that waits for no lock for long: whoever records waits behind it
    try:
        other.execute(f"SET lock_timeout = {_LOCK_MILLISECONDS}")
        _wipe(other, schema, time.monotonic() + patience)
    finally:
        other.close()


def _wipe(line: Line, schema: str, end: float) -> None:
    before = line.execute(f'SELECT one, name FROM "{schema}".{TABLE}').fetchall()
    for table in sorted({name for _, name in before}):
        _write_anew(line, schema, table, end)
    line.execute("BEGIN")
    line.execute("SELECT pg_advisory_xact_lock(?::bigint)", (keys_lock(schema),))
    if there(line, schema, TABLE):  # else another process has wiped them too
        line.execute(f'DELETE FROM "{schema}".{TABLE} WHERE one = ANY (?::bigint[])', ([one for one, _ in before],))
        if line.execute(f'SELECT 1 FROM "{schema}".{TABLE} LIMIT 1').get is None:
            line.execute(f'DROP TABLE "{schema}".{TABLE}')
    line.execute("COMMIT")


def _write_anew(line: Line, schema: str, table: str, end: float) -> None:
    while True:
        name = as_laid(line, schema, table)
        try:
            if not line.vacuumed(f"VACUUM (FULL, VERBOSE) {name}"):
                return
        except Trouble as cause:
            if home_code(cause) not in ("home.busy", "home.damaged"):  # laid otherwise in this very moment, which leaves nothing to wipe in this one
                raise
        if time.monotonic() > end:
            plain = name.replace('"', "")
            what = f"older forms of the keys may still lie in the files of {plain}: a transaction from before sees them, or holds the table"
            hint = "nothing is lost: once it has ended (`pg_stat_activity`) whoever opens the home next for writing, as the tables' owner, wipes them"
            raise HomeError("keys.unwiped", what, place=line.place, hint=hint)
        time.sleep(_PAUSE)
