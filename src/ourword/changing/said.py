"""What changes for a customer, said to the solver: the comparison of `order` once more, as terms. A law in the tests holds the two together."""

from __future__ import annotations

from ourword.cel.smt import equal_values
from ourword.cel.smt_terms import Term, Truth, alike, both, either, no, same
from ourword.changing.order import Direction, by_answers, wanted
from ourword.changing.pair import Sides
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.proving.said import Customer, Hot

Given = tuple[tuple[Hot, Customer], tuple[Hot, Customer]]
"""What is answered in either contract, and the customer with what was amended."""


def moved(side: Sides, old: Answer, new: Answer, way: Direction, given: Given | None = None) -> Truth:
    """One gate gives one answer, the other another, and it is this to the customer; *given* instead of what the gates answer."""
    given = given or ((side.old.final, side.old.after), (side.new.final, side.new.after))
    answers = both(given[0][0][old], given[1][0][new])
    if answers is False:
        return False
    by = by_answers(old, new)
    if by is not None:
        return answers if by is way else False
    return both(answers, _by_amounts(side, way, given))


def anyhow(side: Sides, way: Direction) -> Truth:
    """Whatever the answers are, the change is this to the customer."""
    if way not in side.anyhow:
        side.anyhow[way] = side.solve.named(either(*(moved(side, old, new, way) for old in Answer for new in Answer)))
    return side.anyhow[way]


def _by_amounts(side: Sides, way: Direction, given: Given) -> Truth:
    """What is done in the end differs so, amount by amount."""
    parts = [_amount(side, fact, given) for fact in side.pair.changed_facts.values()]
    if any(part is None for part in parts):
        return way is Direction.ARGUABLE  # an amount that the two cannot be compared by
    better, worse, else_ = (either(*(part[at] for part in parts if part)) for at in range(3))
    match way:
        case Direction.NEUTRAL:
            return no(either(better, worse, else_))
        case Direction.TOWARDS:
            return both(better, no(worse), no(else_))
        case Direction.AGAINST:
            return both(worse, no(better), no(else_))
    return either(else_, both(better, worse))


def _amount(side: Sides, fact: Fact, given: Given) -> tuple[Truth, Truth, Truth] | None:
    """Whether one amount is better, worse, or otherwise and neither; `None` where it is two things to the two contracts."""
    old, new = (side.amounts(given[at][1], at, fact.name) for at in (0, 1))
    if any(said.kind.facts[fact.name].type.name != fact.type.name for said in side.said if fact.name in said.kind.facts):
        return None
    known = both(old.known, new.known)
    equal = either(both(no(old.known), no(new.known)), both(known, equal_values(old.value, new.value, fact.type)))
    if not wanted(fact):
        return False, False, no(equal)
    more = _more(old, new) if wanted(fact) > 0 else _more(new, old)
    less = _more(new, old) if wanted(fact) > 0 else _more(old, new)
    return both(known, more), both(known, less), no(same(old.known, new.known))


def _more(old: Term, new: Term) -> Truth:
    one, other, _ = alike(old.value, new.value)
    return one < other
