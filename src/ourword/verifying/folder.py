"""Whether a log's folder holds: its checkpoint is signed, its tree follows from its entries, no entry is missing, and nothing was rewritten.

Nothing but the folder and a public key is needed. Every entry is read once, in order; what is held in memory does not grow with the log.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from ourword.errors import HomeError, LineError, LogError
from ourword.ledger.entry import entry_bytes, entry_from_bytes
from ourword.stores.publishing import CHECKPOINT, KEY, WRITING, read_checkpoint
from ourword.tlog.checkpoint import Checkpoint, open_checkpoint
from ourword.tlog.note import NOTE_BYTES_MAX, Verifier
from ourword.tlog.tiles import WIDTH, Growing, Tile, hash_from, hashes_in, packed, tiles_of, unpacked
from ourword.tlog.tree import HASH_BYTES, consistency_proof, inclusion_proof, is_consistent, leaf_hash, root_from_inclusion
from ourword.verifying.flaws import FLAWS_MAX, Flaws

_TILES_CACHED = 64
_TILE_BYTES_MAX = WIDTH * (2 + 0xFFFF)
"""A bundle of entries that are as long as entries can be; a tile of hashes is smaller."""


class By(msgspec.Struct, frozen=True):
    """Of what an entry came from: the digest of the contract that decided."""

    contract: str | None = None


class Told(msgspec.Struct, frozen=True):
    """What is read of an entry, whatever its type: who counted it, which file of events it speaks of, which contract decided."""

    type: str
    gate: str = ""
    counter: int = 0
    file: str = ""
    before: str = ""
    """The file that this one stands for, where it was written anew."""
    digest: str = ""
    old: str = ""
    new: str = ""
    upto: int = 0
    """Up to which entry decisions were let go of, past retention."""
    lineage: By | None = None


_TOLD = msgspec.json.Decoder(Told)


def told_by(entry: bytes) -> Told:
    """Read of an entry what is read of any. Raises `msgspec.DecodeError`, `UnicodeDecodeError` for what is none."""
    return _TOLD.decode(entry)


def is_canonical(entry: bytes) -> bool:
    """Whether an entry is written as entries are: otherwise whoever signs would not have known it for what it is."""
    try:
        return entry_bytes(entry_from_bytes(entry)) == entry
    except (HomeError, LineError):
        return False


def plain(path: Path, most: int) -> bytes:
    """What a plain file of at most so many bytes holds; of any other thing, nothing: whoever hands out a log could let its readers wait, or swell.

    Raises `OSError`.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > most:
        return b""
    with path.open("rb") as file:
        return file.read(most)


class LogFolder:
    """The folder of a log. Reads what is there; a tile that is not as wide any more is read out of the wider one."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.tile = lru_cache(_TILES_CACHED)(self._hashes)

    def read(self, tile: Tile) -> bytes | None:
        """What a tile's file holds, cut to its width; `None` where there is none. Raises `OSError`."""
        for wide in dict.fromkeys((tile, msgspec.structs.replace(tile, width=WIDTH))):
            try:
                found = plain(self.path / wide.path, _TILE_BYTES_MAX)
            except (FileNotFoundError, NotADirectoryError):
                continue
            return found if wide == tile else _cut(found, tile, tile.width)
        return None

    def lacks(self, tile: Tile, otherwise: str) -> str:
        """Say what is wrong with a tile's file: missing, or empty and so no file of a log at all, or *otherwise*."""
        found = self.read(tile)
        return "the file is missing" if found is None else otherwise if found else "it is empty, too large, or no plain file"

    def entries(self, tile: Tile) -> list[bytes] | None:
        """The entries of a bundle; `None` where it is missing or breaks off."""
        found = self.read(tile)
        return None if found is None else unpacked(found)

    def _hashes(self, tile: Tile) -> list[bytes]:
        found = hashes_in(self.read(tile) or b"")
        return found if len(found) == tile.width else [bytes(HASH_BYTES)] * tile.width

    def checkpoint(self, known: Verifier) -> Checkpoint:
        """The published checkpoint. Raises `LogError`: `log.none` where there is none."""
        note = read_checkpoint(self.path)
        if note is None:
            what = f"there is no `{CHECKPOINT}` in `{self.path}`"
            raise LogError("log.none", what, place=str(self.path), hint="give the folder of a log; that of a home is `log`")
        return open_checkpoint(note, known)


