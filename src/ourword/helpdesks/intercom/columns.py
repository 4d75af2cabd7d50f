"""Tables: the CSV of a report on conversations or ratings, and the same datasets through the reporting export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ourword.helpdesks.shape import Row
from ourword.helpdesks.values import ident, text, when, word

COLUMNS = {
    "id": ("conversation id",),
    "created_at": ("conversation started at", "conversation created at"),
    "updated_at": ("conversation updated at",),
    "state": ("current conversation state",),
    "first_close_at": ("conversation first closed at",),
    "last_close_at": ("conversation last closed at",),
    "replied_at": ("conversation first replied at", "conversation first teammate reply at"),
    "replied": ("teammate first replied", "first replying teammate id"),
    "closed_by": ("last closed by teammate", "last closing teammate id"),
    "channel": ("channel",),
    "user_id": ("user id",),
    "email": ("user email",),
    "resolution": ("fin ai agent resolution state", "fin resolution state"),
    "involved": ("fin ai agent involved", "fin involved"),
    "rating": ("last teammate rating",),
    "fin_rating": ("fin ai agent rating", "fin rating"),
    "fin_rated_at": ("fin ai agent rating updated at", "fin rating updated at"),
    "score": ("conversation rating",),
    "scored_at": ("updated at",),
}
"""By what we call them; a report's names (`Conversation ID`) and the export's (`conversation_id`) are the same words."""

_CALLED = {name: column for column, names in COLUMNS.items() for name in names}
_ZONE = re.compile(r"\s*\(([A-Za-z0-9_+\-/]{1,60})\)\s*$")
_PREFIX = re.compile(r"^[a-z-]{1,60}\.")


def called(name: object) -> tuple[str, str]:
    """A column by our name for it, and the zone that its own name tells.

    >>> called("Conversation started at (America/New_York)"), called("standard.conversation_id"), called("Plan (basic)")
    (('created_at', 'America/New_York'), ('id', ''), ('', ''))
    """
    return _called(str(name)[:200])


@lru_cache(2_000)
def _called(name: str) -> tuple[str, str]:
    """Each name once: it stands over every row."""
    written = name.replace("\ufeff", "").strip()
    zone = _ZONE.search(written)
    plain = _ZONE.sub("", written) if zone else written
    found = _CALLED.get(" ".join(_PREFIX.sub("", plain.lower()).replace("_", " ").split()), "")
    return found, zone.group(1) if zone and found.endswith("_at") else ""


def is_conversation(row: Row) -> bool:
    """Whether a row stands under a conversation report's columns.

    >>> is_conversation({"Conversation ID": "7", "Conversation started at (Europe/Berlin)": "2026-11-09 10:22:00", "Channel": "Email"})
    True
    """
    found = _found(row)
    return {"id", "created_at"} <= found and bool(found & {"state", "channel", "resolution", "involved", "last_close_at", "user_id"})


def is_rating(row: Row) -> bool:
    """Whether a row stands under a rating report's columns."""
    return {"id", "score", "scored_at"} <= _found(row)


def conversation_of(row: Row, zone: str) -> dict[str, Any]:
    """The conversation that a table's row tells of, as a list from the API would have it; *zone* is of times whose column names none."""
    found: dict[str, Any] = {}
    titled: dict[str, Any] = {}
    for name, value in row.items():
        column, own = called(name)
        if not column:
            titled[str(name)[:200]] = value
        elif found.get(column) in (None, ""):
            found[column] = _time(value, own or zone) if column.endswith("_at") else value
    email = word(found.get("email"))
    replied = ident(f"name:{text(found.get('replied')).strip()[:80]}") if text(found.get("replied")).strip() else ""
    closed_by = ident(f"name:{text(found.get('closed_by')).strip()[:80]}") if text(found.get("closed_by")).strip() else ""
    return {
        "id": ident(found.get("id")),
        "created_at": found.get("created_at"),
        "updated_at": found.get("updated_at"),
        "state": word(found.get("state")),
        "source": {"type": found.get("channel")},
        "contacts": {"contacts": [{"type": "contact", "external_id": ident(found.get("user_id")), "email": email}]},
        "custom_attributes": titled,
        "ai_agent": {
            "resolution_state": word(found.get("resolution")),
            "rating": _whole(found.get("fin_rating")),
            "created_at": found.get("fin_rated_at"),
        },
        "conversation_rating": {"rating": _whole(found.get("rating"))},
        "statistics": {
            "first_admin_reply_at": found.get("replied_at"),
            "first_close_at": found.get("first_close_at"),
            "last_close_at": found.get("last_close_at"),
            "last_closed_by_id": closed_by,
        },
        "replied_by": replied,
    }


def rating_of(row: Row, zone: str) -> tuple[str, int | None, str | None]:
    """The conversation that was rated, the rating, and when."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        column, own = called(name)
        if column and found.get(column) in (None, ""):
            found[column] = _time(value, own or zone) if column.endswith("_at") else value
    return ident(found.get("id")), _whole(found.get("score")), found.get("scored_at")


def _found(row: Row) -> set[str]:
    return {called(name)[0] for name in row} if isinstance(row, Mapping) and len(row) < 500 else set()


def _time(value: object, zone: str) -> str | None:
    return when(value, zone if _is_zone(zone) else "UTC")


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False


def _whole(value: object) -> int | None:
    """A whole number, as a table or JSON has it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = ident(value).removesuffix(".0")
    return int(found) if found.isascii() and found.isdigit() and len(found) < 6 else None
