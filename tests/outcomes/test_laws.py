"""Laws of outcomes, over random customers, and against a second telling of the definition in plain Python."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outcomes import oracle
from tests.outcomes.streams import WINDOW_DAYS, promised, streams
from tests.outcomes.tables import DAY, tables
from tests.tries import tries

from ourword.figures.summary import of_all
from ourword.outcomes.contacts import CLOSED_OUTCOMES, GROUPED_BY, Asked, contacts, watch
from ourword.outcomes.metrics import METRICS, Group, metric, report, rows_behind

SEGMENTS = [
    {"subject": 1, "name": "region", "value": "north", "since": 0},
    {"subject": 1, "name": "region", "value": "south", "since": 3 * DAY},
    {"subject": 2, "name": "region", "value": "north", "since": 0},
    {"subject": 2, "name": "tenure", "value": "new", "since": 0},
]


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    events = draw(streams())
    promises = draw(promised(events))
    moments = [moment for each in promises for moment in (each["due"], each["due"] - DAY, each["due"] + 1)]
    as_of = st.integers(0, 30).map(lambda day: day * DAY)
    return {"events": events, "promises": promises, "as_of": draw(as_of | st.sampled_from(moments) if moments else as_of)}


def watched(world: dict[str, Any], **asked: Any) -> Any:
    connection = tables(world["events"], promises=world["promises"], attributes=SEGMENTS)
    watch(connection, Asked(**{"as_of": world["as_of"], "window_days": WINDOW_DAYS, **asked}))
    return connection


def outcomes(world: dict[str, Any]) -> dict[int, str]:
    return {each.contact: each.outcome for each in contacts(watched(world))}


@settings(max_examples=tries(120))
@given(worlds())
def test_two_tellings_of_the_definition_agree(world):
    """SQL over tables, and a walk through lists that shares no line with it."""
    expected = oracle.outcomes(world["events"], world["promises"], as_of=world["as_of"], window=WINDOW_DAYS * DAY)

    assert expected == outcomes(world)


@settings(max_examples=tries(100))
@given(worlds())
def test_two_tellings_of_who_handled_it_agree(world):
    """A person who joined, wrote or closed it; else automation that did something; else nobody said."""
    expected = oracle.hands(world["events"], as_of=world["as_of"])

    assert expected == {each.contact: each.handled_by for each in contacts(watched(world))}


@settings(max_examples=tries(60))
@given(worlds())
def test_promises_are_counted_among_those_due(world):
    """One that is kept early waits until it is due: those of the same day that will be broken cannot be counted before."""
    stood = [oracle.standing(each, world["as_of"]) for each in world["promises"]]
    due = [each for each in stood if each != "open"]
    rows = {row.metric: row for row in report(watched(world)) if row.kind == "*" and row.metric.startswith("promises_")}

    assert bool(stood) == bool(rows)
    for each in rows.values():
        of = each.metric.removeprefix("promises_")
        assert (each.n, each.value) == (len(due), due.count(of) / len(due) if due else None)
        assert each.immature == stood.count("open") / len(stood)


@settings(max_examples=tries(15))
@given(worlds())
def test_outcomes_exclude_each_other_and_sum_to_the_closed_ones(world):
    """In every group: 100 %, or no data."""
    rows = list(report(watched(world)))
    groups = {(row.kind, row.version, row.segment) for row in rows if not row.metric.startswith("promises_")}
    for group in groups:
        found = {row.metric: row for row in rows if (row.kind, row.version, row.segment) == group and row.metric in CLOSED_OUTCOMES}
        closed = found["quiet"].n
        assert len(found) == 5
        assert {row.n for name, row in found.items() if name != "came_back"} == {closed}
        assert found["came_back"].n <= closed
        assert closed == 0 or closed == round(sum(row.n * (row.value or 0) for row in found.values()), 9)
        assert closed == 0 or abs(sum(of_all(found).values()) - 1) < 1e-12


@settings(max_examples=tries(15))
@given(worlds())
def test_a_return_is_counted_among_those_of_which_one_would_be_seen(world):
    """A contact without an order and a kind cannot come back in another one: in a table of tickets nothing can show its return."""
    connection = watched(world)
    named = {contact for (contact,) in connection.execute("SELECT contact FROM issues").fetchall()}
    closed = set(rows_behind(connection, "quiet", part="denominator"))
    anew = connection.execute("SELECT COUNT(*) FROM became WHERE reopened = 1 OR wrote_again = 1").fetchone()[0]
    among, returned = set(rows_behind(connection, "came_back", part="denominator")), set(rows_behind(connection, "came_back"))

    assert returned == {each.contact for each in contacts(connection) if each.outcome == "came_back"} <= among <= closed
    assert closed & named <= among
    assert anew == 0 or among == closed


@settings(max_examples=tries(15))
@given(worlds(), st.sampled_from(GROUPED_BY), st.randoms(use_true_random=False))
def test_every_number_opens_exactly_the_rows_counted_in_it(world, by, chance: random.Random):
    """Card and drill-down read one predicate; no contact is counted twice in a row. Of some thousand numbers a few are opened, others each time."""
    connection = watched(world, grouped_by=by)
    numbers = list(report(connection))
    for row in chance.sample(numbers, min(len(numbers), 80)):
        group = Group(row.kind, row.version, row.segment)
        counted, among = (rows_behind(connection, row.metric, group, part=part) for part in ("numerator", "denominator"))
        assert row.n == len(among) == len(set(among))
        assert set(counted) <= set(among)
        if metric(row.metric).estimator == "share":
            assert row.value == (len(counted) / len(among) if among else None)


@settings(max_examples=tries(15))
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(world, chance: random.Random):
    """Only the events' own order does; files may be read in any."""
    mixed = {**world, "events": chance.sample(world["events"], len(world["events"]))}
    mixed["promises"] = chance.sample(world["promises"], len(world["promises"]))

    assert outcomes(world) == outcomes(mixed)
    assert list(report(watched(world))) == list(report(watched(mixed)))


