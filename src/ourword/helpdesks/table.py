"""Any table or document of no known helpdesk: its columns are guessed as `ourword init` guesses them, and the mapping is drafted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from ourword.helpdesks.read_as import ReadAs, read_as
from ourword.helpdesks.rows import Counted, TableReader
from ourword.helpdesks.shape import AUTHORS_MAX, CAME_BACK, CLAIMED, SAID, Answers, Look, Order, Reader, Row
from ourword.outcomes import guesses
from ourword.outcomes.drafting import draft, each_once, list_in
from ourword.outcomes.guesses import Guess
from ourword.outcomes.looking import look as looked
from ourword.outcomes.looking import word
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.outcomes.nothing import id_in
from ourword.outcomes.profile import profile
from ourword.outcomes.speakers import Answered, actor_of
from ourword.outcomes.values import Path
from ourword.outcomes.written import DAY, MONTH, first_in, turned, written

DOMAINS_MAX = 10_000


class Roles(msgspec.Struct, frozen=True, kw_only=True):
    """Which column is what, as far as it can be guessed."""

    customer: Path | None
    contact: Path | None
    author: Path | None
    assignee: Path | None
    """Whose name stands beside a ticket, where nobody is seen to speak."""
    text: Path | None
    state: Path | None
    time: Path | None
    marked: bool = False
    """Whether the state is a mark: its column asks whether it was solved, and says yes or no."""
    dates: tuple[Path, ...] = ()
    """The columns of times in which day and month may change places."""
    guess: str = ""
    """What comes first in them if nobody says it."""
    bare: bool = False
    """Whether its times name no zone."""
    each: tuple[str, ...] = ()
    """The list that is taken apart, in a document."""


class Table:
    """A shape made for one file, from its first rows."""

    rank = 90

    def __init__(self, rows: Sequence[Row], name: str, encoding: str = "", *, said: Mapping[str, str] | None = None) -> None:
        self.name = "table"
        self.title = "a table"
        self._rows, self._file, self._encoding = rows, name, encoding
        self._said = said or {}
        self.counted: Counted | None = None
        self.roles = roles_of(rows, self._said)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, as the first rows have them, in an order that no row chooses."""
        return tuple(sorted(names(self._rows)))

    @property
    def one_row_each(self) -> bool:
        """Whether a ticket is one row, as far as the first rows show it."""
        seen = [ticket for row in self._rows if (ticket := _text(self.roles.contact, row))]
        return bool(seen) and len(set(seen)) == len(seen)

    def tickets(self) -> dict[str, tuple[str, str]]:
        """Of its first rows, each ticket with its customer and its first time, as they are written."""
        roles = self.roles
        return {_text(roles.contact, row): (_text(roles.customer, row), _text(roles.time, row)) for row in self._rows if _text(roles.contact, row)}

    @property
    def gives(self) -> frozenset[str]:
        """What its columns allow."""
        roles = self.roles
        found = {CLAIMED} if roles.state else set()
        if roles.customer and roles.time:
            found.add(CAME_BACK)
        if roles.author and roles.text:
            found |= SAID
        return frozenset(found)

    @property
    def untimed(self) -> str:
        """Why a row may have no time, by the columns that are there."""
        time, columns = self.roles.time, profile(self._rows, said=self._said).columns.values()
        odd = [each for each in guesses.called_times(columns) if written(each) is None]
        found = [] if time is None else [f"`{'.'.join(time.parts)}` is empty there{self._unclosed(time)}"]
        found += [f"`{each.name}` is not understood, such as `{each.example[:40]}`" for each in odd[:3]]
        return ", ".join(found) or f"no column looks like a time: it has {', '.join(f'`{each[:40]}`' for each in names(self._rows[:20])[:12])}"

    def _unclosed(self, opened: Path) -> str:
        """Why nobody knows when a ticket was closed that its state calls solved."""
        if self.roles.contact is None or self.roles.state is None:
            return ""
        closed = guesses.closing(guesses.times(profile(self._rows, said=self._said).columns.values()))
        if closed is None or closed.column.path == opened.parts:
            return ", or a ticket is called solved and no column says when it was closed"
        return f", or `{closed.column.name}` is empty of a ticket that is called solved"

    def recognises(self, row: Row, name: str) -> bool:
        """Whatever no other shape knows is a table."""
        return True

    def documents(self, row: Row) -> Iterator[Row]:
        """A row is one document."""
        yield row

    def look(self, row: Row, into: Look) -> None:
        """Count authors, states and the domains of customers."""
        roles = self.roles
        items: Any = looked(Path(roles.each), row, {}) if roles.each else [row]
        for item in items if isinstance(items, list) else ():
            if not isinstance(item, Mapping) or not (author := _text(roles.author, item)):
                continue
            heard = into.notes.setdefault(self._noted, {})
            if len(heard) < AUTHORS_MAX or actor_of(author) == "customer":
                heard[author] = None
            if self.hears and actor_of(author) != "customer":
                into.said(author, _text(roles.text, item))
        if not self.hears and (name := _text(roles.assignee, row)) and name not in into.assigned and len(into.assigned) < AUTHORS_MAX:
            into.assigned.append(name)
        self._dates(items if isinstance(items, list) else [], into)
        if state := _text(roles.state, row):
            into.statuses[state] += 1
            into.marks[state] += roles.marked
        customer = id_in(_text(roles.customer, row))
        if "@" in customer and customer not in into.addresses:
            into.addresses[customer] = customer
            domain = customer.rpartition("@")[2].lower()
            if domain in into.domains or len(into.domains) < DOMAINS_MAX:
                into.domains[domain] += 1

    @property
    def _noted(self) -> str:
        """Under which name whoever writes in this file is noted."""
        return f"table {self._file}"

    @cached_property
    def hears(self) -> bool:
        """Whether it makes a difference who is a machine: a column of names beside tickets does not say that any of them wrote."""
        names = dict.fromkeys(author for row in self._rows if (author := _text(self.roles.author, row)))
        return bool(self.roles.each) or self.mapping(Answers(), Look()) != self.mapping(Answers(bots=tuple(names)), Look())

    def _dates(self, items: Sequence[Any], into: Look) -> None:
        """See which comes first, day or month: one date of all rows may prove it."""
        if self.roles.bare and self._file not in into.bare:
            into.bare.append(self._file)
        if not self.roles.dates:
            return
        order = into.orders.setdefault(self._file, Order(guess=self.roles.guess))
        for path in self.roles.dates:
            for item in items:
                value = _text(path, item) if isinstance(item, Mapping) else ""
                seen = (value, ".".join(path.parts))
                match first_in(value):
                    case "day":
                        order.day = order.day or seen
                    case "month":
                        order.month = order.month or seen
                    case "either":
                        order.either = order.either or seen

    def first(self, answers: Answers, look: Look) -> str:
        """Which comes first in its dates: what they prove, else what was answered, else the guess."""
        order = look.orders.get(self._file)
        return "" if order is None else order.proven or answers.first or order.guess

    def mapping(self, answers: Answers, look: Look) -> str:
        """The mapping that reads this file, as text: for an engineer to keep."""
        first = self.first(answers, look)
        answered = Answered(
            solved=answers.solved,
            automation=answers.bots,
            authors=tuple(look.notes.get(self._noted, ())),
            zone=answers.zone,
            first=first,
            said=self._said,
            same=answers.same,
        )
        return draft(self._rows, name=self._file, encoding=self._encoding, answered=answered)

    def read_as(self, answers: Answers, look: Look) -> ReadAs:
        """Which of its columns is read as what."""
        return read_as(self._rows, self.mapping(answers, look), file=self._file, said=self._said)

    def reader(self, answers: Answers, look: Look, *, place: str, now: int | None) -> Reader:
        """Read it by the drafted mapping, without what test customers did."""
        mapping = mapping_from_yaml(self.mapping(answers, look).encode(), place="the draft")
        return TableReader(answers, look, mapping, author=self.roles.author, counted=self.counted, place=place, now=now)


