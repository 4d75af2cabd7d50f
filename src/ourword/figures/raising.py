"""From figures to signals: a target that is missed, and decisions under a contract that nobody had signed, ask a named person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from ourword.adoption.adopting import adopted, outside
from ourword.errors import HomeError
from ourword.figures.board import Board, board_of, keep
from ourword.kept import deciding
from ourword.ledger.entry import Evidence, SignalOpened
from ourword.ledger.signals import NOT_IN_FORCE, TARGET, WATCHED, About, Finding
from ourword.outcomes.targets import MISSED, Judged
from ourword.signals.signalling import drafts_for, names_of, raise_signals, signals

if TYPE_CHECKING:
    from ourword.stores.home import Home


def raise_missed(home: Home, now: int) -> list[SignalOpened]:
    """Raise a signal for each target that is missed, and for each that is missed again by what came after its answer; give the new entries.

    Broken promises, what the gate recorded, and decisions under a contract that was not in force are raised with them. *now* is in
    nanoseconds since 1970. A home without events has no target to judge. Raises `HomeError`.
    """
    board = _board(home)
    found = [*(_findings(home, board) if board else ()), *_not_in_force(home, now)]
    new = raise_signals(home, now, missed=found)
    seq = home.last_seq()
    if new and board is not None and seq == board.made.seq + len(new):  # only signals have come, and they change no figure
        keep(home.path, msgspec.structs.replace(board, made=msgspec.structs.replace(board.made, seq=seq)))
    return new


def _board(home: Home) -> Board | None:
    if not home.has_events:
        return None
    try:
        return board_of(home)
    except HomeError as error:
        if error.code == "home.no-events":
            return None
        raise


def _findings(home: Home, board: Board) -> Iterator[Finding]:
    drafts = deciding(home)
    first = [(None, each) for each in board.judged]
    for answer_seq, each in [*first, *board.again]:
        if each.verdict == MISSED:
            of = About(each.contract, each.kind, TARGET, f"{each.metric} {each.bound}", each.within)
            names = names_of(drafts, of, each.owner)
            yield Finding(of=of, clauses=(each.metric, each.bound), ladder=names, evidence=evidence(each), answer_seq=answer_seq)


def _not_in_force(home: Home, now: int) -> Iterator[Finding]:
    """One question for each digest, to who answers for the contract: of decisions taken in the last 90 days, and since the last answer."""
    versions = adopted(home)
    taken = outside(home, versions)
    drafts, known = (deciding(home), {each.of: each for each in signals(home, now=now, reasons=False)}) if taken else ({}, {})
    for each in taken:
        of = About(each.contract, "*", NOT_IN_FORCE, each.digest or "")
        signal = known.get(of)
        if each.last >= now - WATCHED and (signal is None or each.last > (signal.answered_at or 0)):
            yield Finding(
                of=of, clauses=(each.digest,) if each.digest else (), ladder=names_of(drafts_for(home, of, drafts, versions), of, each.owner)
            )


def evidence(judged: Judged) -> Evidence:
    """Say what a missed target was missed by, in the form that an entry holds."""
    low, high = (f"{0.0 if share is None else share:.6f}" for share in (judged.low, judged.high))
    return Evidence(n=judged.n, low=low, high=high, limit=f"{judged.limit:.6g}", within=judged.within)
