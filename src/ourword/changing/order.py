"""Which of two answers is better for a customer: one is, if the customer is no worse off whatever follows from either.

An allowance gives what was wanted, and a refusal nothing: between them lies whatever a question or a person may lead to. So a question, a
person and an amendment are not compared with one another: which of them a customer would rather have is arguable. `design/0017` has the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.gate.code import KindGate


class Direction(StrEnum):
    """What a change is for the customer.

    >>> Direction.TOWARDS.turned, Direction.ARGUABLE.turned
    (<Direction.AGAINST: 'against'>, <Direction.ARGUABLE: 'arguable'>)
    """

    TOWARDS = "towards"
    AGAINST = "against"
    ARGUABLE = "arguable"
    """It changes something, and no rule says for whose good."""
    NEUTRAL = "neutral"
    """The words change, or nothing that a customer would notice."""

    @property
    def turned(self) -> Direction:
        """The same change, made backwards."""
        return {Direction.TOWARDS: Direction.AGAINST, Direction.AGAINST: Direction.TOWARDS}.get(self, self)


WAYS = (Direction.AGAINST, Direction.TOWARDS, Direction.ARGUABLE)
"""The ways in which a change can matter, those against the customer first."""
DONE = (Answer.ALLOW, Answer.AMEND)
"""Answers after which something is done, as proposed or otherwise."""


class Got(msgspec.Struct, frozen=True):
    """What a customer got: the answer, and each amount that is done then; `None` where it is not known."""

    answer: Answer
    amounts: Mapping[str, Any] = {}


def wanted(fact: Fact) -> int:
    """Whether more of a fact is better for the customer (1), worse (-1), or nobody can say (0)."""
    if fact.type.name != "money":
        return 0
    return -1 if fact.paid_by == "customer" else 1


def amended_facts(*kinds: KindGate) -> dict[str, Fact]:
    """The facts that clauses change, in either contract; as the last one declares them."""
    return {fact.name: fact for kind in kinds for code in kind.clauses for fact, _ in code.amend}


def by_answers(old: Answer, new: Answer) -> Direction | None:
    """Compare two answers; `None` where amounts decide.

    >>> by_answers(Answer.REFUSE, Answer.ESCALATE), by_answers(Answer.ALLOW, Answer.ASK), by_answers(Answer.ASK, Answer.ESCALATE)
    (<Direction.TOWARDS: 'towards'>, <Direction.AGAINST: 'against'>, <Direction.ARGUABLE: 'arguable'>)
    """
    if old in DONE and new in DONE:
        return None
    if old is new:
        return Direction.NEUTRAL
    if Answer.REFUSE in (old, new):
        return Direction.TOWARDS if old is Answer.REFUSE else Direction.AGAINST
    if Answer.ALLOW in (old, new):
        return Direction.AGAINST if old is Answer.ALLOW else Direction.TOWARDS
    return Direction.ARGUABLE


def direction(old: Got, new: Got, facts: Iterable[Fact]) -> Direction:
    """Compare what one customer got under two contracts; neutral where it is the same.

    >>> half, all_of_it = Got(Answer.AMEND, {}), Got(Answer.ALLOW, {})
    >>> direction(half, all_of_it, [])
    <Direction.NEUTRAL: 'neutral'>
    """
    found = by_answers(old.answer, new.answer)
    return together([_amount(fact, old.amounts.get(fact.name), new.amounts.get(fact.name)) for fact in facts]) if found is None else found


def _amount(fact: Fact, old: Any, new: Any) -> Direction:
    if old == new:
        return Direction.NEUTRAL
    if old is None or new is None or not wanted(fact):
        return Direction.ARGUABLE
    return Direction.TOWARDS if (new - old) * wanted(fact) > 0 else Direction.AGAINST


def together(parts: Sequence[Direction]) -> Direction:
    """Several changes for one customer, as one: better in one thing and worse in another is arguable."""
    moved = set(parts) - {Direction.NEUTRAL}
    return moved.pop() if len(moved) == 1 else Direction.ARGUABLE if moved else Direction.NEUTRAL
