"""What a home has beside its log, held against it: its ledger, its files of events, its contracts, and personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from ourword.core.time import instant_from_text
from ourword.errors import HomeError, LogError
from ourword.ledger.decided import personal_bytes
from ourword.ledger.entry import Decision, SegmentResealed
from ourword.ledger.seal import personal_commitment
from ourword.ledger.store import Entry
from ourword.stores.about import about_of
from ourword.stores.contracts import draft_of
from ourword.stores.gone import erased_subs
from ourword.stores.home import Home
from ourword.stores.pruned import DECIDES, leaves_of
from ourword.stores.whole import digest_of
from ourword.tlog.checkpoint import Checkpoint
from ourword.tlog.tiles import Growing, Tile
from ourword.tlog.tree import leaf_hash
from ourword.verifying.away import to_look_at
from ourword.verifying.customers import Customers
from ourword.verifying.decisions import BESIDE, WITHOUT, Decisions
from ourword.verifying.flaws import Flaws
from ourword.verifying.folder import LogFolder, Told, held_against, told_by
from ourword.verifying.pruned import let_go
from ourword.verifying.rotations import Chain
from ourword.verifying.words import Words

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def is_readable(path: Path) -> bool:
    """Whether a file is there. Raises `OSError` where it is and cannot be read: then nobody knows whether it was changed."""
    try:
        with path.open("rb"):
            return True
    except (FileNotFoundError, NotADirectoryError):
        return False


class Signed(NamedTuple):
    """A checkpoint that was signed, and where it comes from."""

    place: str
    note: bytes


def ledger_against(home: Home, signed: Sequence[Checkpoint], flaws: Flaws) -> None:
    """Hold the ledger alone against what was signed, where no log shows that: read once, for all of them."""
    tree = Growing()
    leaves = leaves_of(home.store, home.log(after=home.store.pruned_to()))
    for each in sorted(signed, key=lambda each: each.size):
        for leaf in islice(leaves, each.size - tree.size):
            tree.add(leaf)
        if tree.size < each.size:
            flaws.add("ledger.sqlite", f"{each.size:,} entries were signed, and the ledger has {tree.size:,}: it was cut, or it is an older copy")
            return
        if tree.root() != each.root:
            flaws.add("ledger.sqlite", f"the ledger's first {each.size:,} entries are not those that were signed last")
            return


class Beside:
    """What a home has beside its log, held against it while the log is read."""

    def __init__(self, home: Home, checkpoint: Checkpoint, flaws: Flaws) -> None:
        self._home = home
        self._checkpoint = checkpoint
        self._flaws = flaws
        self._entries: Iterator[Entry] = home.log()
        self._next: Entry | None = next(self._entries, None)
        self._sealed: dict[str, tuple[str, int]] = {}
        self._decided: dict[str, int] = {}
        """By digest, the first entry that names a contract: as decided by, or as signed."""
        self._pruned_to = home.store.pruned_to()
        self._last_gone = 0
        """The last entry of the log that the ledger has not, of those that it let go of."""
        self.segments = self.opened = self.erased = self.unpublished = 0
        self._marked = self._unmarked = 0
        self._decisions = Decisions(home, flaws)
        self._customers = Customers(home, flaws)
        self.words = Words(home, flaws)
        self.notes: tuple[str, ...] = ()
        self._unfinished: tuple[str, ...] = ()

    def entry(self, number: int, entry: bytes, told: Told) -> None:
        """Hold one entry of the log against the ledger's of the same number."""
        while self._next is not None and self._next.seq < number:
            self._next = next(self._entries, None)
        there = self._next is not None and self._next.seq == number
        if not there and number <= self._pruned_to:
            self._last_gone = number
        elif not there:
            self._flaws.add("ledger.sqlite", "the log has this entry and the ledger has not: it was deleted there", entry=number)
        elif self._next is not None and self._next.bytes != entry:
            self._flaws.add("ledger.sqlite", "the ledger has another entry here than the log", entry=number)
        self._tell(number, entry, told)

    def gone(self, tile: Tile, hashes: Sequence[bytes]) -> None:
        """Hold what the ledger has of a bundle that cannot be read against its hashes, where there are any: entries, and hashes of those gone."""
        kept = self._home.store.pruned_leaves(tile.number)
        if kept is not None and hashes and kept != hashes:
            self._flaws.add("ledger.sqlite", "the hashes kept of entries that were let go of are not those of the log", entry=tile.first + 1)
        while self._next is not None and self._next.seq <= tile.first:  # the last of the bundle before stands there still
            self._next = next(self._entries, None)
        while self._next is not None and self._next.seq <= tile.first + tile.width:
            entry, self._next = self._next, next(self._entries, None)
            if hashes and leaf_hash(entry.bytes) != hashes[entry.seq - 1 - tile.first]:
                self._flaws.add("ledger.sqlite", "the ledger has another entry here than the log", entry=entry.seq)
                continue
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                self._tell(entry.seq, entry.bytes, told_by(entry.bytes))

    def let_go(self, upto: int, *, signed: int) -> None:
        """Hold what the ledger let go of against what entries say of it; *upto* is what those do that are published here, *signed* how many are."""
        published = self._checkpoint.size
        self._unfinished = let_go(self._home, upto, last_gone=self._last_gone, published=published, signed=signed, flaws=self._flaws)

    def _tell(self, number: int, entry: bytes, told: Told) -> None:
        if told.type == "segment-sealed":
            self._sealed[told.file] = (told.digest, number)
        elif told.type == "segment-resealed":
            self._resealed(number, told.before or told.file, told.file, old=told.old, new=told.new)
        elif told.type == "contract-signed":
            self._decided.setdefault(told.digest, number)
        if told.lineage is not None and told.lineage.contract is not None:
            self._decided.setdefault(told.lineage.contract, number)
        self.words.entry(number, entry, told.type)
        if told.type == "decision" and number > self._last_gone:
            self._decisions.decision(number)

    def _resealed(self, number: int, before: str, file: str, *, old: str, new: str) -> None:
        digest, _ = self._sealed.pop(before, ("", 0))
        if old != digest:
            self._flaws.add(file, "it is resealed from another digest than it had", entry=number)
        self._sealed[file] = (new, number)

    def finish(self, *, full: bool) -> None:
        """Hold the files of events against their digests; and what was recorded after the checkpoint is counted."""
        last = self._checkpoint.size
        self._decisions.finish(last)
        self.unpublished = max(0, self._home.last_seq() - last)
        for number, each in self._home.store.segments(after=last):  # a file that is gone since an erasure that is not signed yet is no flaw
            if isinstance(each, SegmentResealed):
                self._resealed(number, each.before, each.file, old=each.old, new=each.new)
        sealed, away = to_look_at(self._home, self._sealed)
        for file, (digest, number) in sealed.items():
            self._file(file, digest, number)
        self._contracts()
        self.notes = (*self.words.finish(), *self._unfinished, *away)
        if full:
            self._personal()

    def go_on(self, folder: LogFolder, signed: Sequence[Signed], chain: Chain, *, several: bool) -> None:
        """Hold the ledger against checkpoints that were signed and are not published here yet; the log, where it is not longer than those."""
        beyond = []
        for place, note in signed:
            try:
                checkpoint = chain.open(note)
            except LogError as error:
                self._flaws.add("ledger.sqlite", f"a checkpoint does not hold: {error.what}")
                continue
            if checkpoint.size <= self._checkpoint.size:
                held_against(folder, self._checkpoint, checkpoint, self._flaws, place=place)
            else:
                beyond.append(checkpoint)
        ledger_against(self._home, beyond, self._flaws)
        if beyond and several:
            last = max(each.size for each in beyond)
            self.unpublished = max(0, self._home.last_seq() - last)
            what = f"this folder's log is behind: {last - self._checkpoint.size:,} entries that it lacks are signed, and held against the ledger"
            self.notes = (*self.notes, f"{what}; `ourword publish --home {self._home.path}` brings it up")

    def _file(self, file: str, digest: str, number: int) -> None:
        path = self._home.path / file
        self.segments += 1
        if not path.resolve().is_relative_to(self._home.path.resolve()):
            self._flaws.add(file, "it lies outside of the home", entry=number)
            return
        if path.exists() and not path.is_file():
            self._flaws.add(file, "it is no plain file", entry=number)
            return
        try:
            found = digest_of(path)
        except FileNotFoundError:
            self._flaws.add(file, "the file of events is missing", entry=number)
            return
        if found != digest:
            self._flaws.add(file, "the file of events is not the one that was sealed: it was changed", entry=number)

    def _contracts(self) -> None:
        """Hold the contracts against the digests that entries name; one that a crash left incomplete has decided nothing."""
        folder = self._home.path / "contracts"
        for digest, number in self._decided.items():
            name = digest.removeprefix("sha256:")
            if _DIGEST.fullmatch(digest) and not all((folder / name / file).exists() for file in ("contract.yaml", "wiring.yaml")):
                self._flaws.add(f"contracts/{name}", "the contract that this entry names is missing", entry=number)
        for kept in sorted(folder.iterdir()) if folder.is_dir() else ():
            whole = all(is_readable(kept / file) for file in ("contract.yaml", "wiring.yaml"))
            if whole and draft_of(self._home.path, kept.name) is None:
                self._flaws.add(f"contracts/{kept.name}", "the contract is not the one that decided under this digest: it was changed")

    def _personal(self) -> None:
        """Open every decision's personal data, and hold it against the commitment in its entry; and what it is counted by against the entry."""
        after, erased = 0, erased_subs(self._home)
        while entries := self._home.entries(after=after):
            rows = self._home.store.counted_by(first=after + 1, last=entries[-1].seq)
            after = entries[-1].seq
            for entry in entries:
                row = rows.pop(entry.seq, None)
                if DECIDES not in entry.bytes:
                    if row is not None and entry.seq > self._checkpoint.size:
                        self._flaws.add("ledger.sqlite", BESIDE, entry=entry.seq)
                    continue
                if entry.seq > self._checkpoint.size:
                    continue
                try:
                    value = entry.value
                except HomeError:
                    continue  # the log has another one: it is told there
                if isinstance(value, Decision) and row is not None:  # one without a row was told while the log was read
                    if row[:4] != (value.decision_id, value.kind, instant_from_text(value.time), value.answer):
                        self._flaws.add("ledger.sqlite", "what it is counted by is not what the entry says: it was changed", entry=entry.seq)
                    self._customers.row(entry.seq, value.sub, row[4])
                    self._open(entry.seq, row[4], erased=value.sub in erased)
            for number in rows:
                if number > self._checkpoint.size:  # up to there it was told while the log was read
                    self._flaws.add("ledger.sqlite", WITHOUT, entry=number)
        if self._unmarked:
            what = f"the first {self._unmarked:,} decisions have no marks of what they were about"
            self.notes = (*self.notes, f"{what}: they are of before there were any, or somebody deleted them; figures open these decisions instead")

    def _open(self, number: int, customer: int, *, erased: bool) -> None:
        try:
            opening = self._home.store.opening(number)
        except HomeError as error:
            if error.code != "home.damaged":  # the disk, or keys that were wrapped meanwhile: nothing was found out
                raise
            self._flaws.add("ledger.sqlite", error.what, entry=number)
            return
        if opening is None:  # its entry, or its row, went in this very moment
            return
        marks = self._home.store.marks(number)
        if marks is None and self._marked:  # every decision has some since the first that had
            self._flaws.add("ledger.sqlite", "the marks of what this decision was about are gone: they were deleted", entry=number)
        self._marked += marks is not None
        self._unmarked += marks is None and not self._marked
        if opening.personal is None and not erased:
            self._flaws.add("ledger.sqlite", "the personal data is gone, and no entry says that its customer was erased", entry=number)
        elif opening.personal is None:
            self.erased += 1
        else:
            self.opened += 1
            self._customers.own_id(number, opening.personal.customer, customer)
            if marks not in (None, about_of(self._home.keys, opening.personal)):
                self._flaws.add("ledger.sqlite", "the marks of what it was about are not those of its personal data", entry=number)
            committed = personal_commitment(opening.key, opening.decision_id, personal_bytes(opening.personal))
            if committed != opening.committed:
                self._flaws.add("ledger.sqlite", "the personal data is not what the entry commits to", entry=number)
