"""The vendors' rules over the same contacts; and the holes of the nearest rival, each closed by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from tests.outcomes.tables import DAY, HOUR, MINUTE, closes, opens, replies, says, story, tables
from tests.outcomes.test_laws import watched, worlds
from tests.tries import tries

from ourword.cli.recount import words
from ourword.contract.metrics import KNOWN
from ourword.errors import ContractError
from ourword.outcomes.bill import Assumed, bill
from ourword.outcomes.contacts import CLOSED_OUTCOMES, Asked, watch
from ourword.outcomes.metrics import Group, report, rows_behind
from ourword.outcomes.recount import claimed_by, recount
from ourword.outcomes.vendors import LACKING, PREDICATES, rule_from_text, vendor_rules

LATER = 100 * DAY
RULES = {rule.id: rule for rule in vendor_rules()}


def over(events: list[dict[str, Any]], **tables_of: Any) -> Any:
    connection = tables(events, **tables_of)
    watch(connection, Asked(as_of=LATER))
    return connection


def row_of(connection: Any, rule: str, kind: str = "*") -> Any:
    return next(row for row in recount(connection, [RULES[rule]]) if row.kind == kind)


def value(connection: Any, metric: str, **group: str) -> Any:
    return next(row for row in report(connection) if row.metric == metric and Group(row.kind, row.version, row.segment) == Group(**group))


def helped(contact: int = 1, **same: Any) -> list[dict[str, Any]]:
    return story(
        opens(0),
        says(MINUTE),
        replies(2 * MINUTE),
        closes(HOUR),
        contact=contact,
        **{"subject": contact, "first": 100 * contact, "about": contact, **same},
    )


# ---- the rules ---------------------------------------------------------------------------------------------------------


def test_each_rule_says_who_published_it_when_and_when_to_read_it_again():
    """A vendor changes its definition; ours must not look timeless."""
    assert {"intercom", "zendesk", "hubspot", "ultimate", "chatwoot", "ada", "own"} == set(RULES)
    for rule in RULES.values():
        assert rule.published is None or rule.published < rule.review_by
        assert rule.source
        assert rule.text
        assert set(rule.when) <= set(PREDICATES)
        assert rule.as_read is None or rule.as_read < rule.review_by
        assert rule.price_minor is None or rule.price_source


@pytest.mark.parametrize(("old", "new"), [("automation_answered", "vibes"), ("when:", "where:"), ("review_by: 2027", "review_by: soon 2027")])
def test_a_rule_that_cannot_be_read_says_why(old, new):
    """With what may stand there."""
    from importlib import resources

    text = resources.files("ourword.outcomes").joinpath("rules", "ada.yaml").read_text(encoding="utf-8")

    with pytest.raises(ContractError) as caught:
        rule_from_text(text.replace(old, new), "ada.yaml")
    assert caught.value.place == "ada.yaml"
    assert caught.value.hint


def test_the_rules_differ_as_their_makers_do():
    """One contact each: what counts for whom."""
    connection = over([
        *helped(1),
        *story(opens(0), says(1), replies(2), {"type": "human.requested", "at": 3}, closes(4), contact=2, subject=2, first=200),
        *story(opens(0), says(1), replies(2), {"type": "question.answered", "said": "no", "at": 3}, contact=3, subject=3, first=300),
        *story(opens(0), says(1), replies(2), closes(3), {"type": "contact.reopened", "at": DAY}, replies(DAY), contact=4, subject=4, first=400),
        *story(opens(0), says(1), {"type": "human.joined", "at": 2}, replies(3), closes(4), contact=5, subject=5, first=500),
        *story(opens(0), closes(1, claimed=True), contact=6, subject=6, first=600),
    ])  # fmt: skip

    claimed = {rule.id: claimed_by(connection, rule) for rule in RULES.values()}

    assert {
        "intercom": [1, 3], "zendesk": [1, 2, 3], "hubspot": [1], "ultimate": [1, 2, 3, 4], "chatwoot": [1], "ada": [1, 3], "own": [6],
    } == claimed  # fmt: skip


def test_a_message_after_the_close_is_a_return_to_the_same_conversation():
    """Intercom deducts such a resolution by its own page; who waits for silence has not had it. Who counts any close counts it still."""
    connection = over([*helped(1), *story({"type": "message.in", "at": DAY}, replies(DAY), contact=1, first=150)])

    assert {"ultimate", "chatwoot"} == {rule.id for rule in RULES.values() if claimed_by(connection, rule)}


@settings(max_examples=tries(25))
@given(worlds())
def test_a_recount_adds_up_and_opens_its_rows(world):
    """What became of the claimed ones sums to them; each number opens exactly what it counts."""
    connection = watched(world)
    for row in recount(connection):
        parts = [getattr(row, name) for name in CLOSED_OUTCOMES]
        assert row.claimed == sum(parts) <= row.n
        assert parts == [len(claimed_by(connection, RULES[row.rule], kind=row.kind, outcome=name)) for name in CLOSED_OUTCOMES]
        assert (row.low is None) == (row.claimed == 0)


# ---- the holes of the nearest rival (definitions.md, "The bar to beat") ----------------------------------------------------


def test_hole_1_the_cause_of_a_close_is_not_ignored():
    """An inactivity timer made ghosting count as autonomous: the customer who was left with a question gave up."""
    connection = over(story(opens(0), says(1), replies(2, asks=True), closes(DAY, "timer", "no_reply", claimed=True), about=1))
    row = row_of(connection, "chatwoot")

    assert (row.claimed, row.gave_up, row.confirmed + row.quiet) == (1, 1, 0)


def test_hole_2_a_new_ticket_on_another_channel_is_a_repeat():
    """The rival sees the same conversation only."""
    connection = over(
        [*helped(1, channel="chat"), *story(opens(2 * DAY), replies(2 * DAY), subject=1, contact=2, first=150, about=1, channel="phone")]
    )

    assert [1] == rows_behind(connection, "came_back")


def test_hole_3_no_data_is_no_data():
    """`return 0 if denominator.zero?`, and an absent score as 0."""
    connection = over(helped(1))
    row = value(connection, "reached_a_person")

    assert (row.n, row.value, row.low, row.high) == (0, None, None, None)


def test_hole_4_every_number_has_its_n_and_its_interval():
    """A difference of two rates without either is no trend."""
    row = value(over([*helped(1), *helped(2)]), "quiet")

    assert (row.n, row.value) == (2, 1.0)
    assert row.low is not None
    assert 0 < row.low < 1
    assert row.high == 1.0


def test_hole_5_people_and_automation_are_told_apart_without_a_verdict():
    """A baseline of people alone is confounded; `handled_by` is a dimension beside kinds, and says nothing of cause."""
    connection = tables(
        [*helped(1, kind="refund"), *story(opens(0), {"type": "human.joined", "at": 1}, closes(2), contact=2, subject=2, first=200, kind="refund")]
    )
    watch(connection, Asked(as_of=LATER, grouped_by="handled_by"))

    assert {"*", "automation", "person"} == {row.version for row in report(connection) if row.kind == "refund"}


def test_hole_6_promises_versions_and_segments_are_there():
    """None of them is in the rival's numbers."""
    promise = {"decision": "d", "subject": 1, "contact": 1, "promise": "p", "kind": "refund", "due": DAY, "standing": "broken"}
    connection = over(
        helped(1, version_contract="v7"), promises=[promise], attributes=[{"subject": 1, "name": "region", "value": "north", "since": -DAY}]
    )

    assert 1.0 == value(connection, "promise_broken", version="v7", segment="region=north").value
    assert 1.0 == value(connection, "promises_broken", kind="refund").value


