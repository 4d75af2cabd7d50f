"""The failure tests at full depth, and the table of what they found: python -m tests.reliability [pytest's options]."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import msgspec
from tests.reliability.table import Line

ROOT = Path(__file__).resolve().parents[2]


def main(*options: str) -> int:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "table.jsonl"
        environment = {**os.environ, "OURWORD_ROUNDS": os.environ.get("OURWORD_ROUNDS", "200"), "OURWORD_TABLE": str(place)}
        command = [sys.executable, "-m", "pytest", "tests/reliability", "-q", "-o", "timeout=7200", *options]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        lines = [msgspec.json.decode(line, type=Line) for line in place.read_bytes().splitlines()] if place.exists() else []
    machine = (
        f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}"
    )
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {machine}\n\n| what | rounds | result |\n|---|---|---|")
    for line in lines:
        print(f"| {line.what} | {line.rounds:,} | {line.result} |")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
