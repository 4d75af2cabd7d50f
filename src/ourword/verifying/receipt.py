"""A customer's receipt: one decision, what was recorded of it, and the proof that it stands in the log (C2SP tlog-proof).

Whoever holds the receipt and the log's public key can check it offline, years later, and without asking the company.
"""

from __future__ import annotations

import hmac
from pathlib import Path

import msgspec

from ourword.errors import HomeError, LineError, LogError
from ourword.ledger.decided import Personal, personal_bytes, personal_from_bytes
from ourword.ledger.entry import Decision, entry_from_bytes
from ourword.ledger.seal import KEY_BYTES, personal_commitment, subject
from ourword.stores.gone import let_go_in_words, refuse_lost
from ourword.stores.home import LOG, Home
from ourword.stores.publishing import read_checkpoint
from ourword.tlog.checkpoint import Proof, holds, read_proof, write_proof
from ourword.tlog.note import Verifier
from ourword.tlog.tiles import hash_from
from ourword.tlog.tree import inclusion_proof
from ourword.verifying.flaws import Flaws
from ourword.verifying.folder import LogFolder, held_against
from ourword.verifying.other import same_log
from ourword.verifying.rotations import chain_of


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """What a receipt holds beside its proof: the entry and the personal data as they were written, and the key that ties the two."""

    entry: str
    key: str
    personal: str
    v: int = 1


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt that holds: the number of its entry, what was decided and promised, and what was recorded of the customer."""

    number: int
    origin: str
    size: int
    """How many entries the log had when the receipt was made."""
    decision: Decision
    personal: Personal


def receipt(home: Home, decision_id: str) -> bytes:
    """Make the receipt of a decision. Raises `LineError` for one that is not there, `HomeError` for one that was erased or not published."""
    found = home.find(decision_id)
    if found is None:
        hint = "`ourword log --home DIR` lists them"
        if gone := let_go_in_words(home):
            hint = f"{gone} A receipt of one that was made before still holds"
        raise LineError("decision.unknown", f"there is no decision `{decision_id}` in this home", place="decision", hint=hint)
    opening = home.store.opening(found.seq)
    known = home.log_key()
    if opening is None or opening.personal is None:
        refuse_lost(home, found.decision.sub, decision_id=decision_id)
        hint = "a receipt that was made before still holds"
        raise HomeError("home.erased", "the customer of this decision was erased", place=decision_id, hint=hint)
    personal = personal_bytes(opening.personal)
    if personal_commitment(opening.key, opening.decision_id, personal) != opening.committed:
        hint = "restore the home from a backup"
        raise HomeError("home.damaged", "the personal data is not what the entry commits to", place=decision_id, hint=hint)
    folder = LogFolder(home.path / LOG)
    if known and read_checkpoint(folder.path) is None:
        what, hint = f"there is no published log in `{folder.path}`", f"`ourword publish --home {home.path}` writes it, from the entries"
        raise HomeError("home.unpublished", what, place=decision_id, hint=hint)
    checkpoint = folder.checkpoint(known) if known else None
    if checkpoint is None or checkpoint.size < found.seq:
        hint = f"`ourword publish --home {home.path}` publishes it"
        raise HomeError("home.unpublished", "this decision is not in the published log yet", place=decision_id, hint=hint)
    record = Record(entry=found.entry.decode(), key=opening.key.hex(), personal=personal.decode())
    path = inclusion_proof(found.seq - 1, checkpoint.size, hash_from(folder.tile, checkpoint.size))
    proof = Proof(found.seq - 1, tuple(path), checkpoint.note, msgspec.json.encode(record, order="sorted"))
    assert known is not None
    if holds(proof, found.entry, known) is None:
        hint = "`ourword verify --home DIR` says what is wrong"
        raise HomeError("home.damaged", "the log does not hold this entry", place=decision_id, hint=hint)
    return write_proof(proof)


def verify_receipt(written: bytes, known: Verifier) -> Receipt:
    """Check a receipt with the log's public key; raises `LogError` for one that does not hold, and says why; `log.other` for another log's."""
    proof = read_proof(written)
    record = _record(proof.extra)
    entry = record.entry.encode()
    checkpoint = holds(proof, entry, known)
    if checkpoint is None:
        raise _broken("the entry in it is not in the log that was signed")
    try:
        decision = entry_from_bytes(entry)
    except HomeError:
        decision = None
    if not isinstance(decision, Decision):
        raise _broken("the entry in it is no decision")
    key = bytes.fromhex(record.key)
    if not hmac.compare_digest(personal_commitment(key, decision.decision_id, record.personal.encode()), decision.pd):
        raise _broken("what it says of the customer is not what was recorded")
    if subject(0, key).sub != decision.sub:
        raise _broken("it is not about the customer whom the entry is about")
    try:
        personal = personal_from_bytes(record.personal.encode())
    except msgspec.DecodeError:
        raise _broken("what it says of the customer cannot be read") from None
    return Receipt(number=proof.index + 1, origin=checkpoint.origin, size=checkpoint.size, decision=decision, personal=personal)


def verify_receipt_in(log: Path, written: bytes, known: Verifier) -> Receipt:
    """Check a receipt with a key of its log and the log's folder: it may have been made under another of its keys, before or after.

    Raises `LogError` for one that does not hold, or that is not of this log as it is now; `log.other` where the three are of several logs.
    """
    folder, note = LogFolder(log), read_proof(written).note
    same_log(log, read_checkpoint(log), known, [("the receipt", note)])
    chain, checkpoint = chain_of(folder, known)
    signed = chain.open(note)
    held, flaws = verify_receipt(written, chain.at(signed.size)), Flaws()
    held_against(folder, checkpoint, signed, flaws, place="receipt")
    if flaws.count:
        raise _broken(flaws.found[0].what)
    return held


def _record(extra: bytes) -> Record:
    try:
        record = msgspec.json.decode(extra, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _broken("it proves an entry, and holds no record of a decision") from None
    whole = record.v == 1 and len(record.key) == 2 * KEY_BYTES and all(each in "0123456789abcdef" for each in record.key)
    if not whole or msgspec.json.encode(record, order="sorted") != extra:
        raise _broken("the record in it is not laid out as it should be")
    return record


def _broken(what: str) -> LogError:
    return LogError("log.receipt", what, place="receipt", hint="was it changed, or cut short? Ask for another one")
