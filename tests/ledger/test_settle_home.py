"""Settling a home: every transition an entry, once, whatever is killed; what became of Larkspur's promises."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.blocks import ROOT

from ourword import Ourword
from ourword.checks.store import NOON, refund
from ourword.cli import promises as promises_command
from ourword.cli import settle as settle_command
from ourword.cli import why as why_command
from ourword.core.event import Event, event_from_json
from ourword.core.time import datetime_from_instant, instant_from_text
from ourword.deciding.recording import Mode
from ourword.errors import UsageError
from ourword.figures.asof import promises_at
from ourword.figures.settling import events_of, promised, promises, settle_home
from ourword.ledger.entry import PromiseMade, SignalOpened
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home

LARKSPUR = ROOT / "examples" / "larkspur-refund"
EVENTS = [event_from_json(line) for line in (LARKSPUR / "events.jsonl").read_bytes().splitlines()]
SETTLER = str(Path(__file__).with_name("settler.py"))
DAY = 24 * 3600 * 10**9


def at(text: str) -> int:
    instant = instant_from_text(text)
    assert instant is not None
    return instant


DECIDED, AFTERWARDS = at("2026-11-09T10:00:00Z"), at("2026-11-21T10:00:00Z")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Larkspur's example, decided and recorded."""
    decided(tmp_path / "home", (LARKSPUR / "decisions.jsonl").read_bytes().splitlines())
    with open_home(tmp_path / "home") as opened:
        yield opened


def decided(folder: Path, lines: list[bytes], *, mode: Mode = "enforce") -> None:
    clock = datetime_from_instant(DECIDED)
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=folder, clock=lambda: clock, mode=mode) as word:
        list(word.decide_lines(lines, batch=100))


def told(home: Home) -> list[tuple[str, str, str]]:
    """What settling has written: decision, promise, standing, in order."""
    values = (entry.value for entry in home.log())
    return [(each.decision_id, each.promise, each.standing) for each in values if isinstance(each, PromiseMade) and each.standing != "made"]


def standings(home: Home) -> dict[str, str]:
    return {row.decision.removeprefix("larkspur-"): row.standing for row in promises(home)}


# ---- the folder ------------------------------------------------------------------------------------------------------


def test_larkspurs_promises_became_what_its_readme_says(home: Home) -> None:
    """One refund in time, one two days late, one too small, one rounded; a person in time, one late, one in the morning."""
    settle_home(home, EVENTS, AFTERWARDS)
    stands = standings(home)
    shown = ["01-our-fault", "02-limit", "12-opened", "13-rounding", "03-above", "04-asked-human", "29-at-night", "30-on-saturday"]

    assert ["kept", "late", "broken", "kept", "kept", "late", "kept", "unknown"] == [stands[each] for each in shown]
    assert {"broken"} == {stands[each] for each in stands if each not in shown}, "nothing was heard of these, while their sources were heard"


def test_time_alone_moves_larkspurs_promises_on(home: Home) -> None:
    """Open on the day; unknown while the payment provider is silent; broken once it is heard and says nothing of them."""
    seen = []
    for moment in ("2026-11-09T10:05:00Z", "2026-11-17T10:00:00Z", "2026-11-19T10:00:00Z", "2027-03-01T10:00:00Z"):
        settle_home(home, EVENTS, at(moment))
        seen.append((standings(home)["09-in-time"], standings(home)["02-limit"]))

    assert [("open", "open"), ("unknown", "unknown"), ("broken", "late"), ("broken", "late")] == seen


# ---- what is written -------------------------------------------------------------------------------------------------


def test_settling_twice_writes_nothing_twice(home: Home) -> None:
    first = settle_home(home, EVENTS, AFTERWARDS)
    written = told(home)
    second = settle_home(home, reversed(EVENTS), AFTERWARDS)

    assert (26, 0, written) == (len(first.new), len(second.new), told(home))
    assert first.rows == second.rows


def test_an_event_that_arrives_after_its_promise_was_called_broken_mends_the_record(home: Home) -> None:
    """The refund was there in time; we only heard of it late. Both are said, and the last one counts."""
    settle_home(home, [each for each in EVENTS if each.id != "e-1"], AFTERWARDS)
    before = home.log()
    seen = max(entry.seq for entry in before)
    settle_home(home, EVENTS, AFTERWARDS + DAY)

    assert ["broken", "kept"] == [standing for decision, _, standing in told(home) if decision == "larkspur-01-our-fault"]
    assert "kept" == standings(home)["01-our-fault"]
    assert "broken" == next(row.standing for row in promises(home, as_of=seen) if row.decision == "larkspur-01-our-fault")
    assert {"open"} == {row.standing for row in promises(home, as_of=50)}


