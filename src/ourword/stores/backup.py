"""A copy of a home while it is used, and the way back from it, which erases again whoever was erased since."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import apsw

from ourword.errors import HomeError
from ourword.stores.database import close, connect, troubles_of
from ourword.stores.erasures import Listed, list_of, listed, read
from ourword.stores.gone import erased_subs, refuse_erasing, refuse_pruning
from ourword.stores.home import FORMAT, LOG, Home, Marker, make_folder, mark, marker_of, open_home
from ourword.stores.keys import set_head
from ourword.stores.publishing import CHECKPOINT, WRITING

_FILES = ("contracts", "mappings", "events", "terms.json")
_TRIES_MAX = 3


def back_up(source: Path, target: Path) -> int:
    """Copy a home into a new folder, which is a home then; give the number of its last entry. Others may go on writing. Raises `HomeError`.

    Files are copied in the order that keeps them whole together: events before the ledger that numbers their customers, the keys last.
    """
    for _ in range(_TRIES_MAX):
        with open_home(source, create=False, write=False) as home:
            _refuse(home, target)
            before = _gone(home)
            _copy(source, target, home)
            if _gone(home) == before and not home.store.erasing():
                break
        shutil.rmtree(target)  # somebody was erased, or decisions were let go of, meanwhile: files of before and after would be mixed
    else:
        raise HomeError(
            "home.busy", "customers are being erased, or decisions let go of", place=str(source), hint="wait until that is done, then run this again"
        )
    with open_home(target, create=False, write=False) as copy:
        return copy.last_seq()


def _gone(home: Home) -> tuple[int, int]:
    return len(home.store.erasures()), home.store.pruned_to()


def _refuse(home: Home, target: Path) -> None:
    marker = marker_of(home.path)
    if marker is not None and marker.postgres:
        raise HomeError("home.postgres", "this home's ledger lies in PostgreSQL", place=str(home.path), hint="back it up by `pg_dump`")
    refuse_erasing(home)
    refuse_pruning(home)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise HomeError("home.foreign", f"`{target}` is there already", place=str(target), hint="give a new folder")


def _copy(source: Path, target: Path, home: Home) -> None:
    head = home.keys.log_head()  # while others publish, that of the keys, which are copied last, is beyond the ledger that is copied first
    make_folder(target)
    with troubles_of(target):
        _copy_log(source / LOG, target / LOG)  # before the ledger: what is signed here is never beyond the entries that are copied next
        for name in ("people.sqlite", "ledger.sqlite", "keys.sqlite"):
            if (source / name).exists():
                _copy_database(source / name, target / name)
        set_head(target / "keys.sqlite", head)
        for name in _FILES:
            if (source / name).is_dir():
                shutil.copytree(source / name, target / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.new"))
            elif (source / name).exists():
                shutil.copy2(source / name, target / name)
    mark(target, Marker(FORMAT, home.id), lambda size: bytes(size))


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


def erasures_of(given: Path, home_id: str) -> list[Listed]:
    """The erasures of a home that a list names, or that home itself, newer. Raises `HomeError` for a list, or a home, of another one."""
    known = read(given) if not given.is_dir() else _of_home(given)
    own = [each for each in known if each.home == home_id]
    if not own and known:
        raise _other(given, "these erasures are those of another home", known[0].home)
    if given.is_dir() and (found := marker_of(given)) is not None and found.id != home_id:
        raise _other(given, "this is another home, and knows nothing of who was erased", found.id)
    return own


def _of_home(given: Path) -> list[Listed]:
    with open_home(given, create=False, write=False, even_older=True) as home:
        known = listed(home.id, home.store.erasures())
        return known + [each for each in (read(list_of(given)) if list_of(given).exists() else []) if each.home == home.id]


def _other(given: Path, what: str, home_id: str) -> HomeError:
    hint = "give the list of the home that the backup was made of: `HOME.erasures`; or that home"
    return HomeError("home.mixed", f"{what} ({home_id[:8]}…)", place=str(given), hint=hint)


def copy_back(backup: Path, target: Path) -> None:
    """Make a home of a backup, in a new folder; the backup stays. Raises `HomeError`."""
    with open_home(backup, create=False, write=False, even_older=True) as home:
        _refuse(home, target)
        _copy(backup, target, home)


def missing(home: Home, erasures: Iterable[Listed]) -> dict[str, int | None]:
    """Whose erasure this home knows nothing of, by `sub`, and their number here, where they are in it."""
    done = erased_subs(home)
    left = list(dict.fromkeys(each.sub for each in erasures if each.home == home.id and each.sub not in done))
    numbers = numbers_of(home, left)
    return {sub: numbers.get(sub) for sub in left}


def numbers_of(home: Home, subs: list[str]) -> dict[str, int]:
    """Who they are here: found by their keys, of those that are here."""
    wanted, found = set(subs), dict[str, int]()
    for number in range(1, home.store.subject_max() + 1 if wanted else 1):
        key = home.keys.subject(number)
        if key is not None and key.sub in wanted:
            found[key.sub] = number
            if len(found) == len(wanted):
                break
    return found
