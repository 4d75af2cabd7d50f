"""The command line as a caller sees it: arguments in, exit code and two texts out."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ourword.cli.main import run


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(each) for each in self.out.splitlines()]


Ourword = Callable[..., Ran]
NOW = "2026-11-21T10:00:00Z"
"""When `settled` was."""


class _Captured(io.TextIOWrapper):
    def __init__(self, text: bytes = b"") -> None:
        super().__init__(io.BytesIO(text), encoding="utf-8", newline="\n", write_through=True)

    def text(self) -> str:
        return self.buffer.getvalue().decode()


@pytest.fixture
def ourword(monkeypatch: pytest.MonkeyPatch) -> Ourword:
    def called(*args: object, stdin: str | bytes = b"") -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        with monkeypatch.context() as patch:
            out, err = _Captured(), _Captured()
            patch.setattr(sys, "stdin", _Captured(given))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = run([str(each) for each in args])
        return Ran(code, out.text(), err.text())

    return called


@pytest.fixture(scope="session")
def larkspur(examples: Path) -> tuple[Path, Path]:
    return examples / "larkspur-refund" / "contract.yaml", examples / "larkspur-refund" / "wiring.yaml"


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


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, examples: Path) -> tuple[Path, str]:
    """Larkspur's example, decided, heard and settled; and what settling printed. Whoever writes into it copies it."""
    home, folder = tmp_path_factory.mktemp("cli-settled") / "home", examples / "larkspur-refund"
    lines = [json.loads(line) for line in (folder / "decisions.jsonl").read_text().splitlines()]
    proposals = "".join(json.dumps({"time": "2026-11-09T10:00:00Z", **line}) + "\n" for line in lines)
    given: dict[str, Any] = {"text": True, "check": True, "capture_output": True}
    command = [sys.executable, "-m", "ourword.cli.main"]
    subprocess.run([*command, "decide", folder / "contract.yaml", folder / "wiring.yaml", "--home", home], input=proposals, **given)
    subprocess.run([*command, "events", folder / "events.jsonl", "--home", home], **given)
    done = subprocess.run([*command, "settle", "--home", home, "--now", NOW], **given)
    return home, done.stdout
