"""Columns as PostgreSQL reads them: arrays in their binary form, put together from values that carry their length.

psycopg writes a list value by value, in Python; here each value is packed where it is made, and a column is joined at once.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_LENGTH = struct.Struct(">i").pack
_BIGINT, _INTEGER = struct.Struct(">iq").pack, struct.Struct(">ii").pack
_HEAD = struct.Struct(">iiiii").pack
NULL = _LENGTH(-1)


class Packed(bytes):
    """A value in its binary form, which goes over as it is."""

    oid: int
    """Its type, as the server numbers those that it brings along."""


class _Array(Packed):
    of: int


class Texts(_Array):
    """`text[]`."""

    oid, of = 1009, 25


class Bytes(_Array):
    """`bytea[]`."""

    oid, of = 1001, 17


class Bigints(_Array):
    """`bigint[]`."""

    oid, of = 1016, 20


class Integers(_Array):
    """`integer[]`."""

    oid, of = 1007, 23


ARRAYS: dict[str, type[_Array]] = {"text[]": Texts, "bytea[]": Bytes, "bigint[]": Bigints, "integer[]": Integers}


def array(kind: str, values: Sequence[bytes]) -> Packed:
    """Join packed values, at least one, into an array of a kind as the server names it."""
    made = ARRAYS[kind]
    return made(_HEAD(1, 1, made.of, len(values), 1) + b"".join(values))


def packed(value: bytes | None) -> bytes:
    """Pack bytes, or a text's UTF-8."""
    return NULL if value is None else _LENGTH(len(value)) + value


def packed_bigint(value: int) -> bytes:
    """Pack a whole number of 64 bits."""
    return _BIGINT(8, value)


def packed_integer(value: int) -> bytes:
    """Pack a whole number of 32 bits."""
    return _INTEGER(4, value)
