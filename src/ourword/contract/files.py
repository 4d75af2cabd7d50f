"""A contract's two files, from the disk."""

from __future__ import annotations

from pathlib import Path

from ourword.contract.model import Draft
from ourword.contract.read import read
from ourword.errors import ContractError


def text_of(path: str | Path) -> bytes:
    """A file's bytes; one that cannot be read is a `ContractError`."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        raise ContractError("contract.unreadable-file", what, place=str(path), hint="check the path") from error


def draft_of(contract: str | Path, wiring: str | Path) -> Draft:
    """Read a contract and its wiring."""
    return read(text_of(contract), text_of(wiring), contract_place=str(contract), wiring_place=str(wiring))
