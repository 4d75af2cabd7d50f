"""What macros do with the items they go over, each in CEL's own terms: errors are absorbed by `all` and `exists` when another item decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from ourword.cel.unknown import Unknown, united
from ourword.cel.values import NONE, Failure, Map, Optional, kind

Run = Callable[[Mapping[str, object], list[Any]], Any]


class Blamed(msgspec.Struct, frozen=True):
    """What a macro reads, and where its own names are kept."""

    reads: frozenset[str]
    first: int
    variables: int

    def wrong(self, why: str) -> Unknown:
        """An unknown that blames all that the macro reads."""
        return Unknown(self.reads, why)


def _pairs(over: Any, variables: int) -> Iterator[tuple[Any, ...]]:
    if isinstance(over, (list, tuple)):
        return iter(enumerate(over)) if variables == 2 else ((item,) for item in over)
    if isinstance(over, (dict, Map)):
        return iter(over.items()) if variables == 2 else ((key,) for key in over)
    raise Failure(f"no such overload: a macro goes over a list or a map, not {kind(over)}")


def _going(blamed: Blamed, over: Run, gather: Callable[[Iterator[tuple[Any, ...]], Any, list[Any]], Any]) -> Run:
    """Go over the items with the macro's names set; what cannot be gone over is unknown."""

    def items(pairs: Iterator[tuple[Any, ...]], slots: list[Any]) -> Iterator[tuple[Any, ...]]:
        for pair in pairs:
            slots[blamed.first : blamed.first + blamed.variables] = pair
            yield pair

    def run(facts: Mapping[str, object], slots: list[Any]) -> Any:
        value = over(facts, slots)
        if type(value) is Unknown:
            return value
        try:
            return gather(items(_pairs(value, blamed.variables), slots), facts, slots)
        except Failure as failure:
            return blamed.wrong(str(failure))

    return run


def _truth(value: Any, blamed: Blamed) -> Any:
    if value is True or value is False or type(value) is Unknown:
        return value
    return blamed.wrong(f"no such overload: {kind(value)} is neither true nor false")


def _deciding(by: bool) -> Callable[..., Run]:
    def made(over: Run, parts: list[Run], blamed: Blamed, _: object) -> Run:
        (body,) = parts

        def gather(items: Iterator[Any], facts: Any, slots: list[Any]) -> Any:
            open_ = []
            for _ in items:
                value = _truth(body(facts, slots), blamed)
                if value is by:
                    return by
                if type(value) is Unknown:
                    open_.append(value)
            return united(open_) if open_ else not by

        return _going(blamed, over, gather)

    return made


def _exactly_one(over: Run, parts: list[Run], blamed: Blamed, _: object) -> Run:
    (body,) = parts

    def gather(items: Iterator[Any], facts: Any, slots: list[Any]) -> Any:
        values = [_truth(body(facts, slots), blamed) for _ in items]
        return united(values) if any(type(value) is Unknown for value in values) else values.count(True) == 1

    return _going(blamed, over, gather)


def _kept(parts: list[Run], blamed: Blamed, items: Iterator[Any], facts: Any, slots: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The first name's value and the last part's, for the items that the filter lets through; an unknown filter stands for its item."""
    for pair in items:
        through = _truth(parts[0](facts, slots), blamed) if len(parts) == 2 else True
        if through is not False:
            yield pair[0], parts[-1](facts, slots) if through is True else through


def _collecting(gather: Callable[[list[tuple[Any, Any]], Any], Any]) -> Callable[..., Run]:
    def made(over: Run, parts: list[Run], blamed: Blamed, map_of: object) -> Run:
        def run(items: Iterator[Any], facts: Any, slots: list[Any]) -> Any:
            pairs = list(_kept(parts, blamed, items, facts, slots))
            unknown = any(type(value) is Unknown for _, value in pairs)
            return united(value for _, value in pairs) if unknown else gather(pairs, map_of)

        return _going(blamed, over, run)

    return made


def _filtered(over: Run, parts: list[Run], blamed: Blamed, _: object) -> Run:
    (body,) = parts

    def gather(items: Iterator[Any], facts: Any, slots: list[Any]) -> Any:
        pairs = [(pair[0], _truth(body(facts, slots), blamed)) for pair in items]
        unknown = any(type(value) is Unknown for _, value in pairs)
        return united(value for _, value in pairs) if unknown else [item for item, value in pairs if value]

    return _going(blamed, over, gather)


def _entries(pairs: list[tuple[Any, Any]], map_of: Any) -> Any:
    entries: list[tuple[Any, Any]] = []
    for _, value in pairs:
        if not isinstance(value, (dict, Map)):
            raise Failure(f"no such overload: transformMapEntry needs a map, not {kind(value)}")
        entries.extend(value.items())
    return map_of(entries)


def _optional(*, flat: bool) -> Callable[..., Run]:
    def made(over: Run, parts: list[Run], blamed: Blamed, _: object) -> Run:
        def run(facts: Mapping[str, object], slots: list[Any]) -> Any:
            value = over(facts, slots)
            if type(value) is Unknown:
                return value
            if not isinstance(value, Optional):
                return blamed.wrong(f"no such overload: optMap on {kind(value)}")
            if not value.present:
                return NONE
            slots[blamed.first] = value.value
            result = parts[0](facts, slots)
            return result if flat or type(result) is Unknown else Optional(True, result)

        return run

    return made


_LIST = _collecting(lambda pairs, _: [value for _, value in pairs])
EACH_RUN: dict[str, Callable[..., Run]] = {
    "all": _deciding(False),
    "exists": _deciding(True),
    "exists_one": _exactly_one,
    "existsOne": _exactly_one,
    "filter": _filtered,
    "map": _LIST,
    "transformList": _LIST,
    "transformMap": _collecting(lambda pairs, map_of: map_of(pairs)),
    "transformMapEntry": _collecting(_entries),
    "optMap": _optional(flat=False),
    "optFlatMap": _optional(flat=True),
}
"""Macro -> what makes its closure from the range, the parts, the blame and the way to make a map."""
