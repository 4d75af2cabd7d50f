"""Personal data that is not there: gone with an erasure, whose entry says so, or lost, which must not be called an erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure

if TYPE_CHECKING:
    from ourword.stores.home import Home


def erased_subs(home: Home) -> set[str]:
    """The `sub` of every customer of whom an entry says that they were erased."""
    return {value.sub for each in home.store.erasures() if isinstance(value := each.value, Erasure)}


def refuse_lost(home: Home, sub: str, *, decision_id: str) -> None:
    """Where no entry says that this customer was erased their data was lost or deleted. Raises `HomeError` (`home.damaged`) then."""
    if sub not in erased_subs(home):
        what = "the personal data of this decision is gone, and no entry says that its customer was erased"
        raise HomeError("home.damaged", what, place=decision_id, hint="restore the home from a backup")


def refuse_erasing(home: Home) -> None:
    """Whoever copies or moves a home takes no half of an erasure along. Raises `HomeError` (`home.erasing`) where one was broken off."""
    if home.store.erasing():
        hint = "finish it first: run `ourword erase` again"
        raise HomeError("home.erasing", "an erasure was broken off in this home", place=str(home.path), hint=hint)


def refuse_split(home: Home) -> bool:
    """Whoever erases or copies does it where the events are: in another folder it would be half of it. Raises `HomeError` (`home.elsewhere`)."""
    return home.has_events  # it is that which raises
