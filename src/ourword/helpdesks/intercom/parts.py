"""What stands in Intercom's conversations: their parts, who wrote them, and how a conversation stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from ourword.helpdesks.shape import AUTOMATION, CUSTOMER, PERSON, Row
from ourword.helpdesks.telling import text_of
from ourword.helpdesks.values import ident, items, order, seconds, text, when, word

CUSTOMERS = ("user", "lead", "contact", "visitor", "customer")
MESSAGES = ("comment", "quick_reply", "open", "close", "assignment", "assign_and_reopen", "assign_and_unsnooze", "default_assignment")
"""Parts of ours whose body the customer sees; notes, attributes, actions and the like are for us alone."""
SILENT = re.compile(r"note|attribute|rating|sla|tag|action|participant|idle|priority|state_updated|language_detection|workflow_event")
"""Parts that nobody says to anybody, by their names, whoever wrote them."""
REOPENS = ("open", "assign_and_reopen", "note_and_reopen")
IDLE, RULED, RATING_ASKED = "user_became_idle", "operator_workflow_event", "[conversation rating request]"

ASSUMED, CONFIRMED = "assumed resolved (Fin)", "confirmed resolved (Fin)"
CLAIMS = (ASSUMED, CONFIRMED)
"""What Fin calls resolved, and Intercom bills (help 8205718)."""
HANDED = ("escalated", "routed_to_team", "procedure_handoff", "routed to team", "procedure handoff")
PREVIEWS = ("workflow_preview", "fin_preview")
OUTBOUND = ("automated", "campaigns_initiated", "admin_initiated")
"""Begun by us: a contact only once the customer writes."""

HELPED = re.compile(r"\W*(?:that|this|it) helped\b\W*", re.IGNORECASE)
NOT_HELPED = re.compile(r"\W*get more help\b\W*", re.IGNORECASE)
"""Fin's two buttons below an answer, by the words that Intercom prints on them (help 8205718 of 2023, 7837512)."""

PARTS_MAX = 500
"""Intercom gives no more of one conversation."""
_CHANNELS = {"conversation": "chat", "messenger": "chat", "phone_call": "phone", "phone_switch": "phone"}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened in a conversation."""

    id: str
    time: str
    second: int
    place: int
    """Where it stands in the conversation; several things of one part follow each other by one."""
    kind: str
    author: str
    who: str
    """`customer`, `automation`, `person`; empty when nobody is named."""
    words: str = ""
    said: bool = False
    """Whether the customer sees it, or wrote it."""
    pressed: bool = False
    """Whether it is a button that the customer pressed."""
    offers: bool = False
    """Whether it has a button that says that this helped."""
    assigned: bool = False
    """Whether it puts the conversation on a person's or a team's desk."""


def who_is(author: Row, bots: Collection[str]) -> str:
    """Who somebody is, by what the file calls them and by what was answered about them."""
    kind, id_ = word(author.get("type")), ident(author.get("id"))
    if id_ and id_ in bots:
        return AUTOMATION
    if kind in CUSTOMERS:
        return CUSTOMER
    if kind == "bot" or author.get("from_ai_agent") is True:
        return AUTOMATION
    return PERSON if kind and id_ else ""


def said_in(part: Row, who: str) -> str:
    """What is said in a part, without markup; empty where nobody says anything to anybody."""
    kind = word(part.get("part_type"))
    if SILENT.search(kind) or (who != CUSTOMER and kind not in MESSAGES):
        return ""
    words = text_of(text(part.get("body"))).strip()
    return "" if words.lower() == RATING_ASKED else words


def source_of(row: Row) -> Row:
    """How a conversation began; versions of the API before 2.0 call it otherwise."""
    found = row.get("source")
    if not isinstance(found, Mapping):
        found = row.get("conversation_message")
    return found if isinstance(found, Mapping) else {}


def author_of(part: Row) -> Row:
    """Who wrote a part; nobody, where the file is silent (as it is about Twitter)."""
    found = part.get("author")
    return found if isinstance(found, Mapping) else {}


def rows_of(row: Row) -> list[Row]:
    """The parts of a conversation, unread."""
    found = row.get("conversation_parts")
    return list(items(found.get("conversation_parts") if isinstance(found, Mapping) else found))


def parts_of(row: Row, created: str, bots: Collection[str]) -> Iterator[Part | str]:
    """The parts of a conversation in the order of time, what it began with first; where one cannot be read, what is missing in it."""
    source = source_of(row)
    found: list[Part] = []
    opening = _part({**source, "part_type": "comment"}, "source", created, 0, bots)
    if opening.said:
        found.append(opening)
    for number, each in enumerate(rows_of(row), 1):
        id_, time = ident(each.get("id")), when(each.get("created_at"))
        if not id_ or time is None:
            yield f"part {number} of conversation {ident(row.get('id'))} has no `id` or no time (`created_at`)"
            continue
        place = order(id_, 0) if id_.isascii() and id_.isdigit() else 4 * number
        found.append(_part(each, id_, time, place, bots))
    yield from sorted(found, key=lambda each: (each.second, each.place))


def _part(row: Row, id_: str, time: str, place: int, bots: Collection[str]) -> Part:
    author, kind, metadata = author_of(row), word(row.get("part_type")), row.get("metadata")
    who, assigned = who_is(author, bots), row.get("assigned_to")
    words = said_in(row, who)
    metadata = metadata if isinstance(metadata, Mapping) else {}
    offered = [text(each.get("text")) for each in items(metadata.get("quick_reply_options"))]
    shown = kind in MESSAGES and bool(items(row.get("attachments")))
    return Part(
        id=id_,
        time=time,
        second=seconds(time),
        place=place,
        kind=kind,
        author=ident(author.get("id")),
        who=who,
        words=words,
        said=bool(words) or shown,
        pressed=kind == "quick_reply" or bool(ident(metadata.get("quick_reply_uuid"))),
        offers=any(HELPED.fullmatch(each[:100]) for each in offered),
        assigned="assign" in kind and isinstance(assigned, Mapping) and who_is(assigned, bots) == PERSON,
    )


def channel_of(value: object) -> str:
    """One word for one channel, as the API has it (`conversation`) or a report (`Messenger`).

    >>> channel_of("conversation"), channel_of("Email"), channel_of(None)
    ('chat', 'email', '')
    """
    found = word(value)
    return _CHANNELS.get(found, found)


def resolution_of(row: Row) -> str:
    """What Fin calls a conversation, in the API's words: its own object, else the attribute that says the same."""
    agent, attributes = row.get("ai_agent"), row.get("custom_attributes")
    found = word(agent.get("resolution_state")) if isinstance(agent, Mapping) else ""
    if not found and isinstance(attributes, Mapping):
        found = word(attributes.get("Fin AI Agent resolution state"))
    return found


