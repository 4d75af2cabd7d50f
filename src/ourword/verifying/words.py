"""Whether the words that lie beside a home's log are those that its entries commit to: reasons, callers' notes, and among whom lots were drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from ourword.errors import HomeError
from ourword.ledger.entry import ContractSigned, Erasure, Hold, SampleAnswered, SampleDrawn, SignalOpened, entry_from_bytes
from ourword.stores.apart import mark_of_note, mark_of_words, words_of
from ourword.stores.backup import numbers_of
from ourword.stores.gone import erased_subs
from ourword.stores.samples import frame_digest, note_words, notes_in
from ourword.verifying.flaws import Flaws

if TYPE_CHECKING:
    from ourword.ledger.store import Entry
    from ourword.stores.home import Home

_TYPES = frozenset(("signal", "contract-signed", "hold", "sample-drawn", "sample-answered"))
_PLACE = "ledger.sqlite"


class _Gone(msgspec.Struct, frozen=True):
    """Words that are not there."""

    number: int
    mark: str
    what: str
    sub: str = ""
    """Whose key they lay under, where they were a hold's: those go with that customer in any case."""


class Words:
    """Words are looked at entry by entry while the log is read; whether those that are gone went with an erasure is judged at the end."""

    def __init__(self, home: Home, flaws: Flaws) -> None:
        self._home = home
        self._flaws = flaws
        self._gone: list[_Gone] = []
        self._holds: list[tuple[int, Hold]] = []
        self.held = self.erased = self.untold = 0

    def entry(self, number: int, entry: bytes, type_: str) -> None:
        """Hold what lies beside one entry against it."""
        if type_ not in _TYPES:
            return
        try:
            value = entry_from_bytes(entry)
            if isinstance(value, SampleDrawn):
                self._frame(number, value)
            elif isinstance(value, SampleAnswered):
                self._notes(number, value)
            elif isinstance(value, Hold) and value.because is not UNSET:
                self._holds.append((number, value))  # their keys are found all at once
            elif isinstance(value, SignalOpened | ContractSigned | Hold):
                self._reason(number, value)
        except HomeError as error:
            self._flaws.add(_PLACE, error.what, entry=number)

    def finish(self) -> tuple[str, ...]:
        """Judge what is gone, by the erasures that the ledger has now; give what cannot be told."""
        erased = erased_subs(self._home) if self._holds else set()
        keys = numbers_of(self._home, [value.sub for _, value in self._holds if value.sub not in erased])
        for number, value in self._holds:
            at = keys.get(value.sub)
            try:
                found = words_of(self._home, number, value, under=None if at is None else self._home.keys.subject(at))
            except HomeError as error:
                self._flaws.add(_PLACE, error.what, entry=number)
                continue
            self._count(found is not None, number, mark_of_words(self._home.keys, number), "the reason of this hold", sub=value.sub)
        erasures = self._home.store.erasures() if self._gone else []  # after the words were looked for: what went meanwhile is excused too
        return self._judge(erasures)

    def _judge(self, erasures: list[Entry]) -> tuple[str, ...]:
        said, silent, subs = set[str](), 0, set[str]()
        for each in erasures:
            if isinstance(value := each.value, Erasure):
                subs.add(value.sub)
                said.update(value.words or ())
                silent = each.seq if value.words is UNSET else silent
        untold: list[int] = []
        for gone in self._gone:
            if gone.mark in said or gone.sub in subs:
                self.erased += 1
            elif gone.number < silent:
                untold.append(gone.number)
            else:
                self._flaws.add(_PLACE, f"{gone.what} is gone, and no erasure says that it went with it: it was deleted", entry=gone.number)
        self.untold = len(untold)
        if not untold:
            return ()
        beside = "entries" if len(untold) > 1 else "entry"
        some = ", ".join(f"{each:,}" for each in dict.fromkeys(untold[:10])) + (", …" if len(untold) > 10 else "")
        return (f"words beside {beside} {some} are gone: an erasure of before this was written down may have taken them",)

    def _reason(self, number: int, value: SignalOpened | ContractSigned | Hold) -> None:
        if value.because is not UNSET:
            self._count(words_of(self._home, number, value) is not None, number, mark_of_words(self._home.keys, number), "the reason given here")
        elif self._home.store.beside(number) is not None:
            self._flaws.add(_PLACE, "words lie beside this entry, which speaks of none: they were put in", entry=number)

    def _frame(self, number: int, value: SampleDrawn) -> None:
        kept = self._home.store.beside(number)
        if kept is None:
            self._flaws.add(_PLACE, "the contacts among which lots were drawn are gone: they were deleted", entry=number)
        elif frame_digest(kept) != value.frame:
            self._flaws.add(_PLACE, "the contacts among which lots were drawn are not those that the entry commits to", entry=number)
        else:
            self.held += 1

    def _notes(self, number: int, value: SampleAnswered) -> None:
        committed = {} if value.notes is UNSET else value.notes
        kept = {str(note.place): note for note in notes_in(self._home.store.beside(number))}
        for place in committed:
            note = kept.pop(place, None)
            words = None if note is None else note_words(self._home, value, note)
            self._count(words is not None, number, mark_of_note(self._home.keys, number, place), f"the note on place {place} of the draw")
        for place in kept:
            self._flaws.add(_PLACE, f"a note on place {place} of the draw lies beside this entry, which speaks of none: it was put in", entry=number)

    def _count(self, there: bool, number: int, mark: str, what: str, *, sub: str = "") -> None:
        if there:
            self.held += 1
        else:
            self._gone.append(_Gone(number, mark, what, sub))
