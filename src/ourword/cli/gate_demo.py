"""`ourword demo --gate`: 200 proposals of a fictional shop's automation, decided, twelve of them told, all shown."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import msgspec

from ourword.app import Ourword
from ourword.cli.out import line
from ourword.cli.words import COLOURS, wrapped
from ourword.deciding.explaining import log
from ourword.deciding.told import Told
from ourword.demo.planted import PLANTED
from ourword.demo.proposals import proposals, truth
from ourword.errors import HomeError, UsageError
from ourword.http.listing import Listing
from ourword.http.pages.decisions import sentence, tell
from ourword.http.server import address_of, bound, listen, make
from ourword.http.written import write_pages
from ourword.stores.home import Home, open_home

PORT = 8080
_MARGIN = " " * 4


def run(*, once: bool = False, home: Path | None = None, port: int = PORT) -> int:
    """Decide, tell twelve, then show all: in files with *once*, else served until interrupted."""
    place = home if home is not None else Path(tempfile.mkdtemp(prefix="larkspur-"))
    _refuse_a_real_home(place)
    with as_file(files("ourword.demo")) as ours, Ourword.open(ours / "contract.yaml", ours / "wiring.yaml", home=place) as ourword:
        _decide_all(ourword, _kept_lines(ours, place / "demo"))
        _tell(ourword, place)
        if once:
            line(f"The page        {write_pages(home_of(ourword), place / 'demo' / 'page')}")
            return 0
        listening = bound("127.0.0.1", port) if port != PORT else bound_somewhere()
        line(f"The page        {address_of(listening, '127.0.0.1')}     (Ctrl+C ends)")
        sys.stdout.flush()
        listen(make(ourword), listening)
    return 0


def _refuse_a_real_home(place: Path) -> None:
    """Fictional decisions have no place among real ones, and could never be taken out again."""
    if not (place / "home.json").exists() or (place / "demo" / "truth.json").exists():
        return
    with open_home(place, write=False) as home:
        first = next(log(home, limit=1), None)
    if first is not None:
        what = f"this home holds decisions already, the first under `{first['contract']}`"
        raise UsageError("usage.demo-home", what, place="--home", hint="give the demo a new folder of its own")


def _kept_lines(ours: Path, folder: Path) -> list[dict[str, Any]]:
    """The proposals: those that lie here from an earlier run, so that nothing is decided twice, else new ones up to now."""
    kept = folder / "proposals.jsonl"
    try:
        if kept.exists():
            return [msgspec.json.decode(each) for each in kept.read_bytes().splitlines()]
        folder.mkdir(exist_ok=True)
        for name in ("contract.yaml", "wiring.yaml"):
            shutil.copyfile(ours / name, folder / name)
        (folder / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(truth()), indent=2))
        lines = proposals(datetime.now(UTC))
        kept.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
        return lines
    except (OSError, msgspec.DecodeError) as error:
        raise HomeError("home.demo", f"the demo's files cannot be used: {error}", place=str(folder), hint="give a new folder with --home") from error


def _decide_all(ourword: Ourword, lines: list[dict[str, Any]]) -> None:
    written = (msgspec.json.encode(each) for each in lines)
    for verdict in ourword.decide_lines(written, place="demo", batch=256):
        if "error" in verdict:
            error = verdict["error"]
            raise HomeError(error["code"], error["what"], place=error["place"], hint=error["hint"])


def home_of(ourword: Ourword) -> Home:
    """The home that a demo always records in."""
    assert ourword.home is not None
    return ourword.home


def bound_somewhere() -> Any:
    """The usual port, or any other where that one is taken."""
    try:
        return bound("127.0.0.1", PORT)
    except UsageError:
        return bound("127.0.0.1", 0)


# ---- telling -------------------------------------------------------------------------------------------------------


def _tell(ourword: Ourword, place: Path) -> None:
    page = Listing(lambda after: ourword.log(after=after)).page()
    draft = ourword.contract.draft
    line("Larkspur is a fictional shop. Its automation proposes; its contract decides.")
    for each in wrapped(sentence(page)):
        line(each)
    line()
    line("Twelve of them, one for each rule of the gate:")
    for number, planted in enumerate(PLANTED, 1):
        line()
        told = tell(ourword.home, planted.decision_id)
        line(f"{number:>2}  {planted.rule}", style="bold")
        for each in wrapped(planted.story, first=_MARGIN, then=_MARGIN):
            line(each)
        for each in wrapped(f"{told.headline}. {told.because}", first=f"{_MARGIN}→ ", then=f"{_MARGIN}  "):
            line(each, style=COLOURS[told.answer])
        for each in what_follows(told):
            line(each)
    line()
    line(f"Contract        {place / 'demo' / 'contract.yaml'}  ({draft.name} {draft.version})")
    line(f"Recorded in     {place}  ({_entries(ourword)} entries)")
    line(f"Ask why         ourword why {PLANTED[3].decision_id} --home {place}")


def what_follows(told: Told) -> Iterator[str]:
    """What the customer hears, and what a named person must look at."""
    for each in [f"Told: {told.tell}", *(f"Signal: {each}" for each in told.signals)]:
        yield from wrapped(each, first=f"{_MARGIN}  ", then=f"{_MARGIN}  ")


def _entries(ourword: Ourword) -> int:
    return sum(1 for _ in ourword.log())
