"""Calling quiet customers back: lots are drawn and recorded, a sheet goes out, answers come in. What they mean for the band is on the board."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from ourword.calling.sheet import Given, Row, read
from ourword.contract.words import listed, meant, shown
from ourword.core.cells import safe_cell
from ourword.core.time import day_from_micros
from ourword.errors import HomeError, LineError, UsageError
from ourword.figures.watched import watching
from ourword.ledger.entry import SampleDrawn, instant_text
from ourword.ledger.samples import Sample, named, taken
from ourword.outcomes.contacts import NOW, Asked
from ourword.outcomes.lots import METHOD, SEED_MAX, frame_of
from ourword.outcomes.quiet import HANDLED_BY, kinds_of_quiet, quiet_contacts
from ourword.stores.events import EventStore
from ourword.stores.samples import answer_sample, draw_sample, drawn_of, notes_of, samples
from ourword.stores.samples import frame_of as kept_frame

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.home import Home
    from ourword.stores.people import People

SIZE_MAX = 2_000
"""Nobody calls more; with so many, half the interval is two points."""
ANYBODY = "any"
WORDS_MAX = 300
TRIES_MAX = 8
_OURS, _THEIRS = ("message.out", "question.asked"), ("message.in",)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to draw: so many, of a kind (`*`: any), handled by automation, a person or `any`, of contacts that began at *since* (µs) or later."""

    size: int
    kind: str = "*"
    handled_by: str = "automation"
    since: int | None = None
    window_days: int = NOW.window_days
    seed: int | None = None
    """Without one, chance gives it."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a sheet that was handed in: new answers, those known already, rows that are wrong, and the samples it spoke of."""

    new: int
    known: int
    wrong: tuple[LineError, ...]
    samples: tuple[int, ...]


# ---- drawing -------------------------------------------------------------------------------------------------------


def draw_quiet(home: Home, wanted: Wanted, *, now: int) -> Sample:
    """Draw lots among the quiet contacts of now, durably: who is called is settled, and recorded, before anybody is (*now* in ns since 1970).

    Among whom: quiet contacts as a report without `--as-of` has them. Raises `UsageError`, `HomeError`.
    """
    _check(wanted)
    seed = int.from_bytes(os.urandom(8)) & SEED_MAX if wanted.seed is None else wanted.seed
    for _ in range(TRIES_MAX):
        seen = home.last_seq()
        with watching(home, Asked(window_days=wanted.window_days, since=wanted.since)) as (connection, _promises):
            frame = frame_of(_quiet(connection, wanted))
            as_of = connection.execute("SELECT MAX(as_of) FROM given").fetchone() or (0,)
        drawn = SampleDrawn(
            time=instant_text(now),
            method=METHOD,
            seed=seed,
            size=min(wanted.size, len(frame.theirs)),
            contacts=len(frame.contacts),
            customers=len(frame.theirs),
            frame="",
            as_of=instant_text(as_of[0] * 1000),
            window_days=wanted.window_days,
            kind=UNSET if wanted.kind == "*" else wanted.kind,
            handled_by=UNSET if wanted.handled_by == ANYBODY else wanted.handled_by,
            since=UNSET if wanted.since is None else instant_text(wanted.since * 1000),
        )
        number = draw_sample(home, frame, drawn, seen=seen)
        if number is not None:
            return sample_of(home, f"ask-{number}")
    raise _busy(home)


def _check(wanted: Wanted) -> None:
    if not 1 <= wanted.size <= SIZE_MAX:
        raise UsageError("ask.size", f"a sample of {wanted.size:,}", place="sample", hint=f"draw 1 to {SIZE_MAX:,}; 60 are usual")
    if wanted.seed is not None and not 0 <= wanted.seed <= SEED_MAX:
        raise UsageError("ask.seed", f"`{wanted.seed}` is no seed", place="seed", hint=f"a whole number from 0 to {SEED_MAX}")
    if wanted.handled_by not in (*HANDLED_BY, ANYBODY):
        words = (*HANDLED_BY, ANYBODY)
        hint = meant(wanted.handled_by, words, f"one of {listed(words, joined='or')}")
        raise UsageError("ask.handled-by", f"nobody handles contacts as {shown(wanted.handled_by)}", place="handled_by", hint=hint)


