"""Helpers to compare two contracts key by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ourword.changing.found import Change
from ourword.changing.lengths import ALWAYS, Counted, compared
from ourword.changing.order import Direction
from ourword.changing.written import told
from ourword.contract.model import Draft
from ourword.core.calendar import desk_hours_from_text
from ourword.core.span import Span


class Side(msgspec.Struct, frozen=True):
    """Both drafts, and the kind of decision that is looked at."""

    old: Draft
    new: Draft
    kind: str

    def change(
        self,
        way: Direction,
        about: str,
        what: str,
        was: object,
        now: object,
        *,
        place: str = "",
        interface: bool = False,
        adds: bool = False,
    ) -> Change:
        """Write one change down; *about* is the key, by which its place is found if none is given."""
        path = f"decisions.{self.kind}.{about}" if self.kind else about
        found = place if ":" in place else self.new.places.get(path) or self.old.places.get(path) or self._near(path, place)
        return Change(
            direction=way, about=about, kind=self.kind, what=what, place=found, was=told(was), now=told(now), interface=interface, adds=adds
        )

    def counted(self, was: str = "", now: str = "") -> tuple[Counted, Counted]:
        """By what spans are counted in the old contract and in the new one; with the desks whose hours count, if they do."""
        return _counted(self.old, was), _counted(self.new, now)

    def _near(self, path: str, place: str) -> str:
        """The closest key above that has a place."""
        while "." in path:
            path = path.rpartition(".")[0]
            if path in self.new.places:
                return self.new.places[path]
        return self.new.places.get(place, "") or next(iter(self.new.places.values()), "")


def _counted(draft: Draft, desk: str) -> Counted:
    hours = next((each.hours for each in draft.people if each.id == desk), "") if desk else ""
    return Counted(desk_hours_from_text(hours) if hours else None, draft.holidays)


def by_length(old: Span, new: Span, was: Counted = ALWAYS, now: Counted = ALWAYS, *, if_longer: Direction) -> Direction:
    """What a change of a span is, where a longer one is known to be for or against the customer; arguable where it depends on when it begins."""
    found = compared(old, new, was, now)
    return Direction.ARGUABLE if found is None else {"longer": if_longer, "shorter": if_longer.turned, "same": Direction.NEUTRAL}[found]


def spans(side: Side, about: str, what: str, old: Span | None, new: Span | None, *, longer: Direction, none: Direction) -> Iterator[Change]:
    """A span that may be left out; *none* is what leaving it out is."""
    if old == new:
        return
    way = none if new is None else none.turned if old is None else by_length(old, new, *side.counted(), if_longer=longer)
    yield side.change(way, about, what, old, new)


def removed(old: object, new: object) -> Direction:
    """Something that is good to have: gone, new, or another."""
    if old and not new:
        return Direction.AGAINST
    return Direction.TOWARDS if new and not old else Direction.ARGUABLE


def added(old: set[str], new: set[str]) -> Direction:
    """More of what is good to have, or less."""
    if old < new:
        return Direction.TOWARDS
    return Direction.AGAINST if new < old else Direction.ARGUABLE


def moved(old: Any, new: Any, *, more: Direction) -> Direction:
    """A number that went up or down."""
    if old == new:
        return Direction.NEUTRAL
    if old is None or new is None:
        return Direction.ARGUABLE
    return more if new > old else more.turned
