"""How keys lie in their schema: in the clear or wrapped, in tables of other names as in files, so that nobody takes the one for the other.

Whoever lays them otherwise holds a lock, which whoever writes keys, or looks a second time how they lie, takes as well. What is there is asked of the
catalogue's rows, which are as of now: a name may be looked up in what a connection remembers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ourword.errors import HomeError
from ourword.stores.postgres.line import Line, Missing
from ourword.stores.wrapped import HEADER_BYTES_MAX, PREFIX, TABLE, Header, header_from

_THERE = "SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace AS held ON held.oid = relnamespace WHERE nspname = ? AND relname = ?)"


def keys_lock(schema: str) -> int:
    """The number of the advisory lock that is held by whoever lays the keys of a schema otherwise, or writes some."""
    return int.from_bytes(hashlib.sha256(b"ourword keys\x00" + schema.encode()).digest()[:8], "big", signed=True)


def there(line: Line, schema: str, table: str) -> bool:
    """Whether a schema has a table now."""
    return bool(line.execute(_THERE, (schema, table)).get)


def header_in(line: Line, schema: str) -> Header | None:
    """How the keys of a schema are wrapped; `None` where they lie in the clear. Raises `HomeError` for what cannot be that."""
    while there(line, schema, TABLE):
        sql = f'SELECT header FROM "{schema}".{TABLE} WHERE length(header) <= {HEADER_BYTES_MAX}'
        try:
            return header_from(line.execute(sql).get, Path(schema))
        except Missing:
            continue  # laid in the clear in this very moment
    return None


def as_laid(line: Line, schema: str, table: str) -> str:
    """A table of keys as it is called now, with its schema: for who holds a lock that keeps it so."""
    return named(schema, table, wrapped=there(line, schema, TABLE))


def named(schema: str, table: str, *, wrapped: bool) -> str:
    """A table of keys as it is called, with its schema.

    >>> named("ourword_keys", "home", wrapped=True)
    '"ourword_keys".wrapped_home'
    """
    return f'"{schema}".{PREFIX if wrapped else ""}{table}'


@contextmanager
def kept_as_laid(line: Line, schema: str) -> Iterator[None]:
    """Nobody lays the keys of a schema otherwise meanwhile: a transaction, for reading, in which each statement sees what is there by then."""
    try:
        line.execute("BEGIN")
        line.execute("SELECT pg_advisory_xact_lock_shared(?::bigint)", (keys_lock(schema),))
        yield
    finally:
        line.roll_back()


def is_rotating(line: Line, schema: str) -> bool:
    """Whether another key of the log is laid ready to take the place of the one that signs."""
    return any(there(line, schema, f"{prefix}log_next") for prefix in ("", PREFIX))


def refuse_rotating(line: Line, schema: str) -> None:
    """Raises `HomeError` (`keys.rotating`) while another key of the log is laid ready."""
    if is_rotating(line, schema):
        what, hint = "another key is about to sign this home's log", "`ourword keys rotate --log` goes on with that; then run this again"
        raise HomeError("keys.rotating", what, place=line.place, hint=hint)


# ---- tables like others ---------------------------------------------------------------------------------------------------

_GRANTS = """
SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type
FROM pg_class, aclexplode(relacl) WHERE oid = ?::regclass AND grantee <> relowner
"""


def owned_alike(line: Line, new: str, old: str) -> None:
    """Give a table to whoever owns another one."""
    owner = line.execute("SELECT relowner::regrole::text FROM pg_class WHERE oid = ?::regclass", (old,)).get
    line.execute(f"ALTER TABLE {new} OWNER TO {owner}")


def granted_alike(line: Line, new: str, old: str, *, only: str = "") -> None:
    """Let all who have rights on a table have them on another one: gates were given theirs once. With *only* no other right than this."""
    for role, right in line.execute(_GRANTS, (old,)).fetchall():
        if only in ("", right):
            line.execute(f"GRANT {right} ON {new} TO {role}")


def owns(line: Line, table: str) -> bool:
    """Whether this role may do what a table's owner may."""
    return bool(line.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = ?::regclass", (table,)).get)
