"""A room in which customers who are made up are decided, quickly and by the gate's own steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec

from ourword.cel.unknown import Unknown
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.decide import conclude, consider, read_values
from ourword.gate.verdict import Verdict
from ourword.proving.customers import MONDAY_NOON, Trial


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate makes of a customer, as far as coverage asks."""

    answer: Answer
    judged: Answer
    """What the clauses answer, before rights and boundaries."""
    by: str
    """The clause, or `requires` or `otherwise`, that gave that answer; the boundary that stopped it."""
    fired: int
    missing: frozenset[str] = frozenset()
    crossed: frozenset[str] = frozenset()
    """Boundaries that hold, or may hold, for what the clauses answer."""
    amended: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[object, ...]:
        """What changes when an edge decides something: not the amount, which may change with every cent."""
        return self.answer, self.by, self.amended, self.promises


class Room:
    """One kind of decision, one moment, and a customer who is not in the holdout."""

    def __init__(self, gate: Gate, kind: KindGate, at: datetime = MONDAY_NOON) -> None:
        self.gate, self.kind = gate, kind
        self.trial = Trial(gate, kind, at)
        self._proposal = Proposal(kind=kind.kind.name, customer=self.trial.customer, decision_id="d-1")
        self._nothing: Values = {name: Unknown(frozenset((name,)), "absent") for name in kind.facts}
        self._read_by = _read_by(gate, kind)
        self.looks = 0

    def full(self, values: Mapping[str, Any]) -> Values:
        """Every fact, those that are left out as unknown, and those that are worked out."""
        return self.kind.derive({**self._nothing, **values})

    def see(self, values: Mapping[str, Any]) -> Seen:
        """Decide for typed facts; the gate's own steps, without typing them anew."""
        self.looks += 1
        full = self.full(values)
        considered = consider(self.kind, read_values(self.kind, full), {}, self.trial.now)
        outcome = conclude(self.gate, self.kind, self._proposal, {}, self.trial.now, considered)
        kept = considered.values if outcome.amendments is not None and considered.values is not None else full
        return self._seen(considered.judgement, outcome, self._promised(kept, outcome.answer))

    def seen(self, verdict: Verdict) -> Seen:
        """The same of a verdict that the gate gave."""
        values = self.kind.read(verdict.given, verdict.instant)
        considered = consider(self.kind, read_values(self.kind, values), {}, verdict.instant)
        return self._seen(considered.judgement, verdict.outcome, tuple(each.id for each in verdict.minted), fired=verdict.mask)

    def _seen(self, judgement: Any, outcome: Any, promises: tuple[str, ...], *, fired: int | None = None) -> Seen:
        boundary = outcome.decided_by if any(outcome.decided_by == code.boundary.id for code in self.kind.boundaries) else ""
        crossed = {signal.id for signal in outcome.signals if signal.signal != "bend"} | ({boundary} if boundary else set())
        return Seen(
            answer=outcome.answer,
            judged=judgement.answer,
            by=judgement.decided_by if outcome.decided_by == "rights" else outcome.decided_by,
            fired=outcome.fired if fired is None else fired,
            missing=frozenset(outcome.missing),
            crossed=frozenset(crossed),
            amended=tuple(outcome.amendments or ()),
            promises=promises,
        )

    def _promised(self, values: Values, answer: Answer) -> tuple[str, ...]:
        seen = {**values, "answer": answer.value}
        return tuple(code.rule.id for code in self.kind.promises if code.holds(seen) is True)

    def verdict(self, values: Mapping[str, Any]) -> Verdict:
        """The real gate's verdict, the facts handed to it as a proposal holds them."""
        return self.trial.verdict(dict(values))

    def shown(self, values: Mapping[str, Any]) -> bool:
        """Whether the real gate, given the facts as a proposal holds them, says the same: nothing is proposed that it does not show."""
        return self.seen(self.verdict(values)) == self.see(values)

    def fewest(self, values: Values, keep: Collection[str], same: Callable[[Values], bool]) -> Values:
        """The same with as few facts as it needs: what is left out may be unknown, and has no part in the answer."""
        for name in sorted(values, key=lambda name: _SAID_LAST.get(self.kind.facts[name].type.name, 0), reverse=True):
            fewer = {other: value for other, value in values.items() if other != name}
            if name not in keep and self._read_by[name] <= READ_MAX and self._leaves_no_doubt(fewer) and same(fewer):
                values = fewer
        return {name: values[name] for name in self.kind.facts if name in values}

    def _leaves_no_doubt(self, values: Values) -> bool:
        """Whether no clause is unknown that would join for it; it stops at the first, where `see` reads them all."""
        full = self.full(values)
        try:
            fired, later = self.kind.partly(full)
        except Exception:  # a run-time error in some condition: whoever asks looks with care
            return True
        settled = fired & (self.kind.masks["refuse"] | self.kind.masks["final"])
        while later:
            index = (later & -later).bit_length() - 1
            later &= later - 1
            answer = self.kind.clauses[index].clause.then.answer
            joins = answer is Answer.ESCALATE or (not settled and not (answer is Answer.ALLOW and fired))
            if joins and type(self.kind.clauses[index].holds(full)) is Unknown:
                return False
        return True


READ_MAX = 60
"""Where more clauses than this read a fact it is always given: without it each would have to be read with care."""
_SAID_LAST = {"list": 3, "record": 3, "map": 3, "dyn": 3, "bytes": 4, "string": 1}
"""What is longest to write is left out first."""


def _read_by(gate: Gate, kind: KindGate) -> dict[str, int]:
    """How many clauses read each fact, through derived ones too."""
    counted = dict.fromkeys(kind.facts, 0)
    for code in kind.clauses:
        for name in {below for read in gate.contract.checked[code.clause.when].reads for below in kind.below.get(read, ())}:
            counted[name] += 1
    return counted
