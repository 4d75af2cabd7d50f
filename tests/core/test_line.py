"""Any bytes give a line or one error with a place and a hint."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.line import KEYS, LINE_BYTES_MAX, Line, key_twice, line_from_json, line_from_mapping
from ourword.errors import LineError

GOOD = {"kind": "refund", "customer": "c-1", "facts": {"amount": 100}}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read_or_error(read, given_) -> Line | LineError:
    try:
        return read(given_)
    except LineError as error:
        return error


def assert_whole(outcome: Line | LineError) -> None:
    assert isinstance(outcome, Line) or (outcome.place and outcome.hint and outcome.what)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_line_or_one_error(text):
    assert_whole(read_or_error(line_from_json, text))


@given(st.dictionaries(st.sampled_from(KEYS), anything))
def test_any_object_gives_a_line_or_one_error(given_):
    assert_whole(read_or_error(line_from_mapping, {**GOOD, **given_}))


@given(anything)
def test_any_json_gives_a_line_or_one_error(given_):
    assert_whole(read_or_error(line_from_json, json.dumps(given_).encode()))


@given(st.dictionaries(st.text(), anything))
def test_what_is_read_is_what_was_given(facts):
    assert facts == line_from_mapping({**GOOD, "facts": facts}).facts


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"\xff\xfe{}", "line"),
        (b"[" * 100_000, "line"),
        (b'{"kind":' * 20_000, "line"),
        (b" " * LINE_BYTES_MAX + b"{}", "line"),
        (b'{"kind": "refund", "facts": {}}', "line: customer"),
        (b'{"kind": "refund", "customer": ""}', "line: customer"),
        (b'{"kind": "refund", "customer": 7}', "line: customer"),
        (b'{"kind": "refund", "custmer": "c"}', "line: custmer"),
        (b'{"kind": "refund", "customer": "c", "facts": []}', "line: facts"),
        (b'{"kind": "refund", "customer": "c", "time": "2026-11-23T10:00:00"}', "line: time"),
        (b'{"kind": "refund", "customer": "c", "time": "9999-12-31T23:59:59Z"}', "line: time"),
        (b'{"kind": "refund", "customer": "c", "answer": "allow"}', "line: answer"),
        (b'{"kind": "refund", "customer": "c", "by": "person", "answer": "maybe"}', "line: answer"),
        (b'{"kind": "refund", "customer": "c", "by": "", "answer": "allow"}', "line: answer"),
        (b'{"kind": "refund", "customer": "c", "objects": [1]}', "line: objects"),
        (b'{"kind": "refund", "customer": "c", "lineage": "m"}', "line: lineage"),
    ],
)
def test_a_bad_line_is_named_with_its_place(text, place):
    with pytest.raises(LineError) as error:
        line_from_json(text)

    assert place == error.value.place


@pytest.mark.parametrize("levels", [65, 600, 950])
def test_a_line_that_is_too_deep_is_turned_away_before_it_hurts_others(levels):
    """Recorded together with others, a line of 600 levels once failed them all with a traceback."""
    deep = "[" * levels + "null" + "]" * levels
    with pytest.raises(LineError, match="more than 64 levels"):
        line_from_json(f'{{"kind": "refund", "customer": "c", "facts": {{"x": {deep}}}}}'.encode())


def test_a_key_that_nothing_reads_is_listed_not_guessed():
    assert line_from_mapping({**GOOD, "case_number": 7}).unread == ("case_number",)


# ---- keys written twice ----------------------------------------------------------------------------------------------


class Pairs(list):
    """An object as it is written: its keys in order, some perhaps twice."""


def written(tree, colon):
    if isinstance(tree, Pairs):
        return "{" + ", ".join(f"{json.dumps(key)}{colon}{written(value, colon)}" for key, value in tree) + "}"
    return f"[{', '.join(written(each, colon) for each in tree)}]" if isinstance(tree, list) else json.dumps(tree)


def twice_in(tree):
    below = [value for _, value in tree] if isinstance(tree, Pairs) else tree if isinstance(tree, list) else []
    keys = [key for key, _ in tree] if isinstance(tree, Pairs) else []
    return {key for key in keys if keys.count(key) > 1}.union(*map(twice_in, below))


names = st.text(st.sampled_from(["a", "b", '"', "\\", ":", " ", "\n", "é"]), max_size=3)
trees = st.recursive(
    st.integers() | names | st.none(),
    lambda below: st.lists(below, max_size=3) | st.lists(st.tuples(names, below), max_size=4).map(Pairs),
    max_leaves=12,
)


@given(trees, st.sampled_from([":", " :", ": ", "\t:\n", " \r: "]))
def test_a_key_is_found_twice_exactly_where_an_object_names_it_twice(tree, colon):
    """Whatever the texts are: quotes, colons and blanks in them are no keys."""
    text = written(tree, colon).encode()
    twice = twice_in(tree)
    found = key_twice(text, msgspec.json.decode(text))

    assert (found is None) == (not twice)
    assert found is None or found in twice


def test_a_line_that_says_an_amount_twice_is_refused():
    """The last one won: 900 euros where the other reader saw 9."""
    with pytest.raises(LineError) as caught:
        line_from_json(b'{"kind": "refund", "customer": "c-1", "facts": {"amount": "9.00 EUR", "amount": "900.00 EUR"}}', place="x:1")

    assert (caught.value.code, caught.value.place) == ("line.key-twice", "x:1: amount")