class Reading:
    """One reading of a log's folder: the tree made again from its entries, and held against its tiles."""

    def __init__(self, folder: LogFolder, checkpoint: Checkpoint, flaws: Flaws) -> None:
        self._folder = folder
        self._checkpoint = checkpoint
        self._flaws = flaws
        self.counters: dict[str, int] = {}
        self.tree = Growing(self._compare)
        self._strange: list[tuple[int, Tile]] = []
        """Entries, by index, whose hash is not the one in the tile above them."""
        self._lost = 0
        """How many entries of unknown gates were passed over: gaps that they explain are told once."""
        self._bad_tiles: list[Tile] = []
        self._missing: list[Tile] = []
        """Bundles that are not there: whether they may be, only a later entry tells."""
        self._begun = 0
        """How many entries lie before the first that is there, less those by which gates have begun to count higher than one."""
        self.upto = 0
        """Up to which entry a signed entry says that decisions were let go of."""
        self.pruned = 0
        """How many entries are not there, and a signed entry says so."""

    def run(
        self,
        each: Callable[[int, bytes, Told], None] = lambda number, entry, told: None,
        gone: Callable[[Tile, Sequence[bytes]], None] = lambda tile, hashes: None,
    ) -> None:
        """Read all entries; *each* is given every one, with its number, *gone* the hashes of each bundle that is not there."""
        size = self._checkpoint.size
        for tile in tiles_of(size):
            if not tile.is_bundle:
                break
            self._bundle(tile, each, gone)
        for tile, hashes in self.tree.partial():
            self._compare(tile, hashes)
        self._judge()
        for tile in self._missing:
            if tile.first + tile.width <= self.upto:
                self.pruned += tile.width
            else:
                self._cannot_be_read(tile, "the file is missing")

    def _cannot_be_read(self, tile: Tile, what: str) -> None:
        self._flaws.add(tile.path, f"{what}: entries {tile.first + 1:,} to {tile.first + tile.width:,} cannot be read", entry=tile.first + 1)

    def _bundle(self, tile: Tile, each: Callable[[int, bytes, Told], None], gone: Callable[[Tile, Sequence[bytes]], None]) -> None:
        entries = self._folder.entries(tile)
        above = self._folder.tile(Tile(0, tile.number, tile.width))
        if entries is None and self._folder.read(tile) is None:
            self._missing.append(tile)
            gone(tile, above if self._has_hashes(tile) else ())
            if tile.number + 1 == len(self._missing):
                self._begun += tile.width
            else:
                self._lost += tile.width
            for leaf in above:
                self.tree.add(leaf)
            return
        if entries is None or len(entries) != tile.width:
            what = self._folder.lacks(tile, "it is not a whole bundle of entries")
            self._cannot_be_read(tile, what)
            gone(tile, above if self._has_hashes(tile) else ())
            self._lost += tile.width
            for leaf in above:
                self.tree.add(leaf)
            return
        for index, (entry, leaf) in enumerate(zip(entries, above, strict=True), tile.first):
            hashed = leaf_hash(entry)
            strange = hashed != leaf
            if strange and len(self._strange) < FLAWS_MAX:
                self._strange.append((index, tile))
            self.tree.add(hashed)
            self._one(index + 1, entry, tile, strange, each)

    def _has_hashes(self, tile: Tile) -> bool:
        """Whether the hashes of a bundle can be read; where they cannot zeros stand for them, and nothing is held against those."""
        found = self._folder.read(Tile(0, tile.number, tile.width))
        return found is not None and len(hashes_in(found)) == tile.width

    def _one(self, number: int, entry: bytes, tile: Tile, strange: bool, each: Callable[[int, bytes, Told], None]) -> None:
        try:
            told = told_by(entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._lost += 1
            if not strange:
                self._flaws.add(tile.path, "it does not read as an entry", entry=number)
            return
        each(number, entry, told)
        if strange:  # its count may be what was changed
            self._lost += 1
            return
        if told.type == "pruned" and told.upto < number and is_canonical(entry):
            self.upto = max(self.upto, told.upto)
        counted = self.counters.get(told.gate, 0) + 1
        between = told.counter - counted
        begun = 0 if told.gate in self.counters else min(self._begun, between)  # it began before the first entry that is there
        if 0 < between <= begun + self._lost:  # the others are among the entries that cannot be read
            self._begun -= begun
            self._lost -= between - begun
        elif told.counter != counted:
            what = f"its gate {told.gate} counts {told.counter:,} here and {counted:,} would be next: an entry is missing or was put in"
            self._flaws.add(tile.path, what, entry=number)
        self.counters[told.gate] = told.counter

    def _compare(self, tile: Tile, hashes: Sequence[bytes]) -> None:
        if self._folder.tile(tile) != hashes:
            self._bad_tiles.append(tile)

    def _judge(self) -> None:
        """Say who is wrong where entries and tiles differ: the signed root tells."""
        signed = self._checkpoint.root
        if self.tree.root() == signed:
            for tile in self._bad_tiles:
                self._flaws.add(tile.path, self._folder.lacks(tile, "its hashes are not those of the entries, which are the signed ones"))
            return
        by_tiles = Growing()
        for tile in tiles_of(self._checkpoint.size):
            if tile.level == 0:
                for leaf in self._folder.tile(tile):
                    by_tiles.add(leaf)
        if by_tiles.root() == signed:
            for index, tile in self._strange:
                self._flaws.add(tile.path, "it is not the entry that was signed: it was changed", entry=index + 1)
            return
        for index, tile in self._strange[:1]:
            self._flaws.add(tile.path, "it is not the entry whose hash the tree holds", entry=index + 1)
        self._flaws.add(CHECKPOINT, "the entries do not give the root that was signed: some were changed, put in or left out")


def held_against(folder: LogFolder, now: Checkpoint, old: Checkpoint, flaws: Flaws, *, place: str) -> None:
    """Say whether a log began with what it was at another checkpoint, by the proof that the standards name."""
    first, last = sorted((old, now), key=lambda each: each.size)
    if first.size == 0 or first.size == last.size:
        good = is_consistent(first.size, first.root, last.size, last.root, [])
    elif last is now:
        good = is_consistent(
            first.size, first.root, last.size, last.root, consistency_proof(first.size, last.size, hash_from(folder.tile, last.size))
        )
    else:
        what = f"it was signed for {old.size:,} entries, and the log has {now.size:,}: the log was cut, or this is an older copy of it"
        flaws.add(place, what)
        return
    if not good:
        flaws.add(place, f"the log does not go on from it: what was signed for {old.size:,} entries was rewritten")


def some_proofs(folder: LogFolder, checkpoint: Checkpoint, flaws: Flaws) -> None:
    """Hold one entry of each bundle against the root by its proof, made from the tiles alone, as an outside verifier would.

    Of a bundle that was let go of, by its hash: who kept the entry, in a receipt say, can still prove it.
    What the other entries' proofs are made of was held against the entries before: every hash of every tile.
    """
    hash_at = hash_from(folder.tile, checkpoint.size)
    for bundle in tiles_of(checkpoint.size):
        if not bundle.is_bundle:
            return
        entries = folder.entries(bundle)
        leaves = [leaf_hash(each) for each in entries] if entries else folder.tile(Tile(0, bundle.number, bundle.width))
        at = bundle.number % len(leaves)
        index = bundle.first + at
        proof = inclusion_proof(index, checkpoint.size, hash_at)
        if root_from_inclusion(index, checkpoint.size, leaves[at], proof) != checkpoint.root:
            flaws.add(bundle.path, "no proof leads from it to the signed root", entry=index + 1)
            return


def every_file(
    folder: LogFolder, checkpoint: Checkpoint, known: Collection[Verifier], flaws: Flaws, *, besides: Collection[str] = ()
) -> tuple[str, ...]:
    """Hold every file of the folder against the log, also those that only older checkpoints need; give those that are none of its.

    *known* are the keys of which `key` may name one, *besides* files that were held against it already.
    """
    needed = {each.path.partition(".p/")[0]: each for each in tiles_of(checkpoint.size)}
    strange = []
    for path in sorted(folder.path.rglob("*")):
        name = path.relative_to(folder.path).as_posix()
        start, _, width = name.partition(".p/")
        tile = needed.get(start)
        if path.is_dir() or name.startswith(f"{WRITING}/") or name == CHECKPOINT or name in besides or (tile and name == tile.path):
            continue
        if name == KEY:
            if plain(path, NOTE_BYTES_MAX) not in [each.text.encode() + b"\n" for each in known]:
                flaws.add(KEY, "it is not the key that the log is verified with")
        elif tile and width in map(str, range(1, tile.width)):
            if plain(path, _TILE_BYTES_MAX) != _cut(folder.read(tile) or b"", tile, int(width)):
                flaws.add(name, "it is not what the log was at that width", entry=tile.first + 1 if tile.is_bundle else 0)
        else:
            strange.append(name)
    return tuple(strange)


def _cut(written: bytes, tile: Tile, width: int) -> bytes:
    """What a tile's file held when it was narrower."""
    return packed((unpacked(written) or [])[:width]) if tile.is_bundle else written[: width * HASH_BYTES]
