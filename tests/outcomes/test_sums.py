"""Counters packed side by side add up to what counting one after the other gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outcomes.tables import DAY, closes, replies, says, story, tables
from tests.outcomes.test_laws import SEGMENTS, watched, worlds
from tests.tries import tries

from ourword.outcomes import sums
from ourword.outcomes.contacts import CLOSED_OUTCOMES, Asked, watch
from ourword.outcomes.metrics import METRICS, contact_sums, sums_query
from ourword.outcomes.recount import recount
from ourword.outcomes.sums import add_up
from ourword.outcomes.vendors import vendor_rules

CONTACT = [each for each in METRICS if each.unit == "contact" and not each.numerator.startswith("d.")]


def both(connection: Any) -> tuple[Any, Any]:
    return connection.execute(contact_sums(connection, CONTACT)).fetchall(), connection.execute(sums_query("contact", CONTACT)).fetchall()


@settings(max_examples=tries(20))
@given(worlds(), st.sampled_from(["contract", "channel"]), st.none() | st.integers(0, 20).map(lambda days: days * DAY))
def test_packed_counters_add_up_to_what_plain_ones_do(world, by, since):
    """A number that is quicker and wrong once is worth nothing."""
    packed, plain = both(watched(world, grouped_by=by, since=since))

    assert plain == packed


@settings(max_examples=tries(10))
@given(worlds(), st.integers(0, 3))
def test_more_segments_than_fit_into_a_number_are_counted_too(world, most):
    """A company may name a segment for every town."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "SEGMENTS_MAX", most)
        packed, plain = both(watched(world))

    assert plain == packed


def test_a_customer_who_comes_hundreds_of_times_runs_no_counter_over():
    """A counter is as wide as the busiest customer needs."""
    events = [
        event
        for number in range(1, 301)
        for event in story(says(number), replies(number), closes(number), subject=1 + (number == 300), contact=number, first=10 * number)
    ]
    connection = tables(events, attributes=SEGMENTS)
    watch(connection, Asked(as_of=100 * DAY))
    packed, plain = both(connection)
    counters = add_up(connection, ["c.contact IS NOT NULL"])
    everyone = f"SELECT {counters.total('c.contact IS NOT NULL')} FROM added WHERE kind = '*' AND version = '*' AND segment = '*'"

    assert plain == packed
    assert (300,) == connection.execute(everyone).fetchone()


@settings(max_examples=tries(10))
@given(worlds())
def test_all_rules_at_once_are_each_rule_alone(world):
    """What one vendor claims does not depend on whom else we ask about."""
    connection = watched(world)
    rules = vendor_rules()

    assert list(recount(connection)) == [row for rule in rules for row in recount(connection, [rule])]
    assert all(row.claimed == sum(getattr(row, name) for name in CLOSED_OUTCOMES) for row in recount(connection))
