"""The figures behind the pages of a served home: the last board in memory, a new one worked out beside, the contacts behind a number."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import msgspec

from ourword.adoption.signing import Versions
from ourword.app import Ourword
from ourword.coherence.gathered import Coherence
from ourword.core.time import datetime_from_instant
from ourword.errors import HomeError, OurwordError
from ourword.figures.board import Board, Made, kept_board, made_from, promises_alone
from ourword.figures.settling import Row
from ourword.ledger.signals import Signal
from ourword.outcomes.contacts import NOW, Asked
from ourword.stores.terms import NO_TERMS, Terms, said_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.choices.report import Choices
    from ourword.stores.home import Home


class Shown(msgspec.Struct, frozen=True):
    """A board, and whether newer figures are being worked out while it is shown."""

    board: Board
    renewing: bool = False
    terms: Terms = NO_TERMS
    """What was said of the home's bill."""


class Figures:
    """Safe to use from several threads; close it before the home.

    A page never waits for new figures once there are some: it shows the last ones, says of when they are, and a thread works out the next.
    """

    def __init__(self, word: Ourword) -> None:
        assert word.home is not None, "without a home there are no figures"
        self._word, self._home = word, word.home
        self._lock = threading.Lock()
        self._board: Board | None = None
        self._renewing: threading.Thread | None = None
        self._choosing: threading.Thread | None = None
        self._chosen: Choices | None = None
        self._listing = threading.Lock()
        self._promises: tuple[int, tuple[Row, ...]] | None = None
        self._signals: tuple[tuple[int, int], tuple[Signal, ...]] | None = None
        self._versions: tuple[tuple[int, int], Versions] | None = None
        self._gathering = threading.Lock()
        self._coherence: tuple[object, Coherence] | None = None
        self._drilling = threading.Lock()
        self._drill: tuple[Made, DuckDBPyConnection, ExitStack] | None = None

    @property
    def word(self) -> Ourword:
        """The door behind the figures."""
        return self._word

    @property
    def home(self) -> Home:
        """The home whose figures these are."""
        return self._home

    def board(self, asked: Asked = NOW) -> Board:
        """The board of now, worked out if need be: for those who asked for exactly that."""
        found = self._word.board(asked)
        if asked == NOW:
            with self._lock:
                self._board = found
        return found

    def shown(self) -> Shown:
        """The board to show at once."""
        made = made_from(self._home, NOW)
        with self._lock:
            self._board = self._board or (kept_board(self._home.path, NOW) if self._home.sums is not None else None)
            found = self._board
            if found is not None and found.made != made and self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, name="figures", daemon=True)
                self._renewing.start()
        terms = said_of(self._home)
        return Shown(self.board(), terms=terms) if found is None else Shown(found, renewing=found.made != made, terms=terms)

    def promised(self) -> Shown:
        """The board to show for promises: a home without events has promises too, and its tallies are worked out from them alone."""
        try:
            return self.shown()
        except HomeError as error:
            if error.code != "home.no-events":
                raise
            return Shown(promises_alone(self._home))

    def promises(self) -> tuple[Row, ...]:
        """Every promise and how it stands; read again when an entry has come."""
        seq = self._home.last_seq()
        with self._listing:
            if self._promises is None or self._promises[0] != seq:
                self._promises = seq, tuple(self._word.promises())
            return self._promises[1]

    def _today(self) -> int:
        return self._home.clock() // (86_400 * 10**9)

    def signals(self) -> tuple[Signal, ...]:
        """Every signal as it stands, with the reasons given; folded again when an entry has come, or a day has passed."""
        known = self._home.last_seq(), self._today()
        with self._listing:
            if self._signals is None or self._signals[0] != known:
                self._signals = known, tuple(self._word.signals())
            return self._signals[1]

    def versions(self) -> Versions:
        """Who signed which contract, read again when an entry has come, or a day has passed."""
        known = self._home.last_seq(), self._today()
        with self._listing:
            if self._versions is None or self._versions[0] != known:
                self._versions = known, self._word.adopting.versions()
            return self._versions[1]

    def coherence(self) -> Coherence:
        """What is written, staffed and used; gathered again when an entry or an event has come, or a day has passed."""
        known = made_from(self._home, NOW) if self._home.has_events else None, self._home.last_seq(), self._today()
        with self._gathering:
            if self._coherence is None or self._coherence[0] != known:
                self._coherence = known, self._word.coherence()
            return self._coherence[1]

    def choices(self) -> tuple[Choices, bool]:
        """What was chosen, beside what happens: the last that was worked out, and whether newer is being worked out meanwhile."""
        from ourword.choices.report import kept_choices, made_from

        with self._lock:
            if self._home.sums is None:  # nothing comes any more: it is worked out once
                self._chosen = self._chosen or self._word.choices()
                return self._chosen, False
            found = kept_choices(self._home.path)
            stale = found is not None and found.made != made_from(
                self._home, self._word.holding(), today=datetime_from_instant(self._home.clock()).date()
            )
            if stale and self._choosing is None:
                self._choosing = threading.Thread(target=self._choose, name="choices", daemon=True)
                self._choosing.start()
        return (self._word.choices(), False) if found is None else (found, stale)

    def _choose(self) -> None:
        try:
            self._word.choices()
        except OurwordError:
            pass  # the next page that is asked for tries again
        finally:
            with self._lock:
                self._choosing = None

    def _renew(self) -> None:
        try:
            self.board()
        except OurwordError:
            pass  # the next page that is asked for tries again, and the old figures say of when they are
        finally:
            with self._lock:
                self._renewing = None

    @contextmanager
    def contacts(self, asked: Asked = NOW) -> Iterator[DuckDBPyConnection]:
        """What became of every contact, as tables: for the contacts behind a number. One caller at a time."""
        with self._drilling:
            made = made_from(self._home, asked)
            if self._drill is not None and self._drill[0] != made:
                self._forget()
            if self._drill is None:
                stack = ExitStack()
                connection, _ = stack.enter_context(self._word.watching(asked))
                self._drill = made, connection, stack
            yield self._drill[1]

    def _forget(self) -> None:
        if self._drill is not None:
            drill, self._drill = self._drill, None
            drill[2].close()

    def close(self) -> None:
        """Let what is being worked out end, and close what was opened."""
        with self._lock:
            working = [each for each in (self._renewing, self._choosing) if each is not None]
        for each in working:
            each.join()
        with self._drilling:
            self._forget()
