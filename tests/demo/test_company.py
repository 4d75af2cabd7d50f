"""Larkspur's hundred and twenty days: alike whenever they are told, of the size they say, and the truth beside them is true."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.demo.listened import NOW, WINDOW, Row, Told, at, share

from ourword.app import Ourword
from ourword.core.event import event_from_json
from ourword.core.line import line_from_json
from ourword.demo.company import company, truth
from ourword.demo.company.__main__ import main
from ourword.gate.decide import holdout_position

SMALL = 400
CONTRACT, WIRING = (Path(str(files("ourword.demo").joinpath(name))) for name in ("contract.yaml", "wiring.yaml"))


# ---- laws ------------------------------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6), days=st.integers(0, 3000))
def test_any_company_is_told_twice_alike_in_order_and_never_of_the_future(seed: int, days: int) -> None:
    """A demo that differs between two looks, or knows tomorrow, teaches distrust."""
    now = NOW + timedelta(days=days)
    lines = list(company(now, seed=seed, contacts=SMALL))
    list(company(now, seed=seed + 1, contacts=SMALL))  # so that the next is not the one that is kept

    assert lines == list(company(now, seed=seed, contacts=SMALL))
    assert all(at(each["time"]) <= now for each in lines if "time" in each)
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
    assert 0.2 < share(each.get("by", "automation") != "automation" for each in decided) < 0.5
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

    hours = Counter(at(each["time"]).astimezone(ZoneInfo("Europe/Berlin")).hour for each in heard if each["type"] == "human.joined")

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
    due = {each["decision_id"]: {(p["id"], int(at(p["due"]).timestamp())) for p in each["promises"]} for each in found}
    assert {name: promised[name] for name in due} == due


def test_the_holdout_is_the_contracts_own(decided: list[Row]) -> None:
    """People decide the refunds of the same customers whom the gate would give to people."""
    held = {each["customer"] for each in decided if holdout_position("larkspur-care", each["customer"]) < 0.02}
    first = {each["customer"] for each in decided if each["kind"] == "refund" and "by" not in each and each["customer"] in held}
    answered = {each["customer"] for each in decided if each["kind"] == "refund" and each.get("by") and each["customer"] in held}

    assert len(first) > 20
    assert first - answered <= {each["customer"] for each in decided if at(each["time"]) > NOW - timedelta(days=1)}


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
            opened[_issue(event, same)].append(at(event["time"]))
    wrong = []
    for each in true["contacts"]:
        if each["fate"] not in ("came_back", "gave_up", "confirmed", "quiet"):
            continue
        seen = told[each["contact"]]
        end = at(seen.closed["time"]) if seen.closed else max(at(event["time"]) for event in seen.events)
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

    assert share(unsolved) > 0.35


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
