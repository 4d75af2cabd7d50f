"""A cell of a decision table: DMN 1.5's simple unary tests (S-FEEL), read by the type of its column's fact.

Besides FEEL's own literals a cell may hold ours: `500.00 EUR`, `30 days`, and the bare word of an enum.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ourword.cel.types import Type
from ourword.contract.words import listed, meant, shown
from ourword.core.money import minor_from_text
from ourword.core.span import span_from_text
from ourword.core.time import instant_from_datetime, instant_from_text

CELL_MAX = 2_000
"""Characters of one cell."""
ORDERED = frozenset(("money", "duration", "timestamp", "int", "uint", "double"))
WORDS = frozenset(("enum", "string", "bool"))

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,19})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})?(\.[0-9]{1,15})?")
_DECIMAL_COMMA = re.compile(r"(?<![\d,])(?<!\d\.)\d+,\d+(?![\d,])(?!\.\d)", re.ASCII)
_THOUSANDS_COMMA = re.compile(r"(?<![\d,])(?<!\d\.)\d{1,3}(?:,\d{3})+(?![\d,])(?!\.\d)", re.ASCII)
_BARE_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO = re.compile(r"P(?=[0-9T])(?:([0-9]{1,6})D)?(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9})S)?)?")
_MONTHS = re.compile(r"P([0-9]+Y)?([0-9]+M)?")
_CALLS = {"duration": ("duration",), "date": ("timestamp",), "date and time": ("timestamp",)}
_SECOND = 10**9
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'", "r": "\r"}


class Misread(Exception):
    """A cell that is no test of its fact: what is wrong, and what to do."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


class Span(msgspec.Struct, frozen=True):
    """Values between two ends, `None` for no end; one value where both ends are the same."""

    low: Any = None
    high: Any = None
    low_in: bool = True
    high_in: bool = True

    @property
    def one(self) -> bool:
        """Whether it is one value alone."""
        return self.low is not None and self.low == self.high and self.low_in and self.high_in

    def holds(self, value: Any) -> bool:
        """Whether a value lies in it."""
        if self.one:
            return bool(value == self.low)
        above = self.low is None or value > self.low or (self.low_in and value == self.low)
        return above and (self.high is None or value < self.high or (self.high_in and value == self.high))


class UnaryTest(msgspec.Struct, frozen=True):
    """What a cell asks of its fact: one of some spans, or none of them. Without spans: anything."""

    spans: tuple[Span, ...] = ()
    negated: bool = False

    @property
    def anything(self) -> bool:
        """Whether every value passes."""
        return not self.spans

    def holds(self, value: Any) -> bool:
        """Whether a value passes."""
        return self.anything or any(span.holds(value) for span in self.spans) is not self.negated


def read_cell(text: str, type_: Type, *, zone: str = "UTC", signed: bool = False) -> UnaryTest:
    """Read a cell; what is no test of the fact raises `Misread`.

    >>> from ourword.cel.types import money
    >>> read_cell("<= 500.00 EUR", money("EUR")).holds(50000), read_cell("-", money("EUR")).anything
    (True, True)
    """
    if len(text) > CELL_MAX:
        raise Misread(f"the cell has more than {CELL_MAX:,} characters", "split the row")
    text = text.strip()
    if text in ("", "-"):
        return UnaryTest()
    if type_.name not in ORDERED | WORDS:
        hint = f"only {listed(sorted(ORDERED | WORDS), joined='or', most=12)} can: declare a derived fact, `is: size(…)`, and test that"
        raise Misread(f"a {type_} cannot be tested in a cell", hint)
    _no_comma_within_a_number(text, type_)
    reader = _Reader(text, type_, zone, signed)
    negated = reader.negation()
    spans = reader.spans(")" if negated else "")
    if type_.name == "bool" and len(spans) == 1:
        return UnaryTest((Span(not spans[0].low, not spans[0].low),) if negated else spans)
    return UnaryTest(spans, negated)


