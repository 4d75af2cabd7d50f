"""What is kept in a home's `sums/` so that it need not be worked out again: whole or not at all, with its digest before it.

A file that was changed is as good as none: a figure that nobody worked out must not be shown.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from ourword.errors import HomeError

_DIGEST_BYTES = 32


def keep_sums(file: Path, written: bytes) -> None:
    """Keep it; where nothing can be written it is worked out again next time."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    with suppress(OSError, HomeError):
        file.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            new.write_bytes(hashlib.sha256(written).digest() + written)
            os.replace(new, file)
        finally:
            new.unlink(missing_ok=True)


def kept_sums(file: Path) -> bytes | None:
    """What was kept; `None` where there is nothing, or it was changed."""
    with suppress(OSError):
        kept = file.read_bytes()
        digest, written = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
        return written if hashlib.sha256(written).digest() == digest else None
    return None
