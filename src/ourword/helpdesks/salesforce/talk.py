"""What e-mails and comments say, as events: messages, our question whether it is solved, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ourword.helpdesks.salesforce import lines as L
from ourword.helpdesks.salesforce import parts as P
from ourword.helpdesks.salesforce import words as W
from ourword.helpdesks.salesforce.said import SAYS, CaseTelling, Told, place_of
from ourword.helpdesks.salesforce.seeing import speaker_of
from ourword.helpdesks.shape import CUSTOMER, PERSON, Row
from ourword.helpdesks.values import is_one_sentence
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.sayings import asks_whether_solved

_HOW = "export it anew, with API names and times as Data Loader writes them (`2026-11-09T10:22:00.000Z`)"


def mail(row: Row, say: CaseTelling, where: str) -> Told:
    """Give what an e-mail of a case says."""
    found = P.called(row)
    if not W.is_sent(found):
        say.matched["left out: a draft, or what was deleted or came back"] += 1
        return
    if not P.record(found.get("parentid")):
        say.matched["left out: an e-mail of no case"] += 1
        return
    time = found.get("messagedate") or found.get("createddate")
    yield from told(found, time, L.EMAILED, speaker_of(found), W.words_of_mail(found), say, where)


def comment(row: Row, say: CaseTelling, where: str) -> Told:
    """Give what a comment says that its customer can read."""
    found = P.called(row)
    if not W.is_shown(found):
        say.matched["left out: a note, or what was deleted"] += 1
        return
    yield from told(found, found.get("createddate"), L.COMMENTED, P.record(found.get("createdbyid")), W.words_of_comment(found), say, where)


def told(found: Mapping[str, Any], time: object, sort: int, speaker: str, words: str, say: CaseTelling, where: str, *, contact: str = "") -> Told:
    """Give what somebody said in a case, or in another *contact*."""
    case, id_, at = contact or P.record(found.get("parentid")), P.record(found.get("id")), say.moment(time)
    if not case or not id_ or at is None:
        yield Skipped(where, "this names no case (`ParentId`), no `Id`, or its time cannot be read", _HOW)
        return
    who, asks = say.who(speaker), words.endswith("?") or asks_whether_solved(words)
    if not who and sort == L.COMMENTED:
        what = f"no file tells whether user {speaker or 'of no name'}, who wrote this comment, is one of yours or a customer"
        yield Skipped(where, what, "give the file of users (`User`, with `UserType`) with it")
    elif not L.is_heard(who, asks=asks, mailed=sort == L.EMAILED):
        say.matched["left out: what Salesforce sent by itself"] += 1
    elif who == CUSTOMER:
        yield from _heard(id_, say.lines.turn(case, sort, id_), words, (case, at, where), say)
    else:
        yield from _answered(id_, say.lines.turn(case, sort, id_), who, words, (case, at, where), say)


def _heard(id_: str, turn: L.Turn, words: str, here: tuple[str, str, str], say: CaseTelling) -> Told:
    """A customer's message; right after our question a yes or a no is an answer to it."""
    case, at, where = here
    told = {"actor": CUSTOMER, "text": words}
    if turn.said:
        label, own = "answered whether it is solved", f"answered-{id_}"
        yield from say.tell(label, "question.answered", own, case, at, place_of(SAYS, id_, 2), where, **told, said=turn.said)
    else:
        yield from say.tell("a message of the customer", "message.in", f"message-{id_}", case, at, place_of(SAYS, id_, 1), where, **told)


def _answered(id_: str, turn: L.Turn, who: str, words: str, here: tuple[str, str, str], say: CaseTelling) -> Told:
    """Our message, our question whether it is solved, or both."""
    case, at, where = here
    if turn.joins:
        yield from say.tell("a person joined", "human.joined", f"joined-{id_}", case, at, place_of(SAYS, id_, 0), where, actor=PERSON)
    asks, told = asks_whether_solved(words), {"actor": who, "text": words}
    if not (asks and is_one_sentence(words)):
        ends = words.endswith("?") if words else None
        yield from say.tell("a message of ours", "message.out", f"message-{id_}", case, at, place_of(SAYS, id_, 1), where, **told, asks=ends)
    if asks:
        label, own = "asked whether it is solved", f"asked-{id_}"
        yield from say.tell(label, "question.asked", own, case, at, place_of(SAYS, id_, 2), where, **told, asks=True)
