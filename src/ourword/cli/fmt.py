"""`ourword fmt`: files laid out in one way, each written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ourword.cli.out import line
from ourword.contract.files import text_of
from ourword.contract.fmt import fmt
from ourword.errors import ContractError

AS_IT_WAS, WOULD_CHANGE = 0, 1


def run(files: Sequence[Path], *, check_only: bool = False) -> int:
    """Lay the files out in place; all are read before the first is written. With *check_only* exit 1 if one would change."""
    before = {path: text_of(path) for path in files}
    after = {path: fmt(text, place=str(path)).encode() for path, text in before.items()}
    changed = [path for path in before if before[path] != after[path]]
    for path in changed:
        if not check_only:
            _write_whole(path, after[path])
        line(f"{path}: {'would be laid out anew' if check_only else 'laid out anew'}")
    return WOULD_CHANGE if check_only and changed else AS_IT_WAS


def _write_whole(path: Path, text: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(text)
        beside.chmod(path.stat().st_mode)
        os.replace(beside, path.resolve())
    except OSError as error:
        beside.unlink(missing_ok=True)
        what = f"the file cannot be written: {error.strerror}"
        raise ContractError("contract.unwritable-file", what, place=str(path), hint="check who may write there") from error
