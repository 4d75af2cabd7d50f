"""The gate: a proposal and its facts in, a verdict out. Pure and total: an unknown never allows.

The steps are those of the contract's reference, in its order: facts, required facts, clauses, amendments, rights,
boundaries, promises.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from ourword.cel.unknown import Unknown
from ourword.core.answer import Answer, rank
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.errors import LineError
from ourword.gate.amend import amend
from ourword.gate.code import UNTYPED, Gate, KindGate, Values, in_wiring_order, outside_names
from ourword.gate.facts import ABSENT, read_fact
from ourword.gate.judge import MEMO_MAX, Judgement, judge, judge_known
from ourword.gate.verdict import Outcome, Signal, Verdict


class Reading(msgspec.Struct):
    """What the facts say: which clauses hold, which cannot be known and why, which required facts are unknown."""

    fired: int
    unknown: dict[int, frozenset[str]] = {}
    required: tuple[str, ...] = ()
    values: Values | None = None
    """Typed facts; `None` where the generated code read them, and saw no boundary hold for what the clauses answer."""


class Considered(msgspec.Struct):
    """The clauses' answer after amendments."""

    judgement: Judgement
    fired: int
    values: Values | None
    amendments: dict[str, Any] | None = None


def decide(gate: Gate, proposal: Proposal, facts: Mapping[str, object], now: datetime) -> Verdict:
    """Answer one proposal at *now* (aware). Raises `LineError` for a kind, a person or an answer that the contract does not know."""
    kind = gate.kinds.get(proposal.kind)
    if kind is None:
        raise _unlisted(gate, proposal.kind)
    if now.tzinfo is None:
        raise LineError("line.time", "the time has no zone", place="time", hint="write it as RFC 3339 with `Z` or an offset")
    instant = 0 if kind.timeless else instant_from_datetime(now) or 0
    if proposal.by != "automation":
        from ourword.gate.person import decide_by_person

        return Verdict(gate, kind, proposal, facts, now, decide_by_person(gate, kind, proposal, facts, read(kind, facts, instant), instant))
    try:
        fired = kind.fast(facts, instant)
    except Exception:  # a run-time error in some condition: the exact reading says whose it is
        fired = UNTYPED
    if fired == UNTYPED:
        reading = read_values(kind, kind.read(facts, instant))
        return Verdict(gate, kind, proposal, facts, now, conclude(gate, kind, proposal, facts, instant, consider(kind, reading, facts, instant)))
    # Where every fact is known, what settles it decides alone, but for a change of facts and the holdout.
    settled = kind.settle(fired)
    outcome = kind.outcomes.get(settled)
    if outcome is None:
        outcome = conclude(gate, kind, proposal, facts, instant, consider(kind, Reading(fired), facts, instant))
        if outcome.values is not None:
            return Verdict(gate, kind, proposal, facts, now, outcome)
        if not kind.kind.explore:
            if len(kind.outcomes) >= MEMO_MAX:
                kind.outcomes.clear()
            kind.outcomes[settled] = outcome
    return Verdict(gate, kind, proposal, facts, now, outcome, fired)


def read(kind: KindGate, facts: Mapping[str, object], instant: int) -> Reading:
    """Steps 1 to 3, first half: type the facts and read every clause; the generated code where all is known, else three-valued."""
    try:
        fired = kind.fast(facts, instant)
    except Exception:  # a run-time error in some condition: the exact reading says whose it is
        fired = UNTYPED
    if fired != UNTYPED:
        return Reading(fired)
    return read_values(kind, kind.read(facts, instant))


def read_values(kind: KindGate, values: Values) -> Reading:
    """Read every clause over typed facts: the generated code where its facts are known, three-valued where one is not."""
    try:
        fired, later = kind.partly(values)
    except Exception:  # a run-time error in some condition: the exact reading says whose it is
        return read_exactly(kind, values)
    return _read_on(kind, values, fired, later)


def read_exactly(kind: KindGate, values: Values) -> Reading:
    """Read every clause three-valued over typed facts, some of which may be unknown."""
    return _read_on(kind, values, 0, (1 << len(kind.clauses)) - 1)


def _read_on(kind: KindGate, values: Values, fired: int, later: int) -> Reading:
    """Read the clauses in the mask *later* three-valued, beside those that have *fired*."""
    unknown = {}
    while later:
        index = (later & -later).bit_length() - 1
        later &= later - 1
        holds = kind.clauses[index].holds(values)
        if holds is True:
            fired |= 1 << index
        elif type(holds) is Unknown:
            unknown[index] = outside_names(kind, holds.facts)
    required = tuple(name for name in kind.kind.requires if type(values[name]) is Unknown)
    return Reading(fired, unknown, required, values)


