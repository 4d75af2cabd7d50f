"""Clauses held against one another: those that nobody ever meets, that never decide, that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourword.cel.expr import AND, Call, Expr
from ourword.cel.smt import Speech
from ourword.cel.smt_terms import Truth, both, either, solver
from ourword.cel.unparse import unparse
from ourword.contract.model import Clause
from ourword.contract.words import listed
from ourword.core.answer import Answer
from ourword.gate.code import Values
from ourword.proving.found import Finding, Found, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.report import reported
from ourword.proving.solve import Nobody


def clause_flaws(inquiry: Inquiry) -> Iterator[Finding]:
    """Dead, shadowed and redundant clauses, the last in the file first: of two that say the same, the later is too many."""
    found: list[Finding] = []
    gone: set[int] = set()
    for index in reversed(range(len(inquiry.kind.clauses))):
        if inquiry.late:
            kind = inquiry.kind.kind
            found.append(Unproved(kind=kind.name, what=f"whether the first {index + 1} clauses change any answer", place=kind.place))
            break
        flaw = _Looked(inquiry, index, gone).flaw()
        if flaw is not None:
            found.append(flaw)
            if isinstance(flaw, Found):
                gone.add(index)
    yield from reversed(found)


class _Looked:
    """One clause, beside all others."""

    def __init__(self, inquiry: Inquiry, index: int, gone: set[int]) -> None:
        self.inquiry, self.index = inquiry, index
        clauses = inquiry.kind.clauses
        self.clause = clauses[index].clause
        self.stronger = inquiry.stronger(self.clause.then.answer, final=self.clause.final)
        self.alike = [at for at, code in enumerate(clauses) if at != index and at not in gone and _alike(self.clause, code.clause)]

    def flaw(self) -> Finding | None:
        """What is wrong with it; nothing if some customer gets another answer because of it."""
        if self._met(others=self.alike):
            return None
        alone = self._find(self.alike)
        if isinstance(alone, Somebody):
            return None
        if alone is Nobody.NOT_PROVED:
            return self._unproved("whether it changes any answer")
        decides = self._met(others=()) or self._find([])
        if decides is Nobody.NOT_PROVED:
            return self._unproved("whether it ever decides")
        if decides is not Nobody.PROVED:
            return self._redundant()
        fires = self.inquiry.find(lambda side: [side.decided.held[self.index]])
        if isinstance(fires, Somebody):
            return self._shadowed(fires)
        return self._dead() if fires is Nobody.PROVED else self._unproved("whether it ever holds")

    def _met(self, others: list[int] | tuple[int, ...]) -> bool:
        """Whether a customer who was made up shows that it decides, none of the *others* holding."""
        against = self.stronger | sum(1 << at for at in others)
        return any(not mask & against for mask in self.inquiry.where[self.index])

    def _find(self, others: list[int]) -> Somebody | Nobody:
        return self.inquiry.find(lambda side: [*self._deciding(side), *(side.decided.not_held[at] for at in others)])

    def _deciding(self, side: Side) -> list[Truth]:
        hot, answer = side.decided.first.hot, self.clause.then.answer
        # A question carries the amendment along; and a final refusal is one of the refusals.
        decides = either(hot[Answer.AMEND], hot[Answer.ASK]) if answer is Answer.AMEND else hot[answer]
        return [side.decided.held[self.index], decides]

    # ---- the flaws ----

    def _unproved(self, what: str) -> Unproved:
        return Unproved(kind=self.inquiry.kind.kind.name, what=f"`{self.clause.id}`: {what}", place=self.clause.place)

    def _dead(self) -> Found:
        because = _contradiction(self.inquiry, self.clause)
        what, hint = f"no customer can meet `{self.clause.id}`: {because}", "correct the condition, or take the clause out"
        return Found(code="prove.dead", level="warning", kind=self.inquiry.kind.kind.name, what=what, place=self.clause.place, hint=hint)

    def _shadowed(self, fires: Somebody) -> Finding:
        def claim(values: Values) -> bool:
            verdict = self.inquiry.trial.verdict(values)
            return verdict.mask >> self.index & 1 == 1 and verdict.decided_by != self.clause.id

        over = [code.clause for at, code in enumerate(self.inquiry.kind.clauses) if self.stronger >> at & 1]
        what = f"`{self.clause.id}` never decides: whenever it holds, a clause that outranks it holds too"
        return reported(
            self.inquiry,
            fires,
            claim,
            code="shadowed",
            level="warning",
            what=what,
            place=self.clause.place,
            among=over,
            hint="narrow the clause that outranks it, or take this one out",
        )

    def _redundant(self) -> Finding:
        earlier = [at for at in self.alike if at < self.index]
        first = self._met(others=earlier) or not isinstance(self._find(earlier), Nobody)
        seen = self._find([])

        def claim(values: Values) -> bool:
            mask = self.inquiry.trial.verdict(values).mask
            return mask >> self.index & 1 == 1 and mask & alike != 0

        alike = sum(1 << at for at in self.alike)
        others = [self.inquiry.kind.clauses[at].clause for at in self.alike]
        what = f"`{self.clause.id}` changes no answer: whenever it decides, another clause would answer {self.clause.then.answer.value} as well"
        return reported(
            self.inquiry,
            seen if isinstance(seen, Somebody) else None,
            claim,
            code="redundant",
            level="note" if first else "warning",
            what=what + ("; what it changes are the words" if first else ""),
            place=self.clause.place,
            among=others,
            hint="keep it for its sentence, or take it out" if first else "take it out, or say what it should add",
        )


def _alike(one: Clause, other: Clause) -> bool:
    """Whether the *other* does all that the *one* does, when both hold."""
    if one.then.answer is not other.then.answer or one.final != other.final or one.then.answer is Answer.AMEND:
        return False
    return set(one.then.ask) <= set(other.then.ask)


def _contradiction(inquiry: Inquiry, clause: Clause) -> str:
    """The parts of a condition that cannot hold together, as few as the solver names."""
    checked = inquiry.gate.contract.checked[clause.when]
    parts: tuple[Expr, ...] = checked.expr.args if isinstance(checked.expr, Call) and checked.expr.function == AND else (checked.expr,)
    side = inquiry.side(gaps=False)
    z3 = solver()
    asking = z3.Solver()
    asking.set("timeout", 2000)
    asking.add(*(rule for rule in side.said.rules if rule is not True))
    speech: Speech = side.said.speech
    names = []
    for number, part in enumerate(parts):
        term = speech.term(msgspec.structs.replace(checked, expr=part, type=checked.types[part.id]), side.customer.facts)
        name = z3.Bool(f"part {number}")
        asking.add(z3.Implies(name, both(term.known, term.value)))
        names.append(name)
    asking.set("core.minimize", True)
    if asking.check(*names) != z3.unsat:
        return "its condition never holds"
    core = {str(name) for name in asking.unsat_core()}
    texts = [f"`{unparse(part)}`" for number, part in enumerate(parts) if f"part {number}" in core]
    if len(texts) < 2:
        return f"{texts[0] if texts else 'its condition'} never holds"
    return f"{listed(texts)} never hold together"
