"""What became of each contact: exactly one outcome, the first that holds.

The queries are files in `sql/`, in the subset that DuckDB, Spark and PostgreSQL share; each makes one table out of the
tables before it, in the order of `STEPS`. `event` is the total order: nothing here sorts by time, the clock only
measures. Times and lengths are microseconds, counts are integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

import msgspec

from ourword.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GroupedBy = Literal["contract", "lineage.prompt", "lineage.model", "handled_by", "channel"]
GROUPED_BY: tuple[GroupedBy, ...] = ("contract", "lineage.prompt", "lineage.model", "handled_by", "channel")
CLOSED_OUTCOMES = ("promise_broken", "came_back", "gave_up", "confirmed", "quiet")
"""In the order in which they are asked; every contact that is neither open nor without a clock has one of them."""
OUTCOMES = ("still_open", *CLOSED_OUTCOMES, "unknown")

DAY = 86_400_000_000
DAYS_MAX = 3650
NEVER = -(2**62)
"""Before every time: what a home without events is asked as of."""

VIEWS = ("seen", "members")
MEMBERS_KEPT_MAX = 200_000
"""Of more contacts, `members` is worked out at each reading: a dozen rows a contact would be half of the memory."""
STEPS = (
    *("seen", "marks", "turns", "varied", "persons", "facts", "reopened", "wrote_again", "mentions", "named", "issues"),
    *("grievances", "aggrieved", "returns", "standings", "promised", "readings", "loops", "empties", "switched", "stuck", "steps"),
    *("became", "kinds", "places", "segments", "members"),
)

MADE_LATER = ("fates", "decided")
"""The last tables of `staying` and `telling`, which are made when they are asked for; a new `watch` makes them stale."""

_ALL_PLACES = "all_places"
"""What `count_only` takes from."""

DONE_WITH = {"facts": ("marks", "varied", "persons"), "became": ("mentions", "readings"), "kinds": ("turns",)}
"""Tables that nothing reads after a step; at ten million events they are a third of the memory."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: as of when (µs since 1970; else as of the last event), how long a contact is watched, by what versions are told apart."""

    as_of: int | None = None
    since: int | None = None
    window_days: int = 7
    grouped_by: GroupedBy = "contract"
    kind_alone: bool = False


NOW = Asked()
"""As of the last event, seven days, by version of the contract."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact and what became of it; times are µs since 1970."""

    contact: int
    subject: int | None
    outcome: str
    handled_by: str
    start_at: int | None
    end_at: int | None
    back_at: int | None


def watch(connection: DuckDBPyConnection, asked: Asked = NOW) -> None:
    """Work out what became of every contact, into temporary tables of this connection (`became`, `members` and those before them).

    The connection holds the tables `events`, `objects`, `attributes` and `promises`. Without `as_of`, windows are over as far as
    is known (`last_known`); who names a moment says that everything until then is in the tables.
    """
    check(asked)
    _given(connection, asked)
    for made in (*MADE_LATER, _ALL_PLACES):
        connection.execute(f"DROP TABLE IF EXISTS {made}")
    for step in STEPS:
        connection.execute(f"CREATE OR REPLACE TEMP {'VIEW' if step in VIEWS else 'TABLE'} {step} AS {query(step)}")
        for table in DONE_WITH.get(step, ()):
            connection.execute(f"DROP TABLE {table}")
    if _few(connection):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE kept_members AS {query('members')}")
        connection.execute("CREATE OR REPLACE TEMP VIEW members AS SELECT * FROM kept_members")


def count_only(connection: DuckDBPyConnection, condition: str) -> None:
    """Leave only the contacts in every count for which a condition over `became` (alias `c`) holds; the next `watch` counts all again.

    Each call begins with all contacts. What became of them stays as it was: those left out were there to come back to.
    """
    connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {_ALL_PLACES} AS SELECT * FROM places")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE places AS SELECT p.* FROM {_ALL_PLACES} AS p JOIN became AS c ON c.contact = p.contact WHERE {condition}"
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW members AS {query('members')}")
    for made in MADE_LATER:  # out of `members`
        connection.execute(f"DROP TABLE IF EXISTS {made}")


def contacts(connection: DuckDBPyConnection) -> Iterator[Contact]:
    """Every contact with its outcome, by its number, after `watch`."""
    rows = connection.execute(f"SELECT {', '.join(Contact.__struct_fields__)} FROM became ORDER BY contact")
    while batch := rows.fetchmany(10_000):
        yield from (Contact(**dict(zip(Contact.__struct_fields__, row, strict=True))) for row in batch)


@cache
def query(name: str) -> str:
    """The text of one of the queries.

    >>> query("seen").startswith("-- The events of contacts")
    True
    """
    return resources.files("ourword.outcomes").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _few(connection: DuckDBPyConnection) -> bool:
    found = connection.execute("SELECT COUNT(*) FROM facts").fetchone()
    return found is not None and int(found[0]) <= MEMBERS_KEPT_MAX


def check(asked: Asked, *, place: Callable[[str], str] = str) -> Asked:
    """Give back what can be asked; anything else is a `UsageError`. *place* names what was asked as its door does."""
    if not 1 <= asked.window_days <= DAYS_MAX:
        hint = f"watch contacts for 1 to {DAYS_MAX:,} days; 7 is usual"
        raise UsageError("outcomes.window", f"a window of {asked.window_days:,} days", place=place("window"), hint=hint)
    if asked.grouped_by not in GROUPED_BY:
        what = f"`{asked.grouped_by[:60]}` is nothing to tell apart by"
        raise UsageError("outcomes.by", what, place=place("by"), hint="one of " + ", ".join(GROUPED_BY))
    return asked


def _given(connection: DuckDBPyConnection, asked: Asked) -> None:
    as_of = last_known(connection) if asked.as_of is None else asked.as_of
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE given AS SELECT CAST(? AS BIGINT) AS as_of, CAST(? AS BIGINT) AS window_length, "
        "CAST(? AS VARCHAR) AS grouped_by, CAST(? AS INTEGER) AS kind_alone, CAST(? AS BIGINT) AS since",
        [as_of, asked.window_days * DAY, asked.grouped_by, int(asked.kind_alone), asked.since],
    )


def last_known(connection: DuckDBPyConnection) -> int:
    """Until when the tables tell everything (µs): as far as `known` says, where there is such a table, else to the last event."""
    tabled = connection.execute("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'known'").fetchone()
    text = "SELECT k.until FROM known AS k" if tabled and tabled[0] else "SELECT MAX(e.at) FROM events AS e"
    found = connection.execute(text).fetchone()
    return NEVER if found is None or found[0] is None else int(found[0])
