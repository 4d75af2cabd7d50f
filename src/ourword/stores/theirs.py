"""What a home holds on one customer, by number: found through the keyed marks and opened with the customer's own key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ourword.core.event import Event
from ourword.outcomes.identity import END, START
from ourword.stores.database import troubles_of
from ourword.stores.home import Home
from ourword.stores.people import People
from ourword.stores.resealing import numbers_json


class Alias(msgspec.Struct, frozen=True):
    """Another id that was said to be the same person; times in µs since 1970, `START` and `END` where it is so at all times."""

    id: str | None
    """`None` where that one is erased."""
    number: int
    since: int
    until: int

    @property
    def always(self) -> bool:
        """Whether the two are one person whatever the time (`customer.merged`)."""
        return (self.since, self.until) == (START, END)


class Attribute(msgspec.Struct, frozen=True):
    """What was said of a customer for segments; `since` in µs since 1970."""

    name: str
    value: str | None
    since: int


def decisions_of(home: Home, numbers: Iterable[int]) -> list[str]:
    """The ids of the decisions on these customers, in the order of their entries."""
    return [each for number in sorted(numbers) for each in home.store.decision_ids(number)]


def events_of(people: People, number: int) -> Iterator[tuple[int, Event]]:
    """A customer's events with the numbers of their arrival, as they were handed in."""
    for arrival in arrivals_of(people, [number]):
        event = people.event(arrival)
        if event is not None:
            yield arrival, event


def arrivals_of(people: People, numbers: Iterable[int]) -> list[int]:
    """The arrivals of these customers' events."""
    sql = "SELECT arrival FROM event WHERE subject IN (SELECT value FROM json_each(?)) ORDER BY arrival"
    with troubles_of(people.path):
        return [arrival for (arrival,) in people.connection.execute(sql, (numbers_json(numbers),))]


def attributes_of(people: People, number: int) -> list[Attribute]:
    """What was said of a customer, in the order in which it came."""
    sql = "SELECT name, value, since FROM attribute WHERE subject = ? ORDER BY arrival, name"
    with troubles_of(people.path):
        return [Attribute(*row) for row in people.connection.execute(sql, (number,))]


def names_of(people: People, number: int) -> list[str]:
    """The own ids of contacts and objects that lie under a customer's key: those that their events were the first to name."""
    with troubles_of(people.path):
        found = [each for (each,) in people.connection.execute("SELECT number FROM named WHERE subject = ? ORDER BY number", (number,))]
    return [name for each in found if (name := people.name(each)) is not None]


def aliases_of(people: People, number: int) -> list[Alias]:
    """The ids that were said to be the same person, at all times or for a while."""
    sql = "SELECT DISTINCT iif(other = ?1, owner, other), since, until FROM identity WHERE ?1 IN (other, owner) AND other <> owner ORDER BY 1, 2, 3"
    with troubles_of(people.path):
        rows = list(people.connection.execute(sql, (number,)))
    return [Alias(people.customer(other), other, since, until) for other, since, until in rows]


def one_person(people: People, number: int) -> list[int]:
    """The numbers of all ids that are one person at all times with this one, this one first."""
    found, left = {number: None}, [number]
    while left:
        for each in aliases_of(people, left.pop()):
            if each.always and each.number not in found:
                found[each.number] = None
                left.append(each.number)
    return list(found)
