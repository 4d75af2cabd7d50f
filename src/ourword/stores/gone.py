"""What is not there: gone with an erasure or past retention, as an entry says; or lost, which must not be called either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure, Pruned

if TYPE_CHECKING:
    from ourword.stores.home import Home
    from ourword.stores.sqlite import SqliteStore


def erased_subs(home: Home) -> set[str]:
    """The `sub` of every customer of whom an entry says that they were erased."""
    return {value.sub for each in home.store.erasures() if isinstance(value := each.value, Erasure)}


def refuse_lost(home: Home, sub: str, *, decision_id: str) -> None:
    """Where no entry says that this customer was erased their data was lost or deleted. Raises `HomeError` (`home.damaged`) then."""
    if sub not in erased_subs(home):
        what = "the personal data of this decision is gone, and no entry says that its customer was erased"
        raise HomeError("home.damaged", what, place=decision_id, hint="restore the home from a backup")


class LetGo(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions of entries up to number *upto*, older than *bound*, were let go of; the entry that says so last, and when."""

    upto: int
    bound: str
    entry: int
    time: str


def let_go(store: SqliteStore) -> LetGo | None:
    """Say which decisions are past retention and not held any more; `None` where all are held.

    Raises `HomeError` (`home.damaged`) where the ledger says so and no entry does: then they were deleted.
    """
    upto = store.pruned_to()
    if not upto:
        return None
    said = [(each.seq, value) for each in store.pruned_entries() if isinstance(value := each.value, Pruned)]
    if upto > max((each.upto for _, each in said), default=0):
        what = f"hashes of entries up to {upto:,} are kept as if they were past retention, and no entry says that they are"
        raise HomeError("home.damaged", what, place=str(store.path), hint="`ourword verify --home DIR` says what is wrong; restore a backup")
    seq, last = said[-1]
    return LetGo(upto=upto, bound=last.bound, entry=seq, time=last.time)


def let_go_in_words(home: Home) -> str:
    """The same in a sentence; empty where all are held."""
    gone = let_go(home.store)
    return f"Decisions older than {gone.bound[:10]}, up to entry {gone.upto:,}, are past retention and were let go of." if gone else ""


def refuse_pruning(home: Home) -> None:
    """Whoever copies or moves a home takes no half of a pruning along. Raises `HomeError` (`home.pruning`) where one was broken off."""
    if home.store.pruning():
        hint = "finish it first: run `ourword prune` again"
        raise HomeError("home.pruning", "a pruning was broken off in this home, or is under way", place=str(home.path), hint=hint)


def refuse_erasing(home: Home) -> None:
    """Whoever copies or moves a home takes no half of an erasure along. Raises `HomeError` (`home.erasing`) where one was broken off."""
    if home.store.erasing():
        hint = "finish it first: run `ourword erase` again"
        raise HomeError("home.erasing", "an erasure was broken off in this home", place=str(home.path), hint=hint)


def refuse_split(home: Home) -> bool:
    """Whoever erases or copies does it where the events are: in another folder it would be half of it. Raises `HomeError` (`home.elsewhere`)."""
    return home.has_events  # it is that which raises
