"""What of a home does not lie in the folder that was given: its ledger, in PostgreSQL; its events, on the one machine that takes them in."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from ourword.errors import HomeError

if TYPE_CHECKING:
    from ourword.stores.sqlite import SqliteStore


def refuse_address(path: str | os.PathLike[str]) -> None:
    """A database's address is no folder: say how the two are brought together."""
    if str(path).startswith(("postgresql:", "postgres:")):
        hint = "`ourword home DIR --postgres ADDRESS` makes one; then give that folder"
        raise HomeError("home.not-a-folder", "a home is a folder, also when its ledger lies in PostgreSQL", place="--home", hint=hint)


def name_of(folder: Path) -> str:
    """How a folder that takes events in is called in the home's database: for people, who must find it."""
    return f"{platform.node() or 'a machine'}:{folder.resolve()}"


def refuse_elsewhere(folder: Path, store: SqliteStore) -> None:
    """A folder without events says nothing about a home whose events lie in another: without them every promise would look broken, for good."""
    where = store.events_at()
    if where and where != name_of(folder):
        what = f"the events of this home lie in {where}, not here"
        hint = "run this there; where that folder is lost, put its backup back: events are taken in, settled and counted on one machine"
        raise HomeError("home.elsewhere", what, place=str(folder), hint=hint)
