"""One connection to a home's database, spoken to as to SQLite's: the same statements are read by both, where they can be.

psycopg comes with the extra `postgres`, and is imported here and nowhere else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from ourword.errors import HomeError, UsageError
from ourword.stores.known import BY_ENTRY
from ourword.stores.postgres.packed import ARRAYS, Packed

try:
    import psycopg
    from psycopg import errors, sql
    from psycopg.adapt import Dumper
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
except ImportError as cause:
    raise UsageError(
        "usage.postgres",
        f"a home in PostgreSQL needs psycopg ({cause})",
        place="postgres",
        hint="install it: `pip install 'ourword[postgres]'`, and psycopg's own extra `binary` where there is no libpq",
    ) from cause

WAIT_SECONDS = 10.0
"""How long is waited for the lock, and for a server that is not there: as long as for SQLite's."""
CONNECT_SECONDS = 5
_BY_INDEX = " -c jit=off -c plan_cache_mode=force_generic_plan" + "".join(f" -c enable_{way}=off" for way in ("seqscan", "hashjoin", "mergejoin"))
_PAUSES = (0.05, 0.1, 0.2, 0.4)

Trouble = psycopg.Error
Twice = errors.UniqueViolation
Unallowed = errors.InsufficientPrivilege
Missing = errors.UndefinedTable

_HINTS: dict[str, tuple[str, str]] = {
    "home.read-only": ("may not be written", "give the role the rights on the home's two schemas, or open the home for reading only"),
    "home.full": ("cannot grow: the server's disk is full", "free some space and run this again: nothing is lost, and nothing is recorded twice"),
    "home.busy": ("is held by another gate for more than 10 seconds", "wait until the other has finished, then run this again"),
    "home.damaged": ("is not a sound home", "open it again, which says so where the home was moved; else restore the database from a backup"),
    "home.unreachable": ("cannot be reached", "start the server, or mend the address in `home.json`, then run this again: nothing is recorded twice"),
    "home.io": (
        "could not be read or written",
        "look into the server's log, then run this again: a decision that was recorded is not recorded twice",
    ),
}
_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (errors.DiskFull, "home.full"),
    (errors.LockNotAvailable, "home.busy"),
    (errors.ReadOnlySqlTransaction, "home.read-only"),
    (errors.InsufficientPrivilege, "home.read-only"),
    (errors.UndefinedTable, "home.damaged"),
    (errors.UndefinedFunction, "home.damaged"),
    (errors.DataCorrupted, "home.damaged"),
    (errors.IndexCorrupted, "home.damaged"),
    (errors.InvalidSchemaName, "home.damaged"),
    (errors.IoError, "home.io"),
    (psycopg.OperationalError, "home.unreachable"),
    (psycopg.InterfaceError, "home.unreachable"),
)


def _dumper(kind: type[Packed]) -> tuple[type[Packed], type[Dumper]]:
    def dump(self: Dumper, value: bytes) -> bytes:
        return value

    return kind, type(f"{kind.__name__}Dumper", (Dumper,), {"oid": kind.oid, "format": psycopg.pq.Format.BINARY, "dump": dump})


_DUMPERS = [_dumper(kind) for kind in ARRAYS.values()]


class Found:
    """What a statement gave: read as SQLite's is."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        self._cursor = cursor

    @property
    def get(self) -> Any:
        """The first row's value where it has one column, else the row; `None` where there is none."""
        row = self.fetchone()
        return row[0] if row is not None and len(row) == 1 else row

    def fetchone(self) -> Any:
        """The next row."""
        return self._cursor.fetchone() if self._has_rows() else None

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._cursor.fetchall() if self._has_rows() else []

    def _has_rows(self) -> bool:
        result = self._cursor.pgresult  # asked what its columns are psycopg makes them, each time
        return result is not None and result.nfields > 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


