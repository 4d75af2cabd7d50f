"""Larkspur's hundred and twenty days: what is planted can be seen by counting, and the truth beside it is true."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourword.app import Ourword
from ourword.core.event import event_from_json
from ourword.core.line import line_from_json
from ourword.demo.company import company, decisions, events, truth
from ourword.demo.company.__main__ import main
from ourword.gate.decide import holdout_position

Row = dict[str, Any]
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WINDOW = timedelta(days=7)
SMALL = 400
CONTRACT, WIRING = (Path(str(files("ourword.demo").joinpath(name))) for name in ("contract.yaml", "wiring.yaml"))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Told:
    """One contact as the events alone tell it."""

    def __init__(self) -> None:
        self.events: list[Row] = []

    def all(self, type_: str) -> list[Row]:
        return [each for each in self.events if each["type"] == type_]

    def any(self, type_: str) -> bool:
        return any(each["type"] == type_ for each in self.events)

    @property
    def opened(self) -> datetime:
        return _at(self.events[0]["time"])

    @property
    def closed(self) -> Row | None:
        closes = sorted(self.all("contact.closed"), key=lambda each: each["time"])
        return closes[-1] if closes else None

    @property
    def prompt(self) -> str:
        return str(self.events[0]["data"]["versions"]["prompt"])


@pytest.fixture(scope="module")
def heard() -> list[Row]:
    return list(events(NOW))


@pytest.fixture(scope="module")
def decided() -> list[Row]:
    return list(decisions(NOW))


@pytest.fixture(scope="module")
def true() -> Row:
    return truth(NOW)


@pytest.fixture(scope="module")
def told(heard: list[Row]) -> dict[str, Told]:
    found: dict[str, Told] = defaultdict(Told)
    for each in heard:
        if "contact" in each["data"]:
            found[each["data"]["contact"]].events.append(each)
    # What arrives late belongs where it happened.
    for contact in found.values():
        contact.events.sort(key=lambda each: each.get("time", "9"))
    return dict(found)


@pytest.fixture(scope="module")
def alone(told: dict[str, Told]) -> dict[str, Told]:
    """The contacts that no person joined, opened so long ago that they are over."""
    return {
        name: each
        for name, each in told.items()
        if each.any("contact.opened") and each.opened < NOW - timedelta(days=12) and not each.any("human.joined")
    }


def _attribute(heard: Iterable[Row], name: str) -> dict[str, str]:
    """An attribute by every id under which a customer comes."""
    by_id: dict[str, str] = {}
    for each in heard:
        who = each["subject"].removeprefix("customer:")
        if each["type"] == "customer.updated":
            by_id[who] = each["data"]["attributes"][name]
        elif each["type"] == "customer.id":
            by_id[each["data"]["id"]] = by_id[who]
    return by_id


def _share(some: Iterable[bool]) -> float:
    counted = list(some)
    assert len(counted) >= 100, "too few to say anything"
    return sum(counted) / len(counted)


# ---- laws ------------------------------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6), days=st.integers(0, 3000))
def test_any_company_is_told_twice_alike_in_order_and_never_of_the_future(seed: int, days: int) -> None:
    """A demo that differs between two looks, or knows tomorrow, teaches distrust."""
    now = NOW + timedelta(days=days)
    lines = list(company(now, seed=seed, contacts=SMALL))
    list(company(now, seed=seed + 1, contacts=SMALL))  # so that the next is not the one that is kept

    assert lines == list(company(now, seed=seed, contacts=SMALL))
    assert all(_at(each["time"]) <= now for each in lines if "time" in each)
    decided = [each["time"] for each in lines if "kind" in each]
    assert decided == sorted(decided)
    assert len(decided) == len({each["decision_id"] for each in lines if "kind" in each})
    heard = [(each["source"], each["id"]) for each in lines if "specversion" in each]
    assert len(heard) == len(set(heard)) > 10 * SMALL


def test_the_company_does_not_depend_on_how_python_hashes() -> None:
    """Two machines must see the same story."""
    code = (
        "import hashlib, json; from datetime import datetime, UTC; from ourword.demo.company import company, truth\n"
        "now = datetime(2026, 11, 23, 10, tzinfo=UTC)\n"
        "print(hashlib.sha256(json.dumps([list(company(now, contacts=300)), truth(now, contacts=300)]).encode()).hexdigest())"
    )
    seen = {
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1")
    }
    here = hashlib.sha256(json.dumps([list(company(NOW, contacts=300)), truth(NOW, contacts=300)]).encode()).hexdigest()

    assert {f"{here}\n"} == seen


def test_the_generator_knows_nothing_of_how_outcomes_are_told() -> None:
    """A truth that asks the program under test is none: only core, msgspec and the standard library."""
    imported = set()
    for path in Path(str(files("ourword.demo.company"))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            imported |= {each.name for each in node.names} if isinstance(node, ast.Import) else set()
            imported |= {str(node.module)} if isinstance(node, ast.ImportFrom) else set()

    ours = {name for name in imported if not name.startswith(("ourword.core", "ourword.demo.company"))}
    assert {"msgspec"} == {name for name in ours if name.split(".")[0] not in sys.stdlib_module_names}


# ---- shapes ----------------------------------------------------------------------------------------------------------


def test_every_event_and_line_can_be_read(heard: list[Row], decided: list[Row]) -> None:
    """What we show others must pass our own door: each line of a sample, and each type of event."""
    now = int(NOW.timestamp()) * 10**9
    read = [event_from_json(msgspec.json.encode(each), now=now) for each in [*heard[::25], *(some for some in heard if "time" not in some)]]
    lines = [line_from_json(msgspec.json.encode(each)) for each in decided[::25]]

    assert {"given", "none"} == {each.time_quality for each in read}
    assert () == lines[0].unread
    assert {
        "contact.opened", "contact.closed", "contact.reopened", "message.in", "message.out", "question.asked", "question.answered",
        "human.requested", "human.queued", "human.joined", "feedback.given", "action.executed", "customer.updated", "customer.id",
        "customer.active", "customer.left", "payment.refunded", "credit.booked", "account.link_sent",
    } == {each["type"] for each in heard}  # fmt: skip


def test_the_company_is_as_large_and_as_varied_as_it_says(heard: list[Row], decided: list[Row], true: Row) -> None:
    """About 20,000 contacts and 30,000 decisions of five kinds, by automation and by people, under several ids and versions."""
    contacts = true["counts"]["contacts"]

    assert abs(contacts - 20_000) < 1000
    assert abs(len(decided) - 30_000) < 1500
    assert len(decided) == true["counts"]["decisions"]
    assert contacts == sum(each["type"] == "contact.opened" for each in heard) or abs(contacts - _opened(heard)) < 20
    assert 5 == len({each["kind"] for each in decided})
    assert 0.2 < _share(each.get("by", "automation") != "automation" for each in decided) < 0.5
    assert true["counts"]["under_another_id"] > 500
    versions = [each["data"]["versions"] for each in heard if "versions" in each["data"]]
    assert [2, 3, 2] == [len({each[name] for each in versions}) for name in ("contract", "prompt", "model")]
    assert {"chat", "app", "mail"} == {each["data"]["channel"] for each in heard if "channel" in each["data"]}


def _opened(heard: list[Row]) -> int:
    """How many contacts have been heard to open: the latest may still arrive."""
    return sum(each["type"] == "contact.opened" for each in heard)


def test_some_events_arrive_late(heard: list[Row]) -> None:
    """Order of arrival is not order of time; a report must not care."""
    times = [each["time"] for each in heard if "time" in each]
    late = sum(later < earlier for earlier, later in pairwise(times))

    assert len(times) / 1000 < late < len(times) / 20


def test_people_answer_when_the_desk_is_open(heard: list[Row]) -> None:
    """Nobody is at the desk at night."""
    from zoneinfo import ZoneInfo

    hours = Counter(_at(each["time"]).astimezone(ZoneInfo("Europe/Berlin")).hour for each in heard if each["type"] == "human.joined")

    assert sum(hours[hour] for hour in (22, 23, *range(8))) == 0
    assert sum(hours.values()) > 5000


# ---- the gate --------------------------------------------------------------------------------------------------------


def test_the_contract_decides_as_the_truth_expects(decided: list[Row], true: Row) -> None:
    """The answers and the promises' due times were written down by the generator; the gate is asked only now."""
    expected = {name: answer for each in true["contacts"] for name, answer in each["decisions"].items()}
    promised = defaultdict(set)
    for each in true["contacts"]:
        for promise in each["promises"]:
            promised[promise["decision"]].add((promise["promise"], promise["due"]))
    sample = decided[:: len(decided) // 1000]
    with Ourword.open(CONTRACT, WIRING) as word:
        found = list(word.decide_lines(msgspec.json.encode(each) for each in sample))

    assert [] == [each for each in found if "error" in each]
    assert {each["decision_id"]: expected[each["decision_id"]] for each in found} == {each["decision_id"]: each["answer"] for each in found}
    due = {each["decision_id"]: {(p["id"], int(_at(p["due"]).timestamp())) for p in each["promises"]} for each in found}
    assert {name: promised[name] for name in due} == due


def test_the_holdout_is_the_contracts_own(decided: list[Row]) -> None:
    """People decide the refunds of the same customers whom the gate would give to people."""
    held = {each["customer"] for each in decided if holdout_position("larkspur-care", each["customer"]) < 0.02}
    first = {each["customer"] for each in decided if each["kind"] == "refund" and "by" not in each and each["customer"] in held}
    answered = {each["customer"] for each in decided if each["kind"] == "refund" and each.get("by") and each["customer"] in held}

    assert len(first) > 20
    assert first - answered <= {each["customer"] for each in decided if _at(each["time"]) > NOW - timedelta(days=1)}


# ---- the truth -------------------------------------------------------------------------------------------------------


def test_each_contact_has_one_fate_and_the_rates_are_their_sums(true: Row) -> None:
    """What is published as truth adds up, row by row."""
    fates = ("promise_broken", "came_back", "gave_up", "confirmed", "quiet")
    counted = Counter(each["fate"] for each in true["contacts"])
    (whole,) = (each for each in true["rates"] if each["by"] == {"kind": "*"})

    assert set(counted) == {"open", *fates}
    assert {fate: counted[fate] for fate in fates} == {fate: whole[fate] for fate in fates}
    assert all(row["n"] == sum(row[fate] for fate in fates) for row in true["rates"])


def test_who_came_back_is_seen_in_the_events(told: dict[str, Told], heard: list[Row], true: Row) -> None:
    """Of each contact that is over: the same object again within seven days, under any of the customer's ids, or reopened."""
    same = {each["data"]["id"]: each["subject"].removeprefix("customer:") for each in heard if each["type"] == "customer.id"}
    opened: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for each in told.values():
        for event in each.all("contact.opened"):
            opened[_issue(event, same)].append(_at(event["time"]))
    wrong = []
    for each in true["contacts"]:
        if each["fate"] not in ("came_back", "gave_up", "confirmed", "quiet"):
            continue
        seen = told[each["contact"]]
        end = _at(seen.closed["time"]) if seen.closed else max(_at(event["time"]) for event in seen.events)
        again = any(end < other <= end + WINDOW for other in opened[_issue(seen.events[0], same)])
        if (again or seen.any("contact.reopened")) != (each["fate"] == "came_back"):
            wrong.append(each["contact"])

    assert [] == wrong


def _issue(event: Row, same: dict[str, str]) -> tuple[str, str]:
    who = event["subject"].removeprefix("customer:")
    return same.get(who, who), event["data"]["objects"][0]["id"]


def test_thanks_is_not_confirmation(told: dict[str, Told], true: Row) -> None:
    """Customers thank nearly as often when nothing is solved: whoever counts thanks counts politeness."""
    thanks = {
        name: any("thank" in event["data"]["text"].lower() for event in each.all("message.in"))
        for name, each in told.items()
        if each.closed and each.opened < NOW - timedelta(days=2)
    }
    unsolved = [thanks[each["contact"]] for each in true["contacts"] if not each["solved"] and each["contact"] in thanks]

    assert _share(unsolved) > 0.35


# ---- the planted stories, counted in what anybody would get ---------------------------------------------------------------


def test_the_new_prompt_claims_more_and_less_of_it_stays_resolved(alone: dict[str, Told], true: Row) -> None:
    """Story (a): the vendor's number rises while customers write again sooner."""
    by = {prompt: [each for each in alone.values() if each.prompt == prompt] for prompt in ("p-77", "p-78")}
    claimed = {prompt: _share(bool(each.closed and each.closed["data"]["claimed_resolved"]) for each in some) for prompt, some in by.items()}
    fates = {each["contact"]: each["fate"] for each in true["contacts"]}
    stayed = {prompt: _share(fates[each.events[0]["data"]["contact"]] in ("confirmed", "quiet") for each in some) for prompt, some in by.items()}

    assert claimed["p-78"] > claimed["p-77"] + 0.05
    assert stayed["p-78"] < stayed["p-77"] - 0.05
    story = true["stories"]["prompt_change"]
    assert story["p-78"]["solved"] / story["p-78"]["n"] < story["p-77"]["solved"] / story["p-77"]["n"] - 0.12


def test_the_new_model_changes_nothing(alone: dict[str, Told]) -> None:
    """A control: under one prompt both models do alike."""
    claimed: dict[str, list[bool]] = defaultdict(list)
    for each in alone.values():
        if each.prompt == "p-77":
            claimed[each.events[0]["data"]["versions"]["model"]].append(bool(each.closed and each.closed["data"]["claimed_resolved"]))

    assert abs(_share(claimed["m-3"]) - _share(claimed["m-4"])) < 0.03


def test_refunds_to_those_who_pay_by_invoice_are_not_kept(heard: list[Row], decided: list[Row], true: Row) -> None:
    """Story (b): five working days are promised to all; on one payment method the promise breaks."""
    method = _attribute(heard, "payment")
    paid = {each["data"]["decision"]: _at(each["time"]) for each in heard if each["type"] == "payment.refunded"}
    answers = {name: answer for each in true["contacts"] for name, answer in each["decisions"].items()}
    in_time: dict[str, list[bool]] = defaultdict(list)
    for each in decided:
        granted = each["kind"] == "refund" and answers[each["decision_id"]] in ("allow", "amend")
        if granted and _at(each["time"]) < NOW - timedelta(days=12):
            # Five working days are at least seven days; a holiday makes them eight.
            wait = paid.get(each["decision_id"], NOW + WINDOW) - _at(each["time"])
            in_time[method[each["customer"]]].append(wait <= timedelta(days=7))

    assert _share(in_time["invoice"]) < 0.35
    assert min(_share(in_time["card"]), _share(in_time["wallet"])) > 0.93
    stories = true["stories"]["invoice_refunds"]
    assert stories["invoice"]["kept"] < stories["invoice"]["late"]


def test_a_timer_that_closes_after_a_question_counts_as_resolved(alone: dict[str, Told], true: Row) -> None:
    """Story (c): "Anything else?", silence, resolved."""
    closed = [each for each in alone.values() if each.closed and each.closed["data"]["closed_by"] == "timer"]
    asked = [[e for e in each.events if e["type"] in ("message.out", "question.asked")][-1]["data"]["asks"] for each in closed]
    solved = {each["contact"]: each["solved"] for each in true["contacts"]}

    assert len(closed) / len(alone) > 0.15
    assert all(asked)
    assert all(each.closed["data"]["claimed_resolved"] for each in closed if each.closed)
    assert _share(solved[each.events[0]["data"]["contact"]] for each in closed) < 0.7


def test_people_leave_without_a_word_after_automation_has_priced(heard: list[Row], told: dict[str, Told], true: Row) -> None:
    """Story (d): no complaint, no farewell; activity just ends."""
    active: dict[str, datetime] = {}
    for each in heard:
        if each["type"] == "customer.active":
            active[each["subject"]] = _at(each["time"])
    left = {each["subject"] for each in heard if each["type"] == "customer.left"}
    ended: dict[str, list[bool]] = defaultdict(list)
    for each in true["contacts"]:
        if told.get(each["contact"]) and each["handled_by"] == "automation" and each["opened"] < NOW.timestamp() - 70 * 86400:
            subject = f"customer:{each['customer']}"
            quiet = active.get(subject, NOW - timedelta(days=200)) < NOW - timedelta(days=60) and subject not in left
            ended[each["kind"]].append(quiet)

    others = [quiet for kind, some in ended.items() if kind != "price_match" for quiet in some]
    assert _share(ended["price_match"]) > _share(others) + 0.12


def test_polish_speakers_are_served_worse(alone: dict[str, Told], heard: list[Row], told: dict[str, Told], true: Row) -> None:
    """Story (e): less solved by automation, and fewer reach a person when they ask for one."""
    language = _attribute(heard, "language")
    no: dict[bool, list[bool]] = defaultdict(list)
    reached: dict[bool, list[bool]] = defaultdict(list)
    for name, each in told.items():
        worse = language[each.events[0]["subject"].removeprefix("customer:")] == "pl"
        if name in alone:
            no[worse] += [event["data"]["said"] == "no" for event in each.all("question.answered")]
        if _asked_at_once(each) and not _says(each, "formal complaint"):
            reached[worse].append(each.any("human.joined"))

    assert _share(no[True]) > _share(no[False]) + 0.1
    assert _share(reached[True]) < _share(reached[False]) - 0.08
    story = true["stories"]["language"]
    solved = {name: story[name]["by_automation"]["solved"] / story[name]["by_automation"]["n"] for name in ("de", "en", "tr", "pl")}
    assert solved["pl"] < min(solved["de"], solved["en"], solved["tr"]) - 0.1


def _asked_at_once(each: Told) -> bool:
    """Asked for a person in the first message, about something that automation may decide (an apology goes to people anyway)."""
    return any(event["type"] == "human.requested" for event in each.events[:4]) and each.events[0]["data"]["kind"] != "goodwill"


def _says(each: Told, phrase: str) -> bool:
    return any(phrase in event["data"]["text"] for event in each.all("message.in"))


def test_a_phrase_gets_a_person_and_is_learnt(told: dict[str, Told]) -> None:
    """Story (f): who says "formal complaint" is let through; more and more customers find out."""
    asked = [each for each in told.values() if _asked_at_once(each)]
    halves = {late: [each for each in asked if (each.opened > NOW - timedelta(days=60)) == late] for late in (False, True)}

    assert _share(each.any("human.joined") for each in asked if _says(each, "formal complaint")) > 0.93
    assert _share(each.any("human.joined") for each in asked if not _says(each, "formal complaint")) < 0.7
    assert _share(_says(each, "formal complaint") for each in halves[True]) > 1.8 * _share(_says(each, "formal complaint") for each in halves[False])


def test_people_bend_one_clause(decided: list[Row], true: Row) -> None:
    """Story (g): a change of mind after thirty days is refused in writing, and granted at the desk two times in five."""
    late = [
        each
        for each in decided
        if each.get("by")
        and each["kind"] == "refund"
        and each["facts"]["reason"] == "changed_mind"
        and _at(each["time"]) - _at(each["facts"]["order_age"]["value"]) > timedelta(days=30)
    ]
    bent = [each for each in late if each["answer"] == "allow"]

    assert 0.33 < _share(each["answer"] == "allow" for each in late) < 0.5
    assert all(each["because"] for each in bent)
    story = true["stories"]["bends"]
    assert (len(late), len(bent)) == (story["decided_by_people"], story["bent"])


# ---- the command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_three_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Anybody can have the company as files; the truth lies beside them."""
    import ourword.demo.company.__main__ as command

    monkeypatch.setattr(command, "write", lambda folder, now: command_write(folder, now, contacts=100))
    from ourword.demo.company.make import write as command_write

    assert (0, 2) == (main([str(tmp_path / "lark")]), main([]))
    assert {"events.jsonl", "decisions.jsonl", "truth.json"} == {each.name for each in (tmp_path / "lark").iterdir()}
    truth = msgspec.json.decode((tmp_path / "lark" / "truth.json").read_bytes())
    assert f"{truth['counts']['contacts']} contacts" in capsys.readouterr().out
