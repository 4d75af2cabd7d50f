"""Drawn events, and an oracle for their tables that knows no SQL and no store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ourword.core.event import Event
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.tables import tables

SECOND = 10**9

drawn = st.builds(
    dict,
    subject=st.sampled_from(["customer:a", "customer:b", "customer:c"]),
    type=st.sampled_from(["message.in", "message.out", "contact.closed", "parcel.lost"]),
    instant=st.integers(0, 4).map(lambda seconds: seconds * SECOND),
    contact=st.sampled_from(["k-1", "k-2"]),
    order=st.none() | st.sampled_from(["o-1", "o-2"]),
)


def event(number: int, given: dict[str, Any]) -> Event:
    data = {"contact": f"{given['subject'][-1]}-{given['contact']}", "text": "I want my money back"}
    if given["order"]:
        data["objects"] = [{"type": "order", "id": given["order"]}]  # type: ignore[assignment]
    return Event(id=f"m-{number}", source="chat", type=given["type"], instant=given["instant"], subject=given["subject"], data=data)


def told(folder: Path) -> list[tuple[Any, ...]]:
    """The table of events with its numbers turned back into names, and the objects of each."""
    with open_home(folder) as home, EventStore(home, write=False) as store, tables(home, store) as duck:
        rows = duck.execute('SELECT event, "at", subject, contact, type FROM events ORDER BY event').fetchall()
        objects: dict[int, list[Any]] = {}
        for number, otype, thing in duck.execute("SELECT event, otype, object FROM objects ORDER BY ALL").fetchall():
            objects.setdefault(number, []).append((otype, store.people.name(thing)))
        return [
            (number, at, store.people.customer(subject), contact and store.people.name(contact), type_, objects.get(number, []))
            for number, at, subject, contact, type_ in rows
        ]


def expected(events: list[Event]) -> list[tuple[Any, ...]]:
    """By hand: sorted by time, then by the number in the id."""
    ordered = sorted(events, key=lambda each: (each.instant or 0, int(each.id[2:])))
    return [
        (
            place,
            (each.instant or 0) // 1000,
            each.customer,
            each.data["contact"],
            each.type,
            [(thing["type"], thing["id"]) for thing in each.data.get("objects", [])],
        )
        for place, each in enumerate(ordered, 1)
    ]
