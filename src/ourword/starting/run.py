"""A company's exports, from files to figures and without an engineer: what was given, what is asked, and the home that is made of it.

Everything lies in one folder: `start.json` (which files, which answers), `files/` (copies of what a page was given), `home-N/` (what was
read last). Another answer means that all files are read again into a new home: old and new never mix. The home before is then deleted,
unless it holds what no file gave: decisions of a gate, customers called back.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

import msgspec

from ourword.core.money import CURRENCIES
from ourword.errors import HomeError, UsageError
from ourword.figures.board import boards_of
from ourword.figures.raising import raise_missed
from ourword.figures.settling import events_of, settle_home
from ourword.helpdesks.assumed import assumed, first_question
from ourword.helpdesks.ladder import Rung, ladder
from ourword.helpdesks.questions import SAME, Question, guessed, price_of, questions
from ourword.helpdesks.read_as import ReadAs
from ourword.helpdesks.rows import Counted
from ourword.helpdesks.shape import Answers, Look, Shape
from ourword.helpdesks.table import Table
from ourword.helpdesks.way import ByShape, look_at, sample
from ourword.outcomes.bill import Assumed
from ourword.outcomes.contacts import NOW
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.promised_words import said_in
from ourword.outcomes.vendors import OWN
from ourword.starting.drafts import Drafts
from ourword.starting.left_out import left_out, left_tests, refuse_untimed, why_nothing
from ourword.starting.proposing import MONTH, Proposal, propose
from ourword.starting.recognising import HOW_READ, Given, all_given, shape_of
from ourword.starting.seen import seen_in
from ourword.stores.events import EventStore
from ourword.stores.foreign import refuse_foreign
from ourword.stores.home import open_home
from ourword.stores.importing import Imported, import_file
from ourword.stores.own import READING, Own, arrivals, own_of
from ourword.stores.reading import encoding_of, letters_of, rows_of
from ourword.stores.terms import NO_TERMS, Terms, keep_terms, terms_of
from ourword.stores.unpacking import Unpacked, files_of, unpacked

LISTENED_MAX = 300_000
"""So many events are looked through for promises in words."""
_STATE, _FILES = "start.json", "files"
Moved = Callable[[str, int, int], None]
"""Told what is being done, how many bytes of all files are done, and of how many. What it raises stops the work."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered between two visits."""

    files: tuple[Given, ...] = ()
    answers: Answers | None = None
    said: Answers | None = None
    """What was answered last, whatever files came or went since."""
    said_of: tuple[tuple[str, int], ...] = ()
    """Of which files, by name and size."""
    home: str = ""
    """The folder of the home that was read last; empty before."""
    read: tuple[tuple[str, Imported], ...] = ()
    """By file, what was read of it and what was skipped."""
    by: Answers | None = None
    """The answers by which that home was read; `None` once a file came or went."""
    assumed: tuple[str, ...] = ()
    """What was assumed of dates and clocks when it was read."""
    called: dict[str, str] = {}
    """By the id of a kind, what the files call it, where the two differ."""
    left: tuple[str, ...] = ()
    """What was left out, and why."""
    made: dict[str, int] = {}
    """By home, the number of the last event that the files gave it; `READING` while they are read."""


