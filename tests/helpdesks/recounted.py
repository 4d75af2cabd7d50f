"""Tables of sixty tickets whose figures anybody can count by hand, and the figures that the first run makes of a file."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from ourword.app import Ourword
from ourword.starting.run import Start

Rows = list[dict[str, Any]]
FIRST = datetime(2026, 3, 1)
SOLVED = 40
"""Of the sixty: those whose number three does not divide."""


def tickets() -> Rows:
    """Sixty tickets of four customers with one order each: one every two days, closed after ten days, so that each is asked about again before."""
    return [_ticket(number) for number in range(60)]


def _ticket(number: int) -> dict[str, Any]:
    opened = FIRST + timedelta(days=2 * number)
    closed = opened + timedelta(days=10) if number % 3 else None
    return {
        "ticket id": f"T-{number}",
        "customer": f"c{number % 4}",
        "created at": f"{opened:%Y-%m-%d %H:%M:%S}",
        "closed at": f"{closed:%Y-%m-%d %H:%M:%S}" if closed else "",
        "status": "Solved" if closed else "Open",
        "order no": f"L-{number % 4}",
    }


def csv_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, names, restval="")
    writer.writeheader()
    writer.writerows(listed)
    return file.getvalue().encode()


def jsonl_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


class Figures(msgspec.Struct, frozen=True):
    """What a first run says, without a person's answers unless some are given."""

    contacts: int
    claimed: int
    ended: int
    came_back: tuple[float | None, int]
    gave_up: tuple[float | None, int]
    left: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        return "\n".join(self.left)

    @property
    def alone(self) -> tuple[object, ...]:
        """The figures without what is said of them."""
        return (self.contacts, self.claimed, self.ended, self.came_back, self.gave_up)


def figures(content: bytes, name: str = "t.csv", **answers: Any) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        start = Start(Path(folder) / "first")
        start.add(file)
        if answers:
            start.answer(msgspec.structs.replace(start.answers(), **answers))
        with Ourword.open_home(start.read(), create=False) as opened:
            board = opened.board()
        own = next((each for each in board.recounted if each.rule == "own" and each.kind == "*"), None)
        back, gone = board.row("came_back"), board.row("gave_up")
        return Figures(
            contacts=board.contacts,
            claimed=own.claimed if own else 0,
            ended=own.n if own else 0,
            came_back=(back.value, back.n) if back else (None, 0),
            gave_up=(gone.value, gone.n) if gone else (None, 0),
            left=start.kept.left,
        )
