"""Events through the command line and over HTTP: the same answers, and errors that name the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from ourword.cli import events as events_command
from ourword.cli import importing as import_command
from ourword.errors import OurwordError
from ourword.http import events as events_door
from ourword.http.pages.site import Site
from ourword.http.problems import problem
from ourword.stores.home import open_home

LINES = {"Content-Type": "application/x-ndjson"}


def sent(number: int, **more: Any) -> dict[str, Any]:
    given = {"specversion": "1.0", "id": f"m-{number}", "source": "chat", "type": "message.in", "subject": "customer:c-1"}
    return {**given, "time": "2026-11-09T10:22:00Z", "data": {"contact": "k-1"}, **more}


def lines(*each: object) -> str:
    return "".join(f"{json.dumps(line)}\n" for line in each)


# ---- command line ----------------------------------------------------------------------------------------------------


def test_events_of_a_file_are_kept_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Run twice, nothing is double."""
    (tmp_path / "events.jsonl").write_text(lines(sent(1), sent(2), sent(3, time=None), sent(4, time="2199-01-01T00:00:00Z")))
    codes = [events_command.run(str(tmp_path / "events.jsonl"), home=tmp_path / "home", as_json=True) for _ in range(2)]
    told = capsys.readouterr()

    assert [0, 0] == codes
    assert '"new": 4' in told.out
    assert '"known": 4' in told.out
    assert ('"without_time": 1' in told.out, '"future": 1' in told.out, told.err) == (True, True, "")


def test_a_bad_line_is_named_and_the_rest_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 says that something was left out, stderr says what."""
    text = lines(sent(1), sent(2, time="2026-11-09 10:22"), sent(1, subject="customer:c-2"), sent(3))
    (tmp_path / "events.jsonl").write_text(text + "{bad\n")
    code = events_command.run(str(tmp_path / "events.jsonl"), home=tmp_path / "home")
    told = capsys.readouterr()

    assert 2 == code
    assert "2 events kept, 0 known already\n2 lines could not be read\n1 have the id of another event\n" == told.out
    assert all(f"events.jsonl:{number}" in told.err for number in (2, 3, 5))


def test_an_import_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was read, what was kept, and what was skipped and why, by line."""
    (tmp_path / "mapping.yaml").write_text("rows: .\nsource: s\ncustomer: who\ncontact: k\ntime: at\nrules:\n  - emit: {type: message.in}\n")
    (tmp_path / "chats.csv").write_text("who,k,at\nc-1,k-1,2026-11-09T10:22:00Z\nc-1,k-1,yesterday\n")
    code = import_command.run(tmp_path / "chats.csv", mapping=tmp_path / "mapping.yaml", home=tmp_path / "home")
    told = capsys.readouterr().out

    assert 2 == code
    assert told.startswith("chats.csv: 2 rows read, 1 event kept, 0 known already\n1 skipped:\n  chats.csv:3: at: `yesterday` is no time")


# ---- HTTP --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[TestClient]:
    async def ours(request: object, error: Exception) -> Any:
        assert isinstance(error, OurwordError)
        return problem(error)

    with open_home(tmp_path / "home") as home:
        app = Starlette(routes=[Route("/v1/events", events_door.take, methods=["POST"])], exception_handlers={OurwordError: ours})
        app.state.site = Site(None, home)
        yield TestClient(app)
        app.state.site.close()


def test_an_event_is_kept_before_the_answer(caller: TestClient) -> None:
    """Who got the answer need not send it again; who did not may."""
    answers = [caller.post("/v1/events", json=sent(1)).json() for _ in range(2)]

    assert ["new", "known"] == [each["kept"] for each in answers]


def test_a_batch_is_answered_in_its_order(caller: TestClient) -> None:
    """The bad ones get their errors where their answers would be, and the rest are kept."""
    answers = caller.post("/v1/events", json=[sent(1), {"id": 7}, sent(1), sent(1, subject="customer:c-2")]).json()

    assert ["new", None, "known", None] == [each.get("kept") for each in answers]
    assert ["event.specversion", "event.conflicting"] == [answers[at]["error"]["code"] for at in (1, 3)]


def test_json_lines_are_answered_in_their_order(caller: TestClient) -> None:
    """What one pipes into `ourword events` can be posted."""
    answer = caller.post("/v1/events", content=lines(sent(1), 7), headers=LINES)

    assert ["new", None] == [json.loads(each).get("kept") for each in answer.text.splitlines()]


@pytest.mark.parametrize(("body", "status"), [(b"{bad", 400), (b"[{}", 400), (b"7", 400)])
def test_a_bad_body_is_a_problem_with_a_next_step(caller: TestClient, body: bytes, status: int) -> None:
    """Never a 500 for what someone sent."""
    answer = caller.post("/v1/events", content=body, headers={"Content-Type": "application/json"})

    assert (status, True) == (answer.status_code, bool(answer.json()["hint"]))
