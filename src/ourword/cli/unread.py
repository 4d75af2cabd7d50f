"""Types of events that nobody reads, told at the end of an import."""

from __future__ import annotations

from collections.abc import Iterable

from ourword.cli.out import line
from ourword.core.unread import Unread

SHOWN_MAX = 5


def say_unread(found: Iterable[Unread]) -> None:
    """Each that looks like a known type on a line of its own, then the others together; all of them are kept."""
    others = []
    for each in found:
        if each.meant:
            are = "is" if each.count == 1 else "are"
            line(f"{_events(each.count)} of type `{each.type}` {are} kept, and nobody reads that type: did you mean `{each.meant}`?")
        else:
            others.append(f"`{each.type}` {each.count:,}")
    if others:
        more = f" and {len(others) - SHOWN_MAX:,} more types" if len(others) > SHOWN_MAX else ""
        line(f"kept, and read by no metric and no promise: {', '.join(others[:SHOWN_MAX])}{more}")


def _events(count: int) -> str:
    return f"{count:,} event" + ("" if count == 1 else "s")
