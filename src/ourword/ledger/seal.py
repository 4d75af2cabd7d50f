"""Commitments and encryption under one key per customer: who deletes the key has erased the customer.

A plain or salted hash of a phone number falls to a dictionary in under a second, so whatever stands in the log about a
person is an HMAC-SHA256 (RFC 2104) under that person's own random key. Personal data is AES-256-GCM (NIST SP 800-38D)
under a key derived from it, bound to its decision by the associated data. Keys and nonces come in as arguments.
"""

from __future__ import annotations

import hmac

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ourword.errors import HomeError

KEY_BYTES = 32
NONCE_BYTES = 12


class Subject(msgspec.Struct, frozen=True):
    """One customer as the ledger knows them: a number, a key, and what follows from the key."""

    number: int
    key: bytes
    sub: str
    """Stands in every entry about this customer; without the key nobody can say whose it is."""
    cipher: AESGCM


def subject(number: int, key: bytes) -> Subject:
    """Make the customer's ledger side from their random key."""
    return Subject(number, key, hmac.digest(key, b"sub", "sha256").hex(), AESGCM(hmac.digest(key, b"seal", "sha256")))


def who(home_key: bytes, customer: str) -> bytes:
    """Give the keyed name under which a home finds a customer again without keeping the raw id."""
    return hmac.digest(home_key, b"who\x00" + customer.encode("utf-8", "surrogatepass"), "sha256")


def personal_commitment(key: bytes, decision_id: str, personal: bytes) -> str:
    """Give `pd`: HMAC(k_subject, decision_id ‖ personal data).

    The decision's id stands in the same entry, so where it ends is known and the joined text has one reading.
    """
    return hmac.digest(key, decision_id.encode() + personal, "sha256").hex()


def sealed(of: Subject, decision_id: str, personal: bytes, *, nonce: bytes) -> bytes:
    """Encrypt personal data for one decision; `nonce` is 12 random bytes, never used twice."""
    return nonce + of.cipher.encrypt(nonce, personal, decision_id.encode())


def unsealed(of: Subject, decision_id: str, box: bytes) -> bytes:
    """Decrypt what `sealed` made; bytes that were changed, or belong to another decision, are a `HomeError`."""
    try:
        return of.cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], decision_id.encode())
    except (InvalidTag, ValueError) as cause:
        what = f"the personal data of decision `{decision_id}` was changed or belongs to another decision"
        raise HomeError("home.damaged", what, place="ledger.sqlite", hint="restore the home from a backup") from cause


def words_apart(of: Subject, name: str, words: str, *, nonce: bytes) -> tuple[bytes, str]:
    """What lies beside the log of somebody's own words, and the commitment that stands in it; *name* says whose and of what they are."""
    text = words.encode()
    return sealed(of, name, text, nonce=nonce), personal_commitment(of.key, name, text)


def words_again(of: Subject, name: str, box: bytes, committed: object, *, what: str) -> str:
    """The words that `words_apart` put away; where the log has *committed* to others, a `HomeError` says *what* they are not."""
    text = unsealed(of, name, box)
    if personal_commitment(of.key, name, text) != committed:
        raise HomeError("home.damaged", what, place="ledger.sqlite", hint="restore the home from a backup")
    return text.decode()
