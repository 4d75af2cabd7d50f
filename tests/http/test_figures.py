"""Outcomes, recount, promises and contacts over HTTP and on pages: the same figures as every other door, and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.board.lived import lived_home, take

from ourword.cli.main import run
from ourword.figures.board import board
from ourword.figures.watched import watched
from ourword.http.server import close, make
from ourword.outcomes.metrics import METRICS, Group, rows_behind
from ourword.stores.home import open_home

HERE = "http://127.0.0.1:8080"
HOSTILE = '"><script>alert(1)</script>\u202e<img src=//evil.example/x>{{7*7}}'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived_home(tmp_path_factory.mktemp("figures") / "home", contacts=250)


@pytest.fixture(scope="module")
def caller(home: Path) -> Iterator[TestClient]:
    with open_home(home) as opened:
        app = make(None, home=opened)
        yield TestClient(app, base_url=HERE)
        close(app)


def _printed(capsys: pytest.CaptureFixture[str], *command: str) -> list[dict[str, Any]]:
    assert 0 == run(list(command))
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/v1/outcomes", ["report"]),
        ("/v1/outcomes?window=14", ["report", "--window", "14"]),
        ("/v1/outcomes?by=lineage.prompt&since=2026-09-01", ["report", "--by", "lineage.prompt", "--since", "2026-09-01"]),
        ("/v1/outcomes?by=handled_by&as_of=2026-10-01T00:00:00Z", ["report", "--by", "handled_by", "--as-of", "2026-10-01"]),
        ("/v1/recount", ["recount"]),
        ("/v1/recount?window=3", ["recount", "--window", "3"]),
        ("/v1/promises?limit=10000", ["promises"]),
        ("/v1/promises?limit=10000&as_of=100", ["promises", "--as-of", "100"]),
    ],
)
def test_http_and_the_command_line_give_the_same_rows(
    caller: TestClient, home: Path, capsys: pytest.CaptureFixture[str], path: str, command: list[str]
) -> None:
    """One core, several doors, one answer."""
    answered = caller.get(path)

    assert 200 == answered.status_code
    assert _printed(capsys, *command, "--home", str(home), "--json") == answered.json()


def test_what_is_wanted_chooses_among_the_rows(caller: TestClient) -> None:
    rows = caller.get("/v1/outcomes").json()
    chosen = caller.get("/v1/outcomes?kind=refund&version=*&segment=*&metric=came_back").json()
    whole = {"kind": "refund", "version": "*", "segment": "*", "metric": "came_back"}

    assert [row for row in rows if whole.items() <= row.items()] == chosen
    assert {"intercom"} == {row["rule"] for row in caller.get("/v1/recount?rule=intercom").json()}
    assert {"kept"} == {row["standing"] for row in caller.get("/v1/promises?standing=kept").json()}


@pytest.mark.parametrize("metric", [each.id for each in METRICS if each.unit == "contact"])
def test_every_number_opens_exactly_the_contacts_counted_in_it(caller: TestClient, home: Path, metric: str) -> None:
    """Card, drill-down and export read one predicate: a number that opens other rows than it counted is worse than none."""
    row = board(home).row(metric, "refund")
    counted = caller.get("/v1/contacts", params={"metric": metric, "kind": "refund"}).json()
    among = caller.get("/v1/contacts", params={"metric": metric, "kind": "refund", "part": "denominator"}).json()
    with watched(home) as connection:
        numbers = rows_behind(connection, metric, Group(kind="refund"))

    assert row is not None
    assert (row.n, round((row.value or 0) * row.n)) == (among["count"], counted["count"])
    assert numbers == [each["contact"] for each in counted["contacts"]]


def test_each_number_of_the_recount_opens_its_contacts(caller: TestClient) -> None:
    for row in caller.get("/v1/recount?kind=*").json():
        counts = {each: caller.get(f"/v1/contacts?rule={row['rule']}&outcome={each}").json()["count"] for each in ("confirmed", "quiet", "came_back")}

        assert row["claimed"] == caller.get(f"/v1/contacts?rule={row['rule']}").json()["count"]
        assert counts.items() <= row.items()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/v1/outcomes?window=0", "window"),
        ("/v1/outcomes?window=x", "window"),
        ("/v1/outcomes?by=moon", "by"),
        ("/v1/outcomes?since=yesterday", "since"),
        ("/v1/outcomes?as_of=2026-11-09T10:00:00", "as_of"),
        ("/v1/recount?rule=mine", "rule"),
        ("/v1/promises?standing=perhaps", "standing"),
        ("/v1/promises?after=-1", "after"),
        ("/v1/contacts?metric=nope", "metric"),
        ("/v1/contacts?metric=promises_kept", "metric"),
        ("/v1/contacts?rule=mine", "rule"),
        ("/v1/contacts?part=half", "part"),
        ("/v1/contacts?rule=ada&outcome=open", "outcome"),
    ],
)
def test_what_cannot_be_asked_gets_one_problem_with_a_place(caller: TestClient, path: str, place: str) -> None:
    answered = caller.get(path)

    assert (400, "application/problem+json", place) == (answered.status_code, answered.headers["content-type"], answered.json()["place"])
    assert answered.json()["hint"]


@pytest.mark.parametrize("path", ["/", "/recount", "/promises", "/contacts", "/contacts/1", "/decisions"])
@pytest.mark.parametrize("name", ["kind", "standing", "rule", "metric", "segment", "page", "invoice", "saving_a_contact_low", "answer"])
def test_whatever_is_asked_of_a_page_is_answered_and_stays_text(caller: TestClient, path: str, name: str) -> None:
    """A link that somebody mangled still leads somewhere, and runs nothing."""
    answered = caller.get(path, params={name: HOSTILE})

    assert answered.status_code in (200, 400)
    assert "<script" not in answered.text


def test_a_customers_own_words_and_ids_stay_text(tmp_path: Path) -> None:
    """What a customer writes, a contact's id, an object: shown as it is, and nothing in it acts."""
    path = lived_home(tmp_path / "home", contacts=30)
    contact = ("<b>k</b>" + "x" * 392)[:400]
    event = {"specversion": "1.0", "source": "chat", "subject": "customer:<i>c</i>", "time": "2026-10-01T10:00:00Z"}
    told = [
        {**event, "id": "h1", "type": "contact.opened", "data": {"contact": contact, "kind": "* <u>", "channel": "<s>"}},
        {**event, "id": "h2", "type": "message.in", "data": {"contact": contact, "actor": "customer", "text": HOSTILE}},
        {**event, "id": "h3", "type": "contact.closed", "data": {"contact": contact, "closed_by": "timer", "close_reason": "no_reply"}},
    ]
    take(path, told)
    with open_home(path) as opened:
        app = make(None, home=opened)
        caller = TestClient(app, base_url=HERE)
        found = caller.get("/v1/contacts?metric=gave_up&kind=" + "* <u>").json()["contacts"]
        pages = [caller.get(each).text for each in ("/", "/contacts?metric=gave_up", f"/contacts/{found[0]['contact']}")]
        close(app)

    assert [(contact, "<i>c</i>")] == [(each["name"], each["customer"]) for each in found]
    assert not [page for page in pages if any(tag in page for tag in ("<script>", "<u>", "<b>k", "<i>c", "<img"))]
    assert "&lt;script&gt;" in pages[2]


