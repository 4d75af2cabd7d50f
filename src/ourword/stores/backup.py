"""A copy of a home while it is used, and the way back from it, which erases again whoever was erased since."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

import apsw
import msgspec

from ourword.errors import HomeError
from ourword.stores.database import close, connect, has_table, troubles_of
from ourword.stores.elsewhere import PEOPLE, name_of
from ourword.stores.erasures import Known, Listed, holding, known_of, lay, list_of, listed, read
from ourword.stores.gone import erased_subs, refuse_erasing, refuse_pruning, refuse_split
from ourword.stores.home import FORMAT, LOG, Home, Marker, make_folder, mark, marker_of, open_home
from ourword.stores.publishing import CHECKPOINT, WRITING
from ourword.stores.unwiped import finish_wiping
from ourword.stores.whole import write_whole
from ourword.tlog.checkpoint import size_said

_FILES = ("contracts", "mappings", "events", "terms.json")
_TRIES_MAX = 3
_DUMP, _MARKER = "ledger.dump", "backup.json"
"""Of a home in PostgreSQL: its ledger, and what makes the folder its backup. It is no home, or it would be opened on the database that is in use."""
_NOBODY = Known()


class Dumped(msgspec.Struct, frozen=True, kw_only=True):
    """What the backup of a home in PostgreSQL says of it."""

    format: int
    id: str
    postgres: str
    schema: str
    entries: int


def keys_of(backup: Path) -> Path:
    """Where the keys of a home in PostgreSQL lie, apart from its backup: without them it says nothing about anybody.

    >>> keys_of(Path("monday")).name
    'monday.keys'
    """
    whole = backup.absolute()
    return whole.with_name(f"{whole.name}.keys")


def back_up(source: Path, target: Path) -> int:
    """Copy a home into a new folder; give the number of its last entry. Others may go on writing. Raises `HomeError`.

    Files are copied in the order that keeps them whole together: events before the ledger that numbers their customers, the keys last. Of a home
    in files the copy is a home; of one in PostgreSQL it is a backup, with its keys beside it (`keys_of`).
    """
    for _ in range(_TRIES_MAX):
        with open_home(source, create=False, write=False) as home:
            _refuse(home)
            _refuse_taken(target)
            before = _gone(home)
            last = _copied(source, target, home)
            if _gone(home) == before and not home.store.erasing():
                return last
        shutil.rmtree(target)  # somebody was erased, or decisions were let go of, meanwhile: files of before and after would be mixed
        keys_of(target).unlink(missing_ok=True)
    what = "customers are being erased, or decisions let go of"
    raise HomeError("home.busy", what, place=str(source), hint="wait until that is done, then run this again")


def _copied(source: Path, target: Path, home: Home) -> int:
    marker = marker_of(source)
    if marker is not None and marker.postgres:
        return _dump(source, target, marker)
    _copy(source, target, home)
    with open_home(target, create=False, write=False) as copy:
        return copy.last_seq()


def _gone(home: Home) -> tuple[int, int]:
    return len(home.store.erasures()), home.store.pruned_to()


def _refuse(home: Home) -> None:
    refuse_erasing(home)
    refuse_pruning(home)
    refuse_split(home)


def _refuse_taken(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(each for each in target.iterdir() if not _half_marked(each))):
        raise HomeError("home.foreign", f"`{target}` is there already", place=str(target), hint="give a new folder")


def _half_marked(path: Path) -> bool:
    """What is left where a process was killed while it wrote the marker."""
    return path.name.startswith("home.json.")


def _dump(source: Path, target: Path, marker: Marker) -> int:
    """In the order of files: what is signed, and what events have said, is never beyond the ledger that is written out next."""
    from ourword.stores.postgres.dumping import dump

    keys = keys_of(target)
    if keys.exists():
        raise HomeError("home.foreign", f"`{keys}` is there already", place=str(keys), hint="give a new folder: its keys would lie there")
    make_folder(target)
    try:
        with troubles_of(target):
            _copy_log(source / LOG, target / LOG)
            if (source / PEOPLE).exists():
                _copy_database(source / PEOPLE, target / PEOPLE)
        last = dump(marker.postgres, marker.schema, ledger=target / _DUMP, keys=keys, place=str(source))
        with troubles_of(target):
            _copy_files(source, target)
            made = Dumped(format=FORMAT, id=marker.id, postgres=marker.postgres, schema=marker.schema, entries=last)
            write_whole(target / _MARKER, msgspec.json.encode(made) + b"\n", beside=target / f"{_MARKER}.new")
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        keys.unlink(missing_ok=True)
        raise
    return last


def _copy(source: Path, target: Path, home: Home) -> None:
    head = home.keys.log_head()  # while others publish, that of the keys, which are copied last, is beyond the ledger that is copied first
    make_folder(target)
    with troubles_of(target):
        _copy_log(source / LOG, target / LOG)  # before the ledger: what is signed here is never beyond the entries that are copied next
        for name in (PEOPLE, "ledger.sqlite", "keys.sqlite"):
            if (source / name).exists():
                _copy_database(source / name, target / name)
        _set_head(target / "keys.sqlite", head)
        _copy_files(source, target)
    mark(target, Marker(FORMAT, home.id), lambda size: bytes(size))


def _set_head(path: Path, note: bytes | None) -> None:
    """In a copy of the keys, put what was the largest signed checkpoint when the copy was begun: the ledger beside it goes at least so far."""
    connection = connect(path)
    try:
        with troubles_of(path):
            if note is None and has_table(connection, "log_head"):
                connection.execute("DELETE FROM log_head")
            elif note is not None:
                connection.execute("UPDATE log_head SET size = ?, note = ?", (size_said(note), note))
            finish_wiping(connection)  # a copy made in the moment before it was done is not wiped by what wipes the home
    finally:
        close(connection)


def _copy_files(source: Path, target: Path) -> None:
    for name in _FILES:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.new"))
        elif (source / name).exists():
            shutil.copy2(source / name, target / name)


def _copy_log(source: Path, target: Path) -> None:
    """The checkpoint first: the tiles that it needs are there before it is, and full ones take the place of narrower ones."""
    if (source / CHECKPOINT).exists():
        target.mkdir(mode=0o700)
        shutil.copy2(source / CHECKPOINT, target / CHECKPOINT)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(CHECKPOINT, WRITING))


def _copy_database(source: Path, target: Path) -> None:
    """As SQLite copies it: whole, while others write."""
    old, new = connect(source, write=False), apsw.Connection(str(target))
    try:
        with new.backup("main", old, "main") as backup:
            while not backup.done:
                backup.step(-1)
    finally:
        close(old)
        close(new)
    target.chmod(0o600)


# ---- the way back ---------------------------------------------------------------------------------------------------------


def erasures_of(given: Path, home_id: str) -> Known:
    """The erasures and holds of a home that a list names, or that home itself, newer. Raises `HomeError` for a list, or a home, of another one."""
    known = known_of(given) if not given.is_dir() else _of_home(given)
    own = tuple({each.sub: each for each in known.erasures if each.home == home_id}.values())  # once each: the last is erased again last
    holds = None if known.holds is None else tuple(each for each in known.holds if each.home == home_id)
    if not own and not holds and (others := [*(each.home for each in known.erasures), *(each.home for each in known.holds or ())]):
        raise _other(given, "these erasures are those of another home", others[0])
    if given.is_dir() and (found := marker_of(given)) is not None and found.id != home_id:
        raise _other(given, "this is another home, and knows nothing of who was erased", found.id)
    return Known(erasures=own, holds=holds)


def _of_home(given: Path) -> Known:
    with open_home(given, create=False, write=False, even_older=True) as home:
        known = listed(home.id, home.store.erasures())
        known += [each for each in (read(list_of(given)) if list_of(given).exists() else []) if each.home == home.id]
        return Known(erasures=tuple(known), holds=tuple(holding(home.id, home.store.hold_entries())))


def _other(given: Path, what: str, home_id: str) -> HomeError:
    hint = "give the list of the home that the backup was made of: `HOME.erasures`; or that home"
    return HomeError("home.mixed", f"{what} ({home_id[:8]}…)", place=str(given), hint=hint)


def copy_back(backup: Path, target: Path, known: Known = _NOBODY, *, postgres: str = "") -> None:
    """Make a home of a backup, in a new folder; the backup stays. Run again after a crash it begins anew. Raises `HomeError`.

    Who is *known* to have been erased since is listed beside it before it is there: nobody opens it until they are erased again.
    A home in PostgreSQL is put into the database that it was in, or into *postgres*, which has no schemas of these names.
    """
    if (dumped := dumped_of(backup)) is not None:
        _put_back(backup, target, dumped, known, postgres or dumped.postgres)
        return
    with open_home(backup, create=False, write=False, even_older=True) as home:
        _refuse(home)
        _begin(backup, target, home.id, known)
        _copy(backup, target, home)


def _begin(backup: Path, target: Path, home_id: str, known: Known) -> None:
    """Say in the folder that it is no home yet, since what lies in one that breaks off could be opened; empty it where that was said before."""
    if _broke_off(target):
        with troubles_of(target):
            for each in target.iterdir():
                if each.is_dir() and not each.is_symlink():
                    shutil.rmtree(each)
                elif each.name != "home.json":
                    each.unlink()
    elif marker_of(target) is not None:
        hint = f"give a new folder; where a restore into this one broke off, `ourword restore --home {target}` goes on with it"
        raise HomeError("home.foreign", f"`{target}` is there already", place=str(target), hint=hint)
    else:
        _refuse_taken(target)
        make_folder(target)
    lay(target, known, home_id)
    mark(target, Marker(FORMAT, home_id, restoring=str(backup.absolute())), lambda size: bytes(size))


def _broke_off(target: Path) -> bool:
    try:
        marker_of(target)
    except HomeError as error:
        if error.code == "home.restoring":
            return True
        raise
    return False


def dumped_of(backup: Path) -> Dumped | None:
    """What the backup of a home in PostgreSQL says of it; `None` where it is none."""
    place = backup / _MARKER
    with troubles_of(place):
        written = place.read_bytes() if place.exists() else None
    if written is None:
        return None
    try:
        return msgspec.json.decode(written, type=Dumped)
    except msgspec.MsgspecError as error:
        raise HomeError("home.damaged", f"`{_MARKER}` cannot be read: {error}", place=str(place), hint="take another backup") from error


def _put_back(backup: Path, target: Path, dumped: Dumped, known: Known, address: str) -> None:
    from ourword.stores.postgres.dumping import put_back
    from ourword.stores.postgres.opening import kept_address

    if not (keys := keys_of(backup)).exists():
        hint = f"put them there; without them nobody can read what lies in `{backup}`"
        raise HomeError("home.keys-missing", f"the keys of this backup are not beside it: there is no `{keys.name}`", place=str(keys), hint=hint)
    _begin(backup, target, dumped.id, known)
    events_at = name_of(target) if (backup / PEOPLE).exists() else ""
    put_back(address, dumped.schema, ledger=backup / _DUMP, keys=keys, place=str(target), events_at=events_at)
    with troubles_of(target):
        _copy_log(backup / LOG, target / LOG)
        if (backup / PEOPLE).exists():
            _copy_database(backup / PEOPLE, target / PEOPLE)
        _copy_files(backup, target)
    mark(target, Marker(FORMAT, dumped.id, kept_address(address), dumped.schema), lambda size: bytes(size))


def missing(home: Home, erasures: Iterable[Listed]) -> dict[str, int | None]:
    """Whose erasure this home knows nothing of, by `sub`, and their number here, where they are in it."""
    done = erased_subs(home)
    left = list(dict.fromkeys(each.sub for each in erasures if each.home == home.id and each.sub not in done))
    numbers = numbers_of(home, left) | home.store.mend(left)
    return {sub: numbers.get(sub) for sub in left}


def numbers_of(home: Home, subs: Collection[str]) -> dict[str, int]:
    """Who they are here: found by their keys, of those that are here."""
    return home.keys.numbers_of(subs, until=home.store.subject_max())
