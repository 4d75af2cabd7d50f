"""Canonical bytes: the same content gives the same bytes, everywhere, for ever."""

from __future__ import annotations

import json
import math
import struct

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.canonical import INTEGER_MAX, canonical
from ourword.errors import OurwordError

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=15)


@given(values)
def test_the_bytes_are_those_of_the_independent_implementation(value: object):
    """An auditor checks our digests with somebody else's code."""
    assert canonical(value) == rfc8785.dumps(value)


@given(st.integers(0, 2**64 - 1))
def test_every_finite_number_is_written_as_ecmascript_writes_it(bits: int):
    """All 2^64 bit patterns are possible inputs; a wrong exponent would make a valid receipt look forged."""
    number = struct.unpack("<d", struct.pack("<Q", bits))[0]
    if math.isfinite(number):
        assert canonical(number) == rfc8785.dumps(number)


@given(st.dictionaries(texts, scalars, max_size=6))
def test_the_order_of_keys_never_matters(value: dict[str, object]):
    """Reordering a contract is no new contract."""
    assert canonical(value) == canonical(dict(reversed(value.items())))


@given(values)
def test_nothing_is_lost(value: object):
    """What was recorded can be read back."""
    assert json.loads(canonical(value), parse_int=float) == value


@pytest.mark.parametrize("value", [2**53, -(2**53), math.nan, math.inf, "\ud800", {1: 2}, b"bytes", {"a": object()}])
def test_what_json_cannot_hold_exactly_is_refused(value: object):
    """Better no record than one that says something else."""
    with pytest.raises(OurwordError):
        canonical(value)


def test_a_value_nested_too_deep_is_an_error_and_no_crash():
    """Hostile input must not reach Python's recursion limit."""
    value: object = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(OurwordError):
        canonical(value)
