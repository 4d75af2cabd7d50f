"""Signals over HTTP and on a page: what asks whom, answered with one of nine words, by a plain form; the same as on the command line."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.board.lived import lived_home

from ourword.cli.main import run
from ourword.http.server import close, make
from ourword.ledger.signals import SAYINGS
from ourword.stores.home import open_home

HERE = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six hundred contacts: enough that promises were broken lately."""
    return lived_home(tmp_path_factory.mktemp("signals") / "home", contacts=600)


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived, tmp_path / "home"))


@pytest.fixture
def caller(home: Path) -> Iterator[TestClient]:
    with open_home(home) as opened:
        app = make(None, home=opened)
        yield TestClient(app, base_url=HERE, follow_redirects=False)
        close(app)


def _open(caller: TestClient) -> list[dict[str, Any]]:
    return caller.get("/v1/signals?open=1").json()


def test_http_and_the_command_line_list_the_same_signals(caller: TestClient, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answered = caller.get("/v1/signals").json()

    assert 0 == run(["signals", "--home", str(home), "--json"])
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == answered != []


def test_an_answer_over_http_closes_and_is_in_the_ledger(caller: TestClient, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who answers, and which of the nine it was, is an entry; why is kept beside it."""
    first, *rest = _open(caller)
    answered = caller.post(f"/v1/signals/{first['id']}/answer", json={"said": "promise", "by": first["owner"], "because": "Invoices take weeks."})

    assert (200, "answered", "promise") == (answered.status_code, answered.json()["standing"], answered.json()["said"])
    assert rest == _open(caller)
    assert 0 == run(["log", "--home", str(home), "--json"])
    out = capsys.readouterr().out
    assert '"standing":"answered"' in out.replace(": ", ":")
    assert "Invoices take weeks" not in out


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "answer.unreadable"),
        (b"[]", "answer.unreadable"),
        (b'{"said": "defect"}', "answer.unreadable"),
        (b'{"said": "bug", "by": "mara"}', "answer.saying"),
        (b'{"said": "defect", "by": "nobody"}', "answer.by"),
        (b'{"said": "defect", "by": "mara", "becuase": "x"}', "answer.unreadable"),
    ],
)
def test_what_is_no_answer_changes_nothing(caller: TestClient, body: bytes, code: str) -> None:
    """A signal is never a mere bug: `bug` is none of the nine."""
    before = _open(caller)
    answered = caller.post(f"/v1/signals/{before[0]['id']}/answer", content=body)

    assert (400, code) == (answered.status_code, answered.json()["code"])
    assert answered.json()["hint"]
    assert before == _open(caller)


def test_the_page_asks_the_named_person_and_takes_the_answer(caller: TestClient) -> None:
    """From Monday's page to the answer by plain forms."""
    first = _open(caller)[0]
    monday, listed, one = (caller.get(path).text for path in ("/", "/signals", f"/signals/{first['id']}"))

    assert "Mara Lind must answer" in monday
    assert f'href="/signals/{first["id"]}"' in monday
    assert f'href="/signals/{first["id"]}"' in listed
    assert set(SAYINGS) == set(re.findall(r'name="said" value="(\w+)"', one))

    answered = caller.post(f"/signals/{first['id']}", data={"said": "promise", "by": first["owner"], "because": "<b>Invoices</b>"})
    after = caller.get(answered.headers["location"]).text
    assert 303 == answered.status_code
    assert "said by Mara Lind" in after
    assert "&lt;b&gt;Invoices" in after
    assert "<form" not in after.partition("<main")[2]


def test_a_form_that_says_nothing_keeps_what_was_typed(caller: TestClient) -> None:
    first = _open(caller)[0]
    answered = caller.post(f"/signals/{first['id']}", data={"by": first["owner"], "because": "A long story."})

    assert 400 == answered.status_code
    assert "A long story.</textarea>" in answered.text
    assert 'role="alert"' in answered.text
    assert "Choose which of the nine it was." in answered.text
    assert "``" not in answered.text
    assert first in _open(caller)


def test_a_page_elsewhere_cannot_answer_in_our_name(caller: TestClient) -> None:
    """A form of another site that posts here is turned away before it is read."""
    first = _open(caller)[0]
    data = {"said": "defect", "by": first["owner"]}
    answered = caller.post(f"/signals/{first['id']}", data=data, headers={"origin": "https://evil.example"})

    assert 403 == answered.status_code
    assert first in _open(caller)


@pytest.mark.parametrize("signal", ["s-0", "nope", "s-99999999999999999999", "<script>"])
def test_a_signal_that_is_not_there_is_a_page_with_a_way_back(caller: TestClient, signal: str) -> None:
    assert 404 == caller.get(f"/signals/{signal}").status_code
    assert 404 == caller.post(f"/signals/{signal}", data={"said": "defect", "by": "mara"}).status_code
    assert caller.post(f"/v1/signals/{signal}/answer", json={"said": "defect", "by": "mara"}).status_code in (400, 404)
