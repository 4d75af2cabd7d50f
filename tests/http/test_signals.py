"""Signals over HTTP and on a page: what asks whom, answered with one of nine words, by a plain form; the same as on the command line."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.blocks import ROOT
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


def test_the_pages_claim_nothing_that_is_not_so(caller: TestClient) -> None:
    """A reason goes with the customer whom it names, here as in the docs; a gap names who answers only where it does, in the first line always."""
    one, coherent = caller.get(f"/signals/{_open(caller)[0]['id']}").text, caller.get("/coherence").text
    shown = " ".join(html.unescape(re.sub("<[^>]+>", "", coherent)).split())
    kinds = [each for each in caller.get("/v1/coherence").json()["lines"] if each["part"] == "ownership"]

    assert "reasons of your own people that name them" in (ROOT / "docs" / "how-to" / "erase-a-customer.md").read_text(encoding="utf-8")
    assert 2 == one.count("erased together with a customer whom it names")
    assert "nothing can be erased yet" not in one
    assert "each gap has an owner" not in shown
    assert "Who owns a kind stands in its first line." in shown
    assert kinds
    assert all(each["written"]["words"].replace("`", "") in shown for each in kinds)


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


# ---- waived ------------------------------------------------------------------------------------------------------------


def test_the_page_lets_a_signal_wait_and_lists_it_as_waived(caller: TestClient) -> None:
    """By a plain form: it stands in the list still, and is not among those that need an answer."""
    first, until = _open(caller)[0], str(datetime.now(UTC).date() + timedelta(days=9))
    form = {"doing": "waive", "by": first["owner"], "until": until, "because": "<b>The bank</b> mends it."}
    sent = caller.post(f"/signals/{first['id']}", data=form)
    one, listed, monday = (caller.get(path).text for path in (f"/signals/{first['id']}", "/signals", "/"))

    assert 303 == sent.status_code
    assert "waived by Mara Lind until" in one or "waived by Omar Haddad until" in one
    assert "Waived because: &lt;b&gt;The bank&lt;/b&gt; mends it." in one
    assert '<h2 id="waived">Waived</h2>' in listed
    assert first["id"] in listed
    assert first["id"] not in monday


@pytest.mark.parametrize(
    ("until", "because", "said"), [("", "why", "is no day"), ("2020-01-01", "why", "has passed"), ("NOW", " ", "no reason is given")]
)
def test_a_waiver_that_says_too_little_keeps_what_was_typed(caller: TestClient, until: str, because: str, said: str) -> None:
    first = _open(caller)[0]
    day = str(datetime.now(UTC).date()) if until == "NOW" else until
    sent = caller.post(f"/signals/{first['id']}", data={"doing": "waive", "by": first["owner"], "until": day, "because": because})

    assert 400 == sent.status_code
    assert said in sent.text
    assert f'name="until" value="{day}"' in sent.text


def test_http_waives_as_the_command_line_does(caller: TestClient, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = _open(caller)[:2]
    until = str(datetime.now(UTC).date() + timedelta(days=9))
    sent = caller.post(f"/v1/signals/{first['id']}/waive", json={"by": first["owner"], "until": until, "because": "why"}).json()
    assert 0 == run(["waive", second["id"], "--by", second["owner"], "--until", until, "--because", "why", "--home", str(home)])
    printed = capsys.readouterr().out
    waivers = [each["waiver"] for each in caller.get("/v1/signals").json() if each["standing"] == "waived"]

    assert ("waived", "why") == (sent["standing"], sent["waiver"]["because"])
    assert printed.startswith(f"{second['id']} is waived by {second['owner']} until ")
    assert 1 == len({each["until"] for each in waivers})
    assert 400 == caller.post(f"/v1/signals/{first['id']}/waive", json={"by": "mara"}).status_code
    assert 2 == caller.get("/v1/answers").json()["waived"]


# ---- who signed, and does it hold together -----------------------------------------------------------------------------


def test_who_signed_is_told_alike_on_all_doors(caller: TestClient, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody at first, which the first page says once; then mara, by the command line, while the home is served."""
    before, nobody = caller.get("/v1/adopted").json(), caller.get("/").text
    with as_file(files("ourword.demo")) as ours:
        assert 0 == run(
            ["adopt", str(ours / "contract.yaml"), str(ours / "wiring.yaml"), "--home", str(home), "--by", "mara", "--because", "We mean it."]
        )
    signed, after = caller.get("/").text, caller.get("/v1/adopted").json()
    capsys.readouterr()
    assert 0 == run(["adopted", "--home", str(home), "--json"])
    printed = [json.loads(each) for each in capsys.readouterr().out.splitlines()]

    assert (["Nobody has signed the contract that decides here (larkspur-care 4.0.0)."], []) == (before["gaps"], before["versions"])
    assert 1 == nobody.count("Nobody has signed the contract that decides here")
    assert "larkspur-care 4.0.0, which nobody has signed" in nobody
    assert "larkspur-care 4.0.0, signed by Mara Lind, in force since" in signed
    assert (printed, []) == (after["versions"], after["gaps"])
    assert "We mean it." in caller.get("/coherence").text


def test_coherence_is_told_alike_on_all_doors(caller: TestClient, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every gap that the command line prints is on the page, and every line is the same over HTTP."""
    over_http, page = caller.get("/v1/coherence").json(), caller.get("/coherence").text
    assert 0 == run(["coherence", "--home", str(home), "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert 0 == run(["coherence", "--home", str(home)])
    words = " ".join(capsys.readouterr().out.split())
    shown = " ".join(html.unescape(re.sub("<[^>]+>", "", page)).split())

    assert printed["gaps"]
    assert (printed["gaps"], printed["lines"]) == (over_http["gaps"], over_http["lines"])
    for gap in printed["gaps"]:
        assert gap in words
        assert gap.replace("`", "") in shown
