"""A simulated disk: what SQLite writes is only promised until it is synced, and a crash keeps of that what it likes.

SQLite reads and writes ordinary files, as through the page cache of an operating system; beside that every write, truncation, sync,
creation and deletion is written down in order. `crashed` makes from that the folder that a power cut after any of them may leave:

- what was synced is there;
- of what was written since, any sectors of 512 bytes, in any mixture of old and new; a sector is written whole or not at all;
- of the names made and deleted in a folder since it was last synced, the first few; folders themselves are taken for durable;
- a sync that failed leaves its sectors there or not, for good: no later sync writes them (the PostgreSQL reports of 2018).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import apsw
import msgspec

from ourword.stores import whole

SECTOR = 512
_NO_TRACE = "-shm"
"""The shared memory of WAL: it lives as long as a process, and is never on a disk."""


class Wrote(msgspec.Struct, frozen=True):
    inode: int
    offset: int
    data: bytes


class Cut(msgspec.Struct, frozen=True):
    """A file was truncated."""

    inode: int
    size: int


class Synced(msgspec.Struct, frozen=True):
    inode: int
    failed: bool = False


class Made(msgspec.Struct, frozen=True):
    name: str
    inode: int


class Deleted(msgspec.Struct, frozen=True):
    name: str


class FolderSynced(msgspec.Struct, frozen=True):
    folder: str


class Said(msgspec.Struct, frozen=True):
    """A decision was acknowledged."""

    decision_id: str
    seq: int


Step = Wrote | Cut | Synced | Made | Deleted | FolderSynced | Said


class SimulatedDisk:
    """What was done to one folder, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: list[Step] = []
        self.syncs = 0
        self.fail_sync: int | None = None
        """Which sync fails (0, 1, 2 …)."""
        self.inodes: dict[str, int] = {}
        self._before: dict[int, bytes] = {}
        self._given = 0
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith(_NO_TRACE):
                self._before[self._inode(str(path.relative_to(folder)))] = path.read_bytes()
        self._names_before = dict(self.inodes)

    def _inode(self, name: str) -> int:
        self._given += 1
        self.inodes[name] = self._given
        return self._given

    def made(self, name: str) -> int:
        inode = self._inode(name)
        self.steps.append(Made(name, inode))
        return inode

    def deleted(self, name: str, *, durably: bool) -> None:
        if self.inodes.pop(name, None) is not None:
            self.steps.append(Deleted(name))
        if durably:
            self.folder_synced(self.folder / Path(name).parent)

    def sync(self, inode: int) -> None:
        failed = self.syncs == self.fail_sync
        self.syncs += 1
        self.steps.append(Synced(inode, failed))
        if failed:
            raise apsw.IOError("the test said so")

    def folder_synced(self, folder: Path) -> None:
        if folder.is_relative_to(self.folder):
            self.steps.append(FolderSynced(str(folder.relative_to(self.folder))))

    def wrote_whole(self, path: Path, data: bytes, *, synced: bool) -> None:
        """Somebody else than SQLite gave a file that was written beside its name, and replaced what had it."""
        if path.is_relative_to(self.folder):
            name = str(path.relative_to(self.folder))
            inode = self._inode(name)
            self.steps += [Wrote(inode, 0, data), *([Synced(inode)] if synced else []), Made(name, inode)]

    def said(self, decision_id: str, seq: int) -> None:
        self.steps.append(Said(decision_id, seq))

    def acknowledged(self, at: int) -> dict[str, int]:
        """What was acknowledged in the first *at* steps."""
        return {step.decision_id: step.seq for step in self.steps[:at] if isinstance(step, Said)}

    def crashed(self, folder: Path, at: int, chance: random.Random, *, kept: float) -> Path:
        """Write into *folder* what a crash after the first *at* steps leaves, with *kept* (0 to 1) of what was not synced."""
        survived = _Survived(self._before, self._names_before, chance, kept)
        for step in self.steps[:at]:
            survived.take(step)
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in survived.files():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder


