"""Rows to events by a mapping: one row or document at a time, the same ids every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ourword.contract.model import Source
from ourword.core.event import Event, event_from_mapping
from ourword.core.time import instant_from_datetime, instant_from_text
from ourword.errors import EventError, LineError
from ourword.ledger.entry import instant_text
from ourword.outcomes.calls import CALLS_MAX, Call
from ourword.outcomes.lacking import Unseen
from ourword.outcomes.looking import look, run, word
from ourword.outcomes.mapping import UNITS, Clock, Map, Rule
from ourword.outcomes.nothing import NO_TIME
from ourword.outcomes.transcript import Proposed, Said, Transcript
from ourword.outcomes.values import Path
from ourword.outcomes.written import EXCEL, excel, iso, like
from ourword.outcomes.written import moment as moment_by

ITEMS_MAX = 100_000
FORM = "2"
"""Raised when the same row gives other events than before: an import that was interrupted by an upgrade then starts anew."""


TIME = "time"


class Skipped(msgspec.Struct, frozen=True):
    """Why a row gave no event, or one event less."""

    place: str
    what: str
    hint: str
    about: str = ""
    """`time`, where a time could not be read."""


class Mapper:
    """Turns rows into events; it remembers the last time and the last contact only, so memory stays flat."""

    def __init__(
        self, mapping: Map, *, place: str = "row", now: int | None = None, decides: Iterable[Source] = (), unseen: Unseen | None = None
    ) -> None:
        self._map = mapping
        self._place = place
        self._now = now
        self._unseen = unseen
        self._decides = {each.tool: each for each in decides if each.tool}
        self._whose: tuple[Any, Any, Any] | None = None
        self.undecided: set[str] = set()
        """Decisions that were given and could not be recorded: whoever records them adds their ids before taking the next."""
        self._time: str | None = None
        self._last: tuple[Any, Mapping[str, Any], Mapping[str, Any], int, int] | None = None
        self.matched: dict[str, int] = {rule.place: 0 for rule in (*mapping.rules, *mapping.at_end)}
        """How often each rule emitted an event, by its place in the mapping."""

    def take(self, document: Mapping[str, Any], line: int) -> Iterator[Event | Proposed | Skipped]:
        """Give the events of one row, or of every item of one document."""
        if self._map.each is None:
            self._see(document, {})
            contact = look(self._map.contact, document, {}) if self._map.contact else None
            if self._map.at_end and self._last is not None and self._last[0] != contact:
                yield from self.end()
            yield from self._rules(self._map.rules, document, {}, line, 0)
            self._last = (contact, document, {}, line, 0)
            return
        items = look(self._map.each, document, {})
        self._time = None
        if not isinstance(items, list) or len(items) > ITEMS_MAX:
            path = ".".join(self._map.each.parts)
            yield Skipped(f"{self._place}:{line}", f"`{path}` is no list of at most {ITEMS_MAX:,}", "is `each:` the path of the list?")
            return
        transcript = None
        if self._map.tools is not None:
            transcript = Transcript(self._map.tools, items, document)
            document = transcript.document
            self._whose = tuple(look(each, {}, document) for each in (self._map.customer, self._map.contact, self._map.kind))
        row: Mapping[str, Any] = {}
        for number, item in enumerate(items, 1):
            row = item if isinstance(item, Mapping) else {"value": item}
            self._see(row, document)
            for each in self._rules(self._map.rules, row, document, line, number):
                if transcript is not None and isinstance(each, Event):
                    transcript.heard(each)
                yield each
            if transcript is not None:
                yield from self._calls(transcript, row, line, number)
        self._last = (None, row, document, line, len(items) + 1)
        yield from self.end()

    def _see(self, row: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        if self._unseen is not None:
            self._unseen.look(row, document)

    @property
    def time(self) -> str | None:
        """The time of the last row that had one."""
        return self._time

    def after(self, document: Mapping[str, Any], line: int, *, time: str | None) -> None:
        """Go on behind a row that was taken before: remember it, and give nothing."""
        self._time = time
        if self._map.each is None:
            self._last = (look(self._map.contact, document, {}) if self._map.contact else None, document, {}, line, 0)

    def end(self) -> Iterator[Event | Skipped]:
        """Give the events of `at_end:` for the contact that has just ended; call it once more after the last row."""
        if self._last is not None:
            _, row, document, line, number = self._last
            self._last = None
            yield from self._rules(self._map.at_end, row, document, line, number, first=len(self._map.rules))

    def _rules(
        self, rules: tuple[Rule, ...], row: Mapping[str, Any], document: Mapping[str, Any], line: int, item: int, *, first: int = 0
    ) -> Iterator[Event | Skipped]:
        place = f"{self._place}:{line}" + (f" item {item}" if item else "")
        time: str | Skipped | None = None
        if self._map.clock is not None:
            time = self._when(self._map.clock, row, document, place)
        for number, rule in enumerate(rules, first + 1):
            try:
                if rule.when is not None and run(rule.when, row, document) is not True:
                    continue
                if isinstance(time, Skipped):
                    yield time
                    return
                event = self._event(rule, row, document, time, place, (line, item, number))
            except EventError as error:
                yield Skipped(error.place, error.what, error.hint, TIME if error.code == "event.time" else "")
            else:
                self.matched[rule.place] += 1
                yield event

    def _calls(self, transcript: Transcript, row: Mapping[str, Any], line: int, item: int) -> Iterator[Event | Proposed | Skipped]:
        """Give what the message's results say was done, then what its calls propose; who records a proposal does it before going on."""
        time = None if self._map.clock is None else self._when(self._map.clock, row, transcript.document, f"{self._place}:{line} item {item}")
        if isinstance(time, Skipped):
            if transcript.made_at(item):
                yield time
            time = None
        for at in transcript.answered_at(item):
            said = transcript.done(at, self._decision_of(transcript.call(at), line))
            if said is not None:
                yield from self._said(said, transcript.document, time, line, item)
        for at in transcript.made_at(item):
            call = transcript.call(at)
            if call.number > CALLS_MAX:
                yield Skipped(f"{self._place}:{line} item {item}", f"there are more than {CALLS_MAX} calls in one message", "split the message")
                return
            source, decision_id = self._decides.get(call.tool), self._decision_of(call, line)
            if source is not None and decision_id is not None:
                yield self._proposed(transcript, at, source, decision_id, time, line)
                if decision_id not in self.undecided:
                    yield from self._said(transcript.decided(at, decision_id, source.decision), transcript.document, time, line, item)

    def _decision_of(self, call: Call, line: int) -> str | None:
        """The id of the decision that a call proposes: where it stands in the file, so that a second run finds the first."""
        name = f"{self._map.source}/{self._map.ids}{line}.{call.item}.c{call.number}"
        return name if call.tool in self._decides and name not in self.undecided else None

    def _proposed(self, transcript: Transcript, at: int, source: Source, decision_id: str, time: str | None, line: int) -> Proposed:
        customer, contact, _ = self._whose or (None, None, None)
        contact = "" if contact is None else f"{self._map.ids}{word(contact)}"
        return transcript.proposed(
            at,
            source,
            place=f"{self._place}:{line} item {transcript.call(at).item}",
            decision_id=decision_id,
            customer=word(customer) or f"contact:{contact}",
            contact=contact,
            time=time or (self._map.tools.at if self._map.tools else "") or None,
        )

    def _said(self, said: Said, document: Mapping[str, Any], time: str | None, line: int, item: int) -> Iterator[Event | Skipped]:
        place, number = f"{self._place}:{line} item {item}", 50
        try:
            yield self._written({**said.data, "type": said.type}, {}, document, time, place, f"{line}.{said.id}", (line, item, number))
        except EventError as error:
            yield Skipped(error.place, error.what, error.hint)

    def _event(
        self, rule: Rule, row: Mapping[str, Any], document: Mapping[str, Any], time: str | None, place: str, at: tuple[int, int, int]
    ) -> Event:
        data = {name: look(value, row, document) for name, value in rule.emit.items()}
        if "time" in rule.emit:  # whoever names a time of its own has no other: a ticket is not closed when it was opened
            time = self._own_time(data.pop("time"), rule.emit["time"], place)
        own = data.pop("id", None)
        line, item, number = at
        return self._written(data, row, document, time, place, word(own) or f"{line}.{item}.{number}", at)

    def _written(
        self,
        data: dict[str, Any],
        row: Mapping[str, Any],
        document: Mapping[str, Any],
        time: str | None,
        place: str,
        own: str,
        at: tuple[int, int, int],
    ) -> Event:
        line, item, number = at
        whose, contact, kind = self._whose or (self._map.customer, self._map.contact, self._map.kind)
        for key, value in (("contact", contact), ("kind", kind)):
            if value is not None and key not in data:
                data[key] = look(value, row, document)
        for name in ("contact", "kind", "decision"):
            data[name] = word(data.get(name))
        if data["contact"] is not None:
            data["contact"] = self.id_of(data["contact"])
        if data["kind"]:
            data["kind"] = self.kind_of(data["kind"])
        if isinstance(data.get("objects"), list):
            data["objects"] = self.objects_of(_with_ids(data["objects"]))
        if data["contact"] is not None:
            data["contact"] = f"{self._map.ids}{data['contact']}"
        customer = word(data.pop("customer", None) if "customer" in data else look(whose, row, document))
        customer = None if customer is None else self.customer_of(customer)
        given = {
            "specversion": "1.0",
            "id": f"{self._map.ids}{own}",
            "source": data.pop("source", None) or self._map.source,
            "type": data.pop("type"),
            "subject": None if customer is None else f"customer:{customer}",
            "time": data.pop("time", None) or time,
            "sequence": (line * ITEMS_MAX + min(item, ITEMS_MAX - 1)) * 100 + number,
            "data": {name: value for name, value in data.items() if value is not None and value != ""},
        }
        return event_from_mapping(given, place=place, now=self._now)

    def id_of(self, seen: str) -> str | None:
        """The id of a contact: as the row says it, unless somebody knows better."""
        return seen

    def customer_of(self, seen: str) -> str | None:
        """The id of a customer, likewise."""
        return seen

    def kind_of(self, seen: str) -> str:
        """A kind as events have it: as the row says it, unless somebody knows better."""
        return seen

    def objects_of(self, objects: list[Any] | None) -> list[Any] | None:
        """What an event is about, as events have it."""
        return objects

    def _own_time(self, value: object, at: object, place: str) -> str | None:
        """A time that a rule names is written like the row's; where the row has none, nobody knows when."""
        if value is None or str(value).strip().lower() in ("", *NO_TIME):
            return None
        if self._map.clock is None:
            return str(value)
        found = time_text(value, self._map.clock)
        if found is None:
            column = ".".join(at.parts) if isinstance(at, Path) else "time"
            what = f"`{str(value)[:60]}` is not written like the row's own time, {like(self._map.clock.unit)}"
            raise EventError("event.time", what, place=f"{place}: {column}", hint="an `emit`'s `time` has the unit and the zone of the row's")
        return found

    def _when(self, clock: Clock, row: Mapping[str, Any], document: Mapping[str, Any], place: str) -> str | Skipped | None:
        value = look(clock.at, row, document)
        if value is None or value == "":
            return self._time if clock.previous else None
        time = time_text(value, clock)
        if time is None:
            column, shown = f"{place}: {'.'.join(clock.at.parts)}", f"`{str(value)[:60]}`"
            if clock.zone:
                return Skipped(
                    column, f"{shown} is not written like the other times, {like(clock.unit)}", "write it as they are, or say its `unit:`", TIME
                )
            return Skipped(column, f"{shown} is no time with a zone", "add `zone:` to the mapping's `time:`, or say its `unit:`", TIME)
        self._time = time
        return time


