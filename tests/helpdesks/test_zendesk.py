"""Larkspur through Zendesk's files: each contact becomes what it is when its events are handed in, but for what Zendesk has no place for."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.helpdesks.desk import Known, became, handed_in, heard, imported, rows_in

from ourword.demo import exports
from ourword.demo.company import events
from ourword.demo.exports import zendesk
from ourword.demo.exports.zendesk_rows import name_of
from ourword.helpdesks.shape import Answers
from ourword.outcomes.contacts import Asked

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CONTACTS = 1_500
ASKED = Asked(as_of=int(NOW.timestamp()) * 10**6)
NANOS = int(NOW.timestamp()) * 10**9
HISTORY = ("audits.jsonl", "tickets.jsonl", "users.jsonl", "ticket_fields.json", "ratings.json")
HELD = (
    *("contact.opened", "contact.closed", "contact.reopened", "message.in", "message.out", "question.asked", "question.answered"),
    *("human.queued", "human.joined", "feedback.given"),
)
"""What a helpdesk can hold: no decision, no promise, no act of another system, and nobody who is one with somebody else."""

Event = dict[str, Any]
Rule = Callable[[list[Event]], Iterable[Event]]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    zendesk.write(folder, NOW, contacts=CONTACTS)
    return folder


@pytest.fixture(scope="module")
def beside(export: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((export / "truth.json").read_text())
    return found


@pytest.fixture(scope="module")
def answers(beside: dict[str, Any]) -> Answers:
    return Answers(bots=(*beside["bots"], "name:Larkspur Assistant"), zone=beside["zone"])


@pytest.fixture(scope="module")
def held() -> list[Event]:
    return [each for each in events(NOW, contacts=CONTACTS) if each["type"] in HELD]


# ---- what Zendesk has no place for, by name ------------------------------------------------------------------------------


def by_contact(rule: Rule) -> Rule:
    """Apply a rule to each contact's events, in the order of time."""

    def applied(some: list[Event]) -> Iterable[Event]:
        found: dict[str, list[Event]] = {}
        for each in some:
            found.setdefault(each["data"]["contact"], []).append(each)
        for mine in found.values():
            yield from rule(sorted(mine, key=lambda each: (each.get("time", "9"), int(each["id"].rpartition("-")[2]))))

    return applied


def named(event: Event, type_: str = "", **data: Any) -> Event:
    return {**event, "type": type_ or event["type"], "data": {**event["data"], **data}}


@by_contact
def ended_and_not_solved(mine: list[Event]) -> Iterable[Event]:
    """A contact that ends without being called resolved just stays pending: nobody sees that it ended, nor that a customer left it."""
    closed = False
    for each in mine:
        if each["type"] == "contact.closed":
            closed = closed or each["data"]["claimed_resolved"]
            if not each["data"]["claimed_resolved"]:
                continue
        if each["type"] != "contact.reopened" or closed:
            yield each


def an_account_is_no_order(some: list[Event]) -> Iterable[Event]:
    """Only a field that is called an order is an object; two contacts about one account are not known to be the same issue."""
    for each in some:
        yield named(each, objects=[thing for thing in each["data"].get("objects", ()) if thing["type"] == "order"])


@by_contact
def no_words(mine: list[Event]) -> Iterable[Event]:
    """A ticket as it is now holds no conversation; of one that is not solved, only when something was last said."""
    said = [each for each in mine if each["type"].partition(".")[0] in ("message", "question")]
    solved = any(each["type"] == "contact.closed" for each in mine)
    for each in mine:
        if each not in said:
            yield each
        elif each is said[-1] and not solved:
            yield named(each, "ticket.updated")


@by_contact
def only_the_last_close(mine: list[Event]) -> Iterable[Event]:
    """A ticket says when it was solved last; that it was opened again in between is a number without a time."""
    closes = [each for each in mine if each["type"] == "contact.closed"]
    yield from (each for each in mine if each["type"] != "contact.reopened" and (each not in closes or each is closes[-1]))