class Start:
    """The folder of one first run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._look: Look | None = None
        self._looked_at: dict[str, tuple[int, int]] = {}
        self._known: dict[object, Shape] = {}
        self._proposal: tuple[Path, Proposal] | None = None
        self.drafts = Drafts(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = folder / _STATE
            self.kept = msgspec.json.decode(file.read_bytes(), type=Kept) if file.exists() else Kept()
        except (OSError, msgspec.MsgspecError) as error:
            raise HomeError("home.start", f"the folder cannot be used: {error}", place=str(folder), hint="give another one with --folder") from error

    @property
    def home(self) -> Path | None:
        """The home that was read last."""
        place = self.folder / self.kept.home
        return place if self.kept.home and place.is_dir() else None

    @property
    def rule(self) -> str:
        """Whose rule the figures speak of first."""
        return terms_of(self.home).rule if self.home is not None else ""

    @property
    def vendor(self) -> str:
        """Whose files these are, as the vendors' rules are named; empty for tables of one's own."""
        return next((each.shape.partition(".")[0] for each in self.kept.files if "." in each.shape), "")

    @property
    def files(self) -> Path:
        """Where copies of what a page was given lie."""
        return self.folder / _FILES

    # ---- files -----------------------------------------------------------------------------------------------------------

    def add(self, path: Path, *, said: Mapping[str, str] | None = None) -> list[Given]:
        """Take a file in, or what a folder or a .zip holds; raises `UsageError` where one cannot be read, and then takes none of them.

        *said* has what somebody says of the columns of a table, by their names (`recognising.said_of`).
        """
        unpacked_: list[Unpacked] = []
        try:
            chosen = files_of(path)
            for each in chosen:
                refuse_foreign(each)
                unpacked_.append(unpacked(each, self.files))
            places = [place for each in unpacked_ for place in each.places]
            before = [each for each in self.kept.files if Path(each.path) not in places]
            found = all_given(unpacked_, [each.name for each in chosen], before=before, said=said)
            self._keep(files=(*before, *found), answers=None, by=None)
        finally:
            self._forget(place for each in unpacked_ for place in each.members)
        self._look, self._known = None, {}
        return found

    @property
    def aside(self) -> tuple[str, ...]:
        """What lies in archives that were given and was left out, by name."""
        return tuple(dict.fromkeys(words for each in self.kept.files for words in each.beside))

    def _forget(self, places: Iterable[Path]) -> None:
        """Delete copies of ours that nothing names; somebody's own file is never touched."""
        named = {each.path for each in self.kept.files}
        for place in places:
            if place.parent == self.files.resolve() and str(place) not in named:
                place.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Leave a file out again; a copy of ours is deleted."""
        gone = [each for each in self.kept.files if each.name == name]
        self._keep(files=tuple(each for each in self.kept.files if each.name != name), answers=None, by=None)
        self._look = None
        self._forget(Path(each.path) for each in gone)

    # ---- questions -------------------------------------------------------------------------------------------------------

    def look(self, moved: Moved = lambda doing, done, of: None) -> Look:
        """Look through all files once; what was seen is kept until a file comes, goes or changes."""
        if self._look is None or self._changed() is not None:
            into = Look()
            for shape, each, told in self._shapes("looked through", moved):
                rows = rows_of(each.place, encoding=encoding_of(each.place) or "utf-8", moved=told)
                look_at(shape, (row for _, row in rows if not isinstance(row, Skipped)), into)
                into.letters += [f"{each.name}: {words}" for words in (letters_of(each.place),) if words]
            for shape, each, _ in self._shapes("looked at again", moved):
                rows = rows_of(each.place, encoding=encoding_of(each.place) or "utf-8")
                sample(shape, (row for _, row in rows if not isinstance(row, Skipped)), into)
            self._look, self._looked_at = into, {each.path: each.state for each in self.kept.files}
        return self._look

    def _changed(self) -> Given | None:
        return next((each for each in self.kept.files if self._looked_at.get(each.path, each.state) != each.state), None)

    def _refuse_changed(self) -> None:
        """Raise a `UsageError` for a file that is another than the one that the questions were asked of."""
        other = self._changed()
        if other is not None:
            self._look, self._looked_at = None, {}
            what = "the file has changed since the questions were asked of it"
            raise UsageError("start.changed", what, place=other.name, hint="look at the questions again: what it holds may be called otherwise now")

    @property
    def looked(self) -> bool:
        """Whether the files have been looked through."""
        return self._look is not None

    def answers(self) -> Answers:
        """What was answered, else what is guessed; where the same files are given again, what was answered of them."""
        if self.kept.answers is not None:
            return self.kept.answers
        said = self.kept.said
        if said is not None and self.kept.said_of == self._files_now():
            return said
        found = guessed(self.look())
        return found if said is None else msgspec.structs.replace(found, price=said.price, zone=said.zone)

    @property
    def said_zone(self) -> str:
        """The zone that was answered; empty before."""
        said = self.kept.answers or self.kept.said
        return said.zone if said is not None else ""

    def _files_now(self) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((each.name, each.bytes) for each in self.kept.files))

    def first_question(self) -> Question | None:
        """Whether day or month comes first, where no date of a file proves it."""
        return first_question(self.look())

    def questions(self) -> tuple[Question, ...]:
        """The six questions with the guesses."""
        return questions(self.look())

    def answer(self, answers: Answers) -> None:
        """Keep the answers."""
        self._keep(answers=answers, said=answers, said_of=self._files_now())

    # ---- reading ---------------------------------------------------------------------------------------------------------

    def read(self, moved: Moved = lambda doing, done, of: None) -> Path:
        """Read all files into a new home by the answers, settle it, and give it; what was read before stands until this is done."""
        if not self.kept.files:
            raise UsageError("start.files", "there is no file yet", place=str(self.folder), hint=f"give one: {HOW_READ}")
        files = self.kept.files
        self._refuse_changed()
        answers, look = self.answers(), self.look(moved)
        if (kept := self._as_read(answers)) is not None:
            keep_terms(kept, self._terms(answers).beside(terms_of(kept)))
            self._keep(answers=answers, by=answers)
            return kept
        place = self._next()
        self._keep(made={**self.kept.made, place.name: READING})
        try:
            told = self._import(place, answers, look, moved)
            moved("what became of each contact is worked out", 1, 1)
            why = {each.name: shape.untimed for shape, each, _ in self._shapes("read") if isinstance(shape, Table)}
            left = tuple(line for name, each in told.items() for line in left_out(name, each, untimed=why.get(name, "")))
            left = (*left, *left_tests(look.addresses, answers.tests))
            with open_home(place) as home:
                if not answers.tests and not any(each.events["new"] for each in told.values()):  # unless all were tests
                    raise UsageError("start.nothing", why_nothing(told), place=str(self.folder), hint=f"what is read: {HOW_READ}")
                refuse_untimed(told, why)
                keep_terms(place, self._terms(answers).beside(terms_of(self.home) if self.home is not None else NO_TERMS))
                settle_home(home, events_of(home), now := time.time_ns())
                raise_missed(home, now)
                made = {**self.kept.made, place.name: arrivals(home)}
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        called = {each: label for each, label in look.kinds_called.items() if each != label}
        assumed_ = assumed(look, answers)
        self._keep(
            home=place.name,
            read=tuple(told.items()),
            called=called,
            answers=answers,
            by=answers if self.kept.files == files else None,
            assumed=assumed_,
            left=left,
            made=made,
        )
        return place

    def _as_read(self, answers: Answers) -> Path | None:
        """The home that was read last, where only the price is answered otherwise: whoever was called back from it stays called back."""
        by, home = self.kept.by, self.home
        if by is None or home is None or by == answers or msgspec.structs.replace(by, price=answers.price) != answers:
            return None
        made = (home / "home.json").stat().st_mtime_ns
        stands = all(each.place.exists() and each.place.stat().st_mtime_ns <= made for each in self.kept.files)
        return home if stands else None

    def _terms(self, answers: Answers) -> Terms:
        """What was answered of the bill, for every page of the home: whose rule, and the price."""
        same = next(each.words for question in self.questions() if question.id == SAME for each in question.choices if each.value == answers.same)
        granted = (f"the same matter again is {same}", *assumed(self.look(), answers))
        terms = Terms(rule=self.vendor or OWN, files=tuple(each.name for each in self.kept.files), granted=granted)
        price = price_of(answers.price)
        if price is None:
            return terms
        minor, currency = price
        return msgspec.structs.replace(terms, assumed=Assumed(currency=currency, price=Decimal(minor).scaleb(-CURRENCIES[currency])))

    def tidy(self) -> None:
        """Delete what was read before and can be read again; called when nobody shows it any more. What no file gave is never deleted."""
        for each in self._homes():
            if each != self.home and not self._own(each):
                shutil.rmtree(each, ignore_errors=True)

    @property
    def own(self) -> Own:
        """What the home that was read last holds and no file gave: it stays there when the files are read anew."""
        return self._own(self.home) if self.home is not None else Own()

    @property
    def kept_homes(self) -> tuple[tuple[Path, Own], ...]:
        """Homes of before that are kept, the oldest first, each with what it holds and no file gave."""
        before = sorted((each for each in self._homes() if each != self.home), key=_number)
        return tuple((each, own) for each in before if (own := self._own(each)))

    def _own(self, home: Path) -> Own:
        return own_of(home, read=self.kept.made.get(home.name, 0))  # a home that we know nothing of: each event may be somebody's

    def _import(self, place: Path, answers: Answers, look: Look, moved: Moved) -> dict[str, Imported]:
        told: dict[str, Imported] = {}
        systems = Counter(each.system or each.name for each in self.kept.files)
        counted = {name: Counted() for name, files in systems.items() if files > 1}
        with open_home(place) as home, EventStore(home) as store:
            for shape, each, at in self._shapes("read", moved):
                if isinstance(shape, Table) and shape.one_row_each and (once := counted.get(each.system or each.name)) is not None:
                    once.next_file()
                    shape.counted = once
                way = ByShape(shape, answers, look, encoding=encoding_of(each.place) or "utf-8")
                told[each.name] = import_file(store, each.place, way, moved=at)
            store.seal()
        return told

    def _shapes(self, doing: str, moved: Moved = lambda doing, done, of: None) -> Iterator[tuple[Shape, Given, Callable[[int], None]]]:
        """Every file with its shape, the richest first; of tables the newest, whose word stands where two of one system speak of a ticket."""
        total, before = sum(each.bytes for each in self.kept.files), 0
        known = [(self._shape(each), each) for each in self.kept.files]
        for (
            shape,
            given_,
        ) in sorted(known, key=lambda each: (each[0].rank, -each[1].state[0] if each[1].columns else 0, each[1].name)):

            def told(at: int, *, before: int = before, name: str = given_.name) -> None:
                moved(f"{name} is {doing}", before + at, max(total, 1))

            told(0)
            yield shape, given_, told
            before += given_.bytes

    def _shape(self, each: Given) -> Shape:
        """What a file is, looked at anew when it has changed."""
        status = each.place.stat() if each.place.exists() else None
        key = (each.path, status and (status.st_size, status.st_mtime_ns))
        if key not in self._known:
            self._known[key] = shape_of(each.place, each.name, said=each.said)
        return self._known[key]

    def read_as(self) -> tuple[ReadAs, ...]:
        """Which column of each table is read as what; helpdesks' own exports have columns that are known."""
        return tuple(shape.read_as(self.answers(), self.look()) for shape, _, _ in self._shapes("read") if isinstance(shape, Table))

    def ladder(self) -> tuple[Rung, ...]:
        """What the files could tell, after they were read."""
        gives: dict[str, list[str]] = defaultdict(list)
        for each in self.kept.files:
            for rung in self._shape(each).gives:
                gives[rung].append(each.name)
        assert self.home is not None
        return ladder(seen_in(self.home), gives, same=self.answers().same)

    # ---- the contract ----------------------------------------------------------------------------------------------------

    def proposal(self, *, today: date) -> Proposal:
        """What the home that was read last proposes for a contract."""
        assert self.home is not None
        if self._proposal is None or self._proposal[0] != self.home:
            with open_home(self.home, create=False, write=False) as home:
                board, month = boards_of(home, [NOW, MONTH])
                heard = list(islice(events_of(home), LISTENED_MAX))
            said = said_in(heard, zone=self.answers().zone, as_of=(board.as_of or 0) * 1000)
            self._proposal = self.home, propose(board, month, said, today=today, read_of=len(heard), called=self.kept.called)
        return self._proposal[1]

    def _next(self) -> Path:
        return self.folder / f"home-{max((_number(each) for each in self._homes()), default=0) + 1}"

    def _homes(self) -> list[Path]:
        return [each for each in self.folder.glob("home-*") if each.name.removeprefix("home-").isdecimal()]

    def _keep(self, **changed: object) -> None:
        self.kept = msgspec.structs.replace(self.kept, **changed)
        file = self.folder / _STATE
        try:
            new = file.with_suffix(".new")
            new.write_bytes(msgspec.json.encode(self.kept))
            new.replace(file)
        except OSError as error:
            raise HomeError(
                "home.start", f"`{_STATE}` cannot be written: {error.strerror}", place=str(file), hint="make room, and try again"
            ) from error


def _number(home: Path) -> int:
    return int(home.name.removeprefix("home-"))
