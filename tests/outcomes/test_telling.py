"""What customers were told and said back: counted where an event says it, and no data where none ever does."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outcomes.streams import streams
from tests.outcomes.tables import DAY, closes, opens, replies, says, story, tables
from tests.tries import tries

from ourword.outcomes.contacts import Asked, watch
from ourword.outcomes.metrics import Group, report, rows_behind
from ourword.outcomes.telling import TELLING

PARTS = ("numerator", "denominator")
LATER = 400 * DAY


def over(events: list[dict[str, Any]], **asked: Any) -> Any:
    connection = tables(events)
    watch(connection, Asked(**{"as_of": LATER, **asked}))
    return connection


def value(connection: Any, metric: str, **group: str) -> Any:
    return next(row for row in report(connection) if row.metric == metric and Group(row.kind, row.version, row.segment) == Group(**group))


def rates(question: str, answer: int, scale: int, at: int | None = 4) -> dict[str, Any]:
    return {"type": "feedback.given", "actor": "customer", "at": at, "question": question, "rating": answer, "scale": scale}


def helped(number: int, *more: dict[str, Any], **same: Any) -> list[dict[str, Any]]:
    return story(says(0), replies(1), closes(3), *more, contact=number, subject=number, first=100 * number, **same)


def decides(answer: str, at: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "decision.made", "at": at, "answer": answer, **more}


# ---- ratings and complaints ------------------------------------------------------------------------------------------


def test_content_is_four_of_five_and_easy_is_five_of_seven():
    """Of those who answered, with how many did beside it."""
    connection = over([
        *helped(1, rates("satisfaction", 4, 5)), *helped(2, rates("satisfaction", 3, 5)), *helped(3, rates("effort", 5, 7)),
        *helped(4, rates("effort", 4, 7)), *helped(5, rates("satisfaction", 1, 1)), *helped(6),
    ])  # fmt: skip

    assert [1, 5] == rows_behind(connection, "satisfaction")
    assert [1, 2, 5] == rows_behind(connection, "satisfaction", part="denominator")
    assert [3] == rows_behind(connection, "effort")
    assert (6, 0.5) == (value(connection, "satisfaction_answered").n, value(connection, "satisfaction_answered").value)


def test_the_last_answer_counts_and_needs_no_time():
    """Customers think again; some ratings come without a clock."""
    connection = over(helped(1, rates("satisfaction", 5, 5), rates("satisfaction", 1, 5, at=None)))

    assert (1, 0.0) == (value(connection, "satisfaction").n, value(connection, "satisfaction").value)


def test_thanks_are_no_rating_and_nobody_asked_is_no_data():
    """Never 0 %, never 100 %."""
    connection = over(helped(1))

    for name in ("satisfaction", "satisfaction_answered", "effort", "effort_answered", "complaints", "told_before_answer"):
        assert (0, None) == (value(connection, name).n, value(connection, name).value)


def test_a_complaint_within_a_contact_follows_it_whoever_the_customer_is():
    """Two contacts of which nobody knows whose they are: the complaint is about the one that it was made in."""
    complaint = {"type": "complaint.made", "at": 2}
    events = [
        *story(says(0), complaint, closes(3), subject=None, contact=1, first=10), *story(says(0), closes(3), subject=None, contact=2, first=20)
    ]  # fmt: skip
    connection = tables(events)
    watch(connection, Asked(as_of=LATER))

    assert [1] == rows_behind(connection, "complaints")


def test_a_complaint_follows_a_contact_wherever_it_is_made():
    """It need not name the contact; after the window it is another story."""
    soon = {"event": 9000, "subject": 1, "contact": None, "source": "mail", "type": "complaint.made", "at": 6 * DAY}
    late = {"event": 9001, "subject": 2, "contact": None, "source": "mail", "type": "complaint.made", "at": 8 * DAY}
    as_contact = story(opens(2 * DAY, kind="complaint"), replies(2 * DAY + 1), closes(2 * DAY + 2), contact=50, subject=3, first=9100)
    connection = over([*helped(1), *helped(2), *helped(3), soon, late, *as_contact])

    assert [1, 3] == rows_behind(connection, "complaints")
    assert [1, 2, 3, 50] == rows_behind(connection, "complaints", part="denominator")


# ---- told ------------------------------------------------------------------------------------------------------------


def test_told_before_the_first_automated_answer_or_in_it():
    """Afterwards is too late."""
    before = story(opens(0, discloses=True), says(1), replies(2), closes(3))
    inside = story(says(0), replies(1, discloses=True), closes(3), contact=2, subject=2, first=200)
    after = story(says(0), replies(1), replies(2, discloses=True), closes(3), contact=3, subject=3, first=300)
    never = story(says(0), replies(1, discloses=False), closes(3), contact=4, subject=4, first=400)
    by_person = story(says(0), replies(1, actor="person"), closes(3), contact=5, subject=5, first=500)
    silent_source = story(says(0), replies(1), closes(3), contact=6, subject=6, first=600, source="mail")
    connection = over([*before, *inside, *after, *never, *by_person, *silent_source])

    assert [1, 2] == rows_behind(connection, "told_before_answer")
    assert [1, 2, 3, 4] == rows_behind(connection, "told_before_answer", part="denominator")


def test_reasons_are_told_of_what_was_refused_or_cut():
    """An allowed refund needs none; where no event ever says `reasons` there is no data."""
    told = story(says(0), decides("refuse", decision="d-1"), replies(2, decision="d-1", reasons=True), closes(3), kind="refund")
    untold = story(says(0), decides("amend", decision="d-2"), replies(2, decision="d-2"), closes(3), kind="refund", contact=2, subject=2, first=200)
    allowed = story(says(0), decides("allow", decision="d-3"), closes(3), contact=3, subject=3, first=300, kind="refund")

    assert ["d-1"] == rows_behind(over([*told, *untold, *allowed]), "reasons_told")
    assert ["d-1", "d-2"] == rows_behind(over([*told, *untold, *allowed]), "reasons_told", Group(kind="refund"), part="denominator")
    assert value(over(untold), "reasons_told").value is None


def test_a_contest_is_answered_by_a_person_or_not_and_upheld_or_not():
    """The right to disagree is worth what becomes of it."""

    def contested(number: int, *more: dict[str, Any]) -> list[dict[str, Any]]:
        name = f"d-{number}"
        against = {"type": "decision.contested", "at": DAY, "actor": "customer"}
        return story(says(0), decides("refuse"), against, *more, contact=number, subject=number, first=100 * number, decision=name, kind="refund")

    changed = {"type": "decision.reviewed", "actor": "person", "at": 2 * DAY, "changed": True}
    upheld_not = {**changed, "changed": False}
    by_machine = {**changed, "actor": "automation"}
    late = {**changed, "at": 30 * DAY}
    quiet = story(says(0), decides("refuse"), contact=9, subject=9, first=900, decision="d-9", kind="refund")
    connection = over([*contested(1, changed), *contested(2, upheld_not), *contested(3, by_machine), *contested(4, late), *quiet])

    assert ["d-1", "d-2", "d-3", "d-4"] == rows_behind(connection, "contested")
    assert 5 == value(connection, "contested").n
    assert ["d-1", "d-2"] == rows_behind(connection, "contests_answered")
    assert ["d-1", "d-4"] == rows_behind(connection, "contests_upheld")
    assert value(over(quiet), "contested").value is None


# ---- laws ------------------------------------------------------------------------------------------------------------


@st.composite
def remarked(draw: st.DrawFn) -> list[dict[str, Any]]:
    events = draw(streams())
    maybe = st.sampled_from([None, None, True, False])
    for event in events:
        event |= {"discloses": draw(maybe), "reasons": draw(maybe)}
        if event["type"] == "decision.made":
            event |= {
                "answer": draw(st.sampled_from(["allow", "refuse", "amend"])),
                "type": draw(st.sampled_from(["decision.made", "decision.contested"])),
            }
        if event["type"] == "action.executed":
            event |= {"type": "feedback.given", **rates("satisfaction", draw(st.integers(0, 5)), 5, event["at"])}
    return events


@settings(max_examples=tries(25))
@given(remarked(), st.integers(0, 30))
def test_every_number_of_telling_opens_its_rows(events, as_of):
    """One predicate for the number and for what stands behind it."""
    connection = over(events, as_of=as_of * DAY, window_days=2)
    for row in report(connection, metrics=TELLING):
        counted, among = (rows_behind(connection, row.metric, Group(row.kind, row.version, row.segment), part=part) for part in PARTS)
        assert row.n == len(among) == len(set(among))
        assert set(counted) <= set(among)
        assert row.value == (len(counted) / len(among) if among else None)


@settings(max_examples=tries(25))
@given(remarked())
def test_a_contact_is_told_if_it_was_said_by_its_first_automated_answer(events):
    """A walk through each contact."""
    told, among = [], []
    heard = {each["source"] for each in events if each["contact"] is not None and each["discloses"] is not None}
    for contact in sorted({each["contact"] for each in events} - {None}):
        talk = [each for each in events if each["contact"] == contact]
        first = next((i for i, each in enumerate(talk) if each["type"] == "message.out" and each["actor"] == "automation"), None)
        if first is not None and talk[first]["source"] in heard:
            among.append(contact)
            told += [contact] if any(each["discloses"] for each in talk[: first + 1]) else []
    connection = over(events, window_days=2)
    unclocked = {row[0] for row in connection.execute("SELECT contact FROM became WHERE outcome = 'unknown'").fetchall()}

    assert rows_behind(connection, "told_before_answer", part="denominator") == [each for each in among if each not in unclocked]
    assert rows_behind(connection, "told_before_answer") == [each for each in told if each not in unclocked]
