"""The rows of a table that nobody mapped, as events: each once, ids written alike, and whatever does not count is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ourword.core.event import Event
from ourword.core.remembered import Remembered
from ourword.helpdesks.shape import Answers, Look, Row
from ourword.helpdesks.telling import Telling, kind_in
from ourword.outcomes.drafting import ANY, MATTER
from ourword.outcomes.guesses import SAYS_NOTHING
from ourword.outcomes.looking import look as looked
from ourword.outcomes.looking import word
from ourword.outcomes.mapper import Mapper, Skipped
from ourword.outcomes.mapping import Map, Rule
from ourword.outcomes.nothing import NO_TIME, id_in, why_none
from ourword.outcomes.transcript import Proposed
from ourword.outcomes.values import Path

SEEN_MAX = 2_000_000
"""So many rows are remembered, to tell one that comes again."""
NAMED_MAX = 5
"""So many different values are told by name."""
REPEATED = "the same as an earlier one in every cell, so that it counts once"
AGAIN = "another row of a ticket of which an earlier one told otherwise; the first stands"
NEWER = "a ticket that a newer file with the same columns has too, where it counts"
NO_TICKET = "no ticket is named, so that it is no contact"
BACKWARDS = "closed before it was opened"
NO_EVENT = "no event came of it"


class Counted:
    """The tickets of several files of one system: one that a file before had is not counted again."""

    def __init__(self) -> None:
        self._before: list[Remembered] = []

    def next_file(self) -> None:
        """What was counted so far was counted in files before."""
        self._before.append(Remembered())

    def again(self, ticket: str) -> bool:
        """Whether a file before had this ticket; it is counted here otherwise."""
        *before, here = self._before
        if any(ticket in each for each in before):
            return True
        here.again(ticket)
        return False


class TableReader(Mapper):
    """A mapper that leaves out what test customers did, calls kinds as a contract may, and counts what a row does not say."""

    def __init__(
        self, answers: Answers, look: Look, mapping: Map, *, author: Path | None, counted: Counted | None = None, place: str, now: int | None
    ) -> None:
        super().__init__(mapping, place=place, now=now)
        self._telling = Telling("table", answers, look, place=place, now=now)
        self._author, self._counted = author, counted
        self._tickets = mapping.each is None and any(rule.when is None and rule.emit.get("type") == "contact.opened" for rule in mapping.rules)
        self._rows, self._named = Remembered(), Remembered()
        self.left: Counter[str] = Counter()
        """How many rows do not count, or not as they stand, by why."""

    def take(self, document: Row, line: int) -> Iterator[Event | Proposed | Skipped]:
        """Give the events of one row that are of customers."""
        if self._came_before(document):
            return
        for each in super().take(document, line):
            if not isinstance(each, Event) or not self._telling.is_test(each.customer):
                yield each

    def _came_before(self, row: Row) -> bool:
        """Whether a row is an earlier one again, as exports of overlapping weeks hold it; a table of tickets has one row of each."""
        if self._came(self._rows, repr(row)):
            self.left[REPEATED] += 1
            return True
        id_ = id_in(word(looked(self._map.contact, row, {})) or "", from_nought=True) if self._tickets and isinstance(self._map.contact, Path) else ""
        if id_ and self._came(self._named, id_):
            self.left[AGAIN] += 1
            return True
        if id_ and self._counted is not None and self._counted.again(id_):
            self.left[NEWER] += 1
            return True
        return False

    @staticmethod
    def _came(seen: Remembered, text: str) -> bool:
        return seen.again(text) if len(seen) < SEEN_MAX else text in seen

    def _rules(
        self, rules: tuple[Rule, ...], row: Mapping[str, Any], document: Mapping[str, Any], line: int, item: int, *, first: int = 0
    ) -> Iterator[Event | Skipped]:
        found = list(super()._rules(rules, row, document, line, item, first=first))
        if not first and not any(isinstance(each, Event) and self._telling.is_test(each.customer) for each in found):
            self._count(row, document, found)
        yield from found

    def _count(self, row: Mapping[str, Any], document: Mapping[str, Any], found: list[Event | Skipped]) -> None:
        if not found:
            author = word(looked(self._author, row, {})) if self._author is not None else None
            if author is None or author.lower() not in SAYS_NOTHING:
                self.left[NO_EVENT if author is None else self._by_name("no event came of it: nobody can tell who writes as `{}`", author)] += 1
        if isinstance(self._map.contact, Path) and not id_in(word(looked(self._map.contact, row, document)) or "", from_nought=True):
            self.left[NO_TICKET] += 1
        customer = word(looked(self._map.customer, row, document)) if isinstance(self._map.customer, Path) else None
        if customer and customer.strip() and not id_in(customer):
            self.left[self._by_name(why_none("customer", "{}"), customer)] += 1
        if self._tickets:
            at = {each.type: each.instant for each in found if isinstance(each, Event)}
            opened, closed = at.get("contact.opened"), at.get("contact.closed")
            self.left[BACKWARDS] += opened is not None and closed is not None and closed < opened

    def _by_name(self, why: str, value: str) -> str:
        """A reason with a value in it; of many different values only the first are named."""
        named = why.format(" ".join(value.split())[:40])
        alike = sum(each.startswith(why.partition("{")[0]) for each in self.left)
        return named if named in self.left or alike < NAMED_MAX else why.format("…")

    def id_of(self, seen: str) -> str | None:
        """The same id however a row writes it; none where it names nothing."""
        return id_in(seen, from_nought=True) or None

    def customer_of(self, seen: str) -> str | None:
        """Likewise, and by their address where that was answered."""
        found = id_in(seen)
        return self._telling.whose(found) if found else None

    def kind_of(self, seen: str) -> str:
        """The id by which these files' contract can know it."""
        return kind_in(self._telling.look, seen)

    def objects_of(self, objects: list[Any] | None) -> list[Any] | None:
        """What stands for the matter is the kind, under the kind's own id: a label may hold what no id does."""
        found = []
        for each in objects or ():
            if not isinstance(each, Mapping) or each.get("id") in (None, ANY):
                found.append(each)
            elif each.get("type") == MATTER:  # a kind may well be called `Missing`
                found += [{**each, "id": self.kind_of(str(each["id"]))}] if str(each["id"]).strip().lower() not in NO_TIME else []
            elif not (id_ := id_in(str(each["id"]))):
                self.left[self._by_name(why_none(str(each.get("type")), "{}"), str(each["id"]))] += 1
            else:
                found.append({**each, "id": id_})
        return found or None
