"""`ourword serve`: the HTTP door, on this computer unless there is a key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from ourword.app import Mode, Ourword
from ourword.cli.out import line
from ourword.http.server import address_of, bound, listen, make, read_key


def run(contract: Path, wiring: Path, *, home: Path | None, host: str, port: int, key_file: Path | None, mode: str = "enforce") -> int:
    """Serve until interrupted."""
    key = read_key(key_file) if key_file is not None else ""
    with Ourword.open(contract, wiring, home=home, mode=cast(Mode, mode)) as ourword:
        listening = bound(host, port, key=key)
        address = address_of(listening, host)
        draft = ourword.contract.draft
        line(f"{draft.name} {draft.version} decides at {address}v1/decisions")
        line(f"Decisions are shown at {address}" if home is not None else "Nothing is recorded: add --home DIR to record and to see decisions")
        line("Ctrl+C ends.")
        sys.stdout.flush()
        listen(make(ourword, key=key), listening)
    return 0
