"""Around every threshold: a customer just below it, at it and just above, the other facts such that it decides, if anybody is so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.contract.model import Condition, Fact
from ourword.gate.code import Values
from ourword.trying.conditions import NUMBERS, Comparison, Conditions
from ourword.trying.room import Room, Seen
from ourword.trying.search import Search
from ourword.trying.targets import Shows, Target, condition_of, fired

TRIES, BETTER_TRIES = 300, 50
MEMBERS_MAX = 12
_SECOND = 10**9
_FINER = ((86400 * _SECOND, 3600 * _SECOND), (3600 * _SECOND, 60 * _SECOND), (60 * _SECOND, _SECOND), (_SECOND, _SECOND))
"""A length of time that is written in days is looked at an hour to each side; in hours, a minute; in minutes, a second."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One customer at an edge."""

    value: Any
    side: str
    """`below`, `at`, `above`; for a word, empty."""
    values: Values
    seen: Seen


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison in a condition, and what is answered around it."""

    owner: str
    """The clause, boundary or promise in whose condition it stands."""
    fact: str
    text: str
    place: str
    points: tuple[Point, ...] = ()
    """Empty: nothing changes here for anybody who was tried."""
    tried: int = 0

    @property
    def decides(self) -> bool:
        """Whether a customer was found for whom it matters on which side of it they stand."""
        return bool(self.points)

    @property
    def answers(self) -> bool:
        """Whether the answer changes, and not only who gives it or what is promised."""
        return len({point.seen.answer for point in self.points}) > 1


class Place(msgspec.Struct, frozen=True):
    """Where a comparison stands: what it belongs to, and the target that shows it."""

    target: Target
    condition: Condition
    comparison: Comparison


def places(room: Room, conditions: Conditions, among: list[Target]) -> tuple[list[Place], list[tuple[str, str]]]:
    """Every comparison that has edges, and (text and place of) those for which no case can be made."""
    found: list[Place] = []
    others: dict[str, str] = {}
    for target in among:
        if target.what not in ("clause", "boundary", "promise"):
            continue
        for condition in _conditions(room, conditions, target):
            compared, without = conditions.comparisons(condition)
            found += [Place(target, condition, each) for each in compared if _has_edges(room.kind.facts[each.fact].type)]
            others |= {place: text for text, place in without}
    return found, [(text, place) for place, text in others.items()]


def _conditions(room: Room, conditions: Conditions, target: Target) -> list[Condition]:
    amounts = [value for _, value in room.kind.clauses[target.index].clause.then.amend] if target.what == "clause" else []
    return list(dict.fromkeys(each for condition in (condition_of(room.kind, target), *amounts) for each in conditions.behind(condition)))


def _has_edges(type_: Type) -> bool:
    return type_.name in NUMBERS or type_.name in ("enum", "string")


class Edges:
    """Looks at the edges of one kind."""

    def __init__(self, room: Room, conditions: Conditions, search: Search, shows: Shows) -> None:
        self.room, self.conditions, self.search, self.shows = room, conditions, search, shows

    def look(self, place: Place, near: Values | None) -> Edge:
        """Find who stands at an edge; *near* is somebody for whom its clause decides."""
        target, compared = place.target, place.comparison
        before = self.room.looks

        def cost(values: Values) -> tuple[int, ...]:
            return self._cost(place, values)[:-1]

        def among(values: Values, wide: bool) -> list[Condition]:
            return list(dict.fromkeys(each for point in self._points(place, values) for each in self.shows.among(target, point.values, wide)))

        values, far = self.search.find(cost, among, tries=TRIES, starts=[] if near is None else [{**self.search.pool[0], **near}])
        common: dict[str, Any] = {"owner": target.id, "fact": compared.fact, "text": compared.text, "place": compared.place}
        if any(far):
            return Edge(**common, tried=self.room.looks - before)
        values = self.search.better(values, lambda values: self._cost(place, values), among, tries=BETTER_TRIES)
        self.search.keep(values)
        values = self._fewest(place, values)
        points = self._points(place, values)
        if not all(self.room.shown(point.values) for point in points):
            return Edge(**common, tried=self.room.looks - before)
        return Edge(**common, points=tuple(points), tried=self.room.looks - before)

    def _cost(self, place: Place, values: Values) -> tuple[int, ...]:
        """How far from deciding: what must hold, whether it turns, what outranks it, whether anything told changes, whether the answer does."""
        points = self._points(place, values)
        if len(points) < 2:
            return (9, 1, 0, 1, 1)
        seens = [point.seen for point in points]
        far = min(self.shows.far(place.target, point.values, point.seen) for point in points)
        holds = {fired(place.target, seen) for seen in seens}
        over = min((seen.fired & self.shows.outranking(place.target.index)).bit_count() for seen in seens) if place.target.what == "clause" else 0
        return far, int(len(holds) < 2), over, int(len({seen.told for seen in seens}) < 2), int(len({seen.answer for seen in seens}) < 2)

    def _points(self, place: Place, values: Values) -> list[Point]:
        fact = self.room.kind.facts[place.comparison.fact]
        full = self.room.full(values)
        held = [value for value in (other(full) for other in place.comparison.others) if type(value) is not Unknown]
        if not held:
            return []
        points = []
        for value, side in _around(fact, held):
            there = {**values, fact.name: value}
            points.append(Point(value=value, side=side, values=there, seen=self.room.see(there)))
        return points

    def _fewest(self, place: Place, values: Values) -> Values:
        """Leave out what has no part in any of the answers."""
        told = [point.seen.told for point in self._points(place, values)]

        def same(fewer: Values) -> bool:
            points = self._points(place, fewer)
            return [point.seen.told for point in points] == told and not any(point.seen.missing for point in points)

        return self.room.fewest(values, (place.comparison.fact,), same)


def _around(fact: Fact, held: list[Any]) -> Iterator[tuple[Any, str]]:
    """The values to look at: just below, at and just above; for words, those that are named and one that is not."""
    if fact.type.name in NUMBERS:
        at = held[0]
        for value, side in _sides(fact.type, at):
            whole = fact.signed or fact.type.name in ("int", "double", "timestamp") or value >= 0
            if whole and not (fact.history is not None and value < 0):
                yield value, side
        return
    others = fact.type.members if fact.type.name == "enum" else ("another word", "")
    rest = [each for each in others if each not in held][:1]
    for value in [*held[:MEMBERS_MAX], *rest]:
        yield value, ""


def _sides(type_: Type, at: Any) -> Iterator[tuple[Any, str]]:
    if at != at // 1 and type_.name != "double":  # a fraction of a cent: nobody stands on it
        yield from ((at // 1, "below"), (at // 1 + 1, "above"))
        return
    at = at if type_.name == "double" else int(at)
    step = _step(type_, at)
    for value, side in ((at - step, "below"), (at, "at"), (at + step, "above")):
        yield round(value, 12) if type_.name == "double" else value, side


def _step(type_: Type, at: Any) -> Any:
    match type_.name:
        case "duration":
            return next((finer for unit, finer in _FINER if at % unit == 0), 1)
        case "timestamp":
            return _SECOND
        case "double":
            return 10.0 ** -_decimals(at)
    return 1


def _decimals(number: float) -> int:
    """How many decimals a number is written with.

    >>> _decimals(0.25), _decimals(3.0)
    (2, 0)
    """
    text = f"{number:.12f}".rstrip("0")
    return len(text.partition(".")[2])
