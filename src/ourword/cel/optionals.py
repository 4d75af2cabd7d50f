"""Optional values: a result that may be absent, without being unknown. For unchecked conditions; contracts ask `has` and `known`."""

from __future__ import annotations

from typing import Any

from ourword.cel.compare import item_at
from ourword.cel.overload import Overload
from ourword.cel.types import BOOL, DYN, Type
from ourword.cel.values import NONE, Failure, Map, Optional, kind

OPTIONAL = Type("optional")


def _non_zero(value: Any) -> Optional:
    zero = value is None or (not value if kind(value) not in ("timestamp", "type", "optional") else False)
    return NONE if zero else Optional(True, value)


def _value(optional: Optional) -> Any:
    if not optional.present:
        raise Failure("optional.none() dereference")
    return optional.value


def _found(of: Any, at: Any) -> Optional:
    if isinstance(of, Optional):
        return _found(of.value, at) if of.present else NONE
    if isinstance(of, (dict, Map)):
        return Optional(True, of[at]) if at in of else NONE
    if isinstance(of, list):
        inside = kind(at) in ("int", "uint", "double") and 0 <= at < len(of)
        return Optional(True, item_at(of, at)) if inside else NONE
    raise Failure(f"no such overload: {kind(of)} has no index")


OPTIONALS: tuple[Overload, ...] = (
    Overload("optional.none", (), OPTIONAL, lambda: NONE, loose=True),
    Overload("optional.of", (DYN,), OPTIONAL, lambda value: Optional(True, value), loose=True),
    Overload("optional.ofNonZeroValue", (DYN,), OPTIONAL, _non_zero, loose=True),
    Overload("hasValue", (OPTIONAL,), BOOL, lambda optional: optional.present, "member", loose=True),
    Overload("value", (OPTIONAL,), DYN, _value, "member", loose=True),
    Overload("or", (OPTIONAL, OPTIONAL), OPTIONAL, lambda one, other: one if one.present else other, "member", loose=True),
    Overload("orValue", (OPTIONAL, DYN), DYN, lambda optional, value: optional.value if optional.present else value, "member", loose=True),
    Overload("_[?_]", (DYN, DYN), OPTIONAL, _found, loose=True),
    Overload("_[_]", (OPTIONAL, DYN), OPTIONAL, _found, loose=True),
)
