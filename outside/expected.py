"""Write `expected.json` of example folders from what the gate says today, for a person to review: `python -m outside.expected NAME…`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from ourword.app import Ourword
from outside.decided import EXAMPLES

KEPT = ("decision_id", "answer", "decided_by", "fired", "missing", "amended")


def expected(folder: Path, at: datetime) -> dict[str, Any]:
    """Decide the folder's lines at *at*; keep of each verdict what a reviewer checks against the contract."""
    gate = Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", clock=lambda: at)
    lines = (folder / "decisions.jsonl").read_text("utf-8").splitlines()
    verdicts = [gate.decide(json.loads(line)).as_dict("en") for line in lines]
    promises = [{"decision_id": each["decision_id"], "id": made["id"], "due": made["due"]} for each in verdicts for made in each["promises"]]
    report = dict(sorted(Counter(each["answer"] for each in verdicts).items()))
    return {"at": at.isoformat(), "verdicts": [{name: each[name] for name in KEPT} for each in verdicts], "promises": promises, "report": report}


def text_of(given: dict[str, Any]) -> str:
    """One verdict or promise a line, so that a change reads well in a diff."""
    parts = []
    for name, value in given.items():
        if isinstance(value, list):
            inner = ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in value)
            parts.append(f" {json.dumps(name)}: [\n{inner}\n ]")
        else:
            parts.append(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(names: list[str]) -> int:
    """Write the file of each named folder at the time it holds already, or at the first noon of November 2026."""
    for name in names:
        file = EXAMPLES / name / "expected.json"
        at = json.loads(file.read_text("utf-8"))["at"] if file.exists() else "2026-11-02T12:00:00+00:00"
        file.write_text(text_of(expected(EXAMPLES / name, datetime.fromisoformat(at))), "utf-8")
        print(f"{file}: written; read it line by line against the contract")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
