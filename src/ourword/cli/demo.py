"""`ourword demo`: a fictional shop's 120 days, loaded, settled, recounted and shown; with `--gate`, its contract deciding 200 proposals."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from ourword.app import Ourword
from ourword.cli import gate_demo
from ourword.cli.demo_words import truths
from ourword.cli.demo_words import words as company_words
from ourword.cli.out import line
from ourword.demo import loading
from ourword.demo.company.make import CONTACTS
from ourword.demo.held import held
from ourword.errors import HomeError, UsageError
from ourword.figures.board import Board, boards_of, keep
from ourword.figures.raising import raise_missed
from ourword.http.server import address_of, bound, listen, make
from ourword.http.written import write_pages
from ourword.outcomes.contacts import NOW, Asked
from ourword.stores.home import open_home

PORT = gate_demo.PORT
DECISIONS_SHOWN = 200
"""So many of the latest decisions have a page of their own; all of them answer to `ourword why`."""


def run(*, once: bool = False, home: Path | None = None, port: int = PORT, gate: bool = False, contacts: int = CONTACTS) -> int:
    """Load the company, or go on with the one that is there, and tell of it; then write the page with *once*, else serve it."""
    if gate:
        return gate_demo.run(once=once, home=home, port=port)
    place = home if home is not None else Path(tempfile.mkdtemp(prefix="larkspur-"))
    _refuse_another_home(place)
    progress = _Progress()
    begun, _ = loading.load(place, datetime.now(UTC), contacts=contacts, moved=progress.say)
    _copy_contract(place)
    progress.say("what became of every contact is worked out")
    with open_home(place) as opened:
        board, by_prompt = boards_of(opened, [NOW, Asked(grouped_by="lineage.prompt")])
        if raise_missed(opened, begun.now * 10**9):  # signals change no figure: both boards stand
            made = msgspec.structs.replace(by_prompt.made, seq=opened.last_seq())
            keep(place, msgspec.structs.replace(by_prompt, made=made))
        entries = opened.last_seq()
    progress.end()
    for text in _told(place, begun, board, by_prompt, entries):
        line(text)
    return _show(place, once=once, port=port)


def _told(place: Path, begun: loading.Company, board: Board, by_prompt: Board, entries: int) -> Iterator[str]:
    true = loading.truth_in(place)
    yield from company_words(board, days=begun.days, assumed=loading.TERMS.assumed)
    yield ""
    yield from truths(held(board.recounted, true["contacts"]), board, by_prompt, timers=true["stories"]["timer_closes"]["gave_up"])
    yield ""
    yield f"Recorded in     {place}  ({entries:,} entries, {board.contacts:,} contacts)"
    yield f"The truth       {place / loading.FOLDER / 'truth.json'}"
    yield f"Look further    ourword report --home {place} --by lineage.prompt"
    yield f"                ourword recount --home {place}"
    yield f"                ourword promises --home {place}"
    yield f"                ourword bends --home {place}"
    yield "The gate        ourword demo --gate: twelve of its decisions in words"


def _show(place: Path, *, once: bool, port: int) -> int:
    """The pages, in files or served; *Our word* is the first."""
    with Ourword.open(place / "demo" / "contract.yaml", place / "demo" / "wiring.yaml", home=place) as ourword:
        if once:
            line(f"The page        {write_pages(gate_demo.home_of(ourword), place / 'demo' / 'page', rows=DECISIONS_SHOWN)}")
            return 0
        listening = bound("127.0.0.1", port) if port != PORT else gate_demo.bound_somewhere()
        line(f"The page        {address_of(listening, '127.0.0.1')}     (Ctrl+C ends)")
        sys.stdout.flush()
        listen(make(ourword), listening)
    return 0


def _refuse_another_home(place: Path) -> None:
    """Fictional decisions have no place among real ones, nor among those of another demo, and could never be taken out again."""
    if not (place / "home.json").exists() or (place / loading.FOLDER / "company.json").exists():
        return
    with open_home(place, write=False) as home:
        used = home.last_seq()
    if used:
        what = f"this home holds {used:,} entries already"
        raise UsageError("usage.demo-home", what, place="--home", hint="give the demo a new folder of its own")


def _copy_contract(place: Path) -> None:
    try:
        with as_file(files("ourword.demo")) as ours:
            for name in ("contract.yaml", "wiring.yaml"):
                shutil.copyfile(ours / name, place / "demo" / name)
    except OSError as error:
        what = f"the demo's files cannot be written: {error.strerror}"
        raise HomeError("home.demo", what, place=str(place / "demo"), hint="make room, or give another folder with --home") from error


class _Progress:
    """What is being done, on standard error: one line that is written over for people at a terminal, else a line for each stage.

    On a loaded machine it takes minutes, and whoever read it in a file or a CI's log saw nothing until the end.
    """

    def __init__(self) -> None:
        self._over = sys.stderr.isatty() and sys.stdout.isatty()
        self._stage = ""

    def say(self, doing: str) -> None:
        if self._over:
            self._write(f"\r{doing} …".ljust(72))
            return
        stage = doing.lstrip("0123456789, ")  # how many are handed in so far is no stage of its own
        if stage != self._stage:
            self._write(f"{stage} …\n")
        self._stage = stage

    def end(self) -> None:
        if self._over:
            self._write("\r" + " " * 72 + "\r")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
