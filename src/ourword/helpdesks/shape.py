"""A shape: one kind of file that a helpdesk exports. How it is recognised, what is seen in it, and how its rows become events.

A shape is pure: rows come in, events go out. What several files of one export say together (who is staff, whose ticket it is)
is gathered first, in a `Look`; what no file says is asked of a person (`questions.py`) and comes back as `Answers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import msgspec

from ourword.core.event import Event
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.transcript import Proposed

Row = Mapping[str, Any]

AUTHORS_MAX = 2_000
"""So many authors that are not customers are counted one by one: a company has fewer people at its desk."""

CLAIMED, CAME_BACK, GAVE_UP, CONFIRMED, REACHED = "claimed", "came_back", "gave_up", "confirmed", "reached"
DECISIONS, VERSIONS, PROMISES, STAYING = "decisions", "versions", "promises", "staying"
RUNGS = (CLAIMED, CAME_BACK, GAVE_UP, CONFIRMED, REACHED, DECISIONS, VERSIONS, PROMISES, STAYING)
"""The ladder: what can be known, in the order in which exports usually come to give it."""
STANDS = frozenset({CLAIMED, CAME_BACK})
SAID = frozenset({GAVE_UP, CONFIRMED, REACHED})
WHOLE = STANDS | SAID
"""What states alone tell; what words tell; both."""

CUSTOMER, AUTOMATION, PERSON = "customer", "automation", "person"


class Author(msgspec.Struct, kw_only=True):
    """Somebody who writes in the company's name."""

    id: str
    name: str = ""
    email: str = ""
    role: str = ""
    """As the file calls it: `agent`, `admin`, `bot`, `agent_bot`."""
    bot: bool | None = None
    """Whether the file itself says that this is a machine; `None` where it does not say."""
    messages: int = 0
    deeds: int = 0
    """What else they did, where a file tells of deeds and not of words: changes of a ticket's state."""
    example: str = ""
    """One of their messages, cut short: so that a person recognises the machine by its words."""


class Order(msgspec.Struct, kw_only=True):
    """What the dates of one file prove about which comes first, the day or the month; each with a value and its column."""

    day: tuple[str, str] | None = None
    month: tuple[str, str] | None = None
    either: tuple[str, str] | None = None
    """A date that may be read both ways."""
    guess: str = ""
    """What stands when nobody says it, and no value does: `day` or `month`."""

    @property
    def proven(self) -> str:
        """What no date contradicts; empty where nothing proves it, or both."""
        return "day" if self.day and not self.month else "month" if self.month and not self.day else ""


