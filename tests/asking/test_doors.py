"""The narrowed band stands where the band stands, at every door, with its mark and what it takes for granted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient
from tests.board.lived import NOW_NS, lived_home

from ourword.calling.asking import Wanted, draw_quiet, sheet
from ourword.calling.asking import take as take_answers
from ourword.calling.called_back import MARK, sentence
from ourword.calling.sheet import Row, written
from ourword.cli.main import run
from ourword.contract.metrics import metric_words
from ourword.figures.board import board
from ourword.http.server import close, make
from ourword.outcomes.narrowing import ASKED, ASKED_BOUNDS, ASSUMED
from ourword.stores.home import open_home

HERE = "http://127.0.0.1:8080"


def filled(rows: list[Row]) -> str:
    return written(msgspec.structs.replace(row, solved=("yes", "no", "no answer")[place % 3]) for place, row in enumerate(rows))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with a sample that was called back."""
    path = lived_home(tmp_path_factory.mktemp("doors") / "home", contacts=300)
    with open_home(path) as opened:
        sample = draw_quiet(opened, Wanted(size=40, seed=7), now=NOW_NS)
        take_answers(opened, filled(sheet(opened, sample)).encode(), place="ask.csv", now=NOW_NS)
    return path


@pytest.fixture(scope="module")
def caller(home: Path) -> Iterator[TestClient]:
    with open_home(home) as opened:
        app = make(None, home=opened)
        yield TestClient(app, base_url=HERE)
        close(app)


def test_the_report_says_it_below_the_band_with_its_assumption(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the one reads the other, and what it takes for granted."""
    assert 0 == run(["report", "--home", str(home)])
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    told = sentence(board(home).asked())

    assert told in " ".join(printed.split())
    assert ASSUMED in told
    assert told.startswith(MARK)
    assert max(map(len, lines)) <= 80
    assert next(at for at, line in enumerate(lines) if line.startswith(MARK)) < next(at for at, line in enumerate(lines) if line.startswith("all "))


def test_programs_get_both_bands_as_rows(home: Path, caller: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """The same rows over HTTP and from the command, of as many contacts as the band itself."""
    assert 0 == run(["report", "--home", str(home), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    asked = [row for row in rows if row["metric"] in (ASKED, ASKED_BOUNDS)]
    band = {(row["kind"], row["version"], row["segment"]): row for row in rows if row["metric"] == "stayed_resolved"}
    least = {(row["kind"], row["version"], row["segment"]): row for row in rows if row["metric"] == "confirmed"}

    assert [each for each in asked if each["metric"] == ASKED] == caller.get("/v1/outcomes", params={"metric": ASKED}).json()
    assert len(asked) > 4
    for row in asked:
        group = row["kind"], row["version"], row["segment"]
        assert row["n"] == band[group]["n"]
        assert least[group]["value"] - 1e-9 <= row["low"] <= row["value"] <= row["high"] <= band[group]["value"] + 1e-9


def test_the_page_says_it_and_draws_it(home: Path, caller: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence with its assumption, a line in the bar, and in words for who does not see the bar; in the file too."""
    page = caller.get("/").text
    assert 0 == run(["report", "--home", str(home), "--html", "-"])
    file = capsys.readouterr().out

    for html in (page, file):
        assert sentence(board(home).asked()) in html
        assert 'class="called"' in html
        assert "stayed resolved, by calling back" in html
    assert metric_words(ASKED) in file
    assert f"metric={ASKED}" not in page + file


def test_without_a_sample_nothing_is_said_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lived_home(tmp_path / "home", contacts=60)
    for form in ([], ["--html", "-"], ["--json"]):
        assert 0 == run(["report", "--home", str(path), *form])
        printed = capsys.readouterr().out
        assert MARK not in printed
        assert "called back" not in printed
        assert ASKED not in printed


def test_the_sheet_comes_and_goes_over_http(home: Path, caller: TestClient) -> None:
    """A call centre's own system needs no file; it gets what the command writes, and hands in what the command takes."""
    told = caller.get("/v1/ask").json()
    given = caller.get("/v1/ask", params={"format": "csv", "sample": told["sample"]})
    again = caller.post("/v1/ask", content=given.content, headers={"content-type": "text/csv"}).json()
    wrong = caller.post("/v1/ask", content="id,contact,solved\nask-1-1,k-1,perhaps\n", headers={"content-type": "text/csv"}).json()

    assert 40 == len(told["calls"]) == told["drawn"]
    assert ASSUMED == told["assumed"]
    assert given.headers["content-type"].startswith("text/csv")
    assert given.content.startswith(b"\xef\xbb\xbfid,contact,customer")
    assert (0, 40, []) == (again["new"], again["known"], again["wrong"])
    assert [told["solved"]] == [each["solved"] for each in again["samples"]]
    assert [("ask.solved", "body:2: solved")] == [(each["code"], each["place"]) for each in wrong["wrong"]]


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (("GET", "/v1/ask?sample=ask-9", None), 400, "ask.no-sample"),
        (("GET", "/v1/ask?format=xml", None), 400, "ask.format"),
        (("POST", "/v1/ask", "application/json"), 415, "http.media-type"),
        (("PUT", "/v1/ask", None), 405, "http.method"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(caller: TestClient, call: tuple[str, str, str | None], status: int, code: str) -> None:
    method, path, media = call
    answer = caller.request(method, path, content="x" if media else None, headers={"content-type": media} if media else {})

    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert answer.json()["hint"]