def consider(kind: KindGate, reading: Reading, facts: Mapping[str, object], instant: int, *, person: bool = False) -> Considered:
    """Steps 2 to 4: judge the proposal as it stands; where an amendment joined, judge the amended proposal once more."""
    first = (
        judge(kind, fired=reading.fired, unknown=reading.unknown, required=reading.required, person=person)
        if reading.unknown or reading.required or person
        else judge_known(kind, reading.fired)
    )
    amending = reading.fired & kind.masks["amend"]
    if not amending or first.answer not in (Answer.ASK, Answer.AMEND):
        return Considered(first, reading.fired, reading.values)
    values = reading.values if reading.values is not None else kind.read(facts, instant)
    amendments, trouble = amend(kind, amending, values)
    if trouble is not None:
        return Considered(trouble, reading.fired, values)
    changed = kind.derive({**values, **amendments})
    again = read_values(kind, changed)
    second = judge(kind, fired=again.fired & ~kind.masks["amend"], unknown=again.unknown, required=again.required, second_pass=True, person=person)
    winner = second if rank(second.answer) > rank(first.answer) else first
    fired = reading.fired | again.fired & ~kind.masks["amend"]
    if winner.answer in (Answer.ESCALATE, Answer.REFUSE):
        return Considered(winner, fired, changed)
    return Considered(winner, fired, changed, amendments)


def conclude(gate: Gate, kind: KindGate, proposal: Proposal, facts: Mapping[str, object], instant: int, considered: Considered) -> Outcome:
    """Steps 5 and 6 for automation: rights, holdout, then the boundaries."""
    judgement = considered.judgement
    answer, decided_by, proposed = judgement.answer, judgement.decided_by, None
    rights = kind.kind.rights
    if rights == "human" and answer is not Answer.ESCALATE:
        answer, decided_by = Answer.ESCALATE, "rights"
    elif rights == "propose" and answer in (Answer.ALLOW, Answer.AMEND, Answer.REFUSE):
        answer, decided_by, proposed = Answer.ESCALATE, "rights", answer
    if kind.kind.explore and in_holdout(gate, proposal.customer, facts, instant):
        answer, decided_by, proposed = Answer.ESCALATE, "holdout", None
    missing = judgement.missing
    signals: tuple[Signal, ...] = ()
    values = considered.values
    # Without typed values the generated code has already seen that no boundary holds for what the clauses answer.
    if values is not None and kind.boundaries and (answer is not Answer.ESCALATE or proposed is not None):
        crossed, signals, unsure = boundaries(kind, values, (proposed or answer).value, proposed=proposed is not None)
        if proposed is None and crossed:
            answer, decided_by, missing = Answer.ESCALATE, crossed, missing | unsure
    kept = considered.amendments if answer in (Answer.AMEND, Answer.ASK) or proposed is Answer.AMEND else None
    if values is not None and considered.fired & kind.masks["amend"] and answer not in (Answer.AMEND, Answer.ASK):
        values = kind.read(facts, instant)  # nothing was changed: promises speak of what was proposed
    return Outcome(
        answer=answer,
        decided_by=decided_by,
        fired=considered.fired,
        values=values,
        amendments=kept,
        missing=in_wiring_order(kind, missing) if missing else (),
        asked=judgement.asked if answer is Answer.ASK else (),
        proposed=proposed,
        signals=signals,
        to=kind.kind.escalation.to if answer is Answer.ESCALATE and kind.kind.escalation else "",
    )


def boundaries(kind: KindGate, values: Values, answer: str, *, proposed: bool = False) -> tuple[str, tuple[Signal, ...], frozenset[str]]:
    """Step 6: the id of the first boundary that holds or may hold, a signal for each that does, and the facts that leave it open."""
    first = ""
    signals: list[Signal] = []
    unsure: set[str] = set()
    seen = {**values, "answer": answer}
    for code in kind.boundaries:
        holds = code.holds(seen)
        if holds is False:
            continue
        first = first or code.boundary.id
        certain = holds is True
        if type(holds) is Unknown:
            unsure |= outside_names(kind, holds.facts)
        if certain or proposed:
            text = next(iter(code.boundary.say.values()), "")
            signals.append(Signal(signal="boundary-proposed" if proposed else "boundary", id=code.boundary.id, text=text, certain=certain))
    return first, tuple(signals), frozenset(unsure)


def in_holdout(gate: Gate, customer: str, facts: Mapping[str, object], instant: int) -> bool:
    """Whether people decide for this customer, by a stable hash; never one known to need care (`work.trained_for`)."""
    draft = gate.contract.draft
    if not draft.relationship.holdout or holdout_position(draft.name, customer) >= draft.relationship.holdout:
        return False
    care = [draft.wiring.facts[name] for name in draft.trained_for if name in draft.wiring.facts]
    return not any(read_fact(fact, facts.get(fact.name, ABSENT), instant) is True for fact in care)


@lru_cache(maxsize=65536)
def holdout_position(contract: str, customer: str) -> float:
    """Where a customer stands between 0 and 1 under a contract of this name, whatever its version.

    >>> 0 <= holdout_position("larkspur-care", "c-104") < 1
    True
    """
    digest = hashlib.sha256(f"holdout\x00{contract}\x00{customer}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:7]) / 2**56


def _unlisted(gate: Gate, kind: str) -> LineError:
    from difflib import get_close_matches

    close = get_close_matches(kind[:100], gate.kinds, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"this contract decides: {', '.join(gate.kinds)}"
    return LineError("line.unlisted-kind", f"`{kind[:100]}` is not a kind of decision in this contract", place="kind", hint=hint)
