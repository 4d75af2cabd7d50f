"""A mapping says how rows become events: the same events every time, and an error that names the line for what it cannot say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.core.event import Event
from ourword.errors import ContractError
from ourword.outcomes.mapper import Mapper, Skipped
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.outcomes.values import worked

FLAT = """
rows: .
source: helpdesk
ids: hd-
customer: who
contact: case
time: {from: at, unit: "%d/%m/%Y %H:%M", zone: Europe/Amsterdam}
rules:
  - when: activity == "Take in charge"
    emit: {type: contact.opened, actor: customer}
  - when: activity == "Closed"
    emit: {type: contact.closed, closed_by: person, objects: [{type: product, id: {from: product}}]}
  - when: activity == "Closed" && double(score) > 3.0
    emit: {type: feedback.given, question: solved, answer: {from: score}}
"""
CHATS = """
each: messages
source: chats
customer: parent.user
contact: chat
time: {from: at, unit: s, missing: previous}
rules:
  - when: by == "user"
    emit: {type: message.in, actor: customer, text: {from: text}}
  - when: by == "bot"
    emit: {type: message.out, actor: automation, asks: {is: 'text.endsWith("?")'}}
at_end:
  - emit: {type: contact.closed, closed_by: automation, claimed_resolved: {is: 'outcome == "done"'}}
"""


def events(mapping: str, *rows: dict[str, Any]) -> list[Event | Skipped]:
    mapper = Mapper(mapping_from_yaml(mapping.encode()))
    found = [each for line, row in enumerate(rows, 1) for each in mapper.take(row, line)]
    return found + list(mapper.end())


def row(**more: str) -> dict[str, Any]:
    return {"who": "c-1", "case": "7", "at": "09/10/2012 14:50", "activity": "Closed", "product": "p-1", "score": "5", **more}


def test_one_row_gives_an_event_for_each_rule_that_holds() -> None:
    """A close with its grade is two events: what became of it, and what the customer said."""
    closed, graded = events(FLAT, row())

    assert isinstance(closed, Event)
    assert isinstance(graded, Event)
    assert ["contact.closed", "feedback.given"] == [closed.type, graded.type]
    assert {"closed_by": "person", "objects": [{"type": "product", "id": "p-1"}], "contact": "hd-7"} == closed.data
    assert ("c-1", "hd-1.0.2", 1_349_787_000 * 10**9) == (closed.customer, closed.id, closed.instant)


def test_the_same_rows_give_the_same_ids() -> None:
    """An import that is run again after a crash adds nothing twice."""
    rows = [row(), row(activity="Take in charge"), row(score="1")]

    assert events(FLAT, *rows) == events(FLAT, *rows)
    assert len({each.id for each in events(FLAT, *rows) if isinstance(each, Event)}) == 4


def test_a_list_is_taken_apart_and_ended() -> None:
    """A transcript becomes its messages, then its close; a message without a clock has that of the one before."""
    messages = [{"by": "user", "text": "hi", "at": 10}, {"by": "bot", "text": "Solved?"}, {"by": "log"}]
    first, second, end = events(CHATS, {"user": 7, "chat": "k", "outcome": "done", "messages": messages})

    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert isinstance(end, Event)
    assert [("message.in", 10 * 10**9), ("message.out", 10 * 10**9), ("contact.closed", 10 * 10**9)] == [
        (each.type, each.instant) for each in (first, second, end)
    ]
    assert (True, True, "7") == (second.data["asks"], end.data["claimed_resolved"], first.customer)


def test_flat_rows_end_when_the_next_contact_begins() -> None:
    """Memory stays flat: a file sorted by contact closes each of them once."""
    mapping = FLAT + "at_end:\n  - emit: {type: contact.closed, closed_by: timer}\n"
    found = events(mapping, row(activity="x"), row(activity="x"), row(activity="x", case="8"))

    assert ["hd-7", "hd-8"] == [each.data["contact"] for each in found if isinstance(each, Event)]


@pytest.mark.parametrize("time", ["2012-10-09 14:50", "yesterday", "99/99/2012 14:50"])
def test_a_time_that_is_not_written_as_the_mapping_says_skips_the_row(time: str) -> None:
    """A guessed clock would break or keep promises by chance."""
    (skipped,) = events(FLAT, row(at=time))

    assert isinstance(skipped, Skipped)
    assert "row:1: at" == skipped.place


def test_a_clock_without_zone_is_no_time_until_the_mapping_names_one() -> None:
    """Exports often leave the zone out; the mapping's author knows it."""
    plain = FLAT.replace(', unit: "%d/%m/%Y %H:%M", zone: Europe/Amsterdam', "")
    (skipped,) = events(plain, row(at="2012-10-09 14:50:00"))
    zoned, _ = events(plain.replace("from: at", "from: at, zone: Europe/Amsterdam"), row(at="2012-10-09 14:50:00"))

    assert isinstance(skipped, Skipped)
    assert "zone" in skipped.hint
    assert isinstance(zoned, Event)
    assert 1_349_787_000 * 10**9 == zoned.instant


