"""How far figures from a helpdesk's export are from those of the company's own events: what a newcomer sees who changes no answer.

    python -m benchmarks.exports [--json] [--contacts N]

Larkspur is exported as each helpdesk would, each set of files is read by the first run with the guessed answers, and its figures stand beside
those of the events that the files were written from. No peer and no mark: it says how wrong a recount is by the file alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from ourword.app import Ourword
from ourword.demo.company import events
from ourword.demo.exports.__main__ import VENDORS
from ourword.demo.exports.larkspur import CONTACTS
from ourword.starting.run import Start

SETS: dict[str, dict[str, tuple[str, ...]]] = {
    "zendesk": {
        "tickets": ("tickets.jsonl",),
        "tickets and audits": ("tickets.jsonl", "audits.jsonl", "users.jsonl"),
        "a view as CSV": ("view.csv",),
    },
    "intercom": {
        "whole conversations": ("conversations.jsonl",),
        "a list and people": ("list.jsonl", "contacts.jsonl"),
        "a report as CSV": ("report.csv",),
    },
    "chatwoot": {
        "list and messages": ("conversations.jsonl", "messages.jsonl", "contacts.jsonl"),
        "list and reports": ("conversations.jsonl", "reporting_events.jsonl"),
    },
    "salesforce": {
        "cases": ("Case.csv",),
        "cases and their history": ("Case.csv", "CaseHistory.csv", "User.csv", "Contact.csv"),
        "with all that was said": (
            *("Case.csv", "CaseHistory.csv", "User.csv", "Contact.csv"),
            *("EmailMessage.csv", "CaseComment.csv", "MessagingSession.csv", "ConversationEntry.csv"),
        ),
    },
}
METRICS = ("confirmed", "quiet", "came_back", "gave_up")


def figures(home: Path) -> dict[str, Any]:
    """What the first page says of a home: who was called resolved, and what became of all that ended."""
    with Ourword.open_home(home, create=False) as ourword:
        board = ourword.board()
    own = next((each for each in board.recounted if each.rule == "own" and each.kind == "*"), None)
    found = {metric: board.row(metric) for metric in METRICS}
    return {
        "contacts": board.contacts,
        "claimed": None if own is None else own.claimed / own.n if own.n else None,
        **{metric: None if row is None else row.value for metric, row in found.items()},
    }


def measure(contacts: int) -> dict[str, Any]:
    """Write and read everything; a set of which a file was not written is left out, and said."""
    now = datetime.now(UTC)
    rows, missing = [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with Ourword.open_home(folder / "native") as ourword:
            ourword.events(each for each in events(now, contacts=contacts) if "contact" in each["data"])
        rows.append({"vendor": "its own events", "files": "", **figures(folder / "native")})
        for vendor in VENDORS:
            written = import_module(f"ourword.demo.exports.{vendor}").write(folder / vendor, now, contacts=contacts)
            for name, files in SETS.get(vendor, {}).items():
                if not set(files) <= set(written):
                    missing.append(f"{vendor}, {name}: {', '.join(sorted(set(files) - set(written)))}")
                    continue
                start = Start(folder / f"{vendor}-{name}")
                for each in files:
                    start.add(folder / vendor / each)
                rows.append({"vendor": vendor, "files": name, **figures(start.read())})
    return {"rows": rows, "missing": missing, "machine": machine()}


def table(found: dict[str, Any]) -> str:
    """As Markdown."""
    lines = ["| files | contacts | called resolved | confirmed | quiet | came back | gave up |", "|---|---|---|---|---|---|---|"]
    for row in found["rows"]:
        named = f"{row['vendor'].capitalize()}: {row['files']}" if row["files"] else row["vendor"]
        shares = [_share(row[each]) for each in ("claimed", *METRICS)]
        lines.append(f"| {named} | {row['contacts']:,} | {' | '.join(shares)} |")
    return "\n".join([*lines, "", *(f"not written: {each}" for each in found["missing"]), found["machine"]])


def _share(value: float | None) -> str:
    return "no data" if value is None else f"{value * 100:.1f} %"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--contacts", type=int, default=CONTACTS)
    asked = parser.parse_args()
    found = measure(asked.contacts)
    print(json.dumps(found) if asked.json else table(found))


if __name__ == "__main__":
    main()
