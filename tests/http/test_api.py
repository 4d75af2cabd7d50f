"""`POST /v1/decisions` and its neighbours: the same answers as every other door, and errors that say what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.tries import tries

from ourword.app import Ourword
from ourword.errors import HomeError
from ourword.http.decisions import BATCH_BYTES_MAX, BATCH_ITEMS_MAX
from ourword.http.server import make

LINES = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


def test_a_proposal_gets_its_verdict_and_is_recorded(caller: TestClient, proposal: Any) -> None:
    """What `decide` says on the command line; and `why` tells it later."""
    verdict = caller.post("/v1/decisions", json=proposal)

    assert (200, "allow", "our-fault") == (verdict.status_code, verdict.json()["answer"], verdict.json()["decided_by"])
    assert verdict.json() == caller.get("/v1/decisions/lamp/why").json()["verdict"]


def test_a_retry_gets_the_first_verdict(caller: TestClient, proposal: Any) -> None:
    """A caller whose connection broke may ask again."""
    first = caller.post("/v1/decisions", json=proposal).json()
    other = {**proposal, "facts": {**proposal["facts"], "asked_human": True}}

    assert first == caller.post("/v1/decisions", json=other).json()


def test_an_array_is_answered_in_its_order(caller: TestClient, proposal: Any) -> None:
    """The bad ones get their errors where their verdicts would be."""
    answers = caller.post("/v1/decisions", json=[proposal, {"kind": "refund"}, 7, {**proposal, "decision_id": "second"}]).json()

    assert ["lamp", None, None, "second"] == [each.get("decision_id") for each in answers]
    assert ["body:2: customer", "body:3"] == [each["error"]["place"] for each in answers[1:3]]


def test_json_lines_are_answered_in_their_order(caller: TestClient, proposal: Any) -> None:
    """What one pipes into `ourword decide` can be posted."""
    answer = caller.post("/v1/decisions", content=f"{json.dumps(proposal)}\n\n{{bad\n", headers=LINES)

    assert "application/x-ndjson" == answer.headers["content-type"]
    assert ["lamp", None] == [json.loads(each).get("decision_id") for each in answer.text.splitlines()]


@settings(max_examples=tries(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)).map(
        lambda each: json.dumps(each).encode()
    )
)
def test_any_body_gets_a_value_or_one_problem(caller: TestClient, body: bytes) -> None:
    """Never a traceback: an array of anything is 200, anything else that is no proposal is 400 with code, place and hint."""
    answer = caller.post("/v1/decisions", content=body, headers=JSON)

    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert "application/problem+json" == answer.headers["content-type"]
        assert {"type", "title", "status", "detail", "code", "what", "place", "hint"} == set(answer.json())


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("POST", "/v1/decisions", {"content": b"{", "headers": JSON}, 400, "line.not-json"),
        ("POST", "/v1/decisions", {"content": b"[{]", "headers": JSON}, 400, "line.not-json"),
        ("POST", "/v1/decisions", {"json": {"kind": "nope", "customer": "c", "facts": {}}}, 400, "line.unlisted-kind"),
        ("POST", "/v1/decisions?lang=xx", {"json": {}}, 400, "http.lang"),
        ("POST", "/v1/decisions", {"content": b"a=b", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 415, "http.media-type"),
        ("POST", "/v1/decisions", {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "http.media-type"),
        ("POST", "/v1/decisions", {"content": b" " * (BATCH_BYTES_MAX + 1), "headers": JSON}, 413, "http.too-large"),
        ("POST", "/v1/decisions", {"content": b"[" + b"{}," * BATCH_ITEMS_MAX + b"{}]", "headers": JSON}, 413, "http.too-many"),
        ("POST", "/v1/decisions", {"content": b"{}\n" * BATCH_ITEMS_MAX + b"{}", "headers": LINES}, 413, "http.too-many"),
        ("GET", "/v1/decisions", {}, 405, "http.method"),
        ("GET", "/v1/decisions/nope/why", {}, 404, "why.unknown-decision"),
        ("GET", "/v1/nothing", {}, 404, "http.not-found"),
    ],
)
def test_each_error_has_its_status_and_code(caller: TestClient, method: str, path: str, more: Any, status: int, code: str) -> None:
    """A program reads the code, a person the hint."""
    answer = caller.request(method, path, **more)

    assert (status, code, status) == (answer.status_code, answer.json()["code"], answer.json()["status"])
    assert answer.json()["hint"]


def test_a_home_that_cannot_be_written_decides_nothing(larkspur: Ourword, proposal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, so that the caller holds the proposal back and asks again."""

    def full(*_: object, **__: object) -> None:
        raise HomeError("home.full", "the disk is full", place="home", hint="make room")

    monkeypatch.setattr(larkspur, "decide_json", full)
    answer = TestClient(make(larkspur), base_url="http://localhost").post("/v1/decisions", json=proposal)

    assert (503, "home.full", "make room") == (answer.status_code, answer.json()["code"], answer.json()["hint"])