def test_hole_7_what_is_assumed_is_called_assumed():
    """ "Hours saved = replies × 2 minutes" is an assumption presented as a measurement: each line of the bill names its own, and can be changed."""
    row = row_of(over(helped(1)), "intercom")
    unsaid, found = bill(row), bill(row, Assumed(saving_a_contact=(400, 400)))
    doubled = bill(row, Assumed(saving_a_contact=(800, 800)))

    assert (None, None, ["invoice"]) == (unsaid.low, unsaid.high, [line.id for line in unsaid.lines])
    assert all(line.assumption for line in found.lines)
    assert not any(line.known for line in found.lines)
    assert found.low <= found.high
    assert (doubled.low - found.low, doubled.high - found.high) == (400, 400)


def test_hole_8_who_asked_for_a_person_and_got_none_is_counted():
    """The rival knows the reason `customer_request` and has no metric for it."""
    asked = {"type": "human.requested", "actor": "customer", "at": 2}
    connection = over([
        *story(opens(0), asked, replies(3), closes(4), contact=1, subject=1, first=100),
        *story(opens(0), asked, {"type": "human.joined", "at": 2 + 10 * MINUTE}, closes(HOUR), contact=2, subject=2, first=200),
    ])  # fmt: skip

    assert [1] == rows_behind(connection, "denied_a_person")
    assert [2] == rows_behind(connection, "reached_a_person_15m")
    assert [] == rows_behind(connection, "reached_a_person_1m")


def test_hole_9_what_happened_before_we_were_installed_counts_too():
    """Every number is worked out from the events anew: a back-filled year is no different from a watched one."""
    year = 365 * DAY
    events = [{**event, "at": event["at"] - year} for event in helped(1)]

    assert [1] == rows_behind(over(events), "quiet")


def test_immature_contacts_leave_every_denominator():
    """The last seven days always look good."""
    connection = over([*helped(1), *[{**event, "at": event["at"] + LATER - DAY} for event in helped(2)]])
    row = value(connection, "quiet")

    assert (row.n, row.immature) == (1, 0.5)
    assert 1 == row_of(connection, "ultimate").n


def test_what_a_contract_may_target_is_named_as_here():
    """One word for one thing."""
    assert {"confirmed", "came_back", "gave_up", "promise_broken", "stayed_resolved", "promises_kept", "reached_a_person", "denied_a_person"} <= set(
        KNOWN
    )


# ---- a rule that claims nothing --------------------------------------------------------------------------------------


@settings(max_examples=tries(25))
@given(worlds())
def test_what_is_lacking_holds_for_no_contact(world):
    """A reason that is wrong sends people to look for events that are there."""
    connection = watched(world)
    for row in recount(connection):
        rule = RULES[row.rule]
        held = {
            each: connection.execute(
                f"SELECT COUNT(*) FROM members AS m JOIN became AS c ON c.contact = m.contact WHERE m.kind = ? AND m.version = '*' "
                f"AND m.segment = '*' AND c.outcome NOT IN ('still_open', 'unknown') AND {PREDICATES[each]}",
                [row.kind],
            ).fetchone()[0]
            for each in rule.when
        }

        assert (() if row.claimed else tuple(each for each in rule.when if not held[each])) == row.lacking


def test_a_rule_that_claims_nothing_says_what_no_event_tells():
    """Zero claims and a bill over nothing looked like a vendor that solves nothing, where the source merely told of no reply."""
    connection = over(story(opens(0), says(MINUTE), closes(HOUR), contact=1, subject=1, first=100, about=1))
    told = " ".join(words(list(recount(connection))))

    assert "would call the one contact not resolved: no event says that automation answered in one." in told
    assert "The bill" not in told


def test_every_condition_of_a_rule_has_words_for_its_lack():
    assert set(PREDICATES) == set(LACKING)