def test_a_page_shows_the_last_figures_while_new_ones_are_worked_out(tmp_path: Path) -> None:
    """A page never waits, and never passes old figures off as new."""
    path = lived_home(tmp_path / "home", contacts=60)
    with open_home(path) as opened:
        app = make(None, home=opened)
        caller = TestClient(app, base_url=HERE)
        first = caller.get("/").text
        late = {"specversion": "1.0", "id": "l", "source": "chat", "type": "contact.opened", "time": "2026-11-23T10:00:00Z"}
        caller.post("/v1/events", json={**late, "subject": "customer:c", "data": {"contact": "k-late"}}).raise_for_status()
        second = caller.get("/").text
        until = time.monotonic() + 60
        while "being worked out" in (third := caller.get("/").text) and time.monotonic() < until:
            time.sleep(0.05)
        close(app)

    assert "being worked out" not in first
    assert "being worked out" in second
    assert "being worked out" not in third


def test_a_home_without_events_says_how_the_first_come(tmp_path: Path) -> None:
    with open_home(tmp_path / "home") as opened:
        app = make(None, home=opened)
        caller = TestClient(app, base_url=HERE)
        page, answered = caller.get("/"), caller.get("/v1/outcomes")
        promises = caller.get("/promises")
        close(app)

    assert "No event has come yet" in page.text
    assert "No promise is known here." in promises.text
    assert (503, "home.no-events") == (answered.status_code, answered.json()["code"])


