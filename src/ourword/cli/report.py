"""`ourword report`: what became of the contacts of a home, by kind; as a picture, JSON or CSV."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ourword.app import Ourword
from ourword.calling.called_back import sentence
from ourword.cli.bars import OUTCOME_MARKS, between, stacked
from ourword.cli.groups import group_words
from ourword.cli.out import home_of_events, json_line, known_words, line, option, usage
from ourword.cli.spreadsheet import csv_lines
from ourword.cli.targets import target_words
from ourword.cli.words import wrapped
from ourword.contract.metrics import metric_words
from ourword.core.time import day_from_micros
from ourword.figures.board import Board
from ourword.figures.summary import of_all, percent, stayed, stayed_resolved
from ourword.http.pages.report import html as page
from ourword.http.then import told
from ourword.outcomes.asked import as_of_from, asked_from
from ourword.outcomes.contacts import Asked
from ourword.outcomes.metrics import Row
from ourword.outcomes.staying import STAY_DAYS
from ourword.stores.terms import said_of

_SAID_AND_STAYED = (
    "stayed_customer",
    "survival",
    "left_silently",
    "complaints",
    "satisfaction",
    "effort",
    "told_before_answer",
    "reasons_told",
    "contests_upheld",
)
_BESIDE = ("reached_a_person", "denied_a_person", "stuck", "promises_kept", "promises_broken", "promises_unknown")


def run(
    home: Path,
    *,
    as_json: bool = False,
    as_csv: bool = False,
    html: str = "",
    since: str = "",
    by: str = "contract",
    as_of: str = "",
    window_days: int = 7,
) -> int:
    """Print the report; every number with its n and its interval. *html* names a file to write it into as a page; `-` prints it."""
    if as_json + as_csv + bool(html) > 1:
        raise usage("arguments", "`--json`, `--csv` and `--html` exclude each other", place="ourword report", hint="leave all but one away")
    then = as_of_from(as_of, "--as-of")
    asked = asked_from(window_days=window_days, by=by, since=since, as_of=then, place=option)
    with home_of_events(), Ourword.open_home(home, create=False, write=False, as_of=then.known) as ourword:
        found = ourword.board(asked)
        assert ourword.home is not None
        if html:
            signals, versions = tuple(ourword.signals()), ourword.adopting.versions()
            with told(ourword.home):
                return write_page(html, page(found, ourword.contracts(), signals, versions, terms=said_of(ourword.home)))
        gaps = [*ourword.adopting.versions().gaps(), *erased_words(ourword.customers.erased())]
        known = known_words(ourword)
    rows = found.rows
    if as_json:
        for row in rows:
            json_line(row, indent=False)
    else:
        for text in csv_lines((*Row.__struct_fields__, "bound"), map(_cells, rows)) if as_csv else (*known, *report_words(found, gaps)):
            line(text)
    return 0


def _cells(row: Row) -> tuple[object, ...]:
    """A row for a spreadsheet; `bound` says of the upper end of a band that it is one, and no figure of its own."""
    return (*msgspec.structs.astuple(row), "at most" if row.metric == "stayed_resolved" and row.value is not None else "")


def write_page(where: str, text: str, name: str = "The report") -> int:
    """Write a page into a file and say where, or print it (`-`)."""
    if where == "-":
        sys.stdout.write(text)
        return 0
    file = Path(where)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise usage("output", f"the page cannot be written: {error.strerror}", place=where, hint="give another file") from error
    line(f"{name:<16} {file}")
    return 0


def report_words(found: Board, gaps: Sequence[str] = ()) -> Iterator[str]:
    """The whole report in words, and at its end what is not in order with the contracts."""
    yield from words(found.rows, found.made.asked, called=sentence(found.asked()), band=stayed(found))
    yield from group_words(found)
    yield from staying_words(found)
    yield from target_words(found.judged)
    for gap in gaps:
        yield ""
        yield from wrapped(gap)


def erased_words(count: int) -> Iterator[str]:
    """That figures are those of the customers who are left, where anybody was erased.

    >>> list(erased_words(0)), list(erased_words(1))
    ([], ['1 id of a customer was erased here: its contacts are in none of these figures.'])
    """
    if count:
        ids = "id of a customer was erased here: its" if count == 1 else "ids of customers were erased here: their"
        yield f"{count:,} {ids} contacts are in none of these figures."


def words(rows: Sequence[Row], asked: Asked, *, called: str = "", band: str = "") -> Iterator[str]:
    """The sentence of the *band*, what was said by those *called* back, a bar for each kind, and what stands beside it, each within 80 columns."""
    found = {(row.kind, row.metric): row for row in rows if row.version == "*" and row.segment == "*"}
    kinds = sorted({kind for kind, metric in found if metric == "quiet"}, key=lambda kind: (kind != "*", kind))
    yield from wrapped(band or stayed_resolved(found.get(("*", "confirmed")), found.get(("*", "stayed_resolved")), asked.window_days))
    yield from wrapped(called) if called else ()
    yield ""
    for kind in kinds:
        yield from _kind(kind, found)
    yield ""
    yield "   ".join(f"{mark} {metric_words(name)}" for name, mark in OUTCOME_MARKS.items())
    yield ""
    if by_chance(found):
        yield by_chance(found)
        yield ""
    for metric in _BESIDE:
        beside = found.get(("*", metric))
        if beside is not None:
            yield f"{metric_words(metric):<20} {percent(beside.value):>8} {between(beside.low, beside.high):<12} of {beside.n}"


def staying_words(found: Board) -> Iterator[str]:
    """Who stayed, who left without a word, and what customers said and were told: only what there is data on, and when the rest is known."""
    yield ""
    for metric in _SAID_AND_STAYED:
        row = found.row(metric)
        if row is not None and row.value is not None:
            yield f"{metric_words(metric):<20} {percent(row.value):>8} {between(row.low, row.high):<12} of {row.n}"
    days = max(STAY_DAYS, found.made.asked.window_days)
    excess, stayed = found.row("left_silently_excess"), found.row("stayed_customer")
    if excess is not None and excess.value is not None and excess.low is not None and excess.high is not None:
        interval = f"({excess.low * 100:+.0f} to {excess.high * 100:+.0f})"
        yield f"left silently after automation, beyond after people: {excess.value * 100:+.0f} points {interval}"
    waits = found.staying_known_on
    if waits is not None and stayed is not None:
        waiting = f"; {percent(stayed.immature)} wait" if stayed.immature else ""
        yield f"Staying is watched for {days} days{waiting}, the next known on {day_from_micros(waits)}."
    elif stayed is not None and stayed.value is None:
        yield "Staying: no data. No event says that a customer left, or is active."


def by_chance(found: dict[tuple[str, str], Row]) -> str:
    """What of coming back is chance, in a sentence; nothing where nobody can say."""
    observed, chance, excess = (found.get(("*", name)) for name in ("came_back_observed", "came_back_by_chance", "came_back_excess"))
    if observed is None or chance is None or excess is None or chance.value is None:
        return ""
    return f"{percent(observed.value)} were back with the same issue; {percent(chance.value)} {between(chance.low, chance.high)} would be by chance."


def _kind(kind: str, found: dict[tuple[str, str], Row]) -> Iterator[str]:
    of = {name: found[kind, name] for name in OUTCOME_MARKS}
    name = "all" if kind == "*" else kind
    if of["quiet"].value is None:
        yield f"{name:<20.20} no data"
        return
    shares, back, among = of_all(of), of["came_back"], of["quiet"].n
    bar = stacked([(mark, shares.get(each, 0.0)) for each, mark in OUTCOME_MARKS.items()])
    seen = f" of {back.n:,}" if 0 < back.n < among else ""
    yield f"{name:<16.16} {bar}  {among:>6}  back {percent(back.value)}{seen}"