def state_of(row: Row) -> str:
    """How a conversation stands: as Fin calls it, unless Fin handed it over or says nothing; then open, closed or snoozed.

    >>> state_of({"state": "closed", "ai_agent": {"resolution_state": "assumed_resolution"}})
    'assumed resolved (Fin)'
    >>> state_of({"state": "closed", "ai_agent": {"resolution_state": "escalated"}})
    'closed'
    """
    found = resolution_of(row)
    if found.startswith("assumed"):
        return ASSUMED
    if found.startswith("confirmed"):
        return CONFIRMED
    if found and found not in HANDED:
        return f"{found.replace('_', ' ')[:60]} (Fin)"
    return stands(row)


def stands(row: Row) -> str:
    """Open, closed or snoozed."""
    found = word(row.get("state")).removeprefix("state_")
    if found or not isinstance(row.get("open"), bool):
        return found
    return "open" if row["open"] else "closed"


def customer_of(row: Row) -> tuple[str, str]:
    """Whose conversation it is, and their address: the first contact in it, else who began it, else the first customer who wrote.

    An author's id may be that of a lead who was merged since; the list of contacts has who they are now.
    """
    wrote = [author_of(each) for each in (source_of(row), *rows_of(row)[:PARTS_MAX])]
    people = [each for each in (*contacts_of(row), *(each for each in wrote if word(each.get("type")) in CUSTOMERS)) if ident(each.get("id"))]
    found = next((ident(each.get("id")) for each in people), "")
    return found, next((word(each.get("email")) for each in people if ident(each.get("id")) == found and word(each.get("email"))), "")


def contacts_of(row: Row) -> list[Row]:
    """The customers in a conversation, as the versions of the API have them."""
    for name in ("contacts", "customers", "user"):
        found: Any = row.get(name)
        if isinstance(found, Mapping):
            found = found.get("contacts") if isinstance(found.get("contacts"), list) else [found]
        if isinstance(found, list) and found:
            return list(items(found))
    return []


def is_begun_by_us(row: Row) -> bool:
    """Whether it is a message of ours that went out, and nobody wrote back."""
    source = source_of(row)
    if word(source.get("delivered_as")) not in OUTBOUND or word(author_of(source).get("type")) in CUSTOMERS:
        return False
    answered = row.get("first_contact_reply")
    heard = isinstance(answered, Mapping) and when(answered.get("created_at")) is not None
    return not heard and not any(word(author_of(each).get("type")) in CUSTOMERS for each in rows_of(row))


def is_preview(row: Row) -> bool:
    """Whether somebody of ours tried out the machine."""
    agent = row.get("ai_agent")
    return isinstance(agent, Mapping) and word(agent.get("source_type")) in PREVIEWS