def _quiet(connection: DuckDBPyConnection, wanted: Wanted) -> list[tuple[int, int | None]]:
    kinds = kinds_of_quiet(connection)
    if wanted.kind != "*" and wanted.kind not in kinds:
        hint = meant(wanted.kind, kinds, f"there are quiet contacts of {listed(sorted(kinds)) or 'no kind'}")
        raise UsageError("ask.kind", f"no quiet contact is of the kind {shown(wanted.kind)}", place="kind", hint=hint)
    found = quiet_contacts(connection, kind=wanted.kind, handled_by="" if wanted.handled_by == ANYBODY else wanted.handled_by)
    others = 0 if found or wanted.handled_by == ANYBODY else len(quiet_contacts(connection, kind=wanted.kind))
    if others:
        handler = "automation" if wanted.handled_by == "automation" else "a person"
        quiet = "contact is quiet, and no event says" if others == 1 else "contacts are quiet, and no event says of one"
        what = f"there is nobody to call back: {others:,} {quiet} that {handler} handled it"
        hint = "draw among all of them with `--handled-by any` (over HTTP `handled_by: any`)"
        raise UsageError("ask.nobody", what, place="sample", hint=hint)
    if not found:
        what = f"there is nobody to call back: no contact is quiet whose {wanted.window_days} days are over"
        hint = "ask for fewer days, for any kind, or for contacts that anybody handled; else wait"
        raise UsageError("ask.nobody", what, place="sample", hint=hint)
    return found


def quiet_by_handler(home: Home) -> dict[str, int]:
    """How many quiet contacts there are to draw among: that automation handled, that a person did, and of anybody (`any`)."""
    with watching(home) as (connection, _promises):
        found = {each: len(quiet_contacts(connection, handled_by=each)) for each in HANDLED_BY}
        return {**found, ANYBODY: len(quiet_contacts(connection))}


def sample_of(home: Home, name: str = "") -> Sample:
    """Find a sample by its name; without one, the latest. Raises `LineError`."""
    known = samples(home)
    found = next((each for each in reversed(known) if name in ("", each.id)), None)
    if found is None and not known:
        hint = "`ourword ask --sample 60 --out ask.csv` draws one"
        raise LineError("ask.no-sample", "nobody has been drawn here so far", place="sample", hint=hint)
    if found is None:
        hint = meant(name, (each.id for each in known), f"there is {listed(each.id for each in known)}")
        raise LineError("ask.no-sample", f"there is no sample {shown(name)}", place="sample", hint=hint)
    return found


# ---- the sheet -----------------------------------------------------------------------------------------------------


def sheet(home: Home, sample: Sample) -> list[Row]:
    """The calls of a sample, in the order in which to make them, with what was answered so far.

    A customer who is erased, or of whom only the contact is known, has an empty id.
    """
    numbers = drawn_of(sample, kept_frame(home, sample))
    notes = notes_of(home, sample)
    with watching(home, Asked(window_days=sample.drawn.window_days)) as (connection, _), EventStore(home, write=False) as store:
        known = _known(connection, numbers)
        said = _last_words(connection, store.people, numbers)
        rows = [_row(sample, place, number, known, said, store.people) for place, number in enumerate(numbers, 1)]
    return [msgspec.structs.replace(row, note=notes.get(place, "")) for place, row in enumerate(rows, 1)]


def _row(
    sample: Sample, place: int, number: int, known: dict[int, tuple[int | None, int | None, str]], said: dict[tuple[int, str], str], people: People
) -> Row:
    subject, ended, kinds = known.get(number, (None, None, ""))
    customer = "" if subject is None else people.customer(subject) or ""
    answer = sample.answers.get(place)
    return Row(
        id=named(sample.seq, place),
        contact=people.name(number) or "erased",
        customer="" if customer.startswith("contact:") else customer,
        kind=kinds,
        ended="" if ended is None else day_from_micros(ended),
        customer_said=said.get((number, "customer"), ""),
        we_said=said.get((number, "we"), ""),
        solved=answer.said.value if answer else "",
    )


def _known(connection: DuckDBPyConnection, numbers: Sequence[int]) -> dict[int, tuple[int | None, int | None, str]]:
    """Of each contact its customer's number, when it ended, and its kinds."""
    kinds: dict[int, list[str]] = defaultdict(list)
    wanted = "WHERE contact IN (SELECT unnest(CAST($1 AS BIGINT[])))"
    for number, kind in connection.execute(
        f"SELECT DISTINCT contact, kind FROM places {wanted} AND kind <> '*' ORDER BY kind", [list(numbers)]
    ).fetchall():
        kinds[number].append(kind)
    found = connection.execute(f"SELECT contact, subject, end_at FROM became {wanted}", [list(numbers)]).fetchall()
    return {number: (subject, ended, ", ".join(kinds[number])) for number, subject, ended in found}


def _last_words(connection: DuckDBPyConnection, people: People, numbers: Sequence[int]) -> dict[tuple[int, str], str]:
    """What each side said last in each contact, in a line."""
    types = {**dict.fromkeys(_THEIRS, "customer"), **dict.fromkeys(_OURS, "we")}
    found: dict[tuple[int, str], str] = {}
    wanted = "contact IN (SELECT unnest(CAST($1 AS BIGINT[]))) AND list_contains($2, type)"
    rows = connection.execute(f"SELECT contact, type, arrival FROM arrived WHERE {wanted} ORDER BY event DESC", [list(numbers), list(types)])
    for number, of, arrival in rows.fetchall():
        if (number, types[of]) not in found:
            event = people.event(arrival)
            text = " ".join(str((event.data if event else {}).get("text") or "").split())
            if text:
                found[number, types[of]] = text if len(text) <= WORDS_MAX else text[:WORDS_MAX] + "…"
    return found


