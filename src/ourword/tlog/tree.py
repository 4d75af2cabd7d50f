"""The Merkle tree of RFC 6962 (section 2.1): hashes, proofs that an entry is in a tree, proofs that a tree grew out of another.

An entry's *index* counts from 0. A proof is made from hashes that somebody hands in: `HashAt(level, index)` is the hash of
the full subtree of 2^level entries that begins at entry index · 2^level. Nothing else is ever asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_BYTES = 32
HashAt = Callable[[int, int], bytes]

EMPTY = sha256().digest()
"""The root of a tree without entries."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry; the prefix keeps an entry from passing for an inner node.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return sha256(b"\x01" + left + right).digest()


def halves(start: int, end: int) -> int:
    """Where the tree over entries *start* to *end* (without it) parts: behind the largest power of two smaller than its size.

    >>> halves(0, 7), halves(0, 8), halves(4, 7)
    (4, 4, 6)
    """
    return start + (1 << (end - start - 1).bit_length() - 1)


def parts(start: int, end: int) -> list[tuple[int, int]]:
    """The full subtrees, as (level, index), whose hashes make up that of the entries *start* to *end*; the left ones first.

    >>> parts(0, 7)
    [(2, 0), (1, 2), (0, 6)]
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def joined(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring full subtrees, of which each is larger than the next."""
    if not hashes:
        return EMPTY
    whole = hashes[-1]
    for left in reversed(hashes[:-1]):
        whole = node_hash(left, whole)
    return whole


def hash_of(start: int, end: int, hash_at: HashAt) -> bytes:
    """The hash over the entries *start* to *end* (without it), where a tree parts there."""
    return joined([hash_at(level, index) for level, index in parts(start, end)])


def root(size: int, hash_at: HashAt) -> bytes:
    """The root of the tree over the first *size* entries."""
    return hash_of(0, size, hash_at)


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The hash over a full subtree, whose size is a power of two."""
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


# ---- proofs --------------------------------------------------------------------------------------------------------


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """Prove that an entry is in the tree of a size: PATH(index, D[size]) of RFC 6962, the leaf's neighbour first."""
    if not 0 <= index < size:
        raise ValueError(f"there is no entry {index} in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = halves(start, end)
        if index < middle:
            path.append(hash_of(middle, end, hash_at))
            end = middle
        else:
            path.append(hash_of(start, middle, hash_at))
            start = middle
    return path[::-1]


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to; `None` where it has not the length that a proof of this place has."""
    if not 0 <= index < size:
        return None
    turns = []
    start, end = 0, size
    while end - start > 1:
        middle = halves(start, end)
        turns.append(index < middle)
        start, end = (start, middle) if index < middle else (middle, end)
    if len(proof) != len(turns) or any(len(each) != HASH_BYTES for each in proof):
        return None
    for goes_left, other in zip(reversed(turns), proof, strict=True):
        leaf = node_hash(leaf, other) if goes_left else node_hash(other, leaf)
    return leaf


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """Prove that the tree of size *new* begins with the one of size *old*: PROOF(old, D[new]) of RFC 6962."""
    if not 0 < old <= new:
        raise ValueError(f"no proof leads from a tree of {old} to one of {new}")
    start, end, whole, path = 0, new, True, []
    while old < end:
        middle = halves(start, end)
        if old <= middle:
            path.append(hash_of(middle, end, hash_at))
            end = middle
        else:
            path.append(hash_of(start, middle, hash_at))
            start, whole = middle, False
    if not whole:
        path.append(hash_of(start, end, hash_at))
    return path[::-1]


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether a proof shows that the larger tree begins with the smaller one (RFC 9162, section 2.1.4.2)."""
    if old == new or old == 0:
        return not proof and (old_root == new_root if old == new else old_root == EMPTY) and old <= new
    if not 0 < old < new or any(len(each) != HASH_BYTES for each in proof):
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    left = right = path[0]
    for each in path[1:]:
        if not last:
            return False
        if here & 1 or here == last:
            left, right = node_hash(each, left), node_hash(each, right)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            right = node_hash(right, each)
        here, last = here >> 1, last >> 1
    return not last and left == old_root and right == new_root