class Line:
    """A connection that is made anew when it was lost. One thread at a time."""

    def __init__(self, address: str, schema: str, *, place: str, by_index: bool = False, at: int | None = None) -> None:
        self.address = address
        self._at = at
        """The entry up to which the tables are shown; `None`: as they are."""
        self._by_index = by_index
        """Whether statements find rows by an index, whatever the planner believes: it plans while tables are empty, and keeps the plan."""
        self.schema = schema
        self.place = place
        self._made: psycopg.Connection[Any] | None = None
        self._closed = False

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The connection, made anew where there is none."""
        if self._made is None or self._made.closed:
            if self._closed:
                raise psycopg.InterfaceError("the connection is closed")
            self._made = self._connect()
        return self._made

    def _connect(self) -> psycopg.Connection[Any]:
        given: dict[str, Any] = dict(conninfo_to_dict(self.address))
        given.setdefault("connect_timeout", CONNECT_SECONDS)
        given.setdefault("application_name", "ourword")
        # Dense numbers need a fresh look after the lock is taken; acknowledged means durable, whatever the server's habit.
        own = "-c default_transaction_isolation=read\\ committed -c synchronous_commit=on"
        own += _BY_INDEX if self._by_index else ""
        given["options"] = f"{given.get('options') or ''} {own} -c lock_timeout={int(WAIT_SECONDS * 1000)}".strip()
        made = psycopg.connect(make_conninfo(**given), autocommit=True)
        # A statement that is sent often is prepared once; see `Line.execute`.
        made.prepare_threshold = 2
        for dumper in _DUMPERS:
            made.adapters.register_dumper(*dumper)
        try:
            made.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.schema)))
            if self._at is not None:
                _show(made, self.schema, self._at)
        except BaseException:
            made.close()
            raise
        return made

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Found:
        """Run one statement, its values at the question marks."""
        return Found(self.connection.execute(_placed(statement) if values else statement, values or None))

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement with each row's values."""
        with self.connection.cursor() as cursor:
            cursor.executemany(_placed(statement), rows)

    def copy(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write many rows at once."""
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def vacuumed(self, statement: str) -> int:
        """Run a `VACUUM (FULL, VERBOSE)`; give how many dead rows somebody can still see, so that they came along."""
        said: list[str] = []
        listener = lambda told: said.append(told.message_detail or "")  # noqa: E731 — it has no name of its own
        self.connection.add_notice_handler(listener)
        try:
            self.connection.execute(statement)
        finally:
            self.connection.remove_notice_handler(listener)
        # "1 dead row versions cannot be removed yet.", in the server's language: the number stands first in all of them.
        return max((int(found[0]) for each in said if (found := re.match(r"\s*(\d+)", each))), default=0)

    def again(self, statement: str, values: Sequence[Any] = ()) -> Found:
        """Run one statement that may be run twice: when the server went away meanwhile, it is waited for."""
        end = time.monotonic() + WAIT_SECONDS
        for pause in _pauses():
            try:
                return self.execute(statement, values)
            except psycopg.Error as cause:
                if not is_lost(cause) or time.monotonic() > end:
                    raise
            self.drop()
            time.sleep(pause)
        raise AssertionError("pauses never end")

    def drop(self) -> None:
        """Let the connection go; the next statement makes another."""
        made, self._made = self._made, None
        if made is not None:
            with suppress(psycopg.Error):
                made.close()

    def roll_back(self) -> None:
        """Undo an open transaction; a connection that cannot is dropped, which undoes it as well."""
        if self._made is None or self._made.closed:
            return
        try:
            self._made.execute("ROLLBACK")
        except psycopg.Error:
            self.drop()

    def close(self) -> None:
        """Close the connection for good."""
        self._closed = True
        self.drop()


def _show(made: psycopg.Connection[Any], schema: str, at: int) -> None:
    """Let views of the session stand before the tables, as in a home folder: what is temporary is looked up before any schema."""
    for table in BY_ENTRY:
        view = sql.SQL("CREATE TEMP VIEW {} AS SELECT * FROM {} WHERE seq <= {}")
        made.execute(view.format(sql.Identifier(table), sql.Identifier(schema, table), sql.Literal(at)))


@lru_cache(maxsize=256)
def _placed(statement: str) -> str:
    """SQLite's question marks as psycopg's; values go over as they are (`%b`): a list of bytes as text costs a hundred times as much."""
    return statement.replace("%", "%%").replace("?", "%b")


def _pauses() -> Iterator[float]:
    yield from _PAUSES
    while True:
        yield _PAUSES[-1]


def is_lost(cause: BaseException) -> bool:
    """Whether the server went away, so that nobody knows what became of the last statement."""
    return home_code(cause) == "home.unreachable"


def home_code(cause: BaseException) -> str:
    """Which of our codes an error of the server is."""
    return next((code for kind, code in _CODES if isinstance(cause, kind)), "home.io")


def home_error(cause: BaseException, place: str) -> HomeError:
    """Say in our words what the server said, with the cause attached."""
    code = home_code(cause)
    what, hint = _HINTS[code]
    if code == "home.unreachable" and not Path(place, "home.json").exists():  # it is being made, moved or put back
        hint = "start the server, or mend the address that you gave, then run this again"
    told = " ".join(str(cause).split())
    error = HomeError(code, f"the home's database {what} ({told})", place=place, hint=hint)
    error.__cause__ = cause
    return error


@contextmanager
def troubles_at(place: str) -> Iterator[None]:
    """Let errors of the server leave as `HomeError`."""
    try:
        yield
    except psycopg.Error as cause:
        raise home_error(cause, place) from cause


def refuse_moved(line: Line, schema: str) -> None:
    """A home that was moved has left its entries under another name: restoring or making anything here would begin a second history."""
    if line.execute("SELECT to_regclass(?::text) IS NULL AND to_regclass(?::text) IS NOT NULL", (f"{schema}.entry", f"{schema}.moved_entry")).get:
        what = f"this home was moved (`ourword migrate`): the entries in `{schema}` are put aside"
        hint = "ask whoever moved it for the new address, and run `ourword home NEW-DIR --postgres ADDRESS`; restore nothing here"
        raise HomeError("home.moved", what, place=line.place, hint=hint)


def without_password(address: str) -> str:
    """An address as it may be kept and shown: libpq finds the password in `PGPASSWORD`, a password file or a service."""
    try:
        given: dict[str, Any] = dict(conninfo_to_dict(address))
    except psycopg.Error as cause:
        what = f"this is no address of a PostgreSQL database ({' '.join(str(cause).split())})"
        raise UsageError("usage.postgres", what, place=shown(address), hint="write it as postgresql://USER@HOST/DATABASE") from cause
    given.pop("password", None)
    return make_conninfo(**given)


def password_in(address: str) -> str:
    """The password that an address holds, to be given where nobody sees it: what a program is started with everybody can list."""
    return str(conninfo_to_dict(address).get("password") or "")


def shown(address: str) -> str:
    """An address that cannot be read, as far as it may be shown: whatever may be a password is left out."""
    return address.split("@")[-1] if "@" in address else "postgres"