def test_an_error_of_our_own_tells_nothing_of_our_insides(larkspur: Ourword, proposal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cause goes to the server's log, not to whoever called."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(larkspur, "decide_json", broken)
    answer = TestClient(make(larkspur), base_url="http://localhost", raise_server_exceptions=False).post("/v1/decisions", json=proposal)

    assert (500, "http.unexpected") == (answer.status_code, answer.json()["code"])
    assert "secret" not in answer.text


def test_an_id_with_slashes_can_be_asked_about(caller: TestClient, proposal: Any) -> None:
    """`order-7/refund` is a good id."""
    caller.post("/v1/decisions", json={**proposal, "decision_id": "order-7/refund?x"})

    assert "order-7/refund?x" == caller.get("/v1/decisions/order-7%2Frefund%3Fx/why").json()["decision_id"]


def test_without_a_home_it_decides_and_tells_that_nothing_is_recorded(examples: Path, proposal: Any) -> None:
    """Trying it out needs no folder."""
    folder = examples / "larkspur-refund"
    with Ourword.open(folder / "contract.yaml", folder / "wiring.yaml") as ourword:
        caller = TestClient(make(ourword), base_url="http://localhost")

        assert "allow" == caller.post("/v1/decisions", json=proposal).json()["answer"]
        assert "http.no-home" == caller.get("/v1/decisions/lamp/why").json()["code"]
        assert "Nothing is recorded" in caller.get("/").text


def test_health_names_the_contract(caller: TestClient, larkspur: Ourword) -> None:
    """A load balancer asks whether we are up; a person, which contract decides."""
    assert larkspur.contract.digest == caller.get("/healthz").json()["contract"]["digest"]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ({}, "de"),
        ({"headers": {"Accept-Language": "en-GB,en;q=0.9,de;q=0.5"}}, "en"),
        ({"headers": {"Accept-Language": "fr, *"}}, "de"),
        ({"headers": {"Accept-Language": "en"}, "params": {"lang": "de-AT"}}, "de"),
        ({"headers": {"Accept-Language": "en"}, "own": "de"}, "de"),
    ],
)
def test_the_customer_is_spoken_to_in_the_language_that_is_known(asked: dict[str, Any], language: str) -> None:
    """The proposal's own, else `?lang=`, else the browser's wish, else the contract's first."""
    shop = Path(__file__).parents[2] / "examples" / "lindenrad-return"
    line = json.loads((shop / "decisions.jsonl").read_text("utf-8").splitlines()[0]) | {"language": asked.get("own", "")}
    with Ourword.open(shop / "contract.yaml", shop / "wiring.yaml") as word, TestClient(make(word), base_url="http://127.0.0.1") as client:
        verdict = client.post("/v1/decisions", json=line, headers=asked.get("headers"), params=asked.get("params")).json()

    assert (language, {"de": "Innerhalb", "en": "Brought"}[language]) == (verdict["language"], verdict["tell"].split()[0])
