"""The contracts that decided, kept in the home: `contracts/<digest>/contract.yaml` and `wiring.yaml`, as they were read."""

from __future__ import annotations

import os
from pathlib import Path

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
