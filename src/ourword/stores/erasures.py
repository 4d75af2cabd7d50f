"""The list of erasures, kept beside a home and not in it: a backup that is older than they are must not bring anybody back.

`HOME.erasures` lies next to the folder, so that whoever puts an older folder in its place is told. It names nobody: it holds what `erasure`
entries hold. A copy of it belongs where backups are not. Its last line counts the others: a copy that was cut off is known for one; and it
says which legal holds nobody has released, since a backup from before them would let those customers be erased.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure, Hold
from ourword.ledger.holds import held
from ourword.ledger.store import Entry
from ourword.stores.whole import sync_folder, write_whole

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


class Holding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One legal hold that nobody has released: of which home, by which entry, whose entries carry this `sub`, by whose word and until when."""

    home: str
    entry: int
    sub: str
    by: str
    until: int | None = None
    """In ns since 1970; `None`: until somebody releases it."""


class _Last(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last line: how many lines stand before it, the holds, and the SHA-256 of the lines' bytes and of the holds as they stand there."""

    listed: int
    check: str
    holds: tuple[Holding, ...] | None = None
    """`None` in a list from before holds were listed: what it says of them is nothing."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says, whole."""

    erasures: tuple[Listed, ...] = ()
    holds: tuple[Holding, ...] | None = None


def list_of(folder: Path) -> Path:
    """Where the list of a home lies."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.erasures")


def listed(home_id: str, entries: Iterable[Entry]) -> list[Listed]:
    """Make the list of a home's erasures, by its entries."""
    return [Listed(home=home_id, entry=each.seq, sub=value.sub, time=value.time) for each in entries if isinstance(value := each.value, Erasure)]


def holding(home_id: str, entries: Iterable[Entry]) -> list[Holding]:
    """Make the list of a home's holds, in the order of their entries."""
    found = [Holding(home=home_id, entry=each.seq, sub=each.sub, by=each.by, until=each.until) for every in held(entries).values() for each in every]
    return sorted(found, key=lambda each: each.entry)


def keep(path: Path, erasures: Iterable[Listed], holds: Iterable[Holding] | None = (), *, home: str, beside: str) -> None:
    """Write the list of a home, whole or not at all. Raises `HomeError` where that cannot be: the folder around it may be somebody else's.

    What is listed there stays: another home may have lain at this path before, and its backups may come back to it.
    With holds of `None` those that are listed stay.
    """
    new = list(erasures)
    known = {(each.home, each.sub) for each in new}
    there = known_of(path) if path.exists() else Known()
    before = [each for each in there.erasures if (each.home, each.sub) not in known]
    others, unknown = ([each for each in before if (each.home == home) is own] for own in (False, True))
    standing = there.holds if holds is None else (*(each for each in there.holds or () if each.home != home), *holds)
    _write(path, [*others, *new, *unknown], standing, beside=beside)  # `refuse_older` looks at the last of a home


def lay(folder: Path, known: Known, home: str) -> None:
    """Say beside a folder, before a home is put back into it, who of it was erased and held: until that is done again nobody opens it.

    Raises as `keep` does.
    """
    path = list_of(folder)
    there = known_of(path) if path.exists() else Known()
    holds = known.holds and dict.fromkeys((*known.holds, *(each for each in there.holds or () if each.home == home)))
    if known.erasures or holds:
        keep(path, known.erasures, holds, home=home, beside="restore")


def list_up(folder: Path, store: SqliteStore, home_id: str) -> None:
    """Bring the list beside a home up to its last erasure and its holds. Raises `HomeError` where it cannot be written."""
    done, holds, path = listed(home_id, store.erasures()), holding(home_id, store.hold_entries()), list_of(folder)
    if done or holds or path.exists():
        keep(path, done, holds, home=home_id, beside=store.gate)


def _check(lines: bytes, holds: tuple[Holding, ...] | None) -> str:
    return sha256(lines + (msgspec.json.encode(holds) if holds else b"")).hexdigest()


def _write(path: Path, erasures: list[Listed], holds: tuple[Holding, ...] | None, *, beside: str) -> None:
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in erasures)
    written = lines + msgspec.json.encode(_Last(listed=len(erasures), check=_check(lines, holds), holds=holds)) + b"\n"
    strerror = "the file there could not be replaced"
    with suppress(OSError):
        if path.read_bytes() == written:
            return
    try:
        write_whole(path, written, beside=path.with_name(f"{path.name}.{beside}.new"))
        sync_folder(path.parent)
        if path.read_bytes() == written:  # `write_whole` lets a file stand that it cannot replace
            return
    except OSError as error:
        strerror = error.strerror or str(error)
    hint = "let it be written there, and run `ourword erase` again"
    raise HomeError("home.erasures", f"the list of erasures cannot be written: {strerror}", place=str(path), hint=hint)


def read(path: Path) -> list[Listed]:
    """Read the erasures of a list; what is none, or not the whole of one, is a `HomeError`."""
    return list(known_of(path).erasures)


def known_of(path: Path) -> Known:
    """Read a list, with its holds; raises as `read` does."""
    if path.is_dir():
        raise _unread(path, "is a folder")
    try:
        with path.open("rb") as file:
            found = file.read(BYTES_MAX)
    except OSError as error:
        raise _unread(path, f"cannot be read: {error.strerror}") from error
    lines, last = found[: (cut := found.rfind(b"\n", 0, -1) + 1)], found[cut:]
    try:
        said = msgspec.json.decode(last, type=_Last)
        if said.check == _check(lines, said.holds):
            return Known(erasures=tuple(msgspec.json.Decoder(Listed).decode_lines(lines)), holds=said.holds)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    raise _unread(path, "is not whole: its last line does not say how many there are" if found else "is empty")


def _unread(path: Path, what: str) -> HomeError:
    hint = "put a copy in its place; or move it away, and give `ourword restore --home DIR` a copy or the newest home: `--erasures`"
    return HomeError("home.erasures", f"the list of erasures {what}", place=str(path), hint=hint)


def refuse_older(folder: Path, store: LedgerReader, home_id: str) -> None:
    """A home that knows nothing of an erasure that is listed beside it is a backup from before: whom it brings back must go first."""
    list_ = list_of(folder)
    said = known_of(list_) if list_.exists() else Known()
    _refuse_without_holds(folder, store, [each for each in said.holds or () if each.home == home_id])
    known = [each for each in said.erasures if each.home == home_id]
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


def _refuse_without_holds(folder: Path, store: LedgerReader, holds: list[Holding]) -> None:
    """So is one that knows nothing of the latest hold that is listed: it would let that customer be erased."""
    last = max(holds, key=lambda each: each.entry, default=None)
    entry = [] if last is None else store.entries(after=last.entry - 1, limit=1)
    if last is None or (entry and isinstance(value := entry[0].value, Hold) and value.sub == last.sub):
        return
    what = "legal holds are not in this home: it is older than they are"
    raise HomeError("home.older", what, place=str(folder), hint=f"`ourword restore --home {folder}` places them again; then it can be used")
