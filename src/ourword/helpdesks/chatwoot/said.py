"""What Chatwoot's files say of a conversation, as events: built alike whichever file says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ourword.core.event import Event
from ourword.errors import EventError
from ourword.helpdesks.chatwoot import notes as N
from ourword.helpdesks.chatwoot import parts as P
from ourword.helpdesks.chatwoot.seeing import RESOLVED, last_of, rating_in
from ourword.helpdesks.shape import AUTOMATION, CUSTOMER, PERSON, Answers, Look, Row
from ourword.helpdesks.telling import Telling
from ourword.helpdesks.values import ident, is_one_sentence, kind_in, number, objects_in, order, seconds, text, when, word
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.sayings import asks_whether_solved

Told = Iterator[Event | Skipped]
VENDOR = "chatwoot"
_LAST = 2**61
_HANDOFFS = ("conversation_bot_handoff", "conversation_captain_inference_handoff")


class ConversationTelling(Telling):
    """What every file's reader knows: whose conversation it is, who is a machine, and what comes before what."""

    def __init__(self, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        super().__init__(VENDOR, answers, look, place=place, now=now)
        self.notes = N.notes_of(look)
        self.machines = frozenset(answers.bots) | {each.id for each in look.authors.values() if each.bot is True}
        self.called = _called(look, self.machines)
        self.lines = N.Lines(self.notes, self.machines)
        self.joined = self.notes.joins()
        self.reported = frozenset(self.joined[each] for each in self.notes.resolved if each in self.joined)
        self.solved = "resolved" in (answers.solved or ("resolved",))
        self.matched: Counter[str] = Counter()

    def tell(self, label: str, type_: str, own: str, conversation: str, time: str | None, place: int, where: str, **data: Any) -> Told:
        """Give an event of a conversation, unless it is a test; what does not hold together is skipped, and told."""
        whose = self.look.requesters.get(conversation, "")
        if self.notes.begun_by_us(conversation) or (whose and self.is_test(whose)):
            self.matched["left out: a test, or a message of ours that nobody answered"] += 1
            return
        try:
            event = self.event(type_, own, contact=conversation, customer=whose or None, time=time, place=where, sequence=min(place, _LAST), **data)
        except EventError as error:
            yield Skipped(error.place, error.what, error.hint)
            return
        self.matched[label] += 1
        yield event

    def who(self, author: str) -> str:
        """Whether somebody of ours is a machine or a person; empty where nobody is named."""
        return "" if not author else AUTOMATION if author in self.machines else PERSON

    # ---- a conversation ---------------------------------------------------------------------------------------------------

    def conversation(self, row: Row, where: str) -> Told:
        """Tell that it began and, as far as no message and no report says more, how it stands."""
        id_, created = ident(row.get("id")), when(row.get("created_at")) or when(row.get("timestamp"))
        if not id_ or created is None:
            yield Skipped(where, "this conversation has no `id` or no time (`created_at`)", "export it anew")
            return
        if last_of(row) < self.notes.listed.get(id_, 0):
            self.matched["left out: an older copy of a conversation"] += 1
            return
        told = {"actor": CUSTOMER, "channel": P.channel_of(row), "kind": _kind(row), "objects": objects_in(_titled(row)) or None}
        yield from self.tell("opened", "contact.opened", "opened", id_, created, 0, where, **told)
        messaged = self.notes.has(id_, N.MESSAGED | N.CARRIED)
        joined = when(row.get("first_reply_created_at"))
        if joined is not None and seconds(joined) and self._is_a_persons(id_, seconds(joined), P.assignee_of(row), messaged):
            yield from self.tell("a person joined", "human.joined", "joined", id_, joined, 1, where, actor=PERSON)
        last = when(last_of(row)) if last_of(row) else None
        resolved = P.status_of(row) == "resolved"
        told_elsewhere = self.notes.has(id_, N.ACTED | N.ACTED_LAST) or id_ in self.reported
        if last is not None and resolved and not told_elsewhere:
            yield from self.closed(id_, last, _LAST, where)
        elif last is not None and not resolved and not messaged:
            yield from self.tell("how it stands", "conversation.updated", f"stands-{last}", id_, last, _LAST, where)

    def _is_a_persons(self, conversation: str, second: int, assignee: str, messaged: bool) -> bool:
        """Whether the first reply that counts as one was a person's: of whoever has it on their desk, else of an agent who is gone."""
        return self.lines.nameless(conversation, second) if messaged else (self.who(assignee) or PERSON) == PERSON

    def closed(self, conversation: str, time: str, place: int, where: str, *, by: str = "", reason: str = "") -> Told:
        """Tell that it was resolved."""
        told = {"actor": by, "closed_by": by, "close_reason": reason, "claimed_resolved": self.solved}
        yield from self.tell("closed", "contact.closed", f"closed-{seconds(time)}", conversation, time, place, where, **told)

    # ---- a message --------------------------------------------------------------------------------------------------------

    def message(self, row: Row, where: str) -> Told:
        """Tell what was said, asked, answered or done."""
        conversation, id_, at = ident(row.get("conversation_id")), ident(row.get("id")), when(row.get("created_at"))
        if not conversation or not id_ or at is None:
            yield Skipped(where, "this message has no `conversation_id`, no `id` or no time (`created_at`)", "export it anew")
            return
        if "_carried" in row and (self.notes.has(conversation, N.MESSAGED) or (row["_carried"] == P.LAST and conversation in self.reported)):
            return
        sort, turn, here = P.sort_of(row), self.lines.turn(conversation, id_), (conversation, at, where)
        if sort not in (P.TEMPLATE, P.ACTIVITY) and not P.is_said(row):
            self.matched["left out: a note, or what was not delivered"] += 1
        elif sort == P.INCOMING:
            yield from self._heard(row, id_, turn, here)
        elif sort == P.OUTGOING:
            yield from self._answered(row, id_, turn, here)
        elif sort == P.ACTIVITY:
            yield from self._done(row, id_, turn, here)
        else:
            yield from self._surveyed(row, id_, here)

    def _heard(self, row: Row, id_: str, turn: N.Turn, here: tuple[str, str, str]) -> Told:
        """A customer's message; right after our question a yes or a no is an answer to it."""
        conversation, at, where = here
        if turn.reopens:
            yield from self.tell("reopened", "contact.reopened", f"reopened-{id_}", conversation, at, order(id_, 0), where, actor=CUSTOMER)
        told = {"actor": CUSTOMER, "text": P.words_of(row)}
        if turn.said:
            label, own = "answered whether it is solved", f"answered-{id_}"
            yield from self.tell(label, "question.answered", own, conversation, at, order(id_, 2), where, **told, said=turn.said)
        else:
            yield from self.tell("a message of the customer", "message.in", f"message-{id_}", conversation, at, order(id_, 1), where, **told)

    def _answered(self, row: Row, id_: str, turn: N.Turn, here: tuple[str, str, str]) -> Told:
        """Our message, our question whether it is solved, or both; what a rule or a campaign sent is the rule's."""
        conversation, at, where = here
        words, author = P.words_of(row), P.sender_of(row)[0]
        if turn.joins:
            yield from self.tell("a person joined", "human.joined", "joined", conversation, at, order(id_, 0), where, actor=PERSON)
        asks = asks_whether_solved(words) and not P.is_ruled(row)
        told = {"actor": "rule" if P.is_ruled(row) else self.who(author), "text": words}
        if not (asks and is_one_sentence(words)):
            ends = words.endswith("?") if words else None
            yield from self.tell("a message of ours", "message.out", f"message-{id_}", conversation, at, order(id_, 1), where, **told, asks=ends)
        if asks:
            label, own = "asked whether it is solved", f"asked-{id_}"
            yield from self.tell(label, "question.asked", own, conversation, at, order(id_, 2), where, **told, asks=True)

    def _done(self, row: Row, id_: str, turn: N.Turn, here: tuple[str, str, str]) -> Told:
        """An activity: resolved, opened again, put on people's desk; others say nothing of the customer."""
        conversation, at, where = here
        words = P.words_of(row)
        found = P.closing(words)
        if found is not None and turn.closes:
            by = self._closer(*found)
            reason = "no_reply" if by != CUSTOMER and turn.waited else ""
            yield from self.closed(conversation, at, order(id_, 2), where, by=by, reason=reason)
        elif turn.reopens:
            yield from self.tell("reopened", "contact.reopened", f"reopened-{id_}", conversation, at, order(id_, 0), where)
        name = P.handed_by(words)
        if name and not turn.reopens:
            by = AUTOMATION if name == P.SYSTEM or self.called.get(name) == AUTOMATION else ""
            yield from self.tell("put on a person's desk", "human.queued", "queued", conversation, at, order(id_, 1), where, actor=by)

    def _closer(self, name: str, how: str) -> str:
        """Who resolved it: as the activity says, else whoever has that name; nobody, where no file knows the name or two share it."""
        if how:
            return AUTOMATION if how == "machine" else how
        return "timer" if name == P.SYSTEM else self.called.get(name, "")

    def _surveyed(self, row: Row, id_: str, here: tuple[str, str, str]) -> Told:
        """A survey that was sent as a message, as far as it was answered; when it was sent, where no file of ratings says when it was answered."""
        conversation, at, where = here
        if word(row.get("content_type")) != "input_csat":
            self.matched["left out: a greeting or a form, which Chatwoot sent by itself"] += 1
            return
        score = rating_in(row)
        elsewhere = id_ in self.notes.rated or f"c{conversation}" in self.notes.rated or conversation in self.notes.tabled
        if score is not None and not elsewhere:
            yield from self.rated(conversation, score, f"rated-{id_}", at, where)

    # ---- ratings and reports -------------------------------------------------------------------------------------------------

    def rated(self, conversation: str, score: int, own: str, at: str | None, where: str) -> Told:
        """Tell a rating, from 1 to 5."""
        if not 1 <= score <= 5:
            yield Skipped(where, f"a rating of `{str(score)[:20]}` in conversation {conversation}", "ratings go from 1 to 5")
            return
        told = {"actor": CUSTOMER, "question": "satisfaction", "answer": score, "scale": 5}
        yield from self.tell("rated", "feedback.given", own, conversation, at, _LAST, where, **told)

    def report(self, row: Row, where: str) -> Told:
        """Tell what a report knows of a conversation: that it was resolved, opened again, handed over; where no activity says so."""
        name, database, at = word(row.get("name")), ident(row.get("conversation_id")), when(row.get("event_end_time"))
        if not database or at is None:
            yield Skipped(where, "this reporting event has no `conversation_id` or no time (`event_end_time`)", "export it anew")
            return
        conversation = self.joined.get(database, "")
        if not self.notes.begun:
            yield Skipped(where, "no file has the conversations that these reports are of", "give the list of conversations with them")
            return
        if not conversation:
            self.matched["left out: a report of a conversation that no file has, or that began in the same second as another"] += 1
            return
        acted = self.notes.has(conversation, N.ACTED)
        if name == RESOLVED and not acted:
            yield from self.closed(conversation, at, _LAST, where)
        elif name == "conversation_opened" and not acted and _positive(row.get("value")):
            yield from self.tell("reopened", "contact.reopened", f"reopened-{seconds(at)}", conversation, at, 0, where)
        elif name in _HANDOFFS and not self.notes.has(conversation, N.HANDED):
            yield from self.tell("handed over", "human.queued", "queued", conversation, at, 0, where, actor=AUTOMATION)


def _called(look: Look, machines: Collection[str]) -> dict[str, str]:
    """Whether a name is a machine's or a person's; nothing for a name that both have."""
    found: dict[str, str] = {}
    for each in look.authors.values():
        if each.name:
            is_ = AUTOMATION if each.id in machines else PERSON
            found[each.name] = is_ if found.get(each.name, is_) == is_ else ""
    return found


def _titled(row: Row) -> list[tuple[str, Any]]:
    own = row.get("custom_attributes")
    return [(str(name), value) for name, value in own.items()] if isinstance(own, Mapping) else []


def _kind(row: Row) -> str:
    """What it is about: an attribute that is called so, else its only label."""
    labels = [text(each) for each in row["labels"] if text(each)] if isinstance(row.get("labels"), list) else []
    return kind_in(_titled(row)) or (ident(labels[0]) if len(labels) == 1 else "")


def _positive(value: object) -> bool:
    """Whether a number is above zero: what was never resolved before was opened, not opened again."""
    return (isinstance(value, int | float) and value > 0) or number(value) > 0
