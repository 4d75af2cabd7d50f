"""Larkspur through Zendesk's files: each contact becomes what it is when its events are handed in, but for what Zendesk has no place for."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.helpdesks.desk import Known, became, handed_in, heard, imported, rows_in
from tests.helpdesks.rules import an_account_is_no_order, apart, by_contact, ended_and_not_solved, named

from ourword.core.event import event_from_mapping
from ourword.demo import exports
from ourword.demo.company import events
from ourword.demo.exports import zendesk
from ourword.demo.exports.__main__ import main
from ourword.demo.exports.zendesk_rows import name_of
from ourword.figures.settling import events_of
from ourword.helpdesks.ladder import ladder
from ourword.helpdesks.shape import REACHED, Answers
from ourword.outcomes.contacts import Asked
from ourword.outcomes.promised_words import said_in
from ourword.starting.seen import seen_in
from ourword.stores.home import open_home
from ourword.stores.importing import Imported

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


# ---- what Zendesk has no place for, by name ------------------------------------------------------------------------------


@by_contact
def no_words(mine: list[Event]) -> Iterable[Event]:
    """A ticket as it is now holds no conversation; of one that is not solved, only when something was last said, and no rating."""
    said = [each for each in mine if each["type"].partition(".")[0] in ("message", "question")]
    solved = any(each["type"] == "contact.closed" for each in mine)
    for each in mine:
        if each not in said and (solved or each["type"] != "feedback.given"):
            yield each
        elif said and each is said[-1] and not solved:
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


FILES: dict[str, tuple[tuple[str, ...], tuple[Rule, ...]]] = {
    "history": (HISTORY, OF_HISTORY),
    "ticket events": (("ticket_events.jsonl", "tickets.jsonl", "users.jsonl", "ticket_fields.json"), OF_HISTORY),
    "audits alone": (("audits.jsonl", "ticket_fields.json"), OF_HISTORY),
    "tickets alone": (("tickets.jsonl", "users.jsonl", "ticket_fields.json"), OF_TICKETS),
    "a view": (("view.csv",), OF_A_VIEW),
}


class Homes:
    """Homes that several tests look into, each made once."""

    def __init__(self, folder: Path, export: Path, beside: dict[str, Any]) -> None:
        self._folder, self._export, self._beside = folder, export, beside
        self._held = [each for each in events(NOW, contacts=CONTACTS) if each["type"] in HELD]
        self._native: dict[tuple[Rule, ...], Known] = {}
        self._mine: dict[str, Known] = {}
        self.told: dict[str, dict[str, Imported]] = {}

    def native(self, rules: tuple[Rule, ...]) -> Known:
        if rules not in self._native:
            some, home = self._held, self._folder / f"native-{len(self._native)}"
            for rule in rules:
                some = list(rule(some))
            handed_in(home, some, NANOS)
            self._native[rules] = became(home, ASKED)
        return self._native[rules]

    def mine(self, name: str) -> Known:
        """What became of the tickets that are contacts, by contact."""
        if name not in self._mine:
            home, bots = self._folder / name.replace(" ", "-"), (*self._beside["bots"], "name:Larkspur Assistant")
            answers = Answers(bots=bots, zone=self._beside["zone"])
            self.told[name] = imported(home, [self._export / each for each in FILES[name][0]], answers, now=NANOS)
            found = became(home, ASKED)
            self._mine[name] = {contact: found[f"zendesk-{ticket}"] for ticket, contact in self._beside["tickets"].items()}
        return self._mine[name]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory, export: Path, beside: dict[str, Any]) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"), export, beside)


def rules_of(name: str, beside: dict[str, Any]) -> tuple[Rule, ...]:
    rules = FILES[name][1]
    return (NOBODY.setdefault("rule", nobody_who_was_deleted(beside["gone"])), *rules) if name == "a view" else rules


NOBODY: dict[str, Rule] = {}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_contact_becomes_what_it_is_but_for_what_the_files_cannot_say(name: str, homes: Homes, beside: dict[str, Any]) -> None:
    """Outcome, who handled it and what was claimed, contact by contact; every difference has a name above."""
    found = homes.mine(name)

    assert {} == apart(homes.native(rules_of(name, beside)), found)
    assert {each: beside["unreadable"].get(each, 0) for each in FILES[name][0]} == {each: told.skipped for each, told in homes.told[name].items()}
    assert 0 == sum(told.events["conflicting"] for told in homes.told[name].values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param(name, place, id=f"{name}: {rule.__name__}")
        for name, rules in (("history", OF_HISTORY), ("tickets alone", OF_TICKETS), ("a view", OF_A_VIEW))
        for place, rule in enumerate(rules)
        if rule is not to_the_minute and (name == "history" or rule not in OF_HISTORY) and (name != "a view" or rule not in OF_TICKETS)
    ],
)
def test_no_name_is_an_excuse_for_nothing(name: str, place: int, homes: Homes, beside: dict[str, Any]) -> None:
    """Each named difference makes one: without it some contact becomes something else."""
    rules = FILES[name][1]
    others = (*rules[:place], *rules[place + 1 :])

    assert apart(homes.native(others), homes.mine(name))


# ---- laws ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    zendesk.write(folder, NOW, contacts=80)
    return folder


ALL = (*HISTORY, "ticket_events.jsonl", "comments.jsonl", "metric_events.jsonl", "full_export.jsonl", "view.csv")


def all_answers(folder: Path) -> Answers:
    beside = json.loads((folder / "truth.json").read_text())
    return Answers(bots=(*beside["bots"], "name:Larkspur Assistant"), zone=beside["zone"])


def by_id(home: Path) -> dict[str, Any]:
    return {each["id"]: each for each in heard(home)}


def test_what_larkspur_promises_in_words_is_found(small: Path, tmp_path: Path) -> None:
    """The example of the first run promised nothing in words, so that the drafted contract had nothing to adopt."""
    imported(tmp_path, [small / name for name in HISTORY], all_answers(small), now=NANOS)
    with open_home(tmp_path) as home:
        found = {each.id: each for each in said_in(events_of(home), zone="UTC", as_of=NANOS)}
    written = [each for audit in rows_in(small / "audits.jsonl") for each in audit["events"] if each["type"] == "Comment" and each["public"]]

    for words, name in (("5 working days", "money"), ("2 working days", "an-answer"), ("4 hours", "an-answer")):
        said = found[f"{name}-within-{words.replace(' ', '-')}"]
        assert 0 < said.said == sum(f"within {words}" in each["body"] for each in written)
        assert (name == "an-answer") == (said.due > 0)


def test_larkspur_does_not_keep_all_that_it_says() -> None:
    """What only comes along with words is often not followed by any: a share of 100 % would teach nothing."""
    some = [event_from_mapping(each) for each in events(NOW, contacts=400)]
    found = {each.id: each for each in said_in(some, zone="UTC", as_of=NANOS)}

    assert 0 < found["an-answer-within-2-working-days"].kept < found["an-answer-within-2-working-days"].due


def written_to_by_people(folder: Path, bots: list[str]) -> set[str]:
    """The tickets in which somebody with the role of an agent, and no machine, wrote in public: by the files alone, read by nobody's reader."""
    people = {each["id"] for each in rows_in(folder / "users.jsonl") if each["role"] in ("agent", "admin") and str(each["id"]) not in bots}
    found = set()
    for page in rows_in(folder / "comments.jsonl"):
        (ticket,) = re.findall(r"/tickets/(\d+)/", f"{page['next_page']}{page['previous_page']}")[:1]
        found |= {ticket for each in page["comments"] if each["public"] and each["author_id"] in people}
    return found


