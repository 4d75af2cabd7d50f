"""Quiet customers are drawn, called and heard, through the command that people type; and no other rate learns of it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import stat
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.board.lived import NOW, NOW_NS, lived_home, take

from ourword.calling.asking import Wanted, draw_quiet, sheet
from ourword.calling.asking import take as take_answers
from ourword.calling.sheet import Row, written
from ourword.cli.main import run
from ourword.errors import LineError, UsageError
from ourword.figures.board import board
from ourword.figures.settling import events_of, settle_home
from ourword.figures.watched import watched
from ourword.ledger.samples import QUESTION
from ourword.outcomes.contacts import Asked
from ourword.outcomes.narrowing import ASKED, ASKED_BOUNDS, Called, Part, narrowed
from ourword.stores.home import open_home
from ourword.stores.samples import drawn_of, frame_of, samples, spoken

DAY = 86_400


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived_home(tmp_path_factory.mktemp("asking") / "home", contacts=400)


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Path:
    shutil.copytree(lived, tmp_path / "home")
    return tmp_path / "home"


def ask(home: Path, *more: str | Path) -> int:
    return run(["ask", "--home", str(home), *map(str, more)])


def drawn(home: Path, **wanted: Any) -> list[Row]:
    """Draw in a home; give the sheet."""
    with open_home(home) as opened:
        return sheet(opened, draw_quiet(opened, Wanted(**{"size": 40, "seed": 7, **wanted}), now=NOW_NS))


def answered(home: Path, rows: list[Row], words: Callable[[int], str], now: int = NOW_NS) -> int:
    """Hand a sheet in, filled in by place; give how many answers were new."""
    text = written(msgspec.structs.replace(row, solved=words(place)) for place, row in enumerate(rows, 1))
    with open_home(home) as opened:
        taken = take_answers(opened, text.encode(), place="ask.csv", now=now)
    assert () == taken.wrong
    return taken.new


def thirds(place: int) -> str:
    return ("yes", "no", "no answer")[place % 3]


# ---- who is drawn ----


def test_drawn_are_quiet_contacts_that_automation_handled_one_of_each_customer(home: Path) -> None:
    """Whoever confirmed, came back or gave up is not called: of them we know."""
    rows = drawn(home, size=200)
    with watched(home) as connection, open_home(home, write=False) as opened:
        known = {row[0]: row for row in connection.execute("SELECT contact, outcome, handled_by, subject FROM became").fetchall()}
        (sample,) = samples(opened)
        numbers = drawn_of(sample, frame_of(opened, sample))
    frame = [row for row in known.values() if row[1:3] == ("quiet", "automation")]

    assert {("quiet", "automation")} == {known[number][1:3] for number in numbers}
    assert len({known[number][3] for number in numbers}) == len(numbers) == len(rows) == min(200, len({each[3] for each in frame}))
    assert (len(frame), len({each[3] for each in frame})) == (sample.drawn.contacts, sample.drawn.customers)


@pytest.mark.parametrize(
    "wanted", [{"kind": "refund"}, {"handled_by": "person"}, {"handled_by": "any"}, {"since": (NOW_NS // 10**9 - 40 * DAY) * 10**6}]
)
def test_a_draw_may_be_limited_and_says_so(home: Path, wanted: dict[str, Any]) -> None:
    """To a kind, to what people handled, to what customers still remember."""
    rows = drawn(home, size=20, **wanted)
    with open_home(home, write=False) as opened:
        (sample,) = samples(opened)

    if "kind" in wanted:
        assert all("refund" in row.kind.split(", ") for row in rows)
        assert "refund" == sample.drawn.kind
    if "since" in wanted:
        assert min(row.ended for row in rows) >= "2026-10-14"
    assert rows


def test_the_same_seed_draws_the_same_and_each_draw_is_in_the_record(home: Path) -> None:
    """Who draws until the sample pleases leaves a trace of it."""
    first, again, other = drawn(home), drawn(home), drawn(home, seed=8)
    contacts = [[row.contact for row in each] for each in (first, again, other)]
    with open_home(home, write=False) as opened:
        assert [7, 7, 8] == [each.drawn.seed for each in samples(opened)]

    assert contacts[0] == contacts[1] != contacts[2]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [({"kind": "refnud"}, "ask.kind"), ({"handled_by": "robot"}, "ask.handled-by"), ({"size": 0}, "ask.size"), ({"seed": -1}, "ask.seed")],
)
def test_what_cannot_be_drawn_is_refused_with_a_hint(home: Path, wanted: dict[str, Any], code: str) -> None:
    with open_home(home) as opened, pytest.raises(UsageError) as told:
        draw_quiet(opened, Wanted(**{"size": 10, **wanted}), now=NOW_NS)

    assert code == told.value.code
    assert "ask.kind" != code or "did you mean `refund`?" == told.value.hint


def test_where_nobody_is_quiet_nobody_is_drawn(tmp_path: Path) -> None:
    """And nothing is recorded."""
    event = {"specversion": "1.0", "id": "1", "source": "chat", "type": "message.in", "time": NOW.isoformat(), "subject": "customer:c-1"}
    with open_home(tmp_path / "home"):
        pass
    take(tmp_path / "home", [{**event, "data": {"contact": "k-1"}}])
    with open_home(tmp_path / "home") as opened:
        with pytest.raises(UsageError) as told:
            draw_quiet(opened, Wanted(size=10), now=NOW_NS)
        assert ("ask.nobody", []) == (told.value.code, samples(opened))


def test_where_nothing_says_who_handled_the_error_names_the_way_on(tmp_path: Path) -> None:
    """An export of tickets names nobody who handled any: "no contact is quiet" was wrong, and led nowhere."""
    at = NOW_NS // 10**9 - 40 * DAY
    events = [
        {"specversion": "1.0", "id": f"{number}", "source": "table", "type": type_, "time": datetime.fromtimestamp(when, UTC).isoformat()}
        | {"subject": "customer:c-1", "data": {"contact": "k-1"}}
        for number, (type_, when) in enumerate((("contact.opened", at), ("contact.closed", at + 60), ("customer.active", NOW_NS // 10**9)))
    ]
    with open_home(tmp_path / "home"):
        pass
    take(tmp_path / "home", events)
    with open_home(tmp_path / "home") as opened:
        with pytest.raises(UsageError) as told:
            draw_quiet(opened, Wanted(size=10), now=NOW_NS)
        found = draw_quiet(opened, Wanted(size=10, handled_by="any"), now=NOW_NS)

    assert "1 contact is quiet, and no event says that automation handled it" in str(told.value)
    assert "`--handled-by any`" in told.value.hint
    assert 1 == found.drawn.contacts


# ---- what nobody else learns ----


@pytest.mark.parametrize("asked", [Asked(), Asked(window_days=14), Asked(grouped_by="handled_by"), Asked(as_of=NOW_NS // 1000 - 20 * DAY * 10**6)])
def test_answers_change_no_other_number(home: Path, asked: Asked) -> None:
    """A yes on the telephone weeks later is no confirmation within the window, and no newer last event: every other rate stays, to the digit."""
    before = board(home, asked)
    answered(home, drawn(home), thirds, now=NOW_NS + 30 * DAY * 10**9)
    after = board(home, asked)
    others = tuple(row for row in after.rows if row.metric not in (ASKED, ASKED_BOUNDS))

    assert before.rows == others
    assert (before.as_of, before.contacts, before.recounted, before.promises) == (after.as_of, after.contacts, after.recounted, after.promises)
    assert bool(after.narrowed) is (asked.as_of is None)


def test_answers_settle_nothing_and_silence_nobody(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Promises and the rule of silence read events, and a call is none."""
    ended = []
    for _ in range(2):
        run(["silent", "--home", str(home), "--json"])
        with open_home(home) as opened:
            settle_home(opened, events_of(opened), NOW_NS)
            events = len(list(events_of(opened)))
        ended.append((capsys.readouterr().out, events))
        answered(home, drawn(home), thirds)

    assert ended[0] == ended[1]


