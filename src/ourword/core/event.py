"""One event: something that happened to a customer, in a CloudEvents 1.0 envelope, read strictly.

Objects, contact and versions ride in `data`, since CloudEvents attributes are scalars. Types that metrics read are
checked for the words that metrics read; anything else is kept as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from ourword.core.time import EVENTS_END, instant_from_text
from ourword.errors import EventError

EVENT_BYTES_MAX = 1024 * 1024
ID_LENGTH_MAX, WORD_LENGTH_MAX, OBJECTS_MAX = 400, 100, 100

KEYS = ("specversion", "id", "source", "type", "time", "subject", "data", "sequence", "datacontenttype", "dataschema")
ACTORS = ("customer", "automation", "person", "timer", "rule")
CLOSE_REASONS = ("confirmed", "no_reply", "left", "transferred", "refused", "duplicate")
SAID = ("yes", "no", "other")
DECIDED = ("allow", "amend", "ask", "escalate", "refuse")
SCALE_MAX = 1_000
ALL = "*"
"""What a report calls all kinds, versions, channels or segments together: none of them can be called so."""
_NAMED = "give it a name of its own, or leave it out"
VERSIONS = ("contract", "prompt", "model")
TYPES = (
    "contact.opened", "contact.closed", "contact.reopened", "message.in", "message.out", "question.asked", "question.answered",
    "human.requested", "human.queued", "human.joined", "feedback.given", "action.executed",
    "customer.updated", "customer.active", "customer.left", "customer.silent", "customer.merged", "customer.id",
)  # fmt: skip
"""Types whose words are checked; `decision.*`, `promise.*` and every other type are kept."""

# Events of these years, as `core/line.py` has them: a due time reckoned from them stays within what a calendar can hold.
_FIRST, _LAST = 0, EVENTS_END
_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder(order="sorted")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened; `source` and `id` together name it once."""

    id: str
    source: str
    type: str
    instant: int | None = None
    """Nanoseconds since 1970; `None` when nobody said when."""
    subject: str = ""
    """Whom it happened to, as it was written (`customer:c-104`); empty when only the contact is known."""
    data: dict[str, Any] = {}
    time_quality: str = "given"
    """`given`; `none`: no time, so every clock is unknown; `future`: later than when it was read."""
    sequence: int | None = None
    """Orders events of one instant (the CloudEvents extension `sequence`)."""

    @property
    def customer(self) -> str:
        """The customer's id, as proposals and the ledger have it; of an unknown customer it is their contact's.

        >>> Event(id="1", source="chat", type="message.in", subject="customer:c-104").customer
        'c-104'
        """
        return self.subject.removeprefix("customer:") or f"contact:{self.data.get('contact', '')}"

    @property
    def matched(self) -> bool:
        """Whether it says whose it is; if not, its contact stands for a customer whom nobody knows.

        >>> Event(id="1", source="chat", type="message.in", data={"contact": "k-81"}).matched
        False
        """
        return self.subject not in ("", "customer:") and not self.subject.startswith("contact:")


def event_from_json(text: bytes, *, place: str = "event", now: int | None = None) -> Event:
    """Read one JSON object; any other bytes are one `EventError`. A time after *now* (nanoseconds) is flagged, not refused.

    >>> event_from_json(b'{"specversion": "1.0", "id": "1", "source": "chat", "type": "message.in", "subject": "customer:c-1"}').time_quality
    'none'
    """
    if len(text) > EVENT_BYTES_MAX:
        raise _error("too-long", f"the event has {len(text):,} bytes", place, f"at most {EVENT_BYTES_MAX:,} are read")
    try:
        given = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as cause:
        raise _error("not-json", f"this is not JSON: {cause}", place, "one JSON object a line, in UTF-8") from cause
    return event_from_mapping(given, place=place, now=now)