def test_a_word_that_no_metric_knows_skips_the_row_with_the_words() -> None:
    """The row says what it has, the hint says what it may have."""
    (skipped,) = events(FLAT.replace("closed_by: person", "closed_by: {from: product}"), row(score="1"))

    assert isinstance(skipped, Skipped)
    assert "customer, automation, person, timer, rule" in skipped.hint


@given(
    st.dictionaries(
        st.sampled_from(["user", "chat", "outcome", "messages", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(["user", "bot"]),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["by", "at", "text", "x"]), inner, max_size=4),
            max_leaves=10,
        ),
    )
)
def test_any_row_gives_events_or_says_why_not(given: dict[str, Any]) -> None:
    """Exports hold everything: nothing in a row stops an import."""
    for each in events(CHATS, given):
        assert isinstance(each, Event | Skipped)


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("rows: .", "mapping.missing-key"),
        ("rows: .\neach: x", "mapping.rows"),
        (FLAT.replace("rules:", "rule:"), "mapping.unknown-key"),
        (FLAT.replace("customer: who\ncontact: case\n", ""), "mapping.missing-key"),
        (FLAT.replace("zone: Europe/Amsterdam", "zone: Amsterdam"), "mapping.time"),
        (FLAT.replace('"%d/%m/%Y %H:%M"', "minutes"), "mapping.time"),
        (FLAT.replace("type: contact.opened, ", ""), "mapping.rules"),
        (FLAT + "encoding: klingon", "mapping.encoding"),
        (FLAT.replace('activity == "Closed"', 'activity = "Closed"'), "condition.syntax"),
        (FLAT.replace("double(score)", "duoble(score)"), "condition.type"),
        (FLAT.replace("double(score)", "score.toDouble()"), "condition.type"),
        (CHATS.replace("endsWith", "endswith"), "condition.type"),
    ],
)
def test_a_mapping_that_cannot_be_read_says_where(mapping: str, code: str) -> None:
    """Its author may not know Python, nor YAML."""
    with pytest.raises(ContractError) as caught:
        mapping_from_yaml(mapping.encode())

    assert caught.value.place.startswith("mapping.yaml:")
    assert caught.value.hint
    assert code.split(".")[0] == caught.value.code.split(".")[0] or code == "condition.syntax"


def test_a_function_that_is_none_is_refused_with_the_one_that_was_meant() -> None:
    """It gave no value for any row, and so no rule ever held."""
    with pytest.raises(ContractError, match="there is no function `endswith`") as caught:
        mapping_from_yaml(CHATS.replace("endsWith", "endswith").encode())

    assert ("did you mean `endsWith`?", True) == (caught.value.hint, caught.value.place.startswith("mapping.yaml:11:"))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('a == "x" && row.b == row["c d"]', ["a", "b", "c d"]),
        ('parent.user + parent["x y"]', ["parent.user", "parent.x y"]),
        ("tags.exists(t, t == kind) && math.greatest(a, 2) > 1", ["tags", "kind", "a"]),
        ("cel.bind(x, a, x + b)", ["a", "b"]),
        ("string(a) == b.x", ["a", "b"]),
        ('has(row.a) && row.a == "x"', []),
        ('"a b" in row ? row["a b"] : b', ["b"]),
        ("known(a) && a == 1", []),
        ("row.map(key, key).size() > 2", []),
    ],
)
def test_an_expression_says_which_columns_it_needs(text: str, columns: list[str]) -> None:
    """One that it asks for may be absent; names that it makes itself are none."""
    assert columns == [each.name for each in worked(text, place="mapping.yaml:1:1").columns]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "1600-01-01 00:00:00", "2262-05-01 00:00:00"])
def test_a_sentinel_date_skips_its_row_and_stops_nothing(text: str, zone: str) -> None:
    """Exports write the year 1 or 9999 for "never": one such row once ended an import, and the rows behind it never came."""
    mapping = f"{{rows: ., source: s, customer: c, time: {{from: t, zone: {zone}}}, rules: [{{emit: {{type: x}}}}]}}"
    mapper = Mapper(mapping_from_yaml(mapping.encode()))
    first = list(mapper.take({"c": "1", "t": text}, 1))
    second = list(mapper.take({"c": "1", "t": "2026-11-23 10:00:00"}, 2))

    assert [Skipped] == [type(each) for each in first]
    assert [Event] == [type(each) for each in second]
