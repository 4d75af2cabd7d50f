"""`python -m ourword.demo.exports VENDOR DIR`: write Larkspur as this vendor's helpdesk would export it, and the truth beside it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

VENDORS = ("zendesk", "intercom", "chatwoot", "salesforce")
"""Each a module here with `write(folder, now)`, which gives how many files of which name it wrote."""


def main(arguments: list[str]) -> int:
    """Write the files; two arguments: the vendor and the folder."""
    if len(arguments) != 2 or arguments[0] not in VENDORS or arguments[1].startswith("-"):
        print(f"usage: python -m ourword.demo.exports {{{','.join(VENDORS)}}} DIR", file=sys.stderr)
        return 2
    vendor, folder = arguments
    written = import_module(f"ourword.demo.exports.{vendor}").write(Path(folder), datetime.now(UTC))
    print(f"{len(written)} files in {folder}: {', '.join(sorted(written))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
