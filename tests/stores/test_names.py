"""A name is durable only once its folder was synced: a power cut must not take a home, nor the contract that decided in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ourword import Ourword

pytestmark = pytest.mark.skipif(os.name != "posix", reason="other systems keep the entries of folders by themselves")


def test_every_name_that_a_new_home_needs_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examples: Path) -> None:
    """The home lies two new folders deep; its contract three. After each was made, the folder that names it is synced."""
    made: list[tuple[str, int]] = []
    fsync: Callable[[int], None] = os.fsync
    replace, mkdir = os.replace, os.mkdir

    def synced(opened: int) -> None:
        fsync(opened)
        status = os.fstat(opened)
        if stat.S_ISDIR(status.st_mode):
            made.append(("synced", status.st_ino))

    def named(path: Path) -> None:
        made.append(("named", os.stat(Path(path).parent).st_ino))

    def replaced(beside: Path, path: Path) -> None:
        replace(beside, path)
        named(path)

    def made_folder(path: Path, *how: int) -> None:
        mkdir(path, *how)
        named(path)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "mkdir", made_folder)
    larkspur = examples / "larkspur-refund"
    with Ourword.open(larkspur / "contract.yaml", larkspur / "wiring.yaml", home=tmp_path / "a" / "b" / "home"):
        named_last = {folder: at for at, (what, folder) in enumerate(made) if what == "named"}
        synced_last = {folder: at for at, (what, folder) in enumerate(made) if what == "synced"}

        assert len(named_last) == 6
        assert all(synced_last.get(folder, -1) > at for folder, at in named_last.items())
