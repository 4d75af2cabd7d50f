"""The static types of the condition language.

In checked mode every value is held bare and its static type says what it is: `int`, `uint`, `money`, `duration` and
`timestamp` are Python integers (minor units; nanoseconds; nanoseconds since 1970), an `enum` is its text, a `record` is
a `dict`. In dynamic mode (the conformance suite) `Uint`, `Timestamp` and `Duration` are subclasses of `int`.
"""

from __future__ import annotations

import msgspec


class Type(msgspec.Struct, frozen=True):
    """A type, with its parameters.

    >>> print(list_of(money("EUR")))
    list(money(EUR))
    """

    name: str
    of: tuple[Type, ...] = ()
    currency: str = ""
    members: tuple[str, ...] = ()
    record: str = ""
    fields: tuple[tuple[str, Type], ...] = ()

    def __str__(self) -> str:
        if self.name == "money":
            return f"money({self.currency})"
        if self.name == "enum":
            return f"enum({', '.join(self.members)})"
        if self.name == "record":
            return self.record
        return f"{self.name}({', '.join(map(str, self.of))})" if self.of else self.name

    def field(self, name: str) -> Type | None:
        """The type of a record's field, or `None`."""
        return next((type_ for field, type_ in self.fields if field == name), None)


BOOL = Type("bool")
INT = Type("int")
UINT = Type("uint")
DOUBLE = Type("double")
STRING = Type("string")
BYTES = Type("bytes")
NULL = Type("null")
TIMESTAMP = Type("timestamp")
DURATION = Type("duration")
DYN = Type("dyn")
TYPE = Type("type")


def list_of(item: Type) -> Type:
    """A list of items of one type."""
    return Type("list", (item,))


def map_of(key: Type, value: Type) -> Type:
    """A map from keys of one type to values of one type."""
    return Type("map", (key, value))


def money(currency: str) -> Type:
    """Exact minor units of one currency (ISO 4217)."""
    return Type("money", currency=currency)


def enum(*members: str) -> Type:
    """One of a closed set of words."""
    return Type("enum", members=members)


def record(name: str, fields: dict[str, Type]) -> Type:
    """A declared record: named fields, each with its type."""
    return Type("record", record=name, fields=tuple(fields.items()))