class _Survived:
    """What is surely on the disk, and what may be."""

    def __init__(self, before: dict[int, bytes], names: dict[str, int], chance: random.Random, kept: float) -> None:
        self._sure = {inode: bytearray(data) for inode, data in before.items()}
        self._pending: dict[int, list[Wrote | Cut]] = {}
        self._names = dict(names)
        self._pending_names: list[Made | Deleted] = []
        self._chance = chance
        self._kept = kept

    def take(self, step: Step) -> None:
        match step:
            case Wrote() | Cut():
                self._pending.setdefault(step.inode, []).append(step)
            case Synced(inode, failed):
                self._write(inode, kept=self._kept if failed else 1.0)
            case Made() | Deleted():
                self._pending_names.append(step)
            case FolderSynced(folder):
                self._name(folder, kept=1.0)
            case Said():
                pass

    def files(self) -> Iterator[tuple[str, bytes]]:
        for inode in list(self._pending):
            self._write(inode, kept=self._kept)
        for folder in {str(Path(step.name).parent) for step in self._pending_names}:
            self._name(folder, kept=self._kept)
        for name, inode in self._names.items():
            yield name, bytes(self._sure.get(inode, b""))

    def _name(self, folder: str, *, kept: float) -> None:
        mine = [step for step in self._pending_names if str(Path(step.name).parent) == folder]
        for step in mine[: sum(self._chance.random() < kept for _ in mine)]:
            if isinstance(step, Made):
                self._names[step.name] = step.inode
            else:
                self._names.pop(step.name, None)
        self._pending_names = [step for step in self._pending_names if str(Path(step.name).parent) != folder]

    def _write(self, inode: int, *, kept: float) -> None:
        data = self._sure.setdefault(inode, bytearray())
        for step in self._pending.pop(inode, ()):
            if isinstance(step, Cut):
                if self._chance.random() < kept:
                    del data[step.size :]
                    data += bytes(step.size - len(data))
            else:
                for start, part in _sectors(step):
                    if self._chance.random() < kept:
                        data += bytes(max(0, start - len(data)))
                        data[start : start + len(part)] = part


def _sectors(step: Wrote) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(step.data):
        start = step.offset + at
        size = SECTOR - start % SECTOR
        yield start, step.data[at : at + size]
        at += size


# ---- under SQLite ----


class _File(apsw.VFSFile):
    """An ordinary file, whose changes are written down."""

    def __init__(self, disk: SimulatedDisk, path: str, name: Any, flags: list[int]) -> None:
        self._disk = disk
        relative = str(Path(path).relative_to(disk.folder))
        is_new = relative not in disk.inodes
        super().__init__("unix", name, flags)
        self._inode = disk.made(relative) if is_new else disk.inodes[relative]
        # SQLite's own files for `unix` sync the folder at the first sync of a new log or journal; of a new database they do not.
        self._syncs_folder = is_new and bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))

    def xWrite(self, data: Any, offset: int) -> None:
        super().xWrite(data, offset)
        self._disk.steps.append(Wrote(self._inode, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._disk.steps.append(Cut(self._inode, size))

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._inode)
        if self._syncs_folder:
            self._disk.folder_synced(self._disk.folder)
            self._syncs_folder = False


class _Vfs(apsw.VFS):
    def __init__(self, disk: SimulatedDisk) -> None:
        self._disk = disk
        super().__init__("ourword-simulated", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None or not Path(path).is_relative_to(self._disk.folder):
            return apsw.VFSFile("unix", name, flags)
        return _File(self._disk, path, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:
        super().xDelete(name, False)
        self._disk.deleted(str(Path(name).relative_to(self._disk.folder)), durably=syncdir)


class _Os:
    """What `ourword.stores.whole` calls of the operating system to write files that are whole or not at all."""

    def __init__(self, disk: SimulatedDisk) -> None:
        self._disk = disk
        self._folders: dict[int, Path] = {}
        self._synced: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, flags: int) -> int:
        opened = os.open(path, flags)
        self._folders[opened] = path
        return opened

    def close(self, opened: int) -> None:
        self._folders.pop(opened, None)
        os.close(opened)

    def fsync(self, opened: int) -> None:
        if opened in self._folders:
            self._disk.folder_synced(self._folders[opened])
        else:
            self._synced.add(os.fstat(opened).st_ino)

    def replace(self, beside: Path, path: Path) -> None:
        data, number = beside.read_bytes(), beside.stat().st_ino
        os.replace(beside, path)
        self._disk.wrote_whole(path, data, synced=number in self._synced)
        self._synced.discard(number)


@contextmanager
def simulated_disk(folder: Path, *, checkpoint_pages: int = 6) -> Iterator[SimulatedDisk]:
    """All databases opened inside are on a simulated disk; their logs are moved into them every few pages, as otherwise every 1,000."""
    folder.mkdir(parents=True, exist_ok=True)
    disk = SimulatedDisk(folder)
    vfs = _Vfs(disk)

    def often(connection: apsw.Connection) -> None:
        connection.wal_autocheckpoint(checkpoint_pages)

    apsw.connection_hooks.append(often)
    try:
        with mock.patch.object(whole, "os", _Os(disk)):
            yield disk
    finally:
        apsw.connection_hooks.remove(often)
        vfs.unregister()
        apsw.set_default_vfs("unix")
