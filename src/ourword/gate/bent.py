"""What a person decided, held beside what is written: decided again by a contract, as if by automation.

Once a person is there, what would have brought one in is satisfied (step 5 of the gate); what the other clauses answer then is what is
*written*. A person who answers otherwise departs from it, towards the customer or against them. Where the clauses answer nothing else
than a person, there is nothing to depart from: that decision is the person's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from ourword.cel.unknown import Unknown
from ourword.contract.amounts import amount_of_kind
from ourword.core.answer import Answer, rank
from ourword.core.proposal import Proposal
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.decide import conclude, consider, read
from ourword.gate.judge import NOTHING
from ourword.gate.person import UNDECIDED, departs, own_amendments

Stands = Literal["as written", "granted", "withheld", "theirs", "open"]
"""As written; milder than written; stricter; the person's own, where the clauses ask for a person and for nothing else; or not decided
yet: a question back, or somebody else called, grants nothing and refuses nothing."""


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units."""

    minor: int
    currency: str


class Weighed(msgspec.Struct, frozen=True):
    """A person's answer beside what is written."""

    stands: Stands
    written: Answer | None
    """What the clauses answer once a person is there; `None`: nothing."""
    clause: str
    """Who answers that: a clause, `requires` or `otherwise`."""
    alone: Answer
    """What automation alone would have answered: escalate, where a clause, the rights, the holdout or a boundary calls a person too."""
    amount: Money | None
    """What the customer got beyond what is written, or less than that; `None`: the kind names no amount, or it is not known."""
    values: Values
    """The typed facts, as they were before anybody changed them."""


def weigh(gate: Gate, proposal: Proposal, facts: Mapping[str, object], instant: int) -> Weighed:
    """Decide again what a person has decided; *proposal* has their answer. Raises `LineError` where the contract cannot read it."""
    kind, answer = gate.kinds[proposal.kind], proposal.answer
    assert answer is not None, "a person has answered"
    reading = read(kind, facts, instant)
    written = consider(kind, reading, facts, instant, person=True)
    alone = conclude(gate, kind, proposal, facts, instant, consider(kind, reading, facts, instant)).answer
    given = own_amendments(kind, proposal, answer, written, instant) if answer is Answer.AMEND else {}
    judgement, values = written.judgement, kind.read(facts, instant)
    if judgement is NOTHING:
        return Weighed("theirs", None, "", alone, None, values)
    if answer is not judgement.answer and answer in UNDECIDED:
        return Weighed("open", judgement.answer, judgement.decided_by, alone, None, values)
    if not departs(answer, given, written):
        return Weighed("as written", judgement.answer, judgement.decided_by, alone, None, values)
    about = amount_of_kind(kind.kind, gate.contract.draft)
    theirs, ours = _granted(kind, about, answer, values, given), _granted(kind, about, judgement.answer, values, written.amendments or {})
    stands: Stands = "granted" if _milder(answer, judgement.answer, theirs, ours) else "withheld"
    return Weighed(stands, judgement.answer, judgement.decided_by, alone, _beyond(theirs, ours), values)


def _milder(answer: Answer, written: Answer, theirs: Money | None, ours: Money | None) -> bool:
    """Whether a person is milder than the clauses; where both change the proposal, by what the customer gets, and unknown is not milder."""
    if answer is not written:
        return rank(answer) < rank(written)
    return theirs is not None and ours is not None and theirs.minor > ours.minor


def _granted(kind: KindGate, about: tuple[str, str], answer: Answer, values: Values, amendments: Mapping[str, Any]) -> Money | None:
    """What an answer gives a customer: nothing, unless it allows; `None` where no amount is named or it is not known."""
    name, currency = about
    if not name:
        return None
    if answer not in (Answer.ALLOW, Answer.AMEND):
        return Money(0, currency)
    value = kind.derive({**values, **amendments}).get(name)
    return None if value is None or type(value) is Unknown else Money(round(value), currency)


def _beyond(theirs: Money | None, ours: Money | None) -> Money | None:
    return None if theirs is None or ours is None else Money(abs(theirs.minor - ours.minor), theirs.currency)
