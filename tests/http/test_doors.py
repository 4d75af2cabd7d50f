"""Python, the command line and HTTP give equal verdicts: one core, several doors, one answer."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ourword.app import Ourword
from ourword.demo.proposals import proposals
from ourword.http.server import make


@pytest.fixture(scope="module")
def refunds() -> list[dict[str, Any]]:
    lines = [each for each in proposals(datetime(2026, 11, 23, 10, tzinfo=UTC)) if each["kind"] == "refund"]
    return [*lines, {"kind": "nope", "customer": "c", "facts": {}}]


def test_three_doors_one_answer(examples: Path, refunds: list[dict[str, Any]], tmp_path: Path) -> None:
    """Each with a home of its own: what one door records, another would have recorded too."""
    files = [examples / "larkspur-refund" / name for name in ("contract.yaml", "wiring.yaml")]
    lines = [json.dumps(each).encode() for each in refunds]

    with Ourword.open(*files, home=tmp_path / "python") as ourword:
        by_python = [_without_place(each) for each in ourword.decide_lines(lines)]
    with Ourword.open(*files, home=tmp_path / "http") as ourword:
        caller = TestClient(make(ourword), base_url="http://localhost")
        by_http = [_without_place(each) for each in caller.post("/v1/decisions", json=refunds).json()]
    command = [sys.executable, "-m", "ourword.cli.main", "decide", *map(str, files), "--home", str(tmp_path / "cli")]
    ran = subprocess.run(command, input=b"\n".join(lines), capture_output=True, check=False, timeout=60)
    by_command = [_without_place(json.loads(each)) for each in ran.stdout.splitlines()]

    assert (2, b"") == (ran.returncode, ran.stderr)
    assert by_python == by_http == by_command
    assert len(refunds) == len(by_python)


def _without_place(verdict: dict[str, Any]) -> dict[str, Any]:
    """A bad line's place names the door it came through."""
    return {key: value for key, value in verdict["error"].items() if key != "place"} if "error" in verdict else verdict
