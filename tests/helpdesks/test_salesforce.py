"""Larkspur through Salesforce's files: each contact becomes what it is when its events are handed in, but for what Salesforce has no place for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
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
    named,
    native,
    who_is,
)

from ourword.demo.exports import salesforce
from ourword.helpdesks.shape import Answers

CASES = ("CaseHistory.csv", "Case.csv", "User.csv", "Contact.csv")
WHOLE = ("EmailMessage.csv", "CaseComment.csv", "ConversationEntry.csv", "MessagingSession.csv", *CASES)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    salesforce.write(folder, NOW, contacts=CONTACTS)
    return folder


# ---- what Salesforce has no place for, by name ---------------------------------------------------------------------------


@by_contact
def no_words(mine: list[Event]) -> Iterable[Event]:
    """Neither cases nor their history hold messages or ratings."""
    yield from (each for each in mine if each["type"].partition(".")[0] not in ("message", "question", "feedback"))


def nobody_says_why(some: list[Event]) -> Iterable[Event]:
    """Why it was closed is in no field: neither that its customer had said yes, nor that nobody had answered, nor that they had left."""
    for each in some:
        yield named(each, close_reason=None)


def nobody_sees_who_leaves(some: list[Event]) -> Iterable[Event]:
    """A chat that its customer left is closed by a flow, as not solved: that they left is in no field."""
    for each in some:
        left = each["type"] == "contact.closed" and each["data"]["close_reason"] == "left"
        yield named(each, close_reason=None) if left else each


def second(event: Event) -> int:
    return int(datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp())


def before_it_was_kept(start: int) -> Rule:
    """What changed before the history was switched on: of that only a close that still stands is known, from the case, and nobody knows by whom."""

    @by_contact
    def rule(mine: list[Event]) -> Iterable[Event]:
        turns = [each for each in mine if each["type"] in ("contact.closed", "contact.reopened")]
        for each in mine:
            early = "time" in each and second(each) < start
            if not early or each["type"].partition(".")[0] not in ("human", "contact") or each["type"] == "contact.opened":
                yield each
            elif each is turns[-1:][0] if turns else False:
                yield named(each, closed_by=None, actor=None)

    return rule


@by_contact
def only_as_it_stands(mine: list[Event]) -> Iterable[Event]:
    """A case alone says since when it is closed: not by whom, nor that it was closed and opened before, nor who had it on their desk."""
    turns = [each for each in mine if each["type"] in ("contact.closed", "contact.reopened")]
    for each in mine:
        if each["type"] == "contact.opened" or (turns and each is turns[-1] and each["type"] == "contact.closed"):
            yield named(each, closed_by=None, actor=None) if each["type"] == "contact.closed" else each


def rules_for(files: tuple[str, ...], beside: dict[str, Any]) -> list[Rule]:
    """Everything that these files cannot say."""
    people = [who_is(beside["merged"]), who_is(dict.fromkeys(beside["gone"], ""))]
    if "CaseHistory.csv" not in files:
        return [an_account_is_no_order, *people, nobody_says_why, only_as_it_stands]
    if "EmailMessage.csv" in files:
        return [an_account_is_no_order, *people, nobody_sees_who_leaves]  # what was said tells what the history had not begun to keep
    return [an_account_is_no_order, *people, no_words, nobody_says_why, before_it_was_kept(beside["kept_from"])]


def mine(home: Path, beside: dict[str, Any]) -> Known:
    """What became of the cases that are contacts, by contact."""
    found = became(home, ASKED)
    return {contact: found[f"salesforce-{case}"] for case, contact in beside["cases"].items()}


def answers(beside: dict[str, Any]) -> Answers:
    return Answers(bots=tuple(beside["bots"]), solved=("closed",))


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [
        pytest.param(WHOLE, id="with all that was said"),
        pytest.param(CASES, id="cases and their history"),
        pytest.param(("CaseHistory.csv", "Case.csv", "Contact.csv"), id="without the users"),
        pytest.param(("Case.csv", "Contact.csv"), id="cases as they stand"),
    ],
)
def test_a_contact_becomes_what_it_is_but_for_what_the_files_cannot_say(
    files: tuple[str, ...], export: Path, beside: dict[str, Any], held: list[Event], tmp_path: Path
) -> None:
    """Outcome, who handled it and what was claimed, contact by contact; every difference has a name above."""
    told = imported(tmp_path / "salesforce", [export / name for name in files], answers(beside), now=NANOS)
    found = mine(tmp_path / "salesforce", beside)

    rules = rules_for(files, beside)
    assert {} == apart(native(tmp_path / "native", held, rules), found)
    assert [] == excuses_for_nothing(tmp_path, held, rules, found)
    assert {name: beside["unreadable"].get(name, 0) for name in files} == {name: each.skipped for name, each in told.items()}
    assert 0 == sum(each.events["conflicting"] for each in told.values())


@pytest.mark.slow
def test_files_in_any_order_say_the_same(export: Path, beside: dict[str, Any], tmp_path: Path) -> None:
    """Nothing hangs on which file came first, and a second import adds nothing."""
    files = [export / name for name in WHOLE]
    first = imported(tmp_path / "one", files, answers(beside), now=NANOS)
    imported(tmp_path / "two", files[::-1], answers(beside), now=NANOS, ranked=False)
    again = imported(tmp_path / "one", files, answers(beside), now=NANOS)

    assert heard_in(tmp_path / "one") == heard_in(tmp_path / "two")
    assert dict.fromkeys(again, 0) == {name: each.events["new"] + each.events["conflicting"] for name, each in again.items()}
    assert {name: each.events["new"] for name, each in first.items()} == {name: each.events["known"] for name, each in again.items()}
