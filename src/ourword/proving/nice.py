"""Values that a person would choose: what a counterexample is made of once the solver has found one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, product
from typing import Any

from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.money import CURRENCIES
from ourword.gate.code import Exact, KindGate, Values

OPTIONS_MAX, OPEN_MAX = 40, 20
"""How many values of a fact are tried, and with how many others it is compared: a contract of hundreds of clauses has too many."""
_DAY, _HOUR = 86400 * 10**9, 3600 * 10**9


class Turns:
    """What the conditions of a kind compare each fact with: constants worked out once, the rest from the other facts."""

    def __init__(self, kind: KindGate, among: Mapping[str, tuple[Exact, ...]] | None = None) -> None:
        """All comparisons of the kind, or those *among* some of its conditions."""
        nothing: Values = {name: Unknown(frozenset((name,)), "absent") for name in kind.facts}
        self._constant: dict[str, list[Any]] = {}
        self._open: dict[str, list[Any]] = {}
        for name, readings in (kind.thresholds if among is None else among).items():
            values = [reading(nothing) for reading in readings]
            self._constant[name] = list(dict.fromkeys(value for value in values if type(value) is not Unknown))
            self._open[name] = [reading for reading, value in zip(readings, values, strict=True) if type(value) is Unknown][:OPEN_MAX]

    def of(self, name: str, values: Values) -> list[Any]:
        """What one fact is compared with, the other facts being as given."""
        others = (reading(values) for reading in self._open.get(name, ()))
        return [*(value for value in others if type(value) is not Unknown), *self._constant.get(name, ())]


def nice(turns: Turns, fact: Fact, values: Values, now: int, *, most: int = OPTIONS_MAX) -> list[Any]:
    """What this fact could be, the plainest first: round values, then what the conditions compare it with, and a little to each side."""
    tries = chain(_round(fact.type, now), (near for turn in turns.of(fact.name, values) for near in _around(fact.type, turn)))
    return list(islice(dict.fromkeys(value for value in tries if _fits(fact, value)), most))


def _round(type_: Type, now: int) -> Iterator[Any]:
    match type_.name:
        case "bool":
            yield from (False, True)
        case "enum":
            yield from type_.members
        case "string":
            yield from ("", "a")
        case "int" | "uint":
            yield from (1, 0, 2, 10)
        case "double":
            yield from (1.0, 0.0, 0.5)
        case "money":
            yield from (units * 10 ** CURRENCIES[type_.currency] for units in (20, 10, 50, 100, 0))
        case "duration":
            yield from (2 * _DAY, _DAY, 10 * _DAY, 60 * _DAY, _HOUR, 0)
        case "timestamp":
            yield from (now - days * _DAY for days in (2, 1, 10, 60, 0))


def _around(type_: Type, turn: Any) -> Iterator[Any]:
    match type_.name:
        case "money":
            turn, unit = -(-turn // 1), 10 ** CURRENCIES[type_.currency]
            yield from (turn, turn + unit, turn - unit, 2 * turn, turn + 1, turn - 1)
        case "int" | "uint":
            yield from (turn, turn + 1, turn - 1)
        case "double":
            yield from (turn, turn + 1, turn - 1)
        case "duration" | "timestamp":
            yield from (turn, turn + _DAY, turn - _DAY, turn + _HOUR, turn - _HOUR, turn + 1, turn - 1)
        case "string":
            yield turn


def _fits(fact: Fact, value: Any) -> bool:
    if fact.type.name in ("money", "duration", "uint"):
        return fact.signed or value >= 0
    return not (fact.history is not None and fact.type.name == "int") or value >= 0


def made_up(type_: Type, texts: Sequence[str] = ()) -> list[Any]:
    """A few values of a type that the solver cannot hold: a list that is empty, or holds one or two things; *texts* are worth trying."""
    match type_.name:
        case "list":
            items = made_up(type_.of[0], texts)
            return [[], *([item] for item in items[:12]), items[:2]]
        case "map":
            keys, values = made_up(type_.of[0], texts), made_up(type_.of[1], texts)
            return [{}, *({key: value} for key, value in product(keys[:6], values[:4])), dict(zip(keys, values, strict=False))]
        case "record":
            return _records(type_, texts)
        case "bool":
            return [True, False]
        case "enum":
            return list(type_.members)
        case "string":
            return [*texts, "a", ""]
        case "int" | "uint" | "money" | "duration":
            return [1, 0, 10_000, 1_000_000]
        case "double":
            return [1.0, 0.0]
        case "bytes":
            return [b""]
        case "timestamp":
            return [0]
    return ["a", 1, True]


def _records(type_: Type, texts: Sequence[str]) -> list[Any]:
    """The first with the first value of every field; then one field at a time otherwise; then none at all."""
    first = {name: made_up(field, texts)[0] for name, field in type_.fields}
    others = [{**first, name: value} for name, field in type_.fields for value in made_up(field, texts)[1:6]]
    return [first, *others, {}]
