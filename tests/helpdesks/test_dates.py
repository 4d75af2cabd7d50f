"""Dates of exports in the first run: read, or asked about, or refused aloud; never a run without times that says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ourword.cli.main import run
from ourword.figures.watched import watching
from ourword.helpdesks.assumed import assumed, first_question
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.table import Table
from ourword.helpdesks.way import look_at
from ourword.http.start.app import close, make
from ourword.starting.run import Start
from ourword.stores.home import open_home

HEAD = "Ticket ID,Requester,Status,Created at,Solved at,Category\n"


NO_END = ("-", "N/A", "NULL", "0000-00-00 00:00:00")


def table(times: Sequence[tuple[str, str]]) -> str:
    return HEAD + "".join(
        f'{n},ann{n}@mail.example,{"Open" if end in NO_END else "Solved"},"{at}","{end}",Refund\n' for n, (at, end) in enumerate(times, 1)
    )


def once(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    file = tmp_path / "tickets.csv"
    file.write_text(text, encoding="utf-8")
    code = run(["start", str(file), "--folder", str(tmp_path / "f"), "--once", *options])
    told = capsys.readouterr()
    return code, told.out + told.err


def opened(folder: Path) -> list[str]:
    """The days on which contacts were opened, out of the home."""
    with open_home(Start(folder).home or Path(), create=False, write=False) as home, watching(home) as (connection, _):
        found = connection.execute("SELECT start_at FROM became ORDER BY contact").fetchall()
    return [f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=each):%Y-%m-%d %H:%M}" for (each,) in found]


@pytest.mark.parametrize("way", ["%m/%d/%Y, %I:%M %p", "%d.%m.%Y %H:%M", "%d %b %Y %H:%M", "%Y-%m-%dT%H:%M:%S.000+0000", "excel"])
def test_one_table_in_any_usual_writing_gives_the_same_days(tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str) -> None:
    """The same twelve tickets, whoever's spreadsheet they came through."""
    at = [datetime(2026, 9, 20, 9, 30) + timedelta(days=n) for n in range(12)]

    def written(moment: datetime) -> str:
        return f"{(moment - datetime(1899, 12, 30)).total_seconds() / 86_400:.6f}" if way == "excel" else moment.strftime(way)

    code, told = once(tmp_path, table([(written(each), written(each + timedelta(hours=3))) for each in at]), capsys)

    assert code == 0, told
    assert sorted(f"{each:%Y-%m-%d %H:%M}" for each in at) == sorted(opened(tmp_path / "f"))
    assert "left out:" not in told


@pytest.mark.parametrize("at", ["next week", "", "KW 38"])
def test_a_run_of_which_most_has_no_time_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str) -> None:
    """It once ended with exit 0 and "no data", and nobody could see why."""
    times = [(at, "")] * 12 + [("2026-09-01 10:00", "2026-09-01 12:00")] * (at != "next week")
    code, told = once(tmp_path, table(times), capsys)

    assert code == 64
    assert "has no time that can be read" in told
    assert "Created at" in told
    assert "times that are read: 2026-11-23 14:50" in told
    assert [] == list((tmp_path / "f").glob("home-*"))


def test_what_is_left_out_is_said_with_its_place_and_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One bad date of thirteen is no reason to stop, and none to be silent; nor does it take the time of another customer's ticket."""
    times = [(f"2026-09-{n:02} 10:00", f"2026-09-{n:02} 12:00") for n in range(1, 23)] + [("yesterday", ""), ("", "2026-09-09 12:00")]
    code, told = once(tmp_path, table(times), capsys)

    assert code == 0
    assert "left out: tickets.csv: 1 left out, of 24 rows: tickets.csv:24: Created at: `yesterday` is not written like the other" in told
    assert "left out: tickets.csv: 1 events have no time, and count in nothing that measures time: `Created at` is empty there" in told


