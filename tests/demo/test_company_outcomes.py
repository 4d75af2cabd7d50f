"""What outcomes say of Larkspur, against what is true of it: two programs that know nothing of each other."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.outcomes.tables import ATTRIBUTES, EVENTS, OBJECTS, PROMISES

from ourword.demo.company import events, truth
from ourword.outcomes.contacts import Asked, contacts, watch

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CONTACTS = 5000
LATER = 2**62


class Numbers:
    """A number for each raw id, by what it is an id of."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self._given.setdefault(text, len(self._given) + 1)


def _micros(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) * 10**6


def _event(number: Numbers, order: int, at: int | None, event: dict[str, Any], same: dict[str, str]) -> dict[str, Any]:
    data, who = event["data"], event["subject"].removeprefix("customer:")
    versions = {f"version_{name}": version for name, version in data.get("versions", {}).items()}
    return {
        **{column: data.get(column) for column in ("actor", "channel", "kind", "closed_by", "close_reason", "said", "asks", "decision")},
        "event": order,
        "at": at,
        "subject": number(f"customer {same.get(who, who)}"),
        "type": event["type"],
        "source": event["source"],
        "contact": number(f"contact {data['contact']}") if "contact" in data else None,
        "claimed": data.get("claimed_resolved"),
        **versions,
    }


def _fill(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        writer.writerows(rows)
    typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    connection.execute(f"CREATE TABLE {name} ({typed})")
    connection.execute(f"COPY {name} FROM '{folder / name}.csv' (HEADER)")


@pytest.fixture(scope="module")
def true() -> dict[str, Any]:
    return truth(NOW, contacts=CONTACTS)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, true: dict[str, Any]) -> dict[str, str]:
    """What outcomes say of each contact, the events being sorted by time and the ids known."""
    heard = list(events(NOW, contacts=CONTACTS))
    same = {each["data"]["id"]: each["subject"].removeprefix("customer:") for each in heard if each["type"] == "customer.id"}
    heard.sort(key=lambda each: _micros(each["time"]) if "time" in each else LATER)
    number = Numbers()
    rows = [_event(number, order, _micros(each["time"]) if "time" in each else None, each, same) for order, each in enumerate(heard, 1)]
    objects = [
        {"event": order, "otype": thing["type"], "object": number(f"object {thing['id']}"), "role": thing["role"]}
        for order, each in enumerate(heard, 1)
        for thing in each["data"].get("objects", ())
    ]
    done = {each["data"]["decision"]: _micros(each["time"]) for each in heard if "contact" not in each["data"] and "decision" in each["data"]}
    done |= {each["data"]["decision"]: _micros(each["time"]) for each in heard if each["type"] == "human.joined" and "decision" in each["data"]}
    promises = [
        {**promise, "due": promise["due"] * 10**6, "settled": done.get(promise["decision"]), "contact": number(f"contact {each['contact']}")}
        | {"subject": number(f"customer {each['customer']}")}
        for each in true["contacts"]
        for promise in each["promises"]
    ]
    folder = tmp_path_factory.mktemp("tables")
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, columns, some in (
            ("events", EVENTS, rows),
            ("objects", OBJECTS, objects),
            ("promises", PROMISES, promises),
            ("attributes", ATTRIBUTES, []),
        ):
            _fill(connection, folder, name, columns, some)
        watch(connection, Asked(as_of=int(NOW.timestamp()) * 10**6))
        found = {each.contact: each.outcome for each in contacts(connection)}
    return {each["contact"]: found.get(number(f"contact {each['contact']}"), "nothing heard") for each in true["contacts"]}


def test_every_contact_became_what_is_true_of_it(told: dict[str, str], true: dict[str, Any]) -> None:
    """Contact for contact: not one is told otherwise than it was made up."""
    fates = {each["contact"]: each["fate"].replace("open", "still_open") for each in true["contacts"]}
    silent = {name for name, outcome in told.items() if outcome == "nothing heard"}

    assert {} == Counter((fates[name], told[name]) for name in fates if fates[name] != told[name] and name not in silent)
    assert len(silent) < 5  # opened a moment ago, and not heard of yet
    assert {"still_open"} >= {fates[name] for name in silent}


def test_the_truth_lies_in_the_band(told: dict[str, str], true: dict[str, Any]) -> None:
    """Stayed resolved is a band; the share of contacts that are truly solved and stayed so is in it, and what was claimed is above it."""
    over = [each for each in true["contacts"] if told[each["contact"]] not in ("still_open", "nothing heard")]
    counted = Counter(told[each["contact"]] for each in over)
    stayed = sum(each["solved"] and told[each["contact"]] in ("confirmed", "quiet") for each in over)

    assert counted["confirmed"] * 0.9 < stayed < counted["confirmed"] + counted["quiet"]
    assert sum(each["claimed"] is True for each in over) > 1.2 * (counted["confirmed"] + counted["quiet"])
