"""Chatwoot's shapes, and the one reader that they share."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.core.event import Event
from ourword.helpdesks.chatwoot import parts as P
from ourword.helpdesks.chatwoot.said import ConversationTelling, Told
from ourword.helpdesks.chatwoot.seeing import column, see
from ourword.helpdesks.shape import STANDS, WHOLE, Answers, Look, OneByOne, Row, SortOfFile
from ourword.helpdesks.values import ident, number, seconds, text, when
from ourword.outcomes.mapper import Skipped


class Reading(OneByOne):
    """Reads one file, whichever things it holds."""

    def __init__(self, sort: str, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        self._sort, self._place, self._say = sort, place, ConversationTelling(answers, look, place=place, now=now)
        super().__init__(self._say.matched)

    def take(self, document: Row, line: int) -> Iterator[Event | Skipped]:
        """Give the events of one thing."""
        place, sort = f"{self._place}:{line}", P.what(document) or self._sort
        if sort == P.CONVERSATION:
            yield from self._say.conversation(document, place)
        elif sort == P.MESSAGE:
            yield from self._say.message(document, place)
        elif sort == P.REPORT:
            yield from self._say.report(document, place)
        elif sort == P.RATING:
            yield from self._rating(document, place)
        elif sort == P.RATINGS_TABLE:
            yield from self._rated(document, place)

    def _rating(self, row: Row, place: str) -> Told:
        conversation, at = ident(row.get("conversation_id")), when(row.get("created_at"))
        own = ident(row.get("message_id")) or ident(row.get("id"))
        if not conversation or not own or not ident(row.get("rating")):
            yield Skipped(place, "this rating has no `conversation_id`, no `id` or no `rating`", "export it anew")
            return
        yield from self._say.rated(conversation, number(row.get("rating")), f"rated-{own}", at, place)

    def _rated(self, row: Row, place: str) -> Told:
        """A row of the CSAT report; its last line says which time it is about."""
        conversation = P.conversation_in(column(row, "link to the conversation"))
        score = ident(column(row, "rating"))
        at = when(text(column(row, "recorded date")).strip().removesuffix(" UTC"))
        if not score and not conversation:
            self._say.matched["left out: a line below the ratings"] += 1
            return
        if not conversation or at is None:
            yield Skipped(place, "this rating names no conversation, or no date that can be read", "export the report with its links")
            return
        if f"c{conversation}" in self._say.notes.rated:
            self._say.matched["left out: a table's rating that the API told"] += 1
            return
        yield from self._say.rated(conversation, number(score), f"rated-{seconds(at)}", at, place)


class ChatwootShape(SortOfFile, frozen=True, kw_only=True):
    """One kind of file."""

    def recognises(self, row: Row, name: str) -> bool:
        """Whether a first row is one of these things, or a page of them."""
        first = next(P.things(row), None)
        if first is not None:
            return P.what(first) == self.sort
        meta = row["data"].get("meta") if isinstance(row.get("data"), dict) else None
        return self.sort == P.CONVERSATION and isinstance(meta, dict) and "all_count" in meta

    def documents(self, row: Row) -> Iterator[Row]:
        """The things in a row."""
        return P.things(row)

    def look(self, row: Row, into: Look) -> None:
        """See one thing."""
        see(row, into)

    def reader(self, answers: Answers, look: Look, *, place: str, now: int | None) -> Reading:
        """Make a reader for one file."""
        return Reading(self.sort, answers, look, place=place, now=now)


SHAPES = (
    ChatwootShape(sort=P.MESSAGE, name="chatwoot.messages", title="Chatwoot messages", rank=10, gives=WHOLE),
    ChatwootShape(sort=P.CONVERSATION, name="chatwoot.conversations", title="Chatwoot conversations", rank=20, gives=WHOLE),
    ChatwootShape(sort=P.REPORT, name="chatwoot.reports", title="Chatwoot reporting events", rank=25, gives=STANDS),
    ChatwootShape(sort=P.RATING, name="chatwoot.ratings", title="Chatwoot CSAT responses", rank=30),
    ChatwootShape(sort=P.RATINGS_TABLE, name="chatwoot.ratings_table", title="Chatwoot CSAT responses as a table (CSV)", rank=31),
    ChatwootShape(sort=P.CONTACT, name="chatwoot.contacts", title="Chatwoot contacts", rank=40),
)
