"""Reading the two files of a contract, for commands that look at them rather than decide."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ourword.contract.check import check
from ourword.contract.model import Contract, Draft, Flaw
from ourword.contract.read import read
from ourword.errors import ContractError


def text_of(path: Path) -> bytes:
    """A file's bytes; one that cannot be read is a `ContractError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        raise ContractError("contract.unreadable-file", what, place=str(path), hint="check the path") from error


def draft_of(contract: Path, wiring: Path) -> Draft:
    """Read a contract and its wiring."""
    return read(text_of(contract), text_of(wiring), contract_place=str(contract), wiring_place=str(wiring))


def checked(draft: Draft) -> tuple[Contract | None, tuple[Flaw, ...]]:
    """Check a draft as of today."""
    return check(draft, today=datetime.now(UTC).date())
