"""A contract's two files, and its decision tables, from the disk."""

from __future__ import annotations

from pathlib import Path

from ourword.contract.lowered import Tables
from ourword.contract.model import Draft
from ourword.contract.read import read
from ourword.errors import ContractError

TABLE_BYTES_MAX = 16 * 1024 * 1024


def text_of(path: str | Path) -> bytes:
    """A file's bytes; one that cannot be read is a `ContractError`."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        raise ContractError("contract.unreadable-file", what, place=str(path), hint="check the path") from error


def tables_beside(contract: str | Path) -> Tables:
    """Where a contract's tables are read from: its own folder."""

    def table(name: str, place: str) -> tuple[bytes, str]:
        folder = Path(contract).parent
        path = folder / name
        try:
            if path.exists() and not (path.is_file() and path.resolve().is_relative_to(folder.resolve())):
                what = f"the table `{name}` is no file of the contract's own folder"
                raise ContractError("contract.unreadable-file", what, place=place, hint="put the file itself there, no link and no pipe")
            if path.exists() and path.stat().st_size > TABLE_BYTES_MAX:
                what = f"the table `{name}` has {path.stat().st_size:,} bytes"
                raise ContractError("contract.unreadable-file", what, place=place, hint=f"at most {TABLE_BYTES_MAX:,} are read")
            return path.read_bytes(), str(path)
        except OSError as error:
            what = f"the table `{name}` cannot be read: {error.strerror}"
            raise ContractError("contract.unreadable-file", what, place=place, hint=f"it is looked for at {path}") from error

    return table


def opened_files(contract: str | Path, wiring: str | Path) -> tuple[tuple[bytes, bytes], Draft]:
    """The two files as they were read, once, and the draft that they are."""
    texts = text_of(contract), text_of(wiring)
    return texts, read(*texts, contract_place=str(contract), wiring_place=str(wiring), tables=tables_beside(contract))


def draft_of(contract: str | Path, wiring: str | Path) -> Draft:
    """Read a contract, its tables and its wiring."""
    return opened_files(contract, wiring)[1]
