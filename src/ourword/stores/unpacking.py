"""What a folder or a .zip holds, the latter unpacked beside our own files; bounded: an archive that would fill the disk is refused before it does."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from ourword.errors import UsageError
from ourword.stores.foreign import foreign_in

MEMBERS_MAX = 500
UNPACKED_MAX = 40 * 1024**3
RATIO_MAX = 200
"""Exports shrink ten- to thirty-fold; what grows two hundred times was made to fill a disk."""
SMALL = 64 * 1024**2
"""Below this no ratio is looked at."""
_PIECE = 1024 * 1024
_PLAIN = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".parquet")
_READ = (*_PLAIN, ".gz")


LOOKED_AT_MAX = 20_000
"""So many entries of a folder are looked at."""


class Unpacked(msgspec.Struct, frozen=True):
    """The files that came of one that was given."""

    places: tuple[Path, ...]
    members: dict[Path, str] = {}
    """Of an archive, what it calls each of them."""
    left: dict[str, str] = {}
    """What lies in it and is not read, and why."""


def files_of(path: Path) -> list[Path]:
    """The file itself, or the files of a folder that can be read, in the order of their names; hidden ones and links are left out."""
    if not path.is_dir():
        return [path]
    seen: list[Path] = []
    for each in _below(path):
        seen.append(each)
        if len(seen) > LOOKED_AT_MAX:
            raise UsageError(
                "start.folder", f"the folder holds more than {LOOKED_AT_MAX:,} files", place=str(path), hint="give the one with the export"
            )
    found = [each for each in seen if _is_read(each.name) or each.name.lower().endswith(".zip")]
    if not found or len(found) > MEMBERS_MAX:
        some = ", ".join(f"`{each.name}`" for each in seen[:8])
        what = f"the folder holds {len(found):,} files that can be read, of {len(seen):,}: {some or 'nothing'}"
        raise UsageError("start.folder", what, place=str(path), hint=f"one to {MEMBERS_MAX} files that end in {', '.join((*_READ, '.zip'))}")
    return found


def _below(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UsageError("usage.file", f"the folder cannot be read: {error.strerror}", place=str(folder), hint="check who may read it") from error

    for above, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each != "__MACOSX")
        for name in sorted(names):
            each = Path(above, name)
            if not name.startswith((".", "~$")) and each.is_file() and not each.is_symlink():
                yield each


def unpacked(path: Path, into: Path) -> Unpacked:
    """The file itself, or the files of a .zip, which are written into a folder, and what else lies in it; raises `UsageError` for a damaged one."""
    try:
        with path.open("rb") as file:
            packed = file.read(4) == b"PK\x03\x04"
    except OSError as error:
        raise UsageError("usage.file", f"the file cannot be read: {error.strerror}", place=str(path), hint="check the path") from error
    if not packed:
        return Unpacked((path.resolve(),))
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir() and _is_read(each.filename)]
            if not members or len(members) > MEMBERS_MAX:
                seen = ", ".join(f"`{each}`" for each in archive.namelist()[:8])
                what = f"the archive holds {len(members):,} files that can be read, of {len(archive.namelist()):,}: {seen or 'nothing'}"
                raise UsageError("start.archive", what, place=path.name, hint=f"one to {MEMBERS_MAX} files that end in {', '.join(_READ)}")
            into.mkdir(parents=True, exist_ok=True, mode=0o700)
            places = tuple(each.resolve() for each in _unpack_all(archive, members, into, path))
            return Unpacked(places, {place: each.filename for place, each in zip(places, members, strict=True)}, _left(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        what = f"the archive cannot be opened: {error}"
        raise UsageError(
            "start.archive", what, place=path.name, hint="unpack it yourself, and give the files (a password is not asked for)"
        ) from error
    except OSError as error:
        raise UsageError(
            "start.archive", f"the archive cannot be unpacked: {error.strerror}", place=path.name, hint="make room on the disk"
        ) from error


def _is_read(name: str) -> bool:
    """Whether a member is a file of data: what starts with a dot or lies in `__MACOSX` is not."""
    return name.lower().removesuffix(".gz").endswith(_PLAIN) and not _is_hidden(name)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not parts or any(each == "__MACOSX" or (each.startswith(".") and each != "..") for each in parts)


def _left(archive: zipfile.ZipFile) -> dict[str, str]:
    """What is not unpacked, and why; what may hold a table first."""
    found = {each.filename: foreign_in(each.filename) for each in archive.infolist() if not each.is_dir() and not _is_hidden(each.filename)}
    others = {name: what or "no ending that is read" for name, what in found.items() if not _is_read(name)}
    return dict(sorted(others.items(), key=lambda each: not found[each[0]]))


def _name(archive: Path, member: str) -> str:
    """A name of our own making: no folder of the archive's choosing is ever written to."""
    last = PurePosixPath(member.replace("\\", "/")).name
    return f"{archive.stem[:60]}-{last[-100:]}"


def _unpack_all(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], into: Path, path: Path) -> list[Path]:
    """Write the members out, each under a name of its own, or none: what was written before one that is refused goes again."""
    left = max(SMALL, min(UNPACKED_MAX, RATIO_MAX * path.stat().st_size))
    done: list[Path] = []
    try:
        for each in members:
            name, number = _name(path, each.filename), 1
            while (into / name).exists():  # two folders of an archive may each hold a tickets.csv, and so may another archive of its name
                number += 1
                name = f"{number}-{_name(path, each.filename)}"
            done.append(_unpack(archive, each, into / name, path, most=left))
            left -= done[-1].stat().st_size
    except BaseException:
        for each_done in done:
            each_done.unlink(missing_ok=True)
        raise
    return done


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, path: Path, *, most: int) -> Path:
    """Write a member out, counting what really comes: what an archive says of its own sizes may be a lie."""
    most = min(most, max(SMALL, min(UNPACKED_MAX, RATIO_MAX * max(member.compress_size, 1))))
    size, new = 0, to.with_name(f"{to.name}.new")
    try:
        with archive.open(member) as packed, new.open("wb") as out:
            while piece := packed.read(_PIECE):
                size += len(piece)
                if size > most:
                    what = f"`{member.filename[:100]}` unpacks to more than {most:,} bytes out of {member.compress_size:,}"
                    raise UsageError(
                        "start.archive", what, place=path.name, hint="this is no export; if it is one, unpack it yourself and give the files"
                    )
                out.write(piece)
        new.replace(to)
    finally:
        new.unlink(missing_ok=True)
    return to
