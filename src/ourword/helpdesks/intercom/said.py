"""What Intercom's files say of a conversation, as events: built alike whichever file says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ourword.core.event import Event
from ourword.errors import EventError
from ourword.helpdesks.intercom.parts import ASSUMED, CLAIMS, channel_of, source_of, state_of
from ourword.helpdesks.intercom.seeing import notes_of
from ourword.helpdesks.shape import Answers, Look, Row
from ourword.helpdesks.telling import Telling
from ourword.helpdesks.values import ident, items, kind_in, objects_in, text, when
from ourword.outcomes.mapper import Skipped

Told = Iterator[Event | Skipped]
VENDOR = "intercom"
_LAST = 2**61


class ConversationTelling(Telling):
    """What every file's reader knows: whose conversation it is, and what it is called."""

    def __init__(self, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        super().__init__(VENDOR, answers, look, place=place, now=now)
        self.notes = notes_of(look)
        self.bots = frozenset(answers.bots)
        self.solved = frozenset(answers.solved or CLAIMS)
        self.matched: Counter[str] = Counter()

    def tell(self, label: str, type_: str, own: str, here: Here, time: str | None, place: int, **data: Any) -> Told:
        """Give an event of a conversation, unless it is a test; what does not hold together is skipped, and told."""
        if here.customer and self.is_test(here.customer):
            self.matched["left out: a test"] += 1
            return
        try:
            event = self.event(
                type_, own, contact=here.id, customer=here.customer or None, time=time, place=here.place, sequence=min(place, _LAST), **data
            )
        except EventError as error:
            yield Skipped(error.place, error.what, error.hint)
            return
        self.matched[label] += 1
        yield event

    def opened(self, row: Row, here: Here, created: str) -> Told:
        """Tell that it began, and what it is about as far as attributes say."""
        attributes = row.get("custom_attributes")
        titled = [(str(name), value) for name, value in attributes.items()] if isinstance(attributes, Mapping) else []
        told = {
            "actor": "customer",
            "channel": channel_of(source_of(row).get("type")),
            "kind": kind_in(titled),
            "objects": objects_in(titled) or None,
        }
        yield from self.tell("opened", "contact.opened", "opened", here, created, 0, **told)

    def closed(self, here: Here, time: str, place: int, *, by: str = "", reason: str = "", claimed: bool | None = None) -> Told:
        """Tell a close."""
        told = {"actor": by, "closed_by": by, "close_reason": reason, "claimed_resolved": claimed}
        label = "closed, and called resolved" if claimed else "closed"
        yield from self.tell(label, "contact.closed", f"closed-{time}", here, time, place, **told)

    def claims(self, row: Row) -> bool:
        """Whether the conversation is called resolved."""
        return state_of(row) in self.solved

    def rated(self, row: Row, here: Here) -> Told:
        """Tell what the customer gave: the teammate's rating, and Fin's where it is another one."""
        given, agent = row.get("conversation_rating"), row.get("ai_agent")
        seen: set[tuple[int, str | None]] = set()
        for own, found in (("rated", given), ("rated-fin", agent)):
            if not isinstance(found, Mapping):
                continue
            answer = found.get("rating")
            at = when(found.get("updated_at")) or when(found.get("created_at"))
            if not isinstance(answer, int) or isinstance(answer, bool) or (answer, at) in seen:
                continue
            seen.add((answer, at))
            yield from self.score(answer, own, here, at)

    def score(self, answer: int, own: str, here: Here, at: str | None) -> Told:
        """Tell one rating, from 1 to 5."""
        if not 1 <= answer <= 5:
            yield Skipped(here.place, f"a rating of `{ident(answer)[:20]}` in conversation {here.id}", "ratings go from 1 to 5")
            return
        told = {"actor": "customer", "question": "satisfaction", "answer": answer, "scale": 5}
        yield from self.tell("rated", "feedback.given", own, here, at, _LAST, **told)

    def is_assumed(self, row: Row) -> bool:
        """Whether Fin only assumes that it was resolved: the customer went silent."""
        return state_of(row) == ASSUMED

    def persons_reply(self, row: Row) -> bool:
        """Whether a person is among those who wrote for us, as far as a list of conversations says."""
        team = row.get("teammates")
        people = list(items(team.get("teammates") or team.get("admins"))) if isinstance(team, Mapping) else list(items(team))
        named = [ident(each.get("id")) for each in people if ident(each.get("id"))]
        named += [ident(row["replied_by"])] if text(row.get("replied_by")) else []
        return not named or any(each not in self.bots for each in named)


class Here:
    """Which conversation is told of: its id, whose it is, and where it stands in the file."""

    __slots__ = ("customer", "id", "place")

    def __init__(self, id_: str, customer: str, place: str) -> None:
        self.id, self.customer, self.place = id_, customer, place
