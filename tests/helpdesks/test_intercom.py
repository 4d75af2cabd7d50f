"""Larkspur through Intercom's files: each contact becomes what it is when its events are handed in, but for what Intercom has no place for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpdesks.anything import any_json, bent, keys_in, samples, withstood
from tests.helpdesks.desk import Known, became, heard_in, imported
from tests.helpdesks.rules import (
    ASKED,
    CONTACTS,
    NANOS,
    NOW,
    Event,
    Rule,
    an_account_is_no_order,
    apart,
    by_contact,
    excuses_for_nothing,
    in_local_time,
    named,
    native,
    who_is,
)
from tests.tries import tries

from ourword.core.event import Event as CoreEvent
from ourword.demo.exports import intercom
from ourword.helpdesks.intercom import SHAPES
from ourword.helpdesks.intercom.parts import CLAIMS
from ourword.helpdesks.known import recognised
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.way import ByShape, look_at

WHOLE = ("conversations.jsonl", "contacts.jsonl", "admins.json")
LIST = ("list.jsonl", "contacts.jsonl", "admins.json")
BY_MACHINE = ("automation", "timer")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    intercom.write(folder, NOW, contacts=CONTACTS)
    return folder


# ---- what Intercom has no place for, by name -----------------------------------------------------------------------------


@by_contact
def nobody_sees_who_left(mine: list[Event]) -> Iterable[Event]:
    """A customer who leaves a chat just says nothing more, until a timer closes it."""
    for each in mine:
        left = each["type"] == "contact.closed" and each["data"]["closed_by"] == "customer"
        yield named(each, closed_by="timer", close_reason=None, claimed_resolved=False) if left else each


def only_fin_calls_it_resolved(also_closed: bool) -> Rule:
    """A teammate's close is a close, and a machine in a teammate's seat is no Fin; unless the company says that closed is solved.

    Even then a conversation that Fin calls abandoned, or not helpful, is not called resolved by being closed.
    """

    @by_contact
    def rule(mine: list[Event]) -> Iterable[Event]:
        closes = [each for each in mine if each["type"] == "contact.closed"]
        fin = mine[0]["data"]["channel"] != "mail"
        joined = any(each["type"] == "human.queued" for each in mine)
        open_again = any(each["type"] == "contact.reopened" and each["time"] > closes[-1]["time"] for each in mine) if closes else True
        for each in mine:
            if each["type"] != "contact.closed":
                yield each
                continue
            told, last = each["data"], each is closes[-1] and not open_again
            claimed = fin and told["closed_by"] in BY_MACHINE and told["claimed_resolved"]
            handed = not fin or (joined and not claimed) or told["closed_by"] == "person"
            yield named(each, claimed_resolved=last and (claimed or (also_closed and handed)))

    return rule


def swept(contacts: list[str], at: int) -> Rule:
    """What lay open for weeks was closed by a teammate in one go."""

    def applied(some: list[Event]) -> Iterable[Event]:
        yield from some
        first = {each["data"]["contact"]: each for each in reversed(some) if each["type"] == "contact.opened"}
        for contact in first.keys() & contacts:
            told = {"closed_by": "person", "claimed_resolved": False}
            yield {**named(first[contact], "contact.closed", **told), "id": f"{contact}-999", "time": NOW.fromtimestamp(at, NOW.tzinfo).isoformat()}

    return applied


@by_contact
def no_words(mine: list[Event]) -> Iterable[Event]:
    """A list holds no conversation: of one that is not closed, only when something last happened; of a person, only that one wrote."""
    said = [each for each in mine if each["type"].partition(".")[0] in ("message", "question")]
    closed = any(each["type"] == "contact.closed" for each in mine)
    for each in mine:
        if each not in said:
            yield each
        elif each is said[-1] and not closed:
            yield named(each, "conversation.updated")


@by_contact
def no_reopening(mine: list[Event]) -> Iterable[Event]:
    """That it was opened again is a number without a time; of its closes, the first and the last are told."""
    closes = [each for each in mine if each["type"] == "contact.closed"]
    yield from (each for each in mine if each["type"] != "contact.reopened" and (each not in closes or each in (closes[0], closes[-1])))


def nobody_closed_it(some: list[Event]) -> Iterable[Event]:
    """Which machine closed it, and whether for silence, is in the parts alone."""
    for each in some:
        yield named(each, closed_by=None, close_reason=None)


@by_contact
def who_replied_first(mine: list[Event]) -> Iterable[Event]:
    """A report names only who replied first: a person who came after a machine in a teammate's seat is not seen."""
    mail = mine[0]["data"]["channel"] == "mail"
    wrote = [each for each in mine if each["type"] in ("message.out", "question.asked")]
    behind = mail and bool(wrote) and wrote[0]["data"]["actor"] == "automation"
    for each in mine:
        unseen = behind and (each["type"] == "human.joined" or (each in wrote and each["data"]["actor"] == "person"))
        yield named(each, "human.seen" if each["type"] == "human.joined" else "", actor=None) if unseen else each


