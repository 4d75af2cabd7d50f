"""Seeing one thing of Chatwoot's before anything is imported."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from ourword.helpdesks.chatwoot import notes as N
from ourword.helpdesks.chatwoot import parts as P
from ourword.helpdesks.shape import Look, Row
from ourword.helpdesks.values import ident, number, seconds, text, when, word
from ourword.outcomes.sayings import answer_to_solved, asks_whether_solved

FROM_THE_BEGINNING = (
    *("conversation_resolved", "conversation_bot_resolved", "conversation_bot_handoff"),
    *("conversation_captain_inference_resolved", "conversation_captain_inference_handoff"),
)
"""Reports that reckon from when the conversation was made."""
RESOLVED = "conversation_resolved"
_DOMAINS_MAX, _STATES_MAX, _SAME_MAX = 100_000, 50, 3


def see(row: Row, look: Look) -> None:
    """See one thing."""
    match P.what(row):
        case P.CONVERSATION:
            _conversation(row, look)
        case P.MESSAGE:
            _message(row, look)
        case P.REPORT:
            _report(row, look)
        case P.RATING:
            _rating(row, look)
        case P.RATINGS_TABLE:
            N.notes_of(look).tabled.add(P.conversation_in(column(row, "link to the conversation")))
        case P.CONTACT:
            _person(row, look)


def column(row: Row, name: str) -> object:
    """A column of a table, however its name is written."""
    return next((value for key, value in row.items() if str(key)[:100].strip("\ufeff ").lower() == name), None)


def _conversation(row: Row, look: Look) -> None:
    id_, notes = ident(row.get("id")), N.notes_of(look)
    if not id_:
        return
    created = when(row.get("created_at"))
    state = P.status_of(row)
    if id_ not in notes.listed and state:
        _count(look, notes, id_, state)
    if id_ not in notes.listed and created is not None:
        _same(notes.begun, (ident(row.get("inbox_id")), seconds(created)), id_)
    notes.listed[id_] = max(notes.listed.get(id_, 0), last_of(row))
    look.at(created)
    look.at(when(row.get("last_activity_at")))
    if P.is_campaign(row):
        notes.mark(id_, N.CAMPAIGN)
    person = P.customer_of(row)
    who = ident(person.get("id"))
    if who:
        look.requesters[id_] = who
        _person(person, look)
    assignee = P.assignee_of(row)
    if assignee:
        meta = row["meta"]["assignee"]
        look.author(assignee, name=text(meta.get("name"))[:100], email=word(meta.get("email")), role="user")


def _count(look: Look, notes: N.Notes, conversation: str, state: str) -> None:
    """Count a conversation in a state: once, whether lists, its messages or an activity say so."""
    bit = N.COUNTED.get(state, 0)
    if notes.has(conversation, bit):
        return
    if state in look.statuses or len(look.statuses) < _STATES_MAX:
        look.statuses[state] += 1
        notes.mark(conversation, bit)


def last_of(row: Row) -> int:
    """The second at which something last happened in a conversation."""
    return max(seconds(when(row.get(name))) for name in ("last_activity_at", "updated_at", "timestamp"))


def _message(row: Row, look: Look) -> None:
    conversation, id_, at = ident(row.get("conversation_id")), ident(row.get("id")), when(row.get("created_at"))
    if not conversation or not id_:
        return
    notes, sort, second = N.notes_of(look), P.sort_of(row), seconds(at)
    if row.get("_carried") != P.LAST:
        notes.mark(conversation, N.CARRIED if row.get("_carried") == P.WHOLE else N.MESSAGED)
    look.at(at)
    words = P.words_of(row)
    if sort == P.INCOMING:
        person = next((each for each in (row.get("_contact"), row.get("sender")) if isinstance(each, Mapping) and ident(each.get("id"))), {})
        if person:
            look.requesters.setdefault(conversation, ident(person.get("id")))
            _person(person, look)
        if P.is_said(row):
            notes.mark(conversation, N.HEARD_ONCE)
            answer = answer_to_solved(words)
            notes.add(conversation, id_, second, N.HEARD, answer=answer if answer in ("yes", "no") else "")
    elif sort == P.OUTGOING:
        _ours(row, look, conversation, id_, second, words)
    elif sort == P.ACTIVITY:
        if P.closing(words) is not None:
            _count(look, notes, conversation, "resolved")
        _activity(notes, conversation, id_, second, words, N.ACTED_LAST if row.get("_carried") == P.LAST else N.ACTED)


def _ours(row: Row, look: Look, conversation: str, id_: str, second: int, words: str) -> None:
    who, sender = P.sender_of(row)
    who = sys.intern(who)
    if who:
        kind = who.partition(":")[0]
        machine = True if kind in P.MACHINES else None
        look.author(who, name=text(sender.get("name"))[:100], email=word(sender.get("email")), role=kind, bot=machine)
    if P.is_said(row):
        N.notes_of(look).mark(conversation, N.SAID_ONCE)
    if P.is_said(row) and not P.is_ruled(row):
        if who:
            look.said(who, words)
        asks = (N.ASKS if words.endswith("?") else 0) | (N.ASKS_SOLVED if asks_whether_solved(words) else 0)
        N.notes_of(look).add(conversation, id_, second, N.SAID, who=who, asks=asks)


def _activity(notes: N.Notes, conversation: str, id_: str, second: int, words: str, acted: int) -> None:
    if P.closing(words) is not None:
        notes.mark(conversation, acted)
        notes.add(conversation, id_, second, N.CLOSED)
    elif P.opens(words):
        notes.add(conversation, id_, second, N.OPENED)
        if P.handed_by(words):
            notes.mark(conversation, N.HANDED)


def _rating(row: Row, look: Look) -> None:
    conversation, person = ident(row.get("conversation_id")), row.get("contact")
    N.notes_of(look).rated.update((ident(row.get("message_id")), f"c{conversation}"))
    if isinstance(person, Mapping) and conversation and ident(person.get("id")):
        look.requesters.setdefault(conversation, ident(person.get("id")))
        _person(person, look)


def _report(row: Row, look: Look) -> None:
    name, database, start = word(row.get("name")), ident(row.get("conversation_id")), when(row.get("event_start_time"))
    if not database or start is None:
        return
    notes = N.notes_of(look)
    look.at(when(row.get("event_end_time")))
    if name in FROM_THE_BEGINNING:
        _same(notes.reported, (ident(row.get("inbox_id")), seconds(start)), database)
    if name == RESOLVED:
        notes.resolved.add(database)


def _same(known: dict[tuple[str, int], tuple[str, ...]], begun: tuple[str, int], id_: str) -> None:
    before = known.get(begun, ())
    if id_ not in before and len(before) < _SAME_MAX:
        known[begun] = (*before, id_)


def _person(row: Row, look: Look) -> None:
    who, email = ident(row.get("id")), word(row.get("email"))
    if not who or not email or look.addresses.get(who) == email:
        return
    look.addresses[who] = email
    domain = email.rpartition("@")[2]
    if domain and (domain in look.domains or len(look.domains) < _DOMAINS_MAX):
        look.domains[domain] += 1


def rating_in(message: Row) -> int | None:
    """What a customer answered on a survey that was sent as a message."""
    found: object = message.get("content_attributes")
    for name in ("submitted_values", "csat_survey_response", "rating"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return number(found) if ident(found) or isinstance(found, int) else None
