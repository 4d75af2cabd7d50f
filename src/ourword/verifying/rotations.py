"""Which key signs a log when: entries `key-rotated` replace one by another, and whoever has either key follows, forwards or backwards.

- *Forwards*, from an older key: it signed the checkpoint whose last entry says that another takes its place (`rotated/N` in the log's folder). So it
  vouches for the next one.
- *Backwards*, from a newer key: it signed a tree that holds the same entry. So it says which key came before it.

A checkpoint of N entries counts if the key of its time signed it: one of more entries that an older key signed is not taken.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ourword.errors import HomeError, LogError
from ourword.ledger.entry import BYTES_MAX, KeyRotated, entry_bytes, entry_from_bytes
from ourword.stores.home import Home
from ourword.stores.publishing import ENTRY, ROTATED, read_checkpoint
from ourword.stores.rotating import Rotated, rotations_of
from ourword.tlog.checkpoint import Checkpoint, open_checkpoint, size_said
from ourword.tlog.note import NOTE_BYTES_MAX, Verifier, verifier_from
from ourword.tlog.tiles import HEIGHT, WIDTH, Tile, hash_from
from ourword.tlog.tree import inclusion_proof, leaf_hash, root_from_inclusion
from ourword.verifying.flaws import Flaws
from ourword.verifying.folder import LogFolder, Told, held_against, plain

ROTATIONS_MAX = 1_000
"""More are not looked at: a log is rotated a few times in its life, and whoever hands one out could let its readers wait."""


class Chain(msgspec.Struct, frozen=True):
    """The keys of a log, the oldest first, and the rotations between them: one less."""

    keys: tuple[Verifier, ...]
    rotations: tuple[Rotated, ...] = ()

    def at(self, size: int) -> Verifier:
        """The key that a checkpoint of so many entries must be signed by."""
        return self.keys[sum(each.entry < size for each in self.rotations)]

    def open(self, note: bytes) -> Checkpoint:
        """Read a checkpoint that the key of its time signed; raises `LogError` for anything else."""
        trouble: LogError | None = None
        for known in self.keys:
            try:
                found = open_checkpoint(note, known)
            except LogError as error:
                trouble = trouble or error
                continue
            if self.at(found.size) == known:
                return found
            what = f"it is of {found.size:,} entries, and signed by a key that was not the log's then: {known.short}"
            raise LogError("log.rotated", what, place="checkpoint", hint="whoever signed it had a key that was replaced, or is not in force yet")
        assert trouble is not None
        raise trouble


def chain_of(folder: LogFolder, known: Verifier) -> tuple[Chain, Checkpoint]:
    """Follow the keys of a log from the one that is known, both ways, and give its checkpoint. Raises `LogError`: `log.none` where there is none."""
    note = read_checkpoint(folder.path)
    if note is None:
        return Chain((known,)), folder.checkpoint(known)  # which says so
    size = size_said(note)
    said = _said(folder, size, note)
    keys = [verifier_from(each.old) for each in said[:1]] + [verifier_from(each.new) for each in said]
    if known not in keys:
        return Chain((known,)), Chain((known,)).open(note)
    at = last = keys.index(known)
    while last < len(said) and _signed(folder, keys[last], said[last].entry, size, note) is not None:
        last += 1
    checkpoint = Chain(tuple(keys[at : last + 1]), tuple(said[at:last])).open(note)
    for number in range(at, last):
        between = _signed(folder, keys[number], said[number].entry, size, note)
        if between is None or not (_holds(folder, checkpoint, said[number]) and _goes_on(folder, checkpoint, between)):
            last = number  # the older key signed something else than that this one takes its place
            checkpoint = Chain(tuple(keys[at : last + 1]), tuple(said[at:last])).open(note)
            break
    first = at
    while first > 0 and _holds(folder, checkpoint, said[first - 1]):
        first -= 1
    whole = Chain(tuple(keys[first : last + 1]), tuple(said[first:last]))
    return whole, whole.open(note)


def chain_in(home: Home, known: Verifier) -> Chain:
    """The keys of a home's log as its own keys tell, where there is no log to follow them in."""
    past = rotations_of(home) if known == home.log_key() else []
    return Chain((*(verifier_from(each.old) for each in past), known), tuple(past))