def _no_comma_within_a_number(text: str, type_: Type) -> None:
    """Refuse `0,5` and `1,000`: read as two values they would pass what nobody meant."""
    within = {"double": _DECIMAL_COMMA, "money": _DECIMAL_COMMA, "int": _THOUSANDS_COMMA, "uint": _THOUSANDS_COMMA}.get(type_.name)
    found = within.search(text) if within else None
    if found is not None:
        one = found[0].replace(",", "." if within is _DECIMAL_COMMA else "")
        two = "" if type_.name == "money" else f", and `{found[0].replace(',', ', ')}` for several values"
        raise Misread(f"{shown(found[0])} may be one number or several", f"write `{one}` for one{two}")


class _Reader:
    """Goes through a cell once, from left to right."""

    def __init__(self, text: str, type_: Type, zone: str, signed: bool) -> None:
        self.text, self.type, self.zone, self.signed, self.at = text, type_, zone, signed, 0

    def negation(self) -> bool:
        match = re.match(r"not\s*\(", self.text)
        if match:
            self.at = match.end()
        return match is not None

    def spans(self, closing: str) -> tuple[Span, ...]:
        found = [self._span()]
        while self._take(","):
            found.append(self._span())
        if closing and not self._take(closing):
            raise self._no_test("`not(` is not closed")
        self._space()
        if self.at < len(self.text):
            raise self._no_test(f"there is {shown(self.text[self.at :])} left over")
        return tuple(found)

    def _span(self) -> Span:
        self._space()
        for sign, make in _SIGNS:
            if self.text.startswith(sign, self.at):
                self.at += len(sign)
                value = self._value()
                if sign != "=" and self.type.name not in ORDERED:
                    raise Misread(f"`{sign}` needs an order, and {self.type} has none", 'name the words: `"a", "b"`, or `not("a")`')
                return make(value)
        if self.at < len(self.text) and self.text[self.at] in "[](":
            return self._interval()
        value = self._value()
        return Span(value, value)

    def _interval(self) -> Span:
        low_in = self.text[self.at] == "["
        self.at += 1
        if self.type.name not in ORDERED:
            raise Misread(f"an interval needs an order, and {self.type} has none", 'name the words: `"a", "b"`')
        low = self._value()
        if not self._take(".."):
            raise self._no_test("an interval has two ends with `..` between them")
        high = self._value()
        self._space()
        end = self.text[self.at : self.at + 1]
        if not end or end not in ")[]":
            raise self._no_test("the interval is not closed")
        self.at += 1
        if low > high or (low == high and not (low_in and end == "]")):
            raise Misread(f"nothing lies in {shown(self.text)}", "the lower end comes first; `[1..1]` is 1 alone")
        return Span(low, high, low_in, end == "]")

    # ---- one value ---------------------------------------------------------------------------------------------------

    def _value(self) -> Any:
        self._space()
        self._take("@")
        self._space()
        if self.text.startswith('"', self.at):
            return self._quoted()
        call = re.compile(r"(duration|date and time|date)\s*\(\s*(?=\")").match(self.text, self.at)
        if call:
            if self.type.name not in _CALLS[call[1]]:
                raise Misread(f"`{call[1]}(…)` is no {self.type}", _example(self.type))
            self.at = call.end()
            value = self._quoted()
            if not self._take(")"):
                raise self._no_test(f"`{call[1]}(` is not closed")
            return value
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ',[]()"' and not self.text.startswith("..", self.at):
            self.at += 1
        return _read(self.text[start : self.at].strip(), self.type, self.zone, quoted=False, signed=self.signed)

    def _quoted(self) -> Any:
        self.at += 1
        read: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != '"':
            if self.text[self.at] == "\\":
                self.at += 1
                escaped = self.text[self.at : self.at + 1]
                if escaped not in _ESCAPES:
                    raise self._no_test(f"`\\{escaped}` is no escape")
                read.append(_ESCAPES[escaped])
            else:
                read.append(self.text[self.at])
            self.at += 1
        if self.at >= len(self.text):
            raise self._no_test("a quote is not closed")
        self.at += 1
        return _read("".join(read), self.type, self.zone, quoted=True, signed=self.signed)

    def _take(self, sign: str) -> bool:
        self._space()
        found = self.text.startswith(sign, self.at)
        self.at += len(sign) if found else 0
        return found

    def _space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _no_test(self, why: str) -> Misread:
        return Misread(f"{shown(self.text)} is no test: {why}", f"write `-` for anything, {_example(self.type)}")


