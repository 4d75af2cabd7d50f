"""Contracts that decided, kept in the database too: every folder of a home tells in words what another machine has decided."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ourword.stores.database import troubles_of
from ourword.stores.postgres.line import Line
from ourword.stores.whole import sync_folder, write_whole

Place = tuple[str, str]
"""A contract's digest, and a file's name below it."""


def hand_in(line: Line, folder: Path) -> None:
    """Keep in the database what lies in the folder and is not there yet; what lies under a digest never changes."""
    there = known(line)
    for digest, name, path in files_in(folder):
        if (digest, name) not in there:
            line.again("INSERT INTO contract VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (digest, name, path.read_bytes()))


def fetch(line: Line, folder: Path) -> None:
    """Write into the folder what others have handed in."""
    missing = known(line) - {(digest, name) for digest, name, _ in files_in(folder)}
    for digest, name in sorted(missing):
        if not _is_sound(digest, name):
            continue
        text = line.again("SELECT bytes FROM contract WHERE digest = ? AND name = ?", (digest, name)).get
        path = folder / digest / name
        with troubles_of(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, bytes(text), beside=path.with_name(f"{path.name}.{os.getpid()}.new"))
            sync_folder(path.parent)


def known(line: Line) -> set[Place]:
    """What the database holds."""
    return {(digest, name) for digest, name in line.again("SELECT digest, name FROM contract")}


def files_in(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """The files of each contract in a folder, without those that are being written."""
    with troubles_of(folder):
        for contract in _folders(folder):
            for path in sorted(contract.rglob("*")):
                if path.is_file() and path.suffix != ".new":
                    yield contract.name, path.relative_to(contract).as_posix(), path


def _folders(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ()


def _is_sound(digest: str, name: str) -> bool:
    """Whoever can write into the database writes no file elsewhere."""
    path = PurePosixPath(name)
    return digest.isascii() and digest.isalnum() and not path.is_absolute() and bool(path.parts) and ".." not in path.parts and "\\" not in name