def gone_and_merged(beside: dict[str, Any]) -> Rule:
    """Who was deleted is nobody; a lead who was merged is the user that they became."""
    return who_is({**beside["merged"], **dict.fromkeys(beside["gone"], "")})


def as_conversations_show(beside: dict[str, Any]) -> Rule:
    """Without the file of contacts, only a conversation's own list says who a merged lead is now."""
    known = gone_and_merged({"merged": {}, "gone": beside["gone"]})

    def applied(some: list[Event]) -> Iterable[Event]:
        for each in known(some):
            now = beside["shown"].get(each["data"]["contact"])
            yield {**each, "subject": f"customer:{now}"} if now else each

    return applied


def rules_for(files: tuple[str, ...], beside: dict[str, Any], *, also_closed: bool = False) -> list[Rule]:
    """Everything that these files cannot say."""
    found: list[Rule] = [who_replied_first] if "csv" in files[0] else []
    found += [nobody_sees_who_left, only_fin_calls_it_resolved(also_closed), swept(beside["swept"], beside["swept_at"]), an_account_is_no_order]
    if files[0] != "conversations.jsonl":
        found += [no_words, no_reopening, nobody_closed_it]
    found.append(gone_and_merged(beside) if "contacts.jsonl" in files else as_conversations_show(beside))
    return [*found, in_local_time(beside["zone"])] if "csv" in files[0] else found


def mine(home: Path, beside: dict[str, Any]) -> Known:
    """What became of the conversations that are contacts, by contact."""
    found = became(home, ASKED)
    return {contact: found[f"intercom-{conversation}"] for conversation, contact in beside["conversations"].items()}


def answers(beside: dict[str, Any], *, also_closed: bool = False) -> Answers:
    return Answers(bots=tuple(beside["bots"]), solved=(*CLAIMS, "closed") if also_closed else (), zone=beside["zone"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "also_closed"),
    [
        pytest.param(WHOLE, False, id="whole"),
        pytest.param(WHOLE, True, id="whole, and closed is solved"),
        pytest.param(WHOLE[:1], False, id="conversations alone"),
        pytest.param(LIST, False, id="a list"),
        pytest.param(("report.csv",), False, id="a report"),
        pytest.param(("reporting_export.csv",), True, id="the reporting export"),
    ],
)
def test_a_contact_becomes_what_it_is_but_for_what_the_files_cannot_say(
    files: tuple[str, ...], also_closed: bool, export: Path, beside: dict[str, Any], held: list[Event], tmp_path: Path
) -> None:
    """Outcome, who handled it and what was claimed, contact by contact; every difference has a name above."""
    told = imported(tmp_path / "intercom", [export / name for name in files], answers(beside, also_closed=also_closed), now=NANOS)
    found = mine(tmp_path / "intercom", beside)

    rules = rules_for(files, beside, also_closed=also_closed)
    differing = apart(native(tmp_path / "native", held, rules), found)
    if "csv" in files[0]:  # a report names who replied first: a person who only closed behind a machine is not seen, in one contact here
        assert {("person", "automation")} >= {(ours[1], theirs[1]) for ours, theirs in differing.values()}
        assert len(differing) <= 1
        assert all((ours[0], ours[2]) == (theirs[0], theirs[2]) for ours, theirs in differing.values())
    else:
        assert {} == differing
    if files[0] == "conversations.jsonl":
        assert [] == excuses_for_nothing(tmp_path, held, rules, found)
    assert {name: beside["unreadable"].get(name, 0) for name in files} == {name: each.skipped for name, each in told.items()}
    assert 0 == sum(each.events["conflicting"] for each in told.values())


