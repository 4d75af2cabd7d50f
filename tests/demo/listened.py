"""Larkspur's company as the tests hear it: what the events alone tell, contact by contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WINDOW = timedelta(days=7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Told:
    """One contact as the events alone tell it."""

    def __init__(self) -> None:
        self.events: list[Row] = []

    def all(self, type_: str) -> list[Row]:
        return [each for each in self.events if each["type"] == type_]

    def any(self, type_: str) -> bool:
        return any(each["type"] == type_ for each in self.events)

    @property
    def opened(self) -> datetime:
        return at(self.events[0]["time"])

    @property
    def closed(self) -> Row | None:
        closes = sorted(self.all("contact.closed"), key=lambda each: each["time"])
        return closes[-1] if closes else None

    @property
    def prompt(self) -> str:
        return str(self.events[0]["data"]["versions"]["prompt"])


def attribute(heard: Iterable[Row], name: str) -> dict[str, str]:
    """An attribute by every id under which a customer comes."""
    by_id: dict[str, str] = {}
    for each in heard:
        who = each["subject"].removeprefix("customer:")
        if each["type"] == "customer.updated":
            by_id[who] = each["data"]["attributes"][name]
        elif each["type"] == "customer.id":
            by_id[each["data"]["id"]] = by_id[who]
    return by_id


def share(some: Iterable[bool]) -> float:
    counted = list(some)
    assert len(counted) >= 100, "too few to say anything"
    return sum(counted) / len(counted)
