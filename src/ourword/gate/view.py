"""What may be known to the customer: the clauses read with every `tell: never` fact unknown.

Kleene's reading is sound: what holds with those facts unknown holds whatever they are. So customer-facing words, found
from this reading and the answer alone, are the same for every value of what must never be told.
"""

from __future__ import annotations

import msgspec

from ourword.cel.unknown import Unknown
from ourword.core.answer import Answer
from ourword.gate.code import KindGate, Values
from ourword.gate.decide import read_values
from ourword.gate.judge import judge
from ourword.gate.verdict import Verdict


class View(msgspec.Struct, frozen=True):
    """The decision as the customer may see it."""

    fired: tuple[int, ...]
    """Numbers of the clauses that hold whatever the untold facts are, before or after the amendment."""
    asked: tuple[str, ...]
    """What the customer is asked, if the answer is ask."""
    values: Values
    """Typed facts as proposed, the untold ones unknown."""


def view(verdict: Verdict) -> View:
    """See the decision with every `tell: never` fact unknown."""
    kind = verdict.kind
    given = kind.read(verdict.given, verdict.instant)
    values = untold(kind, given)
    if values is given and verdict.outcome.values is None and verdict.answer is not Answer.ASK:
        # Every fact was known and nothing is kept from the customer: the clauses were read already.
        return View(_numbers(kind, verdict.mask), (), values)
    reading = read_values(kind, values)
    fired = reading.fired
    asked: tuple[str, ...] = ()
    if verdict.answer is Answer.ASK:
        asked = tuple(name for name in judge(kind, fired=fired, unknown=reading.unknown, required=reading.required, asking=True).asked)
        asked = asked or tuple(name for name in kind.facts if name in kind.customer_stated and type(values[name]) is Unknown)
    if verdict.amendments and verdict.answer in (Answer.AMEND, Answer.ASK):  # not what is only proposed to a person
        again = read_values(kind, untold(kind, kind.derive({**values, **verdict.amendments})))
        fired |= again.fired & ~kind.masks["amend"]
    return View(_numbers(kind, fired), asked, values)


def _numbers(kind: KindGate, mask: int) -> tuple[int, ...]:
    return tuple(index for index in range(len(kind.clauses)) if mask >> index & 1)


def untold(kind: KindGate, values: Values) -> Values:
    """The same facts, with every `tell: never` one unknown and the derived ones worked out from that."""
    hidden = [name for name, fact in kind.facts.items() if fact.tell == "never"]
    if not hidden:
        return values
    return kind.derive({**values, **{name: Unknown(frozenset((name,)), "not told") for name in hidden}})