def test_pieces_of_the_events_settle_as_all_of_them_do(home: Home, tmp_path: Path) -> None:
    """A stream hands in what is new; what was kept before stays kept."""
    for event in EVENTS:
        settle_home(home, [event], AFTERWARDS)
    kept = {decision for decision, standing in standings(home).items() if standing in ("kept", "late")}

    assert {"01-our-fault", "02-limit", "13-rounding", "03-above", "04-asked-human", "29-at-night"} == kept


def test_a_repair_is_noted_beside_the_broken_promise(home: Home) -> None:
    """Ten euros within five days were promised for a broken promise, and credited."""
    credit = Event(
        id="c-1", source="shop", type="credit.booked", instant=at("2026-11-18T09:00:00Z"), data={"decision": "larkspur-09-in-time", "amount": 1000}
    )
    settle_home(home, [*EVENTS, credit], AFTERWARDS)
    settle_home(home, [*EVENTS, credit], AFTERWARDS)
    row = next(row for row in promises(home) if row.decision == "larkspur-09-in-time")

    assert ("broken", credit.instant) == (row.standing, (row.repaired or 0) * 1000)
    assert ["broken", "repaired"] == [standing for decision, _, standing in told(home) if decision == "larkspur-09-in-time"]


def test_entries_of_settling_hold_no_name_and_no_amount(home: Home) -> None:
    settle_home(home, EVENTS, AFTERWARDS)
    written = b"".join(entry.bytes for entry in home.log())

    assert not [word for word in (b"c-101", b"120.00", b"e-1", b"psp") if word in written]


def test_promises_whose_contract_is_lost_are_unknown_and_said_to_be(tmp_path: Path) -> None:
    """Nobody can say what would have kept them; that is no reason to call them kept, or broken."""
    with open_home(tmp_path / "home") as home:
        home.record(refund("d-1"))
        settled = settle_home(home, EVENTS, NOON + DAY)

    assert (("d-1",), ["unknown"]) == (settled.unreadable, [row.standing for row in settled.rows])


