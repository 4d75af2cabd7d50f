"""Types of events that nobody reads: each is kept, and a misspelt one would be missed nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

import msgspec

from ourword.core.event import TYPES, Event

MADE = (
    *("decision.made", "decision.contested", "decision.reviewed", "promise.released", "promise.repaired", "credit.booked", "action.refused"),
    *("complaint.made", "cancellation.made"),
)
"""Types that are read beside `TYPES`, of those that begin as below in their usual form."""
_BEGIN = ("decision.", "promise.", "complaint", "cancellation")
_COUNTED_MAX = 1_000


class Unread(msgspec.Struct, frozen=True):
    """A type that no metric reads and no promise names, how many events have it, and the type that may have been meant."""

    type: str
    count: int
    meant: str = ""


def count_type(counts: dict[str, int], event: Event) -> None:
    """Count an event's type, of the first thousand types: a source that makes up types as it goes fills no memory."""
    if event.type in counts or len(counts) < _COUNTED_MAX:
        counts[event.type] = counts.get(event.type, 0) + 1


def unread(counts: Mapping[str, int], named: Collection[str] = ()) -> list[Unread]:
    """Give the types that nobody reads, those first that look like a known one; *named* are those that contracts name.

    >>> unread({"contact.close": 2, "message.in": 5, "parcel.lost": 1, "refund.paid": 3}, {"refund.paid"})
    [Unread(type='contact.close', count=2, meant='contact.closed'), Unread(type='parcel.lost', count=1, meant='')]
    """
    known = (*TYPES, *MADE, *named)
    found = []
    for type_, count in counts.items():
        if type_ not in known and not type_.startswith(_BEGIN):
            near = get_close_matches(type_.lower(), known, n=1, cutoff=0.8)
            found.append(Unread(type_, count, near[0] if near else ""))
    return sorted(found, key=lambda each: (not each.meant, -each.count, each.type))
