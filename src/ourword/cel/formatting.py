"""`format`: text with places for values, as CEL's strings extension has it. It tells types by values, so it is for unchecked conditions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from ourword.cel.times import duration_text, timestamp_text
from ourword.cel.values import Failure, kind

_PLACE = re.compile(r"%(?:(%)|(?:\.(\d{1,3}))?([a-zA-Z])|)", re.ASCII)
_WHOLE = ("int", "uint")


def formatted(text: str, values: list[Any]) -> str:
    """Put each value into its place: `%s %d %f %e %b %o %x %X`, `%.3f`, `%%`.

    >>> formatted("%s pays %.2f (%d%%)", ["Ada", 3.14159, 5])
    'Ada pays 3.14 (5%)'
    """
    given = iter(enumerate(values))

    def one(match: re.Match[str]) -> str:
        percent, precision, clause = match.groups()
        if percent:
            return "%"
        if clause not in _CLAUSES:
            raise Failure(f'could not parse formatting clause: unrecognized formatting clause "{clause or ""}"')
        _, value = next(given, (0, _NOTHING))
        if value is _NOTHING:
            raise Failure(f"index {len(values)} out of range")
        return _CLAUSES[clause](value, int(precision) if precision else 6)

    return _PLACE.sub(one, text)


_NOTHING = object()


def _wrong(what: str, value: object) -> Failure:
    return Failure(f"error during formatting: {what}, was given {kind(value)}")


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _text(value: Any, _: int = 6) -> str:
    name = kind(value)
    writer = _TEXTS.get(name)
    if writer is None:
        raise _wrong("string clause can only be used on plain values", value)
    return writer(value)


def _double(value: float) -> str:
    return repr(value).removesuffix(".0") if math.isfinite(value) else _not_finite(value)


def _map(value: Any) -> str:
    entries = sorted((_text(key), _text(item)) for key, item in value.items())
    return "{" + ", ".join(f"{key}: {item}" for key, item in entries) + "}"


_TEXTS: dict[str, Callable[[Any], str]] = {
    "null": lambda _: "null",
    "bool": lambda value: "true" if value else "false",
    "int": lambda value: str(int(value)),
    "uint": lambda value: str(int(value)),
    "double": _double,
    "string": str,
    "bytes": lambda value: value.decode(errors="replace"),
    "timestamp": timestamp_text,
    "duration": duration_text,
    "type": str,
    "list": lambda value: "[" + ", ".join(map(_text, value)) + "]",
    "map": _map,
}


def _decimal(value: Any, _: int) -> str:
    if kind(value) == "double" and not math.isfinite(value):
        return _not_finite(value)
    if kind(value) not in _WHOLE:
        raise _wrong("decimal clause can only be used on integers", value)
    return str(int(value))


def _floating(letter: str, what: str) -> Callable[[Any, int], str]:
    def write(value: Any, precision: int) -> str:
        if kind(value) not in ("double", *_WHOLE):
            raise _wrong(f"{what} clause can only be used on doubles", value)
        return f"{float(value):.{precision}{letter}}" if math.isfinite(value) else _not_finite(value)

    return write


def _binary(value: Any, _: int) -> str:
    if kind(value) not in ("bool", *_WHOLE):
        raise _wrong("only integers and bools can be formatted as binary", value)
    return f"{int(value):b}"


def _octal(value: Any, _: int) -> str:
    if kind(value) not in _WHOLE:
        raise _wrong("octal clause can only be used on integers", value)
    return f"{int(value):o}"


def _hex(value: Any, _: int) -> str:
    name = kind(value)
    if name in _WHOLE:
        return f"{int(value):x}"
    if name not in ("string", "bytes"):
        raise _wrong("only integers, byte buffers, and strings can be formatted as hex", value)
    return str((value.encode() if name == "string" else value).hex())


_CLAUSES: dict[str | None, Callable[[Any, int], str]] = {
    "s": _text,
    "d": _decimal,
    "f": _floating("f", "fixed-point"),
    "e": _floating("e", "scientific"),
    "b": _binary,
    "o": _octal,
    "x": _hex,
    "X": lambda value, precision: _hex(value, precision).upper(),
}
