"""What is written when somebody answers a signal, or waives it for a while."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from ourword.ledger.entry import SignalOpened, instant_text
from ourword.ledger.signals import Saying, Signal


def answer_entry(signal: Signal, *, said: Saying, by: str, commitment: str, now: int) -> SignalOpened:
    """Write that a signal was answered; *commitment* is to the reason, empty where none was given."""
    return msgspec.structs.replace(_entry(signal, by, commitment, now), standing="answered", said=said.value)


def waiver_entry(signal: Signal, *, until: int, by: str, commitment: str, now: int) -> SignalOpened:
    """Write that a signal need not be answered *until* a moment (ns since 1970)."""
    return msgspec.structs.replace(_entry(signal, by, commitment, now), standing="waived", until=instant_text(until))


def _entry(signal: Signal, by: str, commitment: str, now: int) -> SignalOpened:
    return SignalOpened(
        kind=signal.of.kind,
        time=instant_text(now),
        contract=signal.of.contract,
        owner=signal.owner,
        gate="",
        counter=0,
        about=signal.of.about,
        clauses=signal.clauses,
        signal=signal.seq,
        level=signal.level,
        by=by,
        because=commitment or UNSET,
    )
