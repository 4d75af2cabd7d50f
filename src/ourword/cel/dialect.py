"""How two databases write the same thing: literals, types, casts that give NULL instead of an error, loops over lists.

A text of the user's stands in SQL only as a literal that this module wrote: between quotes where it is plain, else as the
hexadecimal digits of its bytes. So no setting of a database, and no character, can end it early.
"""

# Spark's methods say otherwise what those above them, of the same names, document.
# ruff: noqa: D102

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from ourword.cel.types import Type

_PLAIN = re.compile(r"[ -&(-\[\]-~]*", re.ASCII)
"""Printable ASCII without a quote or a backslash: the same in every database."""


class Dialect:
    """DuckDB's SQL; `Spark` says what is said otherwise there."""

    name = "duckdb"
    title = "DuckDB's SQL"
    unsigned, patterns, infinities = True, True, True
    """Whether the database has unsigned integers, patterns that take linear time (RE2), and infinity where a double is divided by zero."""
    wide = "HUGEINT"

    plain: ClassVar[dict[str, str]] = {
        "bool": "BOOLEAN",
        "int": "BIGINT",
        "uint": "UBIGINT",
        "double": "DOUBLE",
        "bytes": "BLOB",
        "money": "BIGINT",
        "never": "INTEGER",
    }
    functions: ClassVar[dict[str, str]] = {
        "length": "length",
        "bytes": "octet_length",
        "items": "len",
        "keys": "map_keys",
        "entries": "map_entries",
        "count": "cardinality",
    }

    def identifier(self, name: str) -> str:
        """A column's or a field's name."""
        return '"' + name.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """A text as a literal."""
        return f"'{value}'" if _PLAIN.fullmatch(value) else self._encoded(value)

    def _encoded(self, value: str) -> str:
        return f"decode(from_hex('{value.encode().hex()}'))"

    def blob(self, value: bytes) -> str:
        """Bytes as a literal."""
        return f"from_hex('{value.hex()}')"

    def type(self, type_: Type) -> str:
        """The type of the column that holds such values; durations and instants may need more than 64 bits of nanoseconds."""
        match type_.name:
            case "list":
                return f"{self.type(type_.of[0])}[]"
            case "map":
                return f"MAP({self.type(type_.of[0])}, {self.type(type_.of[1])})"
            case "record":
                return f"STRUCT({', '.join(f'{self.identifier(name)} {self.type(field)}' for name, field in type_.fields)})"
            case "duration" | "timestamp":
                return self.wide
            case name:
                return self.plain.get(name, "VARCHAR")

    def cast(self, text: str, kind: str) -> str:
        """A cast that cannot fail."""
        return f"CAST({text} AS {kind})"

    def fit(self, text: str, kind: str) -> str:
        """A cast that gives NULL where the value does not fit."""
        return f"TRY_CAST({text} AS {kind})"

    def cut(self, text: str) -> str:
        """A double without its fraction, about to be made whole."""
        return f"trunc({text})"

    def tried(self, a: str, sign: str, b: str, kind: str) -> str:
        """A sum, difference or product of integers; NULL where it does not fit: as fast as one that is not checked."""
        return f"TRY({self.cast(a, kind)} {sign} {self.cast(b, kind)})"

    def divided(self, a: str, b: str) -> str:
        """Whole division, cut towards zero; *b* is not zero, or NULL."""
        return f"({a} // {b})"

    def field(self, of: str, name: str) -> str:
        """A field of a record."""
        return f"struct_extract({of}, {self.text(name)})"

    def each(self, items: str, names: tuple[str, ...], body: str) -> str:
        """One value for each item; with two names the second is its position, from 0 in Spark and from 1 in DuckDB."""
        return f"list_transform({items}, lambda {', '.join(names)}: {body})"

    def kept(self, items: str, name: str, body: str) -> str:
        """The items for which it holds."""
        return f"list_filter({items}, lambda {name}: {body})"

    def position(self, name: str) -> str:
        """An item's position from 0."""
        return f"({name} - 1)"

    def most(self, items: str) -> str:
        """The greatest item; NULL where there is none."""
        return f"list_max({items})"

    def total(self, items: str) -> str:
        """The sum of whole numbers, wide enough; NULL where there is none."""
        return f"list_sum({items})"

    def item(self, items: str, at: str) -> str:
        """The item at a position from 0 that is not negative; NULL where there is none."""
        return f"list_extract({items}, {at} + 1)"

    def holds(self, items: str, item: str) -> str:
        """Whether a list holds an item."""
        return f"list_contains({items}, {item})"

    def appended(self, lists: tuple[str, ...]) -> str:
        """Lists put together."""
        return f"list_concat({', '.join(lists)})"

    def listed(self, items: list[str], item: Type) -> str:
        """A list of these."""
        return f"[{', '.join(items)}]" if items else f"CAST([] AS {self.type(item)}[])"

    def map_of(self, keys: list[str], values: list[str]) -> str:
        """A map of these."""
        return f"MAP {{{', '.join(map(': '.join, zip(keys, values, strict=True)))}}}"

    def value(self, entries: str, key: str) -> str:
        """The value under a key; NULL where there is none."""
        return f"map_extract({entries}, {key})[1]"

    def has_key(self, entries: str, key: str) -> str:
        """Whether a map has a key."""
        return f"map_contains({entries}, {key})"

    def matches(self, text: str, pattern: str) -> str:
        """Whether a pattern is found anywhere."""
        return f"regexp_matches({text}, {pattern})"

    def is_nan(self, text: str) -> str:
        """Whether a double is no number."""
        return f"isnan({text})"

    def trimmed(self, text: str, characters: str) -> str:
        """A text without these characters at both ends."""
        return f"trim({text}, {characters})"

    def part(self, of: str, start: str, count: str) -> str:
        """So many characters from a position counted from 0."""
        return f"substr({of}, {start} + 1, {count})"

    def clock(self, micros: str, part: str) -> str:
        """A part of an instant in UTC, given in microseconds since 1970."""
        return f"{part}(make_timestamp({micros}))"


