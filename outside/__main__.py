"""Run every check on real input: print a table, write `outside.json`, exit 1 if a mark is missed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from outside.abcd import abcd
from outside.cel_spec import cel_spec
from outside.corecraft import corecraft
from outside.helpdesk import helpdesk
from outside.measured import Measured, table
from outside.star import star
from outside.tau_airline import tau_airline
from outside.tau_retail import tau_retail
from outside.tau_talks import tau_talks
from outside.telco import telco

ROOT = Path(__file__).resolve().parent.parent

CHECKS: dict[str, Callable[[Path], list[Measured]]] = {
    "tau-retail": tau_retail,
    "tau-retail conversations": tau_talks,
    "tau-airline-10": tau_airline,
    "corecraft": corecraft,
    "abcd": abcd,
    "cel-spec": cel_spec,
    "star": star,
    "event-logs": helpdesk,
    "telco-churn": telco,
}
"""The folder of data each check reads -> the check."""


def shared_data() -> Path:
    """Where the shared data is: `OURWORD_SHARED` (the shared folder, or its data), else `../shared/data` beside the project."""
    given = Path(os.environ.get("OURWORD_SHARED") or ROOT.parent / "shared")
    return given / "data" if (given / "data").is_dir() else given


def run(shared: Path, names: list[str]) -> list[Measured]:
    """Run the named checks; one whose folder is absent is skipped by name."""
    measured = []
    for name in names:
        if not (shared / name.split()[0]).is_dir():
            print(f"skipped {name}: {shared / name.split()[0]} is not there (set OURWORD_SHARED to the shared folder)")
            continue
        measured += CHECKS[name](shared)
    return measured


def main(arguments: list[str]) -> int:
    """Run all checks, or those named."""
    unknown = [name for name in arguments if name not in CHECKS]
    if unknown:
        print(f"no check is called {', '.join(unknown)}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 64
    measured = run(shared_data(), arguments or list(CHECKS))
    if measured:
        print(table(measured))
    report = {each.check: {"value": each.value, "mark": each.mark_text if each.mark else None, "ok": each.ok, "n": each.n} for each in measured}
    (ROOT / "outside.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    return 0 if all(each.ok for each in measured) else 1


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
