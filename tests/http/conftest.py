"""The HTTP door as a caller sees it, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ourword.app import Ourword
from ourword.http.server import make

HERE = "http://127.0.0.1:8080"


@pytest.fixture(scope="session")
def proposal() -> dict[str, Any]:
    """A broken lamp: allowed."""
    return {
        "kind": "refund",
        "customer": "c-7",
        "decision_id": "lamp",
        "time": "2026-11-23T10:00:00Z",
        "facts": {
            "amount": "48.00 EUR",
            "order_total": "48.00 EUR",
            "order_age": "3 days",
            "reason": "damaged",
            "confirmed": True,
            "asked_human": False,
            "opened": False,
            "vulnerable": False,
        },
    }


@pytest.fixture
def larkspur(examples: Path, tmp_path: Path) -> Iterator[Ourword]:
    folder = examples / "larkspur-refund"
    with Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", home=tmp_path / "home") as ourword:
        yield ourword


@pytest.fixture
def caller(larkspur: Ourword) -> TestClient:
    return TestClient(make(larkspur), base_url=HERE)


@pytest.fixture
def called_with_key(larkspur: Ourword) -> Callable[..., TestClient]:
    def client(headers: dict[str, str] | dict[str, bytes]) -> TestClient:
        return TestClient(make(larkspur, key="0123456789abcdef"), base_url="https://ourword.example", headers=headers)

    return client
