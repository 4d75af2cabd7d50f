"""The folder `log/` of a home: what outsiders verify. Published after the entries are durable, and never in the way of a commit.

The order: entries (committed long before) → tiles and bundles, each written beside, synced, renamed, folders synced → the
checkpoint signed → the signed checkpoint kept beside the keys → kept in the store → the newest kept one published, last and whole.
So what is signed is durable, and what is published was kept: after a crash anywhere in between the next run goes on, and signs no
other history. It publishes what was kept before it signs more, so that a log which is the home's only one is never more than one
checkpoint behind: one that is was set back. Beside the keys is where somebody who can write the ledger and the log, and has no key,
cannot make it forgotten.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol

from ourword.errors import HomeError, LogError
from ourword.ledger.store import Entry
from ourword.stores.database import troubles_of
from ourword.stores.pruned import PRUNES, is_asked
from ourword.stores.whole import sync_folder, write_whole
from ourword.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ourword.tlog.note import NOTE_BYTES_MAX, Signer
from ourword.tlog.tiles import HEIGHT, WIDTH, Growing, Tile, hashes_in, packed
from ourword.tlog.tree import EMPTY, leaf_hash

CHECKPOINT, KEY = "checkpoint", "key"
ROTATED = "rotated"
"""The folder of the checkpoints at which another key took the place of the log's key, each signed by both."""
ENTRY = ".entry"
"""Ends the name of the file beside such a checkpoint that holds the entry alone."""
ROTATES = b'"type":"key-rotated"'
"""Stands in every entry that gives the log another key, and in no other: quotes within a text are written otherwise."""
WRITING = ".writing"
"""Where files are written before they get their names: nothing in it is part of the log."""
_PAGE = 1024
_ABANDONED_SECONDS = 3600


