"""The strings and encoders extensions of CEL: taking text apart and putting it together. Positions count characters from 0."""

from __future__ import annotations

import base64
import binascii

from ourword.cel.formatting import formatted
from ourword.cel.overload import Overload
from ourword.cel.types import BYTES, DYN, INT, STRING, list_of
from ourword.cel.values import SIZE_MAX, Failure

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_TO_LOWER, _TO_UPPER = str.maketrans(_UPPER, _LOWER), str.maketrans(_LOWER, _UPPER)
_QUOTED = str.maketrans({"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\", '"': r"\""})


def _within(text: str, at: int) -> int:
    if not 0 <= at <= len(text):
        raise Failure(f"index out of range: {at}")
    return at


def _char_at(text: str, at: int) -> str:
    return text[_within(text, at) : at + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    return text.find(part, _within(text, start))


def _last_index_of(text: str, part: str) -> int:
    return text.rfind(part)


def _last_index_of_from(text: str, part: str, start: int) -> int:
    return text.rfind(part, 0, _within(text, start) + len(part))


def _split(text: str, separator: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if separator:
        return text.split(separator, limit - 1 if limit > 0 else -1)
    whole = len(text) if limit < 0 else min(limit, len(text))
    return [*text[: whole - 1], text[whole - 1 :]] if text else []


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if _within(text, start) > _within(text, end):
        raise Failure(f"invalid substring range. start: {start}, end: {end}")
    return text[start:end]


def _replace(text: str, old: str, new: str, limit: int = -1) -> str:
    _bounded(len(text) + (len(text) + 1) * len(new))
    return text.replace(old, new, max(limit, -1))


def _joined(parts: list[str], between: str = "") -> str:
    _bounded(sum(map(len, parts)) + len(parts) * len(between))
    return between.join(parts)


def _bounded(size: int) -> None:
    if size > SIZE_MAX:
        raise Failure(f"the result could be larger than {SIZE_MAX:,} characters")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Failure("this is no base64") from None


def _member(name: str, params: tuple[object, ...], result: object, run: object) -> Overload:
    return Overload(name, params, result, run, "member")  # type: ignore[arg-type]


STRINGS: tuple[Overload, ...] = (
    _member("charAt", (STRING, INT), STRING, _char_at),
    _member("indexOf", (STRING, STRING), INT, _index_of),
    _member("indexOf", (STRING, STRING, INT), INT, _index_of),
    _member("lastIndexOf", (STRING, STRING), INT, _last_index_of),
    _member("lastIndexOf", (STRING, STRING, INT), INT, _last_index_of_from),
    _member("join", (list_of(STRING),), STRING, _joined),
    _member("join", (list_of(STRING), STRING), STRING, _joined),
    _member("lowerAscii", (STRING,), STRING, lambda text: text.translate(_TO_LOWER)),
    _member("upperAscii", (STRING,), STRING, lambda text: text.translate(_TO_UPPER)),
    _member("replace", (STRING, STRING, STRING), STRING, _replace),
    _member("replace", (STRING, STRING, STRING, INT), STRING, _replace),
    _member("split", (STRING, STRING), list_of(STRING), _split),
    _member("split", (STRING, STRING, INT), list_of(STRING), _split),
    _member("substring", (STRING, INT), STRING, _substring),
    _member("substring", (STRING, INT, INT), STRING, _substring),
    _member("trim", (STRING,), STRING, lambda text: text.strip(SPACE)),
    _member("reverse", (STRING,), STRING, lambda text: text[::-1]),
    Overload("format", (STRING, list_of(DYN)), STRING, formatted, "member", loose=True),
    Overload("strings.quote", (STRING,), STRING, lambda text: f'"{text.translate(_QUOTED)}"'),
    Overload("base64.encode", (BYTES,), STRING, lambda value: base64.b64encode(value).decode()),
    Overload("base64.decode", (STRING,), BYTES, _decoded),
)
