"""One line in: the JSON object in which a proposal is handed over, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from ourword.core.answer import Answer
from ourword.core.option import options_from
from ourword.core.proposal import Proposal
from ourword.core.time import datetime_from_instant, instant_from_text
from ourword.errors import LineError

KEYS = (
    *("kind", "customer", "facts", "decision_id", "time", "contact", "language", "objects", "confirmed_args", "lineage", "options"),
    *("by", "answer", "because", "amended"),
)
LINE_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 64
"""Levels of lists and objects in one line: far below where Python's own recursion ends, wherever a line is read or written again."""

# Decisions of these years; a due time reckoned from them stays within what a calendar can hold.
_FIRST, _LAST = 0, 7_258_118_400 * 10**9

LANGUAGE_MAX = 35
"""RFC 5646, 4.4.1: what a buffer for a language must hold."""

_decoder = msgspec.json.Decoder()


class Line(msgspec.Struct, frozen=True):
    """A proposal with its facts as they were handed in, and the keys that nothing reads."""

    proposal: Proposal
    facts: dict[str, Any]
    unread: tuple[str, ...] = ()


def line_from_json(text: bytes, *, place: str = "line") -> Line:
    """Read one JSON object; any other bytes are one `LineError`."""
    if len(text) > LINE_BYTES_MAX:
        raise LineError("line.too-long", f"the line has {len(text):,} bytes", place=place, hint=f"at most {LINE_BYTES_MAX:,} are read")
    try:
        given = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise LineError("line.not-json", f"this is not JSON: {error}", place=place, hint="one JSON object a line, in UTF-8") from error
    line = line_from_mapping(given, place=place)
    if (twice := key_twice(text, given)) is not None:
        hint = "write it once: readers disagree on which of the two counts"
        raise LineError("line.key-twice", f"`{twice[:100]}` is written twice in one object", place=_at(place, twice[:100]), hint=hint)
    return line


def key_twice(text: bytes, given: object) -> str | None:
    """The first key that is written twice in one object of JSON that was read as *given*, the last one having won.

    >>> key_twice(b'{"a": {"b": 1, "c": ":", "b": 2}}', {"a": {"b": 2, "c": ":"}})
    'b'
    """
    # Counted, since reading a line twice would cost as much as the rest of it: every key ends in a colon, behind its quote or behind blanks.
    there = _keys_in(given)
    if sum(map(text.count, _COLONS)) == there or _TEXTS.findall(text).count(b":") == there:
        return None
    found: list[str] = []

    def paired(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = set[str]()
        for key, _ in pairs:
            found.extend([key] if key in seen else ())
            seen.add(key)
        return dict(pairs)

    json.loads(text, object_pairs_hook=paired, parse_int=str)  # as text: Python reads no number of 5,000 digits
    return found[0] if found else None


_COLONS = (b'":', b" :", b"\t:", b"\n:", b"\r:")
_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)', re.DOTALL)


def _keys_in(value: object) -> int:
    """How many keys there are, with a loop of our own as in `_deeper_than`."""
    count, nested = 0, [value]
    while nested:
        each = nested.pop()
        if type(each) is dict:
            count += len(each)
            nested.extend(each.values())
        elif type(each) is list:
            nested.extend(each)
    return count


def line_from_mapping(given: object, *, place: str = "line") -> Line:
    """Read the object; a key that is nearly one of ours is an error, another one is listed as unread."""
    if not isinstance(given, Mapping):
        raise LineError("line.not-an-object", "this is no JSON object", place=place, hint='start with {"kind": …, "customer": …, "facts": {…}}')
    unread = []
    for key in given:
        if key not in KEYS:
            near = get_close_matches(str(key)[:100], KEYS, n=1, cutoff=0.8) or [known for known in KEYS if sorted(known) == sorted(str(key)[:100])]
            if near:
                raise LineError(
                    "line.unknown-key", f"`{str(key)[:100]}` is no key of a line", place=_at(place, str(key)[:100]), hint=f"did you mean `{near[0]}`?"
                )
            unread.append(str(key))
    if _deeper_than(DEPTH_MAX, given):
        raise LineError("line.too-deep", f"more than {DEPTH_MAX} levels, one inside the other", place=place, hint="hand in what the contract reads")
    facts = _mapping(given, "facts", place)
    for name in facts:
        if not isinstance(name, str):
            raise LineError("line.facts", "a fact's name is no text", place=_at(place, "facts"), hint="name facts as the wiring does")
    return Line(_proposal(given, place), facts, tuple(unread))


