"""Tables: the CSV of a view or of the account's export, whose columns go by several names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ourword.helpdesks.shape import Row
from ourword.helpdesks.zendesk.parts import ident, tags, text, word
from ourword.outcomes.guesses import THING
from ourword.outcomes.nothing import id_in, names_nothing, why_none

COLUMNS = {
    "id": ("id", "ticket id", "ticket number", "#"),
    "requester_id": ("requester id",),
    "requester_email": ("requester email",),
    "requester": ("requester", "requester name"),
    "status": ("status category", "status", "ticket status"),
    "created_at": ("created at", "created", "requested", "date created"),
    "updated_at": ("updated at", "updated", "date updated"),
    "solved_at": ("solved at", "solved", "date solved"),
    "assigned_at": ("assigned at", "assigned"),
    "assignee": ("assignee", "assignee name"),
    "form": ("ticket form", "form"),
    "tags": ("tags",),
    "via": ("via", "channel", "ticket channel"),
    "score": ("satisfaction score", "satisfaction", "satisfaction rating"),
    "replies": ("replies", "agent replies"),
}
"""The usual names, the surer first: of the account's export (`Id`, `Requester id`) and of a view (`ID`, `Requested`, `Solved`)."""

_CALLED = {name: column for column, names in COLUMNS.items() for name in names}
_KIND = re.compile(
    r"\b(?:topic|category|reason|issue type|type of (?:issue|request|enquiry|inquiry)|intent)\b|\bwhat .{1,40} about\b",
    re.IGNORECASE,
)


def is_table(row: Row) -> bool:
    """Whether a row stands under Zendesk's column names, as far as its filled ones say; values of a table are texts.

    >>> is_table({"ID": "7", "Subject": "Lamp", "Requester": "Jo", "Status": "Solved", "Created at": "2026-11-09 10:22"})
    True
    """
    found = {_CALLED.get(_plain(name)) for name in row}
    dated, whose = found & {"created_at", "solved_at", "updated_at"}, found & {"requester", "requester_id", "requester_email"}
    return {"id", "status"} <= found and bool(dated) and bool(whose) and "subject" in map(_plain, row)


def ticket_of(row: Row) -> dict[str, Any]:
    """The ticket that a table's row tells of, as the API would have it; people without an id are told by address, else by name."""
    called = {_plain(name): value for name, value in row.items()}
    found = {column: next((called[name] for name in names if name in called), None) for column, names in COLUMNS.items()}
    name = text(found.get("requester")).strip()
    email = word(found.get("requester_email"))
    named = "" if names_nothing(name) else name  # one name for everybody who was deleted, or did not say theirs, names nobody
    who = id_in(ident(found.get("requester_id"))) or ("" if names_nothing(email) else email) or (f"name:{named[:80]}" if named else "")
    return {
        "id": ident(found.get("id")).lstrip("#"),
        "requester_id": ident(who),
        "requester_email": email,
        "assignee_id": ident(f"name:{text(found.get('assignee')).strip()[:80]}") if _somebody(found.get("assignee")) else "",
        "assignee_name": text(found.get("assignee")).strip()[:80],
        "status": word(found.get("status")),
        "created_at": found.get("created_at"),
        "updated_at": found.get("updated_at"),
        "via": {"channel": word(found.get("via"))},
        "tags": tags(found.get("tags")),
        "form": text(found.get("form")).strip(),
        "satisfaction_rating": {"score": word(found.get("score"))},
        "metric_set": {"solved_at": found.get("solved_at"), "assigned_at": found.get("assigned_at"), "replies": found.get("replies")},
        "titled": [(str(name), value) for name, value in row.items() if _CALLED.get(_plain(name)) is None],
    }


def nameless_in(row: Row) -> Iterator[str]:
    """What a table's row says with a word for nothing, where it should name a customer or an order.

    >>> list(nameless_in({"Requester": "Anonymous", "Order number": "N/A", "Booking no": ""}))
    ['`Anonymous` names no customer, so that nobody can see whether they came back', '`N/A` names no order, so that it tells no matter']
    """
    found = {_CALLED.get(_plain(name)): text(value).strip() for name, value in row.items()}
    if (who := found.get("requester", "")) and names_nothing(who) and not (found.get("requester_id") or found.get("requester_email")):
        yield why_none("customer", who[:80])
    for name, value in row.items():
        match, id_ = THING.search(str(name)[:200]), ident(value)
        if match and id_ and not id_in(id_):
            yield why_none(match.group(1).lower(), id_[:80])


def kind_in(titled: Iterator[tuple[str, Any]] | list[tuple[str, Any]]) -> str:
    """What a field says that is called a topic, category or reason; the first that says something short.

    >>> kind_in([("Order number", "L-7"), ("Contact reason", "refund")])
    'refund'
    """
    return next((ident(value) for title, value in titled if _KIND.search(title[:200]) and ident(value)), "")


def objects_in(titled: Iterator[tuple[str, Any]] | list[tuple[str, Any]]) -> list[dict[str, str]]:
    """What fields name that are called an order (booking, invoice, …): only they are objects, never a number found in a text, nor a word for none.

    >>> objects_in([("Order number", "L-7"), ("Plan", "basic"), ("Orders are late?", "yes"), ("Invoice no", "N/A")])
    [{'type': 'order', 'id': 'L-7', 'role': 'about'}]
    """
    found = [(THING.search(title[:200]), id_in(ident(value))) for title, value in titled]
    return [{"type": match.group(1).lower(), "id": id_, "role": "about"} for match, id_ in found if match and id_][:20]


def _plain(name: object) -> str:
    written = str(name)
    return _plainly(written) if len(written) < 200 else ""


@lru_cache(2_000)
def _plainly(name: str) -> str:
    """Each name once: it stands over every row."""
    return " ".join(name.replace("_", " ").replace("\ufeff", "").lower().split())


def _somebody(value: object) -> bool:
    return text(value).strip() not in ("", "-")
