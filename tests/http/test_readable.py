"""What people read on pages: words instead of keys, figures within their intervals, and never more than a browser opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.board.lived import lived_home

from ourword.cli.main import run
from ourword.figures.board import Board, Owing, Tally, board
from ourword.figures.summary import interval, percent
from ourword.http.bars import Bar
from ourword.http.figures import Shown
from ourword.http.links import SERVED
from ourword.http.listing import ROWS_MAX, Page
from ourword.http.pages import our_word, promises, recount, report
from ourword.http.pages.decisions import list_page
from ourword.http.pages.shown import KINDS_SHOWN_MAX
from ourword.http.server import close, make
from ourword.stores.home import open_home

HERE = "http://127.0.0.1:8080"
PAGE_BYTES_MAX = 4_000_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived_home(tmp_path_factory.mktemp("readable") / "home", contacts=250)


@pytest.fixture(scope="module")
def caller(home: Path) -> Iterator[TestClient]:
    with open_home(home) as opened:
        app = make(None, home=opened)
        yield TestClient(app, base_url=HERE)
        close(app)


@pytest.fixture(scope="module")
def many(home: Path) -> Board:
    """The same company, had it four thousand kinds: each as its refunds, the number of contacts apart."""
    found = board(home)
    names = [f"kind_{number:04}" for number in range(1, 4001)]
    rows = [msgspec.structs.replace(row, kind=name, n=row.n + at) for at, name in enumerate(names) for row in found.rows if _plain(row, "refund")]
    claims = [
        msgspec.structs.replace(row, kind=name, billed=(row.billed or 0) + at)
        for at, name in enumerate(names)
        for row in found.recounted
        if row.kind == "refund"
    ]
    refunds = [each for each in found.promises if each.kind == "refund"]
    tallies = [msgspec.structs.replace(each, kind=name, owed=at) for at, name in enumerate(names) for each in refunds]
    whole = [row for row in found.rows if _plain(row, "*")]
    return msgspec.structs.replace(found, rows=(*whole, *rows), recounted=(*found.recounted, *claims), promises=tuple(tallies))


def _plain(row: object, kind: str) -> bool:
    return (row.kind, row.version, row.segment) == (kind, "*", "*")  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", ["our word", "recount", "promises", "report"])
def test_thousands_of_kinds_make_a_page_that_opens_and_says_what_it_leaves_out(many: Board, page: str) -> None:
    """Four thousand kinds were once 63 MB of HTML; the dearest are shown."""
    shown, links = Shown(many), {"links": SERVED, "contract": ""}
    html = {
        "our word": lambda: our_word.html(shown, {}, (), **links),  # type: ignore[arg-type]
        "recount": lambda: recount.html(shown, recount.given({}), **links),  # type: ignore[arg-type]
        "promises": lambda: promises.html(shown, **links),  # type: ignore[arg-type]
        "report": lambda: report.html(many, {}, ()),
    }[page]()
    kinds = set(re.findall(r"Kind (\d{4})", re.sub("<option.*?</option>", "", html)))
    most = {"our word": KINDS_SHOWN_MAX + our_word.OWED_SHOWN_MAX, "report": 3 * KINDS_SHOWN_MAX}.get(page, KINDS_SHOWN_MAX)

    assert len(html.encode()) < PAGE_BYTES_MAX
    assert "4000" in kinds
    assert len(kinds) <= most
    assert re.search(r"[\d,]+ (?:sorts of promise )?more are left out", html)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from([0, 1]))
def test_a_share_never_lies_outside_its_interval_as_shown(one: float, other: float, third: float, digits: int) -> None:
    """3 % (2.4 to 2.9) was right before it was rounded, and wrong to whoever read it."""
    low, value, high = sorted((one, other, third))
    shown = percent(value, digits)
    least, most = (float(each) for each in interval(low, high, digits).split(" to "))
    point = float(re.findall(r"[\d.]+", shown)[0])

    assert least <= point + (10**-digits if shown.startswith("over") else 0)
    assert point - (10**-digits if shown.startswith("under") else 0) <= most


def test_what_stands_beside_an_interval_on_a_page_lies_in_it(caller: TestClient) -> None:
    found = re.findall(r"([\d.]+) %(?:</a>)?(?:</span>)? <span class=\"soft\">\(([\d.]+) to ([\d.]+)\)", caller.get("/").text)

    assert len(found) > 20
    assert [] == [each for each in found if not float(each[1]) <= float(each[0]) <= float(each[2])]


@given(st.floats(0, 100))
def test_the_mark_of_what_was_claimed_stands_within_its_bar(mark: float) -> None:
    """Claimed 100 % was cut off at the edge; three pixels must fit on the narrowest bar, 200 pixels wide."""
    bar = Bar(name="x", n=1, parts=(), sentence="", mark=mark)
    left = mark / 100 * 200 + bar.shift

    assert 0 <= left + 0.01 or mark < 1
    assert left + 3 <= 200 + 1e-9 or mark <= 99


def test_whom_we_owe_longest_stands_first() -> None:
    """Who has waited since August comes before the larger number of those who wait since yesterday."""
    tally = {"owner": "mara", "standings": {"broken": 1}, "since_monday": {}}
    sorts = tuple(Tally(kind=kind, promise="p", owed=owed, **tally) for kind, owed in (("a", 9), ("b", 1), ("c", 0)))  # type: ignore[arg-type]
    due = (("b", 1), ("a", 2), ("a", 3))
    owed = tuple(Owing(decision=f"d{at}", kind=kind, promise="p", subject=at, due=at) for kind, at in due)
    found = our_word.owing(msgspec.structs.replace(_EMPTY, promises=sorts, owed=owed))

    assert [("b", 1, 1), ("a", 9, 2)] == [(each.kind, each.owed, each.since) for each in found]


_EMPTY = msgspec.convert(
    {
        "made": {"arrival": 0, "seq": 0, "asked": {}},
        "as_of": None,
        "first": None,
        "monday": None,
        "contacts": 0,
        "still_open": 0,
        "unknown": 0,
        "rows": [],
        "recounted": [],
        "promises": [],
        "owed": [],
    },
    type=Board,
)


def test_every_figure_on_our_word_says_its_span(caller: TestClient, home: Path) -> None:
    """A week's promises stand beside months of contacts."""
    page = caller.get("/").text
    heading = re.search(r"<h1>(.*?)</h1>", page)

    assert heading is not None
    assert heading[1].startswith("Since Monday, 16 November 2026, we kept ")
    assert "still owed something, the longest since " in heading[1]
    assert page.count("From 25 July 2026 to 23 November 2026") == 2
    assert board(home).monday is not None


