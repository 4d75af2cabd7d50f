"""Larkspur's contacts, one by one: what every helpdesk's export is written from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ourword.demo.company import events

CONTACTS = 2_000
"""So many of Larkspur's contacts are exported: enough to look at, and soon written."""


@dataclass(slots=True)
class Happened:
    """One thing that happened in a contact, and the second at which it did."""

    at: int
    type: str
    data: dict[str, Any]

    @property
    def actor(self) -> str:
        """Who did it."""
        return str(self.data.get("actor", ""))

    @property
    def text(self) -> str:
        """What was said."""
        return str(self.data.get("text") or self.data.get("question") or "")


@dataclass(slots=True)
class Told:
    """A contact as far as it was told of."""

    contact: str
    customer: str
    channel: str
    kind: str
    order: str
    happened: list[Happened] = field(default_factory=list)


def contacts(now: datetime, *, seed: int, days: int, contacts: int) -> Iterator[Told]:
    """Give the contacts by the second of their first event, each with what happened in it in the order of time.

    What has no time (a rating now and then) happened an hour after all else.
    """
    heard: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in events(now, seed=seed, days=days, contacts=contacts):
        if "contact" in each["data"]:
            heard[each["data"]["contact"]].append(each)
    found = [_told(name, some) for name, some in heard.items()]
    yield from sorted(found, key=lambda each: (each.happened[0].at, each.contact))


def second(time: str) -> int:
    """A time as a second since 1970."""
    return int(datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp())


def _told(contact: str, heard: list[dict[str, Any]]) -> Told:
    heard.sort(key=lambda each: int(each["id"].rpartition("-")[2]))
    last = max((second(each["time"]) for each in heard if "time" in each), default=0)
    happened = [Happened(second(each["time"]) if "time" in each else last + 3600, each["type"], each["data"]) for each in heard]
    happened.sort(key=lambda each: each.at)
    first = heard[0]
    about = first["data"]["objects"][0]
    order = about["id"] if about["type"] == "order" else ""
    return Told(contact, first["subject"].removeprefix("customer:"), first["data"]["channel"], first["data"]["kind"], order, happened)
