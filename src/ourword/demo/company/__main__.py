"""`python -m ourword.demo.company DIR`: write Larkspur's events, decisions and truth into a folder."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from ourword.demo.company.make import write


def main(arguments: list[str]) -> int:
    """Write the three files; one argument, the folder."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m ourword.demo.company DIR", file=sys.stderr)
        return 2
    counts = write(Path(arguments[0]), datetime.now(UTC))["counts"]
    print(f"{counts['contacts']:,} contacts and {counts['decisions']:,} decisions in {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
