"""A Merkle tree written straight from the text of RFC 6962, section 2.1, with nothing of ours: what ours is held against."""

from __future__ import annotations

from hashlib import sha256


def k(n: int) -> int:
    """The largest power of two smaller than n."""
    power = 1
    while power * 2 < n:
        power *= 2
    return power


def mth(entries: list[bytes]) -> bytes:
    n = len(entries)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\0" + entries[0]).digest()
    return sha256(b"\1" + mth(entries[: k(n)]) + mth(entries[k(n) :])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    n = len(entries)
    if n == 1:
        return []
    if m < k(n):
        return [*path(m, entries[: k(n)]), mth(entries[k(n) :])]
    return [*path(m - k(n), entries[k(n) :]), mth(entries[: k(n)])]


def proof(m: int, entries: list[bytes]) -> list[bytes]:
    return _subproof(m, entries, True)


def _subproof(m: int, entries: list[bytes], whole: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if whole else [mth(entries)]
    if m <= k(n):
        return [*_subproof(m, entries[: k(n)], whole), mth(entries[k(n) :])]
    return [*_subproof(m - k(n), entries[k(n) :], False), mth(entries[: k(n)])]
