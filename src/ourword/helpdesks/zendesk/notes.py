"""What is seen in all of Zendesk's files before anything is imported: who is staff, whose ticket it is, and which file tells what of it.

Readers look it up and keep nothing themselves, so that files give the same events in any order, and an import that was stopped
goes on as if it had not been. It grows with the number of tickets, by a few numbers each.
"""

from __future__ import annotations

import sys

import msgspec
from msgspec.structs import replace

from ourword.helpdesks.shape import Author, Look, Row
from ourword.helpdesks.zendesk.parts import SYSTEM, ident
from ourword.outcomes.sayings import answer_to_solved, asks_whether_solved

TICKET, TABLED, AUDITED, RATED, MERGED, LEFT_OUT, SAID = 1, 2, 4, 8, 16, 32, 64
SOLVED_IN_AUDITS, SOLVED_IN_EVENTS, SOLVED_IN_METRICS = 128, 256, 512
STATES = {each: 1024 << place for place, each in enumerate(("new", "open", "pending", "hold", "solved", "closed"))}
"""That a ticket was counted among those of a state: each state once, however often it was changed to."""
WAITED = 300
"""Seconds: whoever closes sooner after asking did not wait for an answer, and then nobody failed to give one."""
_BITS = 16
_NAMES_MAX = 10_000


class Heard(msgspec.Struct, frozen=True):
    """A public comment that asks or answers, or a ticket's being solved."""

    at: int
    order: int
    id: str
    author: str
    asks: bool = False
    """Whether it ends in a question; `asks_solved`: in the one that is meant."""
    asks_solved: bool = False
    answer: str = ""
    closes: bool = False


class Answer(msgspec.Struct, frozen=True):
    """A comment that came right after the question whether the matter is solved: who had asked, and what it says, yes or no."""

    asker: str
    said: str


class Notes(msgspec.Struct):
    """By ticket, where not said otherwise."""

    told: dict[str, int] = {}
    """The bits above, and from the 16th on the second of its newest record: an incremental export holds a ticket again and again."""
    first: dict[str, tuple[tuple[str, int, int], ...]] = {}
    """Each author's first public comment, but the requester's: author, second, place in the order."""
    last: dict[tuple[str, str], tuple[Heard, ...]] = {}
    """By sort of file and ticket: the last comment that a later one may answer, and closes since."""
    latest: dict[str, tuple[int, int, str, bool]] = {}
    """The latest public comment: second, place in the order, author, whether it ends in a question."""
    answers: dict[str, Answer] = {}
    """By comment."""
    unanswered: dict[str, str] = {}
    """Changes to solved while a question had no answer: by the change's id, who had asked."""
    customers: set[str] = msgspec.field(default_factory=set)
    """People who ask and are no staff."""
    staff: set[str] = msgspec.field(default_factory=set)
    """People whose deeds only staff can do."""
    people: bool = False
    """Whether a file of people was seen: then whoever is not in it is nobody's staff."""
    fields: dict[str, str] = {}
    forms: dict[str, str] = {}
    """The names of fields and forms; a form without a known name has its number."""
    metrics: dict[str, tuple[str, str, int | None]] = {}
    """Metric sets from a file of their own: solved, assigned, public replies."""
    follows: dict[str, str] = {}
    """A ticket that follows up a closed one."""
    followed: set[str] = msgspec.field(default_factory=set)

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


def public_comment(look: Look, ticket: str, heard: Heard, words: str, sort: str) -> None:
    """Note a public comment: its author, and whether it asks or answers whether the matter is solved."""
    notes, who = notes_of(look), sys.intern(heard.author)
    notes.mark(ticket, SAID)
    if who and who != look.requesters.get(ticket) and who not in notes.customers:
        if who in notes.staff or not notes.people:
            look.said(who, words)
        _first(notes, ticket, heard)
    asks = words.rstrip().endswith("?")
    notes.latest[ticket] = max(notes.latest.get(ticket, (0, 0, "", False)), (heard.at, heard.order, who, asks))
    follow(notes, (sort, ticket), replace(heard, asks=asks, asks_solved=asks_whether_solved(words), answer=answer_to_solved(words)))


def follow(notes: Notes, where: tuple[str, str], heard: Heard) -> None:
    """Set what was heard beside the comment before it in the file, whether the file runs forward or backward in time.

    A close between them parts nothing: some say yes when they are told that their ticket is solved.
    """
    before = notes.last.pop(where, ())
    if any(each.id == heard.id for each in before):
        notes.last[where] = before
        return
    for each in before:
        earlier, later = sorted((each, heard), key=lambda one: (one.at, one.order))
        if later.closes and earlier.asks and later.at - earlier.at >= WAITED:
            notes.unanswered[later.id] = earlier.author
        elif earlier.asks_solved and later.answer in ("yes", "no") and later.author != earlier.author:
            notes.answers[later.id] = Answer(earlier.author, later.answer)
    kept = before if heard.closes else ()
    if heard.closes or heard.asks or heard.asks_solved or heard.answer in ("yes", "no"):
        kept = (*kept[-3:], heard)
    if kept:
        notes.last[where] = kept


def asked_last(notes: Notes, ticket: str, second: int) -> str:
    """Who had the last word before a close, where it was a question and time was left to answer it; else empty."""
    at, _, who, asks = notes.latest.get(ticket, (0, 0, "", False))
    return who if asks and second - at >= WAITED else ""


def follow_up(notes: Notes, ticket: str, before: str) -> None:
    """Note that a ticket goes on with the matter of a closed one."""
    if before and before != ticket:
        notes.follows[ticket] = before
        notes.followed.add(before)


def matter(notes: Notes, ticket: str) -> str:
    """The first of the tickets that follow one another; empty for a ticket that stands alone."""
    if ticket not in notes.follows and ticket not in notes.followed:
        return ""
    for _ in range(100):
        ticket = notes.follows.get(ticket, ticket)
    return ticket


def title_of(row: Row) -> tuple[str, str]:
    """A field's or form's id and name."""
    return ident(row.get("id")), ident(row.get("title") or row.get("raw_title") or row.get("name") or row.get("display_name"))


def _first(notes: Notes, ticket: str, heard: Heard) -> None:
    mine = (sys.intern(heard.author), heard.at, heard.order)
    others = tuple(each for each in notes.first.get(ticket, ()) if each[0] != heard.author)
    same = [each for each in notes.first.get(ticket, ()) if each[0] == heard.author]
    if len(others) < 20:
        notes.first[ticket] = (*others, min([mine, *same], key=lambda each: each[1:]))
