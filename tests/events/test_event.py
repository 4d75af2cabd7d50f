"""The envelope: what is read, what is refused and how it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.event import EVENT_BYTES_MAX, TYPES, Event, data_bytes, event_from_json, event_from_mapping
from ourword.errors import EventError

WHOLE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "m-81-3",
    "source": "chat",
    "type": "contact.closed",
    "time": "2026-11-09T10:22:00Z",
    "subject": "customer:c-104",
    "data": {
        "contact": "k-81",
        "actor": "automation",
        "channel": "chat",
        "closed_by": "automation",
        "close_reason": "no_reply",
        "claimed_resolved": True,
        "objects": [{"type": "order", "id": "o-9", "role": "about"}],
        "decision": "d-77",
        "versions": {"prompt": "p-77", "model": "m-3"},
    },
}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def changed(**data: Any) -> dict[str, Any]:
    return {**WHOLE, "data": {**WHOLE["data"], **data}}


def refused(call: Callable[[], object]) -> EventError | None:
    try:
        call()
    except EventError as error:
        return error
    return None


def test_the_example_of_the_specification_is_read() -> None:
    """CloudEvents 1.0 as others send it."""
    event = event_from_json(json.dumps(WHOLE).encode())

    assert ("c-104", 1_794_219_720 * 10**9, "given") == (event.customer, event.instant, event.time_quality)
    assert WHOLE["data"] == event.data


@given(st.binary(max_size=60) | values.map(lambda each: json.dumps(each).encode()))
def test_any_bytes_are_an_event_or_one_error(text: bytes) -> None:
    """Whatever a source sends, it gets a place and a next step, never a traceback."""
    error = refused(lambda: event_from_json(text, place="line 1"))

    assert error is None or (error.place.startswith("line 1") and error.hint)


@given(st.sampled_from(sorted(WHOLE)), values, st.sampled_from(sorted(WHOLE["data"])), values, st.sampled_from([*TYPES, "parcel.lost"]))
def test_a_changed_event_is_read_or_one_error(key: str, value: Any, name: str, other: Any, type_: str) -> None:
    """Each key, and each word that metrics read, may hold anything."""
    error = refused(lambda: data_bytes(event_from_mapping({**changed(**{name: other}), "type": type_, key: value})))

    assert error is None or error.hint


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"closed_by": "bot"}, "event.closed-by"),
        ({"close_reason": "solved"}, "event.close-reason"),
        ({"claimed_resolved": "yes"}, "event.claimed-resolved"),
        ({"actor": "ai"}, "event.actor"),
        ({"said": "maybe"}, "event.said"),
        ({"objects": [{"id": "o-9"}]}, "event.objects"),
        ({"versions": {"prompt": "You are\na helpful agent"}}, "event.versions"),
        ({"contact": ""}, "event.contact"),
    ],
)
def test_a_word_that_metrics_read_is_one_of_theirs(data: dict[str, Any], code: str) -> None:
    """A close by `bot` would count nowhere, silently."""
    with pytest.raises(EventError) as caught:
        event_from_mapping(changed(**data))

    assert code == caught.value.code
    assert "data." in caught.value.place


@pytest.mark.parametrize("type_", ["contact.closed", "decision.made", "parcel.lost"])
@pytest.mark.parametrize("data", [{"kind": "*"}, {"channel": "*"}, {"versions": {"prompt": "*"}}, {"versions": {"model": "m-3", "contract": "*"}}])
def test_nothing_is_called_as_all_of_them_are(data: dict[str, Any], type_: str) -> None:
    """A contact of a kind called `*` stood twice in the row of all, of whatever type the event is."""
    with pytest.raises(EventError) as caught:
        event_from_mapping({**changed(**data), "type": type_})

    assert ("`*`" in caught.value.what, "a name of its own" in caught.value.hint) == (True, True)
    assert f"event: data.{next(iter(data))}" in caught.value.place


@pytest.mark.parametrize("attributes", [{"*": "x"}, {"plan": "*"}])
def test_no_segment_is_called_as_all_of_them_are(attributes: dict[str, str]) -> None:
    """Nor half of its name."""
    with pytest.raises(EventError) as caught:
        event_from_mapping({**WHOLE, "type": "customer.updated", "data": {"attributes": attributes}})

    assert "event.attributes" == caught.value.code


def test_a_type_that_no_metric_reads_is_kept_as_it_came() -> None:
    """A parcel may be closed by a bot, and a promise may name it."""
    event = event_from_mapping({**changed(closed_by="bot"), "type": "parcel.closed"})

    assert "bot" == event.data["closed_by"]


@pytest.mark.parametrize("time", ["2026-11-09T10:22:00", "2026-11-09 10:22:00"])
def test_a_clock_without_zone_is_an_error_that_says_how_to_add_one(time: str) -> None:
    """An hour off is a promise broken, or kept, that was not."""
    with pytest.raises(EventError) as caught:
        event_from_mapping({**WHOLE, "time": time})

    assert ("event.time", True, True) == (caught.value.code, "no zone" in caught.value.what, "add Z" in caught.value.hint)


def test_no_time_is_said_and_a_future_one_flagged() -> None:
    """Both are kept: what we do not know about a clock must not cost us the event."""
    without = event_from_mapping({**WHOLE, "time": None})
    future = event_from_mapping(WHOLE, now=0)

    assert [(None, "none"), (1_794_219_720 * 10**9, "future")] == [(each.instant, each.time_quality) for each in (without, future)]


def test_an_event_of_nobody_is_refused_and_one_of_an_unknown_customer_kept() -> None:
    """A visitor whom nobody knows still has a contact."""
    unknown = event_from_mapping({**WHOLE, "subject": None})
    with pytest.raises(EventError) as caught:
        event_from_mapping({**WHOLE, "subject": None, "data": {}})

    assert ("contact:k-81", "event.subject") == (unknown.customer, caught.value.code)


@pytest.mark.parametrize(("key", "hint"), [("sourc", "source"), ("tme", "time")])
def test_a_misspelt_key_is_an_error(key: str, hint: str) -> None:
    """A `tme` that nobody reads would make every clock unknown."""
    with pytest.raises(EventError) as caught:
        event_from_mapping({**WHOLE, key: "x"})

    assert hint in caught.value.hint


def test_a_line_that_is_too_long_is_refused() -> None:
    """One event cannot fill the memory."""
    with pytest.raises(EventError) as caught:
        event_from_json(b" " * (EVENT_BYTES_MAX + 1))

    assert "event.too-long" == caught.value.code


@pytest.mark.parametrize("data", [{"a": float("nan")}, {"a": "\ud800"}, {"a": object()}, {"a": (1,)}])
def test_what_json_cannot_hold_is_not_bent(data: dict[str, Any]) -> None:
    """What is kept is what came, or it is not kept."""
    with pytest.raises(EventError) as caught:
        data_bytes(Event(id="1", source="s", type="t", data=data))

    assert "event.not-recordable" == caught.value.code
