"""An example's facts, from text to the form that a proposal's facts have in JSON, and whether they fit their types."""

from __future__ import annotations

import re
from typing import Any

from ourword.cel.times import duration_from_text
from ourword.cel.types import Type
from ourword.cel.values import Failure
from ourword.core.money import minor_from_text
from ourword.core.span import span_from_text
from ourword.core.time import instant_from_text

# CEL bounds durations to about ten thousand years; we hold them as nanoseconds.
DURATION_MAX = 315_576_000_000 * 10**9

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,19})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?(e[+-]?[0-9]{1,3})?")


def given_value(value: Any, type_: Type) -> Any:
    """Turn the text of a bool or a number into one; what does not fit stays as it was written.

    >>> from ourword.cel.types import BOOL
    >>> given_value("true", BOOL), given_value("perhaps", BOOL)
    (True, 'perhaps')
    """
    if isinstance(value, list):
        return [given_value(item, type_.of[0]) for item in value] if type_.name == "list" else value
    if isinstance(value, dict):
        return {key: given_value(item, inner) if (inner := _inner(type_, key)) else item for key, item in value.items()}
    if type_.name == "bool":
        return {"true": True, "false": False}.get(value, value)
    if type_.name in ("int", "uint") and _INTEGER.fullmatch(value):
        return int(value)
    return float(value) if type_.name == "double" and _NUMBER.fullmatch(value) else value


def fits(value: Any, type_: Type, *, signed: bool) -> bool:
    """Say whether a value in a proposal's form is of the type.

    >>> from ourword.cel.types import money
    >>> fits("500.00 EUR", money("EUR"), signed=False), fits("500 USD", money("EUR"), signed=False)
    (True, False)
    """
    if type_.name == "list":
        return isinstance(value, list) and all(fits(item, type_.of[0], signed=signed) for item in value)
    if type_.name == "map":
        return isinstance(value, dict) and all(fits(item, type_.of[1], signed=signed) for item in value.values())
    if type_.name == "record":
        return (
            isinstance(value, dict)
            and set(value) <= {name for name, _ in type_.fields}
            and all(fits(value[name], inner, signed=signed) for name, inner in type_.fields if name in value)
        )
    return _scalar_fits(value, type_, signed=signed)


def _scalar_fits(value: Any, type_: Type, *, signed: bool) -> bool:
    name = type_.name
    if name == "bool":
        return isinstance(value, bool)
    if name in ("int", "uint"):
        return type(value) is int and (name == "int" or value >= 0) and -(2**63) <= value < 2 ** (64 if name == "uint" else 63)
    if name == "double":
        return isinstance(value, float)
    if not isinstance(value, str):
        return False
    if name == "enum":
        return value in type_.members
    if name == "timestamp":
        return instant_from_text(value) is not None
    if name == "duration":
        return _is_duration(value, signed=signed)
    if name == "money":
        minor = minor_from_text(value, type_.currency)
        return minor is not None and (signed or minor >= 0)
    return True


def length_from_text(text: str) -> int | None:
    """Read how long something lasts, in nanoseconds: `2 days`, `-2 days`, CEL's `1h30m`; what has no exact length is `None`.

    The gate reads by this, too: an example that `check` takes must not be unknown where it is decided.

    >>> length_from_text("-2 days"), length_from_text("3600s"), length_from_text("5 working days")
    (-172800000000000, 3600000000000, None)
    """
    span = span_from_text(text.removeprefix("-"))
    if span is not None:
        length = span.nanoseconds
        return None if length is None else -length if text.startswith("-") else length
    if not text.endswith(("s", "m", "h")):
        return None
    try:
        return duration_from_text(text)
    except Failure:
        return None


def _is_duration(text: str, *, signed: bool) -> bool:
    """How long it lasts, or the point in time since which it runs."""
    length = length_from_text(text)
    if length is None:
        return instant_from_text(text) is not None
    return abs(length) <= DURATION_MAX and (signed or length >= 0)


def _inner(type_: Type, key: str) -> Type | None:
    if type_.name == "map":
        return type_.of[1]
    return type_.field(key) if type_.name == "record" else None
