"""Values that conditions work on, told apart where Python does not: unsigned, instants, spans, types, maps of mixed keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

INT_MIN, INT_MAX, UINT_MAX = -(2**63), 2**63 - 1, 2**64 - 1


SIZE_MAX = 1_000_000
"""The most characters, bytes or items that a condition may make; facts may hold more, within their own bounds."""


class Failure(Exception):
    """A run-time error of a condition: division by zero, overflow, a missing key. Evaluators turn it into an `Unknown`."""


def appended(a: Any, b: Any) -> Any:
    """Put two texts, bytes or lists together; fails rather than fill the memory."""
    if len(a) + len(b) > SIZE_MAX:
        raise Failure(f"the result is larger than {SIZE_MAX:,}")
    return a + b


class Uint(int):
    """An unsigned 64-bit integer, where only the value says its type."""

    __slots__ = ()


class Timestamp(int):
    """Nanoseconds since 1970 UTC, where only the value says its type."""

    __slots__ = ()


class Duration(int):
    """Nanoseconds, where only the value says its type."""

    __slots__ = ()


class TypeValue(str):
    """A type as a value: what `type(1)` gives."""

    __slots__ = ()


class Optional:
    """A value that may be absent (`optional.of(1)`, `optional.none()`)."""

    __slots__ = ("present", "value")

    def __init__(self, present: bool, value: object = None) -> None:
        self.present = present
        self.value = value


NONE = Optional(False)


class Map:
    """A map whose keys may mix bool and numbers: `true` and `1` are two keys, `1` and `1u` are one."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterable[tuple[object, object]]) -> None:
        self._entries: dict[object, tuple[object, object]] = {}
        for key, value in entries:
            if kind(key) not in ("bool", "int", "uint", "string"):
                raise Failure(f"unsupported key type: {kind(key)}")
            if _plain(key) in self._entries:
                raise Failure(f"repeated key: {key!r}")
            self._entries[_plain(key)] = (key, value)

    def __getitem__(self, key: object) -> object:
        return self._entries[_plain(key)][1]

    def __contains__(self, key: object) -> bool:
        return _plain(key) in self._entries

    def __iter__(self) -> Iterator[object]:
        return (key for key, _ in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def items(self) -> Iterable[tuple[object, object]]:
        """Each key with its value."""
        return self._entries.values()


def _plain(key: object) -> object:
    # Python takes True for 1; a list or map is no key and must not fail as unhashable.
    if isinstance(key, bool):
        return ("bool", key)
    return key if isinstance(key, (int, float, str, bytes)) and not isinstance(key, (Timestamp, Duration, TypeValue)) else ("never", id(key))


_KINDS: dict[type, str] = {
    bool: "bool",
    int: "int",
    Uint: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    type(None): "null",
    list: "list",
    tuple: "list",
    dict: "map",
    Map: "map",
    Timestamp: "timestamp",
    Duration: "duration",
    TypeValue: "type",
    Optional: "optional",
    Fraction: "int",
}
_NUMBERS = frozenset(("int", "uint", "double"))


def kind(value: object) -> str:
    """The name of a value's type, told by the value alone.

    >>> kind(1), kind(True), kind(Uint(1))
    ('int', 'bool', 'uint')
    """
    return _KINDS.get(type(value), "unsupported")


_TYPE_NAMES = {
    "null": "null_type",
    "timestamp": "google.protobuf.Timestamp",
    "duration": "google.protobuf.Duration",
    "optional": "optional_type",
    "enum": "string",
    "record": "map",
}
TYPE_NAMES: frozenset[str] = frozenset(("bool", "int", "uint", "double", "string", "bytes", "list", "map", "type", *(set(_TYPE_NAMES.values()))))
"""The names that stand for a type when nothing else has that name."""


def type_value(name: str) -> TypeValue:
    """The type called *name* in this package, as conditions see it."""
    return TypeValue(_TYPE_NAMES.get(name, name))


def as_number(value: Any, beside: str) -> Any:
    """Give a number as it compares beside one of another kind: an integer beside a double becomes the nearest double, as the suite has it."""
    return float(value) if beside == "double" else value


def equal(a: object, b: object) -> bool:
    """Equality across types: numbers by value, containers by their items, different kinds simply unequal, NaN never.

    >>> equal(1, 1.0), equal(True, 1), equal([1], [Uint(1)])
    (True, False, True)
    """
    one, other = kind(a), kind(b)
    if one in _NUMBERS and other in _NUMBERS:
        return bool(as_number(a, other) == as_number(b, one))
    if one != other:
        return False
    if one == "list":
        return len(a) == len(b) and all(map(equal, a, b))  # type: ignore[arg-type,call-overload]
    if one == "map":
        return len(a) == len(b) and all(key in b and equal(value, b[key]) for key, value in a.items())  # type: ignore[arg-type,attr-defined,index,operator]
    if one == "optional":
        return a.present == b.present and equal(a.value, b.value)  # type: ignore[attr-defined]
    return a == b


_WRAPS: dict[str, type] = {"int": int, "uint": Uint, "timestamp": Timestamp, "duration": Duration}


def wrapped(name: str, value: object) -> object:
    """Give a bare integer the class that says its type, for values whose static type is not known."""
    made = _WRAPS.get(name)
    return value if made is None or type(value) is made else made(value)
