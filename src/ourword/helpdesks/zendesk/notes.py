"""What is seen in all of Zendesk's files before anything is imported: who is staff, whose ticket it is, and which file tells what of it.

Readers look it up and keep nothing themselves, so that files give the same events in any order, and an import that was stopped
goes on as if it had not been. It grows with the number of tickets, by a few numbers each.
"""

from __future__ import annotations

import sys

import msgspec

from ourword.helpdesks.shape import Author, Look, Row
from ourword.helpdesks.zendesk.parts import SYSTEM, ident
from ourword.outcomes.sayings import answer_to_solved, asks_whether_solved

TICKET, TABLED, AUDITED, RATED, MERGED, LEFT_OUT, SAID = 1, 2, 4, 8, 16, 32, 64
SOLVED_IN_AUDITS, SOLVED_IN_EVENTS, SOLVED_IN_METRICS = 128, 256, 512
_BITS = 16
_NAMES_MAX = 10_000


class Heard(msgspec.Struct, frozen=True):
    """The last thing in a ticket that a question or an answer may turn on: a comment, or its being solved."""

    at: int
    order: int
    id: str
    author: str
    asks: bool = False
    answer: str = ""
    closes: bool = False


class Answer(msgspec.Struct, frozen=True):
    """A comment that came right after the question whether the matter is solved: who had asked, and what it says."""

    asker: str
    said: str


class Notes(msgspec.Struct):
    """By ticket, where not said otherwise."""

    told: dict[str, int] = {}
    """The bits above, and from the 16th on the second of its newest record: an incremental export holds a ticket again and again."""
    first: dict[str, tuple[tuple[str, int, int], ...]] = {}
    """Each author's first public comment, but the requester's: author, second, place in the order."""
    last: dict[str, Heard] = {}
    answers: dict[str, Answer] = {}
    """By comment."""
    unanswered: set[str] = msgspec.field(default_factory=set)
    """Changes to solved while our question whether it is solved had no answer, by the change's id."""
    customers: set[str] = msgspec.field(default_factory=set)
    """People who ask and are no staff."""
    staff: set[str] = msgspec.field(default_factory=set)
    """People whose deeds only staff can do."""
    people: bool = False
    """Whether a file of people was seen: then whoever is not in it is nobody's staff."""
    fields: dict[str, str] = {}
    forms: dict[str, str] = {}
    """The names of fields and forms; a form without a known name has its number."""
    metrics: dict[str, tuple[str, str, int]] = {}
    """Metric sets from a file of their own: solved, assigned, public replies."""

    def mark(self, ticket: str, bits: int, second: int = 0) -> None:
        """Add what is known of a ticket."""
        before = self.told.get(ticket, 0)
        newest = max(before >> _BITS, second)
        self.told[ticket] = (before | bits) & ((1 << _BITS) - 1) | newest << _BITS

    def has(self, ticket: str, bits: int) -> bool:
        """Whether any of these is known of a ticket."""
        return bool(self.told.get(ticket, 0) & bits)

    def is_newest(self, ticket: str, second: int) -> bool:
        """Whether no record of the ticket is newer."""
        return self.told.get(ticket, 0) >> _BITS <= second


def notes_of(look: Look) -> Notes:
    """Our notes in a look, made when new."""
    found = look.notes.get("zendesk")
    if not isinstance(found, Notes):
        found = look.notes["zendesk"] = Notes()
    return found


def is_staff(look: Look, who: str, requester: str = "") -> bool:
    """Whether somebody writes for the company: known as an agent, or seen doing what only staff can; never in their own ticket.

    Where no file of people was seen, whoever answers in others' tickets is taken for staff: then a person is asked about them.
    """
    notes = notes_of(look)
    if not who or who == requester:
        return False
    return who in notes.staff or who == SYSTEM or (not notes.people and who in look.authors and who not in notes.customers)


def staff(look: Look, who: str, *, named: str = "", email: str = "", role: str = "") -> Author | None:
    """Note that somebody is staff; `None` where nobody is named."""
    if not who:
        return None
    notes = notes_of(look)
    if len(notes.staff) < _NAMES_MAX * 10:
        notes.staff.add(who)
    notes.customers.discard(who)
    return look.author(who, name=named, email=email, role=role, bot=True if who == SYSTEM else None)


def customer(look: Look, who: str) -> None:
    """Note that somebody asks: they are no staff, unless they were seen to be."""
    notes = notes_of(look)
    if who and who not in notes.staff and who != SYSTEM:
        notes.customers.add(who)
        look.authors.pop(who, None)


def requester(look: Look, ticket: str, who: str, *, sure: bool) -> None:
    """Note whose ticket it is; a ticket's own record is sure, its history tells only who it was."""
    if who and (sure or not notes_of(look).has(ticket, TICKET)):
        look.requesters[ticket] = who
        customer(look, who)


def public_comment(look: Look, ticket: str, heard: Heard, words: str) -> None:
    """Note a public comment: its author, and whether it asks or answers whether the matter is solved."""
    notes, who = notes_of(look), heard.author
    notes.mark(ticket, SAID)
    if who and who != look.requesters.get(ticket) and who not in notes.customers:
        if who in notes.staff or not notes.people:
            look.said(sys.intern(who), words)
        _first(notes, ticket, heard)
    asks, answer = asks_whether_solved(words), answer_to_solved(words)
    follow(notes, ticket, msgspec.structs.replace(heard, asks=asks, answer=answer))


def follow(notes: Notes, ticket: str, heard: Heard) -> None:
    """Set what was heard beside what was heard before it in the file, whether the file runs forward or backward in time."""
    before = notes.last.pop(ticket, None)
    if before is not None and before.id != heard.id:
        earlier, later = sorted((before, heard), key=lambda each: (each.at, each.order))
        if earlier.asks and later.closes:
            notes.unanswered.add(later.id)
        elif earlier.asks and later.author != earlier.author:
            notes.answers[later.id] = Answer(earlier.author, later.answer)
    if heard.asks or heard.closes or heard.answer in ("yes", "no"):
        notes.last[ticket] = heard


def title_of(row: Row) -> tuple[str, str]:
    """A field's or form's id and name."""
    return ident(row.get("id")), ident(row.get("title") or row.get("raw_title") or row.get("name") or row.get("display_name"))


def _first(notes: Notes, ticket: str, heard: Heard) -> None:
    mine = (sys.intern(heard.author), heard.at, heard.order)
    others = tuple(each for each in notes.first.get(ticket, ()) if each[0] != heard.author)
    same = [each for each in notes.first.get(ticket, ()) if each[0] == heard.author]
    if len(others) < 20:
        notes.first[ticket] = (*others, min([mine, *same], key=lambda each: each[1:]))