@settings(max_examples=tries(15))
@given(worlds(), st.integers(2, 9))
def test_other_numbers_in_the_same_order_tell_the_same(world, step):
    """The numbers are an order and nothing else."""
    assert outcomes(world) == outcomes({**world, "events": [{**event, "event": event["event"] * step + 5} for event in world["events"]]})


@settings(max_examples=tries(15))
@given(worlds(), worlds())
def test_another_customer_changes_nothing(world, other):
    """What became of me does not depend on whom else you serve, even if their things bear the same numbers."""
    shift: dict[str, Any] = {"subject": 100, "contact": 1000}
    more = [
        {
            **event,
            "event": event["event"] + 1,
            "subject": event["subject"] and event["subject"] + shift["subject"],
            "contact": event["contact"] and event["contact"] + 1000,
        }
        for event in other["events"]
    ]
    promises = [
        {**each, "decision": "x" + each["decision"], "subject": each["subject"] and each["subject"] + 100, "contact": each["contact"] + 1000}
        for each in other["promises"]
    ]
    both = outcomes({**world, "events": world["events"] + more, "promises": world["promises"] + promises})

    assert outcomes(world) == {contact: outcome for contact, outcome in both.items() if contact < 1000}


@settings(max_examples=tries(15))
@given(worlds())
def test_a_contact_counts_once_in_the_row_of_all(world):
    """However many kinds, versions and decisions it has."""
    connection = watched(world)
    counted = connection.execute("SELECT contact FROM members WHERE kind = '*' AND version = '*' AND segment = '*' ORDER BY contact").fetchall()

    assert [each.contact for each in contacts(connection)] == [row[0] for row in counted]


@settings(max_examples=tries(15))
@given(worlds())
def test_a_contact_without_a_clock_is_in_no_clocked_number(world):
    """Unknown is not a word for quiet."""
    connection = watched(world)
    unknown = {each.contact for each in contacts(connection) if each.outcome == "unknown"}
    for each in METRICS:
        if each.unit == "contact" and not each.clock.startswith("none"):
            assert not unknown & set(rows_behind(connection, each.id, part="denominator"))