def test_a_home_that_is_only_shown_decides_nothing(caller: TestClient) -> None:
    """Without a contract there is no answer: an unknown never allows."""
    answered = caller.post("/v1/decisions", json={"kind": "refund", "customer": "c", "facts": {}})

    assert (404, "http.no-contract") == (answered.status_code, answered.json()["code"])
    assert {"status": "ok", "contract": None} == caller.get("/healthz").json()


def test_a_decision_shows_how_its_promises_stand_and_what_became_of_its_contact(caller: TestClient) -> None:
    kept = caller.get("/v1/promises?standing=kept&limit=1").json()[0]
    page = caller.get(f"/decisions/{kept['decision']}").text

    assert "Stands now" in page
    assert '<span class="mark kept"' in page
    assert "What became of its contact" in page


def test_the_report_is_one_file_that_asks_nobody_for_anything(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To be sent by mail and opened from a disk: everything is inside, and its policy allows nothing else."""
    file = tmp_path / "monday.html"

    assert 0 == run(["report", "--home", str(home), "--html", str(file)])
    html = file.read_text(encoding="utf-8")
    assert not [each for each in ('href="http', "href='http", " src=", "<script", "@import", "url(") if each in html]
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in html
    assert all(f'id="{each}"' in html for each in ("our-word", "recount", "promises", "numbers"))

    assert 0 == run(["report", "--home", str(home), "--html", "-"])
    assert html == capsys.readouterr().out.partition("<!doctype")[2].join(["<!doctype", ""])


def test_a_report_that_cannot_be_written_says_so(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 64 == run(["report", "--home", str(home), "--html", str(tmp_path / "nowhere" / "x.html")])
    assert "the page cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["", "0", "-1", "9" * 21, "nan", "*", "\x00", "é" * 300, "<b>", "²", "0001-01-01", "9999-12-31", "2026-13-45"])
@pytest.mark.parametrize("name", ["kind", "window", "by", "since", "as_of", "metric", "rule", "part", "page", "after", "limit", "standing", "open"])
def test_no_parameter_is_an_accident(caller: TestClient, name: str, value: str) -> None:
    """Whatever is asked is answered, or refused with one clear error: never with a fault of our own."""
    paths = ["/contacts", "/contacts/abc", "/contacts/²", "/promises", "/recount", "/v1/contacts", "/v1/promises", "/v1/signals"]
    answered = {path: caller.get(path, params={name: value}).status_code for path in paths}

    assert [] == [path for path, status in answered.items() if status >= 500]


@pytest.mark.parametrize("name", ["since", "as_of"])
@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "1969-12-31T23:59:59Z"])
def test_a_moment_in_which_no_event_can_lie_is_no_moment(caller: TestClient, name: str, value: str) -> None:
    assert 400 == caller.get("/v1/outcomes", params={name: value}).status_code
