"""What messaging sessions and their entries say, as events: Agentforce and bots answer in them, and hand over to people."""

from __future__ import annotations

from ourword.helpdesks.salesforce import lines as L
from ourword.helpdesks.salesforce import notes as N
from ourword.helpdesks.salesforce import parts as P
from ourword.helpdesks.salesforce.said import CHANGES, OPENS, CaseTelling, Told, place_of
from ourword.helpdesks.salesforce.seeing import entry_speaker
from ourword.helpdesks.salesforce.talk import told
from ourword.helpdesks.shape import AUTOMATION, CUSTOMER, PERSON, Row
from ourword.helpdesks.values import text, word
from ourword.outcomes.mapper import Skipped

_HOW = "export it anew, with API names and times as Data Loader writes them (`2026-11-09T10:22:00.000Z`)"


def session(row: Row, say: CaseTelling, where: str) -> Told:
    """Give who had a session, machine or person; one of no case is a contact of its own, whose end claims nothing."""
    found = P.called(row)
    id_, begun = P.record(found.get("id")), say.moment(found.get("starttime")) or say.moment(found.get("createddate"))
    if not id_ or begun is None:
        yield Skipped(where, "this session has no `Id`, or its `CreatedDate` cannot be read", _HOW)
        return
    if P.is_true(found.get("isdeleted")):
        say.matched["left out: a session that was deleted"] += 1
        return
    contact, sort, place = say.notes.sessions.get(id_, id_), word(found.get("agenttype")), place_of(OPENS, id_, 1)
    if sort == "system":
        say.matched["left out: a session that a flow began, and nobody answered yet"] += 1
        return
    if not say.notes.has(contact, N.CASED):
        channel = word(found.get("channeltype"))
        yield from say.tell("opened", "contact.opened", f"opened-{id_}", contact, begun, place_of(OPENS, ""), where, actor=CUSTOMER, channel=channel)
    if sort in ("bot", "bottoagent"):
        yield from say.tell("a machine had it", "conversation.updated", f"had-{id_}", contact, begun, place, where, actor=AUTOMATION)
    accepted = say.moment(found.get("accepttime"))
    if sort in ("agent", "bottoagent") and accepted is not None:
        yield from say.tell("a person joined", "human.joined", f"joined-{id_}", contact, accepted, place_of(CHANGES, id_), where, actor=PERSON)
    ended = say.moment(found.get("endtime"))
    if contact == id_ and ended is not None:
        by = "timer" if id_ in say.notes.idle else ""
        more = {"actor": by, "closed_by": by, "claimed_resolved": False}
        yield from say.tell("a session ended", "contact.closed", f"closed-{id_}", contact, ended, place_of(CHANGES, id_, 2), where, **more)


def entry(row: Row, say: CaseTelling, where: str) -> Told:
    """Give what was said in a session, and that a bot handed over."""
    found = P.called(row)
    conversation, id_, at, sort = (
        P.record(found.get("conversationid")),
        P.record(found.get("id")),
        found.get("entrytime"),
        word(found.get("entrytype")),
    )
    if not conversation or not id_ or say.moment(at) is None:
        yield Skipped(where, "this entry names no session (`ConversationId`), no `Id`, or its `EntryTime` cannot be read", _HOW)
        return
    contact, speaker = say.notes.sessions.get(conversation, conversation), entry_speaker(found)
    if sort == P.ESCALATED:
        place = place_of(CHANGES, id_)
        yield from say.tell("handed over", "human.queued", f"queued-{id_}", contact, say.moment(at), place, where, actor=AUTOMATION)
    elif sort != P.TEXT or not speaker:
        say.matched["left out: an entry that is no message to the customer"] += 1
    else:
        yield from told(found, at, L.ENTERED, speaker, text(found.get("message")).strip(), say, where, contact=contact)
