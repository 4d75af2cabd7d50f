"""Who may call: this computer, or who brings the key; never a page of another site."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ourword.errors import UsageError
from ourword.http.server import bound, is_loopback, read_key

KEY = "0123456789abcdef"


def _login(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "localhost.", "0.0.0.0:8080", "[::2]:8080"])
def test_a_name_that_is_not_this_computers_is_not_answered(caller: TestClient, host: str) -> None:
    """DNS rebinding: a page elsewhere makes its own name point here, and would read everything."""
    for path in ("/", "/healthz", "/decisions/lamp", "/style.css", "/nothing"):
        answer = caller.get(path, headers={"Host": host})

        assert (421, "http.host") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:9", "[::1]:8080", "[::1]"])
def test_this_computers_names_are_answered(caller: TestClient, host: str) -> None:
    """Whichever one is used."""
    assert 200 == caller.get("/healthz", headers={"Host": host}).status_code


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://127.0.0.1:9999"}]
)
def test_pages_of_other_sites_may_not_decide(caller: TestClient, proposal: Any, headers: dict[str, str]) -> None:
    """A page in the same browser could post to this computer without reading the answer: it would still be recorded."""
    answer = caller.post("/v1/decisions", json=proposal, headers=headers)

    assert (403, "http.origin") == (answer.status_code, answer.json()["code"])
    assert 404 == caller.get("/v1/decisions/lamp/why").status_code


def test_our_own_pages_may_call(caller: TestClient, proposal: Any) -> None:
    """Their origin is this address."""
    assert 200 == caller.post("/v1/decisions", json=proposal, headers={"Origin": "http://127.0.0.1:8080"}).status_code


@pytest.mark.parametrize("headers", [{"Authorization": f"Bearer {KEY}"}, {"Authorization": f"bearer {KEY}"}, _login(f"anyone:{KEY}")])
def test_the_key_lets_in(called_with_key: Callable[..., TestClient], headers: dict[str, str]) -> None:
    """As a program's token, or as a browser's password; under whatever name the machine has."""
    assert 200 == called_with_key(headers).get("/").status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": KEY},
        {"Authorization": "Basic ###"},
        _login(KEY),
        _login("a:"),
        {"Authorization": "Bearer é"},
    ],
)
def test_no_key_or_another_one_does_not(called_with_key: Callable[..., TestClient], headers: dict[str, str]) -> None:
    """Neither pages nor decisions nor health."""
    caller = called_with_key({name: value.encode() for name, value in headers.items()})

    for path in ("/", "/healthz", "/decisions/x", "/style.css"):
        answer = caller.get(path)
        assert (401, "http.key", 'Basic realm="ourword", charset="UTF-8"') == (
            answer.status_code,
            answer.json()["code"],
            answer.headers["www-authenticate"],
        )


@pytest.mark.parametrize("path", ["/", "/decisions/nope", "/style.css", "/nothing", "/v1/nothing", "/healthz"])
def test_every_answer_forbids_scripts_frames_and_strangers(caller: TestClient, path: str) -> None:
    """Whatever a customer wrote, a browser runs none of it."""
    headers = caller.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ("nosniff", "same-origin") == (headers["x-content-type-options"], headers["referrer-policy"])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "ourword.example"])
def test_nothing_listens_beyond_this_computer_without_a_key(host: str) -> None:
    """The mistake that put a hundred databases on the net."""
    assert not is_loopback(host)
    with pytest.raises(UsageError, match="there is no key"):
        bound(host, 0)


def test_an_address_that_is_taken_is_told_in_words() -> None:
    """And what to do about it."""
    with bound("127.0.0.1", 0) as first, pytest.raises(UsageError, match="--port 0 takes a free one"):
        bound("127.0.0.1", first.getsockname()[1])


def test_a_key_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    """Editors end files with a line end; it is not part of the key."""
    (tmp_path / "key").write_text(f"{KEY}\nnot this\n", encoding="utf-8")

    assert KEY == read_key(tmp_path / "key")


@pytest.mark.parametrize("text", ["", "short\n", "\n" + KEY])
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, text: str) -> None:
    """An empty file must not mean no key."""
    (tmp_path / "key").write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match="openssl rand"):
        read_key(tmp_path / "key")
