"""`ourword import`: a company's export into a home, by its mapping; ends with what was read, kept, skipped and why."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import msgspec

from ourword.app import Ourword
from ourword.cli.bar import Bar
from ourword.cli.out import json_line, line, usage
from ourword.cli.unread import say_unread
from ourword.contract.files import text_of
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores.importing import Imported

SHOWN_MAX = 5
ALL_KEPT, SOME_SKIPPED = 0, 2


def run(
    file: Path, *, mapping: Path, home: Path, contract: Path | None = None, wiring: Path | None = None, as_json: bool = False, again: bool = False
) -> int:
    """Import a file; exit 0 all of it, 2 when lines were skipped or no rule matched anything.

    With contract and wiring, tool calls that the wiring names are decided as observed, and recorded.
    """
    how = mapping_from_yaml(text_of(mapping), place=str(mapping))
    if (contract is None) != (wiring is None):
        raise usage("contract", "a contract and its wiring go together", place="--contract", hint="give both `--contract` and `--wiring`, or neither")
    told = Imported()

    def seen(now: Imported) -> None:
        nonlocal told
        told = now

    try:
        with ExitStack() as stack:
            if contract is not None and wiring is not None:
                ourword = stack.enter_context(Ourword.open(contract, wiring, home=home))
            else:
                ourword = stack.enter_context(Ourword.open_home(home))
            bar = stack.enter_context(Bar(_size(file), rows=lambda: told.rows))
            told = ourword.import_file(file, how, decide=contract is not None, again=again, moved=bar.moved, seen=seen)
            nobody_reads = ourword.unread(told.types)
    except KeyboardInterrupt:
        sys.stderr.write(f"stopped: {told.kept:,} events are kept. Run the same command again: it goes on from there.\n")
        raise
    if as_json:
        json_line({**told.as_dict(), "unread": [msgspec.structs.asdict(each) for each in nobody_reads]})
    else:
        _say(told, file, mapping)
        say_unread(nobody_reads)
    return SOME_SKIPPED if told.skipped or not told.kept else ALL_KEPT


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _say(told: Imported, file: Path, mapping: Path) -> None:
    if told.before:
        rows, events = told.before["rows"], told.before["events"]
        line(f"went on behind {_n(rows, 'row')} of an earlier run, which had kept {_n(events, 'event')}")
    line(f"{file.name}: {_n(told.rows, 'row')} read, {_n(told.events['new'], 'event')} kept, {told.events['known']:,} known already")
    if told.decisions:
        line(f"{_n(told.decisions, 'tool call')} decided as observed, and recorded")
    if not told.kept:
        line(f"no rule of {mapping} matched a row: is the `when:` of each right?")
    elif told.matched_nothing:
        line(f"{_n(told.matched_nothing, 'row')} matched no rule")
    for place, count in told.rules.items():
        if not count and told.kept and not told.before:
            line(f"the rule at {place} matched no row")
    for absent in told.absent:
        line(f"`{absent.column}` ({absent.place}) was in none of {_n(told.rows, 'row')}: {absent.hint}")
    if told.without_customer:
        line(f"{_n(told.without_customer, 'row')} without a customer: whose they are is not known, and they count as unmatched")
    if told.events["without_time"]:
        line(f"{_n(told.events['without_time'], 'event')} without a time: every clock over them is unknown")
    if told.events["future"]:
        line(f"{_n(told.events['future'], 'event')} in the future")
    if told.skipped:
        _say_skipped(told)


def _n(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _say_skipped(told: Imported) -> None:
    """Every reason once, with how often and what to do, and below it the first lines to look at."""
    line(f"{told.skipped:,} skipped:")
    for hint, count in told.reasons.items():
        lines = [each for each in told.lines if each["hint"] == hint]
        for each in lines[:SHOWN_MAX]:
            line(f"  {each['place']}: {each['what']}")
        if count > SHOWN_MAX:
            line(f"  … and {count - min(len(lines), SHOWN_MAX):,} more of these" + (" (--json lists them)" if len(lines) > SHOWN_MAX else ""))
        line(f"    hint: {hint}")
