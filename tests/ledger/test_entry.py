"""Laws and examples of the entry: what the log holds of a decision."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.canonical import canonical
from ourword.core.time import instant_from_text
from ourword.errors import HomeError, LineError
from ourword.ledger.decided import Bent, Decided, Personal, Promised, Signalled, Stamp, asks_the_same, entries_of, lineage_of, personal_bytes
from ourword.ledger.decided import personal_from_bytes as personal_again
from ourword.ledger.entry import BYTES_MAX, Lineage, entry_bytes, entry_from_bytes, instant_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ids = st.lists(texts, max_size=3).map(tuple)
instants = st.integers(-(2**63), 2**63 - 1)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
lineages = st.builds(Lineage, data=st.none() | texts, model=st.none() | texts, prompt=st.none() | texts, contract=st.none() | texts)
decisions = st.builds(
    Decided,
    kind=texts,
    instant=instants,
    contract=texts,
    lineage=lineages,
    owner=texts,
    answer=texts,
    decided_by=texts,
    clauses=ids,
    promises=st.lists(st.builds(Promised, texts, instants), max_size=3).map(tuple),
    by=texts,
    mode=st.sampled_from(["enforce", "observe"]),
    bend=st.none() | st.builds(Bent, clauses=ids, written=texts),
    signals=st.lists(st.builds(Signalled, about=texts, owner=texts, clauses=ids), max_size=2).map(tuple),
    personal=st.builds(Personal, customer=texts, facts=st.dictionaries(texts, values, max_size=3)),
)
stamps = st.builds(Stamp, texts, texts, st.integers(0, 2**40), texts, texts)


@given(decisions, stamps)
def test_an_entry_is_its_canonical_bytes(decided: Decided, stamp: Stamp) -> None:
    """Whoever writes an entry, in whatever language, gets the same bytes: that is what will be hashed and signed."""
    for written in entries_of(decided, stamp):
        assert written == canonical(json.loads(written))


@given(decisions, stamps)
def test_an_entry_is_read_back_as_it_was_written(decided: Decided, stamp: Stamp) -> None:
    """Nothing is lost between what was recorded and what an auditor reads."""
    for written in entries_of(decided, stamp):
        assert written == entry_bytes(entry_from_bytes(written))


@given(decisions, stamps)
def test_every_entry_of_a_decision_counts_on(decided: Decided, stamp: Stamp) -> None:
    """A missing entry leaves a gap in the count of its gate process."""
    counters = [json.loads(written)["counter"] for written in entries_of(decided, stamp)]

    assert counters == list(range(stamp.counter + 1, stamp.counter + 1 + len(counters)))
    assert len(counters) == 1 + len(decided.promises) + (decided.bend is not None) + len(decided.signals)


@given(instants)
def test_a_time_is_read_back_to_the_nanosecond(instant: int) -> None:
    """A due time is what the customer was told, not a rounded one."""
    assert instant_from_text(instant_text(instant)) == instant


def test_the_entry_of_a_plain_decision_has_just_these_keys() -> None:
    """The keys of the ledger's final form, and `gate`, which the counter counts under (design/0002)."""
    decided = Decided(kind="refund", instant=0, contract="care", owner="mara", answer="allow", decided_by="in-time", personal=Personal(customer="c"))
    (written,) = entries_of(decided, Stamp("d-1", "g-1", 0, "s", "p"))

    assert json.loads(written) == {
        "v": 1,
        "type": "decision",
        "decision_id": "d-1",
        "kind": "refund",
        "time": "1970-01-01T00:00:00Z",
        "contract": "care",
        "lineage": {"data": None, "model": None, "prompt": None, "contract": None},
        "owner": "mara",
        "answer": "allow",
        "decided_by": "in-time",
        "clauses": [],
        "promises": [],
        "gate": "g-1",
        "counter": 1,
        "sub": "s",
        "pd": "p",
    }


def test_an_entry_above_64_kb_is_refused() -> None:
    """An entry's length must fit the log's 16 bits, and the error says how many bytes there were."""
    long = "x" * BYTES_MAX
    decided = Decided(kind="refund", instant=0, contract="care", owner="mara", answer="allow", decided_by=long, personal=Personal(customer="c"))
    with pytest.raises(LineError) as caught:
        entries_of(decided, Stamp("d-1", "g-1", 0, "s", "p"))

    assert caught.value.code == "entry.too-large"
    assert "65,8" in caught.value.what


@pytest.mark.parametrize("written", [b"", b"{}", b"[1]", b"\xff", b'{"type":"decision"}', b'{"type":"from-the-future"}', b"[" * 10_000])
def test_what_is_no_entry_is_said_to_be_none(written: bytes) -> None:
    """A changed or newer log gives one clear error, never a traceback."""
    with pytest.raises(HomeError):
        entry_from_bytes(written)


# ---- personal data ----


@given(st.builds(Personal, customer=texts, facts=st.dictionaries(texts, values, max_size=3), because=texts, objects=values))
def test_personal_data_is_read_back_as_it_was_handed_in(personal: Personal) -> None:
    """A fact is recorded by value: the 64-bit number, the text, the list that the gate saw."""
    written = personal_bytes(personal)

    assert personal_again(written) == personal
    assert personal_bytes(personal_again(written)) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [None, {"deep": float("-inf")}], "\ud800", object(), {1: {2: b"\xff", 3: object()}}])
def test_what_json_cannot_hold_is_refused_not_bent(value: Any) -> None:
    """NaN stored as null would be a lie about what the gate saw."""
    with pytest.raises(LineError) as caught:
        personal_bytes(Personal(customer="c", facts={"amount": value}))

    assert caught.value.code == "line.not-recordable"


def test_a_number_too_long_to_print_is_refused() -> None:
    """Python prints at most 4,300 digits of an integer; what lies beyond is an error of ours."""
    with pytest.raises(LineError):
        personal_bytes(Personal(customer="c", facts={"amount": 10**5000}))


def test_more_than_a_megabyte_is_refused() -> None:
    """One line cannot fill the disk."""
    with pytest.raises(LineError):
        personal_bytes(Personal(customer="c", because="x" * 1_100_000))


def test_a_retry_is_compared_by_what_was_handed_in() -> None:
    """Counts change and words are rendered anew between two tries: only what the caller said must be equal."""
    first = Personal(customer="c", facts={"amount": 1}, history={"refunds": 0}, verdict={"answer": "allow"})

    assert asks_the_same(first, Personal(customer="c", facts={"amount": 1}, history={"refunds": 1}))
    assert not asks_the_same(first, Personal(customer="c", facts={"amount": 2}, history={"refunds": 0}))


@pytest.mark.parametrize("prompt", ["You are a helpful agent.", "", "x" * 129, 7, "a\nb"])
def test_a_prompts_text_does_not_get_into_the_log(prompt: Any) -> None:
    """What stands in an entry cannot be erased, and prompts hold customers' words."""
    with pytest.raises(LineError) as caught:
        lineage_of({"prompt": prompt}, contract="sha256:ab")

    assert caught.value.place == "lineage.prompt"
