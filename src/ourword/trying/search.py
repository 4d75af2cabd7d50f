"""Finding a customer for whom something is so: from plain customers by small steps, without a solver; what is found is shown by the gate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, islice
from typing import Any

from ourword.contract.model import Condition
from ourword.core.answer import Answer
from ourword.gate.code import Values
from ourword.proving.nice import made_up, nice
from ourword.trying.conditions import ABSENT, OPTIONS_MAX, Conditions
from ourword.trying.room import Room

Cost = Callable[[Values], tuple[int, ...]]
"""How far a customer is from what is looked for; all zeros: found."""
Among = Callable[[Values, bool], Iterable[Condition]]
"""The conditions whose facts are worth changing for this customer; asked widely, those too that a change could bring into the way."""

TRIES = 1500
STARTS = 3
PAIR_OPTIONS, PAIRS_MIN = 14, 400
POOL_MAX = 24


class OutOfTime(Exception):
    """The time that was given is over."""


class Search:
    """Looks for customers of one kind, and remembers those it found: the next one is often near."""

    def __init__(self, room: Room, conditions: Conditions, *, until: float = float("inf")) -> None:
        self.room, self.conditions, self._until = room, conditions, until
        self.pool: list[Values] = _plain(room)
        easiest, _ = self.find(_unhindered(room, conditions), lambda values, wide: _hindering(room, values))
        self.pool.insert(0, easiest)

    def find(self, cost: Cost, among: Among, *, tries: int = TRIES, starts: Iterable[Values] = ()) -> tuple[Values, tuple[int, ...]]:
        """The nearest customer that was found, and how far that one still is."""
        best: tuple[Values, tuple[int, ...]] | None = None
        for start in self._starts(list(starts), cost):
            found = self._climb(start, cost, among, tries // STARTS)
            if best is None or found[1] < best[1]:
                best = found
            if not any(best[1]):
                break
        assert best is not None
        return best

    def _starts(self, given: list[Values], cost: Cost) -> Iterator[Values]:
        """Those that were given; then the nearest of those that were found before, who are looked at only if it comes to that."""
        yield from given
        recent = [*self.pool[:4], *self.pool[4:][-POOL_MAX:]]
        costs = [cost(values) for values in recent]
        # Those who are nearest to it; then those in whose way the least stands, as far as they may be from it themselves.
        nearest = sorted(range(len(recent)), key=lambda number: costs[number])[:STARTS]
        freest = sorted(range(len(recent)), key=lambda number: costs[number][1:])[:STARTS]
        yield from (recent[number] for number in dict.fromkeys((*nearest, *freest)))

    def keep(self, values: Values) -> None:
        """Remember a customer who was found."""
        self.pool.append(values)

    def better(self, values: Values, cost: Cost, among: Among, *, tries: int) -> Values:
        """The same customer or, within so many tries, a nearer one."""
        return self._climb(values, cost, among, tries, pairs=False)[0]

    def _climb(self, values: Values, cost: Cost, among: Among, tries: int, *, pairs: bool = True) -> tuple[Values, tuple[int, ...]]:
        """Take every step that brings nearer; where no single one does, two at once."""
        best = cost(values)
        while any(best) and tries > 0:
            if time.monotonic() > self._until:
                raise OutOfTime
            singles = list(self._singles(values, tuple(among(values, False))))
            nearer = False
            for name, option in islice(singles, tries):
                tries -= 1
                tried = _with(values, ((name, option),))
                if (now := cost(tried)) < best:
                    values, best, nearer = tried, now, True
                    if not any(best):
                        return values, best
            if nearer:
                continue
            if not pairs:
                break
            wide = list(self._singles(values, tuple(among(values, True)), most=PAIR_OPTIONS))
            for pair in islice(_pairs(wide), max(tries, PAIRS_MIN)):
                tries -= 1
                tried = _with(values, pair)
                if (now := cost(tried)) < best:
                    values, best, nearer = tried, now, True
                    break
            if not nearer:
                break
        return values, best

    def _singles(self, values: Values, conditions: tuple[Condition, ...], *, most: int = OPTIONS_MAX) -> Iterator[tuple[str, Any]]:
        full = self.room.full(values)
        for name in self.conditions.facts(conditions):
            for option in self.conditions.options(name, conditions, full)[:most]:
                if option is ABSENT or name not in values or option != values[name]:
                    yield name, option


def _pairs(singles: list[tuple[str, Any]]) -> Iterator[tuple[tuple[str, Any], ...]]:
    return (pair for pair in combinations(singles, 2) if pair[0][0] != pair[1][0])


def _with(values: Values, changes: Iterable[tuple[str, Any]]) -> Values:
    changed = dict(values)
    for name, option in changes:
        if option is ABSENT:
            changed.pop(name, None)
        else:
            changed[name] = option
    return changed


def _unhindered(room: Room, conditions: Conditions) -> Cost:
    """Nothing stands in this customer's way: what is shown from there has one reason, and not three."""
    giving = room.kind.masks[Answer.ALLOW.value]

    def cost(values: Values) -> tuple[int, ...]:
        seen = room.see(values)
        return conditions.in_the_way(seen.fired & ~giving, values), len(seen.crossed), int(seen.judged is not Answer.ALLOW)

    return cost


def _hindering(room: Room, values: Values) -> list[Condition]:
    seen = room.see(values)
    giving = room.kind.masks[Answer.ALLOW.value]
    held = [code.clause.when for index, code in enumerate(room.kind.clauses) if seen.fired & ~giving & 1 << index]
    bounds = [code.boundary.when for code in room.kind.boundaries if code.boundary.id in seen.crossed]
    gifts = [code.clause.when for code in room.kind.clauses if code.clause.then.answer is Answer.ALLOW]
    return [*held[:3], *bounds, *([] if held or bounds else gifts[:5])]


def _plain(room: Room) -> list[Values]:
    """Customers of whom all is known: each fact at its plainest, each at the next one, and two that are mixed."""
    nothing = room.full({})
    options: dict[str, list[Any]] = {}
    for name, fact in room.kind.facts.items():
        many = fact.type.name in ("list", "map", "record", "bytes", "dyn")
        options[name] = made_up(fact.type) if many else nice(room.trial.turns, fact, nothing, room.trial.now, most=8)
    numbered = list(enumerate(options.items()))
    plain = [{name: values[min(turn, len(values) - 1)] for _, (name, values) in numbered} for turn in (0, 1)]
    mixed = [{name: values[(number + turn) % len(values)] for number, (name, values) in numbered} for turn in (1, 2)]
    return [*plain, *mixed]
