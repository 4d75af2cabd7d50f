"""Files that are there whole or not at all, whatever happens: written beside, synced, renamed, and their folder synced."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path


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
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def sync_file(path: Path) -> str:
    """Make durable a file that another library has written, and give its digest. Raises `OSError`."""
    with path.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return f"sha256:{digest}"
