"""The signals of a home: what asks whom for an answer, what is written when it is found, and when somebody answers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ourword.adoption.governing import governor
from ourword.contract.model import Draft
from ourword.contract.words import listed, meant, shown
from ourword.errors import HomeError, LineError
from ourword.kept import deciding, draft_of
from ourword.ledger.adoption import Adoption, adoptions
from ourword.ledger.answerable import ladder, may_answer, may_waive
from ourword.ledger.answering import answer_entry
from ourword.ledger.entry import SignalOpened, entry_from_bytes
from ourword.ledger.seal import NONCE_BYTES, words_apart
from ourword.ledger.signals import NOT_IN_FORCE, SAYINGS, About, Finding, Ladder, Saying, Signal, findings, number_of, raised
from ourword.ledger.signals import signals as fold
from ourword.ledger.standings import Noted, book
from ourword.reasons import fit_reason
from ourword.stores.apart import name_apart, words_of
from ourword.stores.settled import book_of

if TYPE_CHECKING:
    from ourword.stores.home import Home

TRIES_MAX = 8
BATCH_MAX = 1024
"""Entries in one commit."""


def signals(home: Home, *, now: int, as_of: int | None = None, reasons: bool = True) -> list[Signal]:
    """Give every signal of a home as its entries say, the oldest first; with *as_of*, as known at that entry.

    *now* (nanoseconds since 1970) tells which answers have stood for 90 days. Without *reasons* none is decrypted.
    """
    promised = book_of(home)[0] if as_of is None else book(home.log(), as_of=as_of)
    known = [_with_version(home, each) for each in fold(home.signal_entries(until=as_of), promised.promises.values(), now=now)]
    return [with_reasons(home, each) for each in known] if reasons else known


def _with_version(home: Home, signal: Signal) -> Signal:
    """Name the version that was not in force as its contract does: nobody knows one by its digest."""
    draft = draft_of(home.path, signal.of.what) if signal.of.about == NOT_IN_FORCE else None
    return signal if draft is None else msgspec.structs.replace(signal, version=draft.version)


def who_may_answer(home: Home, signal: Signal) -> tuple[str, ...]:
    """Give the role ids that may answer a signal: the persons whom its contract names now."""
    return who_may(home, signal)[0]


def who_may_waive(home: Home, signal: Signal) -> tuple[str, ...]:
    """Give the role ids that may let a signal wait once more; nobody, once those above have done so."""
    return who_may(home, signal)[1]


def who_may(home: Home, signal: Signal) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the role ids that may answer a signal, and those that may let it wait once more."""
    drafts = drafts_for(home, signal.of, deciding(home))
    people = may_answer(drafts.get(signal.of.contract), signal.owner)
    return people, may_waive(names_of(drafts, signal.of, signal.owner), signal.level, signal.waivers, people)


def drafts_for(home: Home, of: About, drafts: dict[str, Draft], known: Sequence[Adoption] | None = None) -> dict[str, Draft]:
    """The contracts by which a signal finds its names; where one decided that was not in force, the one that governs stands in its place.

    *known* are the home's signatures, where they have been read already.
    """
    if of.about != NOT_IN_FORCE:
        return drafts
    held = governor(home.path, adoptions(home.store.signature_entries()) if known is None else known, of.contract, of.what)
    return drafts if held is None else {**drafts, of.contract: held}


# ---- raising -------------------------------------------------------------------------------------------------------


def raise_signals(home: Home, now: int, *, missed: Iterable[Finding] = (), promised: Iterable[Noted] | None = None) -> list[SignalOpened]:
    """Open a signal for each sort of promise that was broken and each target that is missed, and raise again what came back; once.

    Gives the entries written. *promised* are the home's promises, where they have been read already. Raising again appends nothing;
    after a crash, raise again. Raises `HomeError`.
    """
    drafts, wanted = deciding(home), list(missed)
    known_promises = None if promised is None else list(promised)
    for _ in range(TRIES_MAX):
        seen = home.last_seq()
        noted = known_promises if known_promises is not None else list(book_of(home)[0].promises.values())
        known = fold(home.signal_entries(), noted, now=now)
        new = raised(known, [*findings(known, noted, _ladders(drafts), now=now), *wanted], now=now)
        if _written(home, new, seen):
            return new
        known_promises = None
    raise busy(home)


def _written(home: Home, new: list[SignalOpened], seen: int | None) -> bool:
    for start in range(0, len(new), BATCH_MAX):
        seen = home.follow(new[start : start + BATCH_MAX], seen=seen) if seen is not None else None
    return seen is not None


def names_of(drafts: dict[str, Draft], of: About, recorded: str) -> tuple[str, ...]:
    """Give the names that a signal goes to, first name first."""
    return ladder(drafts.get(of.contract), of.about, of.kind, recorded)