# ---- answers -------------------------------------------------------------------------------------------------------


def take(home: Home, text: bytes, *, place: str, now: int) -> Taken:
    """Take the answers of a sheet, durably; every row that is wrong is told, and the others are kept. Handed in again it adds what is new.

    Raises `LineError` for what is no sheet, `HomeError`.
    """
    given, wrong = read(text, place=place)
    fit: list[Given] = []
    with EventStore(home, write=False) as store:
        found = _Drawn(home, store.people)
        for each in given:
            try:
                found.check(each)
                fit.append(each)
            except LineError as error:
                wrong.append(error)
    for _ in range(TRIES_MAX):
        taking = _sorted_out(home, fit)
        if _record(home, taking, found.whose, now):
            told = sorted((*wrong, *taking.refused), key=lambda error: _line(error.place))
            spoken = dict.fromkeys(each.sample for each in fit)
            return Taken(new=len(taking.new), known=taking.known, wrong=tuple(told), samples=tuple(spoken))
    raise _busy(home)


class _Drawn:
    """Who was drawn here: whether rows speak of them, and of the contact that they name."""

    def __init__(self, home: Home, people: People) -> None:
        self._home = home
        self._people = people
        self._samples = {each.seq: each for each in samples(home)}
        self._drawn: dict[int, tuple[int, ...]] = {}
        self.whose: dict[tuple[int, int], int] = {}
        """The number of the customer under whose key a note is kept, by sample and place."""

    def check(self, row: Given) -> None:
        """Raise `LineError` for a row of which that is not so."""
        sample = self._samples.get(row.sample)
        name = named(row.sample, row.at)
        if sample is None or row.at > sample.drawn.size:
            hint = "answers count of those who were drawn by lot, and of nobody else; is this the right home?"
            raise LineError("ask.unknown", f"nobody was drawn here as {shown(name)}", place=f"{row.place}: id", hint=hint)
        if sample.seq not in self._drawn:
            self._drawn[sample.seq] = drawn_of(sample, kept_frame(self._home, sample))
        number = self._drawn[sample.seq][row.at - 1]
        contact, self.whose[row.sample, row.at] = self._people.name(number), self._people.whose(number) or 0
        if contact is None or row.contact not in (contact, safe_cell(contact)):
            what = f"{shown(name)} was drawn as another contact than {shown(row.contact)}" if contact else f"the customer of {shown(name)} is erased"
            hint = "a column was sorted alone, or rows were mixed up: write the sheet again with `ourword ask --out`, and fill it in there"
            raise LineError("ask.contact", what, place=f"{row.place}: contact", hint=hint)


class _SortedOut(msgspec.Struct, frozen=True, kw_only=True):
    seen: int
    samples: dict[int, Sample]
    new: tuple[Given, ...]
    known: int
    refused: tuple[LineError, ...]


def _sorted_out(home: Home, rows: Iterable[Given]) -> _SortedOut:
    """Which answers are new, which are known, and which are not those that were given before."""
    seen = home.last_seq()
    known = {each.seq: each for each in samples(home)}
    new, refused, counted = [], [], Counter[bool | None]()
    for row in rows:
        before = known[row.sample].answers.get(row.at)
        is_new = taken(before.said if before else None, row.said)
        counted[is_new] += 1
        if is_new:
            new.append(row)
        elif is_new is None:
            assert before is not None
            what = f"{shown(named(row.sample, row.at))} was answered before: {before.said.value}"
            hint = "the first answer stands; put it back into the cell"
            refused.append(LineError("ask.answered", what, place=f"{row.place}: solved", hint=hint))
    return _SortedOut(seen=seen, samples=known, new=tuple(new), known=counted[False], refused=tuple(refused))


def _record(home: Home, taking: _SortedOut, whose: dict[tuple[int, int], int], now: int) -> bool:
    by_sample: dict[int, list[Given]] = defaultdict(list)
    for row in taking.new:
        by_sample[row.sample].append(row)
    seen: int | None = taking.seen
    for number, rows in by_sample.items():
        notes = {row.at: (whose[row.sample, row.at], row.note) for row in rows}
        seen = answer_sample(home, taking.samples[number], [(row.at, row.said) for row in rows], notes=notes, now=now, seen=seen or 0)
        if seen is None:
            return False
    return True


def _line(place: str) -> tuple[int, str]:
    """Order errors by the line of the sheet."""
    number = next((part for part in reversed(place.partition(": ")[0].split(":")) if part.isdigit()), "0")
    return int(number), place


def _busy(home: Home) -> HomeError:
    what = "other processes keep drawing or answering"
    return HomeError("home.busy", what, place=str(home.path), hint="let one of them finish, then run this again")
