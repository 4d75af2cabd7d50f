"""Check: a help desk's log, in through XES and CSV; how its tickets ended, and how many customers were back, beside what chance gives."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ourword.figures.watched import watched
from ourword.outcomes.chance import CameBack, came_back
from ourword.outcomes.contacts import DAY, Asked
from outside.measured import Measured
from outside.through import into_home
from outside.xes import xes_to_csv

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ENDS = {"Closed": 4557, "Resolve ticket": 10, "Wait": 8, "Require upgrade": 3, "VERIFIED": 1, "Take in charge ticket": 1}
SEED = 20261125


def helpdesk(shared: Path) -> list[Measured]:
    """Convert, import, and ask the home three times: as of now, as of a week after the log's end, and as of the last new ticket."""
    with tempfile.TemporaryDirectory() as folder:
        table, home = Path(folder) / "helpdesk.csv", Path(folder) / "home"
        events = xes_to_csv(shared / "event-logs" / "helpdesk.xes.gz", table, closing="Closed", attributes=("customer",))
        told = into_home(home, [(table, "helpdesk.yaml")])[0]
        with watched(home, Asked(kind_alone=True)) as connection:
            last, newest = moments(connection)
            found = [*ended(connection), *reopened(connection)]
        everything = returned(home, as_of=last + 8 * DAY)
        mature = returned(home, as_of=newest)
    return [
        Measured("helpdesk.events-read", told.rows, events, ("==", 21348), (f"{told.skipped} skipped",)),
        *found,
        *within("helpdesk.returned-within-7-days", everything, 25.1, "all tickets, as if the log had gone on for a week without a new one"),
        *within(
            "helpdesk.returned-within-7-days.mature",
            mature,
            25.5,
            "as of the last new ticket: afterwards the log only finishes old ones, so that nobody could be seen to be back",
        ),
        *by_chance("helpdesk.returned-by-chance", mature),
    ]


def moments(connection: DuckDBPyConnection) -> tuple[int, int]:
    """The last event, and the last ticket that was opened."""
    row = connection.execute("SELECT MAX(e.at), MAX(CASE WHEN e.type = 'contact.opened' THEN e.at END) FROM events AS e").fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def ended(connection: DuckDBPyConnection) -> list[Measured]:
    """By what each ticket's last event was."""
    text = (
        "SELECT CASE WHEN e.type = 'contact.closed' THEN 'Closed' ELSE REPLACE(e.type, 'step: ', '') END AS ending, COUNT(*) FROM events AS e "
        "JOIN (SELECT contact, MAX(event) AS event FROM events GROUP BY contact) AS l ON l.event = e.event GROUP BY ending"
    )
    found = dict(connection.execute(text).fetchall())
    tickets = sum(found.values())
    return [Measured(f"helpdesk.ended.{name}", found.get(name, 0), tickets, ("==", count)) for name, count in ENDS.items()]


def reopened(connection: DuckDBPyConnection) -> list[Measured]:
    """Tickets that went on after they were closed."""
    row = connection.execute("SELECT COUNT(DISTINCT contact), (SELECT COUNT(*) FROM became) FROM events WHERE type = 'contact.reopened'").fetchone()
    assert row is not None
    return [Measured("helpdesk.reopened-after-closed", int(row[0]), int(row[1]), ("==", 17))]


def returned(home: Path, *, as_of: int) -> CameBack:
    """The share of tickets after whose end the same customer opened another within a week, against a seeded shuffle."""
    with watched(home, Asked(as_of=as_of, kind_alone=True)) as connection:
        return came_back(connection, seed=SEED)


def within(name: str, found: CameBack, percent: float, why: str) -> list[Measured]:
    """A share in percent, which must lie within 0.3 of the one known."""
    value = round(100 * (found.observed or 0), 2)
    return [Measured(name, value, found.n, (">=", percent - 0.3), (why,)), Measured(f"{name}.at-most", value, found.n, ("<=", percent + 0.3))]


def by_chance(name: str, found: CameBack) -> list[Measured]:
    """What a shuffle of the calendar gives, with its interval, and what is left."""
    low, high, excess = (round(100 * (each or 0), 2) for each in (found.chance_low, found.chance_high, found.excess))
    notes = (f"95 % of the shuffles between {low} and {high} (seed {SEED})", f"excess: {excess} points")
    return [Measured(name, round(100 * (found.chance or 0), 2), found.n, None, notes)]
