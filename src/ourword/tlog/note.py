"""Signed notes (C2SP signed-note): a text, and below it who signed it, with Ed25519 (RFC 8032). https://c2sp.org/signed-note

Keys are written as Go's `x/mod/sumdb/note` writes them, so that its readers take them: `name+id+key`.
"""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ourword.errors import LogError

_ED25519 = b"\x01"
_ID_BYTES, _KEY_BYTES = 4, 32
NOTE_BYTES_MAX = 1_000_000
SIGNATURES_MAX = 100
_SIGNED_BY = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def _unfit(what: str, hint: str = "it was changed, cut short, or is something else") -> LogError:
    return LogError("log.note", what, place="note", hint=hint)


class Verifier(msgspec.Struct, frozen=True):
    """A public key and whose it is: enough to tell what that one signed."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that say which of its owner's keys it is."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as one line to hand out."""
        return f"{self.name}+{self.id.hex()}+{base64_text(_ED25519 + self.key)}"

    @property
    def short(self) -> str:
        """What tells it from its owner's other keys: the name and the digits."""
        return f"{self.name}+{self.id.hex()}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Say whether it is this key's signature under a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key and whose it is. *seed* are 32 random bytes."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not name or "+" in name or any(each.isspace() for each in name):
            raise ValueError(f"`{name}` cannot name a key")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._private.public_key().public_bytes_raw())

    def signed(self, text: str) -> str:
        """Sign a text that ends with a line's end."""
        of = self.verifier
        return f"{text}\n{_SIGNED_BY}{of.name} {base64_text(of.id + self._private.sign(text.encode()))}\n"


def verifier_from(text: str) -> Verifier:
    """Read a public key from its line; raises `LogError` for anything else.

    >>> verifier_from("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").name
    'PeterNeumann'
    """
    hint = "a key is one line: a name, eight digits and a key, with + between them"
    name, _, rest = text.strip().partition("+")
    digits, _, coded = rest.partition("+")
    key = base64_bytes(coded)
    if not name or any(each.isspace() for each in name) or key is None or key[:1] != _ED25519 or len(key) != 1 + _KEY_BYTES:
        raise _unfit("this is no Ed25519 key of a log", hint)
    found = Verifier(name, key[1:])
    if found.id.hex() != digits:
        raise _unfit("the key does not fit the digits before it", hint)
    return found


def opened(note: bytes, known: Verifier) -> str:
    """Give the text of a note that *known* signed; raises `LogError` for any other, other people's signatures are passed over."""
    text, signatures = read_note(note)
    ours = [signature for name, key, signature in signatures if name == known.name and key == known.id]
    if not ours and any(name == known.name for name, _, _ in signatures):
        hint = "take that one; or the log's folder, which may lead from one to the other"
        raise _unfit(f"another key of `{known.name}` signed it than {known.short}", hint)
    if not ours:
        raise _unfit(f"`{known.name}` did not sign it", "take the key of the log that it is of")
    if not all(known.holds(text, each) for each in ours):
        raise _unfit(f"the signature of `{known.name}` does not hold")
    return text


def read_note(note: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Part a note into its text and its signatures, `(name, key id, signature)`, none of them verified."""
    if len(note) > NOTE_BYTES_MAX:
        raise _unfit("it is longer than a note can be")
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise _unfit("it is no text") from None
    text, parted, below = whole.rpartition("\n\n")
    if not parted or not below.endswith("\n") or _CONTROL.search(whole):
        raise _unfit("it is not laid out as a signed note")
    lines = below[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise _unfit("it has too many signatures")
    return text + "\n", [_signature(each) for each in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, coded = line.removeprefix(_SIGNED_BY).partition(" ")
    signature = base64_bytes(coded)
    if not line.startswith(_SIGNED_BY) or not name or "+" in name or signature is None or len(signature) <= _ID_BYTES:
        raise _unfit("a line below it is no signature")
    return name, signature[:_ID_BYTES], signature[_ID_BYTES:]


def base64_text(written: bytes) -> str:
    """Write bytes as base64 (RFC 4648, section 4)."""
    return base64.b64encode(written).decode()


def base64_bytes(text: str) -> bytes | None:
    """Read base64 that is written in the one way: a bit in the padding would otherwise change nothing, and go unseen."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64_text(found) == text else None
