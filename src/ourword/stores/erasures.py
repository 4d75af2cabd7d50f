"""The list of erasures, kept beside a home and not in it: a backup that is older than they are must not bring anybody back.

`HOME.erasures` lies next to the folder, so that whoever puts an older folder in its place is told. It names nobody: it holds what `erasure`
entries hold. A copy of it belongs where backups are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure
from ourword.ledger.store import Entry
from ourword.stores.whole import write_whole

if TYPE_CHECKING:
    from ourword.stores.reader import LedgerReader

BYTES_MAX = 256 * 1024 * 1024


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure: of which home, by which entry, whose entries carry this `sub`."""

    home: str
    entry: int
    sub: str
    time: str


def list_of(folder: Path) -> Path:
    """Where the list of a home lies."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.erasures")


def listed(home_id: str, entries: Iterable[Entry]) -> list[Listed]:
    """Make the list of a home's erasures, by its entries."""
    return [Listed(home=home_id, entry=each.seq, sub=value.sub, time=value.time) for each in entries if isinstance(value := each.value, Erasure)]


def keep(path: Path, erasures: Iterable[Listed], *, beside: str) -> bool:
    """Write the list, whole or not at all; say whether that was possible: the folder around a home may be somebody else's."""
    written = b"".join(msgspec.json.encode(each) + b"\n" for each in erasures)
    with suppress(OSError):
        write_whole(path, written, beside=path.with_name(f"{path.name}.{beside}.new"))
        return True
    return False


def read(path: Path) -> list[Listed]:
    """Read a list; what is none is a `HomeError`."""
    try:
        with path.open("rb") as file:
            return msgspec.json.Decoder(Listed).decode_lines(file.read(BYTES_MAX))
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        what = f"the list of erasures cannot be read: {error}"
        raise HomeError("home.erasures", what, place=str(path), hint="take it from a copy, or from the newest home: `--erasures HOME`") from error


def refuse_older(folder: Path, store: LedgerReader, home_id: str) -> None:
    """A home that knows nothing of an erasure that is listed beside it is a backup from before: whom it brings back must go first."""
    list_ = list_of(folder)
    known = [each for each in read(list_) if each.home == home_id] if list_.exists() else []
    if not known:
        return
    entry = store.entries(after=known[-1].entry - 1, limit=1)
    if entry and isinstance(value := entry[0].value, Erasure) and value.sub == known[-1].sub:
        return  # the list is written in the order of the entries
    done = {each.sub for each in listed(home_id, store.erasures())}
    if back := sum(each.sub not in done for each in known):
        what = f"{back:,} customers who were erased may be in this home again: it is older than their erasure"
        raise HomeError("home.older", what, place=str(folder), hint=f"`ourword restore --home {folder}` erases them again; then it can be used")
