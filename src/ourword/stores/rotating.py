"""Another key for a home's log: the old one vouches for it, and then signs no more. Broken off anywhere, the next publishing goes on.

1. The new seed is made durable beside the old one. From here on no checkpoint is kept but by whoever rotates.
2. The entry `key-rotated` is appended: both public keys.
3. The checkpoint whose last entry that is is signed by both keys, kept, published, and laid into `log/rotated/`, where who has the old key finds it.
4. In one transaction the new seed takes the place of the old one, which is wiped out of the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import apsw
import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import KeyRotated, instant_text
from ourword.ledger.store import Entry
from ourword.stores.database import troubles_of
from ourword.stores.home import LOG, Home
from ourword.stores.keys import Keys
from ourword.stores.pruning import let_go_here
from ourword.stores.publishing import ENTRY, ROTATED, ROTATES, WRITING, publish
from ourword.stores.whole import sync_folder, write_whole
from ourword.tlog.checkpoint import Checkpoint, size_said
from ourword.tlog.note import Signer

_TRIES_MAX = 10


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the log that took the place of another: the entry that says so, and both public keys."""

    entry: int
    old: str
    new: str


class Both(Signer):
    """Signs by two keys of one log; what is signed opens with either. It is the first one's where one is asked for."""

    def __init__(self, old: Signer, new: Signer) -> None:
        self.verifier = old.verifier
        self._old, self._new = old, new

    def signed(self, text: str) -> str:
        """Sign a text that ends with a line's end."""
        return self._old.signed(text) + self._new.signed(text).removeprefix(text + "\n")


class _Heads:
    """The keys, as who rotates keeps a checkpoint in them."""

    def __init__(self, keys: Keys) -> None:
        self.log_head = keys.log_head
        self.keep_log_head = keys.keep_rotated_head
        self.pruning_asked = keys.pruning_asked


def publish_by_its_key(home: Home, chance: Callable[[int], bytes]) -> Checkpoint:
    """Publish a home by the key that signs its log now; a rotation that broke off is finished first. Raises `HomeError`."""
    for _ in range(_TRIES_MAX):
        _go_on(home, chance)
        seed = home.keys.log_seed() or home.keys.make_log_seed(first=not home.store.checkpoints(limit=1))
        try:
            published = publish(home.path / LOG, home.store, Signer(home.log_name, seed), heads=home.keys, alone=home.keys.in_file, chance=chance)
            if not home.keys.in_file:
                let_go_here(home, published)
            return published
        except HomeError:
            if home.keys.log_seed() == seed and not home.keys.next_log_seed():
                raise  # else another process has rotated the key in this very moment
    hint = "run this again"
    raise HomeError("home.busy", "others go on rotating the key of this log", place=str(home.path), hint=hint)


def rotate_log_key(home: Home, *, chance: Callable[[int], bytes] = os.urandom) -> Rotated:
    """Let a new key sign a home's log, which is opened for writing; one that was begun is gone on with. Raises `HomeError`."""
    begun = _finish(home, chance)
    if begun is not None:
        return begun
    home.publish()  # a log that does not go on from what was signed is found before anything is changed
    seed = home.keys.next_log_seed(make=True)
    done = _finish(home, chance)
    home.publish()  # the public key in `log/` is the new one
    if done is None and seed is not None:  # another process was quicker to go on with it
        new = Signer(home.log_name, seed).verifier.text
        done = next((each for each in rotations_of(home) if each.new == new), None)
    if done is None:
        what, hint = "another process has rotated the key of this log meanwhile", "`ourword keys` tells which key signs now"
        raise HomeError("home.busy", what, place=str(home.path), hint=hint)
    return done


def rotations_of(home: Home) -> list[Rotated]:
    """Which keys signed a home's log, one after the other, as its own keys tell."""
    past, now = home.keys.log_past(), home.log_key()
    texts = [*(key for _, key in past), now.text if now else ""]
    return [Rotated(entry=entry, old=key, new=texts[number]) for number, (entry, key) in enumerate(past, 1)]


def _go_on(home: Home, chance: Callable[[int], bytes]) -> None:
    """Before anything else is published: finish what broke off, and let no checkpoint be missing by which who has an older key follows."""
    _finish(home, chance)
    folder = home.path / LOG / ROTATED
    lost = [number for number, _ in home.keys.log_past() if not ((folder / str(number)).exists() and (folder / f"{number}{ENTRY}").exists())]
    for note in home.checkpoints() if lost else ():
        size = size_said(note)
        if size in lost:
            _lay(home, home.entries(after=size - 1, limit=1)[0], note, chance)


def _finish(home: Home, chance: Callable[[int], bytes]) -> Rotated | None:
    new_seed, old_seed = home.keys.next_log_seed(), home.keys.log_seed()
    if new_seed is None or old_seed is None or new_seed == old_seed:
        return None
    old, new = Signer(home.log_name, old_seed), Signer(home.log_name, new_seed)
    entry = _entry(home, old.verifier.text, new.verifier.text)
    try:
        signer, alone = Both(old, new), home.keys.in_file
        signed = publish(home.path / LOG, home.store, signer, heads=_Heads(home.keys), alone=alone, chance=chance, rotation=entry)
    except HomeError:
        if home.keys.next_log_seed() == new_seed:
            raise
        return None  # another process has done all of it meanwhile, and may have signed more
    _lay(home, entry, signed.note, chance)
    home.keys.rotate_log_key(entry.seq)
    return Rotated(entry=entry.seq, old=old.verifier.text, new=new.verifier.text)


def _entry(home: Home, old: str, new: str) -> Entry:
    """The entry that says it, appended where it is not there yet."""
    with home.store.appending() as (writer, append):
        last = _last(writer)
        if last is None or not _says(last, old, new):
            append(KeyRotated(time=instant_text(home.clock()), old=old, new=new), b"")
            last = _last(writer)
        assert last is not None
        return last


def _last(writer: apsw.Connection) -> Entry | None:
    row = writer.execute("SELECT seq, bytes FROM entry WHERE instr(bytes, ?) ORDER BY seq DESC LIMIT 1", (ROTATES,)).fetchone()
    return None if row is None else Entry(*row)


def _says(entry: Entry, old: str, new: str) -> bool:
    value = entry.value
    return isinstance(value, KeyRotated) and (value.old, value.new) == (old, new)


def _lay(home: Home, entry: Entry, note: bytes, chance: Callable[[int], bytes]) -> None:
    folder = home.path / LOG
    with troubles_of(folder):
        for each in (folder / WRITING, folder / ROTATED):
            each.mkdir(parents=True, exist_ok=True)
        for end, written in ((ENTRY, entry.bytes), ("", note)):  # the entry by itself too: bundles of old decisions are let go of
            write_whole(folder / ROTATED / f"{entry.seq}{end}", written, beside=folder / WRITING / chance(8).hex())
        for each in (folder / ROTATED, folder):
            sync_folder(each)