def event_from_mapping(given: object, *, place: str = "event", now: int | None = None) -> Event:
    """Read the object; a key that is nearly one of ours is an error, other extension attributes are left unread."""
    if not isinstance(given, Mapping):
        raise _error("not-an-object", "this is no JSON object", place, 'start with {"specversion": "1.0", "id": …, "source": …, "type": …}')
    _keys(given, place)
    if given.get("specversion") != "1.0":
        raise _error("specversion", '`specversion` is not "1.0"', f"{place}: specversion", 'add "specversion": "1.0" (CloudEvents)')
    instant = _time(given, place)
    event = Event(
        id=_word(given, "id", place, ID_LENGTH_MAX, required=True),
        source=_word(given, "source", place, WORD_LENGTH_MAX, required=True),
        type=_word(given, "type", place, WORD_LENGTH_MAX, required=True),
        instant=instant,
        subject=_word(given, "subject", place, ID_LENGTH_MAX),
        data=_data(given, place),
        time_quality="none" if instant is None else "future" if now is not None and instant > now else "given",
        sequence=_sequence(given, place),
    )
    if event.subject in ("", "customer:") and not isinstance(event.data.get("contact"), str):
        hint = 'add "subject": "customer:…", or "contact" in `data` when the customer is not known'
        raise _error("subject", "the event says neither whom it happened to nor in which contact", f"{place}: subject", hint)
    check_data(event, place=place)
    return event


def data_bytes(event: Event) -> bytes:
    """Write everything of an event as one byte string: equal events give equal bytes.

    Raises `EventError` for what JSON cannot hold (NaN, integers beyond 64 bits, half a surrogate pair).
    """
    try:
        written = _encoder.encode([event.id, event.source, event.type, event.instant, event.subject, event.data, event.sequence])
        bent = _decoder.decode(written)[5] != event.data  # msgspec writes NaN as null
    except (TypeError, ValueError, OverflowError, RecursionError, UnicodeEncodeError, msgspec.MsgspecError) as cause:
        raise _error("not-recordable", f"`data` cannot be written as JSON: {cause}", "data", "numbers, texts, lists and objects only") from cause
    if bent:
        raise _error("not-recordable", "`data` holds what JSON cannot", "data", "numbers, texts, lists and objects only; leave a missing number out")
    return written


def check_data(event: Event, *, place: str) -> None:
    """Hold the data of a known type to the words that metrics read; the first that does not fit raises `EventError`.

    Of every other type only what is called `*` is refused.
    """
    at = f"{place}: data"
    _refuse_all(event.data, at)
    if event.type not in TYPES:
        return
    for key, value in event.data.items():
        if value is not None and key in _CHECKS and _CHECKS[key](value):
            _refuse_first(event.data, at)
    if event.type == "feedback.given":
        _rating(event.data.get("answer"), event.data.get("scale"), at)
    if event.type == "customer.updated":
        _attributes(event.data.get("attributes"), at)
    if event.type in ("customer.merged", "customer.id") and not (isinstance(event.data.get("id"), str) and event.data["id"]):
        raise _error("id", "`id` is not there: the customer's other id", f"{at}.id", 'write "data": {"id": "c-7"}')
    if event.type == "customer.id":
        for key in ("from", "until"):
            if event.data.get(key) is not None:
                _instant(event.data[key], f"{at}.{key}", key)


def _refuse_first(data: Mapping[str, Any], at: str) -> None:
    """Of the words that do not fit, refuse the one that is listed first, however the event has them."""
    for key, fits in _CHECKS.items():
        value = data.get(key)
        hint = fits(value) if value is not None else ""
        if hint:
            raise _error(key.replace("_", "-"), f"`{key}` is {_shown(value)}", f"{at}.{key}", hint)


