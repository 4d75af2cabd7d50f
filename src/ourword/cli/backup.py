"""`ourword backup` and `ourword restore`: a copy of a home, and the way back from it."""

from __future__ import annotations

import time
from pathlib import Path

from ourword.cli.out import line, usage
from ourword.cli.words import wrapped
from ourword.stores.backup import back_up, copy_back, erase_again, erasures_of
from ourword.stores.erasures import Listed, list_of

NONE = "none"


def run_backup(target: Path, home: Path) -> int:
    """Copy a home."""
    last = back_up(home, target)
    _say(f"{target} holds {home} up to entry {last:,}. With it in other hands are the keys: keep it as you keep the home.")
    _say(f"It knows nothing of who will be erased from now on: that stands in {list_of(home)}, of which a copy belongs elsewhere.")
    return 0


def run_restore(source: Path | None, home: Path, *, erasures: str = "") -> int:
    """Make a home of a backup, and erase again."""
    known = _erasures(home, erasures)
    if source is not None:
        copy_back(source, home)
    again = erase_again(home, known, now=time.time_ns())
    _say(f"{home} can be used. {again:,} customers who were erased since it was made were in it, and are erased again; {len(known):,} are listed.")
    return 0


def _erasures(home: Path, given: str) -> list[Listed]:
    if given == NONE:
        return []
    path = Path(given) if given else list_of(home)
    if not path.exists():
        what = f"there is no list of erasures at `{path}`" if given else f"nobody says who was erased since: there is no `{path}`"
        hint = f"give the list, or the newest home: `--erasures FILE`; `--erasures {NONE}` says that nobody was"
        raise usage("erasures", what, place="--erasures", hint=hint)
    return erasures_of(path)


def _say(text: str) -> None:
    for each in wrapped(text):
        line(each)
