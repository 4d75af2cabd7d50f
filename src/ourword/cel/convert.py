"""Conversions between types, and the functions that make money."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ourword.cel.arithmetic import SECOND, int_in_range, money_in_range, timestamp_in_range, uint_in_range
from ourword.cel.overload import A, Overload
from ourword.cel.times import duration_from_text, duration_text, timestamp_from_text, timestamp_text
from ourword.cel.types import BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, TYPE, UINT, Type, money
from ourword.cel.values import Failure, kind, type_value
from ourword.core.money import CURRENCIES, minor_from_decimal

_INT_TEXT = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_UINT_TEXT = re.compile(r"\d{1,20}", re.ASCII)
_DOUBLE_TEXT = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)|nan", re.ASCII | re.IGNORECASE)
_TRUE, _FALSE = frozenset(("1", "t", "T", "true", "TRUE", "True")), frozenset(("0", "f", "F", "false", "FALSE", "False"))


def _read(what: str, shape: re.Pattern[str], text: str) -> str:
    if shape.fullmatch(text) is None:
        raise Failure(f"{text!r} is no {what}")
    return text


def _int_from_double(value: float) -> int:
    # Open at both ends, as the suite has it: a double near the edge may already have been rounded there.
    if not -(2.0**63) < value < 2.0**63:
        raise Failure("range: the double does not fit a 64-bit integer")
    return int(value)


def _uint_from_double(value: float) -> int:
    if not 0 <= value < 2.0**64:
        raise Failure("range: the double does not fit an unsigned 64-bit integer")
    return int(value)


def _double_from_text(text: str) -> float:
    value = float(_read("number", _DOUBLE_TEXT, text))
    if math.isinf(value) and "n" not in text.lower():
        raise Failure("range: the number is too large for a double")
    return value


def double_text(value: float) -> str:
    """Write a double as short as it can be read back, with an exponent from a million up, as Google's engines do.

    >>> double_text(-4.5e-3), double_text(1.0), double_text(1234567.0)
    ('-0.0045', '1', '1.234567e+06')
    """
    text = repr(value)
    if 1e6 <= abs(value) < 1e16:
        digits = text.removesuffix(".0").replace(".", "").lstrip("-").rstrip("0")
        return f"{value:.{len(digits) - 1}e}"
    return text.removesuffix(".0")


def _text_from_bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Failure("invalid UTF-8") from None


def _bool_from_text(text: str) -> bool:
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise Failure(f"type conversion error: {text!r} is neither true nor false")


def _money_from(code: str) -> Callable[[object], int]:
    """A function that makes money of a currency from whole units, a decimal number as written, or its text."""

    def money_of(amount: object) -> int:
        minor = minor_from_decimal(amount if isinstance(amount, str) else repr(amount), code)
        if minor is None:
            raise Failure(f"{amount!r} is no exact amount of {code}")
        return int(money_in_range(minor))

    return money_of


def _same(type_: Type) -> Overload:
    return Overload(type_.name, (type_,), type_, lambda value: value, emit="{0}")


CONVERT: tuple[Overload, ...] = (
    *map(_same, (BOOL, INT, UINT, DOUBLE, STRING, BYTES, TIMESTAMP, DURATION)),
    Overload("int", (UINT,), INT, int_in_range),
    Overload("int", (DOUBLE,), INT, _int_from_double),
    Overload("int", (STRING,), INT, lambda text: int_in_range(int(_read("integer", _INT_TEXT, text)))),
    Overload("int", (TIMESTAMP,), INT, lambda value: value // SECOND),
    Overload("uint", (INT,), UINT, uint_in_range),
    Overload("uint", (DOUBLE,), UINT, _uint_from_double),
    Overload("uint", (STRING,), UINT, lambda text: uint_in_range(int(_read("unsigned integer", _UINT_TEXT, text)))),
    Overload("double", (INT,), DOUBLE, float),
    Overload("double", (UINT,), DOUBLE, float),
    Overload("double", (STRING,), DOUBLE, _double_from_text),
    Overload("string", (BOOL,), STRING, lambda value: "true" if value else "false"),
    Overload("string", (INT,), STRING, lambda value: str(int(value))),
    Overload("string", (UINT,), STRING, lambda value: str(int(value))),
    Overload("string", (DOUBLE,), STRING, double_text),
    Overload("string", (BYTES,), STRING, _text_from_bytes),
    Overload("string", (TIMESTAMP,), STRING, timestamp_text),
    Overload("string", (DURATION,), STRING, duration_text),
    Overload("bytes", (STRING,), BYTES, str.encode),
    Overload("bool", (STRING,), BOOL, _bool_from_text),
    Overload("timestamp", (INT,), TIMESTAMP, lambda seconds: timestamp_in_range(seconds * SECOND)),
    Overload("timestamp", (STRING,), TIMESTAMP, timestamp_from_text),
    Overload("duration", (STRING,), DURATION, duration_from_text),
    Overload("dyn", (A,), DYN, lambda value: value, loose=True),
    Overload("type", (A,), TYPE, lambda value: type_value(kind(value))),
    *(Overload(code.lower(), (given,), money(code), _money_from(code)) for code in CURRENCIES for given in (INT, DOUBLE, STRING)),
)