def _ladders(drafts: dict[str, Draft]) -> Ladder:
    return lambda of, recorded: names_of(drafts, of, recorded)


# ---- answering -----------------------------------------------------------------------------------------------------


def answer(home: Home, signal_id: str, *, said: str, by: str, because: str = "", now: int) -> Signal:
    """Say what a signal was: one of the nine, by a person whom the contract names; give the signal as it stands then.

    The same answer again is taken as the first one. Raises `LineError` (`answer.no-signal`, `answer.saying`, `answer.by`, `answer.because`,
    `answer.answered`), `HomeError`.
    """
    saying, reason = _saying(said), fit_reason(because, code="answer.because")
    for _ in range(TRIES_MAX):
        seen = home.last_seq()
        signal = find(home, signal_id, now)
        fit_person(home, signal, by)
        if not signal.waits:
            return _the_same(signal, saying, by, reason)
        if append_said(home, signal, answer_entry(signal, said=saying, by=by, commitment="", now=now), reason, seen=seen):
            return find(home, signal_id, now)
    raise busy(home)


def append_said(home: Home, signal: Signal, entry: SignalOpened, reason: str, *, seen: int) -> bool:
    """Append what a person said of a signal; false when somebody else was quicker.

    The reason is free text, in which people write names: it lies beside the log, under a key of its signal, and can be erased there.
    """
    if not reason:
        return home.follow([entry], seen=seen) is not None
    key = home.keys.of_signal(signal.seq, make=True)
    assert key is not None
    box, commitment = words_apart(key, name_apart(entry), reason, nonce=os.urandom(NONCE_BYTES))
    return home.follow_with(msgspec.structs.replace(entry, because=commitment), box, seen=seen) is not None


def with_reasons(home: Home, signal: Signal) -> Signal:
    """Add the reason given last, and that of its waiver, where they are still there."""
    waiver = signal.waiver
    if waiver is not None:
        waiver = msgspec.structs.replace(waiver, because=_reason(home, waiver.seq))
    return msgspec.structs.replace(signal, because=_reason(home, signal.answer_seq), waiver=waiver)


def _reason(home: Home, seq: int | None) -> str | None:
    """The reason beside an entry; one that the log does not commit to is an error."""
    if seq is None or home.store.beside(seq) is None:
        return None
    entry = entry_from_bytes(home.entries(after=seq - 1, limit=1)[0].bytes)
    assert isinstance(entry, SignalOpened)
    return words_of(home, seq, entry)


def reasons_of(home: Home) -> Iterator[tuple[int, int, str]]:
    """Go through all reasons that were ever given for signals and are still there: the entry, the signal's number, the reason."""
    for entry in home.signal_entries():
        value = entry.value
        if not isinstance(value, SignalOpened) or not isinstance(value.signal, int):
            continue
        words = words_of(home, entry.seq, value)
        if words is not None:
            yield entry.seq, value.signal, words


def find(home: Home, signal_id: str, now: int) -> Signal:
    """Give a signal by its id; one that is not there is a `LineError`."""
    known = signals(home, now=now)
    found = next((each for each in known if each.seq == number_of(signal_id)), None)
    if found is None:
        hint = "`ourword signals` lists them" if known else "nothing has asked for an answer here so far"
        raise LineError("answer.no-signal", f"there is no signal {shown(signal_id)}", place="signal", hint=hint)
    return found


def _saying(said: str) -> Saying:
    if said in SAYINGS:
        return Saying(said)
    hint = meant(said, SAYINGS, f"one of {listed(SAYINGS, joined='or', most=9)}")
    raise LineError("answer.saying", f"{shown(said)} is none of the nine things that a signal can be", place="said", hint=hint)


def fit_person(home: Home, signal: Signal, by: str) -> None:
    """Whoever speaks of a signal is a person whom its contract names; else a `LineError`."""
    named = who_may_answer(home, signal)
    if by not in named:
        hint = meant(by, named, f"a person whom the contract `{signal.of.contract}` names: {listed(named, joined='or')}")
        raise LineError("answer.by", f"{shown(by)} is nobody who can answer this signal", place="by", hint=hint)


def _the_same(signal: Signal, said: Saying, by: str, reason: str) -> Signal:
    if (signal.said, signal.answered_by, signal.because or "") == (said.value, by, reason):
        return signal
    what = f"signal `{signal.id}` was answered already: {signal.said}, by {signal.answered_by}"
    raise LineError("answer.answered", what, place="signal", hint="it asks again by itself if it comes back")


def busy(home: Home) -> HomeError:
    """The error where others are quicker each time."""
    what = "other processes keep writing about signals"
    return HomeError("home.busy", what, place=str(home.path), hint="let one of them finish, then run this again")
