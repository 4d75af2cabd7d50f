"""A disk that fails when told to: every write, sync and truncation of SQLite passes through here and is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apsw


class Disk:
    """Fails the call number `fail_at` (0, 1, 2 …) once armed, and all that follow when `stays` is true."""

    def __init__(self) -> None:
        self.calls = 0
        self.fail_at: int | None = None
        self.stays = False
        self.error: type[Exception] = apsw.FullError
        self.failed = 0

    def arm(self, at: int, error: type[Exception], *, stays: bool) -> None:
        self.calls, self.failed, self.fail_at, self.error, self.stays = 0, 0, at, error, stays

    def disarm(self) -> None:
        self.fail_at = None

    def pass_by(self) -> None:
        if self.fail_at is not None:
            if self.calls == self.fail_at or (self.stays and self.calls > self.fail_at):
                self.failed += 1
                self.calls += 1
                raise self.error("the test said so")
            self.calls += 1


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: Any) -> None:
        self._disk = disk
        super().__init__("unix", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:
        self._disk.pass_by()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self._disk.pass_by()
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:
        self._disk.pass_by()
        super().xTruncate(size)


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__("ourword-test", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> _File:
        return _File(self._disk, name, flags)


@contextmanager
def failing_disk() -> Iterator[Disk]:
    """All databases opened inside go through a disk that can be told to fail."""
    disk = Disk()
    vfs = _Vfs(disk)
    try:
        yield disk
    finally:
        vfs.unregister()
        apsw.set_default_vfs("unix")
