"""What is seen in all of Salesforce's files before anything is imported: whose case it is, who is who, and which file tells what of it.

Readers look it up and keep nothing themselves, so that files give the same events in any order.
"""

from __future__ import annotations

from array import array

import msgspec

from ourword.helpdesks.salesforce.lines import Spoken
from ourword.helpdesks.shape import Look

CASED, AWAY = 1, 2
SAME_WITHIN = 5
"""Seconds between a case's own `ClosedDate` and the history's row of the same close: both are written as the case is saved."""
_STATES_MAX, _PEOPLE_MAX = 200, 200_000


class Notes(msgspec.Struct):
    """By case, where not said otherwise."""

    told: dict[str, int] = {}
    """The bits above: a file of cases has it; it was merged into another, or deleted."""
    moves: dict[str, array[int]] = {}
    """The seconds at which its history says that its state changed."""
    stands: dict[str, tuple[int, str]] = {}
    """The newest state that was seen, and when it came; a case's own record is the newest."""
    closing: set[str] = msgspec.field(default_factory=set)
    opening: set[str] = msgspec.field(default_factory=set)
    """States in which cases say that they are closed, or not."""
    users: dict[str, str] = {}
    """By user: the type, as a file of users tells it."""
    owners: set[str] = msgspec.field(default_factory=set)
    """Users who own cases, or did: they work for the company."""
    sessions: dict[str, str] = {}
    """By messaging session: the case that it belongs to, or the session itself where it belongs to none."""
    idle: set[str] = msgspec.field(default_factory=set)
    """Sessions that a machine ended because nobody wrote any more."""
    spoken: Spoken = msgspec.field(default_factory=Spoken)
    waiting: dict[str, tuple[int, str]] = {}
    """Users of whom no file has told yet that they work for the company: how many comments, and one of them."""
    worded: bool = False
    """Whether a file of e-mails or comments was given."""

    def mark(self, case: str, bits: int) -> None:
        """Add what is known of a case."""
        self.told[case] = self.told.get(case, 0) | bits

    def has(self, case: str, bits: int) -> bool:
        """Whether any of these is known of it."""
        return bool(self.told.get(case, 0) & bits)

    def user(self, who: str, type_: str) -> None:
        """Note what sort of user somebody is."""
        if who and len(self.users) < _PEOPLE_MAX:
            self.users[who] = type_

    def owner(self, who: str) -> None:
        """Note that a user had a case on their desk."""
        if len(self.owners) < _PEOPLE_MAX:
            self.owners.add(who)

    def moved_at(self, case: str, at: int) -> bool:
        """Whether the history tells that its state changed at that second."""
        return any(abs(each - at) <= SAME_WITHIN for each in self.moves.get(case, ()))

    def is_closed(self, state: str, solved: tuple[str, ...]) -> bool:
        """Whether a state is one of closed cases: as cases say, else as it is answered or called."""
        if state in self.closing or state in self.opening:
            return state in self.closing
        return state in solved or state.startswith("closed")

    def stand(self, look: Look, case: str, at: int, state: str) -> None:
        """Count in which state a case is now, each case once."""
        before = self.stands.get(case)
        if not state or (before is not None and before[0] >= at) or not (state in look.statuses or len(look.statuses) < _STATES_MAX):
            return
        if before is not None:
            look.statuses[before[1]] -= 1
        look.statuses[state] += 1
        self.stands[case] = at, state


def notes_of(look: Look) -> Notes:
    """Our notes in a look, made when new."""
    found = look.notes.get("salesforce")
    if not isinstance(found, Notes):
        found = look.notes["salesforce"] = Notes()
    return found