class Source(Protocol):
    """What publishing needs of a store, whichever it is."""

    def entries(self, *, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Give the durable entries numbered above *after*, in order, at most *limit*."""

    def last_seq(self) -> int:
        """The number of the last durable entry; 0 before the first."""

    def pruned_leaves(self, number: int) -> list[bytes] | None:
        """The hashes of the entries of a bundle that are past retention and not held any more; `None` of any other."""

    def publishing(self) -> AbstractContextManager[bytes | None]:
        """Give the largest checkpoint that was kept; while inside nobody else publishes. Raises `HomeError` where nothing can be written."""

    def keep_checkpoint(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint durably, for good; one of the same size stands."""


class Heads(Protocol):
    """What is kept beside the key that signs: the largest checkpoint that was signed, a second time, and what was asked to be let go of."""

    def log_head(self) -> bytes | None:
        """Give it; `None` before the first, and in homes that have not published since it is kept."""

    def keep_log_head(self, size: int, note: bytes) -> None:
        """Keep it durably, unless a larger one is kept."""

    def pruning_asked(self) -> bytes | None:
        """Give what was asked for last when decisions were let go of; `None` where that was never done."""


def publish(
    folder: Path,
    source: Source,
    signer: Signer,
    *,
    heads: Heads,
    alone: bool = True,
    chance: Callable[[int], bytes] = os.urandom,
    rotation: Entry | None = None,
) -> Checkpoint:
    """Bring `log/` up to the last durable entry, or to that of a *rotation* of its key; give its checkpoint. Raises `HomeError`; run again.

    *alone* says that no other folder is this home too, which would publish on while this one stays behind.
    `home.log-forked`: the entries are not those that were signed before, so nothing more is signed.
    """
    with source.publishing() as note:
        kept = _kept(note, signer, folder)
    head = _kept(heads.log_head(), signer, folder)
    published = _published(folder, signer)
    signed = [each for each in (kept, published, head) if each]
    base = max(signed, key=lambda each: each.size, default=Checkpoint(signer.verifier.name, 0, EMPTY))
    if any(each.size == base.size and each.root != base.root for each in signed):
        raise _forked(folder, f"two checkpoints of {base.size:,} entries are signed, and they differ")
    size = source.last_seq() if rotation is None else rotation.seq
    if base.size > size:
        raise _forked(folder, f"a checkpoint of {base.size:,} entries was signed, and the ledger holds {size:,}")
    with troubles_of(folder):
        same = kept and published and head and kept.note == published.note == head.note
        if kept and same and kept.size == size and _is(folder / KEY, signer.verifier.text):
            return kept
        if alone and kept and kept.size < size and (published is None or published.size < kept.size):  # a crash came between keeping and this
            _Publisher(folder, source, heads, chance, rotation).catch_up(kept, published=published)
            published = _announce(folder, source, signer, chance)
        if kept is None or not same or kept.size < size:
            _Publisher(folder, source, heads, chance, rotation).bring_up(base, size, published=published, signer=signer)
        return _announce(folder, source, signer, chance)


def _is(path: Path, line: str) -> bool:
    return path.exists() and path.read_bytes() == line.encode() + b"\n"


def _kept(note: bytes | None, signer: Signer, folder: Path) -> Checkpoint | None:
    if note is None:
        return None
    try:
        return open_checkpoint(note, signer.verifier)
    except LogError as error:
        what = f"a checkpoint that was kept is not signed by this home's key: {error.what}"
        raise HomeError("home.mixed", what, place=str(folder), hint="restore all files from the same backup") from error


def read_checkpoint(folder: Path) -> bytes | None:
    """The published checkpoint as it lies in a log's folder; `None` when there is none. Raises `OSError`."""
    path = folder / CHECKPOINT
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # one that nobody writes into would be waited for
            raise OSError(f"`{path}` is no plain file")
        with path.open("rb") as file:
            return file.read(NOTE_BYTES_MAX + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _published(folder: Path, signer: Signer) -> Checkpoint | None:
    """What is published; one that was damaged counts as none, and is written anew from what was kept."""
    with troubles_of(folder):
        note = read_checkpoint(folder)
    try:
        return open_checkpoint(note, signer.verifier) if note else None
    except LogError:
        return None


def _forked(folder: Path, what: str) -> HomeError:
    hint = "restore the newest backup of all files; signing on would tell two histories of one log"
    return HomeError("home.log-forked", f"{what}: nothing more is signed", place=str(folder), hint=hint)


class _Publisher:
    """One run of publishing: writes tiles and bundles, and knows which folders it has touched."""

    def __init__(self, folder: Path, source: Source, heads: Heads, chance: Callable[[int], bytes], rotation: Entry | None) -> None:
        self._rotation = rotation
        self._folder = folder
        self._source = source
        self._heads = heads
        self._chance = chance
        self._touched: set[Path] = set()
        self._filled: list[Tile] = []
        self._bundle: list[bytes] = []

    def bring_up(self, base: Checkpoint, size: int, *, published: Checkpoint | None, signer: Signer) -> None:
        """Write all that a tree of *size* has beyond *base*, make it durable, sign it and keep the checkpoint.

        In a folder where nothing is *published* all is written; where it is behind *base*, what another machine has published since.
        """
        tree = self._grown(base, published)
        self._grow(tree, size, new=True)
        self._write_out(tree)
        note = sign_checkpoint(signer, size, tree.root()).note
        self._heads.keep_log_head(size, note)
        self._source.keep_checkpoint(size, note)
        self._drop_partial()

    def catch_up(self, kept: Checkpoint, *, published: Checkpoint | None) -> None:
        """Write all that a checkpoint which was signed and kept has beyond what is *published*, and make it durable."""
        self._write_out(self._grown(kept, published))
        self._drop_partial()

    def _grown(self, base: Checkpoint, published: Checkpoint | None) -> Growing:
        """The tree at *base*, as the entries give it. Raises `HomeError` where that is not what was signed."""
        self._make(self._folder / WRITING)
        self._sweep()
        tree = None if published is None else self._resumed(base)
        if tree is None and published is not None and published.size < base.size:
            tree = self._resumed(published)
        if tree is None:  # no tile at hand fits what was signed: all are written anew, from the entries
            tree = Growing(self._keep_tile)
            self._bundle = []
        self._grow(tree, base.size)
        if tree.root() != base.root:
            raise _forked(self._folder, f"the first {base.size:,} entries are not those of the checkpoint that was signed")
        return tree

    def _write_out(self, tree: Growing) -> None:
        """Write the tiles and the bundle that are not full, and make all that was written durable."""
        for tile, hashes in tree.partial():
            self._keep(tile, b"".join(hashes))
        if self._bundle:
            self._keep(Tile(-1, tree.size >> HEIGHT, len(self._bundle)), packed(self._bundle))
        self._sync()

    def _sync(self) -> None:
        for folder in sorted(self._touched):
            sync_folder(folder)

    def _resumed(self, base: Checkpoint) -> Growing | None:
        """The tree as it was at *base*, from its tiles that were not full and the entries behind its last full bundle."""
        levels: list[list[bytes]] = []
        size = base.size
        while size >> HEIGHT * len(levels):
            hashes = size >> HEIGHT * len(levels)
            width = hashes % WIDTH
            found = hashes_in(self._read(Tile(len(levels), hashes >> HEIGHT, width)) or b"") if width and levels else []
            if width and levels and len(found) != width:
                return None
            levels.append(found)
        tree = Growing(self._keep_tile)
        start = size - size % WIDTH
        tree.resume(start, levels)
        self._bundle = []
        self._grow(tree, size)
        return tree if tree.root() == base.root else None

    def _grow(self, tree: Growing, size: int, *, new: bool = False) -> None:
        """Take in entries up to number *size*, *new* ones where they were not signed before; bundles and tiles that fill up are written.

        Of bundles that were let go of the hashes are taken in; never of what was not signed before, which nobody has let go of.
        """
        while not new and tree.size < size and (pruned := self._source.pruned_leaves(tree.size >> HEIGHT)):
            for leaf in pruned[tree.size % WIDTH :][: size - tree.size]:
                tree.add(leaf)
        while tree.size < size:
            page = self._source.entries(after=tree.size, limit=min(_PAGE, size - tree.size))
            for entry in page:
                if entry.seq != tree.size + 1:
                    break
                if new:
                    self._refuse_foreign(entry)
                tree.add(leaf_hash(entry.bytes))
                self._bundle.append(entry.bytes)
                if len(self._bundle) == WIDTH:
                    self._keep(Tile(-1, tree.size - 1 >> HEIGHT), packed(self._bundle))
                    self._bundle = []
            if not page or tree.size < page[-1].seq:
                what = f"entry {tree.size + 1:,} is missing from the ledger, which has later ones"
                raise HomeError("home.damaged", what, place=str(self._folder), hint="restore the home from a backup")

    def _refuse_foreign(self, entry: Entry) -> None:
        """Sign no entry put in by who can write the ledger, and wants to sign in our place, or have what they delete called past retention."""
        if ROTATES in entry.bytes and entry != self._rotation:
            raise _forked(self._folder, f"entry {entry.seq:,} gives the log another key, and nobody has rotated it here")
        if PRUNES in entry.bytes and not is_asked(entry, self._heads.pruning_asked()):
            raise _forked(self._folder, f"entry {entry.seq:,} says that decisions were let go of, and nobody has asked for that here")

    def _keep_tile(self, tile: Tile, hashes: Sequence[bytes]) -> None:
        self._keep(tile, b"".join(hashes))

    def _keep(self, tile: Tile, written: bytes) -> None:
        path = self._folder / tile.path
        self._make(path.parent)
        if tile.width == WIDTH:
            self._filled.append(tile)
        if self._read(tile) != written:
            write_whole(path, written, beside=self._folder / WRITING / self._chance(8).hex())
        self._touched.add(path.parent)

    def _read(self, tile: Tile) -> bytes | None:
        try:
            return (self._folder / tile.path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make(folder.parent)
            folder.mkdir(exist_ok=True)
            self._touched.add(folder.parent)

    def _drop_partial(self) -> None:
        """Where a tile is full its narrower forms are not needed any more: C2SP tlog-tiles allows to drop them."""
        for tile in self._filled:
            shutil.rmtree(self._folder / f"{tile.path}.p", ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what runs that broke off have left; what another run is writing now is younger."""
        for path in self._abandoned():
            with suppress(OSError):
                path.unlink()

    def _abandoned(self) -> Iterator[Path]:
        for path in (self._folder / WRITING).iterdir():
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                    yield path


def _announce(folder: Path, source: Source, signer: Signer, chance: Callable[[int], bytes]) -> Checkpoint:
    """Publish the newest checkpoint that is kept, and the public key beside it; while nobody else does, so that none goes back."""
    with source.publishing() as note:
        newest = _kept(note, signer, folder)  # first: where another process has rotated the key meanwhile it is for that one to publish
        assert note is not None
        assert newest is not None
        for name, written in ((KEY, signer.verifier.text.encode() + b"\n"), (CHECKPOINT, note)):
            path = folder / name
            if not path.exists() or path.read_bytes() != written:
                write_whole(path, written, beside=folder / WRITING / chance(8).hex())
        sync_folder(folder)
        return newest
