"""Which column was read as what is said, and which were left; ratings are read where their values are understood."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given as each_of
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.start.shop import give, read_all

from ourword.app import Ourword
from ourword.cli.main import run
from ourword.outcomes.profile import Column
from ourword.outcomes.ratings import answers_in
from ourword.starting.run import Start

TINY = """Ticketnummer;Kunde (E-Mail);Anliegen;Eröffnet am;Gelöst am;Status;Bearbeiter;Bewertung;Ort
T-1;anna@web.de;Lieferung;3.9.2026 14:05;3.9.2026 15:10;Gelöst;Chatbot;5;Bonn
T-2;bert@web.de;Lieferung;5.9.2026 09:00;5.9.2026 10:00;Gelöst;Maria;4;Bonn
T-3;cora@web.de;Rechnung;6.9.2026 09:00;6.9.2026 10:00;Gelöst;Maria;1;Bonn
T-4;dora@web.de;Rechnung;7.9.2026 09:00;7.9.2026 10:00;Gelöst;Maria;;Bonn
T-5;emil@web.de;Rückgabe;29.10.2026 09:00;29.10.2026 10:00;Gelöst;Maria;;Bonn
""".encode("windows-1252")
FRESH_HEAD = "Ticket ID,Status,Agent,Group,Created time,Resolved time,Survey results,Email\n"
FRESH_ROW = "{0},Closed,{1},Support,2026-09-{2:02} 10:00,2026-09-{2:02} 11:00,,c{0}@m.example\n".format
FRESH = (FRESH_HEAD + "".join(FRESH_ROW(n, "Jane" if n % 2 else "Freddy", n + 1) for n in range(9))).encode()


def satisfied(start: Start) -> tuple[int, float | None]:
    with Ourword.open_home(start.home or Path(), create=False) as word:
        row = word.board().row("satisfaction")
    return (row.n, row.value) if row is not None else (0, None)


def test_the_page_says_what_was_read_as_what(caller: TestClient, start: Start) -> None:
    """“Anliegen” was dropped without a word in a table of eight rows, and so was “Bewertung”."""
    give(caller, "klein.csv", TINY)
    caller.post("/start/look")
    asked = caller.get("/start/questions").text
    found = read_all(caller).text

    for page in (asked, found):
        for meaning, column in (("ticket", "Ticketnummer"), ("kind", "Anliegen"), ("closed", "Gelöst am"), ("customer", "Kunde (E-Mail)")):
            assert f'data-label="Read as">{meaning}</td><td role="cell" data-label="Column"><code>{column}</code>' in page
        assert "satisfaction, the most as the best" in page
        assert "Not read: Bearbeiter, Ort." in page
        assert "<code>Bearbeiter</code> names people or machines beside tickets, and does not say who answered" in page
    assert (3, 2 / 3) == satisfied(start)
    assert "Of 3 closed contacts that a customer rated, 67 %" in found


def test_the_command_says_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "klein.csv"
    file.write_bytes(TINY)
    run(["start", str(file), "--once", "--folder", str(tmp_path / "Ourword")])
    told = capsys.readouterr().out

    assert "read as: klein.csv: ticket = Ticketnummer, customer = Kunde (E-Mail), opened, or sent = Eröffnet am" in told
    assert "not read: klein.csv: Bearbeiter, Ort" in told


def test_an_agent_stands_before_a_group(caller: TestClient) -> None:
    """“Support”, the group, was taken for the agent."""
    give(caller, "fresh.csv", FRESH)
    caller.post("/start/look")
    page = caller.get("/start/questions").text

    assert "Your table names “Freddy”, “Jane” beside tickets" in page


def test_a_rating_of_an_unknown_scale_is_told_and_not_read(caller: TestClient, start: Start) -> None:
    """Three of what? Of three it is content, of five it is not."""
    give(caller, "klein.csv", TINY.replace(b";5;Bonn", b";3;Bonn").replace(b";4;Bonn", b";2;Bonn"))
    page = read_all(caller).text

    assert "<code>Bewertung</code> is called a rating, and is not read" in page
    assert (0, None) == satisfied(start)


def column(values: list[str]) -> Column:
    return Column(path=("CSAT",), values=Counter(values), filled=len(values), rows=len(values), sorts={"text"})


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["1", "5"], [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]),
        (["0", "10"], [(each, 10) for each in range(11)]),
        (["1", "3"], []),
        (["1", "7"], []),
        (["12", "5"], []),
        (["4/5", "2 von 5"], [(2, 5), (4, 5)]),
        (["★★★★☆", "★☆☆☆☆"], [(1, 5), (4, 5)]),
        (["3 Sterne", "5 stars"], [(3, 5), (5, 5)]),
        (["80 %", "100%"], [(80, 100), (100, 100)]),
        (["good", "bad", "offered"], [(0, 1), (1, 1)]),
        (["Extremely Happy", "Neutral", "Extremely Unhappy"], [(0, 1), (1, 1)]),
        (["sehr zufrieden", "unzufrieden"], [(0, 1), (1, 1)]),
        (["not happy", "happy"], []),
        (["good", "4/5"], []),
        (["fine"], []),
        ([], []),
    ],
)
def test_ratings_are_read_as_people_export_them(values: list[str], says: list[tuple[int, int]]) -> None:
    """Stars, words, of five, in per cent; what is not wholly understood is not read at all."""
    assert says == [(each.rating, each.scale) for each in answers_in(column(values))]


@each_of(st.lists(st.text(max_size=12), max_size=12))
def test_whatever_stands_there_is_understood_or_left(values: list[str]) -> None:
    """Each value has one meaning, within its scale."""
    found = answers_in(column(values))
    written = [text for each in found for text in each.written]

    assert len(written) == len(set(written))
    assert all(0 <= each.rating <= each.scale for each in found)
    assert len({each.scale for each in found}) <= 1
