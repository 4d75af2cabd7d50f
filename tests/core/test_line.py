"""Any bytes give a line or one error with a place and a hint."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.line import KEYS, LINE_BYTES_MAX, Line, line_from_json, line_from_mapping
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
