"""What no clause speaks of, and what two clauses speak of unlike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ourword.cel.smt import equal_values
from ourword.cel.smt_terms import Truth, both, either, no, solver
from ourword.contract.model import Condition, Fact
from ourword.core.answer import Answer
from ourword.gate.code import Values
from ourword.proving.found import Finding, Found, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.report import reported
from ourword.proving.solve import Nobody


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
        return not verdict.mask and not verdict.missing

    does = {Answer.ALLOW: "allows", Answer.REFUSE: "refuses"}.get(kind.otherwise)
    yield reported(
        inquiry,
        somebody,
        claim,
        code="gap",
        level="warning" if does else "note",
        what=f"no clause speaks of some customers, and `otherwise` {does or 'hands them to a person'}{' them' if does else ''}",
        place=place,
        hint="write a clause for them, or let a person decide: `otherwise: escalate`" if does else "write a clause if there are many of them",
    )


def conflicts(inquiry: Inquiry) -> Iterator[Finding]:
    """Clauses of which one gives what the other denies, where neither is the exception to the other, and both hold for some customer.

    A refusal that lies wholly within an allowance is the way to write an exception, and is no conflict. It lies within if it holds for nobody else
    of whom everything is known: otherwise every exception to a clause of an optional fact would be called a conflict.
    """
    if inquiry.kind.kind.rights == "human":
        return  # a person decides whatever the clauses say
    clauses = [code.clause for code in inquiry.kind.clauses]
    giving = [at for at, clause in enumerate(clauses) if clause.then.answer in (Answer.ALLOW, Answer.AMEND)]
    allowing = [at for at, clause in enumerate(clauses) if clause.then.answer is Answer.ALLOW]
    found: list[Finding] = []
    for at, clause in enumerate(clauses):
        if inquiry.late:
            kind = inquiry.kind.kind
            found.append(Unproved(kind=kind.name, what=f"whether `{clause.id}` and those after it contradict others", place=clause.place))
            break
        if clause.then.answer is Answer.REFUSE:
            found += _Overlap(inquiry, at, Answer.REFUSE, "refuses", "gives").found(giving)
        if clause.then.answer is Answer.AMEND:
            found += _Overlap(inquiry, at, Answer.AMEND, "changes", "allows as it stands").found(allowing)
    yield from _by_loser(found)
    yield from _two_amendments(inquiry)


def _two_amendments(inquiry: Inquiry) -> Iterator[Finding]:
    """Two clauses that make two things of one fact, for one customer: the gate leaves it to a person."""
    amending: dict[str, list[tuple[int, Condition]]] = {}
    for at, code in enumerate(inquiry.kind.clauses):
        for name, condition in code.clause.then.amend:
            for other, earlier in amending.get(name, ()):
                if inquiry.late:
                    kind = inquiry.kind.kind
                    yield Unproved(kind=kind.name, what=f"whether `{code.clause.id}` and others change `{name}` unlike", place=code.clause.place)
                    return
                yield from _amended_twice(inquiry, inquiry.kind.facts[name], (other, earlier), (at, condition))
            amending.setdefault(name, []).append((at, condition))


def _amended_twice(inquiry: Inquiry, fact: Fact, one: tuple[int, Condition], two: tuple[int, Condition]) -> Iterator[Finding]:
    first, second = (inquiry.kind.clauses[at].clause for at, _ in (one, two))
    mask = 1 << one[0] | 1 << two[0]

    def question(side: Side) -> list[Truth]:
        (known, value), (also, other) = (side.said.new_value(side.customer, fact, condition) for _, condition in (one, two))
        hot = side.decided.first.hot
        unlike = both(known, also, no(equal_values(value, other, fact.type)))
        return [side.decided.held[one[0]], side.decided.held[two[0]], unlike, either(hot[Answer.AMEND], hot[Answer.ASK])]

    def claim(values: Values) -> bool:
        verdict = inquiry.trial.verdict(values)
        return verdict.mask & mask == mask and verdict.answer is Answer.ESCALATE

    somebody = inquiry.find(question)
    if somebody is Nobody.NOT_PROVED:
        yield Unproved(kind=inquiry.kind.kind.name, what=f"whether `{first.id}` and `{second.id}` change `{fact.name}` unlike", place=second.place)
    if isinstance(somebody, Somebody):
        yield reported(
            inquiry,
            somebody,
            claim,
            code="conflict",
            level="warning",
            what=f"`{first.id}` and `{second.id}` make two things of `{fact.name}` for some customers: neither wins, a person decides",
            place=second.place,
            also=(first.place,),
            hint="say in one of them that it does not mean these customers",
        )


def _by_loser(found: list[Finding]) -> Iterator[Finding]:
    """One flaw for each clause that loses: a general allowance loses to many refusals in one way."""
    first: dict[object, Found] = {}
    more: dict[object, list[str]] = {}
    for each in found:
        if not isinstance(each, Found):
            yield each
            continue
        key = (each.also[0], each.level, each.possible)
        if key in first:
            more.setdefault(key, []).append(each.place)
        else:
            first[key] = each
    for loser, each in first.items():
        others = more.get(loser, [])
        what = f"{each.what}; so do {len(others)} more" if len(others) > 1 else f"{each.what}; so does one more" if others else each.what
        yield msgspec.structs.replace(each, what=what, also=(*each.also, *others))


class _Overlap:
    """One clause that wins, beside those that would give more."""

    def __init__(self, inquiry: Inquiry, at: int, answer: Answer, does: str, gives: str) -> None:
        self.inquiry, self.at, self.answer, self.does, self.gives = inquiry, at, answer, does, gives
        self.clauses = [code.clause for code in inquiry.kind.clauses]
        self.clause = self.clauses[at]

    def found(self, others: list[int]) -> Iterator[Finding]:
        """The first overlap in which neither clause is the exception to the other."""
        left = others
        while left:
            somebody = self._somebody(left)
            if somebody is Nobody.NOT_PROVED:
                yield Unproved(kind=self.inquiry.kind.kind.name, what=self._question(), place=self.clause.place)
            if not isinstance(somebody, Somebody):
                return
            held = somebody.side.decided.held
            fired = [other for other in left if _true(somebody.model, held[other])]
            apart = next((other for other in fired if self._partly(other)), None)
            if apart is not None:
                yield self._flaw(apart, self._somebody([apart]) if len(fired) > 1 else somebody)
                return
            left = [other for other in left if other not in fired] if fired else []

    def _somebody(self, others: list[int]) -> Somebody | Nobody:
        def question(side: Side) -> list[Truth]:
            hot = side.decided.before if self.inquiry.kind.kind.rights == "propose" else side.decided.final
            held = side.decided.held
            return [held[self.at], hot[self.answer], either(*(held[other] for other in others))]

        return self.inquiry.find(question)

    def _partly(self, other: int) -> bool:
        """Whether each of the two holds for somebody without the other."""
        return self._alone(self.at, other) and self._alone(other, self.at)

    def _alone(self, one: int, other: int) -> bool:
        if any(not mask >> other & 1 for mask in self.inquiry.where[one]):
            return True

        def question(side: Side) -> list[Truth]:
            return [side.decided.held[one], side.decided.not_held[other]]

        return isinstance(self.inquiry.find(question, gaps=False), Somebody)

    def _question(self) -> str:
        return f"whether another clause {self.gives} what `{self.clause.id}` {self.does}"

    def _flaw(self, other: int, somebody: Somebody | Nobody) -> Finding:
        loser, two = self.clauses[other], 1 << self.at | 1 << other

        def claim(values: Values) -> bool:
            verdict = self.inquiry.trial.verdict(values)
            return verdict.mask & two == two and (verdict.proposed or verdict.answer) is self.answer

        refuses = self.answer is Answer.REFUSE
        return reported(
            self.inquiry,
            somebody if isinstance(somebody, Somebody) else None,
            claim,
            code="conflict",
            level="warning" if refuses else "note",
            what=f"`{self.clause.id}` {self.does} what `{loser.id}` {self.gives}, and neither is the exception to the other: `{self.clause.id}` wins",
            place=self.clause.place,
            also=(loser.place,),
            hint=f"say in `{loser.id}` or in `{self.clause.id}` that it does not mean these customers"
            if refuses
            else "fine, if the change is meant for them",
        )


def _true(model: Any, truth: Truth) -> bool:
    return truth if isinstance(truth, bool) else bool(solver().is_true(model.eval(truth, model_completion=True)))
