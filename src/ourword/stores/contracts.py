"""The contracts that decided, kept in the home: `contracts/<digest>/contract.yaml` and `wiring.yaml`, as they were read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ourword.contract.model import Draft
from ourword.errors import ContractError
from ourword.stores.database import troubles_of
from ourword.stores.whole import sync_folder, write_whole


def keep_contract(home: Path, digest: str, *, contract: bytes, wiring: bytes, tables: Mapping[str, bytes] | None = None) -> Path:
    """Keep the files, and the contract's decision tables, under its digest, whole or not at all; give the folder. What is there stays as it is.

    Raises `HomeError` when the home cannot be written.
    """
    folder = home / "contracts" / digest.removeprefix("sha256:")
    with troubles_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
        written: set[Path] = set()
        for name, text in (*(tables or {}).items(), ("contract.yaml", contract), ("wiring.yaml", wiring)):
            place = folder / name
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                # Several processes may open one home at once: each writes its own, and the last whole one stands.
                write_whole(place, text, beside=place.with_name(f"{place.name}.{os.getpid()}.new"))
                written |= {place.parent, folder, folder.parent, home}
        for each in written:  # before the first decision: a power cut must not leave decisions without their contract
            sync_folder(each)
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
    from ourword.contract.files import draft_of

    draft = draft_of(folder / "contract.yaml", folder / "wiring.yaml")
    if digest(draft).removeprefix("sha256:") != folder.name:
        raise ContractError("contract.changed", "the kept contract is not the one that decided", place=str(folder), hint="restore it from a backup")
    return draft
