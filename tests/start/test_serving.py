"""A contract that was drafted, made active and served on what the files say: it is there before its first decision."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.start.shop import HERE, give, read_all, tickets
from tests.start.test_targets import LATE, written

from ourword.app import Ourword
from ourword.http import server
from ourword.starting.run import Start


@pytest.fixture
def served(caller: TestClient, start: Start) -> Iterator[TestClient]:
    give(caller, "tickets.csv", tickets(100) + LATE)
    read_all(caller, same="kind")
    written(caller)
    contract = start.folder / "contract.yaml"
    contract.write_text(contract.read_text(encoding="utf-8").replace("status: draft", "status: active"), encoding="utf-8")
    with Ourword.open(contract, start.folder / "wiring.yaml", home=start.home, mode="observe") as word:
        app = server.make(word)
        with TestClient(app, base_url=HERE) as client:
            yield client
        server.close(app)


def test_targets_are_there_before_the_first_decision(served: TestClient) -> None:
    """The column said “none” for every kind, and a newcomer thought that her contract had not been taken."""
    before = served.get("/").text
    signals = served.get("/signals").text
    decided = served.post("/v1/decisions", json={"kind": "Refund", "customer": "c-1", "decision_id": "d-1", "facts": {"asked_human": False}})
    after = served.get("/signals").text

    assert before.count('not proved yet</span> <span class="soft">no decision yet') == 2
    assert "no decision yet" in before
    assert "none</span>" not in before.partition("Targets")[2]
    for words in ("Nothing needs you", "A good day", "no contract says what to watch", "takes a contract"):
        assert words not in before + signals
    assert "nothing was decided under the contract" in signals
    assert decided.status_code == 200, decided.text
    assert "A good day" in after
