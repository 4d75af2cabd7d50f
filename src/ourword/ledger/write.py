"""From a decision to what a store writes: one id, the entries, the encrypted personal data. Every store calls this."""

from __future__ import annotations

import msgspec

from ourword.ledger.decided import Decided, Stamp, entries_of, personal_bytes
from ourword.ledger.naming import decision_id_from_chance, decision_id_from_line, fit_decision_id
from ourword.ledger.seal import NONCE_BYTES, Subject, personal_commitment, sealed

CHANCE_BYTES = NONCE_BYTES + 20
"""How many random bytes one decision needs: a nonce, and an id in case it has none."""

_AHEAD = 10**15
"""A count with as many digits as any can have, so that no entry outgrows its bound by being counted."""


class Written(msgspec.Struct, frozen=True):
    """One decision as bytes: `entries` go into the log, `box` beside it."""

    decision_id: str
    entries: list[bytes]
    box: bytes


def written_out(decided: Decided, of: Subject, *, gate: str, counter: int, chance: bytes) -> Written:
    """Write a decision out for its customer; *counter* is what the gate process has counted so far.

    *chance* are `CHANCE_BYTES` random bytes, never used twice. Raises `LineError` for what cannot be written.
    """
    personal = personal_bytes(decided.personal)
    decision_id = _decision_id(decided, of, chance[NONCE_BYTES:])
    stamp = Stamp(decision_id, gate, counter, of.sub, personal_commitment(of.key, decision_id, personal))
    entries = entries_of(decided, stamp)
    return Written(decision_id, entries, sealed(of, decision_id, personal, nonce=chance[:NONCE_BYTES]))


def written_ahead(decided: Decided, of: Subject, *, gate: str, chance: bytes) -> Written:
    """Write a decision out before it is known what its gate will have counted; `counted` puts that in. Arguments and errors as of `written_out`."""
    return written_out(decided, of, gate=gate, counter=_AHEAD, chance=chance)


def counted(ahead: Written, counter: int) -> list[bytes]:
    """Give the entries of what was written ahead, counted on from *counter*.

    No text in an entry holds the words that are replaced: a quote inside of a text is written with a backslash before it.
    """
    return [entry.replace(b'"counter":%d,' % (_AHEAD + at), b'"counter":%d,' % (counter + at), 1) for at, entry in enumerate(ahead.entries, 1)]


def _decision_id(decided: Decided, of: Subject, chance: bytes) -> str:
    if decided.decision_id:
        return fit_decision_id(decided.decision_id)
    if decided.line:
        return decision_id_from_line(of.key, contract=decided.contract, line=decided.line, ordinal=decided.ordinal)
    return decision_id_from_chance(chance)