# ---- values ------------------------------------------------------------------------------------------------------------


def time_text(value: object, clock: Clock) -> str | None:
    """Give a row's time as RFC 3339 with a zone; `None` when it cannot be read as the mapping says it is written.

    >>> from ourword.outcomes.values import Path
    >>> time_text("09/10/2012 14:50", Clock(at=Path(("t",)), unit="%d/%m/%Y %H:%M", zone="Europe/Amsterdam"))
    '2012-10-09T12:50:00Z'
    """
    try:
        if clock.unit in UNITS:
            number = Decimal(str(value))
            return instant_text(int(number * UNITS[clock.unit])) if abs(number) < 10**19 else None
        text = str(value).strip()
        if clock.unit == "text" and instant_from_text(text) is not None:
            return text
        moment = _moment(text, clock.unit)
        if moment is None:
            return None
        if moment.tzinfo is None:
            if not clock.zone:
                return None
            moment = moment.replace(tzinfo=ZoneInfo(clock.zone))
        instant = instant_from_datetime(moment.astimezone(UTC))  # a sentinel such as 0001-01-01 has no such moment in UTC
        return None if instant is None else instant_text(instant)
    except (ValueError, ArithmeticError, LineError):
        return None


def _moment(text: str, unit: str) -> datetime | None:
    if unit == EXCEL:
        return excel(text)
    return iso(text) or datetime.fromisoformat(text) if unit == "text" else moment_by(text, unit)


def _with_ids(objects: list[Any]) -> list[Any] | None:
    """Leave out objects whose id a row does not have: an empty cell names no order, and is no reason to lose the ticket.

    >>> _with_ids([{"type": "order", "id": ""}, {"type": "order", "id": 7}]), _with_ids([{"type": "order", "id": None}])
    ([{'type': 'order', 'id': '7'}], None)
    """
    found = [{**each, "id": word(each["id"])} if isinstance(each, Mapping) and "id" in each else each for each in objects]
    return [each for each in found if not isinstance(each, Mapping) or "id" not in each or each["id"]] or None
