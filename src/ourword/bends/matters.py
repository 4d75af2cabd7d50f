"""Which decisions are one matter: whatever was decided on one case of a customer, however many lines and events tell of it.

Within a contact the decisions of one kind are one matter, unless they name different objects. Where no contact is known they are one
where they name the same object, or agree in every fact that both name, or where the one before left the question open, each time within
a week. That is a guess, and it is said to be one: who hands in the contact is not guessed about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from ourword.core.span import NANOSECONDS

APART = 7 * NANOSECONDS["day"]
"""Without a contact, what lies further apart is another matter: the time after which a customer is back for the next thing in all figures."""
LOOKED_BACK = 50
"""So many matters of one customer and kind are looked at, the latest first: who sends all customers under one name gets an answer all the same."""

Left = Literal["decided", "asked", "passed on"]
"""What a step leaves behind: an answer that stands, a question back, or somebody else who is to answer."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, and by what it is known which matter it belongs to."""

    decision_id: str
    customer: str
    kind: str
    at: int
    """Ns since 1970."""
    contact: str = ""
    objects: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = {}
    left: Left = "decided"

    @property
    def is_open(self) -> bool:
        """Whether somebody's answer is awaited."""
        return self.left != "decided"


def objects_of(given: object) -> frozenset[str]:
    """The objects of a line, each as one text.

    >>> objects_of([{"type": "order", "id": "o-9"}]) == objects_of([{"id": "o-9", "type": "order"}])
    True
    """
    return frozenset(msgspec.json.encode(each, order="sorted").decode() for each in given) if isinstance(given, list | tuple) else frozenset()


class Matters:
    """Matters by their numbers, laid out from the decisions in the order of their times."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._matters: list[list[Step]] = []
        self._by_whom: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_contact: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        for step in sorted(steps, key=lambda each: each.at):
            self._add(step)

    def __iter__(self) -> Iterator[list[Step]]:
        """Each matter: its decisions in the order of their times."""
        return iter(self._matters)

    def number(self, step: Step) -> int | None:
        """The matter that a decision belongs to; `None` if to none of these."""
        same = reversed(self._by_contact[step.customer, step.kind, step.contact][-LOOKED_BACK:]) if step.contact else ()
        near = reversed(self._by_whom[step.customer, step.kind][-LOOKED_BACK:])
        found = (number for numbers in (same, near) for number in numbers if _belongs(step, self._matters[number]))
        return next(found, None)

    def _add(self, step: Step) -> None:
        number = self.number(step)
        if number is None:
            number = len(self._matters)
            self._matters.append([])
            self._by_whom[step.customer, step.kind].append(number)
        self._matters[number].append(step)
        if step.contact and number not in (numbers := self._by_contact[step.customer, step.kind, step.contact])[-LOOKED_BACK:]:
            numbers.append(number)


def _belongs(step: Step, matter: list[Step]) -> bool:
    known = {each.contact for each in matter if each.contact}
    named = frozenset[str]().union(*(each.objects for each in matter))
    if step.objects and named and not step.objects & named:
        return False
    if step.contact and known:
        return step.contact in known
    last = matter[-1]
    if min(abs(step.at - each.at) for each in matter) > APART:
        return False
    return bool(step.objects & named) or (last.is_open and last.at <= step.at) or _agree(step, matter)


def _agree(step: Step, matter: list[Step]) -> bool:
    one, other = step.facts, {name: value for each in matter for name, value in each.facts.items()}  # what was learnt last stands
    both = one.keys() & other.keys()
    return bool(both) and all(one[name] == other[name] for name in both)
