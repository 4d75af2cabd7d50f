"""What was said in each case, in a few bytes, and what one message turns on.

E-mails and comments come in files of their own, sorted by nothing in particular: so each leaves sixteen bytes here when it is seen, and what
comes before what is worked out when it is read. Who speaks is known only when all files were seen, so that lines keep ids.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from ourword.helpdesks.salesforce.parts import serial
from ourword.helpdesks.shape import AUTOMATION, CUSTOMER, PERSON
from ourword.helpdesks.values import WAITED

EMAILED, COMMENTED, ENTERED = 0, 1, 2
"""Where something was said: ids are counted apart in each."""
ASKS, ASKS_SOLVED = 1, 2
THEM, MACHINE, SYSTEM, AGENT = "customer", "machine", "system", "agent:"
"""Speakers that are no user: whoever wrote to the company, what wrote by itself, Salesforce, and before a user's id: one who is an agent for sure."""
_ANSWERS = {"": 0, "yes": 1, "no": 2}
_SAID = {place: said for said, place in _ANSWERS.items()}
_AUTHOR_BITS, _KEPT = 22, 256


class Turn(msgspec.Struct, frozen=True):
    """What a message is in its case."""

    said: str = ""
    """What it answers to our question whether it is solved: `yes`, `no`, or nothing of the kind."""
    joins: bool = False
    """Whether a person speaks here first, after a machine."""


class Spoken(msgspec.Struct):
    """What was said, by case."""

    lines: dict[str, array[int]] = {}
    authors: list[str] = msgspec.field(default_factory=lambda: [""])
    numbers: dict[str, int] = {}

    def add(self, case: str, where: int, id_: str, second: int, who: str, *, asks: int = 0, answer: str = "") -> None:
        """Note one message."""
        line = self.lines.setdefault(case, array("q"))
        line.append(min(second, 2**40) << _AUTHOR_BITS | self._author(who))
        line.append(_key(where, id_) << 4 | _ANSWERS.get(answer, 0) << 2 | asks)

    def _author(self, who: str) -> int:
        found = self.numbers.get(who)
        if found is None:
            found = len(self.authors) if len(self.authors) < 1 << _AUTHOR_BITS and who else 0
            if found:
                self.authors.append(who)
            self.numbers[who] = found
        return found


class Lines:
    """Works out what each message is, case by case; the last few hundred are remembered."""

    def __init__(self, spoken: Spoken, who: Callable[[str], str]) -> None:
        self._spoken, self._who = spoken, who
        self._kept: OrderedDict[str, dict[int, Turn]] = OrderedDict()

    def turn(self, case: str, where: int, id_: str) -> Turn:
        """What a message is."""
        found = self._kept.get(case)
        if found is None:
            found = self._kept[case] = self._turns(case)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found.get(_key(where, id_), _PLAIN)

    def waited(self, case: str, second: int) -> bool:
        """Whether the last word before that second was our question, and had had no answer for long enough."""
        last = max((each for each in self._told(case) if each[0] <= second), default=None)
        return last is not None and self._who(last[2]) != CUSTOMER and bool(last[3] & (ASKS | ASKS_SOLVED)) and second - last[0] >= WAITED

    def began_with(self, case: str, second: int) -> bool:
        """Whether the customer's first words are told, as having begun it."""
        return any(self._who(who) == CUSTOMER and abs(at - second) <= WAITED for at, _, who, _ in self._told(case))

    def _told(self, case: str) -> list[tuple[int, int, str, int]]:
        """What was said, in order: the second, which message, who, and what it asks or answers; a flow's mail only where it asks."""
        line, authors = self._spoken.lines.get(case, array("q")), self._spoken.authors
        several = {
            line[at + 1] >> 4: (line[at] >> _AUTHOR_BITS, line[at] & ((1 << _AUTHOR_BITS) - 1), line[at + 1] & 15) for at in range(0, len(line), 2)
        }
        found = sorted((second, key, authors[author], bits) for key, (second, author, bits) in several.items())
        return [each for each in found if is_heard(self._who(each[2]), asks=bool(each[3] & (ASKS | ASKS_SOLVED)), mailed=each[1] & 3 == EMAILED)]

    def _turns(self, case: str) -> dict[int, Turn]:
        found: dict[int, Turn] = {}
        asked, machine, person = False, False, False
        for _, key, author, bits in self._told(case):
            who = self._who(author)
            if who == CUSTOMER:
                found[key] = Turn(said=_SAID.get(bits >> 2, "") if asked else "")
                asked = False
            else:
                found[key] = Turn(joins=who == PERSON and machine and not person)
                machine, person, asked = machine or who == AUTOMATION, person or who == PERSON, bool(bits & ASKS_SOLVED)
        return found


def is_heard(who: str, *, asks: bool, mailed: bool) -> bool:
    """Whether something is a word between us: not what a flow sends by itself, unless it asks; a notice that a message has come in answers nobody.

    Of somebody of whom no file tells an e-mail says itself that it is ours; a comment may be anybody's.
    """
    return who in (CUSTOMER, AUTOMATION, PERSON) or (asks if who else mailed)


def _key(where: int, id_: str) -> int:
    return serial(id_) << 2 | where


_PLAIN = Turn()
