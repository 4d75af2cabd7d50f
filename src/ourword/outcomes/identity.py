"""Who is who, and when: several ids of one customer, each valid for a time, and customers that turned out to be one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

START, END = -(2**63), 2**63 - 1
_HOPS_MAX = 100


class Same(msgspec.Struct, frozen=True, kw_only=True):
    """Someone said that customer number `other` is `owner`, from `since` (included) to `until` (not included)."""

    other: int
    owner: int
    since: int = START
    until: int = END
    said_at: int = START
    """When it was said; of two that overlap, the later said holds, and of two said at one moment the later in the list."""


class Whose(msgspec.Struct, frozen=True):
    """From `since` to before `until`, what happened to `other` happened to `owner`."""

    other: int
    owner: int
    since: int
    until: int


class _Link(msgspec.Struct, frozen=True):
    """What was said of a customer, and its place among all that was said."""

    place: int
    owner: int
    since: int
    until: int


def whose(said: Iterable[Same]) -> list[Whose]:
    """Follow who is who to the end: for each other id, stretches of time without overlap; in whatever order it was said.

    Customers' numbers decide nothing, since they are given by arrival.

    >>> whose([Same(other=2, owner=1), Same(other=3, owner=2, since=10)])
    [Whose(other=2, owner=1, since=-9223372036854775808, until=9223372036854775807), Whose(other=3, owner=1, since=10, until=9223372036854775807)]
    """
    by_other: dict[int, list[_Link]] = defaultdict(list)
    for place, each in enumerate(sorted(dict.fromkeys(said), key=lambda same: same.said_at)):
        if each.other != each.owner:
            by_other[each.other].append(_Link(place, each.owner, each.since, each.until))
    return [stretch for other in sorted(by_other) for stretch in _joined(other, by_other)]


def _joined(other: int, by_other: dict[int, list[_Link]]) -> Iterator[Whose]:
    """Neighbouring stretches of one owner are one."""
    waiting: Whose | None = None
    cuts = sorted(_cuts(other, by_other))
    for since, until in pairwise(cuts):
        owner = _owner(other, since, by_other)
        if waiting is not None and waiting.owner == owner and waiting.until == since:
            waiting = Whose(other, owner, waiting.since, until)
            continue
        if waiting is not None:
            yield waiting
        waiting = Whose(other, owner, since, until) if owner != other else None
    if waiting is not None:
        yield waiting


def _cuts(other: int, by_other: dict[int, list[_Link]]) -> set[int]:
    """Every moment at which the answer for *other* may change."""
    cuts, seen, left = {START, END}, set[int](), [other]
    while left:
        number = left.pop()
        if number not in seen:
            seen.add(number)
            for each in by_other.get(number, ()):
                cuts |= {each.since, each.until}
                left.append(each.owner)
    return cuts


def _owner(other: int, at: int, by_other: dict[int, list[_Link]]) -> int:
    """Follow to the end; in a circle the owner that was said last stands for all."""
    path: list[int] = [other]
    links: list[_Link] = []
    for _ in range(_HOPS_MAX):
        link = next((each for each in reversed(by_other.get(path[-1], ())) if each.since <= at < each.until), None)
        if link is None:
            return path[-1]
        links.append(link)
        if link.owner in path:
            return max(links[path.index(link.owner) :], key=lambda each: each.place).owner
        path.append(link.owner)
    return path[-1]
