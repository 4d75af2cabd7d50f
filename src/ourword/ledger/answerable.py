"""Who answers for a signal: first by what it is about, then, when a defect comes back, the next name up."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.contract.model import Draft
from ourword.ledger.standings import EXECUTED_OTHERWISE


def ladder(draft: Draft | None, about: str, kind: str, recorded: str) -> tuple[str, ...]:
    """Give the role ids that a signal goes to, the first one first, each once; *recorded* is the owner in the ledger, where the contract says none.

    A broken promise, a missed target and a boundary go to the owner of their kind; what was executed otherwise than confirmed goes to who answers
    while the cause is unclear. Then: the kind's owner, `answerable.contract`, `answerable.unclear`, and whose consent a change of the contract needs.
    """
    return tuple(dict.fromkeys(name for name in _names(draft, about, kind, recorded) if name))


def _names(draft: Draft | None, about: str, kind: str, recorded: str) -> Iterator[str]:
    if draft is None:
        yield recorded
        return
    owner = draft.kinds[kind].owner if kind in draft.kinds else ""
    unclear = draft.answerable.get("unclear", "")
    yield unclear if about == EXECUTED_OTHERWISE else owner
    yield owner
    yield draft.answerable.get("contract", "")
    yield unclear
    for key in ("need", "against_customers_also"):
        names = (draft.changes or {}).get(key)
        yield from (str(name) for name in names) if isinstance(names, (list, tuple)) else ()
    yield recorded


def may_answer(draft: Draft | None, recorded: str) -> tuple[str, ...]:
    """Give the role ids that may answer a signal: every person whom the contract names; a desk is no person.

    >>> may_answer(None, "mara")
    ('mara',)
    """
    people = [person.id for person in draft.people if person.role == "owner"] if draft else []
    return tuple(people) or (recorded,)


WAIVED_FREELY = 2
"""How many times any of those who may answer can waive a signal since it asks: once, and once more."""


def may_waive(names: tuple[str, ...], level: int, waivers: int, people: tuple[str, ...]) -> tuple[str, ...]:
    """Give the role ids that may waive a signal which was waived so many times since it asks; at the end nobody may, and it must be answered.

    Twice it is any of the *people* who may answer. After that a level up must sign, each time one more: else whoever is asked would wait for ever.

    >>> [may_waive(("mara", "omar"), 1, waivers, ("mara", "omar", "ines")) for waivers in range(1, 4)]
    [('mara', 'omar', 'ines'), ('omar',), ()]
    """
    return people if waivers < WAIVED_FREELY else tuple(each for each in names[level + waivers - WAIVED_FREELY :] if each in people)