def nobody_closed_it(some: list[Event]) -> Iterable[Event]:
    """Who solved it, and whether a timer did, is in its history alone."""
    for each in some:
        yield {**each, "data": {key: value for key, value in each["data"].items() if key not in ("closed_by", "close_reason")}}


def a_name_for_an_id(some: list[Event]) -> Iterable[Event]:
    """A view shows names: whoever comes under two ids is one, and two who share a name are one."""
    for each in some:
        subject = each.get("subject", "")
        yield {**each, "subject": f"customer:{name_of(subject.removeprefix('customer:'))}"} if subject else each


def nobody_who_was_deleted(gone: list[str]) -> Rule:
    """All who were deleted have one name in a view: it names nobody, and nobody's contacts are one issue."""
    whose = {f"customer:{each}" for each in gone}
    return lambda some: [{key: value for key, value in each.items() if key != "subject" or value not in whose} for each in some]


def to_the_minute(some: list[Event]) -> Iterable[Event]:
    """A view's times are local, to the minute; the hour that comes twice in autumn is taken for the first."""
    zone = ZoneInfo(zendesk.ZONE)
    for each in some:
        if "time" in each:
            local = datetime.fromisoformat(each["time"].replace("Z", "+00:00")).astimezone(zone).replace(second=0, tzinfo=None)
            each = {**each, "time": local.replace(tzinfo=zone).astimezone(UTC).isoformat().replace("+00:00", "Z")}
        yield each


OF_HISTORY: tuple[Rule, ...] = (ended_and_not_solved, an_account_is_no_order)
OF_TICKETS: tuple[Rule, ...] = (*OF_HISTORY, no_words, only_the_last_close, nobody_closed_it)
OF_A_VIEW: tuple[Rule, ...] = (*OF_TICKETS, a_name_for_an_id, to_the_minute)
"""And, before them, `nobody_who_was_deleted`."""


def native(home: Path, some: list[Event], rules: Iterable[Rule] = ()) -> Known:
    for rule in rules:
        some = list(rule(some))
    handed_in(home, some, NANOS)
    return became(home, ASKED)


def mine(home: Path, beside: dict[str, Any]) -> Known:
    """What became of the tickets that are contacts, by contact."""
    found = became(home, ASKED)
    return {contact: found[f"zendesk-{ticket}"] for ticket, contact in beside["tickets"].items()}


def apart(left: Known, right: Known) -> dict[str, Any]:
    return {contact: (left.get(contact), right.get(contact)) for contact in {*left, *right} if left.get(contact) != right.get(contact)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "rules"),
    [
        pytest.param(HISTORY, OF_HISTORY, id="history"),
        pytest.param(("ticket_events.jsonl", "tickets.jsonl", "users.jsonl", "ticket_fields.json"), OF_HISTORY, id="ticket events"),
        pytest.param(("audits.jsonl", "ticket_fields.json"), OF_HISTORY, id="audits alone"),
        pytest.param(("tickets.jsonl", "users.jsonl", "ticket_fields.json"), OF_TICKETS, id="tickets alone"),
        pytest.param(("view.csv",), OF_A_VIEW, id="a view"),
    ],
)
def test_a_contact_becomes_what_it_is_but_for_what_the_files_cannot_say(
    files: tuple[str, ...], rules: tuple[Rule, ...], export: Path, beside: dict[str, Any], answers: Answers, held: list[Event], tmp_path: Path
) -> None:
    """Outcome, who handled it and what was claimed, contact by contact; every difference has a name above."""
    told = imported(tmp_path / "zendesk", [export / name for name in files], answers, now=NANOS)
    found = mine(tmp_path / "zendesk", beside)
    rules = (nobody_who_was_deleted(beside["gone"]), *rules) if files == ("view.csv",) else rules

    assert {} == apart(native(tmp_path / "native", held, rules), found)
    assert {name: beside["unreadable"].get(name, 0) for name in files} == {name: each.skipped for name, each in told.items()}
    assert 0 == sum(each.events["conflicting"] for each in told.values())
