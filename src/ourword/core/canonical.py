"""Canonical bytes: one value, one byte string (RFC 8785, JSON Canonicalization Scheme); what we hash, sign and store.

Keys are sorted by UTF-16 code units, numbers are written as ECMAScript writes them, nothing is escaped that need not be.
Integers stay within ±(2^53 − 1): every JSON reader keeps them exactly (RFC 8785, section 3.2.2.3, and RFC 7493).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from json.encoder import encode_basestring
from typing import NoReturn

from ourword.errors import OurwordError

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 200
"""Deeper values are refused rather than left to Python's recursion limit."""

_Put = Callable[[str], None]


def canonical(value: object) -> bytes:
    """Write a JSON value (str, int, float, bool, None, list, tuple, dict with text keys) as its one canonical byte string.

    Raises `OurwordError` for what JSON cannot hold exactly: NaN, infinities, integers beyond ±(2^53 − 1), lone surrogates.

    >>> canonical({"b": 1.0, "a": [True, None, "é"]})
    b'{"a":[true,null,"\\xc3\\xa9"],"b":1}'
    """
    parts: list[str] = []
    _write(value, parts.append, DEPTH_MAX)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError as cause:
        raise _unfit("text with half of a surrogate pair has no UTF-8 form", "remove the broken character") from cause


def _write(value: object, put: _Put, depth: int) -> None:
    kind = type(value)
    if kind is str:
        put(encode_basestring(value))  # type: ignore[arg-type]
    elif kind is int:
        put(_integer(value))  # type: ignore[arg-type]
    elif value is None:
        put("null")
    elif value is True:
        put("true")
    elif value is False:
        put("false")
    elif not depth:
        _refuse("a value nested deeper than 200 levels cannot be written", "flatten it")
    elif isinstance(value, dict):
        _object(value, put, depth - 1)
    elif isinstance(value, (list, tuple)):
        _array(value, put, depth - 1)
    else:
        _other(value, put)


def _object(value: dict[object, object], put: _Put, depth: int) -> None:
    mark = "{"
    for key in _sorted_keys(value):
        put(mark + encode_basestring(key) + ":")
        _write(value[key], put, depth)
        mark = ","
    put("{}" if mark == "{" else "}")


def _array(value: list[object] | tuple[object, ...], put: _Put, depth: int) -> None:
    mark = "["
    for item in value:
        put(mark)
        _write(item, put, depth)
        mark = ","
    put("[]" if mark == "[" else "]")


def _sorted_keys(value: dict[object, object]) -> list[str]:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str):
            _refuse(f"the key {key!r} is not text", "JSON keys are text")
        keys.append(key)
    if all(key.isascii() for key in keys):
        return sorted(keys)
    # UTF-16 order differs from code-point order beyond U+FFFF only (RFC 8785, section 3.2.3).
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _other(value: object, put: _Put) -> None:
    """Subclasses (an enum that is a str, a Money that is an int) are written as what they extend."""
    if isinstance(value, float):
        put(_number(value))
    elif isinstance(value, str):
        put(encode_basestring(str.__str__(value)))
    elif isinstance(value, int):
        put(_integer(int(value)))
    else:
        _refuse(f"a {type(value).__name__} has no JSON form", "turn it into text, a number, a list or a dict first")


def _integer(value: int) -> str:
    if not -INTEGER_MAX <= value <= INTEGER_MAX:
        _refuse("an integer beyond ±(2^53 − 1) has no exact JSON number", "write it as text")
    return int.__repr__(value)


def _number(value: float) -> str:
    """Write a float as ECMAScript's `Number::toString` does (ECMA-262, section 6.1.6.1.20)."""
    if not math.isfinite(value):
        _refuse(f"{value} has no JSON number", "leave the key out when there is no number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent_text = float.__repr__(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(exponent_text or 0) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    return sign + _laid_out(digits, point)


def _laid_out(digits: str, point: int) -> str:
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    exponent = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return (digits if count == 1 else f"{digits[0]}.{digits[1:]}") + exponent


def _refuse(what: str, hint: str) -> NoReturn:
    raise _unfit(what, hint)


def _unfit(what: str, hint: str) -> OurwordError:
    return OurwordError("value.no-canonical-form", what, place="value", hint=hint)
