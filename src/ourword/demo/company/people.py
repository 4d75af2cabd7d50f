"""Larkspur's customers: who they are, under which ids they come, how often they are seen, and when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from ourword.demo.company.clock import DAY, HOUR, text
from ourword.demo.company.stories import LANGUAGES, METHODS, REGIONS, TENURES


class Customer:
    """One customer; `left` is the second after which nothing is heard any more."""

    __slots__ = ("apologies", "approaches", "every_days", "id", "joined", "language", "left", "mail_id", "method", "region", "said_so", "tenure")

    def __init__(self, number: int, chance: Random, first: int) -> None:
        self.id = f"c-{number:05}"
        self.mail_id = f"m-{number:05}" if chance.random() < 0.25 else ""
        self.region = chance.choices(tuple(REGIONS), tuple(REGIONS.values()))[0]
        self.language = chance.choices(tuple(LANGUAGES), tuple(LANGUAGES.values()))[0]
        self.tenure = chance.choices(tuple(TENURES), tuple(TENURES.values()))[0]
        self.method = chance.choices(tuple(METHODS), tuple(METHODS.values()))[0]
        self.every_days = chance.choice((8, 13, 20, 32))
        self.joined = first - chance.randrange(DAY)
        self.left: int | None = None
        self.said_so = False
        self.approaches = self.apologies = 0


def customers(chance: Random, *, count: int, first: int) -> list[Customer]:
    """Make so many customers, known since the day before *first*."""
    return [Customer(number, chance, first) for number in range(1, count + 1)]


def known(each: Customer) -> Iterator[tuple[int, dict[str, Any]]]:
    """The events that say who a customer is."""
    attributes = {"region": each.region, "tenure": each.tenure, "language": each.language, "payment": each.method}
    yield each.joined, _event("shop", "customer.updated", each, "u", each.joined, {"attributes": attributes})
    if each.mail_id:
        data = {"id": each.mail_id, "from": text(each.joined)}
        yield each.joined + HOUR, _event("shop", "customer.id", each, "i", each.joined + HOUR, data)


def seen(each: Customer, chance: Random, *, now: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The events of a customer's own life with the shop, until they leave."""
    until, second, number = min(each.left or now, now), each.joined, 0
    while (second := second + int(chance.expovariate(1 / (each.every_days * DAY))) + HOUR) < until:
        number += 1
        yield second, _event("shop", "customer.active", each, f"a{number}", second, {})
    if each.said_so and each.left is not None and each.left < now:
        yield each.left, _event("shop", "customer.left", each, "l", each.left, {})


def _event(source: str, type_: str, each: Customer, name: str, second: int, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{each.id}-{name}",
        "source": source,
        "type": type_,
        "time": text(second),
        "subject": f"customer:{each.id}",
        "data": data,
    }
