"""Moving a home between files and PostgreSQL: the same rows, the same numbers, the same bytes, and both are read again to show it.

Nobody records meanwhile: the source's lock is held from the first row to the end. The new home is durable and was held against the
old one before it is a home, and only then the old one is put aside: its ledger, so that a gate that still has it open acknowledges
nothing, then its marker. Broken off anywhere, `move` run again goes on or begins anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import msgspec

from ourword.errors import HomeError
from ourword.stores.beyond import signed_of
from ourword.stores.database import close, connect, troubles_of
from ourword.stores.elsewhere import PEOPLE, anew, give
from ourword.stores.gone import refuse_erasing, refuse_pruning, refuse_split
from ourword.stores.home import FORMAT, Marker, make_folder, mark, marker_of, open_home
from ourword.stores.laid import HEAD, LET_GO, LOG_PAST
from ourword.stores.laid import SCHEMA as SQLITE_KEYS
from ourword.stores.pruned import LEAVES
from ourword.stores.reader import FORGOTTEN
from ourword.stores.sides import TABLES, Mark, Side, SqliteSide
from ourword.stores.sqlite import CHECKPOINTS
from ourword.stores.sqlite import SCHEMA as SQLITE_LEDGER
from ourword.stores.wrapping import refuse_unmovable
from ourword.tlog.checkpoint import Checkpoint

_FILES = ("events", "contracts", "mappings", "log", "sums", "terms.json")
_MORE_LEDGER = f"{CHECKPOINTS}; CREATE TABLE IF NOT EXISTS reason (seq INTEGER PRIMARY KEY, sealed BLOB) STRICT; {FORGOTTEN}; {LEAVES}"
_MORE_KEYS = f"""
CREATE TABLE IF NOT EXISTS signal_key (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS log_key (one INTEGER PRIMARY KEY CHECK (one = 1), seed BLOB NOT NULL) STRICT;
{HEAD};
{LOG_PAST};
{LET_GO};
"""


class Moved(msgspec.Struct, frozen=True):
    """What was moved, as both homes have it."""

    entries: int
    root: bytes
    rows: str
    """A digest of everything that was moved: entries, decisions, ciphertexts, keys, checkpoints."""


def move(source: Path, target: Path, *, postgres: str = "", schema: str = "ourword", chance: Callable[[int], bytes] = os.urandom) -> Moved:
    """Move a home to a new folder, its ledger and keys to a database where *postgres* names one, else to files. Raises `HomeError`."""
    marker = marker_of(source)
    if marker is None:
        raise HomeError("home.missing", f"there is no home in `{source}`", place=str(source), hint="check the path")
    made = marker_of(target)
    if made is not None and made.id != marker.id:
        raise HomeError("home.foreign", f"`{target}` is another home", place=str(target), hint="give a new folder")
    refuse_unmovable(source)
    with open_home(source, create=False, write=False) as opened:
        refuse_split(opened)
        refuse_erasing(opened)
        refuse_pruning(opened)
        signed = signed_of(opened)
    before = _side_of(source, marker)
    try:
        (home_id, key), *_ = before.rows("home")
        if home_id != marker.id:
            raise HomeError(
                "home.mixed", f"the marker and the keys of `{source}` belong to different homes", place=str(source), hint="restore a backup"
            )
        shown = Mark(before, upto=max((each.size for each in signed), default=0))
        _refuse_forked(source, signed, shown)
        if made is None:
            _take_over(source, target, before, shown, postgres=postgres, schema=schema, home=(home_id, key), chance=chance)
        else:
            _hold_against(shown, target, made)
        before.leave()
        mark(source, msgspec.structs.replace(marker, moved=str(target.absolute())), chance)
    finally:
        before.close()
    return Moved(shown.entries, shown.root, shown.rows)


def _refuse_forked(source: Path, signed: list[Checkpoint], shown: Mark) -> None:
    """Entries that are not those that were signed are not moved: the new home would begin with them, as if they always had been these."""
    base = max(signed, key=lambda each: each.size, default=None)
    if base is None or all(each.root == shown.then for each in signed if each.size == base.size):
        return
    what = f"the first {base.size:,} entries are not those of the checkpoint that was signed"
    if shown.entries < base.size:
        what = f"a checkpoint of {base.size:,} entries was signed, and the ledger holds {shown.entries:,}"
    raise HomeError("home.log-forked", f"{what}: nothing is moved", place=str(source), hint="restore the newest backup of all files")


def _side_of(folder: Path, marker: Marker) -> Side:
    if not marker.postgres:
        return SqliteSide(folder)
    from ourword.stores.postgres.side import PostgresSide

    return PostgresSide(marker.postgres, schema=marker.schema, place=str(folder), home_id=marker.id)


def _take_over(
    source: Path, target: Path, before: Side, shown: Mark, *, postgres: str, schema: str, home: tuple[str, bytes], chance: Callable[[int], bytes]
) -> None:
    make_folder(target)
    marker = Marker(FORMAT, home[0])
    after: Any
    if postgres:
        from ourword.stores.postgres.opening import kept_address
        from ourword.stores.postgres.side import PostgresSide

        marker = Marker(FORMAT, home[0], kept_address(postgres), schema)
        after = PostgresSide(postgres, schema=schema, place=str(target), home_id=f"moving {home[0]}")
    else:
        for name in ("ledger.sqlite", "keys.sqlite"):  # of a move that broke off
            for end in ("-journal", "-wal", "-shm", ""):  # what belongs to a file goes before it, and the keys last
                (target / f"{name}{end}").unlink(missing_ok=True)
        after = SqliteSide(target, create=True)
    try:
        there = after.make(*home) if postgres else after.make(f"{SQLITE_LEDGER}{_MORE_LEDGER}", f"{SQLITE_KEYS}{_MORE_KEYS}", home[0])
        for table in () if there else TABLES:
            after.write(table, before.rows(table))
        said, token = anew(target, chance)
        if postgres and (source / PEOPLE).exists():
            after.take_events(said)
        written = Mark(after)
        if there and written != shown:  # somebody has used it since
            raise after.taken()
        _same(shown, written, target)
        after.finish()
        _same(shown, Mark(after), target)
    finally:
        after.close()
    _copy_files(source, target, token)
    if not postgres:
        with troubles_of(target):
            for name in ("ledger.sqlite", "keys.sqlite"):
                (target / name).chmod(0o600)
    mark(target, marker, chance)


def _hold_against(shown: Mark, target: Path, made: Marker) -> None:
    """The new home is there already: a move that broke off before it put the old one aside."""
    after = _side_of(target, made)
    try:
        _same(shown, Mark(after), target)
    finally:
        after.close()


def _same(before: Mark, after: Mark, place: Path) -> None:
    if before != after:
        what = (
            f"the two homes differ: {before.entries:,} entries with root {before.root.hex()[:16]}…, {after.entries:,} with {after.root.hex()[:16]}…"
        )
        raise HomeError("home.damaged", what, place=str(place), hint="the old home is as it was; report this, and move into a new folder")


def _copy_files(source: Path, target: Path, token: int) -> None:
    """Copy what lies beside ledger and keys: files are copied, the database of events by its own backup, under a token of its own."""
    with troubles_of(target):
        for name in _FILES:
            if (source / name).is_dir():
                shutil.copytree(source / name, target / name, dirs_exist_ok=True)
            elif (source / name).exists():
                shutil.copy2(source / name, target / name)
        people = source / PEOPLE
        if people.exists():
            old, new = connect(people, write=False), apsw.Connection(str(target / people.name))
            try:
                with new.backup("main", old, "main") as backup:
                    while not backup.done:
                        backup.step(1_000)
                give(new, token)
            finally:
                close(old)
                close(new)
            (target / people.name).chmod(0o600)