def _refuse_all(data: Mapping[str, Any], at: str) -> None:
    """Refuse a kind, a channel or a version called `*`: it would be counted with all of them, and so twice."""
    for key in ("kind", "channel"):
        if data.get(key) == ALL:
            raise _error(key, f"`{key}` is `{ALL}`, which stands for all of them in every report", f"{at}.{key}", _NAMED)
    versions = data.get("versions")
    for key, value in versions.items() if isinstance(versions, dict) else ():
        if value == ALL and key in VERSIONS:
            raise _error("versions", f"`{key}` is `{ALL}`, which stands for all of them in every report", f"{at}.versions.{key}", _NAMED)


# ---- the words that metrics read -----------------------------------------------------------------------------------


def _one_of(words: tuple[str, ...]) -> Callable[[object], str]:
    return lambda value: "" if isinstance(value, str) and value in words else f"one of: {', '.join(words)}"


def _boolean(value: object) -> str:
    return "" if isinstance(value, bool) else "write true or false"


def _short(length_max: int) -> Callable[[object], str]:
    return lambda value: "" if fit_word(value, length_max) else f"write 1 to {length_max} printable characters"


def _name(value: object) -> str:
    return _NAMED if value == ALL else _short(WORD_LENGTH_MAX)(value)


def _objects(value: object) -> str:
    fits = isinstance(value, list) and len(value) <= OBJECTS_MAX and all(map(_is_object, value))
    return "" if fits else f'write at most {OBJECTS_MAX} like [{{"type": "order", "id": "o-9", "role": "about"}}]'


def _is_object(value: object) -> bool:
    if not isinstance(value, dict | Mapping):
        return False
    role = value.get("role")
    named = fit_word(value.get("type"), WORD_LENGTH_MAX) and fit_word(value.get("id"), ID_LENGTH_MAX)
    return named and (role is None or fit_word(role, WORD_LENGTH_MAX))


def _versions(value: object) -> str:
    return "" if isinstance(value, dict | Mapping) and all(map(_is_version, value.items())) else 'write {"prompt": "p-77", "model": "m-3"}'


def _is_version(named: tuple[object, object]) -> bool:
    key, value = named
    return value is None or key not in VERSIONS or (fit_word(value, WORD_LENGTH_MAX) and value != ALL)


_CHECKS: dict[str, Callable[[object], str]] = {
    "contact": _short(ID_LENGTH_MAX),
    "actor": _one_of(ACTORS),
    "channel": _name,
    "kind": _name,
    "closed_by": _one_of(ACTORS),
    "close_reason": _one_of(CLOSE_REASONS),
    "claimed_resolved": _boolean,
    "said": _one_of(SAID),
    "asks": _boolean,
    "decision": _short(ID_LENGTH_MAX),
    "versions": _versions,
    "objects": _objects,
    "discloses": _boolean,
}
_FITS: dict[str, Callable[[object], str]] = {**_CHECKS, "question": _short(WORD_LENGTH_MAX), "reasons": _boolean, "changed": _boolean}
"""Also what is read where it fits, and is no error where it does not."""


def fit_word(value: object, length_max: int) -> bool:
    """Say whether a value is a short printable text, so that it may stand in a table.

    >>> fit_word("chat", 100), fit_word("", 100), fit_word("two\\nlines", 100), fit_word(7, 100)
    (True, False, False, False)
    """
    return isinstance(value, str) and 0 < len(value) <= length_max and value.isprintable()


def fits(key: str, value: object) -> bool:
    """Say whether a value of `data` is one that metrics read under this key."""
    return value is not None and not _FITS[key](value)


def rating_in(answer: object, scale: object) -> tuple[int, int] | None:
    """Read the answer to a question about the contact: a whole number from 0 to its scale, or yes or no; `None` when it is neither.

    >>> rating_in(4, 5), rating_in(True, None), rating_in("fine", 5), rating_in(6, 5)
    ((4, 5), (1, 1), None, None)
    """
    if isinstance(answer, bool):
        return int(answer), 1
    if isinstance(answer, int) and isinstance(scale, int) and not isinstance(scale, bool) and 1 <= scale <= SCALE_MAX and 0 <= answer <= scale:
        return answer, scale
    return None


