"""Zendesk's shapes, and the one reader that they share: a page may hold several sorts of things, and each is read for what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ourword.core.event import Event
from ourword.helpdesks.shape import SAID, STANDS, WHOLE, Answers, Look, OneByOne, Row, SortOfFile
from ourword.helpdesks.zendesk import history, pages, records
from ourword.helpdesks.zendesk.pages import LISTS, is_page, things, what
from ourword.helpdesks.zendesk.parts import items
from ourword.helpdesks.zendesk.said import TicketTelling, Told
from ourword.helpdesks.zendesk.seeing import see
from ourword.outcomes.mapper import Skipped

_READING: dict[str, Callable[[Row, TicketTelling, str], Told]] = {
    pages.TICKET: records.ticket,
    pages.TABLE: records.table,
    pages.AUDIT: history.audit,
    pages.EVENT: history.ticket_event,
    pages.COMMENT: history.comment,
    pages.METRIC: history.metric,
    pages.RATING: records.rating,
    pages.USER: records.user,
}


class Reading(OneByOne):
    """Reads one file, whichever things it holds."""

    def __init__(self, sort: str, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        self._sort, self._place = sort, place
        self._say = TicketTelling(answers, look, place=place, now=now)
        super().__init__(self._say.matched)
        self.left = self._say.left

    def take(self, document: Row, line: int) -> Iterator[Event | Skipped]:
        """Give the events of one thing."""
        read = _READING.get(what(document) or self._sort)
        if read is not None:
            yield from read(document, self._say, f"{self._place}:{line}")


class ZendeskShape(SortOfFile, frozen=True, kw_only=True):
    """One kind of file."""

    def recognises(self, row: Row, name: str) -> bool:
        """Whether a first row is one of these things, or a page of them."""
        if not is_page(row):
            first = next(things(row), row)
            return what(first) == self.sort
        lists = [(sort, items(row.get(key))) for key, sort in LISTS.items() if isinstance(row.get(key), list)]
        sorts = [what(next(iter(found))) for _, found in lists if found]
        empty = not sorts and any(key in row for key in ("next_page", "end_of_stream", "after_cursor", "meta"))
        return (lists[0][0] == self.sort) if empty else bool(sorts) and sorts[0] == self.sort

    def documents(self, row: Row) -> Iterator[Row]:
        """The things in a row."""
        return things(row)

    def look(self, row: Row, into: Look) -> None:
        """See one thing."""
        see(row, what(row) or self.sort, into)

    def reader(self, answers: Answers, look: Look, *, place: str, now: int | None) -> Reading:
        """Make a reader for one file."""
        return Reading(self.sort, answers, look, place=place, now=now)


SHAPES = (
    ZendeskShape(sort=pages.AUDIT, name="zendesk.audits", title="Zendesk ticket audits", rank=10, gives=WHOLE),
    ZendeskShape(sort=pages.EVENT, name="zendesk.ticket_events", title="Zendesk ticket events", rank=11, gives=WHOLE),
    ZendeskShape(sort=pages.COMMENT, name="zendesk.comments", title="Zendesk ticket comments", rank=12, gives=SAID),
    ZendeskShape(sort=pages.TICKET, name="zendesk.tickets", title="Zendesk tickets", rank=20, gives=STANDS),
    ZendeskShape(sort=pages.METRIC, name="zendesk.metric_events", title="Zendesk ticket metric events", rank=25, gives=STANDS),
    ZendeskShape(sort=pages.METRICS, name="zendesk.metrics", title="Zendesk ticket metrics", rank=26),
    ZendeskShape(sort=pages.RATING, name="zendesk.ratings", title="Zendesk satisfaction ratings", rank=30),
    ZendeskShape(sort=pages.USER, name="zendesk.users", title="Zendesk people", rank=40),
    ZendeskShape(sort=pages.FIELD, name="zendesk.fields", title="Zendesk ticket fields", rank=41),
    ZendeskShape(sort=pages.FORM, name="zendesk.forms", title="Zendesk ticket forms", rank=42),
    ZendeskShape(sort=pages.TABLE, name="zendesk.table", title="Zendesk tickets as a table (CSV)", rank=60, gives=STANDS),
)
