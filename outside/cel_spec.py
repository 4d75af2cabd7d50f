"""Check: the condition language against the published conformance suite."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from outside.measured import Measured, share

LAST_LINE = re.compile(r"(\d+) passed, (\d+) failed")


def cel_spec(shared: Path) -> list[Measured]:
    """The share of cases that pass: of the core files, and of all; a mark comes with the issue that asks for every core case."""
    return [score("cel-spec.core", shared, "--core"), score("cel-spec.all", shared)]


def score(name: str, shared: Path, *options: str) -> Measured:
    """Run the published runner over the suite and read its last line, as a stranger would."""
    command = [sys.executable, "-m", "ourword.cel.conformance", str(shared / "cel-spec"), *options]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    lines = done.stdout.strip().splitlines() or [done.stderr.strip()]
    match = LAST_LINE.search(lines[-1])
    passed, failed = (int(match[1]), int(match[2])) if match else (0, 0)
    return Measured(name, share(passed, passed + failed), passed + failed, None, tuple(lines))