def test_no_key_stands_where_a_reader_expects_words(caller: TestClient) -> None:
    """`no_reply` and `decision.made` are for programs."""
    numbers = [each["contact"] for each in caller.get("/v1/contacts?metric=confirmed&part=denominator&limit=40").json()["contacts"]]
    told = [
        line for number in numbers for line in re.findall(r'<li class="\w+"><span class="soft">(.*?)</span>', caller.get(f"/contacts/{number}").text)
    ]

    assert len(told) > 100
    assert [] == [line for line in told if re.search(r"[a-z][._][a-z]", line.partition(" · ")[2])]
    assert any("A decision was made" in line for line in told)


def test_a_report_names_its_metrics_in_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["report", "--home", str(home), "--html", "-"])
    html = capsys.readouterr().out.partition('id="numbers"')[2]

    assert "came back" in html
    assert not re.search(r">\w+_\w+<", html)


@pytest.mark.parametrize("command", ["report", "recount", "silent"])
def test_where_there_is_no_home_figures_point_to_events(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Who has an export and no contract cannot begin with `decide`."""
    assert 4 == run([command, "--home", str(tmp_path / "nowhere")])
    told = capsys.readouterr().err

    assert "`ourword import`" in told
    assert "decide" not in told


def test_a_list_that_goes_back_only_so_far_says_so_and_where_the_rest_is() -> None:
    """10,000 of 29,314 looked like a filter."""
    counts = {("refund", "allow"): 29_314}
    page = Page(rows=(), number=1, pages=1, found=ROWS_MAX, counts=counts, first="2026-01-01T00:00:00Z", last="2026-01-02T00:00:00Z")
    long = list_page(page, links=SERVED, contract="", place="shop", says=lambda row: "")
    short = list_page(msgspec.structs.replace(page, counts={("refund", "allow"): 3}), links=SERVED, contract="", place="shop", says=lambda row: "")

    assert "Only the latest 10,000 are listed here; <code>ourword log --json --home shop</code> gives all 29,314." in long
    assert "Only the latest" not in short