def test_outcomes_read_numbers_and_microseconds(home: Home) -> None:
    """The table holds the ledger's own numbers of customers, and no text of theirs."""
    rows = settle_home(home, EVENTS, AFTERWARDS).rows
    first = rows[0]

    assert ("larkspur-01-our-fault", "money-back", "refund", "kept") == (first.decision, first.promise, first.kind, first.standing)
    assert (at("2026-11-16T10:00:00Z") // 1000, at("2026-11-11T09:00:00Z") // 1000) == (first.due, first.settled)
    assert len({row.subject for row in rows}) == len(rows)


def test_a_promise_is_found_by_the_contact_in_which_it_was_made(tmp_path: Path) -> None:
    """A person who joins the conversation keeps the promise made in it, also when the desk knows no decision."""
    line = json.loads((LARKSPUR / "decisions.jsonl").read_bytes().splitlines()[2])
    decided(tmp_path / "home", [json.dumps({**line, "contact": "k-81"}).encode()])
    joined = Event(id="j", source="desk", type="human.joined", instant=DECIDED + 1, subject="customer:c-103", data={"contact": "k-81"})
    with open_home(tmp_path / "home") as home:
        settle_home(home, [joined], AFTERWARDS)

        assert [("kept", None)] == [(row.standing, row.contact) for row in promises(home)]
        assert [81] == [row.contact for row in promises(home, contact=lambda raw: int(raw.removeprefix("k-")))]


def test_events_that_the_home_keeps_settle_its_promises(home: Home, tmp_path: Path) -> None:
    """What was handed in as events is there to settle with: nobody needs the file again."""
    with EventStore(home) as store:
        store.add(EVENTS)
    home.close()
    with open_home(tmp_path / "home") as again:
        settle_home(again, events_of(again), AFTERWARDS)

        assert ("kept", "late") == (standings(again)["01-our-fault"], standings(again)["02-limit"])


# ---- what was only observed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("observed", [range(0), range(0, 40, 3), range(40)])
def test_what_was_only_observed_is_as_if_it_had_never_been_decided(tmp_path: Path, observed: range) -> None:
    """Nobody was told: the same rows, standings and signals as in a home in which those decisions are left out."""
    lines = (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()
    watched, done = [each for at, each in enumerate(lines) if at in observed], [each for at, each in enumerate(lines) if at not in observed]
    decided(tmp_path / "both", watched, mode="observe")
    decided(tmp_path / "both", done)
    decided(tmp_path / "done", done)
    found = []
    for name in ("both", "done"):
        with open_home(tmp_path / name) as home:
            settled = settle_home(home, EVENTS, AFTERWARDS)
            rows = [(row.decision, row.promise, row.standing, row.settled, row.repaired) for row in promises(home)]
            of = [(each.about, each.clauses, each.owner) for each in settled.signals]
            later = [(row.decision, row.standing) for row in promises_at(home, AFTERWARDS + DAY)]
            found.append((rows, told(home), of, later, [len(settle_home(home, EVENTS, AFTERWARDS).rows)]))
            made = sum(isinstance(entry.value, PromiseMade) and entry.value.standing == "made" for entry in home.log())
            assert (settled.observed, promised(home)[1]) == (made - len(rows), made - len(rows))

    assert found[0] == found[1]


def test_an_observed_promise_takes_no_event_from_one_that_was_made(tmp_path: Path) -> None:
    """The older of two promises to a customer takes the event; one that nobody was told of waits for none."""
    line = {**json.loads((LARKSPUR / "decisions.jsonl").read_bytes().splitlines()[2]), "contact": "k-81"}
    for number, mode in ((1, "observe"), (2, "enforce")):
        decided(tmp_path / "home", [json.dumps({**line, "decision_id": f"d-{number}"}).encode()], mode=mode)
    joined = Event(id="j", source="desk", type="human.joined", instant=DECIDED + 1, subject="customer:c-103", data={"contact": "k-81"})
    with open_home(tmp_path / "home") as home:
        settle_home(home, [joined], AFTERWARDS)

        assert [("d-2", "kept")] == [(row.decision, row.standing) for row in promises(home)]


def test_what_an_older_version_wrote_of_observed_promises_counts_no_more(tmp_path: Path) -> None:
    """Its entries stay, as all do; the home owes nothing by them, and its signal asks about no customer."""
    lines = (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()
    decided(tmp_path / "home", lines, mode="observe")
    with open_home(tmp_path / "home") as home:
        made = [entry.value for entry in home.log() if isinstance(entry.value, PromiseMade)]
        broken = [msgspec.structs.replace(each, standing="broken", settled=each.due) for each in made]
        assert home.follow(broken, seen=home.last_seq()) is not None

        assert ([], len(made)) == promised(home)
        assert [] == list(settle_home(home, EVENTS, AFTERWARDS).signals)
        assert ([], len(made)) == promised(home), "nor when it goes on from what was kept beside it"


def test_the_commands_count_what_was_observed_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whom we owe is nobody; how much would have been promised is said."""
    lines = (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()
    decided(tmp_path / "home", lines[:1], mode="observe")
    settle_command.run(tmp_path / "home", now="2027-03-01T10:00:00Z")
    promises_command.run(tmp_path / "home")
    said = capsys.readouterr().out
    why_command.run("larkspur-01-our-fault", tmp_path / "home")
    words = "Nothing was promised.\nObserved only: 1 promise would have been made. Nobody was told, so nothing of it is owed.\n"

    assert 2 * words == said
    assert "\nwould promise" in capsys.readouterr().out


# ---- confirmed against executed --------------------------------------------------------------------------------------


def test_what_was_executed_otherwise_than_confirmed_asks_the_answerable_person_once(tmp_path: Path) -> None:
    """She confirmed 20 EUR and 25 were moved: whoever answers for what is unclear is asked, by name, once."""
    line = json.loads((LARKSPUR / "decisions.jsonl").read_bytes().splitlines()[0])
    lines = [{**line, "decision_id": f"d-{number}", "confirmed_args": {"order": "o-9", "amount": "20.00 EUR"}} for number in (1, 2)]
    decided(tmp_path / "home", [json.dumps(each).encode() for each in lines])
    executed = [
        Event(id=f"x-{number}", source="agent", type="action.executed", instant=DECIDED + 1, data={"decision": f"d-{number}", "args": args})
        for number, args in ((1, {"order": "o-9", "amount": "25.00 EUR"}), (2, {"amount": "20.00 EUR", "order": "o-9"}), (3, {}))
    ]
    with open_home(tmp_path / "home") as home:
        first, again = settle_home(home, executed, DECIDED + 2), settle_home(home, executed, DECIDED + 3)
        signals = [entry.value for entry in home.log() if isinstance(entry.value, SignalOpened)]

    assert (1, 0) == (len(first.signals), len(again.signals))
    assert [("d-1", "executed-otherwise", "mara", ("amount",))] == [(each.decision_id, each.about, each.owner, each.clauses) for each in signals]


# ---- kill -9 ---------------------------------------------------------------------------------------------------------


def many(folder: Path, count: int) -> None:
    with open_home(folder) as home:
        home.record_many([refund(f"d-{number}", customer=f"c-{number % 40}") for number in range(count)])


def started(folder: Path, *, killed_after: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, SETTLER, str(folder), str(NOON + DAY), str(killed_after)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_settling_that_is_killed_is_finished_by_running_it_again(tmp_path: Path) -> None:
    """Killed three times after a commit, and five times anywhere: nothing lost, nothing double, no gap."""
    chance, count, folder = random.Random(7), 2000, tmp_path / "home"
    many(folder, count)
    sizes = []
    for commits in (1, 2, 3):
        started(folder, killed_after=commits).communicate(timeout=60)
        with open_home(folder) as home:
            sizes.append(len(told(home)))
    for _ in range(5):
        process = started(folder)
        time.sleep(chance.uniform(0.3, 0.9))
        process.kill()
        process.communicate()
    last = started(folder)
    _, errors = last.communicate(timeout=60)

    assert last.returncode == 0, errors.decode()
    assert [50, 150, 300] == sizes
    with open_home(folder) as home:
        assert Counter(told(home)) == Counter((f"d-{number}", "money-back", "unknown") for number in range(count))
        assert [entry.seq for entry in home.log()] == list(range(1, 3 * count + 1))


def test_two_processes_that_settle_at_once_write_each_transition_once(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    many(folder, 3000)
    both = [started(folder), started(folder)]
    said = [each.communicate(timeout=60) for each in both]

    assert [0, 0] == [each.returncode for each in both], said
    assert 3000 == sum(int(out.split()[-1]) for out, _ in said)
    with open_home(folder) as home:
        assert {1} == set(Counter(told(home)).values())


# ---- the commands ----------------------------------------------------------------------------------------------------


def test_the_commands_say_what_became_of_promises_and_whom_we_owe(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.close()
    code = settle_command.run(tmp_path / "home", events=str(LARKSPUR / "events.jsonl"), now="2026-11-21T10:00:00Z")
    settled = capsys.readouterr().out
    again = promises_command.run(tmp_path / "home"), capsys.readouterr().out
    listed = promises_command.run(tmp_path / "home", as_json=True), [json.loads(each) for each in capsys.readouterr().out.splitlines()]

    assert (0, 0, True) == (code, again[0], settled.startswith(again[1]))
    assert "A signal asks mara: `a-person-answers` of `refund` was broken.\n" in settled
    assert settled.endswith("`ourword signals` lists what asks for an answer.\n")
    assert settled.startswith("26 promises: 4 kept in time, 2 late, 19 broken, 1 unknown.\n")
    assert "  c-112  money-back, due 2026-11-16 10:00:00 UTC  larkspur-12-opened\n" in settled
    assert (0, 26, "2026-11-11T09:00:00Z") == (listed[0], len(listed[1]), listed[1][0]["settled"])


def test_one_that_was_kept_before_it_was_due_is_not_called_due(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two days after it was promised one refund is there, one is waited for and one is waived: none of them is due, and all are counted."""
    lines = (LARKSPUR / "decisions.jsonl").read_bytes().splitlines()
    decided(tmp_path / "home", [lines[0], lines[1], lines[11]])
    moved = {"specversion": "1.0", "source": "psp", "type": "payment.refunded", "time": "2026-11-10T10:00:00Z", "subject": "customer:c-101"}
    events = [
        {**moved, "id": "m", "data": {"decision": "larkspur-01-our-fault", "amount": "120.00 EUR"}},
        {**moved, "id": "r", "type": "promise.released", "data": {"decision": "larkspur-02-limit", "promise": "money-back", "actor": "customer"}},
    ]
    (tmp_path / "events").write_text("".join(f"{json.dumps(each)}\n" for each in events))
    settle_command.run(tmp_path / "home", events=str(tmp_path / "events"), now="2026-11-11T10:00:00Z")

    assert "3 promises: 1 kept in time, 1 open, 1 released.\n" == capsys.readouterr().out.splitlines(keepends=True)[0]


def test_an_event_that_cannot_be_read_is_said_and_the_rest_settle(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.close()
    source = tmp_path / "events.jsonl"
    source.write_bytes(b'{"specversion": "1.0"}\n\n' + (LARKSPUR / "events.jsonl").read_bytes())
    code = settle_command.run(tmp_path / "home", events=str(source), now="2026-11-21T10:00:00Z")
    said = capsys.readouterr()

    assert (2, True) == (code, "4 kept in time" in said.out)
    assert f"{source}:1" in said.err


@pytest.mark.parametrize("options", [{"now": "yesterday"}, {"watch": True, "now": "2026-11-21T10:00:00Z"}, {"events": "nowhere.jsonl"}])
def test_a_time_or_file_that_makes_no_sense_is_wrong_usage(home: Home, tmp_path: Path, options: dict[str, object]) -> None:
    home.close()
    with pytest.raises(UsageError):
        settle_command.run(tmp_path / "home", **options)  # type: ignore[arg-type]
