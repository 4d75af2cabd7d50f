"""Seeing one thing of Salesforce's before anything is imported."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from typing import Any

from ourword.helpdesks.salesforce import lines as L
from ourword.helpdesks.salesforce import notes as N
from ourword.helpdesks.salesforce import parts as P
from ourword.helpdesks.salesforce import words as W
from ourword.helpdesks.shape import Look, Row
from ourword.helpdesks.values import seconds, text, word
from ourword.outcomes.sayings import answer_to_solved, asks_whether_solved

_DOMAINS_MAX, _WAITING_MAX, _MOVES_MAX, _NOW = 100_000, 20_000, 1_000, 2**61


def see(row: Row, look: Look) -> None:
    """See one thing."""
    seen = _SEEING.get(P.what(row))
    if seen is not None:
        seen(P.called(row), look)


def state_of(value: object) -> str:
    """A state, as it is asked about."""
    return word(value)


def _case(row: dict[str, Any], look: Look) -> None:
    id_, notes = P.record(row.get("id")), N.notes_of(look)
    if not id_:
        return
    notes.mark(id_, N.CASED)
    if P.record(row.get("masterrecordid")) or P.is_true(row.get("isdeleted")):
        notes.mark(id_, N.AWAY)
        return
    state = state_of(row.get("status"))
    notes.stand(look, id_, _NOW, state)
    if state and "isclosed" in row:
        (notes.closing if P.is_true(row.get("isclosed")) else notes.opening).add(state)
    owner = P.record(row.get("ownerid"))
    if P.is_user(owner):
        _owns(owner, look)
    look.at(P.moment(row.get("createddate")))
    look.at(P.moment(row.get("lastmodifieddate")))
    who = P.customer_of(row)
    if who:
        look.requesters[id_] = who
        _address(look, who, word(row.get("contactemail")) or word(row.get("suppliedemail")))


def _history(row: dict[str, Any], look: Look) -> None:
    case, notes, field = P.record(row.get("caseid")), N.notes_of(look), word(row.get("field"))
    if not case or P.is_true(row.get("isdeleted")):
        return
    time, now = P.moment(row.get("createddate")), row.get("newvalue")
    look.at(time)
    at = seconds(time)
    if field == "status":
        notes.stand(look, case, at, state_of(now))
        moves = notes.moves.setdefault(case, array("q"))
        if at and len(moves) < _MOVES_MAX:
            moves.append(at)
        _acts(P.record(row.get("createdbyid")), look)
    elif field in P.OWNERS and P.is_user(P.record(now)):
        _owns(P.record(now), look)


def _acts(who: str, look: Look) -> None:
    """Whoever changes cases may be a machine, which a person is asked."""
    if who and N.notes_of(look).users.get(who, P.STAFF[0]) in P.STAFF:
        look.author(who).deeds += 1


def _owns(who: str, look: Look) -> None:
    """Whoever has a case on their desk works for the company, unless a file of users says otherwise."""
    notes = N.notes_of(look)
    notes.owner(who)
    if notes.users.get(who, P.STAFF[0]) in P.STAFF:
        author = look.author(who)
        messages, example = notes.waiting.pop(who, (0, ""))
        author.messages += messages
        author.example = author.example or example


def _email(row: dict[str, Any], look: Look) -> None:
    case, id_, notes = P.record(row.get("parentid")), P.record(row.get("id")), N.notes_of(look)
    notes.worded = True
    if not case or not id_ or not W.is_sent(row):
        return
    time = P.moment(row.get("messagedate") or row.get("createddate"))
    look.at(time)
    words = W.words_of_mail(row)
    who = speaker_of(row)
    if P.is_user(who) and notes.users.get(who, P.STAFF[0]) in P.STAFF:
        look.said(who, words)
    _spoken(notes, case, L.EMAILED, id_, seconds(time), who, words)


def _comment(row: dict[str, Any], look: Look) -> None:
    case, id_, notes = P.record(row.get("parentid")), P.record(row.get("id")), N.notes_of(look)
    notes.worded = True
    if not case or not id_ or not W.is_shown(row):
        return
    time = P.moment(row.get("createddate"))
    look.at(time)
    words, who = W.words_of_comment(row), P.record(row.get("createdbyid"))
    _speaks(who, words, look)
    _spoken(notes, case, L.COMMENTED, id_, seconds(time), who, words)


def _session(row: dict[str, Any], look: Look) -> None:
    id_, case, notes = P.record(row.get("id")), P.record(row.get("caseid")), N.notes_of(look)
    if not id_ or P.is_true(row.get("isdeleted")):
        return
    notes.sessions[id_] = case or id_
    look.at(P.moment(row.get("createddate")))
    who = P.record(row.get("endusercontactid")) or ("" if case else P.record(row.get("messagingenduserid")))
    if who:
        look.requesters.setdefault(case or id_, who)


def _entry(row: dict[str, Any], look: Look) -> None:
    session, id_, notes = P.record(row.get("conversationid")), P.record(row.get("id")), N.notes_of(look)
    contact, sort = notes.sessions.get(session, session), word(row.get("entrytype"))
    if sort == P.IDLE:
        notes.idle.add(session)
    who = entry_speaker(row)
    if sort != P.TEXT or not contact or not id_ or not who:
        return
    notes.worded = True
    time = P.moment(row.get("entrytime"))
    look.at(time)
    words = text(row.get("message")).strip()
    if who.startswith(L.AGENT):
        look.author(who.removeprefix(L.AGENT), name=text(row.get("actorname"))[:100])
        look.said(who.removeprefix(L.AGENT), words)
    _spoken(notes, contact, L.ENTERED, id_, seconds(time), who, words)


def entry_speaker(entry: Mapping[str, Any]) -> str:
    """Who speaks in an entry of a conversation; a supervisor speaks to the agent, and is nobody here."""
    sort = word(entry.get("actortype"))
    return {"enduser": L.THEM, "bot": L.MACHINE, "system": L.SYSTEM}.get(sort, L.AGENT + P.record(entry.get("actorid")) if sort == "agent" else "")


def speaker_of(mail: Mapping[str, Any]) -> str:
    """Who speaks in an e-mail: whoever wrote to us, a machine where the mail says so, else the user who sent it."""
    if P.is_true(mail.get("incoming")):
        return L.THEM
    return L.MACHINE if word(mail.get("automationtype")) == "aiautomated" else P.record(mail.get("createdbyid"))


def _speaks(who: str, words: str, look: Look) -> None:
    """Count a message of somebody who works for the company; who is not known to, waits."""
    notes = N.notes_of(look)
    type_ = notes.users.get(who, "")
    if type_ in P.STAFF or (not type_ and who in notes.owners):
        look.said(who, words)
    elif who and not notes.users and (who in notes.waiting or len(notes.waiting) < _WAITING_MAX):
        before, example = notes.waiting.get(who, (0, ""))
        notes.waiting[who] = before + 1, example or words[:160]


def _spoken(notes: N.Notes, case: str, where: int, id_: str, second: int, who: str, words: str) -> None:
    asks = (L.ASKS if words.endswith("?") else 0) | (L.ASKS_SOLVED if asks_whether_solved(words) else 0)
    answer = answer_to_solved(words)
    notes.spoken.add(case, where, id_, second, who, asks=asks, answer=answer if answer in ("yes", "no") else "")


def _user(row: dict[str, Any], look: Look) -> None:
    who, type_, notes = P.record(row.get("id")), word(row.get("usertype")), N.notes_of(look)
    if not who:
        return
    if type_:
        notes.user(who, type_)
    if type_ and type_ not in P.STAFF:
        look.authors.pop(who, None)
        return
    called = text(row.get("name")) or f"{text(row.get('firstname'))} {text(row.get('lastname'))}".strip()
    look.author(who, name=called[:100], email=word(row.get("email")))


def _contact(row: dict[str, Any], look: Look) -> None:
    who, master = P.record(row.get("id")), P.record(row.get("masterrecordid"))
    if who and master:
        look.merged[f"user:{who}"] = master
    elif who:
        _address(look, who, word(row.get("email")))


def _address(look: Look, who: str, email: str) -> None:
    if not email or look.addresses.get(who) == email:
        return
    look.addresses[who] = email
    domain = email.rpartition("@")[2]
    if domain and (domain in look.domains or len(look.domains) < _DOMAINS_MAX):
        look.domains[domain] += 1


_SEEING: dict[str, Callable[[dict[str, Any], Look], None]] = {
    P.CASE: _case,
    P.HISTORY: _history,
    P.SESSION: _session,
    P.ENTRY: _entry,
    P.EMAIL: _email,
    P.COMMENT: _comment,
    P.USER: _user,
    P.CONTACT: _contact,
}
