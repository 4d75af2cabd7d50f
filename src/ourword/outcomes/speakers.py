"""Who speaks in a file that is drafted: as a person answered, as a name sounds, or by there being a customer beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ourword.outcomes import guesses
from ourword.outcomes.elsewhere import in_english
from ourword.outcomes.profile import Column


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has said of a file already: it stands where a guess would."""

    solved: tuple[str, ...] = ()
    automation: tuple[str, ...] = ()
    """Authors that are machines; the others who are not the customer are people."""
    authors: tuple[str, ...] = ()
    """Whoever writes in any row: one may write first behind those that are looked at."""
    zone: str = "UTC"
    first: str = ""
    """Which comes first in dates such as 09/10/2026: `day` or `month`; nothing takes what the rows prove."""
    said: Mapping[str, str] = {}
    """What a column is, by its name, in the words of `guesses.ROLES`."""
    same: str = ""
    """What makes two contacts of a customer the same matter: `object`, `kind` or `customer`; nothing takes an object's column, else the kind's."""


def by_actor(column: Column, answered: Answered | None) -> dict[str, list[str]]:
    """The authors by who they are; those of whom nobody can tell under the empty name."""
    found: dict[str, list[str]] = {"customer": [], "automation": [], "person": [], "": []}
    names = list(dict.fromkeys((*column.values, *(answered.authors if answered is not None else ()))))
    known = any(actor_of(each) == "customer" for each in names)
    for each in names:
        found[_answered_actor(each, answered, known=known)].append(each)
    return found


def actor_of(value: str) -> str:
    """Who an author's name sounds like: `customer`, `automation`, `person`, or nobody."""
    words = re.findall(r"[a-z-]+", in_english(value))
    known = (("customer", guesses.SAYS_CUSTOMER), ("automation", guesses.SAYS_AUTOMATION), ("person", guesses.SAYS_US))
    return next((actor for actor, names in known if any(word in names for word in words)), "")


def _answered_actor(value: str, answered: Answered | None, *, known: bool) -> str:
    """Who an author is: as was answered, else as the name sounds; where it is *known* who the customer is, any other name is ours."""
    sounds = actor_of(value)
    if sounds == "customer":
        return sounds
    if answered is not None and value in answered.automation:
        return "automation"
    ours = bool(sounds) or (known and bool(value.strip()) and in_english(value) not in guesses.SAYS_NOTHING)
    return "" if not ours else "person" if answered is not None else sounds or "person"
