"""Single values of Zendesk's files, read without trust: whatever stands there, each gives its kind of value or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ourword.core.event import fit_word
from ourword.core.time import instant_from_text
from ourword.errors import LineError
from ourword.helpdesks.shape import Row
from ourword.helpdesks.telling import text_of
from ourword.ledger.entry import instant_text
from ourword.outcomes.mapper import time_text
from ourword.outcomes.mapping import Clock
from ourword.outcomes.values import Path

SYSTEM = "-1"
"""Who did what Zendesk did by itself."""
SOLVED = ("solved", "closed")
"""The states that Zendesk's own reports count as solved; `closed` is what becomes of a solved ticket after some days."""
CHANNELS_RULED = ("rule", "8", "trigger", "automation", "batch", "20")
MERGED_TAG = "closed_by_merge"
_CHANNELS = {"mail": "email", "4": "email", "web form": "web", "web_form": "web", "0": "web", "web service": "api", "web_service": "api", "5": "api"}
"""One word for one channel, whether it is written as a type, as its number or in a ticket event's way (via types reference)."""

_ITEMS_MAX = 10_000
_LATEST = 2**61
_SLASHED = re.compile(r"(\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d):?(\d\d)", re.ASCII)
_MERGED_HERE = re.compile(r"^\s*requests? #?\d[^\n]{0,4000}?\b(?:was|were) closed and merged into this request", re.IGNORECASE)
_MERGED_AWAY = re.compile(r"^\s*this request was closed and merged into request #?(\d{1,18})", re.IGNORECASE)


def ident(value: object) -> str:
    """An id: a whole number or a short word; anything else is none.

    >>> ident(35436), ident(" 7 "), ident(True), ident(7.5)
    ('35436', '7', '', '')
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    try:
        text = str(value).strip()
    except ValueError:  # an integer of more digits than Python prints
        return ""
    return text if fit_word(text, 100) else ""


def word(value: object) -> str:
    """A short word, in small letters."""
    return ident(value).lower()


def text(value: object) -> str:
    """A text as it is."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int:
    """A whole number from 0, of JSON or of a table; else 0."""
    found = ident(value)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 18 else 0


def items(value: object) -> Iterable[Row]:
    """The objects of a list."""
    return [each for each in value[:_ITEMS_MAX] if isinstance(each, Mapping)] if isinstance(value, list) else []


def tags(value: object) -> list[str]:
    """Tags, as a list or (in tables and audits) one text."""
    parts = value if isinstance(value, list) else re.split(r"[\s,]+", value) if isinstance(value, str) else []
    return [each for each in parts[:1000] if isinstance(each, str) and each]


def when(value: object, zone: str = "UTC") -> str | None:
    """A time as RFC 3339 in UTC; one without a zone is of *zone*; a number is seconds since 1970.

    >>> when("2026-11-09T10:22:00Z"), when("2011/09/25 22:35:44 -0700"), when("2026-11-09 10:22", "Europe/Berlin"), when("soon")
    ('2026-11-09T10:22:00Z', '2011-09-26T05:35:44Z', '2026-11-09T09:22:00Z', None)
    """
    found = ident(value)
    if isinstance(value, int) or (found.isascii() and found.isdigit() and len(found) > 8):
        return time_text(found, Clock(at=Path(("at",)), unit="s"))
    slashed = _SLASHED.fullmatch(found)
    if slashed:
        year, month, day, clock, hours, minutes = slashed.groups()
        found = f"{year}-{month}-{day}T{clock}{hours}:{minutes}"
    try:
        read = time_text(found, Clock(at=Path(("at",)), zone=zone or "UTC")) if found else None
        instant = None if read is None else instant_from_text(read)
        return None if instant is None else instant_text(instant)
    except (ValueError, KeyError, OSError, LineError):  # a zone that there is not, a time beyond our clock, such as 9999
        return None


def seconds(time: str | None) -> int:
    """A time as seconds since 1970; 0 where there is none."""
    instant = None if time is None else instant_from_text(time)
    return 0 if instant is None else max(0, instant // 10**9)


def order(id_: str, place: int) -> int:
    """Where something stands among what happened in the same second: Zendesk numbers upwards; *place* orders what one thing gives."""
    return min(4 * number(id_) + place, _LATEST) if id_ else _LATEST


def channel_of(via: object) -> str:
    """The channel of a `via`, which is an object in tickets and audits and a word in ticket events.

    >>> channel_of({"channel": "email"}), channel_of("Mail"), channel_of({"channel": 4}), channel_of(None)
    ('email', 'email', 'email', '')
    """
    found = word(via.get("channel")) if isinstance(via, Mapping) else word(via)
    return _CHANNELS.get(found, found)


def rel_of(via: object) -> str:
    """How a `via` came about: `trigger`, `automation`, `merge`, …"""
    source = via.get("source") if isinstance(via, Mapping) else None
    return word(source.get("rel")) if isinstance(source, Mapping) else ""


def followed(row: Row) -> str:
    """The ticket that this one follows up: a reply to a closed ticket opens another.

    >>> followed({"via": {"channel": "email", "source": {"rel": "follow_up", "from": {"ticket_id": 42}}}}), followed({"via_followup_source_id": 7})
    ('42', '7')
    """
    via = row.get("via")
    source = via.get("source") if isinstance(via, Mapping) and rel_of(via) == "follow_up" else None
    before = source.get("from") if isinstance(source, Mapping) else None
    return (ident(before.get("ticket_id")) if isinstance(before, Mapping) else "") or ident(row.get("via_followup_source_id"))


def words_of(comment: Row) -> str:
    """What a comment says, without its markup."""
    html, plain = text(comment.get("html_body")), text(comment.get("plain_body")) or text(comment.get("body"))
    return text_of(html) if html else text_of(plain) if "<" in plain and ">" in plain else plain


def merged_into(words: str) -> str:
    """The ticket that Zendesk's own notice names as the one this was merged into; empty for anybody's words.

    >>> merged_into('This request was closed and merged into request #219 "Lamp".')
    '219'
    """
    found = _MERGED_AWAY.match(words)
    return found.group(1) if found else ""


def is_notice(words: str) -> bool:
    """Whether a comment is Zendesk's notice of a merge, which nobody said."""
    return bool(_MERGED_HERE.match(words) or _MERGED_AWAY.match(words))


def is_short(value: Any) -> bool:
    """Whether a value may name a kind."""
    return fit_word(value, 100)
