"""How long a page takes from kept sums: *Our word*, first from the file in the home, then with the board in memory.

    python -m benchmarks.pages [--json] [--rounds N] [--contacts N]

The home is Larkspur's, made through the product's own parts. Times are what somebody waits for, without socket and browser; the floor
beside them is reading the kept file alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.measure import machine, wall_seconds
from ourword.app import Ourword
from ourword.core.event import event_from_mapping
from ourword.demo.company import decisions, events
from ourword.figures.board import board, kept_board
from ourword.figures.settling import events_of, settle_home
from ourword.http.pages.our_word import html_of
from ourword.http.pages.site import Site
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home

MARKS = {"our_word_from_kept_ms": 20.0}


def measure(*, rounds: int, contacts: int) -> dict[str, Any]:
    """Let Larkspur live, work its board out once, then ask for the page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home"
        _live(path, contacts)
        worked_out = wall_seconds(lambda: board(path))
        with open_home(path) as home:
            served = Site(None, home)
            html_of(served)  # the templates are compiled once
            figures = {
                "our_word_from_kept_ms": _milliseconds(lambda: _first(home), rounds),
                "our_word_in_memory_ms": _milliseconds(lambda: html_of(served), rounds),
                "kept_file_read_ms": _milliseconds(lambda: kept_board(path), rounds),
                "board_worked_out_ms": round(worked_out * 1e3),
                "numbers": len(board(path).rows),
                "contacts": board(path).contacts,
            }
            served.close()
    return {**figures, "marks": MARKS, "machine": machine()}


def _first(home: Home) -> None:
    site = Site(None, home)
    html_of(site)
    site.close()


def _milliseconds(work: Callable[[], object], rounds: int) -> float:
    return round(statistics.median(wall_seconds(work) for _ in range(rounds)) * 1e3, 1)


def _live(path: Path, contacts: int) -> None:
    now = datetime.now(UTC)
    with as_file(files("ourword.demo")) as ours, Ourword.open(ours / "contract.yaml", ours / "wiring.yaml", home=path) as ourword:
        for _ in ourword.decide_lines((msgspec.json.encode(each) for each in decisions(now, contacts=contacts)), batch=256):
            pass
        home = ourword.home
        assert home is not None
        with EventStore(home) as store:
            store.add([event_from_mapping(each) for each in events(now, contacts=contacts)])
        settle_home(home, events_of(home), int(now.timestamp()) * 10**9)


def table(figures: dict[str, Any]) -> str:
    """The figures for a reader."""
    mark = MARKS["our_word_from_kept_ms"]
    kept = "kept" if figures["our_word_from_kept_ms"] <= mark else "MISSED"
    return "\n".join(
        [
            f"  Our word, first page of a process  {figures['our_word_from_kept_ms']:7} ms   mark {mark:g} ms: {kept}",
            f"  Our word, board in memory          {figures['our_word_in_memory_ms']:7} ms",
            f"  the kept file read, nothing shown  {figures['kept_file_read_ms']:7} ms   the floor",
            f"  the board worked out anew          {figures['board_worked_out_ms']:7} ms   {figures['numbers']:,} numbers",
            "",
            f"  {figures['machine']}",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=50, help="pages of each sort")
    parser.add_argument("--contacts", type=int, default=5_000, help="how many contacts Larkspur has")
    asked = parser.parse_args()
    figures = measure(rounds=asked.rounds, contacts=asked.contacts)
    print(json.dumps(figures) if asked.json else table(figures))


if __name__ == "__main__":
    main()
