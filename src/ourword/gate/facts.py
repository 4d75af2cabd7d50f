"""Facts as they arrive, typed; what is absent, stale or ill-typed becomes `Unknown`, never a guess.

A fact arrives as a bare value or as `{"value": …, "at": RFC 3339}`. Money is `"500.00 EUR"` or integer minor units, a
duration is `"2 days"`, `"-2 days"` or CEL's `"3600s"` or the timestamp since which it runs. Python's `timedelta` and aware `datetime`
are taken as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.contract.cost import TEXT_MAX
from ourword.contract.given import DURATION_MAX, length_from_text
from ourword.contract.model import Fact
from ourword.core.money import MINOR_MAX, minor_from_text
from ourword.core.time import instant_from_datetime, instant_from_text

INT_MAX = 2**63 - 1
UINT_MAX = 2**64 - 1

# How far the clock that read a fact may run ahead of ours before we believe neither.
SKEW_MAX = 5 * 60 * 10**9

ABSENT = object()


class IllTyped(Exception):
    """A value does not fit its declared type; the message says how, in words."""


def read_fact(fact: Fact, given: object, now: int) -> Any:
    """Turn what was given for *fact* into its typed value at *now* (nanoseconds since 1970), or an `Unknown`."""
    if given is ABSENT or given is None:
        return Unknown(frozenset((fact.name,)), "absent")
    if isinstance(given, Unknown):
        return given
    try:
        value, at = _opened(given)
        if fact.fresh_within is not None and at is not None:
            span = fact.fresh_within.nanoseconds
            if span is None or now - at > span:
                return Unknown(frozenset((fact.name,)), f"stale: read more than {fact.fresh_within} ago")
            if at - now > SKEW_MAX:
                return Unknown(frozenset((fact.name,)), "ill-typed: read in the future")
        if value is None:
            return Unknown(frozenset((fact.name,)), "absent")
        if fact.type.name in _MANY:
            _held_to(fact.most, value)
        return typed(fact.type, value, now, signed=fact.signed)
    except IllTyped as error:
        return Unknown(frozenset((fact.name,)), f"ill-typed: {error}")


_MANY = frozenset(("string", "bytes", "list", "map", "record", "dyn"))


def _held_to(most: int, value: object) -> None:
    """No list or map within may hold more, and no text too much: conditions walk through them, perhaps one inside the other."""
    if isinstance(value, str | bytes) and len(value) > TEXT_MAX:
        raise IllTyped(f"more than {TEXT_MAX:,} characters")
    if isinstance(value, list | tuple | dict) and len(value) > most:
        raise IllTyped(f"more than {most:,} items")
    if isinstance(value, list | tuple):
        for item in value:
            _held_to(most, item)
    elif isinstance(value, dict):
        for pair in value.items():
            _held_to(most, pair)


def _opened(given: object) -> tuple[object, int | None]:
    if isinstance(given, dict) and "value" in given and given.keys() <= {"value", "at"}:
        at = given.get("at")
        if at is None:
            return given["value"], None
        instant = _instant(at)
        if instant is None:
            raise IllTyped("`at` is not an RFC 3339 time with a zone")
        return given["value"], instant
    return given, None


def _instant(value: object) -> int | None:
    if isinstance(value, str):
        return instant_from_text(value)
    if isinstance(value, datetime):
        return instant_from_datetime(value)
    return None


def typed(type_: Type, value: object, now: int, *, signed: bool = False) -> Any:
    """Give *value* in the form that checked conditions read, or raise `IllTyped`."""
    return _READERS[type_.name](type_, value, now, signed)


def _bool(type_: Type, value: object, now: int, signed: bool) -> bool:
    if type(value) is not bool:
        raise IllTyped("not true or false")
    return value


def _int(type_: Type, value: object, now: int, signed: bool) -> int:
    if type(value) is not int or not -INT_MAX - 1 <= value <= INT_MAX:
        raise IllTyped("not a whole number of 64 bits")
    return value


def _uint(type_: Type, value: object, now: int, signed: bool) -> int:
    if type(value) is not int or not 0 <= value <= UINT_MAX:
        raise IllTyped("not a whole number from 0 up, of 64 bits")
    return value


def _double(type_: Type, value: object, now: int, signed: bool) -> float:
    if type(value) is float and value == value:  # NaN is no number, and no comparison with it holds: a limit would let it pass
        return value
    # JSON writes 2.0 as 2: exact conversion only.
    if type(value) is int and -(2**53) <= value <= 2**53:
        return float(value)
    raise IllTyped("not a number")


def _string(type_: Type, value: object, now: int, signed: bool) -> str:
    if type(value) is not str:
        raise IllTyped("not a text")
    return value


def _enum(type_: Type, value: object, now: int, signed: bool) -> str:
    if type(value) is not str or value not in type_.members:
        raise IllTyped(f"not one of {', '.join(type_.members)}")
    return value


def _bytes(type_: Type, value: object, now: int, signed: bool) -> bytes:
    if type(value) is not bytes:
        raise IllTyped("not bytes")
    return value


def _money(type_: Type, value: object, now: int, signed: bool) -> int:
    minor = minor_from_text(value, type_.currency) if type(value) is str else value
    if type(minor) is not int or abs(minor) > MINOR_MAX:
        raise IllTyped(f"not an amount such as `12.50 {type_.currency}`, nor whole minor units")
    if minor < 0 and not signed:
        raise IllTyped("negative, and the fact does not say `signed: true`")
    return minor


def _timestamp(type_: Type, value: object, now: int, signed: bool) -> int:
    instant = _instant(value)
    if instant is None:
        raise IllTyped("not an RFC 3339 time with a zone")
    return instant


def _duration(type_: Type, value: object, now: int, signed: bool) -> int:
    length = _length(value, now)
    if length is None or abs(length) > DURATION_MAX:
        raise IllTyped("not a duration such as `2 days`, nor a time since when")
    if length < 0 and not signed:
        raise IllTyped("negative, and the fact does not say `signed: true`")
    return length


def _length(value: object, now: int) -> int | None:
    if isinstance(value, timedelta):
        return ((value.days * 86400 + value.seconds) * 10**6 + value.microseconds) * 1000
    if isinstance(value, str):
        length = length_from_text(value)
        if length is not None:
            return length
    since = _instant(value)
    return None if since is None else now - since


def _list(type_: Type, value: object, now: int, signed: bool) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise IllTyped("not a list")
    return [typed(type_.of[0], item, now, signed=signed) for item in value]


def _map(type_: Type, value: object, now: int, signed: bool) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise IllTyped("not a map")
    key, item = type_.of
    return {typed(key, each, now): typed(item, given, now, signed=signed) for each, given in value.items()}


def _record(type_: Type, value: object, now: int, signed: bool) -> dict[str, Any]:
    """A field that is absent stays absent (`has()` tells); a field that is there must fit. Undeclared fields are left out."""
    if not isinstance(value, dict):
        raise IllTyped("not a record")
    fields = {}
    for name, field in type_.fields:
        if value.get(name) is not None:
            try:
                fields[name] = typed(field, value[name], now, signed=signed)
            except IllTyped as error:
                raise IllTyped(f"`{name}` is {error}") from None
    return fields


def _dyn(type_: Type, value: object, now: int, signed: bool) -> object:
    return value


_READERS: dict[str, Callable[[Type, object, int, bool], Any]] = {
    "bool": _bool,
    "int": _int,
    "uint": _uint,
    "double": _double,
    "string": _string,
    "enum": _enum,
    "bytes": _bytes,
    "money": _money,
    "timestamp": _timestamp,
    "duration": _duration,
    "list": _list,
    "map": _map,
    "record": _record,
    "dyn": _dyn,
}


def inline_check(fact: Fact, local: str, member_set: str) -> str:
    """Give a Python expression that is true when *local* already holds a typed value, for the generated gate; `""` if none is short.

    *member_set* is the generated name of an enum's frozenset. What it turns away, `read_fact` looks at with care.
    """
    low = f"-{INT_MAX + 1}" if fact.signed or fact.type.name == "int" else "0"
    match fact.type.name:
        case "bool":
            return f"type({local}) is bool"
        case "int" | "money":
            return f"type({local}) is int and {low} <= {local} <= {INT_MAX}"
        case "string":
            return f"type({local}) is str and len({local}) <= {TEXT_MAX}"
        case "enum":
            return f"type({local}) is str and {local} in {member_set}"
        case "double":
            return f"type({local}) is float and {local} == {local}"
    return ""