def _rating(answer: object, scale: object, at: str) -> None:
    if isinstance(answer, int) and scale is not None and rating_in(answer, scale) is None:
        hint = f'write "answer": 4, "scale": 5: whole numbers, the scale from 1 to {SCALE_MAX}; or true or false'
        raise _error("answer", f"`answer` is {_shown(answer)} of {_shown(scale)}", f"{at}.answer", hint)


def _attributes(value: Any, at: str) -> None:
    whole = isinstance(value, Mapping) and all(
        fit_word(name, WORD_LENGTH_MAX) and (each is None or isinstance(each, bool | int | float) or fit_word(each, WORD_LENGTH_MAX))
        for name, each in value.items()
    )
    if not whole:
        hint = 'write "data": {"attributes": {"plan": "basic"}}: short words, since they name segments'
        raise _error("attributes", "`attributes` is no object of short values", f"{at}.attributes", hint)
    if any(ALL in (name, each) for name, each in value.items()):
        what = f"an attribute is called `{ALL}`, which stands for all segments in every report"
        raise _error("attributes", what, f"{at}.attributes", _NAMED)


# ---- the envelope ----------------------------------------------------------------------------------------------------


def _keys(given: Mapping[Any, Any], place: str) -> None:
    for key in given:
        name = str(key)[:100]
        if name in ("data_base64", "datacontent"):
            raise _error("binary", "binary data is not read", f"{place}: {name}", "send JSON under `data`")
        if key not in KEYS:
            near = get_close_matches(name, KEYS, n=1, cutoff=0.8)
            if near:
                raise _error("unknown-key", f"`{name}` is no key of an event", f"{place}: {name}", f"did you mean `{near[0]}`?")


def _word(given: Mapping[str, Any], key: str, place: str, length_max: int, *, required: bool = False) -> str:
    value = given.get(key)
    if value is None and not required:
        return ""
    if value is None:
        raise _error("missing-key", f"`{key}` is not there", f"{place}: {key}", f'add "{key}": "…"')
    if not fit_word(value, length_max):
        raise _error(key, f"`{key}` is {_shown(value)}", f"{place}: {key}", f"write 1 to {length_max} printable characters")
    return str(value)


def _data(given: Mapping[str, Any], place: str) -> dict[str, Any]:
    value = given.get("data")
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _error("data", "`data` is no object", f"{place}: data", 'write "data": {"contact": "k-81"}')
    return dict(value)


def _time(given: Mapping[str, Any], place: str) -> int | None:
    value = given.get("time")
    return None if value is None else _instant(value, f"{place}: time", "time")


def _instant(value: object, place: str, key: str) -> int:
    instant = instant_from_text(value) if isinstance(value, str) else None
    if instant is None:
        no_zone = isinstance(value, str) and len(value) < 40 and instant_from_text(value.replace(" ", "T") + "Z") is not None
        what = f"`{key}` has no zone: {_shown(value)}" if no_zone else f"`{key}` is not RFC 3339 with a zone: {_shown(value)}"
        hint = f"add Z if it is UTC, or the zone like +01:00: {value}+01:00" if no_zone else "write it like 2026-11-23T10:00:00Z, or leave it out"
        raise _error("time", what, place, hint)
    if not _FIRST <= instant < _LAST:
        raise _error("time", f"`{key}` lies outside the years 1970 to 2199", place, "is the unit right?")
    return instant


def _sequence(given: Mapping[str, Any], place: str) -> int | None:
    value = given.get("sequence")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62):
        return value
    raise _error("sequence", f"`sequence` is {_shown(value)}", f"{place}: sequence", "write a whole number from 0, or leave it out")


def _shown(value: object) -> str:
    return f"`{str(value)[:60]}`" if isinstance(value, str | int | float | bool) else f"a {type(value).__name__}"


def _error(code: str, what: str, place: str, hint: str) -> EventError:
    return EventError(f"event.{code}", what, place=place, hint=hint)
