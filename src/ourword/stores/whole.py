"""Files that are there whole or not at all, whatever happens: written beside, synced, renamed, and their folder synced."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import lru_cache
from io import BufferedRandom, BufferedReader
from pathlib import Path

_DIGESTS_KEPT = 4096
"""Of a billion events, by the size of their files."""


def write_whole(path: Path, written: bytes, *, beside: Path) -> None:
    """Write a file under another name, sync it, and give it its own; whoever else writes the same meanwhile does no harm.

    Its folder is synced by `sync_folder`. Raises `OSError`.
    """
    try:
        with beside.open("wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        if not path.exists():  # Windows replaces no file that another process holds open: then that one has written it
            raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    with suppress(PermissionError):  # Windows opens no folders, and keeps their entries by itself
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as the ledger names it. Raises `OSError`."""
    with path.open("rb") as file:
        return _digest_in(file)


def _digest_in(file: BufferedReader | BufferedRandom) -> str:
    return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def looks(path: Path) -> tuple[int, ...]:
    """By what a file is known without reading it: whoever writes into it, or puts another in its place, changes one of these. Raises `OSError`.

    The inode, the size, and when its bytes and its entry were changed last (ns): the last of them no program can set, but by setting the clock.
    """
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def digest_once(path: Path) -> str:
    """The SHA-256 of a file; of one that looks as it did, read once in a process. Raises `OSError`."""
    return _digest(path, looks(path))


@lru_cache(_DIGESTS_KEPT)
def _digest(path: Path, _looks: tuple[int, ...]) -> str:
    return digest_of(path)


def sync_file(path: Path) -> str:
    """Make durable a file that another library has written, and give its digest. Raises `OSError`."""
    with path.open("rb+") as file:
        digest = _digest_in(file)
        os.fsync(file.fileno())
    return digest