def test_who_reached_a_person_is_whom_an_agent_wrote_to(small: Path, tmp_path: Path) -> None:
    """By what happened at Larkspur, by the comments and roles of the files, and in the home; and the ladder calls it known."""
    beside = json.loads((small / "truth.json").read_text())
    imported(tmp_path, [small / name for name in ("comments.jsonl", "tickets.jsonl", "users.jsonl")], all_answers(small), now=NANOS)
    found = became(tmp_path, ASKED)
    lived = {each["data"]["contact"] for each in events(NOW, contacts=80) if each["type"] == "message.out" and each["data"]["actor"] == "person"}
    written, tickets = written_to_by_people(small, beside["bots"]), beside["tickets"]
    by_people = {contact for ticket, contact in tickets.items() if found[f"zendesk-{ticket}"][1] == "person"}

    assert 0 < len(lived) < len(tickets)
    assert lived == {contact for ticket, contact in tickets.items() if ticket in written} == by_people
    seen = seen_in(tmp_path)
    assert next(each for each in ladder(seen, {}) if each.name == REACHED).known


def test_no_person_is_reached_where_machines_alone_wrote(small: Path, tmp_path: Path) -> None:
    """Whoever is not said to be a machine is a person: with everybody ticked nobody was reached, and the ladder says what is missing."""
    people = [str(each["id"]) for each in rows_in(small / "users.jsonl")]
    imported(tmp_path, [small / name for name in ("comments.jsonl", "users.jsonl")], Answers(bots=tuple(people)), now=NANOS)
    rung = next(each for each in ladder(seen_in(tmp_path), {REACHED: ["comments.jsonl"]}) if each.name == REACHED)

    assert (False, "comments.jsonl could say it, and no row did.") == (rung.known, rung.because[:44])


