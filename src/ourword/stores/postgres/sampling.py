"""Columns of which a server must keep no samples: `ANALYZE` copies values into `pg_statistic`, keys as well, where they outlive their row."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.stores.postgres.line import Line

_KEYS = {
    "home": ("key",),
    "subject_key": ("key", "mark"),
    "signal_key": ("key",),
    "log_key": ("seed",),
    "wrapped_home": ("key",),
    "wrapped_subject_key": ("key", "mark"),
    "wrapped_signal_key": ("key",),
    "wrapped_log_key": ("seed",),
    "inbox": ("ids", "whos", "marks", "fresh", "boxes", "contacts", "objects", "entries"),
}
_LEDGER = {"subject": ("who",), "decision": ("sealed", "contact", "objects"), "reason": ("sealed",), "forgotten": ("mark",)}
_VIEWED = "decision"
"""A view stands on it, so that its columns keep their type."""
_UNSAID = "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(?) AND attname = ANY (?::text[]) AND coalesce(attstattarget, -1) <> 0"
_SAMPLED = "SELECT attname FROM pg_stats WHERE schemaname = ? AND tablename = ? AND attname = ANY (?::text[])"
_TYPE = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = ?::regclass AND attname = ?"


def never_sample(line: Line, ledger: str, keys: str) -> None:
    """Tell the server to sample none of these columns, where it was not told yet."""
    for schema, table, columns in _columns(ledger, keys):
        name = f'"{schema}".{table}'
        if line.execute(_UNSAID, (name, columns)).get:
            line.execute(f"ALTER TABLE {name} {', '.join(f'ALTER {column} SET STATISTICS 0' for column in columns)}")


def drop_samples(line: Line, ledger: str, keys: str) -> bool:
    """Drop what was sampled before a home told the server not to; say whether there was anything. Only the tables' owner may."""
    found = False
    for schema, table, columns in _columns(ledger, keys):
        name = f'"{schema}".{table}'
        sampled = [column for (column,) in line.execute(_SAMPLED, (schema, table, columns))] if table != _VIEWED else []
        if sampled:  # its own type again: nothing is written anew but what was known of the column
            types = {column: line.execute(_TYPE, (name, column)).get for column in sampled}
            line.execute(f"ALTER TABLE {name} {', '.join(f'ALTER {column} TYPE {kind}' for column, kind in types.items())}")
            found = True
    return found


def are_sampled(line: Line, ledger: str, keys: str) -> bool:
    """Whether the server has samples of keys, as in a home from before it was told to take none."""
    return any(line.execute(_SAMPLED, (schema, table, columns)).get for schema, table, columns in _columns(ledger, keys) if schema == keys)


def _columns(ledger: str, keys: str) -> Iterator[tuple[str, str, list[str]]]:
    for schema, tables in ((keys, _KEYS), (ledger, _LEDGER)):
        for table, columns in tables.items():
            yield schema, table, list(columns)
