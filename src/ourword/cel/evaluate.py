"""A tree to closures that give a value or an `Unknown`: one evaluator for checked conditions and for unchecked ones.

Kleene throughout: `false && unknown` is false in either order, and a run-time error is an unknown that blames what the
failing part read. Without types the values choose each overload, and the last `Unknown` is the error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ourword.cel.check import KNOWN, Checked
from ourword.cel.each import EACH_RUN, Blamed
from ourword.cel.expr import Bind, Call, Each, Expr, ListOf, Literal, MapOf, Message, Name, Select
from ourword.cel.functions import dispatched
from ourword.cel.types import DYN
from ourword.cel.unknown import Unknown, united
from ourword.cel.values import NONE, TYPE_NAMES, Failure, Map, Optional, TypeValue, Uint, kind, type_value, wrapped

Facts = Mapping[str, object]
Run = Callable[[Facts, list[Any]], Any]
"""Give a value or an `Unknown`, from facts by name and the macros' own values by slot."""

FAILURES = (Failure, ArithmeticError, LookupError, TypeError, ValueError)
"""What running a function may raise: values that do not fit leave as an unknown, never as a traceback."""

NO_FACTS: frozenset[str] = frozenset()


class Builder:
    """Builds the closure of each node, and counts the slots that macros need."""

    def __init__(self, checked: Checked | None, names: frozenset[str]) -> None:
        self._checked = checked
        self._names = names
        self.slots = 0

    def build(self, expr: Expr, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        """Give the closure, and the facts it reads (through a macro's names as well)."""
        match expr:
            case Literal(value=value):
                held = int(value) if isinstance(value, Uint) and self._checked else value
                return (lambda facts, slots: held), NO_FACTS
            case Name():
                return self._name(expr, own)
            case Select():
                return self._select(expr, own)
            case Call():
                return self._call(expr, own)
            case ListOf():
                return self._list(expr, own)
            case MapOf():
                return self._map(expr, own)
            case Each():
                return self._each(expr, own)
            case Bind():
                return self._bind(expr, own)
            case Message(name=name):
                return _failing(f"`{name}`: there are no protobuf messages here"), NO_FACTS

    def _name(self, expr: Name, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        name = expr.name
        if name in own and not expr.absolute:
            slot, reads = own[name]
            return (lambda facts, slots: slots[slot]), reads
        if name in self._names:
            absent = Unknown(frozenset((name,)), f"`{name}` is absent")
            return (lambda facts, slots: facts.get(name, absent)), absent.facts
        if name in TYPE_NAMES:
            value = TypeValue(name)
            return (lambda facts, slots: value), NO_FACTS
        return _failing(f"undeclared reference to `{name}`"), NO_FACTS

    def _all(self, parts: tuple[Expr, ...], own: dict[str, tuple[int, frozenset[str]]]) -> tuple[list[Run], frozenset[str]]:
        built = [self.build(part, own) for part in parts]
        return [run for run, _ in built], NO_FACTS.union(*(reads for _, reads in built))

    def _select(self, expr: Select, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        of, reads = self.build(expr.of, own)
        take = _present(expr.field) if expr.test else _taken(expr.field, optional=expr.optional)
        return strict(take, [of], reads), reads

    def _call(self, expr: Call, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        if expr.function == KNOWN and isinstance(expr.args[0], Name):
            name = expr.args[0].name
            return (lambda facts, slots: name in facts and type(facts[name]) is not Unknown), frozenset((name,))
        runs, reads = self._all(expr.args, own)
        match expr.function:
            case "_&&_":
                return _decided(runs, reads, by=False), reads
            case "_||_":
                return _decided(runs, reads, by=True), reads
            case "_?_:_":
                return _choice(*runs, reads=reads), reads
            case _:
                return strict(self._function(expr), runs, reads), reads

    def _function(self, expr: Call) -> Callable[..., Any]:
        if self._checked is None:
            return dispatched(expr.function, receiver=expr.receiver)
        overload = self._checked.overloads[expr.id]
        args = [self._checked.types[arg.id] for arg in expr.args]
        if expr.function == "type" and args[0] != DYN:
            value = type_value(args[0].name)
            return lambda _: value
        if expr.function == "dyn":
            return lambda value: wrapped(args[0].name, value)
        if overload is not None:
            return overload.run
        # Some argument is dyn: each bare integer whose type is known gets a class that says it, then the values decide.
        names = [arg.name for arg in args]
        run = dispatched(expr.function, receiver=expr.receiver)
        return lambda *values: run(*map(wrapped, names, values))

    def _list(self, expr: ListOf, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        runs, reads = self._all(expr.items, own)
        optional = frozenset(expr.optional)

        def gather(*items: object) -> list[object]:
            return [value for at, item in enumerate(items) for value in _maybe(item, at in optional)]

        return strict(gather if optional else lambda *items: list(items), runs, reads), reads

    def _map(self, expr: MapOf, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        runs, reads = self._all(tuple(part for entry in expr.entries for part in entry), own)
        optional = frozenset(expr.optional)
        made: Callable[..., object] = Map if self._checked is None else _dict_of

        def gather(*parts: object) -> object:
            pairs = enumerate(zip(parts[::2], parts[1::2], strict=True))
            return made([(key, value) for at, (key, item) in pairs for value in _maybe(item, at in optional)])

        return strict(gather, runs, reads), reads

    def _each(self, expr: Each, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        over, over_reads = self.build(expr.over, own)
        first = self.slots
        self.slots += len(expr.variables)
        inner = {name: (first + number, over_reads) for number, name in enumerate(expr.variables)}
        parts, reads = self._all(expr.parts, {**own, **inner})
        blamed = Blamed(reads | over_reads, first, len(expr.variables))
        made: Callable[..., object] = Map if self._checked is None else _dict_of
        return EACH_RUN[expr.macro](over, parts, blamed, made), reads | over_reads

    def _bind(self, expr: Bind, own: dict[str, tuple[int, frozenset[str]]]) -> tuple[Run, frozenset[str]]:
        value, value_reads = self.build(expr.value, own)
        slot = self.slots
        self.slots += 1
        body, body_reads = self.build(expr.body, {**own, expr.name: (slot, value_reads)})

        def run(facts: Facts, slots: list[Any]) -> Any:
            slots[slot] = value(facts, slots)
            return body(facts, slots)

        return run, value_reads | body_reads


def strict(function: Callable[..., Any], runs: list[Run], reads: frozenset[str]) -> Run:
    """A call whose arguments must all be known; what fails blames *reads*."""

    def run(facts: Facts, slots: list[Any]) -> Any:
        values = [each(facts, slots) for each in runs]
        for value in values:
            if type(value) is Unknown:
                return united(values)
        try:
            return function(*values)
        except FAILURES as failure:
            return Unknown(reads, str(failure))

    return run


def _failing(why: str) -> Run:
    unknown = Unknown(NO_FACTS, why)
    return lambda facts, slots: unknown


def _decided(runs: list[Run], reads: frozenset[str], *, by: bool) -> Run:
    """`&&` (decided by false) and `||` (decided by true), in any order."""

    def run(facts: Facts, slots: list[Any]) -> Any:
        open_: list[Unknown] = []
        for each in runs:
            value = each(facts, slots)
            if value is by:
                return by
            if value is not (not by):
                open_.append(value if type(value) is Unknown else Unknown(reads, f"no such overload: {kind(value)} is neither true nor false"))
        return united(open_) if open_ else not by

    return run


def _choice(condition: Run, then: Run, otherwise: Run, *, reads: frozenset[str]) -> Run:
    def run(facts: Facts, slots: list[Any]) -> Any:
        value = condition(facts, slots)
        if value is True:
            return then(facts, slots)
        if value is False:
            return otherwise(facts, slots)
        return value if type(value) is Unknown else Unknown(reads, f"no such overload: {kind(value)} is neither true nor false")

    return run


def _maybe(item: object, optional: bool) -> list[object]:
    if not optional:
        return [item]
    if not isinstance(item, Optional):
        raise Failure(f"no such overload: `?` takes an optional, not {kind(item)}")
    return [item.value] if item.present else []


def _dict_of(pairs: list[tuple[object, object]]) -> dict[object, object]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise Failure("repeated key")
    return entries


def _taken(field: str, *, optional: bool) -> Callable[[Any], Any]:
    def take(of: Any) -> Any:
        if isinstance(of, Optional):
            return take_optional(of.value) if of.present else NONE
        if not _holds(of, field):
            raise Failure(f"no such key: '{field}'")
        return of[field]

    def take_optional(of: Any) -> Any:
        if isinstance(of, Optional):
            return take(of)
        return Optional(True, of[field]) if _holds(of, field) else NONE

    return take_optional if optional else take


def _present(field: str) -> Callable[[Any], bool]:
    return lambda of: (of.present and _holds(of.value, field)) if isinstance(of, Optional) else _holds(of, field)


def _holds(of: Any, field: str) -> bool:
    if not isinstance(of, (dict, Map)):
        raise Failure(f"no such overload: {kind(of)} does not support field selection")
    return field in of