@pytest.mark.slow
def test_every_file_together_says_what_the_richest_says(export: Path, beside: dict[str, Any], tmp_path: Path) -> None:
    """The same conversation in three files is one; a copy that is older or has no parts adds nothing and contradicts nothing."""
    every = (*WHOLE, "list.jsonl", "report.csv")
    imported(tmp_path / "whole", [export / name for name in WHOLE], answers(beside), now=NANOS)
    told = imported(tmp_path / "every", [export / name for name in reversed(every)], answers(beside), now=NANOS, ranked=False)

    assert heard_in(tmp_path / "whole") == heard_in(tmp_path / "every")
    assert 0 == sum(each.events["conflicting"] for each in told.values())


@pytest.mark.slow
def test_a_second_import_adds_nothing(export: Path, beside: dict[str, Any], tmp_path: Path) -> None:
    """Whoever imports an export again, or one that overlaps, counts nobody twice."""
    files = [export / name for name in (*WHOLE, "report.csv", "ratings.csv")]
    first = imported(tmp_path / "home", files, answers(beside), now=NANOS)
    again = imported(tmp_path / "home", files, answers(beside), now=NANOS)

    assert dict.fromkeys(again, 0) == {name: each.events["new"] + each.events["conflicting"] for name, each in again.items()}
    assert {name: each.events["new"] for name, each in first.items()} == {name: each.events["known"] for name, each in again.items()}


# ---- one conversation ----------------------------------------------------------------------------------------------------

FIN = {"type": "bot", "id": "9", "name": "Fin", "from_ai_agent": True}
JO = {"type": "admin", "id": "7", "name": "Jo"}
ANN = {"type": "user", "id": "c-1", "email": "ann@mail.example"}
AT = 1_795_000_000


def part(after: int, kind: str, author: dict[str, Any], words: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "conversation_part", "id": str(100 + after), "part_type": kind, "created_at": AT + after, "author": author, "body": words, **more}


