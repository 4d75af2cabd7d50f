"""The contracts that decided, kept in the home: `contracts/<digest>/contract.yaml` and `wiring.yaml`, as they were read."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from ourword.contract.model import Draft
from ourword.errors import ContractError
from ourword.stores.database import troubles_of


def keep_contract(home: Path, digest: str, *, contract: bytes, wiring: bytes) -> Path:
    """Keep both files under the contract's digest, whole or not at all; give the folder. Files that are there stay as they are.

    Raises `HomeError` when the home cannot be written.
    """
    folder = home / "contracts" / digest.removeprefix("sha256:")
    with troubles_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("contract.yaml", contract), ("wiring.yaml", wiring)):
            place = folder / name
            if not place.exists():
                # Several processes may open one home at once: each writes its own, and the last whole one stands.
                beside = place.with_name(f"{name}.{os.getpid()}.new")
                with beside.open("wb") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, place)
    return folder


def draft_of(home: Path, digest: str | None) -> Draft | None:
    """Read the contract that decided, if the home keeps it; damaged files are as good as none."""
    number = (digest or "").removeprefix("sha256:")
    if not (number.isascii() and number.isalnum()):
        return None
    try:
        return _draft(home / "contracts" / number)
    except (OSError, ContractError):
        return None


@lru_cache(maxsize=32)
def _draft(folder: Path) -> Draft:
    """Read a kept contract once: what lies under a digest never changes."""
    from ourword.contract.digest import digest
    from ourword.contract.read import read

    draft = read((folder / "contract.yaml").read_bytes(), (folder / "wiring.yaml").read_bytes())
    if digest(draft).removeprefix("sha256:") != folder.name:
        raise ContractError("contract.changed", "the kept contract is not the one that decided", place=str(folder), hint="restore it from a backup")
    return draft
