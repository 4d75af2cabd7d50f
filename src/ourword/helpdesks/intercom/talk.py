"""A conversation that is there whole: what was said, asked, answered and done in it, part after part."""

from __future__ import annotations

from ourword.helpdesks.intercom.parts import HANDED, HELPED, IDLE, NOT_HELPED, PARTS_MAX, REOPENS, RULED, Part, parts_of, resolution_of, stands
from ourword.helpdesks.intercom.said import ConversationTelling, Here, Told
from ourword.helpdesks.shape import AUTOMATION, CUSTOMER, PERSON, Row
from ourword.helpdesks.values import WAITED, is_one_sentence, number
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.sayings import answer_to_solved, asks_whether_solved

_RULE_SECONDS = 5
"""A workflow closes as it runs."""


def talk(row: Row, here: Here, created: str, say: ConversationTelling) -> Told:
    """Give all events of a conversation with its parts."""
    yield from say.opened(row, here, created)
    parts = []
    for each in parts_of(row, created, say.bots):
        if isinstance(each, str):
            yield Skipped(here.place, each, "export the conversation anew")
        else:
            parts.append(each)
    total = row.get("conversation_parts")
    if isinstance(total, dict) and number(total.get("total_count")) > PARTS_MAX:
        say.matched[f"conversations of which {PARTS_MAX} parts are there, and no more"] += 1
    yield from Talk(row, parts, here, say).told()
    yield from say.rated(row, here)


class Talk:
    """Goes through the parts once and remembers what the next one may turn on."""

    def __init__(self, row: Row, parts: list[Part], here: Here, say: ConversationTelling) -> None:
        self._row, self._parts, self._here, self._say = row, parts, here, say
        self._open = True
        self._asked = False
        """Whether our last word asks whether it is solved."""
        self._question: int | None = None
        """The second of our last word, where it is a question of any sort."""
        self._idle = False
        self._ruled = 0
        self._machine: Part | None = None
        self._person = self._queued = False
        closes = [each for each in parts if each.kind == "close"]
        self._last_close = closes[-1] if closes and stands(row) == "closed" else None

    def told(self) -> Told:
        """Give the events."""
        for each in self._parts:
            yield from self._part(each)
        yield from self._after()

    def _part(self, each: Part) -> Told:
        by_customer = each.said and each.who == CUSTOMER
        if not self._open and (each.kind in REOPENS or by_customer):
            self._open = True
            yield from self._tell("reopened", "contact.reopened", f"reopened-{each.id}", each, 0, actor=each.who)
        if each.kind == IDLE:
            self._idle = True
        elif each.kind == RULED:
            self._ruled = each.second
        if by_customer:
            yield from self._heard(each)
        elif each.said and each.who:
            yield from self._answered(each)
        if each.assigned and self._machine is not None and not (self._person or self._queued):
            self._queued = True
            yield from self._tell("put on a person's desk", "human.queued", "queued", each, 2, actor=each.who or AUTOMATION)
        if each.kind == "close" and self._open:
            self._open = False
            yield from self._closed(each)

    def _heard(self, each: Part) -> Told:
        """The customer's word; right after our question, or on one of Fin's buttons, an answer. What says neither yes nor no is a message."""
        said = ""
        if each.pressed and HELPED.fullmatch(each.words) and self._machine is not None:
            said = "yes"
        elif each.pressed and NOT_HELPED.fullmatch(each.words) and self._machine is not None:
            said = "no"
        elif self._asked:
            said = answer_to_solved(each.words)
        self._asked, self._question, self._idle = False, None, False
        told = {"actor": CUSTOMER, "text": each.words}
        if said in ("yes", "no"):
            yield from self._tell("answered whether it is solved", "question.answered", f"answered-{each.id}", each, 2, **told, said=said)
        else:
            yield from self._tell("a message of the customer", "message.in", f"message-{each.id}", each, 1, **told)

    def _answered(self, each: Part) -> Told:
        """Our word: a message, our question whether it is solved, or both."""
        if each.who == AUTOMATION:
            self._machine = each
        elif not self._person:
            self._person = True
            if self._machine is not None:
                yield from self._tell("a person joined", "human.joined", "joined", each, 0, actor=PERSON)
        asks = asks_whether_solved(each.words)
        self._asked = asks or each.offers
        self._question = each.second if self._asked or each.words.endswith("?") else None
        told = {"actor": each.who, "text": each.words}
        if not (asks and is_one_sentence(each.words)):
            ends = each.words.endswith("?") if each.words else None
            yield from self._tell("a message of ours", "message.out", f"message-{each.id}", each, 1, **told, asks=ends)
        if self._asked:
            yield from self._tell("asked whether it is solved", "question.asked", f"asked-{each.id}", each, 2, **told, asks=True)

    def _closed(self, each: Part) -> Told:
        last = each is self._last_close
        by = each.who
        if by == AUTOMATION and (self._idle or (last and self._say.is_assumed(self._row))):
            by = "timer"
        elif by == AUTOMATION and self._ruled and each.second - self._ruled <= _RULE_SECONDS:
            by = "rule"
        waited = self._question is not None and each.second - self._question >= WAITED
        reason = "no_reply" if waited and by != CUSTOMER else ""
        self._idle, self._ruled = False, 0
        claimed = self._say.claims(self._row) if last else None
        yield from self._say.closed(self._here, each.time, each.place + 3, by=by, reason=reason, claimed=claimed)

    def _after(self) -> Told:
        """What is known of the whole: handed over without being put on a desk, and called resolved without being closed."""
        machine = self._machine
        if machine is not None and resolution_of(self._row) in HANDED and not self._queued:
            yield from self._tell("handed over by Fin", "human.queued", "queued", machine, 2, actor=AUTOMATION)
        if self._last_close is None and self._say.claims(self._row):
            at = machine or (self._parts[-1] if self._parts else None)
            if at is not None:
                yield from self._tell("called resolved, and not closed", "contact.claimed", "claimed", at, 3, claimed_resolved=True)

    def _tell(self, label: str, type_: str, own: str, each: Part, after: int, **data: object) -> Told:
        yield from self._say.tell(label, type_, own, self._here, each.time, each.place + after, **data)