@pytest.mark.parametrize("nothing", NO_END)
def test_a_ticket_that_is_open_has_no_end_however_the_export_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], nothing: str) -> None:
    """A dash is no time, and no reason to tell of every open ticket that it was left out."""
    times = [(f"2026-09-{n:02} 10:00", f"2026-09-{n:02} 12:00" if n % 2 else nothing) for n in range(1, 9)]
    text = "".join(line.replace("Solved", "Open") if f'"{nothing}"' in line else line for line in table(times).splitlines(keepends=True))
    code, told = once(tmp_path, text, capsys)

    assert code == 0
    assert "left out:" not in told
    assert "8 rows, 12 events" in told


def test_where_nothing_proves_the_order_it_is_asked_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half of all dates can be read both ways: a silent choice once moved tickets by months."""
    text = table([("01/02/2026 09:00", "02/02/2026 09:00"), ("03/04/2026 09:00", "04/04/2026 09:00"), ("05/04/2026 09:00", "05/05/2026 09:00")])
    code, told = once(tmp_path, text, capsys)
    assert code == 0
    assert "assumed: tickets.csv: the day is taken to come first in dates, a guess: no date proves it" in told
    assert "`01/02/2026 09:00` in `Created at` is 1 February" in told
    assert opened(tmp_path / "f")[0] == "2026-02-01 09:00"

    _, told = once(tmp_path, text, capsys, "--dates", "month", "--zone", "Europe/Berlin")
    assert "assumed: tickets.csv: the month is taken to come first in dates, as you said; `01/02/2026 09:00` in `Created at` is 2 January" in told
    assert "are read as Europe/Berlin" in told
    assert opened(tmp_path / "f")[0] == "2026-01-02 08:00"

    assert once(tmp_path, text, capsys, "--dates", "both")[0] == 64
    assert once(tmp_path, text, capsys, "--zone", "Nowhere")[0] == 64


def test_the_page_asks_with_a_date_of_the_file_read_both_ways(tmp_path: Path) -> None:
    """Somebody who never heard of formats knows in which month their customer wrote."""
    start = Start(tmp_path / "f")
    app = make(start)
    with TestClient(app, base_url="http://127.0.0.1:8080") as caller:
        content = table([("01/02/2026 09:00", "02/02/2026 09:00"), ("03/04/2026 09:00", "04/04/2026 09:00")])
        caller.post("/start/files", files=[("files", ("tickets.csv", content.encode(), "text/csv"))])
        caller.post("/start/look")
        page = caller.get("/start/questions").text
        caller.post("/start/questions", data={"zone": "UTC", "solved": "Solved", "same": "kind", "first": "month"})
        found = caller.get("/start/found").text
        again = caller.get("/start/questions").text
    close(app)

    assert "the day: <code>01/02/2026 09:00</code> is 1 February" in page
    assert re.search(r'name="first" value="day" checked', page)
    assert re.search(r'name="first" value="month" checked', again)
    assert "as you said; <code>01/02/2026 09:00</code> in <code>Created at</code> is 2 January" in found
    assert opened(start.folder) == ["2026-01-02 09:00", "2026-03-04 09:00"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    first=st.sampled_from(["day", "month"]),
    days=st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=6),
    late=st.integers(13, 28),
    at=st.integers(0, 6),
)
def test_one_date_of_all_rows_proves_the_order_wherever_it_stands(first: str, days: list[tuple[int, int]], late: int, at: int) -> None:
    """Also behind the rows from which the columns are guessed: all of a file is looked through before anything is read."""
    way = "{1:02}/{0:02}/2026 10:00" if first == "day" else "{0:02}/{1:02}/2026 10:00"
    dates = [way.format(*each) for each in days]
    rows = [{"Ticket ID": f"{n}", "Requester": f"a{n}", "Created at": each} for n, each in enumerate([*dates, *dates])]
    rows.insert(min(at, len(rows)), {"Ticket ID": "x", "Requester": "ax", "Created at": way.format(5, late)})
    seen, look = Table([each for each in rows if each["Ticket ID"] != "x"], "t.csv"), Look()
    look_at(seen, iter(rows), look)
    said = assumed(look, Answers(first="month" if first == "day" else "day"))

    if seen.roles.dates:
        assert seen.first(Answers(first="month" if first == "day" else "day"), look) == first
        assert first_question(look) is None
        assert said[0] == f"t.csv: the {first} comes first in dates, since `{way.format(5, late)}` in `Created at` can be nothing else"