def conversation(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    source = {"type": "conversation", "delivered_as": "customer_initiated", "id": "5", "author": ANN, "body": "<p>Where is it?</p>"}
    made = {"type": "conversation", "id": "71", "created_at": AT, "updated_at": AT + 900, "state": "open", "source": source}
    listed = {"contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "c-1"}]}}
    return {**made, **listed, "conversation_parts": {"conversation_parts": list(parts), "total_count": len(parts)}, **more}


def told(row: dict[str, Any], given: Answers = Answers()) -> list[dict[str, Any]]:  # noqa: B008
    look, shape = Look(), recognised(row, "any.jsonl")
    assert shape is not None
    look_at(shape, iter([row]), look)
    reader = ByShape(shape, given, look).reader(place="any", now=None)
    return [{"type": each.type, "subject": each.subject, **each.data} for each in reader.take(row, 1) if isinstance(each, CoreEvent)]


def types(found: list[dict[str, Any]]) -> list[str]:
    return [each["type"] for each in found]


def resolved(state: str) -> dict[str, Any]:
    return {"state": "closed", "ai_agent_participated": True, "ai_agent": {"source_type": "workflow", "resolution_state": state}}


def test_fins_button_is_the_customers_word() -> None:
    """Whoever presses "That helped" says so; whoever presses the other one says that it did not."""
    options = {"quick_reply_options": [{"text": "That helped 👍", "uuid": "a"}, {"text": "Get more help", "uuid": "b"}]}
    answer = part(5, "comment", FIN, "<p>It is on its way.</p>", metadata=options)
    for label, said in (("That helped 👍", "yes"), ("Get more help", "no")):
        found = told(conversation(answer, part(9, "quick_reply", ANN, f"<p>{label}</p>", metadata={"quick_reply_uuid": "a"})))

        assert [said] == [each["said"] for each in found if each["type"] == "question.answered"]
        assert ["contact.opened", "message.in", "message.out", "question.asked", "question.answered"] == types(found)


def test_what_fin_calls_confirmed_is_a_claim_and_no_yes() -> None:
    """By Intercom's own words "OK, thanks" confirms; politeness is no answer to a question that nobody asked."""
    parts = part(5, "comment", FIN, "It is on its way."), part(9, "comment", ANN, "OK, thanks"), part(60, "close", FIN)
    found = told(conversation(*parts, **resolved("confirmed_resolution")))

    assert [True] == [each["claimed_resolved"] for each in found if each["type"] == "contact.closed"]
    assert "question.answered" not in types(found)


def test_what_fin_assumes_was_closed_by_silence() -> None:
    """An assumed resolution is a claim; the customer said nothing, and a timer closed."""
    found = told(conversation(part(5, "comment", FIN, "Is there anything else?"), part(600, "close", FIN), **resolved("assumed_resolution")))

    assert [("timer", "no_reply", True)] == [
        (each["closed_by"], each["close_reason"], each["claimed_resolved"]) for each in found if each["type"] == "contact.closed"
    ]


def test_whoever_closes_within_five_minutes_did_not_wait() -> None:
    """Nobody failed to answer a question that was closed behind at once."""
    question = part(5, "comment", JO, "Which order is it?")
    reasons = [told(conversation(question, part(after, "close", JO), state="closed"))[-1].get("close_reason") for after in (304, 305)]

    assert [None, "no_reply"] == reasons


@pytest.mark.parametrize(
    ("before", "author", "by"),
    [
        pytest.param([], JO, "person", id="a teammate"),
        pytest.param([], FIN, "automation", id="fin"),
        pytest.param([], ANN, "customer", id="the customer"),
        pytest.param([part(290, "user_became_idle", FIN)], FIN, "timer", id="nobody answered"),
        pytest.param([part(299, "operator_workflow_event", FIN)], FIN, "rule", id="a workflow"),
    ],
)
def test_who_closed_it_is_told_by_the_parts(before: list[dict[str, Any]], author: dict[str, Any], by: str) -> None:
    """A timer's close is nobody's decision, and a person's is."""
    found = told(conversation(part(5, "comment", FIN, "It is on its way."), *before, part(300, "close", author), state="closed"))

    assert [by] == [each["closed_by"] for each in found if each["type"] == "contact.closed"]


def test_notes_and_requests_for_a_rating_are_said_to_nobody() -> None:
    """What the customer never sees is no answer to them."""
    silent = ("note", "note_and_reopen", "conversation_attribute_updated_by_admin", "custom_action_started", "participant_added")
    parts = [part(5 + number, kind, JO, "Did this solve it? Yes.") for number, kind in enumerate(silent)]
    found = told(conversation(*parts, part(40, "comment", FIN, "<p>[Conversation Rating Request]</p>")))

    assert ["contact.opened", "message.in"] == types(found)


def test_a_customer_who_writes_again_opens_it_again() -> None:
    """With a part that says so, or without."""
    for kind in ("open", "comment"):
        found = told(conversation(part(5, "comment", JO, "Done."), part(50, "close", JO), part(90, kind, ANN, "It is not."), state="open"))

        assert ["contact.opened", "message.in", "message.out", "contact.closed", "contact.reopened", "message.in"] == types(found)
        assert "claimed_resolved" not in found[3]


def test_a_machine_in_a_teammates_seat_is_a_machine() -> None:
    """What a company answers about its bots holds, whatever the file calls them; then a person joins."""
    seat = {"type": "admin", "id": "8", "name": "Helper"}
    found = told(conversation(part(5, "comment", seat, "Done."), part(50, "comment", JO, "Jo here.")), Answers(bots=("8",)))

    assert ["automation", "person", "person"] == [each["actor"] for each in found if each["type"] in ("message.out", "human.joined")]
    assert "human.joined" in types(found)


def test_what_is_handed_over_waits_for_a_person() -> None:
    """Fin says so by an assignment, or only by its state."""
    answer = part(5, "comment", FIN, "Let me get somebody.")
    by_part = conversation(answer, part(6, "assignment", FIN, assigned_to={"type": "team", "id": "3"}))
    by_state = conversation(answer, **{**resolved("escalated"), "state": "open"})

    assert [["human.queued"]] * 2 == [[each for each in types(told(row)) if each == "human.queued"] for row in (by_part, by_state)]


def test_nobodys_contacts_are_left_out() -> None:
    """A message of ours that nobody answered, and a preview of Fin, are no customer's approach."""
    ours = {"type": "conversation", "delivered_as": "automated", "id": "5", "author": JO, "body": "News!"}
    preview = {"ai_agent": {"source_type": "fin_preview", "resolution_state": "assumed_resolution"}}

    assert [] == told(conversation(source=ours))
    assert [] == told(conversation(part(5, "comment", FIN, "Hi"), **preview))
    assert "contact.opened" in types(told(conversation(part(5, "comment", ANN, "Tell me more"), source=ours)))


def test_who_was_deleted_is_nobody() -> None:
    """A conversation without a customer is still a contact; whose it is, nobody knows."""
    row = conversation(part(5, "comment", {"type": "user", "id": None}, "Hello?"), contacts={"contacts": []})
    row["source"] = {**row["source"], "author": {"type": "user", "id": None}}

    assert {""} == {each["subject"] for each in told(row)}
    assert ["contact.opened", "message.in", "message.in"] == types(told(row))


def test_a_rating_is_kept_once() -> None:
    """Fin's rating and the conversation's are one where they are the same."""
    rating = {"rating": 4, "created_at": AT + 700, "updated_at": AT + 700}
    same = told(conversation(conversation_rating=rating, ai_agent=rating))
    other = told(conversation(conversation_rating=rating, ai_agent={**rating, "rating": 2, "updated_at": AT + 800}))

    assert [4] == [each["answer"] for each in same if each["type"] == "feedback.given"]
    assert [4, 2] == [each["answer"] for each in other if each["type"] == "feedback.given"]


def test_a_zone_is_read_from_the_columns_name() -> None:
    """A report's times are local, and its columns say where."""
    row = {"Conversation ID": "71", "Conversation started at (America/New_York)": "2026-11-09 10:22:00", "Current conversation state": "Open"}
    shape = recognised(row, "report.csv")
    assert shape is not None
    first = next(iter(ByShape(shape, Answers(zone="Europe/Berlin"), Look()).reader(place="any", now=None).take(row, 2)))

    assert isinstance(first, CoreEvent)
    assert 1794237720 * 10**9 == first.instant


# ---- anything ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("small")
    intercom.write(folder, NOW, contacts=60)
    return samples(folder, (*WHOLE[:2], "list.jsonl", "report.csv", "reporting_export.csv", "ratings.csv"))


@settings(max_examples=tries(200), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_no_row_is_ever_a_fault_of_ours(data: st.DataObject, rows: list[Any]) -> None:
    """Whatever stands in a file, each thing in it is an event that can be kept, or is skipped with its place and a hint."""
    anything = any_json({key for row in rows for key in keys_in(row)})
    row = data.draw(st.one_of(anything, st.just(None)))
    if row is None:
        row = bent(data.draw(st.sampled_from(rows)), data.draw, anything)
    withstood(row, SHAPES, Answers(bots=("9000001",), customer="address", tests=("@mail.example",), zone="nowhere"))


def test_a_number_that_nobody_can_print_is_skipped() -> None:
    """JSON may hold one, and Python refuses to write it down."""
    withstood(conversation(conversation_rating={"rating": 10**5_000}, id=10**5_000, created_at=10**5_000), SHAPES, Answers())
    withstood(conversation(part(5, "close", JO), conversation_rating={"rating": 10**5_000}), SHAPES, Answers())
