"""The ladder: what an export can tell and what it cannot, by what is really in it, and which file would add the next rung."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from ourword.helpdesks.shape import CAME_BACK, CLAIMED, CONFIRMED, DECISIONS, GAVE_UP, PROMISES, REACHED, RUNGS, STAYING, VERSIONS

WORDS = {
    CLAIMED: "What was called resolved",
    CAME_BACK: "Who came back on the same issue",
    GAVE_UP: "Who gave up without an answer",
    CONFIRMED: "Who said that it was solved",
    REACHED: "Who reached a person",
    DECISIONS: "What was decided, by which rule",
    VERSIONS: "Which version of the automation did it",
    PROMISES: "Which promises were kept",
    STAYING: "Who stayed a customer",
}
ADDS = {
    CLAIMED: "tickets with their state",
    CAME_BACK: "tickets that name their customer, their times, and an order or a kind; or another answer to when it is the same matter",
    GAVE_UP: "comments, conversation parts or messages: who wrote last, and whether an answer came",
    CONFIRMED: "comments, conversation parts or messages with an explicit question and its answer; thanks confirm nothing",
    REACHED: "comments, conversation parts or messages, and an answer to which of their authors are machines",
    DECISIONS: "the bot's own export, or the gate: `decision.made` events",
    VERSIONS: "the bot's own export with prompt and model, or the gate",
    PROMISES: "a contract, and orders, refunds or payments as events",
    STAYING: "orders or log-ins (`customer.active`), or who cancelled (`customer.left`)",
}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a home, counted: events that tell each rung, and contacts without a customer."""

    counts: Mapping[str, int]
    """By rung, how many events or contacts tell it."""
    contacts: int = 0
    unmatched: int = 0
    named: int = 0
    """Objects that contacts are about: orders, bookings, invoices; not what stands for one."""
    reopened: int = 0
    """Contacts that were opened or written in again after their close: that alone is no sign that other returns would be seen."""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ladder."""

    name: str
    words: str
    known: bool
    because: str
    """How much tells it; else what is missing, and what would add it."""
    partly: bool = False
    """Not known, but something of it is seen."""

    @property
    def stands(self) -> str:
        """How it stands, in words."""
        return "known" if self.known else "known only in part" if self.partly else "not knowable from these files"


SAME = {
    "kind": "any contact of one kind counts as the same issue, which is too many: see “by chance” in the report",
    "customer": "any contact counts as the same issue, which is far too many: see “by chance” in the report",
}
"""What was answered to when it is the same matter, where a contact names no order."""


def ladder(seen: Seen, gives: Mapping[str, Collection[str]], *, same: str = "object") -> tuple[Rung, ...]:
    """Every rung, known or not; *gives* names the files that could have told it, *same* what was answered to when it is the same matter.

    >>> seen = Seen(counts={"claimed": 3, "came_back": 3}, contacts=3)
    >>> [rung.name for rung in ladder(seen, {"claimed": ["Zendesk tickets"]}) if rung.known]
    ['claimed', 'came_back']
    """
    return tuple(_rung(name, seen, tuple(gives.get(name, ())), same) for name in RUNGS)


def _rung(name: str, seen: Seen, files: tuple[str, ...], same: str) -> Rung:
    count = seen.counts.get(name, 0)
    if name == CAME_BACK and seen.contacts and seen.unmatched >= seen.contacts:
        count = 0
    if count:
        because = f"told by {count:,} {'row' if count == 1 else 'rows'}"
        if name == CAME_BACK and seen.unmatched:
            because += f"; {seen.unmatched:,} of {seen.contacts:,} contacts name no customer, and nobody can see whether those came back"
        if name == CAME_BACK and same in SAME:
            because += f"; {'where a contact names no order,' if seen.named else 'no order is named, so that'} {SAME[same]}"
        return Rung(name=name, words=WORDS[name], known=True, because=because)
    if name == CAME_BACK and seen.reopened:
        again = f"{seen.reopened:,} contact{' was' if seen.reopened == 1 else 's were'}"
        because = f"{again} opened or written in again after the close; who came back in another contact is not seen. It takes {ADDS[name]}."
        return Rung(name=name, words=WORDS[name], known=False, because=because, partly=True)
    tried = f"{', '.join(files)} could say it, and no row did. " if files else ""
    return Rung(name=name, words=WORDS[name], known=False, because=f"{tried}It takes {ADDS[name]}.")
