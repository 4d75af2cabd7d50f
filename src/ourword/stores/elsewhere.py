"""What of a home does not lie in the folder that was given: its ledger, in PostgreSQL; its events, on the one machine that takes them in."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from ourword.errors import HomeError
from ourword.stores.database import connect, troubles_of

if TYPE_CHECKING:
    from ourword.stores.sqlite import SqliteStore

PEOPLE = "people.sqlite"
UNNAMED = "another folder"
"""Where the events lie of a home that has some and was not told yet which folder takes them in: the one that has them."""
_APART = "\n"
"""Between the name of the folder that takes events in and its token, in the home's database."""


def refuse_address(path: str | os.PathLike[str]) -> None:
    """A database's address is no folder: say how the two are brought together."""
    if str(path).startswith(("postgresql:", "postgres:")):
        hint = "`ourword home DIR --postgres ADDRESS` makes one; then give that folder"
        raise HomeError("home.not-a-folder", "a home is a folder, also when its ledger lies in PostgreSQL", place="--home", hint=hint)


def refuse_unfit(folder: Path, *, moved: str, restoring: str) -> None:
    """A folder whose home was moved to another, or into which a backup is being put back, is no home. Raises `HomeError`."""
    if moved:
        hint = "give that folder; this one is as good as a backup of it"
        raise HomeError("home.moved", f"this home was moved to `{moved}`", place=str(folder), hint=hint)
    if restoring:
        what = "a backup is being put back here, or that was broken off"
        hint = f"run `ourword restore {restoring} --home {folder}` again, with whatever else it was given: it begins anew"
        raise HomeError("home.restoring", what, place=str(folder), hint=hint)


def name_of(folder: Path) -> str:
    """How a folder that takes events in is called in the home's database: for people, who must find it."""
    return f"{_machine()}:{folder.resolve()}"


def _machine() -> str:
    return platform.node() or "a machine"


def refuse_elsewhere(folder: Path, store: SqliteStore) -> None:
    """A folder without the events says nothing about a home whose events lie in another: without them every promise would look broken, for good.

    Nor does one with older ones: whoever was erased from it would stay in the other. A folder that was renamed, or a machine that was, is the same
    one still, by a token in its `people.sqlite`; a copy of it is not, as long as it is seen beside it. Raises `HomeError`: `home.elsewhere`.
    """
    where, token = _said(store)
    path = folder / PEOPLE
    if where in ("", name_of(folder)):
        return
    if not path.exists():
        what = f"the events of this home lie in {where}, not here"
        hint = "run this there; where that folder is lost, put its backup back: events are taken in, settled and counted on one machine"
        raise HomeError("home.elsewhere", what, place=str(folder), hint=hint)
    if where != UNNAMED and (token != _token_of(path) or _is_there(where)):
        what = f"the events of this home lie in {where}; what lies here is an older copy"
        hint = f"run this there, and delete `{path.name}` and `events` here: who was erased since is in them still"
        raise HomeError("home.elsewhere", what, place=str(folder), hint=hint)


def where_of(store: SqliteStore) -> str:
    """The folder in which the events of a home lie, for people; empty where a home has one folder, or no events."""
    return _said(store)[0]


def stay(folder: Path, store: SqliteStore, people: apsw.Connection, chance: Callable[[int], bytes]) -> None:
    """Inside a transaction of *people*: note that the events lie in this folder, under a token that no older copy of it has."""
    where, token = _said(store)
    if not where or (where == name_of(folder) and token and token == _token(people)):
        return
    said, new = anew(folder, chance)
    if store.take_events(said, instead=store.events_at()) == said:
        give(people, new)


def anew(folder: Path, chance: Callable[[int], bytes]) -> tuple[str, int]:
    """What a home's database is told of a folder that takes events in from now on, and the token that its `people.sqlite` is given."""
    token = int.from_bytes(chance(4), "big") % (2**31 - 1) + 1
    return f"{name_of(folder)}{_APART}{token}", token


def give(people: apsw.Connection, token: int) -> None:
    """Give a folder's `people.sqlite` its token."""
    people.execute(f"PRAGMA user_version = {token}")


def _said(store: SqliteStore) -> tuple[str, int]:
    """Which folder takes events in, and its token; 0 in homes from before there were any."""
    where, _, token = store.events_at().partition(_APART)
    return where, int(token or 0)


def _token_of(path: Path) -> int:
    with troubles_of(path), closing(connect(path, write=False)) as connection:
        return _token(connection)


def _token(people: apsw.Connection) -> int:
    return int(people.execute("PRAGMA user_version").get)


def _is_there(where: str) -> bool:
    """Whether that folder is on this machine, with its events: then this one is a copy."""
    folder = where.partition(":")[2]
    return where == f"{_machine()}:{folder}" and (Path(folder) / PEOPLE).exists()
