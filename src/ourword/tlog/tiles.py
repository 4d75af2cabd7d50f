"""The tree as files that never change (C2SP tlog-tiles): hashes by 256 in tiles, entries by 256 in bundles.

A tile of level *l* and number *n* holds the hashes of 256 neighbouring subtrees of 256^l entries each; one that is not full
yet is a file of its own, named by its width. https://c2sp.org/tlog-tiles
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import msgspec

from ourword.tlog.tree import HASH_BYTES, HashAt, full_root, joined, node_hash, parts

HEIGHT = 8
WIDTH = 1 << HEIGHT
_CACHED = 64
"""Tiles whose subtrees are kept, some 40 KB each."""


class Tile(msgspec.Struct, frozen=True):
    """The place of a tile, or of a bundle of entries (level -1), and how many it holds."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def is_bundle(self) -> bool:
        """Whether it holds entries and no hashes."""
        return self.level < 0

    @property
    def first(self) -> int:
        """The index of the first entry below it."""
        return self.number << HEIGHT * (max(self.level, 0) + 1)

    @property
    def path(self) -> str:
        """Where it lies below the log.

        >>> Tile(0, 1234067).path, Tile(1, 0, 17).path, Tile(-1, 3).path
        ('tile/0/x001/x234/067', 'tile/1/000.p/17', 'tile/entries/003')
        """
        digits = f"{self.number:d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        named = "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])
        return f"tile/{'entries' if self.is_bundle else self.level}/{named}" + (f".p/{self.width}" if self.width < WIDTH else "")


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile and bundle of a tree, as they are when it has exactly this size.

    >>> [each.path for each in tiles_of(257)]
    ['tile/entries/000', 'tile/entries/001.p/1', 'tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']
    """
    for level in (-1, *range(64 // HEIGHT)):
        hashes = size >> HEIGHT * max(level, 0)
        if not hashes:
            return
        for number in range(hashes >> HEIGHT):
            yield Tile(level, number)
        if hashes % WIDTH:
            yield Tile(level, hashes >> HEIGHT, hashes % WIDTH)


def packed(entries: Sequence[bytes]) -> bytes:
    """Write entries as a bundle: each behind its length in two bytes, the higher one first.

    >>> packed([b"a", b"bc"])
    b'\\x00\\x01a\\x00\\x02bc'
    """
    return b"".join([len(each).to_bytes(2, "big") + each for each in entries])


def unpacked(bundle: bytes) -> list[bytes] | None:
    """Read a bundle; `None` where it breaks off.

    >>> unpacked(b"\\x00\\x01a\\x00\\x02bc"), unpacked(b"\\x00\\x03ab")
    ([b'a', b'bc'], None)
    """
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            return None
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


def hashes_in(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


class Growing:
    """A tree that grows entry by entry, and remembers of it only the tiles that are not full: *full* is told of each that fills up."""

    def __init__(self, full: Callable[[Tile, list[bytes]], None] = lambda tile, hashes: None) -> None:
        self.size = 0
        self._full = full
        self._levels: list[list[bytes]] = []

    def resume(self, size: int, levels: Sequence[list[bytes]]) -> None:
        """Go on where a tree of a size stopped: *levels* are its tiles that were not full, empty where there was none."""
        self.size = size
        self._levels = [list(each) for each in levels]

    def add(self, leaf: bytes) -> None:
        """Put the hash of the next entry into the tree."""
        self.size += 1
        level, number = 0, self.size - 1 >> HEIGHT
        while True:
            if level == len(self._levels):
                self._levels.append([])
            hashes = self._levels[level]
            hashes.append(leaf)
            if len(hashes) < WIDTH:
                return
            self._full(Tile(level, number), hashes)
            self._levels[level] = []
            leaf = full_root(hashes)
            level, number = level + 1, number >> HEIGHT

    def partial(self) -> Iterator[tuple[Tile, list[bytes]]]:
        """The tiles that are not full, with what they hold."""
        for level, hashes in enumerate(self._levels):
            if hashes:
                yield Tile(level, self.size >> HEIGHT * (level + 1), len(hashes)), hashes

    def root(self) -> bytes:
        """The root of the tree as it is."""
        found: list[bytes] = []
        for hashes in reversed(self._levels):
            done = 0
            for level, _ in parts(0, len(hashes)):
                found.append(full_root(hashes[done : done + (1 << level)]))
                done += 1 << level
        return joined(found)


def hash_from(read: Callable[[Tile], Sequence[bytes]], size: int) -> HashAt:
    """Hashes of the tree of a size, out of its tiles: *read* gives what a tile holds. Proofs side by side share what they need.

    A tile's subtree is hashed as a whole when a first hash of it is asked for: a proof needs nearly all of it.
    """

    @lru_cache(_CACHED)
    def rows(tall: int, number: int) -> list[Sequence[bytes]]:
        width = min(WIDTH, (size >> HEIGHT * tall) - (number << HEIGHT))
        found = [read(Tile(tall, number, width))]
        while len(found[-1]) > 1:
            below = found[-1]
            found.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
        return found

    def hash_at(level: int, index: int) -> bytes:
        tall, inside = divmod(level, HEIGHT)
        number = index << inside >> HEIGHT
        return rows(tall, number)[inside][index - (number << HEIGHT - inside)]

    return hash_at