def _deeper_than(levels: int, value: object) -> bool:
    """Count levels with a loop of our own, because recursion is what a deep line is made to break."""
    nested = [value]
    while nested and levels >= 0:
        levels -= 1
        below = (part for each in nested for part in (each.values() if isinstance(each, Mapping) else each))  # type: ignore[attr-defined]
        nested = [part for part in below if isinstance(part, Mapping | list | tuple)]
    return bool(nested)


def _proposal(given: Mapping[str, Any], place: str) -> Proposal:
    instant = _time(given, place)
    return Proposal(
        kind=_text(given, "kind", place, required=True),
        customer=_text(given, "customer", place, required=True),
        decision_id=_text(given, "decision_id", place),
        by=_text(given, "by", place) or "automation",
        answer=_answer(given, place),
        because=_text(given, "because", place),
        amended=_mapping(given, "amended", place) if given.get("amended") is not None else None,
        time=None if instant is None else datetime_from_instant(instant),
        contact=_text(given, "contact", place),
        language=_language(given, place),
        objects=_objects(given, place),
        options=options_from(given["options"], _at(place, "options")) if given.get("options") is not None else (),
        confirmed_args=_mapping(given, "confirmed_args", place) if given.get("confirmed_args") is not None else None,
        lineage=_lineage(given, place),
    )


def _text(given: Mapping[str, Any], key: str, place: str, *, required: bool = False) -> str:
    value = given.get(key)
    if value is None and not required:
        return ""
    if value is None:
        raise LineError("line.missing-key", f"`{key}` is not there", place=_at(place, key), hint=f'add "{key}": "…"')
    if not isinstance(value, str) or (required and not value):
        raise LineError(
            f"line.{key}", f"`{key}` is no text" if value != "" else f"`{key}` is empty", place=_at(place, key), hint=f'write "{key}": "…"'
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise LineError(f"line.{key}", f"`{key}` holds half a surrogate pair", place=_at(place, key), hint="write it in Unicode") from error
    return value


def _mapping(given: Mapping[str, Any], key: str, place: str) -> dict[str, Any]:
    value = given.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise LineError(f"line.{key}", f"`{key}` is no object", place=_at(place, key), hint=f'write "{key}": {{"name": value}}')
    return dict(value)


def _answer(given: Mapping[str, Any], place: str) -> Answer | None:
    value = given.get("answer")
    if value is None:
        return None
    try:
        answer = Answer(value)
    except ValueError as error:
        raise LineError("line.answer", "`answer` is none of the five", place=_at(place, "answer"), hint=f"one of: {', '.join(Answer)}") from error
    if given.get("by") in (None, "", "automation"):
        raise LineError(
            "line.answer", "automation proposes, it does not answer", place=_at(place, "answer"), hint='leave `answer` out, or add "by": "person"'
        )
    return answer


def _time(given: Mapping[str, Any], place: str) -> int | None:
    value = given.get("time")
    if value is None:
        return None
    instant = instant_from_text(value) if isinstance(value, str) else None
    if instant is None:
        raise LineError("line.time", "`time` is not RFC 3339 with a zone", place=_at(place, "time"), hint="write it like 2026-11-23T10:00:00Z")
    if not _FIRST <= instant < _LAST:
        raise LineError("line.time", "`time` lies outside the years 1970 to 2199", place=_at(place, "time"), hint="is the unit right?")
    return instant


def _objects(given: Mapping[str, Any], place: str) -> tuple[dict[str, str], ...]:
    value = given.get("objects")
    if value is None:
        return ()
    fits = isinstance(value, list | tuple) and all(
        isinstance(each, Mapping) and all(isinstance(part, str) for part in each.values()) for each in value
    )
    if not fits:
        raise LineError("line.objects", "`objects` is no list of objects", place=_at(place, "objects"), hint='write [{"type": "order", "id": "o-9"}]')
    return tuple(dict(each) for each in value)


def _language(given: Mapping[str, Any], place: str) -> str:
    value = _text(given, "language", place)
    if len(value) > LANGUAGE_MAX:
        raise LineError("line.language", "`language` is no language", place=_at(place, "language"), hint='write "language": "de", or "de-AT"')
    return value


def _lineage(given: Mapping[str, Any], place: str) -> dict[str, Any]:
    return _mapping(given, "lineage", place)


def _at(place: str, key: str) -> str:
    return f"{place}: {key}"