class Spark(Dialect):
    """Spark's SQL, from 3.4 on: every cast that may fail is a `try_cast`, so that it means the same whatever `spark.sql.ansi.enabled` says."""

    name, title = "spark", "Spark's SQL"
    unsigned, patterns, infinities = False, False, False
    wide = "DECIMAL(38, 0)"
    plain: ClassVar[dict[str, str]] = {**Dialect.plain, "bytes": "BINARY", "never": "INT"}
    functions: ClassVar[dict[str, str]] = {**Dialect.functions, "length": "char_length", "items": "cardinality"}

    def identifier(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def _encoded(self, value: str) -> str:
        return f"decode({self.blob(value.encode())}, 'UTF-8')"

    def blob(self, value: bytes) -> str:
        return f"X'{value.hex()}'"

    def type(self, type_: Type) -> str:
        match type_.name:
            case "list":
                return f"ARRAY<{self.type(type_.of[0])}>"
            case "map":
                return f"MAP<{self.type(type_.of[0])}, {self.type(type_.of[1])}>"
            case "record":
                return f"STRUCT<{', '.join(f'{self.identifier(name)}: {self.type(field)}' for name, field in type_.fields)}>"
            case "duration" | "timestamp":
                return self.wide
            case name:
                return self.plain.get(name, "STRING")

    def cut(self, text: str) -> str:
        return text  # a cast cuts there, and `trunc` is for dates

    def tried(self, a: str, sign: str, b: str, kind: str) -> str:
        named = {"+": "try_add", "-": "try_subtract", "*": "try_multiply"}[sign]
        return f"{named}({self.cast(a, kind)}, {self.cast(b, kind)})"

    def divided(self, a: str, b: str) -> str:
        # `div` of decimals gives 64 bits and may overflow; truncating the quotient of decimals would round it first.
        return f"(({a} - {a} % {b}) / {b})"

    def field(self, of: str, name: str) -> str:
        return f"{of}.{self.identifier(name)}"

    def each(self, items: str, names: tuple[str, ...], body: str) -> str:
        return f"transform({items}, {_arrow(names)} -> {body})"

    def kept(self, items: str, name: str, body: str) -> str:
        return f"filter({items}, {name} -> {body})"

    def position(self, name: str) -> str:
        return name

    def most(self, items: str) -> str:
        return f"array_max({items})"

    def total(self, items: str) -> str:
        return f"aggregate({items}, CAST(0 AS {self.wide}), (total, each) -> CAST(total + each AS {self.wide}))"

    def item(self, items: str, at: str) -> str:
        return f"get({items}, CAST({at} AS INT))"

    def holds(self, items: str, item: str) -> str:
        return f"array_contains({items}, {item})"

    def appended(self, lists: tuple[str, ...]) -> str:
        return f"concat({', '.join(lists)})"

    def listed(self, items: list[str], item: Type) -> str:
        return f"array({', '.join(items)})" if items else f"CAST(array() AS ARRAY<{self.type(item)}>)"

    def map_of(self, keys: list[str], values: list[str]) -> str:
        return f"map({', '.join(map(', '.join, zip(keys, values, strict=True)))})"

    def value(self, entries: str, key: str) -> str:
        return f"try_element_at({entries}, {key})"

    def has_key(self, entries: str, key: str) -> str:
        return f"map_contains_key({entries}, {key})"

    def trimmed(self, text: str, characters: str) -> str:
        return f"trim(BOTH {characters} FROM {text})"

    def clock(self, micros: str, part: str) -> str:
        return f"{part}(timestamp_micros({micros}))"


def _arrow(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


DIALECTS: dict[str, Callable[[], Dialect]] = {"duckdb": Dialect, "spark": Spark}