def test_running_twice_adds_nothing(small: Path, tmp_path: Path) -> None:
    """The same export again, and the export of all files beside it: each event once."""
    files = [small / name for name in HISTORY]
    imported(tmp_path / "home", files, all_answers(small), now=NANOS)
    before = by_id(tmp_path / "home")
    told = imported(tmp_path / "home", files, all_answers(small), now=NANOS)

    assert 0 == sum(each.events["new"] + each.events["conflicting"] for each in told.values())
    assert before == by_id(tmp_path / "home")


@pytest.mark.parametrize(
    "names", [ALL[::-1], ("users.jsonl", "audits.jsonl", "comments.jsonl", "tickets.jsonl", "ticket_fields.json", "ratings.json")]
)
def test_the_order_of_files_does_not_matter(names: tuple[str, ...], small: Path, tmp_path: Path) -> None:
    """Looked at in any order, read in any order: the same events, and none that contradicts another."""
    files = [small / name for name in names]
    imported(tmp_path / "ranked", files, all_answers(small), now=NANOS)
    told = imported(tmp_path / "turned", files, all_answers(small), now=NANOS, ranked=False)

    assert by_id(tmp_path / "ranked") == by_id(tmp_path / "turned")
    assert 0 == sum(each.events["conflicting"] for each in told.values())


def test_a_file_that_runs_backward_in_time_says_the_same(small: Path, tmp_path: Path) -> None:
    """The list of all audits begins with the latest."""
    turned = tmp_path / "audits.jsonl"
    turned.write_text("\n".join(reversed((small / "audits.jsonl").read_text().splitlines())))
    others = [small / name for name in HISTORY[1:]]
    imported(tmp_path / "forward", [small / "audits.jsonl", *others], all_answers(small), now=NANOS)
    imported(tmp_path / "backward", [turned, *others], all_answers(small), now=NANOS)

    assert by_id(tmp_path / "forward") == by_id(tmp_path / "backward")


def test_more_files_change_no_event(small: Path, tmp_path: Path) -> None:
    """What a richer file told stands as it was when poorer ones come beside it."""
    imported(tmp_path / "few", [small / name for name in HISTORY], all_answers(small), now=NANOS)
    imported(tmp_path / "all", [small / name for name in ALL], all_answers(small), now=NANOS)

    assert by_id(tmp_path / "few") == by_id(tmp_path / "all")


def test_the_exporter_knows_no_reader() -> None:
    """Two programs that know nothing of each other: else both could be wrong in the same way."""
    names = [
        name
        for file in Path(exports.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    ]

    assert "ourword.demo.company" in names
    assert not [name for name in names if name.startswith(("ourword.helpdesks", "ourword.outcomes"))]


def test_the_files_look_as_zendesk_writes_them(small: Path) -> None:
    """Keys of the published documentation, and what makes real exports ugly."""
    audits, (page, *_) = rows_in(small / "audits.jsonl"), rows_in(small / "tickets.jsonl")
    kinds = {each["type"] for audit in audits for each in audit["events"]}
    view = rows_in(small / "view.csv")

    assert {"id", "ticket_id", "created_at", "author_id", "metadata", "events", "via"} == set(audits[0])
    assert {"Comment", "Create", "Change", "Notification", "SatisfactionRating"} <= kinds
    assert {"tickets", "metric_sets", "end_of_stream"} <= set(page)
    assert any(each["public"] is False for audit in audits for each in audit["events"] if each["type"] == "Comment")
    assert any(each["status"] == "deleted" for each in page["tickets"])
    assert {"ID", "Requester", "Status", "Solved"} <= set(view[0])


def test_the_door_of_the_exports_says_what_it_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A vendor and a folder."""
    assert 2 == main(["zendesk"]) == main(["nobody", str(tmp_path)])
    assert "usage: python -m ourword.demo.exports" in capsys.readouterr().err
