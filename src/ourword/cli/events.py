"""`ourword events`: JSON lines of events in, each kept once; run it again after a crash, and nothing is double."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.app import Ourword
from ourword.cli.input import lines_of, opened
from ourword.cli.out import complain, json_line, line
from ourword.cli.unread import say_unread
from ourword.errors import EventError

if TYPE_CHECKING:
    from ourword.core.unread import Unread

SHOWN_MAX = 20
ALL_KEPT, SOME_BAD = 0, 2


def run(file: str, *, home: Path, as_json: bool = False) -> int:
    """Keep every event of *file* (`-`: standard input); exit 0 all kept, 2 some lines bad."""
    told = _Told()
    with opened(file) as source, Ourword.open_home(home) as ourword:
        for answer in ourword.event_lines(lines_of(source), place=file):
            told.answered(answer)
        unread = ourword.unread()
    told.say(as_json, unread)
    return SOME_BAD if told.counts["bad"] or told.counts["conflicting"] else ALL_KEPT


class _Told:
    """What is said at the end, and of the first bad lines at once."""

    def __init__(self) -> None:
        self.counts = {"new": 0, "known": 0, "conflicting": 0, "bad": 0, "without_time": 0, "future": 0}

    def answered(self, answer: dict[str, Any]) -> None:
        if "error" in answer:
            self._complain(EventError(**answer["error"]))
            return
        self.counts[answer["kept"]] += 1
        if answer["kept"] == "new" and answer["time_quality"] != "given":
            self.counts["without_time" if answer["time_quality"] == "none" else "future"] += 1

    def _complain(self, error: EventError) -> None:
        self.counts["conflicting" if error.code == "event.conflicting" else "bad"] += 1
        count = self.counts["bad"] + self.counts["conflicting"]
        if count <= SHOWN_MAX:
            complain(error)
        elif count == SHOWN_MAX + 1:
            sys.stderr.write("further lines are counted, not shown\n")

    def say(self, as_json: bool, unread: list[Unread]) -> None:
        if as_json:
            json_line({**self.counts, "unread": [msgspec.structs.asdict(each) for each in unread]})
            return
        line(f"{self.counts['new']:,} event{'' if self.counts['new'] == 1 else 's'} kept, {self.counts['known']:,} known already")
        for name, words in (
            ("bad", "lines could not be read"),
            ("conflicting", "have the id of another event"),
            ("without_time", "say no time: every clock over them is unknown"),
            ("future", "lie in the future"),
        ):
            if self.counts[name]:
                line(f"{self.counts[name]:,} {words}")
        say_unread(unread)
