"""Asking about one kind of decision: first customers who were made up, then the solver with every fact known, then with gaps."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ourword.cel.smt import Speech
from ourword.cel.smt_terms import Truth
from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.gate.code import Gate, KindGate, Values
from ourword.proving.customers import Claim, Trial, from_model, mattering, shrunk
from ourword.proving.filling import shown
from ourword.proving.found import Met
from ourword.proving.nice import made_up, nice
from ourword.proving.said import Customer, Decided, OutOfTime, Said
from ourword.proving.solve import Nobody, Solve, Writer

MADE_UP, READINGS_MAX = 2000, 600_000
"""Customers made up beforehand, and clauses read for them: most questions are answered by one of them, in microseconds."""


class Side(msgspec.Struct, frozen=True):
    """The gate as the solver hears it, about one customer: every fact known, or perhaps not."""

    said: Said
    customer: Customer
    decided: Decided
    solve: Solve

    def another(self, tag: str, but: Iterable[str]) -> tuple[Customer, Decided]:
        """A second customer, like the first but for a few facts."""
        before = len(self.said.rules)
        other = self.said.anyone(tag, self.customer, but)
        for rule in self.said.rules[before:]:
            self.solve.hold(rule)
        return other, self.said.decided(other)


class Somebody(msgspec.Struct, frozen=True):
    """A customer whom the solver found."""

    side: Side
    model: Any


class Inquiry:
    """One kind of decision under questioning."""

    def __init__(self, gate: Gate, kind: KindGate, at: datetime, *, seconds: float, until: float, smtlib: Writer | None = None) -> None:
        self.gate, self.kind = gate, kind
        self.trial = Trial(gate, kind, at)
        self._bounds = {"seconds": seconds, "until": until}
        self._smtlib = smtlib
        self._sides: dict[bool, Side] = {}
        self._masks: set[int] = set()
        self.where: list[list[int]] = [[] for _ in kind.clauses]
        """For each clause: what holds for the customers met so far of whom everything is known, and for whom it holds."""
        self._made_up()

    def side(self, *, gaps: bool) -> Side:
        """The gate for customers of whom everything is known, or with *gaps*; said on first use."""
        if gaps not in self._sides:
            said = Said(self.gate.contract, self.kind, gaps=gaps, speech=Speech(), until=self._bounds["until"])
            customer = said.anyone()
            decided = said.decided(customer)
            self._sides[gaps] = Side(
                said,
                customer,
                decided,
                Solve(said.rules, **self._bounds, smtlib=self._smtlib, name=f"{self.kind.kind.name}-{'gaps' if gaps else 'known'}"),
            )
        return self._sides[gaps]

    @property
    def late(self) -> bool:
        """Whether the time for all questions is up."""
        return time.monotonic() > self._bounds["until"]

    def find(self, question: Callable[[Side], Sequence[Truth]], *, gaps: bool = True) -> Somebody | Nobody:
        """Look for a customer for whom all that the *question* lists holds, with every fact known if there is one."""
        if self.late:
            return Nobody.NOT_PROVED  # even to put the question takes a while, where there are thousands of clauses
        for with_gaps in (False, True) if gaps else (False,):
            try:
                side = self.side(gaps=with_gaps)
                asked = question(side)
            except OutOfTime:
                return Nobody.NOT_PROVED
            answer = side.solve.somebody(*asked)
            if not isinstance(answer, Nobody):
                self._remember(from_model(side.said, answer, side.customer.given))
                return Somebody(side, answer)
            if answer is Nobody.NOT_PROVED:
                return answer
        return Nobody.PROVED

    def show(self, somebody: Somebody, claim: Claim, keep: frozenset[str] = frozenset()) -> Met | None:
        """Let the gate show the claim for the customer whom the solver found, made plain; `None` if it does not."""
        values = from_model(somebody.side.said, somebody.model, somebody.side.customer.given)
        seen = shown(self.trial, somebody.side.said.speech, somebody.model, values, claim)
        if seen is None:
            return None
        plainer = shrunk(self.trial, seen, claim, keep)
        return self.trial.met(plainer, mattering(self.trial, plainer, claim) | keep)

    def seen(self, somebody: Somebody) -> Met:
        """The customer as far as the solver could tell, where the gate did not show the claim."""
        values = from_model(somebody.side.said, somebody.model, somebody.side.customer.given)
        return self.trial.met(values, frozenset(values))

    def atoms(self, somebody: Somebody) -> tuple[str, ...]:
        """What the solver could not look into and took a value for."""
        return tuple(dict.fromkeys(atom.text for atom in somebody.side.said.speech.atoms.values()))

    # ---- customers made up beforehand ----

    def _made_up(self) -> None:
        """Remember which clauses hold for customers around every threshold."""
        draw = random.Random(7)
        options = {name: self._options(fact) for name, fact in self.kind.facts.items()}
        for _ in range(min(MADE_UP, READINGS_MAX // max(len(self.kind.clauses), 1))):
            if self.late:
                return
            self._remember({name: draw.choice(tries) for name, tries in options.items()})

    def _options(self, fact: Fact) -> list[Any]:
        unknown: Values = {name: Unknown(frozenset((name,)), "absent") for name in self.kind.facts}
        return nice(self.trial.turns, fact, unknown, self.trial.now, most=400) or made_up(fact.type)

    def _remember(self, values: Values) -> None:
        if len(values) < len(self.kind.facts):
            return  # what is not known may hold as well
        try:
            mask, later = self.kind.partly(self.kind.derive(dict(values)))
        except Exception:  # a run-time error in some condition: this customer tells nothing
            return
        if not later and mask not in self._masks:
            self._masks.add(mask)
            for index in range(len(self.where)):
                if mask >> index & 1:
                    self.where[index].append(mask)

    def stronger(self, answer: Answer, *, final: bool = False) -> int:
        """The clauses that outrank a clause with this answer whenever they hold."""
        over = {
            Answer.ALLOW: ("amend", "ask", "refuse", "escalate"),
            Answer.AMEND: ("refuse", "escalate"),  # a question carries the amendment along
            Answer.ASK: ("refuse", "escalate"),
            Answer.REFUSE: ("escalate",),
            Answer.ESCALATE: (),
        }[answer]
        return 0 if final else sum(self.kind.masks[name] for name in over) | self.kind.masks["final"]
