"""The list of erasures, kept beside a home and not in it: a backup that is older than they are must not bring anybody back.

`HOME.erasures` lies next to the folder, so that whoever puts an older folder in its place is told. It names nobody: it holds what `erasure`
entries hold. A copy of it belongs where backups are not. Its last line counts the others: a copy that was cut off is known for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure
from ourword.ledger.store import Entry
from ourword.stores.whole import write_whole

if TYPE_CHECKING:
    from ourword.stores.reader import LedgerReader
    from ourword.stores.sqlite import SqliteStore

BYTES_MAX = 256 * 1024 * 1024


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure: of which home, by which entry, whose entries carry this `sub`."""

    home: str
    entry: int
    sub: str
    time: str


class _Last(msgspec.Struct, frozen=True, kw_only=True):
    """The last line: how many lines stand before it, and the SHA-256 of their bytes."""

    listed: int
    check: str


def list_of(folder: Path) -> Path:
    """Where the list of a home lies."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.erasures")


def listed(home_id: str, entries: Iterable[Entry]) -> list[Listed]:
    """Make the list of a home's erasures, by its entries."""
    return [Listed(home=home_id, entry=each.seq, sub=value.sub, time=value.time) for each in entries if isinstance(value := each.value, Erasure)]


def keep(path: Path, erasures: Iterable[Listed], *, home: str, beside: str) -> None:
    """Write the list of a home, whole or not at all. Raises `HomeError` where that cannot be: the folder around it may be somebody else's.

    What is listed there stays: another home may have lain at this path before, and its backups may come back to it.
    """
    new = list(erasures)
    known = {(each.home, each.sub) for each in new}
    before = [each for each in (read(path) if path.exists() else []) if (each.home, each.sub) not in known]
    others, unknown = ([each for each in before if (each.home == home) is own] for own in (False, True))
    _write(path, [*others, *new, *unknown], beside=beside)  # `refuse_older` looks at the last of a home


def list_up(folder: Path, store: SqliteStore, home_id: str) -> None:
    """Bring the list beside a home up to its last erasure. Raises `HomeError` where it cannot be written."""
    done, path = listed(home_id, store.erasures()), list_of(folder)
    if done or path.exists():
        keep(path, done, home=home_id, beside=store.gate)


def _write(path: Path, erasures: list[Listed], *, beside: str) -> None:
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in erasures)
    written = lines + msgspec.json.encode(_Last(listed=len(erasures), check=sha256(lines).hexdigest())) + b"\n"
    strerror = "the file there could not be replaced"
    with suppress(OSError):
        if path.read_bytes() == written:
            return
    try:
        write_whole(path, written, beside=path.with_name(f"{path.name}.{beside}.new"))
        if path.read_bytes() == written:  # `write_whole` lets a file stand that it cannot replace
            return
    except OSError as error:
        strerror = error.strerror or str(error)
    hint = "let it be written there, and run `ourword erase` again"
    raise HomeError("home.erasures", f"the list of erasures cannot be written: {strerror}", place=str(path), hint=hint)


def read(path: Path) -> list[Listed]:
    """Read a list; what is none, or not the whole of one, is a `HomeError`."""
    if path.is_dir():
        raise _unread(path, "is a folder")
    try:
        with path.open("rb") as file:
            held = file.read(BYTES_MAX)
    except OSError as error:
        raise _unread(path, f"cannot be read: {error.strerror}") from error
    lines, last = held[: (cut := held.rfind(b"\n", 0, -1) + 1)], held[cut:]
    try:
        said = msgspec.json.decode(last, type=_Last)
        if said.check == sha256(lines).hexdigest():
            return msgspec.json.Decoder(Listed).decode_lines(lines)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    raise _unread(path, "is not whole: its last line does not say how many there are" if held else "is empty")


def _unread(path: Path, what: str) -> HomeError:
    hint = "put a copy in its place; or move it away, and give `ourword restore --home DIR` a copy or the newest home: `--erasures`"
    return HomeError("home.erasures", f"the list of erasures {what}", place=str(path), hint=hint)


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
        who = "1 customer who was erased" if back == 1 else f"{back:,} customers who were erased"
        what = f"{who} may be in this home again: it is older than their erasure"
        raise HomeError("home.older", what, place=str(folder), hint=f"`ourword restore --home {folder}` erases them again; then it can be used")
