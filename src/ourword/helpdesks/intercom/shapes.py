"""Intercom's shapes, and the one reader that they share."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.core.event import Event
from ourword.errors import EventError
from ourword.helpdesks.intercom import columns
from ourword.helpdesks.intercom.parts import customer_of, is_begun_by_us, is_preview, stands
from ourword.helpdesks.intercom.said import ConversationTelling, Here, Told
from ourword.helpdesks.intercom.seeing import (
    ADMIN,
    CONTACT,
    CONVERSATION,
    LISTED,
    RATING,
    TABLE,
    is_page,
    see,
    things,
    what,
    whose,
)
from ourword.helpdesks.intercom.talk import talk
from ourword.helpdesks.shape import STANDS, WHOLE, Answers, Look, OneByOne, Row, SortOfFile
from ourword.helpdesks.values import ident, seconds, when
from ourword.outcomes.mapper import Skipped


class Reading(OneByOne):
    """Reads one file, whichever things it holds."""

    def __init__(self, sort: str, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        self._sort, self._place, self._say = sort, place, ConversationTelling(answers, look, place=place, now=now)
        super().__init__(self._say.matched)

    def take(self, document: Row, line: int) -> Iterator[Event | Skipped]:
        """Give the events of one thing."""
        place, sort = f"{self._place}:{line}", what(document) or self._sort
        if sort in (CONVERSATION, LISTED):
            yield from self._conversation(document, place, whole=sort == CONVERSATION)
        elif sort == TABLE:
            yield from self._table(document, place)
        elif sort == RATING:
            yield from self._rating(document, place)
        elif sort == CONTACT:
            yield from self._contact(document, place)

    def _conversation(self, row: Row, place: str, *, whole: bool) -> Told:
        id_, created, say = ident(row.get("id")), when(row.get("created_at")), self._say
        if row.get("deleted") is True:
            say.matched["left out: a deleted conversation"] += 1
            return
        if not id_ or created is None:
            yield Skipped(place, "this conversation has no `id` or no time (`created_at`)", "export it anew")
            return
        if is_preview(row) or is_begun_by_us(row):
            say.matched["left out: a preview, or a message of ours that nobody answered"] += 1
            return
        newest = (say.notes.whole if whole else say.notes.listed).get(id_, 0)
        if (not whole and id_ in say.notes.whole) or seconds(when(row.get("updated_at"))) < newest:
            say.matched["left out: a conversation that is there newer or whole"] += 1
            return
        here = Here(id_, customer_of(row)[0] or say.look.requesters.get(id_, ""), place)
        if whole:
            yield from talk(row, here, created, say)
        else:
            yield from self._listed(row, here, created)

    def _table(self, row: Row, place: str) -> Told:
        found, say = columns.conversation_of(row, self._say.answers.zone), self._say
        id_, created = found["id"], found["created_at"]
        if not id_ or created is None:
            hint = "export the report with the columns Conversation ID and Conversation started at, times like 2026-11-09 10:22:00"
            yield Skipped(place, "this row has no conversation id, or no time of its beginning that can be read", hint)
            return
        if id_ in say.notes.whole or id_ in say.notes.listed:
            say.matched["left out: a table's row of a conversation that the API told"] += 1
            return
        yield from self._listed(found, Here(id_, whose(say.notes, found["contacts"]["contacts"][0]), place), created)

    def _listed(self, row: Row, here: Here, created: str) -> Told:
        """How a conversation stands, where its parts are not there: begun, joined by a person, closed, rated."""
        say, known = self._say, row.get("statistics")
        known = known if isinstance(known, dict) else {}
        yield from say.opened(row, here, created)
        joined, first, last = (when(known.get(name)) for name in ("first_admin_reply_at", "first_close_at", "last_close_at"))
        if joined is not None and say.persons_reply(row):
            yield from say.tell("a person joined", "human.joined", "joined", here, joined, 1, actor="person")
        if first is not None and last is not None and first != last:
            yield from say.closed(here, first, 2)
        last, claims = last or first, say.claims(row)
        if stands(row) == "closed" and last is not None:
            by = ident(known.get("last_closed_by_id"))
            yield from say.closed(here, last, 3, by=("automation" if by in say.bots else "person") if by else "", claimed=claims)
        else:
            at = when(row.get("updated_at")) or last or created
            told = {"claimed_resolved": True} if claims else {}
            yield from say.tell("how it stands", "contact.claimed" if claims else "conversation.updated", f"stands-{at}", here, at, 3, **told)
        yield from say.rated(row, here)

    def _rating(self, row: Row, place: str) -> Told:
        id_, score, at = columns.rating_of(row, self._say.answers.zone)
        if not id_ or score is None:
            hint = "export the report with the columns Conversation ID, Conversation rating and Updated at"
            yield Skipped(place, "this row has no conversation id, or no rating", hint)
            return
        who = self._say.look.requesters.get(id_, "")
        yield from self._say.score(score, f"rated-{at or 'at some time'}", Here(id_, self._say.notes.own.get(who, who), place), at)

    def _contact(self, row: Row, place: str) -> Told:
        """The language that a customer has chosen, as it is now."""
        who, at, language = ident(row.get("id")), when(row.get("created_at")), ident(row.get("language_override"))
        if not who:
            yield Skipped(place, "this contact has no `id`", "export it anew")
            return
        if at is None or not language or self._say.is_test(who):
            return
        try:
            attributes = {"language": language}
            event = self._say.event("customer.updated", f"contact-{who}", contact="", customer=who, time=at, place=place, attributes=attributes)
        except EventError as error:
            yield Skipped(error.place, error.what, error.hint)
            return
        self._say.matched["a customer's language"] += 1
        yield event


class IntercomShape(SortOfFile, frozen=True, kw_only=True):
    """One kind of file."""

    def recognises(self, row: Row, name: str) -> bool:
        """Whether a first row is one of these things, or a page of them."""
        first = next(iter(things(row)), None)
        if first is not None and (first is not row or not is_page(row)):
            return what(first) == self.sort
        return isinstance(row.get("conversations"), list) and not row.get("conversations") and "pages" in row and self.sort == LISTED

    def documents(self, row: Row) -> Iterator[Row]:
        """The things in a row."""
        yield from things(row)

    def look(self, row: Row, into: Look) -> None:
        """See one thing."""
        see(row, into)

    def reader(self, answers: Answers, look: Look, *, place: str, now: int | None) -> Reading:
        """Make a reader for one file."""
        return Reading(self.sort, answers, look, place=place, now=now)


SHAPES = (
    IntercomShape(sort=CONVERSATION, name="intercom.conversations", title="Intercom conversations with their parts", rank=10, gives=WHOLE),
    IntercomShape(sort=LISTED, name="intercom.list", title="Intercom conversations as a list, without parts", rank=20, gives=STANDS),
    IntercomShape(sort=RATING, name="intercom.ratings", title="Intercom ratings as a table (CSV)", rank=30),
    IntercomShape(sort=CONTACT, name="intercom.contacts", title="Intercom contacts", rank=40),
    IntercomShape(sort=ADMIN, name="intercom.admins", title="Intercom teammates", rank=41),
    IntercomShape(sort=TABLE, name="intercom.table", title="Intercom conversations as a table (CSV)", rank=60, gives=STANDS),
)
