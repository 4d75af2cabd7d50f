"""`ourword backup` and `ourword restore`: a copy of a home, and the way back from it."""

from __future__ import annotations

import time
from pathlib import Path

from ourword.cli.out import kept_outside, line, usage
from ourword.cli.words import wrapped
from ourword.contract.words import many
from ourword.rights.forgetting import erase_again
from ourword.stores.backup import back_up, copy_back, dumped_of, erasures_of, keys_of
from ourword.stores.erasures import Known, list_of
from ourword.stores.home import marker_of

NONE = "none"


def run_backup(target: Path, home: Path) -> int:
    """Copy a home."""
    kept_outside(target, home, "the home", place="DIR")
    last = back_up(home, target)
    apart = dumped_of(target) is not None
    kept = (
        f"The keys lie in {keys_of(target)}: keep them elsewhere than the backup." if apart else "The keys lie in it: keep it as you keep the home."
    )
    _say(f"{target} holds {home} up to entry {last:,}. {kept}")
    listed = list_of(home)
    stands = "that stands in" if listed.exists() else "nobody was so far; with the first erasure that is written into"
    _say(f"It knows nothing of who will be erased from now on: {stands} {listed}, of which a copy belongs elsewhere.")
    return 0


def run_restore(source: Path | None, home: Path, *, erasures: str = "", postgres: str = "") -> int:
    """Make a home of a backup, and erase again."""
    known = _erasures(source or home, home, erasures)
    if postgres and (source is None or dumped_of(source) is None):
        hint = "leave it out: a home in files stays one, and `ourword migrate` moves it"
        raise usage("postgres", "this is no backup of a home in PostgreSQL", place="--postgres", hint=hint)
    if source is not None:
        kept_outside(home, source, "the backup", place="--home")
        copy_back(source, home, known, postgres=postgres)
    again, placed = erase_again(home, known, now=time.time_ns())
    _say(f"{home} can be used. {_again(again, len(known.erasures))}")
    if placed:
        _say(f"{many(placed, 'legal hold')} placed after it was made {'is' if placed == 1 else 'are'} placed again; why is not known here.")
    if known.holds is None:
        _say("Nothing says which legal holds were placed after the backup: they are not in it. Place them again before you erase.")
    return 0


def _again(again: int, listed: int) -> str:
    if not again:
        return "Nobody had to be erased again" + (f": of the {listed:,} who are listed none was in it." if listed else ".")
    who = "customer who was erased since it was made was" if again == 1 else "customers who were erased since it was made were"
    return f"{again:,} {who} in it, and {'is' if again == 1 else 'are'} erased again; {listed:,} listed."


def _erasures(source: Path, home: Path, given: str) -> Known:
    marker = dumped_of(source) or marker_of(source)
    if given == NONE or marker is None:  # what is no home is refused when it is opened
        return Known()
    path = Path(given) if given else list_of(home)
    if not path.exists():
        what = f"there is no list of erasures at `{path}`" if given else f"nobody says who was erased since: there is no `{path}`"
        hint = f"give `--erasures LIST` (a copy of that file), `--erasures OLD-HOME` (the newest that is left), or `--erasures {NONE}`: nobody was"
        raise usage("erasures", what, place="--erasures", hint=hint)
    return erasures_of(path, marker.id)


def _say(text: str) -> None:
    for each in wrapped(text):
        line(each)
