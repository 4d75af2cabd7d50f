"""Files of a helpdesk into a home through the product, and what became of each contact there."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ourword.core.event import event_from_mapping
from ourword.figures.watched import watched
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Answers, Look, Shape
from ourword.helpdesks.way import ByShape, look_at
from ourword.outcomes.contacts import Asked
from ourword.outcomes.mapper import Skipped
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.importing import Imported, import_file
from ourword.stores.reading import rows_of

Known = dict[str, tuple[str, str, bool]]
"""By contact: its outcome, who handled it, whether it was called resolved."""


def shaped(files: Iterable[Path]) -> list[tuple[Path, Shape]]:
    """The shape of each file by its first row, the richer file first."""
    found = []
    for file in files:
        first = next(row for _, row in rows_of(file) if not isinstance(row, Skipped))
        shape = recognised(first, file.name)
        assert shape is not None, f"{file.name} is of no known shape"
        found.append((file, shape))
    return sorted(found, key=lambda each: each[1].rank)


def seen(files: Sequence[tuple[Path, Shape]]) -> Look:
    """What all files say together."""
    look = Look()
    for file, shape in files:
        look_at(shape, (row for _, row in rows_of(file) if not isinstance(row, Skipped)), look)
    return look


def imported(home: Path, files: Iterable[Path], answers: Answers, *, now: int | None = None, ranked: bool = True) -> dict[str, Imported]:
    """Import files as a person would: all are looked at first, then each is read."""
    files = list(files)
    found = shaped(files)
    look = seen(found)
    if not ranked:
        found.sort(key=lambda each: files.index(each[0]))
    with open_home(home) as opened, EventStore(opened) as store:
        told = {file.name: import_file(store, file, ByShape(shape, answers, look), now=now) for file, shape in found}
        store.seal()
    return told


def handed_in(home: Path, events: Iterable[dict[str, Any]], now: int) -> None:
    """Hand events in as they are."""
    with open_home(home) as opened, EventStore(opened) as store:
        for result in store.add([event_from_mapping(each, now=now) for each in events]):
            assert result == "new", result
        store.seal()


def became(home: Path, asked: Asked) -> Known:
    """What became of each contact, by its own id."""
    with watched(home, asked) as connection:
        rows = connection.execute("SELECT contact, outcome, handled_by, claimed FROM became").fetchall()
    with open_home(home) as opened, EventStore(opened) as store:
        return {str(store.people.name(contact)): (outcome, handled, bool(claimed)) for contact, outcome, handled, claimed in rows}


def heard(home: Path) -> list[dict[str, Any]]:
    """Every event of a home as it came, in the order of arrival."""
    with open_home(home) as opened, EventStore(opened) as store:
        found = [store.people.event(arrival) for arrival in range(1, store.last_arrival() + 1)]
    return [{"id": each.id, "type": each.type, "at": each.instant, "subject": each.subject, **each.data} for each in found if each is not None]


def heard_in(home: Path) -> list[tuple[str, str, object, str]]:
    """Every event by id: its type, time and customer."""
    return sorted((each["id"], each["type"], each["at"], each["subject"] or "") for each in heard(home))


def rows_in(file: Path) -> list[dict[str, Any]]:
    """The rows of a file, read by nobody's reader."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig") as opened:
            return list(csv.DictReader(opened))
    return [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{") and line.endswith("}")]
