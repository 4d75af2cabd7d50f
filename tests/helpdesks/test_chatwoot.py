"""Larkspur through Chatwoot's files: each contact becomes what it is when its events are handed in, but for what Chatwoot has no place for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.helpdesks.desk import Known, became, heard, heard_in, imported
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
    ended_and_not_solved,
    excuses_for_nothing,
    named,
    native,
    who_is,
)

from ourword.demo.exports import chatwoot
from ourword.helpdesks.shape import Answers


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    chatwoot.write(folder, NOW, contacts=CONTACTS)
    return folder


# ---- what Chatwoot has no place for, by name -----------------------------------------------------------------------------


def who_was_deleted(contacts: list[str], *, listed: bool = True) -> Rule:
    """Of an agent who is gone only their first reply is known to be a person's, and not where a machine in an agent's seat replied before.

    The list of conversations knows it; messages alone do not.
    """

    @by_contact
    def rule(mine: list[Event]) -> Iterable[Event]:
        unknown = mine[0]["data"]["contact"] in contacts
        behind = unknown and (not listed or mine[0]["data"]["channel"] == "mail")
        for each in mine:
            if behind and each["type"] == "human.joined":
                continue
            nobody = unknown and each["type"] in ("message.out", "question.asked") and each["data"]["actor"] == "person"
            yield named(each, actor=None) if nobody else each

    return rule


@by_contact
def no_words(mine: list[Event]) -> Iterable[Event]:
    """Neither a list nor a report holds messages or ratings."""
    yield from (each for each in mine if each["type"].partition(".")[0] not in ("message", "question", "feedback"))


def only_that_it_is_resolved(last: dict[str, int]) -> Rule:
    """A list says that it is resolved, and when something last happened: a survey that was sent later moves that; what came before is not there."""

    @by_contact
    def rule(mine: list[Event]) -> Iterable[Event]:
        contact = mine[0]["data"]["contact"]
        turns = [each for each in mine if each["type"] in ("contact.closed", "contact.reopened")]
        resolved = bool(turns) and turns[-1]["type"] == "contact.closed"
        for each in mine:
            if each not in turns:
                yield each
            elif each is turns[-1] and resolved:
                yield {**each, "time": at(last[contact])}

    return rule


def nobody_says_why(some: list[Event]) -> Iterable[Event]:
    """That it was resolved since nobody answered is in its messages alone. Who resolved it mostly too: then that is unknown, and never another."""
    for each in some:
        yield named(each, close_reason=None)


def about_nothing(some: list[Event]) -> Iterable[Event]:
    """What it is about stands in the list of conversations: without it, a new conversation is not known to be about the same issue."""
    for each in some:
        yield named(each, objects=[])


def swept(contacts: list[str], second: int) -> Rule:
    """What lay open for weeks an agent resolved in one go."""

    def rule(some: list[Event]) -> Iterable[Event]:
        yield from some
        first = {each["data"]["contact"]: each for each in reversed(some) if each["type"] == "contact.opened"}
        for contact in first.keys() & contacts:
            told = {"actor": "person", "closed_by": "person", "claimed_resolved": True}
            yield {**named(first[contact], "contact.closed", **told), "id": f"{contact}-999", "time": at(second)}

    return rule


def at(second: int) -> str:
    return NOW.fromtimestamp(second, NOW.tzinfo).isoformat()


def rules_for(files: tuple[str, ...], beside: dict[str, Any]) -> list[Rule]:
    """Everything that these files cannot say, and what an agent did later."""
    later = [swept(beside["swept"], beside["swept_at"]), who_is(beside["merged"])]
    if files == ("messages.jsonl",):
        return [ended_and_not_solved, later[0], about_nothing, who_was_deleted(beside["unknown"], listed=False)]
    if files[0] in ("messages.jsonl", "whole.jsonl"):
        return [ended_and_not_solved, *later, an_account_is_no_order, who_was_deleted(beside["unknown"])]
    if "reporting_events.jsonl" in files:
        return [ended_and_not_solved, *later, an_account_is_no_order, no_words, nobody_says_why]
    return [ended_and_not_solved, *later, an_account_is_no_order, only_that_it_is_resolved(beside["last"]), no_words, nobody_says_why]


def mine(home: Path, beside: dict[str, Any]) -> Known:
    """What became of the conversations that are contacts, by contact."""
    found = became(home, ASKED)
    return {contact: found[f"chatwoot-{conversation}"] for conversation, contact in beside["conversations"].items()}


def answers(beside: dict[str, Any]) -> Answers:
    return Answers(bots=tuple(beside["bots"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [
        pytest.param(("messages.jsonl", "conversations.jsonl", "contacts.jsonl"), id="messages"),
        pytest.param(("messages.jsonl",), id="messages alone"),
        pytest.param(("whole.jsonl",), id="conversations with their messages"),
        pytest.param(("conversations.jsonl", "contacts.jsonl"), id="a list"),
        pytest.param(("conversations.jsonl", "reporting_events.jsonl"), id="a list and reports"),
    ],
)
def test_a_contact_becomes_what_it_is_but_for_what_the_files_cannot_say(
    files: tuple[str, ...], export: Path, beside: dict[str, Any], held: list[Event], tmp_path: Path
) -> None:
    """Outcome, who handled it and what was claimed, contact by contact; every difference has a name above."""
    told = imported(tmp_path / "chatwoot", [export / name for name in files], answers(beside), now=NANOS)
    found = mine(tmp_path / "chatwoot", beside)

    rules = rules_for(files, beside)
    assert {} == apart(native(tmp_path / "native", held, rules), found)
    assert [] == excuses_for_nothing(tmp_path, held, rules, found)
    assert {name: beside["unreadable"].get(name, 0) for name in files} == {name: each.skipped for name, each in told.items()}
    assert 0 == sum(each.events["conflicting"] for each in told.values())


@pytest.mark.slow
def test_every_file_together_says_what_the_richest_says(export: Path, beside: dict[str, Any], tmp_path: Path) -> None:
    """The same conversation in five files is one; what has less in it adds nothing and contradicts nothing. A rating comes once."""
    whole = ("messages.jsonl", "conversations.jsonl", "contacts.jsonl", "ratings.jsonl")
    imported(tmp_path / "whole", [export / name for name in whole], answers(beside), now=NANOS)
    every = (*whole, "whole.jsonl", "reporting_events.jsonl", "csat_report.csv")
    told = imported(tmp_path / "every", [export / name for name in every], answers(beside), now=NANOS)

    assert heard_in(tmp_path / "whole") == heard_in(tmp_path / "every")
    assert 0 == sum(each.events["conflicting"] for each in told.values())


@pytest.mark.slow
def test_a_second_import_adds_nothing(export: Path, beside: dict[str, Any], tmp_path: Path) -> None:
    """Whoever imports an export again, or one that overlaps, counts nobody twice."""
    files = [export / name for name in ("messages.jsonl", "conversations.jsonl", "reporting_events.jsonl", "csat_report.csv")]
    first = imported(tmp_path / "home", files, answers(beside), now=NANOS)
    again = imported(tmp_path / "home", files, answers(beside), now=NANOS)

    assert dict.fromkeys(again, 0) == {name: each.events["new"] + each.events["conflicting"] for name, each in again.items()}
    assert {name: each.events["new"] for name, each in first.items()} == {name: each.events["known"] for name, each in again.items()}


@pytest.mark.slow
@pytest.mark.parametrize("file", ["ratings.jsonl", "csat_report.csv", "messages.jsonl"])
def test_every_rating_is_told_whichever_file_tells_it(file: str, export: Path, beside: dict[str, Any], held: list[Event], tmp_path: Path) -> None:
    """As responses, as the report in CSV, or on the survey in the conversation."""
    imported(tmp_path / "home", [export / name for name in (file, "conversations.jsonl")], answers(beside), now=NANOS)
    given = [(beside["conversations"][each["contact"].removeprefix("chatwoot-")], each["answer"]) for each in rated_in(tmp_path / "home")]

    assert sorted(given) == sorted((each["data"]["contact"], each["data"]["answer"]) for each in held if each["type"] == "feedback.given")


def rated_in(home: Path) -> list[dict[str, Any]]:
    return [each for each in heard(home) if each["type"] == "feedback.given"]
