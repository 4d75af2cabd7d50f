"""`ourword start` (and `ourword` alone): the first run, in the browser; with `--once` in the terminal, by the guessed answers."""

from __future__ import annotations

import shutil
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ourword.cli.bar import Bar
from ourword.cli.out import line
from ourword.core.zones import zone_said
from ourword.errors import HomeError, UsageError
from ourword.helpdesks.shape import REACHED
from ourword.outcomes.written import DAY, MONTH
from ourword.starting.recognising import said_of
from ourword.starting.run import Start
from ourword.stores.alone import alone


def run(
    files: Sequence[Path],
    *,
    folder: Path | None = None,
    port: int = 0,
    browser: bool = True,
    once: bool = False,
    first: str = "",
    zone: str = "",
    columns: Sequence[str] = (),
    forget: str = "",
) -> int:
    """Take the files in, then serve the pages until interrupted; or delete a kept home; exit 0."""
    if first not in ("", DAY, MONTH):
        raise UsageError("usage.dates", f"`{first[:40]}` is neither day nor month", place="--dates", hint="write --dates day, or --dates month")
    if zone and not (known := zone_said(zone)):
        raise UsageError("usage.zone", f"there is no time zone `{zone[:40]}`", place="--zone", hint="write it like Europe/Berlin, or UTC")
    zone = known if zone else ""
    place = folder if folder is not None else Path.home() / "Ourword"
    with alone(place):
        start = Start(place)
        if forget:
            return _forget(start, forget)
        for each in files:
            for given in start.add(each, said=said_of("\n".join(columns))):
                line(f"{given.name}: {given.title}")
        if (first or zone) and start.kept.files:
            answers = start.answers()
            start.answer(msgspec.structs.replace(answers, first=first or answers.first, zone=zone or answers.zone))
        return _once(start) if once else _serve(start, port, browser)


def _forget(start: Start, name: str) -> int:
    """Delete a home of before, which is kept for what no file gave; never the one that the pages show."""
    kept = {home.name: (home, own) for home, own in start.kept_homes}
    if name not in kept:
        listed = "; ".join(f"{each} ({own.words})" for each, (_, own) in kept.items()) or "none"
        what = f"`{name[:40]}` is no home that is kept from before"
        raise UsageError("start.forget", what, place="--forget", hint=f"kept in {start.folder}: {listed}; the home read last goes with the folder")
    home, own = kept[name]
    gone = home.with_name(f"gone-{home.name}")
    try:
        home.replace(gone)  # at once, or whoever looks meanwhile sees half a home
        for each in start.folder.glob("gone-home-*"):  # and what an earlier one that was killed left behind
            shutil.rmtree(each)
    except OSError as error:
        raise HomeError("home.start", f"it cannot be deleted: {error}", place=str(home), hint="end what has it open, and try again") from error
    line(f"forgotten: {home}, and with it {own.words}")
    return 0


def _serve(start: Start, port: int, browser: bool) -> int:
    from ourword.http.server import address_of, bound, listen
    from ourword.http.start.app import close, make

    listening = bound("127.0.0.1", port)
    address = f"{address_of(listening, '127.0.0.1')}start"
    line(f"Drop your export at {address}")
    line(f"It stays on this computer, in {start.folder}. Ctrl+C ends.")
    sys.stdout.flush()
    if browser and sys.stdout.isatty():
        webbrowser.open(address)
    listen(make(start, example=example), listening, closing_with=close)
    return 0


def example(vendor: str, start: Start, *, contacts: int = 2_000) -> None:
    """Give a fictional shop's export as a file of one's own is given: for whoever wants to see first."""
    from ourword.demo.exports.__main__ import RICHEST, write_export

    start.files.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=start.folder) as place:
        write_export(vendor, Path(place) / "larkspur", contacts=contacts)
        for name in RICHEST[vendor]:
            start.add((Path(place) / "larkspur" / name).replace(start.files / f"larkspur-{name}"))


def _once(start: Start) -> int:
    from ourword.app import Ourword
    from ourword.figures.summary import reached, recount_words, spoken_of, stayed

    with Bar(100, rows=lambda: 0) as bar:
        place = start.read(lambda words, done, of: bar.moved(done * 100 // max(of, 1)))
    start.tidy()
    with Ourword.open_home(place, create=False) as ourword:
        board = ourword.board()
    line(recount_words(board, spoken_of(board.recounted, start.rule)))
    line(stayed(board))
    rungs = start.ladder()
    if any(each.name == REACHED and each.known for each in rungs) and (words := reached(board)):
        line(words)
    line()
    _complete(start)
    line("What these files can tell, and what they cannot:")
    for rung in rungs:
        line(f"  {'known' if rung.known else 'in part' if rung.partly else 'not known':<10} {rung.words}: {rung.because}")
    line()
    for each in start.questions():
        ticked = [choice.words for choice in each.choices if choice.guessed]
        line(f"guessed: {each.asked} {', '.join(ticked) or each.none or 'none'}")
    for words in start.kept.assumed:
        line(f"assumed: {words}")
    if start.first_question() is not None:
        line("To read the dates otherwise: --dates day, or --dates month")
    line(f"To answer otherwise: ourword start --folder {start.folder}")
    return 0


def _complete(start: Start) -> None:
    """What was read and what was not: nobody should have to look for it."""
    for name, told in start.kept.read:
        line(f"read: {name}: {told.rows:,} rows, {told.events['new']:,} events")
    for table in start.read_as():
        for words in table.lines:
            line(words)
    for words in (*start.aside, *start.kept.left):
        line(f"left out: {words}")
    for home, own in start.kept_homes:
        line(f"kept: {home} was read before, and holds what no file gave: {own.words}")
    line()
