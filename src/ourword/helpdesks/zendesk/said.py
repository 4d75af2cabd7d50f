"""What a Zendesk ticket's files say, as events: built alike whichever file says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ourword.core.event import Event
from ourword.errors import EventError
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.telling import Telling
from ourword.helpdesks.zendesk import notes as N
from ourword.helpdesks.zendesk.columns import kind_in, objects_in
from ourword.helpdesks.zendesk.parts import CHANNELS_RULED, SOLVED, SYSTEM, channel_of, ident, is_short, items, order, rel_of, seconds, word
from ourword.outcomes.mapper import Skipped

Told = Iterator[Event | Skipped]
VENDOR = "zendesk"


class TicketTelling(Telling):
    """What every file's reader knows: whose ticket it is, who writes, and what a change of its state says."""

    def __init__(self, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        super().__init__(VENDOR, answers, look, place=place, now=now)
        self.notes = N.notes_of(look)
        self.solved = frozenset(word(each) for each in answers.solved or SOLVED)
        self.closing = self.solved | {"closed"}
        self.matched: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        """How many rows do not count as they stand, by why."""

    def tell(self, label: str, type_: str, own: str, ticket: str, time: str | None, place: str, sequence: int, **data: Any) -> Told:
        """Give an event of a ticket, unless it is no customer's; what does not hold together is skipped, and told."""
        whose = self.look.requesters.get(ticket, "")
        if self.notes.has(ticket, N.LEFT_OUT) or (whose and self.is_test(whose)):
            self.matched["left out: a side conversation or a test"] += 1
            return
        try:
            event = self.event(type_, own, contact=ticket, customer=whose, time=time, place=place, sequence=sequence, **data)
        except EventError as error:
            yield Skipped(error.place, error.what, error.hint)
            return
        self.matched[label] += 1
        yield event

    def who(self, ticket: str, author: str) -> str:
        """Who somebody is in a ticket: `customer`, or of ours; empty when nobody is named."""
        if not N.is_staff(self.look, author, self.look.requesters.get(ticket, "")):
            return "customer" if author else ""
        return "automation" if author in self._bots else "rule" if author == SYSTEM else "person"

    def state(self, ticket: str, now: str, before: str, change: str, author: str, via: object, at: str, place: str) -> Told:
        """Tell a change of state: into one that counts as solved, or out of it; from solved to closed is neither."""
        if now in self.closing and not self._was_closed(before):
            by = self.closed_by(ticket, author, via)
            reason = "confirmed" if by == "customer" else "no_reply" if self._is_ours(ticket, self.notes.unanswered.get(change, "")) else ""
            yield from self.closed(ticket, at, place, state=now, by=by, reason=reason, sequence=order(change, 2))
        elif self.is_reopening(now, before):
            by = self.who(ticket, author)
            yield from self.tell("reopened", "contact.reopened", f"reopened-{at}", ticket, at, place, order(change, 2), actor=by)

    def closed(self, ticket: str, at: str | None, place: str, *, state: str, by: str = "", reason: str = "", sequence: int = order("", 0)) -> Told:
        """Tell a close: claimed where the state counts as solved, never where it was merged into another ticket."""
        merged = self.notes.has(ticket, N.MERGED)
        if not reason and not by and at is not None and self._is_ours(ticket, N.asked_last(self.notes, ticket, seconds(at))):
            reason = "no_reply"
        claimed = not merged and (state in self.solved or (state == "closed" and "solved" in self.solved))
        told = {"actor": by, "closed_by": by, "close_reason": "duplicate" if merged else reason, "claimed_resolved": claimed}
        label = "closed: merged into another ticket" if merged else "closed"
        yield from self.tell(label, "contact.closed", f"closed-{at or 'at some time'}", ticket, at, place, sequence, **told)

    def is_reopening(self, now: str, before: str) -> bool:
        """Whether a change of state goes back from solved."""
        return bool(now) and now not in self.closing and self._was_closed(before)

    def _was_closed(self, state: str) -> bool:
        return state in self.closing or state in SOLVED

    def says_yes(self, ticket: str, events: object) -> bool:
        """Whether one of an update's comments is the yes to our question: Zendesk opens a solved ticket for it, and nobody came back."""
        found = (self.notes.answers.get(ident(each.get("id"))) for each in items(events))
        return any(each is not None and each.said == "yes" and self._is_ours(ticket, each.asker) for each in found)

    def _is_ours(self, ticket: str, author: str) -> bool:
        return self.who(ticket, author) not in ("customer", "")

    def closed_by(self, ticket: str, author: str, via: object) -> str:
        """Who closed it. An automation fires when time has passed; a trigger, and one change to many tickets at once, is a rule."""
        if channel_of(via) in CHANNELS_RULED or rel_of(via) in ("trigger", "automation", "batch"):
            named = rel_of(via) or channel_of(via)
            timed = named == "automation" or (named == "rule" and author in ("", SYSTEM))
            return "timer" if timed else "rule"
        return self.who(ticket, author)

    def opened(self, ticket: str, at: str, place: str, *, via: object, by: str, titled: list[tuple[str, Any]], form: str = "") -> Told:
        """Tell a ticket's beginning, with what it is about as far as fields say."""
        kind = kind_in(titled) or (form if is_short(form) else "")
        first = N.matter(self.notes, ticket)
        objects = [*objects_in(titled), *([{"type": "ticket", "id": first, "role": "about"}] if first else [])]
        told = {"actor": by, "channel": channel_of(via), "kind": kind, "objects": objects or None}
        yield from self.tell("opened", "contact.opened", "opened", ticket, at, place, 0, **told)

    def rated(self, ticket: str, score: object, own: str, at: str | None, place: str, sequence: int) -> Told:
        """Tell a rating; one that was only offered is no answer."""
        said = word(score)[:3]
        if said in ("goo", "bad"):
            told = {"actor": "customer", "question": "satisfaction", "answer": int(said == "goo"), "scale": 1}
            yield from self.tell("rated", "feedback.given", own, ticket, at, place, sequence, **told)

    def joined(self, ticket: str, comment: str, author: str, at: str, place: str) -> Told:
        """Tell that a person took over from a machine: at their first public comment, not when a ticket was put on their desk."""
        mine = (author, seconds(at), order(comment, 1))
        ours = [each for each in self.notes.first.get(ticket, ()) if self.who(ticket, each[0]) in ("automation", "person")]
        persons = [each for each in ours if self.who(ticket, each[0]) == "person"]
        machines = [each for each in ours if self.who(ticket, each[0]) == "automation"]
        if machines and persons and mine == min(persons, key=_when) and min(map(_when, machines)) < _when(mine):
            yield from self.tell("a person joined", "human.joined", "joined", ticket, at, place, order(comment, 0), actor="person")


def _when(first: tuple[str, int, int]) -> tuple[int, int]:
    return first[1:]
