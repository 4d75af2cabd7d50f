"""What a deep run found, line by line, for the table in `docs/explanation/reliability.md`."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec


class Line(msgspec.Struct, frozen=True):
    what: str
    rounds: int
    result: str


def told(what: str, *, rounds: int, result: str) -> None:
    """Add a line, where somebody asked for them (`OURWORD_TABLE` names a file)."""
    place = os.environ.get("OURWORD_TABLE")
    if place:
        with Path(place).open("ab") as file:
            file.write(msgspec.json.encode(Line(what, rounds, result)) + b"\n")
