"""Check: what an assistant claimed, held against what its customers said; thanks confirm nothing, and a week needs a week."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ourword.figures.watched import watched
from ourword.outcomes.metrics import report
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from outside.measured import Measured, share
from outside.through import into_home, reported

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DIALOGUES = "dialogues-first-1000.jsonl.gz"
AGREE = {"plane_book": 52, "hotel_book": 49}
"""At least so many of 58 flights and 57 hotels, from text alone."""
THANKS = re.compile(r"\bthank|\bthx\b|\bty\b|appreciate", re.IGNORECASE)
LAST_WORDS = 2
"""Thanks are looked for in a customer's last two messages."""


def star(shared: Path) -> list[Measured]:
    """Import 1,000 dialogues, then the questionnaires of the same contacts."""
    file = shared / "star" / DIALOGUES
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        into_home(home, [(file, "star.yaml")])
        found = [*gave_up(home), *no_data(home)]
        into_home(home, [(file, "star-asked.yaml")], again=True)
        with watched(home) as connection:
            return [*found, *claimed_and_said(connection), *politeness(home, connection)]


def gave_up(home: Path) -> list[Measured]:
    """Who left before the end, by the order of events alone."""
    with watched(home) as connection:
        row = next(each for each in report(connection) if each.metric == "ended_unanswered" and (each.kind, each.version, each.segment) == ("*",) * 3)
    count = round((row.value or 0) * row.n)
    return [Measured("star.contacts", row.n, row.n, ("==", 1000)), Measured("star.gave-up", count, row.n, ("==", 120))]


def no_data(home: Path) -> list[Measured]:
    """3.3 days close no window of seven: the report must say so, and give no share."""
    says = reported(home)[0]
    with watched(home) as connection:
        shown = [row for row in report(connection) if row.metric in ("came_back", "stayed_resolved", "confirmed") and row.value is not None]
    return [Measured("star.seven-day-windows-say-no-data", int(says.startswith("No data") and not shown), len(shown), ("==", 1), (says,))]


def claimed_and_said(connection: DuckDBPyConnection) -> list[Measured]:
    """How often the assistant's own sentence and the customer's answer agree, by kind."""
    found = []
    for kind, least in AGREE.items():
        rows = connection.execute("SELECT claimed = 1, said = 'yes' FROM became WHERE kind = ? AND said IS NOT NULL", [kind]).fetchall()
        agree = sum(claimed == yes for claimed, yes in rows)
        notes = (
            f"claimed and denied by the customer: {sum(claimed and not yes for claimed, yes in rows)}",
            f"not claimed, and the customer said yes: {sum(yes and not claimed for claimed, yes in rows)}",
        )
        found.append(Measured(f"star.claim-and-answer-agree.{kind}", agree, len(rows), (">=", least), notes))
    return found


def politeness(home: Path, connection: DuckDBPyConnection) -> list[Measured]:
    """Of those who said that it failed and of those who said that it worked: who thanked at the end, and who found the assistant helpful."""
    thanked, calm = thankful(home, connection), helpful(connection)
    said = {answer: set(contacts_that_said(connection, answer)) for answer in ("yes", "no")}
    answered = len(said["yes"]) + len(said["no"])
    return [
        Measured("star.said-that-it-failed", len(said["no"]), answered, ("==", 65), ("every one of these dialogues was marked complete",)),
        Measured("star.said-that-it-failed.thanked", len(said["no"] & thanked), len(said["no"]), ("==", 42)),
        Measured("star.said-that-it-worked.thanked", len(said["yes"] & thanked), len(said["yes"]), ("==", 27)),
        Measured("star.said-that-it-failed.calm-and-helpful", share(len(said["no"] & calm), len(said["no"])), len(said["no"])),
        Measured("star.confirmed-by-thanks", confirmed_without_yes(connection), answered, ("==", 0), ("thanks alone never confirm",)),
    ]


def contacts_that_said(connection: DuckDBPyConnection, answer: str) -> list[int]:
    """Contacts whose customer's last explicit answer it was."""
    return [row[0] for row in connection.execute("SELECT contact FROM became WHERE said = ?", [answer]).fetchall()]


def helpful(connection: DuckDBPyConnection) -> set[int]:
    """Contacts whose customer rated the assistant calm and helpful."""
    text = "SELECT e.contact FROM remarks AS r JOIN events AS e ON e.event = r.event WHERE r.question = 'satisfaction' AND r.rating = r.scale"
    return {row[0] for row in connection.execute(text).fetchall()}


def confirmed_without_yes(connection: DuckDBPyConnection) -> int:
    """Contacts that count as confirmed though nobody answered yes."""
    row = connection.execute("SELECT COUNT(*) FROM became WHERE confirmed = 1 AND (said IS NULL OR said <> 'yes')").fetchone()
    return -1 if row is None else int(row[0])


def thankful(home: Path, connection: DuckDBPyConnection) -> set[int]:
    """Contacts with thanks among the customer's last words; the words come from the home, by the events' arrival."""
    rows = connection.execute("SELECT contact, arrival FROM arrived WHERE type = 'message.in' ORDER BY contact, event").fetchall()
    by_contact: dict[int, list[int]] = {}
    for contact, arrival in rows:
        by_contact.setdefault(contact, []).append(arrival)
    with open_home(home, create=False, write=False) as folder, EventStore(folder, write=False) as store:
        words = {contact: [_text(store, arrival) for arrival in arrivals[-LAST_WORDS:]] for contact, arrivals in by_contact.items()}
    return {contact for contact, texts in words.items() if any(THANKS.search(text) for text in texts)}


def _text(store: EventStore, arrival: int) -> str:
    event = store.people.event(arrival)
    return "" if event is None else str(event.data.get("text", ""))
