"""Salesforce's shapes, and the one reader that they share."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.core.event import Event
from ourword.helpdesks.salesforce import parts as P
from ourword.helpdesks.salesforce.said import CaseTelling
from ourword.helpdesks.salesforce.seeing import see
from ourword.helpdesks.salesforce.sessions import entry, session
from ourword.helpdesks.salesforce.talk import comment, mail
from ourword.helpdesks.shape import SAID, STANDS, Answers, Look, OneByOne, Row, SortOfFile
from ourword.outcomes.mapper import Skipped


class Reading(OneByOne):
    """Reads one file, whichever things it holds."""

    def __init__(self, sort: str, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        self._sort, self._place, self._say = sort, place, CaseTelling(answers, look, place=place, now=now)
        super().__init__(self._say.matched)

    def take(self, document: Row, line: int) -> Iterator[Event | Skipped]:
        """Give the events of one thing."""
        place, found = f"{self._place}:{line}", P.what(document)
        sort = self._sort if found in ("", P.OTHER) else found  # a row that has lost what names its sort is told as one of this file's
        if sort == P.CASE:
            yield from self._say.case(document, place)
        elif sort == P.HISTORY:
            yield from self._say.change(document, place)
        elif sort == P.SESSION:
            yield from session(document, self._say, place)
        elif sort == P.ENTRY:
            yield from entry(document, self._say, place)
        elif sort == P.EMAIL:
            yield from mail(document, self._say, place)
        elif sort == P.COMMENT:
            yield from comment(document, self._say, place)


class SalesforceShape(SortOfFile, frozen=True, kw_only=True):
    """One kind of file."""

    def recognises(self, row: Row, name: str) -> bool:
        """Whether a first row is one of these records, or an answer that holds them."""
        first = next(P.things(row), None)
        return first is not None and P.what(first) == self.sort

    def documents(self, row: Row) -> Iterator[Row]:
        """The records in a row."""
        return P.things(row)

    def look(self, row: Row, into: Look) -> None:
        """See one record."""
        see(row, into)

    def reader(self, answers: Answers, look: Look, *, place: str, now: int | None) -> Reading:
        """Make a reader for one file."""
        return Reading(self.sort, answers, look, place=place, now=now)


SHAPES = (
    SalesforceShape(sort=P.HISTORY, name="salesforce.history", title="Salesforce case history", rank=10, gives=STANDS),
    SalesforceShape(sort=P.SESSION, name="salesforce.sessions", title="Salesforce messaging sessions", rank=6),
    SalesforceShape(sort=P.ENTRY, name="salesforce.entries", title="Salesforce conversation entries", rank=13, gives=SAID),
    SalesforceShape(sort=P.EMAIL, name="salesforce.emails", title="Salesforce e-mails of cases", rank=11, gives=SAID),
    SalesforceShape(sort=P.COMMENT, name="salesforce.comments", title="Salesforce case comments", rank=12, gives=SAID),
    SalesforceShape(sort=P.CASE, name="salesforce.cases", title="Salesforce cases", rank=20, gives=STANDS),
    SalesforceShape(sort=P.USER, name="salesforce.users", title="Salesforce users", rank=5),
    SalesforceShape(sort=P.CONTACT, name="salesforce.contacts", title="Salesforce contacts", rank=41),
    SalesforceShape(sort=P.OTHER, name="salesforce.others", title="Salesforce records that say nothing of a contact", rank=99),
)
