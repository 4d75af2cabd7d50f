"""One contact in words: what happened in it, in order, and why it has the outcome that it has; for people who answer for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.core.event import Event
from ourword.core.time import day_from_micros
from ourword.figures.summary import outcome_words
from ourword.stores.about import UNHEARD

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.people import People

EVENTS_MAX = 2_000
TEXT_MAX = 2_000
_DAY = 86_400_000_000
_COLUMNS = (
    *("contact", "subject", "kind", "channel", "outcome", "handled_by", "start_at", "end_at", "back_at", "window_length", "as_of", "last_due"),
    *("closed", "closed_by", "close_reason", "claimed", "said", "reopened", "wrote_again", "unanswered", "left_before_close", "asked_by"),
    "promise_broken",
)
_WHAT = {
    "contact.opened": "The contact was opened",
    "contact.closed": "The contact was closed",
    "contact.reopened": "The contact was opened again",
    "message.in": "The customer wrote",
    "message.out": "We wrote",
    "question.asked": "The customer was asked whether it is solved",
    "question.answered": "The customer answered",
    "human.requested": "A person was asked for",
    "human.queued": "The customer was queued for a person",
    "human.joined": "A person joined",
    "feedback.given": "The customer gave feedback",
    "action.executed": "An action was executed",
    "customer.left": "The customer left",
    "customer.silent": "The customer fell silent",
    "customer.active": "The customer was active",
    "decision.made": "A decision was made",
    "promise.repaired": "A broken promise was repaired",
    "promise.released": "The customer let us off a promise",
}
_REASONS = {
    "confirmed": "the customer confirmed",
    "no_reply": "no reply came",
    "left": "the customer left",
    "transferred": "passed on",
    "refused": "refused",
    "duplicate": "a duplicate",
}


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """A contact in a list: its own id and its customer's, as far as they are not erased; times in µs since 1970."""

    contact: int
    name: str
    customer: str
    kind: str
    outcome: str
    handled_by: str
    start_at: int | None
    end_at: int | None
    back_at: int | None

    @property
    def hands(self) -> str:
        """Who handled it, as people read it: a person, automation alone, or that nobody said."""
        return {"person": "a person", "automation": "automation alone"}.get(self.handled_by, "not known")


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a contact; `at` in µs since 1970, `None` where nobody said when."""

    at: int | None
    what: str
    by: str
    text: str = ""
    notes: tuple[str, ...] = ()
    decision: str = ""


class Contacted(msgspec.Struct, frozen=True, kw_only=True):
    """One contact, ready to be read."""

    brief: Brief
    because: str
    channel: str
    happened: tuple[Happened, ...]
    more: int = 0
    """Events that are not shown, beyond the first two thousand."""


def briefs(connection: DuckDBPyConnection, people: People, numbers: Iterable[int]) -> list[Brief]:
    """The contacts of a list, in its order, after `watch`."""
    wanted = list(numbers)
    rows = {row["contact"]: row for row in _rows(connection, wanted)}
    return [_brief(rows[number], people) for number in wanted if number in rows]


def contacted(connection: DuckDBPyConnection, people: People, number: int) -> Contacted | None:
    """One contact, after `watch`; `None` when there is none of that number."""
    rows = _rows(connection, [number])
    if not rows:
        return None
    found = connection.execute('SELECT arrival, "at", type, actor, decision FROM arrived WHERE contact = ? ORDER BY event', [number]).fetchall()
    return Contacted(
        brief=_brief(rows[0], people),
        because=because(rows[0]),
        channel=rows[0]["channel"] or "",
        happened=tuple(each for row in found[:EVENTS_MAX] if (each := _told(people, *row)) is not None),
        more=max(0, len(found) - EVENTS_MAX),
    )


def _told(people: People, arrival: int, at: int | None, what: str, by: str | None, decision: str | None) -> Happened | None:
    """One event of a contact; a decision that only the ledger tells of is in no event, and one of an erased customer is gone."""
    event = people.event(arrival)
    if event is not None:
        return happened(event)
    return Happened(at=at, what=_WHAT.get(what, what), by=by or "", decision=decision or "") if arrival >= UNHEARD else None


def outcome_of(connection: DuckDBPyConnection, people: People, name: str) -> tuple[int, str, str] | None:
    """The number of a contact by its own id, what became of it in words, and why; after `watch`."""
    number = people.number("contact", name) if name else None
    rows = _rows(connection, [number]) if number is not None else []
    return (rows[0]["contact"], outcome_words(rows[0]["outcome"]), because(rows[0])) if rows else None


def because(row: Mapping[str, Any]) -> str:
    """Why a contact has its outcome, in a sentence.

    >>> day = 86_400_000_000
    >>> because({"outcome": "came_back", "reopened": 0, "wrote_again": 0, "back_at": 2 * day, "end_at": 0, "window_length": 7 * day})
    'The same issue came up again 2 days after this contact ended.'
    >>> because({"outcome": "came_back", "reopened": 0, "wrote_again": 1})
    'The customer wrote again after it had been closed.'
    """
    match row["outcome"]:
        case "still_open":
            later = max(row["end_at"] + row["window_length"], row["last_due"] or 0)
            return f"It counts nowhere yet: known on {day_from_micros(later)}, when its window and its last promise are over."
        case "unknown":
            return "None of its events says when it happened, so nobody can say whether the customer came back."
        case "promise_broken":
            return "A promise that was made in it was kept late, or not at all."
        case "came_back" if row["reopened"]:
            return "It was opened again after it had been closed."
        case "came_back" if row["wrote_again"]:
            return "The customer wrote again after it had been closed."
        case "came_back" if row["back_at"] is not None and row["back_at"] - row["end_at"] <= row["window_length"]:
            return f"The same issue came up again {_after(row['back_at'] - row['end_at'])} after this contact ended."
        case "came_back":
            return "A complaint or a cancellation that is linked to it came within the window."
        case "gave_up":
            return _gave_up(row)
        case "confirmed":
            return "The customer said that it was solved." if row["said"] == "yes" else "It was closed as confirmed by the customer."
        case _:
            return "Nothing more came on the same issue, on any channel. Silence is not consent: we do not know whether it was solved."


def _gave_up(row: Mapping[str, Any]) -> str:
    if row["unanswered"]:
        return "The customer's last word got no answer."
    if row["left_before_close"] or row["close_reason"] == "left":
        return "The customer left before it was closed."
    by = f", and the {row['closed_by']} closed it" if row["closed"] and row["closed_by"] else ""
    return f"The automation asked, no answer came{by}."


def happened(event: Event) -> Happened:
    """One event in words."""
    data = event.data
    said = {"yes": "yes", "no": "no"}.get(str(data.get("said")), str(data.get("said") or data.get("answer") or ""))
    text = str(data.get("text") or data.get("question") or (said if event.type in ("question.answered", "feedback.given") else ""))
    return Happened(
        at=None if event.instant is None else event.instant // 1000,
        what=_WHAT.get(event.type) or _in_words(event.type),
        by=str(data.get("closed_by") or data.get("actor") or event.source),
        text=text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "…",
        notes=tuple(_notes(event)),
        decision=str(data["decision"]) if isinstance(data.get("decision"), str) else "",
    )


def _in_words(type_: str) -> str:
    """An event that has no words of its own, by its type.

    >>> _in_words("shipment.handed_over")
    'Shipment handed over'
    """
    words = type_.replace(".", " ").replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def _notes(event: Event) -> Iterable[str]:
    data = event.data
    if event.type == "contact.closed":
        if data.get("close_reason"):
            yield f"reason: {_REASONS.get(str(data['close_reason']), str(data['close_reason']).replace('_', ' '))}"
        if data.get("claimed_resolved") is not None:
            yield "called resolved" if data["claimed_resolved"] else "not called resolved"
    if event.instant is None:
        yield "no time was given"
    if isinstance(data.get("amount"), str | int):
        yield f"amount: {data['amount']}"


def _after(micros: int) -> str:
    """A length in the largest unit that says it.

    >>> _after(90_000_000), _after(5_400_000_000), _after(3 * 86_400_000_000)
    ('2 minutes', '2 hours', '3 days')
    """
    for unit, size in (("day", _DAY), ("hour", 3_600_000_000), ("minute", 60_000_000)):
        if micros >= size or unit == "minute":
            count = -(-micros // size)
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("a minute is the smallest unit")


def _rows(connection: DuckDBPyConnection, numbers: list[int]) -> list[dict[str, Any]]:
    if not numbers:
        return []
    places = ", ".join("?" * len(numbers))
    found = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM became WHERE contact IN ({places})", numbers).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in found]


def _brief(row: Mapping[str, Any], people: People) -> Brief:
    subject = "not known" if row["subject"] is None else people.customer(row["subject"])
    return Brief(
        contact=row["contact"],
        name=people.name(row["contact"]) or "erased",
        customer=subject or "erased",
        kind=row["kind"] or "(none)",
        outcome=outcome_words(row["outcome"]),
        handled_by=row["handled_by"],
        start_at=row["start_at"],
        end_at=row["end_at"],
        back_at=row["back_at"],
    )