_SIGNS: tuple[tuple[str, Callable[[Any], Span]], ...] = (
    ("<=", lambda value: Span(None, value, True, True)),
    (">=", lambda value: Span(value, None, True, True)),
    ("<", lambda value: Span(None, value, True, False)),
    (">", lambda value: Span(value, None, False, True)),
    ("=", lambda value: Span(value, value)),
)


def _example(type_: Type) -> str:
    match type_.name:
        case "money":
            return f"`<= 500.00 {type_.currency}` or `[10.00 {type_.currency}..20.00 {type_.currency}]`"
        case "duration":
            return "`<= 30 days` or `> P30D`"
        case "timestamp":
            return "`>= 2026-01-01` or `< 2026-01-01T09:00:00Z`"
        case "bool":
            return "`true` or `false`"
        case "enum":
            return f"`{type_.members[0]}`, a list with commas, or `not({type_.members[0]})`"
        case "string":
            return '`"a"`, `"a", "b"` or `not("a")`'
    return "`< 5`, `[1..10]`, `(1..10]` or `1, 2`"


def _read(text: str, type_: Type, zone: str, *, quoted: bool, signed: bool) -> Any:
    """One value by its fact's type."""
    if not text and not (quoted and type_.name == "string"):
        raise Misread("a value is missing", f"write for example {_example(type_)}")
    value = _typed(text, type_, zone, quoted=quoted)
    if value is None:
        raise Misread(f"{shown(text)} is no {type_}", _hint(text, type_))
    if type_.name in ("money", "duration") and value < 0 and not signed:
        raise Misread(f"{shown(text)} is less than nothing, and the fact is never", "take the row out, or say `signed: true` in the wiring")
    return value


def _typed(text: str, type_: Type, zone: str, *, quoted: bool) -> Any:
    match type_.name:
        case "bool":
            return {"true": True, "false": False}.get(text) if not quoted else None
        case "enum":
            return text if text in type_.members else None
        case "string":
            return text if quoted else None
        case "int" | "uint":
            whole = int(text) if _INTEGER.fullmatch(text) and not quoted else None
            low, high = (0, 2**64) if type_.name == "uint" else (-(2**63), 2**63)
            return whole if whole is not None and low <= whole < high else None
        case "double":
            return float(text) if _NUMBER.fullmatch(text) and text.strip("-") and not quoted else None
        case "money":
            return minor_from_text(text, type_.currency)
        case "duration":
            return _duration(text)
    return _moment(text, zone)


def _duration(text: str) -> int | None:
    negative, text = text.startswith("-"), text.removeprefix("-")
    span = span_from_text(text)
    iso = _ISO.fullmatch(text)
    if span is not None:
        length = span.nanoseconds
    elif iso is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        length = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * _SECOND
    else:
        return None
    return None if length is None else -length if negative else length


def _moment(text: str, zone: str) -> int | None:
    """An instant, or a day: its first moment in the contract's zone."""
    if not _DATE.fullmatch(text):
        return instant_from_text(text)
    try:
        day = date.fromisoformat(text)
        return instant_from_datetime(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))
    except (ValueError, OverflowError):  # no such day, or one that is before all days elsewhere
        return None


def _hint(text: str, type_: Type) -> str:
    match type_.name:
        case "money" if _BARE_NUMBER.fullmatch(text):
            return f"write the currency: `{text} {type_.currency}`"
        case "enum":
            return meant(text, type_.members, f"it is one of {listed(type_.members, joined='or')}")
        case "string":
            return f'write it in quotes, in CSV `"""{text[:40]}"""`'
        case "duration" if _MONTHS.fullmatch(text):
            return "months and years have no fixed length: write days, `P30D` or `30 days`"
    return f"write for example {_example(type_)}"
