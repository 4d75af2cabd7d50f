"""Clauses held against one another: those that nobody ever meets, that never decide, that change nothing; and what no clause speaks of."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourword.cel.expr import AND, Call, Expr
from ourword.cel.smt import Speech
from ourword.cel.smt_terms import Truth, both, either, no, solver
from ourword.cel.unparse import unparse
from ourword.contract.model import Clause
from ourword.contract.words import listed
from ourword.core.answer import Answer
from ourword.gate.code import Values
from ourword.proving.found import Finding, Found, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.report import reported
from ourword.proving.said import holds
from ourword.proving.solve import Nobody


def clause_flaws(inquiry: Inquiry) -> Iterator[Finding]:
    """Dead, shadowed and redundant clauses, the last in the file first: of two that say the same, the later is too many."""
    found = []
    gone: set[int] = set()
    for index in reversed(range(len(inquiry.kind.clauses))):
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
        fires = self.inquiry.find(lambda side: [holds(side.decided.clauses[self.index])])
        if isinstance(fires, Somebody):
            return self._shadowed(fires)
        return self._dead() if fires is Nobody.PROVED else self._unproved("whether it ever holds")

    def _met(self, others: list[int] | tuple[int, ...]) -> bool:
        """Whether a customer who was made up shows that it decides, none of the *others* holding."""
        against = self.stronger | sum(1 << at for at in others)
        return any(mask >> self.index & 1 and not mask & against for mask in self.inquiry.masks)

    def _find(self, others: list[int]) -> Somebody | Nobody:
        return self.inquiry.find(lambda side: [*self._deciding(side), *(no(holds(side.decided.clauses[at])) for at in others)])

    def _deciding(self, side: Side) -> list[Truth]:
        hot, answer = side.decided.first.hot, self.clause.then.answer
        # A question carries the amendment along; and a final refusal is one of the refusals.
        decides = either(hot[Answer.AMEND], hot[Answer.ASK]) if answer is Answer.AMEND else hot[answer]
        return [holds(side.decided.clauses[self.index]), decides]

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
            return self.clause.id in verdict.fired and verdict.decided_by != self.clause.id

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
            fired = self.inquiry.trial.verdict(values).fired
            return self.clause.id in fired and any(self.inquiry.kind.clauses[at].clause.id in fired for at in self.alike)

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


def gap(inquiry: Inquiry) -> Iterator[Finding]:
    """Customers of whom no clause speaks."""
    kind = inquiry.kind.kind
    place = inquiry.gate.contract.draft.places.get(f"decisions.{kind.name}.otherwise", kind.place)
    somebody = inquiry.find(lambda side: [side.decided.first.otherwise])
    if somebody is Nobody.NOT_PROVED:
        yield Unproved(kind=kind.name, what="whether some clause speaks of every customer", place=place)
    if not isinstance(somebody, Somebody):
        return

    def claim(values: Values) -> bool:
        verdict = inquiry.trial.verdict(values)
        return not verdict.fired and not verdict.missing

    to_a_person = kind.otherwise is Answer.ESCALATE
    yield reported(
        inquiry,
        somebody,
        claim,
        code="gap",
        level="note" if to_a_person else "warning",
        what=f"no clause speaks of some customers, and `otherwise` {_does(kind.otherwise)} them",
        place=place,
        hint="a person decides these; write a clause if there are many" if to_a_person else "write a clause for them, or let a person decide: `otherwise: escalate`",
    )


def _does(answer: Answer) -> str:
    return {Answer.ALLOW: "allows", Answer.REFUSE: "refuses", Answer.ESCALATE: "hands on"}.get(answer, f"gives {answer.value} to")


def conflicts(inquiry: Inquiry) -> Iterator[Finding]:
    """Clauses of which one gives what the other denies, and both hold for some customer."""
    clauses = [code.clause for code in inquiry.kind.clauses]
    giving = [at for at, clause in enumerate(clauses) if clause.then.answer in (Answer.ALLOW, Answer.AMEND)]
    allowing = [at for at, clause in enumerate(clauses) if clause.then.answer is Answer.ALLOW]
    for at, clause in enumerate(clauses):
        if clause.then.answer is Answer.REFUSE and giving:
            yield from _conflict(inquiry, at, giving, Answer.REFUSE, "refuses", "gives", "warning")
        if clause.then.answer is Answer.AMEND and allowing:
            yield from _conflict(inquiry, at, allowing, Answer.AMEND, "amends", "allows as it stands", "note")


def _conflict(inquiry: Inquiry, at: int, others: list[int], answer: Answer, does: str, gives: str, level: str) -> Iterator[Finding]:
    clauses = [code.clause for code in inquiry.kind.clauses]
    clause = clauses[at]

    def question(side: Side) -> list[Truth]:
        terms = side.decided.clauses
        return [holds(terms[at]), side.decided.first.hot[answer], either(*(holds(terms[other]) for other in others))]

    somebody = inquiry.find(question)
    if somebody is Nobody.NOT_PROVED:
        yield Unproved(kind=inquiry.kind.kind.name, what=f"whether another clause {gives} what `{clause.id}` {does}", place=clause.place)
    if not isinstance(somebody, Somebody):
        return
    ids = {clauses[other].id for other in others}

    def claim(values: Values) -> bool:
        fired = inquiry.trial.verdict(values).fired
        return clause.id in fired and bool(ids & set(fired))

    yield reported(
        inquiry,
        somebody,
        claim,
        code="conflict",
        level=level,
        what=f"`{clause.id}` {does} what another clause {gives}: `{clause.id}` wins",
        place=clause.place,
        among=[clauses[other] for other in others],
        hint="say in one of them that it does not mean these customers, or keep it so" if level == "warning" else "as it should be if the change is meant for these",
    )
