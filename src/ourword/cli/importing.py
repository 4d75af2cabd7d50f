"""`ourword import`: a company's export into a home, by its mapping; ends with what was read, kept, skipped and why."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path

from ourword.app import Ourword
from ourword.cli.files import text_of
from ourword.cli.out import json_line, line, usage
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores.home import open_home
from ourword.stores.importing import Imported
from ourword.taking import take_in

SHOWN_MAX = 20
ALL_KEPT, SOME_SKIPPED = 0, 2


def run(file: Path, *, mapping: Path, home: Path, contract: Path | None = None, wiring: Path | None = None, as_json: bool = False) -> int:
    """Import a file; exit 0 all of it, 2 when lines were skipped or no rule matched anything.

    With contract and wiring, tool calls that the wiring names are decided as observed, and recorded.
    """
    how = mapping_from_yaml(text_of(mapping), place=str(mapping))
    if (contract is None) != (wiring is None):
        raise usage("contract", "a contract and its wiring go together", place="--contract", hint="give both `--contract` and `--wiring`, or neither")
    bar = _Bar(file)
    with ExitStack() as stack:
        under = None
        if contract is not None and wiring is not None:
            under = stack.enter_context(Ourword.open(contract, wiring, home=home, mode="observe"))
        folder = under.home if under is not None and under.home is not None else stack.enter_context(open_home(home))
        told = take_in(folder, file, how, under=under, moved=bar.moved)
    bar.done()
    json_line(told.as_dict()) if as_json else _say(told, file, mapping)
    return SOME_SKIPPED if told.skipped or not told.kept else ALL_KEPT


def _say(told: Imported, file: Path, mapping: Path) -> None:
    line(f"{file.name}: {told.rows:,} rows read, {told.events['new']:,} events kept, {told.events['known']:,} known already")
    if told.decisions:
        line(f"{told.decisions:,} tool calls decided as observed, and recorded")
    if not told.kept:
        line(f"no rule of {mapping} matched a row: is the `when:` of each right?")
    elif told.matched_nothing:
        line(f"{told.matched_nothing:,} rows matched no rule")
    if told.events["without_time"]:
        line(f"{told.events['without_time']:,} events say no time: every clock over them is unknown")
    if told.events["future"]:
        line(f"{told.events['future']:,} events lie in the future")
    if told.skipped:
        line(f"{told.skipped:,} skipped:")
        for each in told.lines[:SHOWN_MAX]:
            line(f"  {each['place']}: {each['what']}")
        if told.skipped > SHOWN_MAX:
            line(f"  and {told.skipped - SHOWN_MAX:,} more (--json lists {len(told.lines):,})")
        for hint, count in told.reasons.items():
            line(f"  hint ({count:,}): {hint}")


class _Bar:
    """A line on stderr that says how far we are, for people at a terminal."""

    def __init__(self, file: Path) -> None:
        self._size = file.stat().st_size if file.is_file() else 0
        self._shown = sys.stderr.isatty()
        self._last = 0.0

    def moved(self, at: int) -> None:
        if self._shown and self._size and time.monotonic() - self._last > 0.2:
            self._last = time.monotonic()
            share = min(at / self._size, 1)
            sys.stderr.write(f"\r{'█' * int(share * 30):<30} {share:4.0%}")
            sys.stderr.flush()

    def done(self) -> None:
        if self._shown and self._last:
            sys.stderr.write("\r" + " " * 40 + "\r")
