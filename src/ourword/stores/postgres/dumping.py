"""A home's two schemas as files: of one moment, apart from each other, by PostgreSQL's own programs `pg_dump` and `pg_restore`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from ourword.errors import HomeError
from ourword.stores.database import troubles_of
from ourword.stores.postgres.laid import keys_lock, refuse_rotating
from ourword.stores.postgres.line import Line, password_in, troubles_at, without_password
from ourword.stores.postgres.opening import keys_schema


def dump(address: str, schema: str, *, ledger: Path, keys: Path, place: str) -> int:
    """Write both schemas, as they are at one moment, each into a new file that only its owner reads; give the number of the last entry in them.

    The inbox, of which nobody was told anything, stays away, and its sequence, which gates have no right to read.
    Raises `HomeError` (`home.dump`: a program is missing, or says why it could not; `keys.rotating`).
    """
    line = Line(address, schema, place=place)
    try:
        with troubles_at(place):
            # Nobody lays the keys otherwise until the connection closes: a table that is younger than the snapshot would look empty.
            line.execute("SELECT pg_advisory_lock_shared(?::bigint)", (keys_lock(keys_schema(schema)),))
            line.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            refuse_rotating(line, keys_schema(schema))
            snapshot = str(line.execute("SELECT pg_export_snapshot()").get)
            last = int(line.execute("SELECT coalesce(max(seq), 0) FROM entry").get)
            held = keys_schema(schema)
            for path, name, more in ((ledger, schema, ()), (keys, held, (f"--exclude-table-data={held}.inbox*",))):
                with troubles_of(path):
                    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                given = ("--format=custom", f"--snapshot={snapshot}", f"--schema={name}", f"--file={path}", *more)
                _run("pg_dump", *given, address=address, place=place)
            line.execute("COMMIT")
    finally:
        line.close()
    return last


def put_back(address: str, schema: str, *, ledger: Path, keys: Path, place: str, events_at: str) -> None:
    """Make both schemas of their files in a database that has neither; *events_at* is the folder that takes events in from now on, if any.

    Whose they are and who else may use them is not taken over: the role that does this owns them. Raises `HomeError`.
    """
    line, held = Line(address, schema, place=place), keys_schema(schema)
    try:
        with troubles_at(place):
            for name in (schema, held):
                if line.execute("SELECT to_regnamespace(?::text) IS NOT NULL", (name,)).get:
                    drop = f"DROP SCHEMA IF EXISTS {schema}, {held} CASCADE"
                    hint = f"give another database (`--postgres`); of a restore that broke off: {drop}, then run this again"
                    raise HomeError("home.foreign", f"the database has a schema `{name}` already", place=place, hint=hint)
            _run("pg_restore", *_ALL_OR_NOTHING, str(keys), address=address, place=place)
            try:
                _run("pg_restore", *_ALL_OR_NOTHING, str(ledger), address=address, place=place)
            except BaseException:
                line.execute(f'DROP SCHEMA IF EXISTS "{held}" CASCADE')
                raise
            if events_at:
                line.execute("UPDATE takes_in SET folder = ?", (events_at,))
    finally:
        line.close()


_ALL_OR_NOTHING = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")


def _run(name: str, *given: str, address: str, place: str) -> None:
    program = shutil.which(name)
    if program is None:
        hint = "install PostgreSQL's client programs (Debian: postgresql-client), as new as the server or newer"
        raise HomeError("home.dump", f"there is no `{name}` on this machine", place=place, hint=hint)
    command = [program, "--no-password", f"--dbname={without_password(address)}", *given]
    secret = {"PGPASSWORD": password} if (password := password_in(address)) else {}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, errors="replace", env={**os.environ, **secret}
    )
    if done.returncode:
        told = " ".join(done.stderr.split())[-400:]
        hint = "mend what it says, then run this again; what was written until then is no backup"
        raise HomeError("home.dump", f"`{name}` failed: {told}", place=place, hint=hint)
