"""What is seen in all of Chatwoot's files before anything is imported, and what one message turns on in its conversation.

Messages come page by page, each page for itself and the newest first: so every public message leaves sixteen bytes here, and what
comes before what is worked out when a message is read.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Collection

import msgspec

from ourword.helpdesks.shape import Look
from ourword.helpdesks.values import WAITED, number

HEARD, SAID, CLOSED, OPENED = 0, 1, 2, 3
ASKS, ASKS_SOLVED = 4, 8
_ANSWERS = {"": 0, "yes": 1, "no": 2}
_SAID = {place: said for said, place in _ANSWERS.items()}
_AUTHORS_MAX, _KEPT = 4_000, 256

MESSAGED, ACTED, HANDED, ACTED_LAST, HEARD_ONCE, SAID_ONCE, CARRIED, CAMPAIGN = 1, 2, 4, 8, 16, 32, 64, 256
COUNTED = {"resolved": 128, "open": 512, "pending": 1024, "snoozed": 2048}


class Turn(msgspec.Struct, frozen=True):
    """What a message is in its conversation."""

    said: str = ""
    """What it answers to our question whether it is solved: `yes`, `no`, or nothing of the kind."""
    joins: bool = False
    """Whether a person speaks here first, after a machine."""
    reopens: bool = False
    closes: bool = False
    waited: bool = False
    """Whether our question had had no answer, for long enough, when this closed."""


class Notes(msgspec.Struct):
    """By conversation, where not said otherwise."""

    lines: dict[str, array[int]] = {}
    told: dict[str, int] = {}
    """The bits above: its messages are in a file of their own; activities say when it was resolved, when it was handed over; only a list's
    last message says so; the customer wrote, we did; its messages are in the conversation itself; that it was counted among those of a
    state; a list's last message is a campaign's, with which it began.
    """
    listed: dict[str, int] = {}
    """The second of its newest copy."""
    authors: list[str] = msgspec.field(default_factory=lambda: [""])
    numbers: dict[str, int] = {}
    begun: dict[tuple[str, int], tuple[str, ...]] = {}
    """By inbox and second of its beginning: the conversations, and below the database's numbers of them, as reports have it."""
    reported: dict[tuple[str, int], tuple[str, ...]] = {}
    resolved: set[str] = msgspec.field(default_factory=set)
    """The database's numbers of conversations that a report says were resolved."""
    rated: set[str] = msgspec.field(default_factory=set)
    """Messages whose rating is in a file of ratings; `c71` for a conversation of which such a file, or a table of it, has any."""
    tabled: set[str] = msgspec.field(default_factory=set)

    def mark(self, conversation: str, bits: int) -> None:
        """Add what is known of a conversation."""
        self.told[conversation] = self.told.get(conversation, 0) | bits

    def has(self, conversation: str, bits: int) -> bool:
        """Whether any of these is known of it."""
        return bool(self.told.get(conversation, 0) & bits)

    def begun_by_us(self, conversation: str) -> bool:
        """Whether we wrote, and nobody answered: a campaign, or an agent's own message."""
        begun = self.has(conversation, CAMPAIGN) or (self.has(conversation, MESSAGED | CARRIED) and self.has(conversation, SAID_ONCE))
        return begun and not self.has(conversation, HEARD_ONCE)

    def author(self, who: str) -> int:
        """A small number for an author."""
        found = self.numbers.get(who)
        if found is None:
            found = len(self.authors) if len(self.authors) < _AUTHORS_MAX and who else 0
            if found:
                self.authors.append(who)
            self.numbers[who] = found
        return found

    def add(self, conversation: str, message: str, second: int, sort: int, *, who: str = "", asks: int = 0, answer: str = "") -> None:
        """Note one message."""
        line = self.lines.setdefault(conversation, array("q"))
        line.append(min(second, 2**40) << 12 | self.author(who))
        line.append(min(number(message), 2**50) << 8 | _ANSWERS.get(answer, 0) << 4 | asks | sort)

    def joins(self) -> dict[str, str]:
        """The conversations that reports mean. They have the database's numbers, not the conversations' own: joined by inbox and second.

        Two that began in one inbox in the same second are joined with nothing.
        """
        pairs = ((numbers, self.begun.get(begun, ())) for begun, numbers in self.reported.items())
        return {numbers[0]: own[0] for numbers, own in pairs if len(numbers) == len(own) == 1}


def notes_of(look: Look) -> Notes:
    """Our notes in a look, made when new."""
    found = look.notes.get("chatwoot")
    if not isinstance(found, Notes):
        found = look.notes["chatwoot"] = Notes()
    return found


class Lines:
    """Works out what each message is, conversation by conversation; the last few hundred are remembered."""

    def __init__(self, notes: Notes, machines: Collection[str]) -> None:
        self._notes, self._machines = notes, machines
        self._kept: OrderedDict[str, dict[int, Turn]] = OrderedDict()

    def turn(self, conversation: str, message: str) -> Turn:
        """What a message is."""
        found = self._kept.get(conversation)
        if found is None:
            found = self._kept[conversation] = self._turns(conversation)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found.get(min(number(message), 2**50), _PLAIN)

    def nameless(self, conversation: str, second: int) -> bool:
        """Whether somebody of ours wrote in that second whom no file names any more."""
        line = self._notes.lines.get(conversation, array("q"))
        return any(line[at] >> 12 == second and not line[at] & 4095 and line[at + 1] & 3 == SAID for at in range(0, len(line), 2))

    def _turns(self, conversation: str) -> dict[int, Turn]:
        line = self._notes.lines.get(conversation, array("q"))
        several = {line[at + 1] >> 8: (line[at] >> 12, line[at + 1] >> 8, line[at] & 4095, line[at + 1] & 255) for at in range(0, len(line), 2)}
        found: dict[int, Turn] = {}
        asked, question, machine, person, closed = False, 0, False, False, False
        for second, message, author, bits in sorted(several.values()):
            sort, answer = bits & 3, _SAID[bits >> 4 & 3]
            if sort == HEARD:
                found[message] = Turn(said=answer if asked else "", reopens=closed)
                asked, question, closed = False, 0, False
            elif sort == SAID:
                who = self._notes.authors[author]
                of_machine = who in self._machines
                found[message] = Turn(joins=bool(who) and machine and not (person or of_machine))
                machine, person = machine or of_machine, person or (bool(who) and not of_machine)
                asked, question = bool(bits & ASKS_SOLVED), second if bits & (ASKS | ASKS_SOLVED) else 0
            elif sort == CLOSED:
                found[message] = Turn(closes=not closed, waited=bool(question) and second - question >= WAITED)
                closed = True
            else:
                found[message] = Turn(reopens=closed)
                closed = False
        return found


_PLAIN = Turn()
