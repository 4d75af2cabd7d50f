"""A person's answer passes the same gate: compared with the clauses and the boundaries; a departure is a bend, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ourword.cel.unknown import Unknown
from ourword.contract.model import Clause
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.errors import LineError
from ourword.gate.amend import amended_value
from ourword.gate.code import Gate, KindGate, Values, in_wiring_order
from ourword.gate.decide import Considered, Reading, boundaries, consider
from ourword.gate.facts import read_fact
from ourword.gate.judge import NOTHING
from ourword.gate.verdict import Outcome, Signal

UNDECIDED = (Answer.ASK, Answer.ESCALATE)
"""Answers of a person by which the customer has got nothing and been refused nothing."""


def decide_by_person(gate: Gate, kind: KindGate, proposal: Proposal, facts: Mapping[str, object], reading: Reading, instant: int) -> Outcome:
    """Step 5 for a person: rights, holdout and escalate clauses are satisfied; the rest is held beside their answer.

    Raises `LineError` for a person the contract does not name, no answer, or a departure without `because`.
    """
    _known_person(gate, proposal)
    answer = _own_answer(proposal)
    written = consider(kind, reading, facts, instant, person=True)
    values = written.values if written.values is not None else kind.read(facts, instant)
    amendments = own_amendments(kind, proposal, answer, written, instant)
    if amendments:
        values = kind.derive({**values, **amendments})
    signals = _bend(kind, proposal, answer, amendments, written)
    crossed, warned, unsure = boundaries(kind, values, answer.value)
    own = signals or written.judgement is NOTHING or (answer is Answer.ASK and written.judgement.answer is not Answer.ASK)
    decided_by, final = "person" if own else written.judgement.decided_by, answer
    to = kind.kind.owner
    if _above_what_they_may(gate, kind, proposal, answer, values, amendments, consider(kind, reading, facts, instant)):
        final, decided_by = Answer.ESCALATE, "work.may"
    lifted = _lifted(kind, proposal, written.fired) if signals else None
    if lifted is not None:
        final, decided_by, to = Answer.ESCALATE, lifted.id, lifted.owner
    if crossed:
        final, decided_by, to = Answer.ESCALATE, crossed, kind.kind.owner
    missing = written.judgement.missing | unsure
    return Outcome(
        answer=final,
        decided_by=decided_by,
        fired=written.fired,
        values=values,
        amendments=amendments if final in (Answer.AMEND, Answer.ASK) else None,
        missing=in_wiring_order(kind, missing),
        asked=written.judgement.asked if final is Answer.ASK else (),
        proposed=answer if final is not answer else None,
        # Until the owner has answered, nothing was granted and nothing bent.
        signals=(*(signals if final is answer else ()), *warned),
        # It is with a person already: from here it goes to the owner.
        to=to if final is Answer.ESCALATE and final is not answer else _desk(kind, final),
    )


def _desk(kind: KindGate, final: Answer) -> str:
    return kind.kind.escalation.to if final is Answer.ESCALATE and kind.kind.escalation else ""


def _known_person(gate: Gate, proposal: Proposal) -> None:
    people = {person.id for person in gate.contract.draft.people}
    if proposal.by != "person" and proposal.by not in people:
        raise LineError(
            "line.unknown-person",
            f"`{proposal.by[:100]}` is nobody whom the contract names",
            place="by",
            hint=f"write `person`, or one of: {', '.join(sorted(people))}",
        )


def _own_answer(proposal: Proposal) -> Answer:
    if proposal.answer is None:
        raise LineError(
            "line.no-answer",
            "a person decided, and their answer is not there",
            place="answer",
            hint="add `answer`: allow, amend, ask, refuse or escalate",
        )
    return proposal.answer


def own_amendments(kind: KindGate, proposal: Proposal, answer: Answer, written: Considered, instant: int) -> dict[str, Any]:
    """What the person changed; without their own figures, what the clauses would have changed."""
    if answer is not Answer.AMEND:
        return {}
    if proposal.amended is None:
        return written.amendments or {}
    if not proposal.amended:
        raise LineError(
            "line.amended", "a person amends, and nothing is changed", place="amended", hint='name what changes: "amended": {"amount": …}'
        )
    changed = {}
    for name, given in proposal.amended.items():
        if name not in kind.facts:
            raise LineError(
                "line.amended", f"`{name[:100]}` is no fact that this kind reads", place="amended", hint=f"one of: {', '.join(kind.facts)}"
            )
        value = amended_value(kind.facts[name], read_fact(kind.facts[name], given, instant))
        if type(value) is Unknown:
            raise LineError("line.amended", f"`{name}` is {value.why}", place=f"amended.{name}", hint=f"its type is {kind.facts[name].type}")
        changed[name] = value
    return changed


def _bend(kind: KindGate, proposal: Proposal, answer: Answer, amendments: dict[str, Any], written: Considered) -> tuple[Signal, ...]:
    """A departure from what the clauses answer, with its reason; what is only observed may be without one."""
    judgement = written.judgement
    if not departs(answer, amendments, written):
        return ()
    if not proposal.because.strip() and not proposal.observed:
        raise LineError(
            "line.bend-without-reason",
            f"a person answered {answer.value} where `{judgement.decided_by}` says {judgement.answer.value}",
            place="because",
            hint="add `because`: why this customer is answered otherwise",
        )
    return (Signal(signal="bend", id=judgement.decided_by, written=judgement.answer.value, because=proposal.because),)


def departs(answer: Answer, amendments: Mapping[str, Any], written: Considered) -> bool:
    """Whether a person's answer departs from the clauses. Where these answer nothing (a person was called), there is nothing to depart from.

    A question back, or somebody else called, decides nothing yet: it departs from nothing.
    """
    judgement = written.judgement
    if judgement is NOTHING or judgement.answer is Answer.ESCALATE or answer in UNDECIDED:
        return False
    return answer is not judgement.answer or (answer is Answer.AMEND and dict(amendments) != (written.amendments or {}))


def _lifted(kind: KindGate, proposal: Proposal, fired: int) -> Clause | None:
    """The final refusal that a person's answer would lift: only its own owner may, to all others it stands."""
    final = fired & kind.masks["final"]
    if not final or proposal.answer is Answer.REFUSE:
        return None
    clause = kind.clauses[(final & -final).bit_length() - 1].clause
    return clause if proposal.by != clause.owner else None


def _above_what_they_may(
    gate: Gate, kind: KindGate, proposal: Proposal, answer: Answer, values: Values, amendments: dict[str, Any], automation: Considered
) -> bool:
    """Beyond what automation itself may grant, a person at the desk may grant up to `work.may`; the owner may grant all."""
    limit = gate.contract.draft.work_may.get(kind.kind.name)
    if limit is None or answer not in (Answer.ALLOW, Answer.AMEND) or proposal.by == kind.kind.owner:
        return False
    if automation.judgement.answer is answer and (answer is not Answer.AMEND or amendments == (automation.amendments or {})):
        return False
    amounts = [values[name] for name, fact in kind.facts.items() if fact.type.name == "money" and fact.source.startswith("proposal.")]
    return any(type(amount) is Unknown or amount > limit.minor for amount in amounts)