class Look(msgspec.Struct, kw_only=True):
    """What was seen in all files of an export together, before anything is imported."""

    authors: dict[str, Author] = {}
    """By id: only those who are not customers."""
    assigned: list[str] = []
    """Who stands beside tickets in a table: nobody says that they wrote, so nothing follows from which of them are machines."""
    statuses: Counter[str] = msgspec.field(default_factory=Counter)
    """How many tickets are in each state now, or were changed to it."""
    marks: Counter[str] = msgspec.field(default_factory=Counter)
    """How many of them stand in a column that asks whether it was solved (`resolved`): there `1` is a yes."""
    domains: Counter[str] = msgspec.field(default_factory=Counter)
    """Domains of customers' addresses, for finding one's own test accounts."""
    addresses: dict[str, str] = {}
    """Customer id to address, as far as a file of people tells it."""
    requesters: dict[str, str] = {}
    """Ticket id to customer id, for files whose rows do not say it."""
    merged: dict[str, str] = {}
    """Ticket id to the ticket into which it was merged; customer ids likewise under `user:`."""
    notes: dict[str, Any] = {}
    """By vendor: what its shapes leave for their own readers."""
    orders: dict[str, Order] = {}
    """By file, for those whose dates could be read in two ways."""
    bare: list[str] = []
    """The files whose times name no zone."""
    letters: list[str] = []
    """How files were read that are not UTF-8 throughout, one sentence each."""
    objects: int = 0
    """How many of the events of the first rows name an order, a booking, an invoice, …"""
    kinds_called: dict[str, str] = {}
    """By the id of a kind, what the files call it; filled as kinds are met."""
    kinds: int = 0
    """How many of them name a kind."""
    kind_alone: int = 0
    """How many tickets among the first rows of a table name a kind and no order, though their table has a column for orders."""
    first: str = ""
    last: str = ""
    """The earliest and latest time seen, RFC 3339."""
    rows: int = 0

    def author(self, who: str, **more: Any) -> Author:
        """The author of this id, made when new; what *more* knows is filled in where nothing is known yet."""
        found = self.authors.get(who)
        if found is None:
            found = Author(id=who)
            if len(self.authors) < AUTHORS_MAX:
                self.authors[who] = found
        for name, value in more.items():
            if value not in (None, "") and getattr(found, name) in (None, ""):
                setattr(found, name, value)
        return found

    def said(self, who: str, text: str) -> None:
        """Count a message of an author, and keep one as an example."""
        found = self.author(who)
        found.messages += 1
        if not found.example and text:
            found.example = text[:160]

    def at(self, time: str | None) -> None:
        """Widen the span that was seen; times of one export are written alike, so text orders them."""
        if time:
            self.first = min(self.first or time, time)
            self.last = max(self.last, time)


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What only a person can say; each is guessed first, and asked."""

    bots: tuple[str, ...] = ()
    """Ids of the authors that are machines."""
    solved: tuple[str, ...] = ()
    """States that the company calls solved."""
    tests: tuple[str, ...] = ()
    """Addresses, `@domains` and ids of test customers: what they did is left out."""
    customer: str = "id"
    """Who counts as one customer: `id` (the helpdesk's own), or `address` (every id with one address)."""
    same: str = "object"
    """What makes two contacts of a customer the same matter: `object` (an order, a booking, an invoice), `kind`, or `customer` (whatever it is)."""
    price: str = ""
    """What one resolution costs, as an amount (`0.99 USD`); empty when nobody knows."""
    zone: str = "UTC"
    """The zone of times that name none."""
    first: str = ""
    """Which comes first in dates that can be read both ways: `day` or `month`; empty takes the guess."""


class Reader(Protocol):
    """Turns the rows of one file into events, in their order; it is handed each row once."""

    @property
    def matched(self) -> dict[str, int]:
        """How often each sort of row gave an event, by a name that a person understands."""

    @property
    def undecided(self) -> set[str]:
        """Decisions that could not be recorded; exports hold none."""

    @property
    def time(self) -> str | None:
        """The time of the last row, where rows without one take it over."""

    def take(self, document: Row, line: int) -> Iterator[Event | Proposed | Skipped]:
        """Give the events of one row; what cannot be read is `Skipped`, with its place."""

    def after(self, document: Row, line: int, *, time: str | None) -> None:
        """Go on behind a row that an earlier run took."""

    def end(self) -> Iterator[Event | Skipped]:
        """Give what the end of the file gives."""


class Shape(Protocol):
    """One kind of file."""

    @property
    def name(self) -> str:
        """Its name in files and errors: `zendesk.audits`."""

    @property
    def title(self) -> str:
        """Its name for people: `Zendesk ticket audits`."""

    @property
    def rank(self) -> int:
        """Richer files are read first, since the first event under an id stands: 10 audits and comments, 20 tickets, 30 ratings, 90 any table."""

    @property
    def gives(self) -> frozenset[str]:
        """The rungs of the ladder that such a file can reach."""

    def recognises(self, row: Row, name: str) -> bool:
        """Whether a first row (and the file's name) is of this kind; it names keys that no other shape has."""

    def documents(self, row: Row) -> Iterator[Row]:
        """The things in a row: an API's page (`{"tickets": […], "next_page": …}`) holds many, most rows are one."""

    def look(self, row: Row, into: Look) -> None:
        """See one document before anything is imported."""

    def reader(self, answers: Answers, look: Look, *, place: str, now: int | None) -> Reader:
        """Make a reader for one file."""


class OneByOne:
    """A reader of things that tell each for itself: nothing is kept from one row to the next, and a file's end says nothing."""

    time: str | None = None
    """Everything of theirs has a time of its own; none is taken over from the row before."""

    def __init__(self, matched: dict[str, int]) -> None:
        self.matched = matched
        self.undecided: set[str] = set()

    def after(self, document: Row, line: int, *, time: str | None) -> None:
        """Go on behind a row; nothing is kept from one to the next."""

    def end(self) -> Iterator[Event | Skipped]:
        """Give nothing: a file's end says nothing."""
        yield from ()


class SortOfFile(msgspec.Struct, frozen=True, kw_only=True):
    """What each vendor's shapes are told apart by; how they are recognised and read is the vendor's own."""

    sort: str
    name: str
    title: str
    rank: int
    gives: frozenset[str] = frozenset()
