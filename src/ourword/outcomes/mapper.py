"""Rows to events by a mapping: one row or document at a time, the same ids every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ourword.cel.unknown import Unknown
from ourword.cel.values import Failure
from ourword.cel.values import Map as CelMap
from ourword.core.event import Event, event_from_mapping
from ourword.core.time import instant_from_datetime, instant_from_text, text_from_datetime
from ourword.errors import EventError, LineError
from ourword.ledger.entry import instant_text
from ourword.outcomes.mapping import UNITS, Clock, Map, Path, Rule, Worked

ITEMS_MAX = 100_000
_MISSING = object()


class Skipped(msgspec.Struct, frozen=True):
    """Why a row gave no event, or one event less."""

    place: str
    what: str
    hint: str


class Mapper:
    """Turns rows into events; it remembers the last time and the last contact only, so memory stays flat."""

    def __init__(self, mapping: Map, *, place: str = "row", now: int | None = None) -> None:
        self._map = mapping
        self._place = place
        self._now = now
        self._time: str | None = None
        self._last: tuple[Any, Mapping[str, Any], Mapping[str, Any], int, int] | None = None
        self.matched: dict[str, int] = {rule.place: 0 for rule in (*mapping.rules, *mapping.at_end)}
        """How often each rule emitted an event, by its place in the mapping."""

    def take(self, document: Mapping[str, Any], line: int) -> Iterator[Event | Skipped]:
        """Give the events of one row, or of every item of one document."""
        if self._map.each is None:
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
        row: Mapping[str, Any] = {}
        for number, item in enumerate(items, 1):
            row = item if isinstance(item, Mapping) else {"value": item}
            yield from self._rules(self._map.rules, row, document, line, number)
        self._last = (None, row, document, line, len(items) + 1)
        yield from self.end()

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
                yield Skipped(error.place, error.what, error.hint)
            else:
                self.matched[rule.place] += 1
                yield event

    def _event(
        self, rule: Rule, row: Mapping[str, Any], document: Mapping[str, Any], time: str | None, place: str, at: tuple[int, int, int]
    ) -> Event:
        line, item, number = at
        data = {name: look(value, row, document) for name, value in rule.emit.items()}
        own = data.pop("id", None)
        for name, value in (("contact", self._map.contact), ("kind", self._map.kind)):
            if value is not None and name not in data:
                data[name] = look(value, row, document)
        for name in ("contact", "kind", "decision"):
            data[name] = _word(data.get(name))
        if data["contact"] is not None:
            data["contact"] = f"{self._map.ids}{data['contact']}"
        customer = _word(data.pop("customer", None) if "customer" in data else look(self._map.customer, row, document))
        given = {
            "specversion": "1.0",
            "id": f"{self._map.ids}{_word(own) if own is not None else f'{line}.{item}.{number}'}",
            "source": data.pop("source", None) or self._map.source,
            "type": data.pop("type"),
            "subject": None if customer is None else f"customer:{customer}",
            "time": data.pop("time", None) or time,
            "sequence": (line * ITEMS_MAX + min(item, ITEMS_MAX - 1)) * 100 + number,
            "data": {name: value for name, value in data.items() if value is not None and value != ""},
        }
        return event_from_mapping(given, place=place, now=self._now)

    def _when(self, clock: Clock, row: Mapping[str, Any], document: Mapping[str, Any], place: str) -> str | Skipped | None:
        value = look(clock.at, row, document)
        if value is None or value == "":
            return self._time if clock.previous else None
        time = time_text(value, clock)
        if time is None:
            hint = "add `zone:` to the mapping's `time:`, or say its `unit:`" if not clock.zone else "say how it is written: `unit:`"
            return Skipped(f"{place}: {'.'.join(clock.at.parts)}", f"`{str(value)[:60]}` is no time with a zone", hint)
        self._time = time
        return time


# ---- values ------------------------------------------------------------------------------------------------------------


def look(value: Any, row: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Give a value of the mapping for this row: a path looked up, an expression worked out, a constant as it is.

    >>> look(Path(("customer", "id")), {"customer": {"id": 7}}, {})
    7
    """
    if isinstance(value, Path):
        found = _found(value.parts, row)
        if found is _MISSING and document:
            found = _found(value.parts[1:] if value.parts[0] == "parent" and len(value.parts) > 1 else value.parts, document)
        return None if found is _MISSING else plain(found)
    if isinstance(value, Worked):
        return run(value, row, document)
    if isinstance(value, dict):
        return {name: look(each, row, document) for name, each in value.items()}
    if isinstance(value, list):
        return [look(each, row, document) for each in value]
    return value


def run(worked: Worked, row: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Work an expression out over a row; what cannot be worked out (an absent column, a text where a number was meant) is `None`."""
    facts: dict[str, object] = {}
    for name in worked.names:
        if name in row:
            facts[name] = cel(row[name])
        elif name in document:
            facts[name] = cel(document[name])
        elif name in ("row", "parent"):
            facts[name] = cel(row if name == "row" else document)
    try:
        value = worked.run(facts, [None] * worked.slots)
    except (Failure, RecursionError):
        return None
    return None if isinstance(value, Unknown) else plain(value)


def cel(value: object) -> object:
    """Give a JSON value as the condition language has it."""
    if isinstance(value, Mapping):
        return CelMap((str(key), cel(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return [cel(each) for each in value]
    return plain(value)


def plain(value: object) -> Any:
    """Give a value as JSON has it: times as text, decimals as text, maps as objects."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, datetime):
        return text_from_datetime(value) if value.tzinfo else value.isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, CelMap):
        return {str(key): plain(value[key]) for key in value}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and value - value != 0:
        return None  # NaN and infinities are missing numbers
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return str(value)


def time_text(value: object, clock: Clock) -> str | None:
    """Give a row's time as RFC 3339 with a zone; `None` when it cannot be read as the mapping says it is written.

    >>> time_text("09/10/2012 14:50", Clock(at=Path(("t",)), unit="%d/%m/%Y %H:%M", zone="Europe/Amsterdam"))
    '2012-10-09T12:50:00Z'
    """
    try:
        if clock.unit in UNITS:
            number = Decimal(str(value))
            return instant_text(int(number * UNITS[clock.unit])) if abs(number) < 10**19 else None
        text = str(value).strip()
        if clock.unit == "text":
            if instant_from_text(text) is not None:
                return text
            moment = datetime.fromisoformat(text)
        else:
            moment = datetime.strptime(text, clock.unit)
    except (ValueError, ArithmeticError, LineError):
        return None
    if moment.tzinfo is None:
        if not clock.zone:
            return None
        moment = moment.replace(tzinfo=ZoneInfo(clock.zone))
    instant = instant_from_datetime(moment.astimezone(UTC))
    return None if instant is None else instant_text(instant)


def _found(parts: tuple[str, ...], at: object) -> object:
    if isinstance(at, Mapping) and len(parts) > 1 and ".".join(parts) in at:
        return at[".".join(parts)]
    for part in parts:
        if isinstance(at, Mapping):
            at = at.get(part, _MISSING)
        elif isinstance(at, list) and part.isdecimal() and len(part) < 7:
            at = at[int(part)] if int(part) < len(at) else _MISSING
        else:
            return _MISSING
    return at


def _word(value: object) -> str | None:
    if value is None or value == "":
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
