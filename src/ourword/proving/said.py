"""The gate said to the solver: the clauses' answer, amendments, rights and boundaries of any customer at once, as `decide` works them out.

A law in the tests holds this reading and the gate together, facts that are not known included.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

import msgspec

from ourword.cel.arithmetic import TIMESTAMP_MAX, TIMESTAMP_MIN
from ourword.cel.smt import SAYABLE, Blame, Facts, Speech, chosen_value, equal_values, variable
from ourword.cel.smt_terms import Term, Truth, Unsayable, both, ceiling, either, floor, no, pick, same, solver, within
from ourword.cel.values import INT_MAX, INT_MIN, UINT_MAX
from ourword.contract.given import DURATION_MAX
from ourword.contract.model import Condition, Contract, Fact
from ourword.core.answer import Answer
from ourword.core.money import MINOR_MAX
from ourword.gate.code import KindGate

Hot = Mapping[Answer, Truth]
"""One truth for each answer, of which exactly one holds."""


class Customer(msgspec.Struct, frozen=True):
    """Any customer: the facts from outside as terms, and with them the derived ones."""

    given: Mapping[str, Term]
    facts: Facts


class Judged(msgspec.Struct, frozen=True):
    """What the clauses answer together, and whether it is `otherwise` that does."""

    hot: Hot
    otherwise: Truth


class Decided(msgspec.Struct, frozen=True):
    """Everything the gate works out for a customer."""

    clauses: tuple[Term, ...]
    held: tuple[Truth, ...]
    """Whether each clause is known to hold; and the contrary, said once because most questions are made of these."""
    not_held: tuple[Truth, ...]
    first: Judged
    """What the proposal as it stands is answered."""
    before: Hot
    """The answer after amendments, before rights and boundaries."""
    after: Customer
    """The customer with the amended facts."""
    boundaries: tuple[Term, ...]
    """Each boundary, read with the answer that would go out or be proposed."""
    final: Hot
    """The answer of the gate."""


class OutOfTime(Exception):
    """There was no time to say all of it to the solver: what was to be asked is not proved."""


class Said:
    """One kind of decision, for customers of whom every fact is known, or (*gaps*) perhaps not."""

    def __init__(self, contract: Contract, kind: KindGate, *, gaps: bool, speech: Speech | None = None, until: float = inf) -> None:
        self.contract, self.kind, self.gaps, self._until = contract, kind, gaps, until
        self.speech = speech or Speech()
        self.declared = contract.draft.wiring.facts
        self.rules: list[Truth] = []
        """What holds for every customer: facts within their types."""
        self.blame: dict[str, Blame] = {name: self._whose(below) for name, below in kind.below.items()}
        self._terms: dict[object, Term] = {}

    def _whose(self, below: Iterable[str]) -> Blame:
        stated = [self.declared[name].stated_by == "customer" for name in below]
        return any(stated), not all(stated)

    # ---- customers ----

    def anyone(self, tag: str = "", like: Customer | None = None, but: Iterable[str] = ()) -> Customer:
        """Make a customer of whom nothing is fixed; or one who is *like* another in every fact *but* a few."""
        given = {}
        for name, fact in self.kind.facts.items():
            if fact.type.name not in SAYABLE:
                continue
            given[name] = like.given[name] if like is not None and name not in but else self.fact(fact, f"{name}{tag}")
        return self.customer(given)

    def fact(self, fact: Fact, name: str) -> Term:
        """Make a fact of which nothing is fixed."""
        value = variable(fact.type, name)
        self.rules.extend(self.fits(fact, value))
        known = solver().Bool(f"{name} known") if self.gaps else True
        return Term(known, value, *self.blame[fact.name])

    def fits(self, fact: Fact, value: Any) -> list[Truth]:
        """What a value within a fact's type keeps to."""
        match fact.type.name:
            case "enum":
                return [either(*(same(value, self.speech.words.number(word)) for word in fact.type.members))]
            case "string":
                return [value >= 0]
            case "int":
                return [within(value, 0 if fact.history is not None else INT_MIN, INT_MAX)]
            case "uint":
                return [within(value, 0, UINT_MAX)]
            case "money":
                return [within(value[0], -MINOR_MAX if fact.signed else 0, MINOR_MAX)]
            case "duration":
                return [within(value, -DURATION_MAX if fact.signed else 0, DURATION_MAX)]
            case "timestamp":
                return [within(value, TIMESTAMP_MIN, TIMESTAMP_MAX)]
        return []

    def customer(self, given: Mapping[str, Term]) -> Customer:
        """Work out the derived facts."""
        terms = dict(given)
        facts = Facts(terms, self.blame)
        for name, _ in self.kind.derived:
            derived = self.declared[name].derived
            assert derived is not None
            try:
                terms[name] = self.term(derived, facts)
            except Unsayable:
                continue  # a derived list: whoever reads it is an atom
        return Customer(given, facts)

    def term(self, condition: Condition, facts: Facts, answer: Answer | None = None) -> Term:
        """Say a condition over a customer's facts; what reads the same terms is said once. Raises `OutOfTime`, by the clock of `monotonic`."""
        if time.monotonic() > self._until:
            raise OutOfTime
        checked = self.contract.checked[condition]
        reads = sorted(checked.reads)
        key = (condition, answer, tuple((name, id(facts.terms.get(name))) for name in reads))
        if key not in self._terms:
            if answer is not None:
                facts = Facts({**facts.terms, "answer": Term(True, self.speech.words.number(answer.value))}, facts.blame)
            self._terms[key] = self.speech.term(checked, facts)
        return self._terms[key]

    # ---- what the gate does ----

    def decided(self, customer: Customer) -> Decided:
        """Steps 2 to 6 of the gate."""
        clauses = self._clauses(customer)
        first = self.judged(customer, clauses)
        before, after = self._amended(customer, clauses, first)
        boundaries = tuple(self._boundary(code.boundary.when, after, before) for code in self.kind.boundaries)
        held = tuple(_holds(term) for term in clauses)
        return Decided(clauses, held, tuple(no(each) for each in held), first, before, after, boundaries, self._final(before, boundaries))

    def _clauses(self, customer: Customer) -> tuple[Term, ...]:
        return tuple(self.term(code.clause.when, customer.facts) for code in self.kind.clauses)

    def written(self, customer: Customer) -> tuple[Hot, Customer]:
        """What a person's own answer is held beside, and the customer whom they decide on; an escalation: nothing is written for them."""
        clauses = self._clauses(customer)
        return self._amended(customer, clauses, self.judged(customer, clauses, person=True), person=True)

    def judged(self, customer: Customer, clauses: tuple[Term, ...], *, second: bool = False, person: bool = False) -> Judged:
        """Weigh what joined, as `judge` does."""
        joined: dict[Answer, list[Truth]] = {answer: [] for answer in Answer}
        final: list[Truth] = []
        for name in self.kind.kind.requires:
            to = Answer.ASK if name in self.kind.customer_stated else Answer.ESCALATE
            joined[to].append(no(self._known(name, customer)))
        taking = [(code.clause, term) for code, term in zip(self.kind.clauses, clauses, strict=True)]
        taking = [(clause, term) for clause, term in taking if not (second and clause.then.answer is Answer.AMEND)]
        fired = either(*(_holds(term) for _, term in taking))
        refused = either(*(_holds(term) for clause, term in taking if clause.then.answer is Answer.REFUSE))
        for clause, term in taking:
            answer = clause.then.answer
            (final if clause.final else joined[answer]).append(_holds(term))
            if term.known is True or (second and answer is Answer.ALLOW):
                continue
            may = no(fired) if answer is Answer.ALLOW else True if answer is Answer.ESCALATE else no(refused)
            joins = both(no(term.known), may)
            asks = True if answer is Answer.ASK else both(no(refused), term.stated, no(term.outside))
            joined[Answer.ASK].append(both(joins, asks))
            joined[Answer.ESCALATE].append(both(joins, no(asks)))
        otherwise = Answer.ALLOW if second else self.kind.kind.otherwise
        called = either(*joined[Answer.ESCALATE])
        if not person:
            return self._strongest(joined, either(*final), otherwise)
        found = self._strongest({**joined, Answer.ESCALATE: []}, either(*final), otherwise)
        if second:
            return found
        nothing = both(found.otherwise, called)  # who was called for is there: nothing else is written
        hot = {**found.hot, otherwise: both(found.hot[otherwise], no(nothing))}
        return Judged({**hot, Answer.ESCALATE: either(hot[Answer.ESCALATE], nothing)}, both(found.otherwise, no(called)))

    def _strongest(self, joined: Mapping[Answer, list[Truth]], final: Truth, otherwise: Answer) -> Judged:
        stronger: Truth = final
        hot: dict[Answer, Truth] = {}
        for answer in sorted(Answer, key=list(Answer).index, reverse=True):
            joins = either(*joined[answer])
            hot[answer] = both(no(stronger), joins)
            stronger = either(stronger, joins)
        hot[Answer.REFUSE] = either(final, hot[Answer.REFUSE])
        hot[otherwise] = either(hot[otherwise], no(stronger))
        return Judged(hot, no(stronger))

    def _known(self, name: str, customer: Customer) -> Truth:
        if name in customer.facts.terms:
            return customer.facts.terms[name].known
        return solver().Bool(f"known {name}") if self.gaps else True

    def _amended(self, customer: Customer, clauses: tuple[Term, ...], first: Judged, *, person: bool = False) -> tuple[Hot, Customer]:
        amending = [index for index, code in enumerate(self.kind.clauses) if code.amend]
        if not amending:
            return first.hot, customer
        applies = both(either(*(_holds(clauses[index]) for index in amending)), either(first.hot[Answer.ASK], first.hot[Answer.AMEND]))
        trouble, values = self._new_values(customer, clauses, amending)
        goes = both(applies, no(trouble))
        given = dict(customer.given)
        for name, (fires, value) in values.items():
            was = given[name]
            change = both(goes, fires)
            given[name] = Term(either(change, was.known), chosen_value(change, value, was.value, self.declared[name].type), was.stated, was.outside)
        after = self.customer(given)
        again = self.judged(after, self._clauses(after), second=True, person=person).hot
        stronger = {answer: both(goes, again[answer]) for answer in (Answer.ESCALATE, Answer.REFUSE, Answer.ASK)}
        stands = no(either(both(applies, trouble), *stronger.values()))
        hot = {answer: either(both(stands, truth), stronger.get(answer, False)) for answer, truth in first.hot.items()}
        hot[Answer.ESCALATE] = either(hot[Answer.ESCALATE], both(applies, trouble))
        return hot, after

    def _new_values(self, customer: Customer, clauses: tuple[Term, ...], amending: list[int]) -> tuple[Truth, dict[str, tuple[Truth, Any]]]:
        """What amendments make of each fact; and whether one is not known, or two of a fact differ."""
        trouble: list[Truth] = []
        values: dict[str, tuple[Truth, Any]] = {}
        for index in amending:
            fires = _holds(clauses[index])
            for (fact, _), (_, condition) in zip(self.kind.clauses[index].amend, self.kind.clauses[index].clause.then.amend, strict=True):
                known, value = self.new_value(customer, fact, condition)
                trouble.append(both(fires, no(known)))
                if fact.name not in values:
                    values[fact.name] = (fires, value)
                    continue
                earlier, other = values[fact.name]
                trouble.append(both(fires, earlier, no(equal_values(value, other, fact.type))))
                values[fact.name] = (either(earlier, fires), chosen_value(earlier, other, value, fact.type))
        return either(*trouble), values

    def new_value(self, customer: Customer, fact: Fact, condition: Condition) -> tuple[Truth, Any]:
        """What an amendment makes of a fact: whether that is known and fits, and the value."""
        if fact.name not in customer.given:
            raise Unsayable
        return self._rounded(fact, self.term(condition, customer.facts))

    def _rounded(self, fact: Fact, term: Term) -> tuple[Truth, Any]:
        value, fits = term.value, [term.known]
        if fact.type.name == "money":
            value = (floor(*value) if fact.paid_by == "customer" else ceiling(*value), 1)
            fits.append(within(value[0], -MINOR_MAX, MINOR_MAX))
        if fact.type.name in ("money", "duration") and not fact.signed:
            fits.append((value[0] if fact.type.name == "money" else value) >= 0)
        if fact.type.name == "enum":
            fits.append(either(*(same(value, self.speech.words.number(word)) for word in fact.type.members)))
        return both(*fits), value

    def _boundary(self, when: Condition, after: Customer, before: Hot) -> Term:
        """A boundary, read with each answer in turn: most of them speak of one or two."""
        if self.kind.kind.rights == "human":
            return Term(True, False)  # everything is for a person, and nothing is proposed
        reached = [(before[answer], self.term(when, after.facts, answer)) for answer in Answer if answer is not Answer.ESCALATE]
        known: Truth = True
        value: Truth = False
        for truth, term in reached:
            known, value = pick(truth, term.known, known), pick(truth, term.value, value)
        return Term(known, value)

    def _final(self, before: Hot, boundaries: tuple[Term, ...]) -> Hot:
        rights = self.kind.kind.rights
        if rights == "human":
            return {answer: answer is Answer.ESCALATE for answer in Answer}
        if rights == "propose":
            asks = before[Answer.ASK]  # a question goes out, unless a boundary is in its way
            asks = both(asks, *(both(term.known, no(term.value)) for term in boundaries))
            return {answer: asks if answer is Answer.ASK else no(asks) if answer is Answer.ESCALATE else False for answer in Answer}
        crossed = both(no(before[Answer.ESCALATE]), either(*(either(no(term.known), term.value) for term in boundaries)))
        hot = {answer: both(truth, no(crossed)) for answer, truth in before.items()}
        hot[Answer.ESCALATE] = either(hot[Answer.ESCALATE], crossed)
        return hot


def _holds(term: Term) -> Truth:
    return both(term.known, term.value)


holds = _holds
"""A condition is known to hold."""
