"""Checkpoints (C2SP tlog-checkpoint): how long a log is and what it hashes to, signed; and proofs to hand out (C2SP tlog-proof).

https://c2sp.org/tlog-checkpoint https://c2sp.org/tlog-proof
"""

from __future__ import annotations

import re

import msgspec

from ourword.errors import LogError
from ourword.tlog.note import Signer, Verifier, base64_bytes, base64_text, opened, read_note
from ourword.tlog.tree import HASH_BYTES, leaf_hash, root_from_inclusion

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
PROOF_HEAD = "c2sp.org/tlog-proof@v1"
PROOF_BYTES_MAX = 4 * 1024 * 1024


class Checkpoint(msgspec.Struct, frozen=True):
    """How long a log is, and the root of its tree then; `note` is the signed text, as it was published."""

    origin: str
    size: int
    root: bytes
    note: bytes = b""


class Proof(msgspec.Struct, frozen=True):
    """That an entry stands in a log: its index, the path to the root, a checkpoint; `extra` is nobody's word until it is checked."""

    index: int
    path: tuple[bytes, ...]
    note: bytes
    extra: bytes = b""


def sign_checkpoint(signer: Signer, size: int, root: bytes) -> Checkpoint:
    """Sign that the log is so long and has this root; the log's name is that of its key."""
    origin = signer.verifier.name
    return Checkpoint(origin, size, root, signer.signed(f"{origin}\n{size}\n{base64_text(root)}\n").encode())


def open_checkpoint(note: bytes, known: Verifier) -> Checkpoint:
    """Read a checkpoint that the log itself signed; raises `LogError` for anything else, `log.other` for one that says it is another log's."""
    of = said_of(note)
    if of and of != known.name:
        what, hint = f"this is of the log `{of}`, and the key is of the log `{known.name}`", "take the key of the log that it is of"
        raise LogError("log.other", f"{what}: nothing was verified", place="checkpoint", hint=hint)
    lines = opened(note, known).split("\n")
    root = base64_bytes(lines[2]) if len(lines) > 3 else None
    if len(lines) < 4 or root is None or len(root) != HASH_BYTES or not _NUMBER.fullmatch(lines[1]) or not all(lines[:-1]):
        raise LogError("log.checkpoint", "it is signed, but no checkpoint", place="checkpoint", hint="take the file `checkpoint` of the log")
    if lines[0] != known.name:
        raise LogError("log.checkpoint", f"it is of the log `{lines[0]}`", place="checkpoint", hint="take the key of the log that it is of")
    return Checkpoint(lines[0], int(lines[1]), root, note)


def said_of(note: bytes) -> str:
    """Which log a checkpoint says it is of, if a key of that name is said to have signed it; nothing is verified. Empty where it says no such thing.

    What was changed in one of the two places speaks of no other log: it is a checkpoint that does not hold.
    """
    try:
        text, signatures = read_note(note)
    except LogError:
        return ""
    of = text.split("\n")[0]
    return of if any(name == of for name, _, _ in signatures) else ""


def size_said(note: bytes) -> int:
    """How many entries a checkpoint says it is of, before anything of it is verified: it tells where to look. 0 where it says nothing."""
    try:
        line = read_note(note)[0].split("\n")[1]
    except (LogError, IndexError):
        return 0
    return int(line) if line.isascii() and line.isdigit() and len(line) < 19 else 0


def write_proof(proof: Proof) -> bytes:
    """Write a proof as its text."""
    extra = [f"extra {base64_text(proof.extra)}"] if proof.extra else []
    lines = [PROOF_HEAD, *extra, f"index {proof.index}", *(base64_text(each) for each in proof.path), "", ""]
    return "\n".join(lines).encode() + proof.note


def read_proof(written: bytes) -> Proof:
    """Read a proof, of which nothing is verified yet; raises `LogError` for what is none."""
    above, parted, note = written.partition(b"\n\n")
    lines = above.decode(errors="replace").split("\n")
    if len(written) > PROOF_BYTES_MAX or not parted or lines.pop(0) != PROOF_HEAD:
        raise _no_proof()
    extra: bytes | None = b""
    if lines and lines[0].startswith("extra "):
        extra = base64_bytes(lines.pop(0)[6:])
    number = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
    path = [base64_bytes(each) for each in lines]
    whole = tuple(each for each in path if each is not None and len(each) == HASH_BYTES)
    if extra is None or not _NUMBER.fullmatch(number) or len(whole) != len(path):
        raise _no_proof()
    return Proof(int(number), whole, note, extra)


def holds(proof: Proof, entry: bytes, known: Verifier) -> Checkpoint | None:
    """The checkpoint under which a proof shows that an entry stands in the log; `None` where it does not. Raises `LogError`."""
    checkpoint = open_checkpoint(proof.note, known)
    found = root_from_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.path)
    return checkpoint if found == checkpoint.root else None


def _no_proof() -> LogError:
    hint = "it begins with the line `c2sp.org/tlog-proof@v1`; was it changed, or cut short?"
    return LogError("log.proof", "this is no proof of a log", place="proof", hint=hint)
