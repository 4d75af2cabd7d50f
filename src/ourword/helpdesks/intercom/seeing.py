"""Seeing one thing of Intercom's before anything is imported, and what is noted of it for the readers."""

from __future__ import annotations

import msgspec

from ourword.helpdesks.intercom import columns
from ourword.helpdesks.intercom.parts import (
    CUSTOMERS,
    author_of,
    contacts_of,
    customer_of,
    is_begun_by_us,
    is_preview,
    rows_of,
    said_in,
    source_of,
    state_of,
    who_is,
)
from ourword.helpdesks.shape import AUTOMATION, PERSON, Look, Row
from ourword.helpdesks.values import ident, items, seconds, text, when, word

CONVERSATION, LISTED, TABLE, RATING, CONTACT, ADMIN = "conversation", "listed", "table", "rating", "contact", "admin"
_DOMAINS_MAX, _STATES_MAX, _MERGES_MAX = 100_000, 200, 1_000


class Notes(msgspec.Struct):
    """Which conversations are there whole (with their parts) and which only listed, each with the second of its newest copy."""

    whole: dict[str, int] = {}
    listed: dict[str, int] = {}
    tabled: set[str] = msgspec.field(default_factory=set)
    rated: set[str] = msgspec.field(default_factory=set)
    """Conversations that have a rating in a file that also tells the conversation."""
    own: dict[str, str] = {}
    """The company's own id of a contact (`external_id`) to Intercom's: a report has the first, the API both."""


def notes_of(look: Look) -> Notes:
    """Our notes in a look, made when new."""
    found = look.notes.get("intercom")
    if not isinstance(found, Notes):
        found = look.notes["intercom"] = Notes()
    return found


def what(row: Row) -> str:
    """The sort of thing a row is, by the keys that only this sort has; empty when it is none of ours."""
    kind = word(row.get("type"))
    if isinstance(row.get("conversation_parts"), dict | list) and "id" in row and ("source" in row or "conversation_message" in row):
        return CONVERSATION
    if kind == "conversation" and "created_at" in row and ("source" in row or "statistics" in row) and "conversation_parts" not in row:
        return LISTED
    if kind in ("contact", "user", "lead") and "id" in row and ("external_id" in row or "role" in row or "merge_history" in row or "user_id" in row):
        return CONTACT
    if kind == "admin" and "id" in row and ("email" in row or "name" in row):
        return ADMIN
    if columns.is_conversation(row):
        return TABLE
    return RATING if columns.is_rating(row) else ""


def things(row: Row) -> list[Row]:
    """The things in a row: a page of the API holds many, and so does the answer to one question about many."""
    if what(row):
        return [row]
    for name in ("conversations", "contacts", "admins", "users"):
        if isinstance(row.get(name), list):
            return list(items(row.get(name)))
    data = row.get("data")
    if isinstance(data, list) and ("pages" in row or word(row.get("type")).endswith("list")):
        return list(items(data))
    return [row]


def is_page(row: Row) -> bool:
    """Whether a row is a page."""
    return not what(row) and things(row) != [row]


def see(row: Row, look: Look) -> None:
    """See one thing."""
    match what(row):
        case "conversation":
            _conversation(row, look, whole=True)
        case "listed":
            _conversation(row, look, whole=False)
        case "table":
            _table(row, look)
        case "rating":
            look.at(columns.rating_of(row, "UTC")[2])
        case "contact":
            _contact(row, look)
        case "admin":
            _staff(look, ident(row.get("id")), row, "admin")


def _conversation(row: Row, look: Look, *, whole: bool) -> None:
    id_, notes = ident(row.get("id")), notes_of(look)
    if not id_ or is_preview(row) or is_begun_by_us(row):
        return
    _state(look, notes, id_, state_of(row))
    known = notes.whole if whole else notes.listed
    known[id_] = max(known.get(id_, 0), seconds(when(row.get("updated_at"))))
    look.at(when(row.get("created_at")))
    look.at(when(row.get("updated_at")))
    who, address = customer_of(row)
    if who:
        look.requesters[id_] = who
        if address:
            _address(look, who, address)
    for each in contacts_of(row):
        _own(notes, each)
    for part in (source_of(row), *rows_of(row)):
        _author(look, author_of(part), part)


def _author(look: Look, author: Row, part: Row) -> None:
    id_, kind = ident(author.get("id")), word(author.get("type"))
    if not id_ or kind in CUSTOMERS or not kind:
        return
    _staff(look, id_, author, kind)
    words = said_in({"part_type": "comment", **part}, PERSON)
    if words:
        look.said(id_, words)


def _staff(look: Look, id_: str, author: Row, kind: str) -> None:
    if id_:
        machine = who_is({**author, "type": kind}, ()) == AUTOMATION
        look.author(id_, name=text(author.get("name"))[:100], email=word(author.get("email")), role=kind, bot=True if machine else None)


def _table(row: Row, look: Look) -> None:
    found, notes = columns.conversation_of(row, "UTC"), notes_of(look)
    id_ = found["id"]
    if not id_:
        return
    _state(look, notes, id_, state_of(found))
    notes.tabled.add(id_)
    look.at(found["created_at"])
    look.at(found["updated_at"])
    person = found["contacts"]["contacts"][0]
    who = whose(notes, person)
    if who and id_ not in look.requesters:
        look.requesters[id_] = who
    if who and person["email"]:
        _address(look, who, person["email"])
    if found["replied_by"]:
        look.author(found["replied_by"], name=found["replied_by"].removeprefix("name:"), role="teammate")
        look.said(found["replied_by"], "")


def whose(notes: Notes, person: Row) -> str:
    """A contact by Intercom's id where a file tells it; else by the company's own id, else by address."""
    own = ident(person.get("external_id"))
    return ident(person.get("id")) or notes.own.get(own, own) or word(person.get("email"))


def _contact(row: Row, look: Look) -> None:
    who, notes = ident(row.get("id")), notes_of(look)
    if not who or row.get("deleted") is True:
        return
    _own(notes, row)
    if word(row.get("email")):
        _address(look, who, word(row.get("email")))
    history = row.get("merge_history")
    merged = history.get("data") if isinstance(history, dict) else history
    for each in list(items(merged))[:_MERGES_MAX]:
        before = ident(each.get("source_contact_id"))
        if before and before != who:
            look.merged[f"user:{before}"] = who


def _own(notes: Notes, person: Row) -> None:
    own, id_ = ident(person.get("external_id")), ident(person.get("id"))
    if own and id_:
        notes.own[own] = id_


def _address(look: Look, who: str, email: str) -> None:
    if who in look.addresses and look.addresses[who] == email:
        return
    look.addresses[who] = email
    domain = email.rpartition("@")[2]
    if domain and (domain in look.domains or len(look.domains) < _DOMAINS_MAX):
        look.domains[domain] += 1


def _state(look: Look, notes: Notes, id_: str, state: str) -> None:
    known = id_ in notes.whole or id_ in notes.listed or id_ in notes.tabled
    if state and not known and (state in look.statuses or len(look.statuses) < _STATES_MAX):
        look.statuses[state] += 1