def roles_of(rows: Sequence[Row], said: Mapping[str, str] | None = None) -> Roles:
    """Guess which column is what; *said* has what a person said of some, by name."""
    seen = profile(each_once(rows), said=said)
    each = list_in(seen)
    columns = seen.columns.values()
    items = seen.lists[each].columns.values() if each else columns
    times = guesses.in_order(guesses.times(items) or guesses.times(columns))
    dates = [each for each in times if turned(each.written.unit)]
    state = guesses.state(columns)
    return Roles(
        customer=_path(guesses.customer(columns, contact=guesses.contact(columns))),
        contact=_path(guesses.contact(columns)),
        author=_path(guesses.author(items)),
        assignee=None if each else _path(guesses.assignee(columns)),
        text=_path(guesses.text(items)),
        state=_path(state),
        time=Path(times[0].column.path) if times else None,
        marked=state is not None and guesses.asks_whether(state.column),
        dates=tuple(Path(each.column.path) for each in dates),
        guess=MONTH if dates and dates[0].written.unit == turned(dates[0].written.unit, MONTH) else DAY if dates else "",
        bare=bool(times) and not times[0].written.zoned,
        each=each or (),
    )


def _path(guess: Guess | None) -> Path | None:
    return None if guess is None else Path(guess.column.path)


def _text(path: Path | None, row: Row) -> str:
    found = looked(path, row, {}) if path is not None else None
    return (word(found) or "")[:200]


def names(rows: Collection[Row]) -> list[str]:
    """The columns that a file has, for saying what was seen."""
    return list(dict.fromkeys(key for row in rows for key in row))