def test_a_report_as_of_then_does_not_know_what_was_said_later(home: Path) -> None:
    """The band of Monday stays Monday's, when it is asked for as of Monday."""
    answered(home, drawn(home), thirds, now=NOW_NS + 2 * DAY * 10**9)
    monday = board(home, Asked(as_of=NOW_NS // 1000 + DAY * 10**6))
    wednesday = board(home, Asked(as_of=NOW_NS // 1000 + 3 * DAY * 10**6))

    assert () == monday.narrowed
    assert wednesday.narrowed


# ---- what the band says ----


def test_every_row_says_what_a_plain_count_says(home: Path) -> None:
    """The queries against loops in Python: in each kind, version and segment, of two samples the later one for the contacts that both could draw."""
    answered(home, drawn(home, size=60), thirds)
    answered(home, drawn(home, size=40, kind="refund", handled_by="any", seed=9), lambda place: ("yes", "partly", "no", "no answer")[place % 4])
    found = board(home, Asked(grouped_by="lineage.prompt"))
    with open_home(home, write=False) as opened:
        said = spoken(opened)
    with watched(home, Asked(grouped_by="lineage.prompt")) as connection:
        members: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for *group, contact in connection.execute("SELECT kind, version, segment, contact FROM members").fetchall():
            members[tuple(group)].append(contact)
        outcome = dict(connection.execute("SELECT contact, outcome FROM became").fetchall())
    of = {contact: each for each in said for contact in each.frame.contacts}
    size = {each.seq: Counter(each.frame.customers) for each in said}
    whose = {each.seq: dict(zip(each.frame.contacts, each.frame.customers, strict=True)) for each in said}
    rows = {(row.metric, row.kind, row.version, row.segment): row for row in found.rows}
    told = 0
    for group, contacts in members.items():
        over = [each for each in contacts if outcome[each] not in ("still_open", "unknown")]
        quiet = [each for each in over if outcome[each] == "quiet"]
        parts = []
        for each in said:
            theirs = [contact for contact in quiet if of.get(contact) is each]
            customers = {whose[each.seq][contact] for contact in theirs}
            repeated = sum(size[each.seq][who] ** 2 for who in customers if size[each.seq][who] > 1)
            called = tuple(Called(size[each.seq][whose[each.seq][c]], each.solved[c]) for c in theirs if c in each.solved)
            if called:
                parts.append(Part(contacts=len(theirs), customers=len(customers), repeated=repeated, called=called))
        if not any(part.answered for part in parts):
            assert (ASKED, *group) not in rows
            continue
        expected = narrowed(parts, n=len(over), confirmed=sum(outcome[each] == "confirmed" for each in over), quiet=len(quiet))
        for metric, between in ((ASKED, expected.asked), (ASKED_BOUNDS, expected.bounds)):
            row = rows[metric, *group]
            assert (row.n, row.value, row.low, row.high) == pytest.approx((len(over), between.value, between.low, between.high))
        told += 1

    assert told > 20


def test_what_became_quiet_since_stays_unknown(home: Path) -> None:
    """The sample speaks of those it was drawn from: the band grows wide again, until somebody draws again."""
    answered(home, drawn(home), thirds)
    before = board(home, Asked(as_of=NOW_NS // 1000)).asked()
    late = [
        {"specversion": "1.0", "id": f"late-{n}-{part}", "source": "shop", "type": type_, "subject": f"customer:late-{n}", "time": time, "data": data}
        for n in range(30)
        for part, (type_, time, data) in enumerate(
            [
                ("message.in", "2026-11-25T10:00:00Z", {"contact": f"late-{n}", "actor": "customer"}),
                ("message.out", "2026-11-25T10:01:00Z", {"contact": f"late-{n}", "actor": "automation", "asks": False}),
                ("contact.closed", "2026-11-25T10:02:00Z", {"contact": f"late-{n}", "closed_by": "automation", "close_reason": "no_reply"}),
            ]
        )
    ]
    take(home, late)
    after = board(home, Asked(as_of=NOW_NS // 1000 + 20 * DAY * 10**6)).asked()

    assert before is not None
    assert after is not None
    assert after.uncovered >= before.uncovered + 30
    assert after.asked.high - after.asked.low > before.asked.high - before.asked.low


# ---- the command ----


def test_the_sheet_has_what_a_caller_needs(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whom, about what, when, the last words, the question; room for the answer. It is for whoever made it alone."""
    file = tmp_path / "ask.csv"
    assert 0 == ask(home, "--sample", 25, "--seed", 7, "--out", file)
    told = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))

    assert 25 == len(rows)
    assert list(Row.__struct_fields__) == list(rows[0])
    assert {(QUESTION, "", "")} == {(row["question"], row["solved"], row["note"]) for row in rows}
    assert all(row["customer"] and row["contact"] and row["kind"] and row["ended"] < "2026-11-17" for row in rows)
    assert any(row["customer_said"] for row in rows)
    assert any(row["we_said"] for row in rows)
    assert os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "25 customers drawn by lot" in told
    assert f"ourword ask --answers {file} --home {home}" in told


def test_a_sheet_with_answers_is_never_written_over(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An afternoon of calls lies in it. And nothing is drawn before that is known."""
    file = tmp_path / "ask.csv"
    file.write_text("answers")
    code = ask(home, "--sample", 25, "--out", file)
    with open_home(home, write=False) as opened:
        assert [] == samples(opened)

    assert 64 == code
    assert "answers" == file.read_text()
    assert "ask.csv: the file is there already" in capsys.readouterr().err


def test_answers_come_in_as_often_as_there_are_more(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten on Monday, the others on Tuesday, and who was not reached on Monday again: handed in twice they count once."""
    rows = drawn(home, size=30)
    first = answered(home, rows, lambda place: "no answer" if place <= 4 else "yes" if place <= 10 else "")
    again = answered(home, rows, lambda place: "no answer" if place <= 4 else "yes" if place <= 10 else "")
    more = answered(home, rows, lambda place: "partly" if place <= 2 else "no answer" if place <= 4 else "yes" if place <= 10 else "no")
    assert 0 == ask(home, "--json")
    told = json.loads(capsys.readouterr().out)

    assert (10, 0, 22) == (first, again, more)
    assert (6, 20, 2, 2, 0) == tuple(told[name] for name in ("yes", "no", "partly", "no_answer", "not_called"))


def test_an_answer_that_was_given_stands_and_every_wrong_row_is_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is right in the sheet is kept; a yes does not become a no by typing it again."""
    rows = drawn(home, size=20)
    answered(home, rows, lambda place: "yes" if place == 1 else "")
    lines = [f"{rows[0].id},{rows[0].contact},no", f"{rows[1].id},{rows[2].contact},no", f"{rows[2].id},{rows[2].contact},no"]
    lines += [f"{rows[0].id.rsplit('-', 1)[0]}-21,k,yes", f"ask-999-1,{rows[3].contact},yes", f"{rows[4].id},{rows[4].contact},perhaps"]
    (tmp_path / "ask.csv").write_text("\n".join(["id,contact,solved", *lines]))
    code = ask(home, "--answers", tmp_path / "ask.csv")
    printed = capsys.readouterr()
    file = tmp_path / "ask.csv"

    assert 2 == code
    assert printed.out.startswith("1 answer kept, 0 known already, 5 rows cannot be taken\n")
    told = [line for line in printed.err.splitlines() if not line.startswith("  hint: ")]
    assert [f"{file}:2: solved", f"{file}:3: contact", f"{file}:5: id", f"{file}:6: id", f"{file}:7: solved"] == [
        ": ".join(line.split(": ")[:2]) for line in told
    ]
    assert told[0].endswith("was answered before: yes")
    assert 5 == printed.err.count("  hint: ")


def test_ids_that_look_like_formulas_are_found_again(tmp_path: Path) -> None:
    """With the apostrophe, or after a spreadsheet took it away."""
    folder = tmp_path / "home"
    with open_home(folder):
        pass
    contact, other = "=1+1", "-81"
    events = [
        {
            "specversion": "1.0",
            "id": f"{name}{n}",
            "source": "chat",
            "type": type_,
            "subject": f"customer:@{name}",
            "time": time,
            "data": {"contact": name, **data},
        }
        for name in (contact, other)
        for n, (type_, time, data) in enumerate(
            [
                ("message.in", "2026-11-01T10:00:00Z", {"actor": "customer", "text": '=HYPERLINK("http://evil.example")'}),
                ("message.out", "2026-11-01T10:01:00Z", {"actor": "automation", "asks": False, "text": "Done."}),
                ("contact.closed", "2026-11-01T10:02:00Z", {"closed_by": "automation"}),
                ("note", "2026-11-20T10:02:00Z", {"contact": None}),
            ]
        )
    ]
    take(folder, events)
    rows = drawn(folder, size=2)
    text = written(rows)
    bare = {row.contact: row for row in rows}[contact]
    with open_home(folder) as opened:
        taken = take_answers(opened, text.replace("solved?,,", "solved?,yes,").replace("'=1+1", "=1+1").encode(), place="ask.csv", now=NOW_NS)

    assert "'=HYPERLINK" in text
    assert ",=" not in text
    assert bare.customer == "@=1+1"
    assert (2, ()) == (taken.new, taken.wrong)


def test_an_earlier_sample_can_be_looked_at_and_written_again(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lost sheet is no lost sample; what was answered stands in it."""
    rows = drawn(home, size=10)
    answered(home, rows, thirds)
    drawn(home, size=5, seed=8)
    name = rows[0].id.rsplit("-", 1)[0]

    assert 0 == ask(home, "--of", name, "--out", "-")
    again = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert [(row.id, thirds(place)) for place, row in enumerate(rows, 1)] == [(row["id"], row["solved"]) for row in again]
    assert 2 == ask(home, "--of", "ask-7")
    assert "there is no sample `ask-7`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--sample", "10"],
        ["--sample", "10", "--out", "x.csv", "--answers", "y.csv"],
        ["--kind", "refund"],
        ["--answers", "y.csv", "--out", "x.csv"],
        ["--sample", "10", "--out", "x.csv", "--of", "ask-1"],
        ["--sample", "10", "--out", "x.csv", "--since", "yesterday"],
    ],
)
def test_a_command_that_does_not_fit_says_how(home: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 64 == ask(home, *options)
    assert "hint: " in capsys.readouterr().err
    with open_home(home, write=False) as opened:
        assert [] == samples(opened)


def test_without_a_sample_there_is_nothing_to_say(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == ask(home)
    assert "nobody has been drawn here so far" in capsys.readouterr().err
    with open_home(home) as opened, pytest.raises(LineError):
        take_answers(opened, b"name\n", place="ask.csv", now=NOW_NS)


def test_it_tells_how_the_band_narrows_before_and_after(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With both: what one would have to believe, and what holds without."""
    answered(home, drawn(home, handled_by="any"), thirds)
    assert 0 == ask(home)
    told = " ".join(capsys.readouterr().out.split())
    assert 0 == ask(home, "--json")
    as_json = json.loads(capsys.readouterr().out)
    (band,) = as_json["stayed_resolved"]

    assert "if those who did not answer are like those who did" in told
    assert "whatever they would have said" in told
    assert 0 == band["uncovered"]
    assert band["before"][0] <= band["bounds"]["low"] <= band["asked"]["low"] <= band["asked"]["high"] <= band["bounds"]["high"] <= band["before"][1]
    assert band["asked"]["high"] - band["asked"]["low"] < band["before"][1] - band["before"][0]
