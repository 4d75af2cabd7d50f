"""Making a home in PostgreSQL, and opening one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from ourword.errors import HomeError, UsageError
from ourword.ledger.seal import KEY_BYTES
from ourword.stores.postgres import edition
from ourword.stores.postgres.keys import PostgresKeys
from ourword.stores.postgres.laid import as_laid, keys_lock, there
from ourword.stores.postgres.line import Line, refuse_moved, troubles_at, without_password
from ourword.stores.postgres.schema import EDITION
from ourword.stores.postgres.store import PostgresStore, lock_number
from ourword.stores.wrapped import TABLE

FORMAT = 1
"""The format of the tables that this version writes."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def keys_schema(name: str) -> str:
    """The schema of the keys beside a ledger's."""
    return f"{name}_keys"


def make(address: str, *, schema: str, place: str, chance: Callable[[int], bytes] = os.urandom) -> str:
    """Make a home's two schemas, or find them made; give the home's id."""
    line = Line(address, schema, place=place)
    home_id, key = chance(16).hex(), chance(KEY_BYTES)
    try:
        with troubles_at(place):
            line.execute("BEGIN")
            found = lay_schemas(line, schema, home_id, key)
            line.execute("COMMIT")
            return found
    finally:
        line.close()


def lay_schemas(line: Line, schema: str, home_id: str, key: bytes) -> str:
    """Lay both schemas inside a transaction, or find them laid; give the id of the home that is in them."""
    if not _NAME.fullmatch(schema):
        hint = "a letter, then small letters, digits and _"
        raise UsageError("usage.postgres", f"`{schema}` cannot name a home's schema", place=schema, hint=hint)
    keys = keys_schema(schema)
    if line.execute("SHOW server_encoding").get != "UTF8":
        hint = "make it with `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`"
        raise HomeError("home.encoding", "the database is not in UTF-8", place=line.place, hint=hint)
    line.execute("SELECT pg_advisory_xact_lock(?::bigint)", (lock_number("making"),))  # two makers at once: one makes, one finds
    refuse_moved(line, schema)
    if found := _joined(line, keys):
        return found
    line.execute("SELECT pg_advisory_xact_lock(?::bigint)", (keys_lock(keys),))  # nobody lays the keys otherwise meanwhile
    line.execute("SET LOCAL client_min_messages = warning")
    for name in (keys, schema):
        if not line.execute("SELECT to_regnamespace(?::text) IS NOT NULL", (name,)).get:  # `IF NOT EXISTS` wants the right to make it too
            line.execute(f'CREATE SCHEMA "{name}"')
    edition.lay(line, keys)
    if not there(line, keys, TABLE):
        line.execute(f'INSERT INTO "{keys}".home VALUES (1, ?, ?) ON CONFLICT DO NOTHING', (home_id, key))
    found = _id(line, keys)
    line.execute("INSERT INTO home VALUES (1, ?, ?) ON CONFLICT DO NOTHING", (found, FORMAT))
    return found


def _joined(line: Line, keys: str) -> str:
    """The id of the home that is there, whole and of this edition, for a role that may use it and lay nothing; else empty."""
    if edition.edition(line) < EDITION:
        return ""
    edition.refuse_newer(line)
    owned = line.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('entry')").get
    return "" if owned else _id(line, keys)


def _id(line: Line, keys: str) -> str:
    return str(line.execute(f"SELECT id FROM {as_laid(line, keys, 'home')}").get)


def opened(
    address: str, *, schema: str, place: str, write: bool, at: int | None = None, chance: Callable[[int], bytes]
) -> tuple[PostgresKeys, PostgresStore]:
    """Open the keys and the ledger of a home that is there; with *at*, as known at that entry."""
    held = Line(address, keys_schema(schema), place=place)
    try:
        keys = PostgresKeys.reached(held, chance)
    except BaseException:
        held.close()
        raise
    try:
        store = PostgresStore(Line(address, schema, place=place, by_index=True), keys, write=write, at=at, chance=chance)
        if store.writes:
            keys.finish_wiping()
        return keys, store
    except BaseException:
        keys.close()
        raise


def kept_address(address: str) -> str:
    """An address as `home.json` keeps it: without its password."""
    return without_password(address)