def _said(folder: LogFolder, size: int, note: bytes) -> list[Rotated]:
    """The rotations that the folder speaks of, in order, as far as each goes on from the one before; nothing is verified yet."""
    found: list[Rotated] = []
    for entry in sorted({*_numbers(folder.path / ROTATED), size} - {0}):
        value = _rotation_in(_bytes_at(folder, entry, size)) if entry <= size else None
        if value is None:
            continue
        if found and found[-1].new != value.old:
            break
        found.append(Rotated(entry=entry, old=value.old, new=value.new))
    return found


def _numbers(folder: Path) -> list[int]:
    names = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    whole = [int(name) for name in names if name.isascii() and name.isdigit() and name[0] != "0" and len(name) < 19]
    return sorted(whole)[:ROTATIONS_MAX]


def _rotation_in(written: bytes | None) -> KeyRotated | None:
    try:
        value = entry_from_bytes(written) if written is not None else None
        if isinstance(value, KeyRotated) and verifier_from(value.old).name == verifier_from(value.new).name:
            return value if entry_bytes(value) == written else None  # written otherwise, whoever signs would not have known it for what it is
    except (HomeError, LogError):
        pass
    return None


def _bytes_at(folder: LogFolder, number: int, size: int) -> bytes | None:
    bundle, at = divmod(number - 1, WIDTH)
    entries = folder.entries(Tile(-1, bundle, min(WIDTH, size - (bundle << HEIGHT))))
    if entries is not None:
        return entries[at] if at < len(entries) else None
    try:
        return plain(folder.path / ROTATED / f"{number}{ENTRY}", BYTES_MAX)  # whether it is the log's is told by its hash
    except OSError:
        return None


def _signed(folder: LogFolder, by: Verifier, entry: int, size: int, note: bytes) -> Checkpoint | None:
    """The checkpoint with this last entry that the older key signed."""
    path = folder.path / ROTATED / str(entry)
    try:
        signed = open_checkpoint(note if entry == size and not path.exists() else plain(path, NOTE_BYTES_MAX), by)
    except (LogError, OSError):
        return None
    return signed if signed.size == entry else None


def _goes_on(folder: LogFolder, checkpoint: Checkpoint, between: Checkpoint) -> bool:
    """Whether the log goes on from it: then what stands in the log up to there is what was signed there."""
    flaws = Flaws()
    held_against(folder, checkpoint, between, flaws, place=ROTATED)
    return not flaws.count


def _holds(folder: LogFolder, checkpoint: Checkpoint, rotated: Rotated) -> bool:
    """Whether the entry that says it stands in the log of that checkpoint."""
    if not 0 < rotated.entry <= checkpoint.size:
        return False
    written = _bytes_at(folder, rotated.entry, checkpoint.size)
    value = _rotation_in(written)
    if written is None or value is None or (value.old, value.new) != (rotated.old, rotated.new):
        return False
    proof = inclusion_proof(rotated.entry - 1, checkpoint.size, hash_from(folder.tile, checkpoint.size))
    return root_from_inclusion(rotated.entry - 1, checkpoint.size, leaf_hash(written), proof) == checkpoint.root


def hold_between(folder: LogFolder, chain: Chain, checkpoint: Checkpoint, flaws: Flaws) -> list[str]:
    """Hold the checkpoints at which keys were replaced against the log; give the names of their files."""
    names = []
    for number, each in enumerate(chain.rotations):
        name = f"{ROTATED}/{each.entry}"
        if not (folder.path / name).exists():
            continue  # it is the log's checkpoint itself, which is not laid there yet
        names += [name, f"{name}{ENTRY}"]
        beside = folder.path / f"{name}{ENTRY}"
        if beside.exists() and plain(beside, BYTES_MAX) != _bytes_at(folder, each.entry, checkpoint.size):
            flaws.add(f"{name}{ENTRY}", "it is not the entry that stands in the log", entry=each.entry)
        signed = _signed(folder, chain.keys[number], each.entry, 0, b"")
        if signed is None:
            flaws.add(name, "it is not what the key that was replaced has signed there")
        else:
            held_against(folder, checkpoint, signed, flaws, place=name)
    return names


class Rotations:
    """What the entries of a log say of its keys, held against the chain while it is read."""

    def __init__(self, chain: Chain, flaws: Flaws) -> None:
        self._known = {each.entry: each for each in chain.rotations}
        self._flaws = flaws

    def entry(self, number: int, told: Told) -> None:
        """Hold one entry against it: another key that nobody vouched for is a flaw."""
        if told.type == "key-rotated" and number not in self._known:
            what = f"it gives the log another key, and the key before it did not sign that: `{ROTATED}/{number}` is missing, or was changed"
            self._flaws.add(ROTATED, what, entry=number)
