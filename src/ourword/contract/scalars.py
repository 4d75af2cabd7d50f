"""How the text of one value is read: by the type that its key has, never by guessing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from ourword.contract.model import Amount
from ourword.core.calendar import desk_hours_from_text
from ourword.core.money import CURRENCIES, minor_from_text
from ourword.core.span import span_from_text
from ourword.core.time import datetime_from_instant, instant_from_text

LENGTH_MAX = 20_000
"""Characters of one value."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")
_AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?) ([A-Z]{3})(?: per ([^\s].{0,60}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")

# Reserved by the CEL specification (langdef, "Syntax"): these can never be the name of a fact.
RESERVED = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
        "answer",
    ]
)


class Kind(msgspec.Struct, frozen=True):
    """A kind of scalar: what it is called in errors and docs, how its text is read, and its JSON Schema."""

    name: str
    means: str
    read: Callable[[str], object | None]
    schema: dict[str, object]
    raw: bool = False
    """Whether the canonical form holds the value read (a bool, an int) rather than the text as written."""


def _matching(pattern: str) -> Callable[[str], str | None]:
    compiled = re.compile(pattern)
    return lambda text: text if compiled.fullmatch(text) else None


def _bool(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _int(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _count(text: str) -> int | None:
    value = _int(text)
    return value if value is not None and 0 <= value <= 10_000 else None


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _share(text: str) -> float | None:
    percent = _PERCENT.fullmatch(text)
    value = float(percent[1]) / 100 if percent else _number(text)
    return value if value is not None and 0 <= value <= 1 else None


def amount(text: str) -> Amount | None:
    """Read `0.40 EUR` or `0.40 EUR per contact`.

    >>> amount("0.40 EUR per contact").minor
    40
    """
    match = _AMOUNT.fullmatch(text)
    if match is None or match[2] not in CURRENCIES:
        return None
    minor = minor_from_text(f"{match[1]} {match[2]}", match[2])
    return None if minor is None else Amount(minor=minor, currency=match[2], per=match[3] or "")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    instant = instant_from_text(text)
    return None if instant is None else datetime_from_instant(instant)


@lru_cache(maxsize=64)
def _zone(text: str) -> str | None:
    # The zone's rules come with Python or with tzdata, like code: no file of the user is opened.
    try:
        return ZoneInfo(text).key if _ZONE.fullmatch(text) else None
    except (ValueError, OSError, KeyError):
        return None


def _fact(text: str) -> str | None:
    return text if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", text) and text not in RESERVED else None


_ANY_TEXT: dict[str, object] = {"type": ["string", "number", "boolean"]}


def _pattern(pattern: str) -> dict[str, object]:
    return {"type": "string", "pattern": f"^({pattern})$"}


_ID = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
_PATH = r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*){0,15}"
_PART = r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}"
_DOTTED = r"[A-Za-z_][A-Za-z0-9_.-]{0,199}"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("line", "one line of text", lambda text: text if text.strip() and "\n" not in text else None, _ANY_TEXT),
        Kind("id", "a short name of letters, digits, `-` and `_` that begins with a letter", _matching(_ID), _pattern(_ID)),
        Kind("fact", "a fact's name (letters, digits and `_`; not a word of the condition language)", _fact, _pattern("[A-Za-z_][A-Za-z0-9_]{0,63}")),
        Kind("path", "a path such as `order.total`", _matching(_PATH), _pattern(_PATH)),
        Kind(
            "file",
            "a CSV file's name from the contract's folder on, such as `refunds.csv` or `tables/refunds.csv`",
            _matching(rf"({_PART}/){{0,8}}{_PART}\.csv"),
            _pattern(rf"({_PART}/){{0,8}}{_PART}\.csv"),
        ),
        Kind("dotted", "a dotted name such as `payment.refunded`", _matching(_DOTTED), _pattern(_DOTTED)),
        Kind("version", "a version such as `3.2.0`", _matching(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,39}"), {"type": ["string", "number"]}),
        Kind(
            "language",
            "a language code such as `en` or `pt-BR`",
            _matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?"),
            _pattern("[a-z]{2,3}(-[A-Za-z0-9]{2,8})?"),
        ),
        Kind("zone", "a time zone such as `Europe/Berlin`", _zone, {"type": "string"}),
        Kind(
            "holidays",
            "a country such as `DE`, or a part of it such as `DE-BE`",
            _matching("[A-Z]{2}(-[A-Z0-9]{1,3})?"),
            _pattern("[A-Z]{2}(-[A-Z0-9]{1,3})?"),
        ),
        Kind("bool", "`true` or `false`", _bool, {"type": "boolean"}, raw=True),
        Kind("int", "a whole number", _int, {"type": "integer"}, raw=True),
        Kind("count", "a whole number from 0 to 10,000", _count, {"type": "integer", "minimum": 0, "maximum": 10_000}, raw=True),
        Kind("number", "a number such as `0.9`", _number, {"type": "number"}, raw=True),
        Kind("share", "a share such as `10%` or `0.1`", _share, {"type": ["number", "string"]}),
        Kind("span", "a time such as `15 minutes`, `30 days` or `5 working days`", span_from_text, {"type": "string"}),
        Kind("money", "an amount such as `200 EUR`", amount, {"type": "string"}),
        Kind("limit", "a share, a number, a time or an amount", lambda text: _limit(text), {"type": ["number", "string"]}),
        Kind("date", "a date such as `2026-11-01`", _date, {"type": "string", "format": "date"}),
        Kind("instant", "a time with its zone such as `2026-11-02T09:00:00Z`", _instant, {"type": "string", "format": "date-time"}),
        Kind(
            "hours",
            "hours such as `Mon-Fri 09:00-18:00; Sat 10:00-14:00`",
            lambda text: text if desk_hours_from_text(text) else None,
            {"type": "string"},
        ),
        Kind("condition", "a condition such as `amount > eur(500)`", lambda text: text if text.strip() else None, {"type": ["string", "boolean"]}),
        Kind("expression", "an expression such as `amount * 80 / 100`", lambda text: text if text.strip() else None, _ANY_TEXT),
        Kind("type", "a type such as `money(EUR)`", lambda text: text if text.strip() else None, {"type": "string"}),
    )
}


def _limit(text: str) -> object | None:
    for reader in (_number, _share, span_from_text, amount):
        value = reader(text)
        if value is not None:
            return value
    return None
