"""`ourword ask`: quiet customers are drawn by lot and called back; what they say narrows the band of what stayed resolved."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.app import Ourword
from ourword.calling.asking import Wanted
from ourword.calling.called_back import Told, as_dict, words
from ourword.calling.sheet import BYTES_MAX, written
from ourword.cli.input import opened
from ourword.cli.out import complain, home_of_events, json_line, known_words, line, usage
from ourword.cli.words import wrapped
from ourword.ledger.samples import Sample
from ourword.outcomes.asked import as_of_from, moment
from ourword.outcomes.contacts import NOW

if TYPE_CHECKING:
    from ourword.calling.asking import Taken
    from ourword.calling.whole import Calls

ALL_TAKEN, SOME_BAD = 0, 2
SHOWN_MAX = 20
_OWN = 0o600
"""The sheet names customers: it is for whoever wrote it alone, until they hand it on."""


class Draw(msgspec.Struct, frozen=True):
    """What a draw is asked, as it was typed."""

    size: int | None = None
    kind: str = ""
    handled_by: str = ""
    since: str = ""
    window_days: int | None = None
    seed: int | None = None


def run(home: Path, draw: Draw, *, out: str = "", answers: str = "", of: str = "", as_of: str = "", as_json: bool = False) -> int:
    """Draw and write the sheet; or take answers in; or write the sheet again, or say how a sample stands."""
    _check(draw, out, answers, of, as_of)
    then = as_of_from(as_of, "--as-of")
    if out not in ("", "-") and Path(out).exists():
        raise usage("output", "the file is there already, perhaps with answers in it", place=out, hint="give a new file")
    if answers:
        return _answers(home, answers, as_json)
    draws = draw.size is not None
    with home_of_events(), Ourword.open_home(home, create=False, write=draws, as_of=then) as ourword:
        known = known_words(ourword)
        sample = ourword.calls.draw(_wanted(draw)) if draws else ourword.calls.sample(of)
        return _say(ourword.calls, home, sample, out, as_json, known)


def _check(draw: Draw, out: str, answers: str, of: str, as_of: str) -> None:
    def wrong(what: str, hint: str) -> None:
        raise usage("arguments", what, place="ourword ask", hint=hint)

    if draw.size is None and draw != Draw():
        wrong("there is something to draw by, and no `--sample`", "add --sample 60 --out ask.csv to draw")
    if draw.size is not None and (answers or of):
        wrong("`--sample` draws anew: it does not go with `--answers` or `--of`", "draw first, call, then hand the answers in")
    if draw.size is not None and not out:
        wrong("there is nowhere to write whom to call", "add --out ask.csv, or --out - to print it")
    if as_of and (draw.size is not None or answers):
        wrong("nobody is drawn and nothing is answered in the past", "leave `--as-of` away")
    if answers and (out or of):
        wrong("`--answers` goes alone: the sheet says of which sample it is", "leave --out and --of away")


def _wanted(draw: Draw) -> Wanted:
    return Wanted(
        size=draw.size or 0,
        kind=draw.kind or "*",
        handled_by=draw.handled_by or "automation",
        since=moment(draw.since, "--since"),
        window_days=draw.window_days or NOW.window_days,
        seed=draw.seed,
    )


def _say(calls: Calls, home: Path, sample: Sample, out: str, as_json: bool, known: tuple[str, ...]) -> int:
    if out:
        _write(out, written(calls.sheet(sample)))
    if out == "-":
        return 0  # the sheet is all that is printed
    found = calls.standing(sample)
    if as_json:
        json_line(as_dict(found))
        return 0
    for text in known:
        line(text)
    _print(found)
    if out:
        line(f"The sheet        {out}")
        line("Call from the top, fill in `solved`: yes, no, partly or no answer. Then:")
        line(f"ourword ask --answers {out} --home {home}")
    return 0


def _print(found: Told) -> None:
    for text in words(found):
        for part in wrapped(text.strip(), first=" " * (len(text) - len(text.lstrip())), then="  "):
            line(part)


def _answers(home: Path, file: str, as_json: bool) -> int:
    with opened(file) as source:
        text = source.read(BYTES_MAX + 1)
    with home_of_events(), Ourword.open_home(home, create=False) as ourword:
        taken = ourword.calls.take(text, place=file)
        for error in taken.wrong[:SHOWN_MAX]:
            complain(error)
        if len(taken.wrong) > SHOWN_MAX:
            sys.stderr.write(f"and {len(taken.wrong) - SHOWN_MAX:,} rows more\n")
        stands = [ourword.calls.standing(ourword.calls.sample(f"ask-{number}")) for number in taken.samples]
    if as_json:
        wrong = [error.as_dict() for error in taken.wrong]
        json_line({"new": taken.new, "known": taken.known, "wrong": wrong, "samples": [as_dict(each) for each in stands]})
    else:
        _tell(taken)
        for each in stands:
            line()
            _print(each)
    return SOME_BAD if taken.wrong else ALL_TAKEN


def _tell(taken: Taken) -> None:
    bad = f", {len(taken.wrong):,} row{'' if len(taken.wrong) == 1 else 's'} cannot be taken" if taken.wrong else ""
    line(f"{taken.new:,} answer{'' if taken.new == 1 else 's'} kept, {taken.known:,} known already{bad}")


def _write(where: str, text: str) -> None:
    if where == "-":
        sys.stdout.write(text)
        return
    try:
        with os.fdopen(os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN), "w", encoding="utf-8-sig", newline="") as file:
            file.write(text)
    except OSError as error:
        hint = "give another file with `--out`: the draw is recorded, and is not made again"
        raise usage("output", f"the sheet cannot be written: {error.strerror}", place=where, hint=hint) from error
