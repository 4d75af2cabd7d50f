"""Two gates side by side: one kind of decision, the same customer for both, to the solver and for real."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from ourword.cel.smt import SAYABLE, Speech, variable
from ourword.cel.smt_terms import Term, Truth, Unsayable, both, either, solver, within
from ourword.changing.found import Answered, Witness
from ourword.changing.order import Direction, Got, amended_facts, direction
from ourword.changing.written import plainly
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.decide import consider, decide, holdout_position
from ourword.gate.decide import read as read_facts
from ourword.gate.judge import NOTHING
from ourword.gate.say import plain
from ourword.gate.verdict import Verdict
from ourword.proving.customers import Trial, given, in_words, true_in, value_in
from ourword.proving.nice import OPTIONS_MAX
from ourword.proving.said import Customer, Hot, Said
from ourword.proving.solve import Solve

CUSTOMERS = 10_000
AMOUNT_MAX = 10**15
"""Minor units: with more, 80 percent of an amount would be too much for 64 bits, and an overflow would pass for a change of somebody's answer."""
OF_NO_ACCOUNT = frozenset(("most", "say", "values", "tell", "source"))
"""What a fact says beside how its value is read."""


class Both(msgspec.Struct, frozen=True, dict=True):
    """What both gates answer to one customer."""

    old: Verdict
    new: Verdict
    direction: Direction
    pair: Pair
    values: Values

    @property
    def answers(self) -> tuple[str, str]:
        """The old answer, and the new."""
        return self.old.answer.value, self.new.answer.value

    def person(self, answer: Answer) -> tuple[Verdict, Verdict]:
        """What both gates make of a person's own answer to this customer."""
        if answer not in self._people:
            self._people[answer] = self.pair.by_person(self, answer)
        return self._people[answer]

    def promised(self, answer: Answer) -> tuple[frozenset[str], ...]:
        """The promises that each gate makes on it."""
        if answer not in self._minted:
            self._minted[answer] = tuple(frozenset(each.id for each in verdict.minted) for verdict in self.person(answer))
        return self._minted[answer]

    @cached_property
    def _minted(self) -> dict[Answer, tuple[frozenset[str], ...]]:
        return {}

    @cached_property
    def _people(self) -> dict[Answer, tuple[Verdict, Verdict]]:
        return {}

    @cached_property
    def written(self) -> Direction:
        """What it is to the customer if a person answers what is written for them."""
        old, new = (self.pair.written(verdict, self.values) for verdict in (self.old, self.new))
        return direction(old, new, self.pair.changed_facts.values())


class Pair:
    """Both gates, one kind, one moment, and a customer who is in neither holdout."""

    def __init__(self, old: Gate, new: Gate, name: str, at: datetime) -> None:
        self.gates, self.kinds = (old, new), (old.kinds[name], new.kinds[name])
        self.name = name
        self.trials = (Trial(old, self.kinds[0], at), Trial(new, self.kinds[1], at))
        shares = [(gate.contract.draft.name, gate.contract.draft.relationship.holdout) for gate in self.gates]
        # With everyone in a holdout nobody else can be shown.
        free = (f"c-{n}" for n in range(1, CUSTOMERS) if all(holdout_position(called, f"c-{n}") >= share for called, share in shares))
        self.customer = next(free, "c-1")
        self.at = at
        self.facts: Mapping[str, Fact] = {**self.kinds[0].facts, **self.kinds[1].facts}
        self.below: Mapping[str, frozenset[str]] = {
            each: self.kinds[0].below.get(each, frozenset()) | self.kinds[1].below.get(each, frozenset())
            for each in {*self.kinds[0].below, *self.kinds[1].below}
        }
        self.changed_facts = amended_facts(*self.kinds)

    # ---- for real ----

    def verdicts(self, values: Values) -> Both:
        """Decide by both gates; facts that are not among the values are unknown."""
        handed = {name: given(self.facts[name], value) for name, value in values.items()}
        old, new = (self._decided(gate, handed) for gate in self.gates)
        return Both(old, new, direction(self.got(old, values), self.got(new, values), self.changed_facts.values()), self, values)

    def _decided(self, gate: Gate, handed: Mapping[str, Any]) -> Verdict:
        return decide(gate, Proposal(kind=self.name, customer=self.customer, decision_id="d-1"), handed, self.at)

    def by_person(self, shown: Both, answer: Answer) -> tuple[Verdict, Verdict]:
        """Let somebody at the desk give one answer under both contracts, with a reason."""
        proposal = Proposal(kind=self.name, customer=self.customer, decision_id="d-1", by="person", answer=answer, because="-")
        old, new = (decide(verdict.gate, proposal, verdict.given, self.at) for verdict in (shown.old, shown.new))
        return old, new

    def written(self, verdict: Verdict, values: Values) -> Got:
        """What a person's answer is held beside; an escalation where nothing is written for them."""
        instant = 0 if verdict.kind.timeless else instant_from_datetime(self.at) or 0
        considered = consider(verdict.kind, read_facts(verdict.kind, verdict.given, instant), verdict.given, instant, person=True)
        answer = Answer.ESCALATE if considered.judgement is NOTHING else considered.judgement.answer
        amended = considered.amendments or {}
        return Got(answer, {name: amended.get(name, values.get(name)) for name in self.changed_facts})

    def got(self, verdict: Verdict, values: Values) -> Got:
        """What a customer gets by a verdict."""
        amended = verdict.amendments or {}
        return Got(verdict.answer, {name: amended.get(name, values.get(name)) for name in self.changed_facts})

    def witness(self, values: Values, mattering: frozenset[str]) -> Witness:
        """The customer as shown to people."""
        shown = self.verdicts(values)
        told = [in_words(fact, values) for name, fact in self.facts.items() if name in mattering]
        return Witness(
            facts={name: given(self.facts[name], value) for name, value in values.items()},
            words=", ".join(told) or "anybody",
            old=_answered(shown.old),
            new=_answered(shown.new),
        )

    def options(self, fact: Fact, values: Values, *, most: int = OPTIONS_MAX) -> list[Any]:
        """What a fact could be, the plainest first: around what either contract compares it with."""
        readers = [trial for trial in self.trials if fact.name in trial.facts]
        found = [option for trial in readers for option in trial.options(trial.facts[fact.name], values, most=most)]
        return list(dict.fromkeys(found))

    def held(self, values: Values) -> int:
        """How many clauses hold for a customer, in both contracts together."""
        shown = self.verdicts(values)
        return len(shown.old.fired) + len(shown.new.fired)

    def derive(self, values: Values) -> Values:
        """Work out the derived facts of both; where they differ, the new one's."""
        for kind in self.kinds:
            values = kind.derive(values)
        return values


def _answered(verdict: Verdict) -> Answered:
    return Answered(
        answer=verdict.answer.value,
        decided_by=verdict.decided_by,
        fired=verdict.fired,
        amended={name: plain(verdict.kind.facts[name], value) for name, value in (verdict.amendments or {}).items()} or None,
        promises=tuple(minted.id for minted in verdict.minted),
        proposed=verdict.proposed.value if verdict.proposed else None,
        place=place_of(verdict.kind, verdict.decided_by),
    )


def place_of(kind: KindGate, decided_by: str) -> str:
    """Where a clause or a boundary stands; nothing for what is decided by neither."""
    for clause in (code.clause for code in kind.clauses):
        if clause.id == decided_by:
            return clause.place
    return next((code.boundary.place for code in kind.boundaries if code.boundary.id == decided_by), "")


# ---- to the solver -------------------------------------------------------------------------------------------------


class Sides:
    """Both gates as the solver hears them, about one customer: every fact known, or perhaps not."""

    def __init__(self, pair: Pair, *, gaps: bool, seconds: float, until: float) -> None:
        self.pair, self.gaps = pair, gaps
        old, new = pair.gates
        first = Speech()
        # An opaque part is the same in both contracts if it says the same of the same facts: not where they work a list out otherwise.
        second = first if worked_out_alike(pair) else Speech(first.words, tag="new ")
        self.said = (
            Said(old.contract, pair.kinds[0], gaps=gaps, speech=first, until=until),
            Said(new.contract, pair.kinds[1], gaps=gaps, speech=second, until=until),
        )
        self.two: dict[str, str] = {}
        """Facts that are two to the solver, though customers have one: by name, how the contracts read them otherwise."""
        self.raw: dict[str, Term] = {}
        """Each fact as it is handed in, whatever either contract makes of it."""
        self.rules: list[Truth] = []
        self.anyhow: dict[Direction, Truth] = {}
        """What any change is to the customer, said once."""
        each: tuple[dict[str, Term], dict[str, Term]] = ({}, {})
        for name in pair.facts:
            for side, term in self._fact(name).items():
                each[side][name] = term
        customers = [said.customer(terms) for said, terms in zip(self.said, each, strict=True)]
        self.old, self.new = (said.decided(customer) for said, customer in zip(self.said, customers, strict=True))
        self.before = customers
        rules = [*self.rules, *(rule for said in self.said for rule in said.rules)]
        self.solve = Solve(rules, seconds=seconds, until=until, name=f"{pair.name}-{'gaps' if gaps else 'known'}")

    @property
    def leaning(self) -> tuple[str, ...]:
        """What an answer of the solver leans on: facts that are two to it, and the opaque parts of either contract."""
        return tuple(dict.fromkeys((*self.two.values(), *(atom.text for atom in self.speech.atoms.values()))))

    @property
    def speech(self) -> Speech:
        """What both say: words, and the opaque parts of either."""
        both_ = Speech(self.said[0].speech.words)
        for at, said in enumerate(self.said):
            both_.atoms.update({(at if said.speech is not self.said[0].speech else 0, key): atom for key, atom in said.speech.atoms.items()})
        return both_

    def _fact(self, name: str) -> dict[int, Term]:
        """One fact, as each contract that reads it reads it."""
        read = {side: said.kind.facts[name] for side, said in enumerate(self.said) if name in said.kind.facts}
        facts = list(read.values())
        if not alike(facts):
            if any(fact.type.name not in SAYABLE for fact in facts):
                raise Unsayable
            self.two[name] = f"{name} ({_otherwise(*facts)} in each contract)"
            terms = {side: self.said[side].fact(fact, f"{name} ({side})") for side, fact in read.items()}
            self.raw[name] = terms[max(terms)]
            return terms
        if facts[0].type.name not in SAYABLE:
            return {}
        value = variable(facts[0].type, name)
        known = solver().Bool(f"{name} known") if self.gaps else True
        fits = {side: both(*self.said[side].fits(fact, value)) for side, fact in read.items()}
        self.rules.append(either(*fits.values()))
        if facts[0].type.name == "money":
            self.rules.append(within(value[0], -AMOUNT_MAX, AMOUNT_MAX))
        same = plainly(facts[0], without=OF_NO_ACCOUNT) == plainly(facts[-1], without=OF_NO_ACCOUNT)
        first: Term | None = None
        made: dict[int, Term] = {}
        for side in read:
            blame = self.said[side].blame[name]
            # One term for both where it is one fact to both: opaque parts that read it are then the same too.
            if first is not None and same and (first.stated, first.outside) == blame:
                made[side] = first
            else:
                made[side] = first = Term(known if same else both(known, fits[side]), value, *blame)
        self.raw[name] = Term(known, value)
        return made

    @cached_property
    def written(self) -> tuple[tuple[Hot, Customer], tuple[Hot, Customer]]:
        """What a person's answer is held beside, and the customer whom they decide on; said on first use."""
        old, new = (said.written(customer) for said, customer in zip(self.said, self.before, strict=True))
        return old, new

    def amounts(self, after: Customer, side: int, name: str) -> Term:
        """What is done with a fact in the end."""
        return after.given.get(name) or self.before[side].given.get(name) or self.raw[name]

    def values(self, model: Any) -> Values:
        """Read the customer off a model; facts that the model leaves unknown are not there."""
        values = {}
        for name, term in self.raw.items():
            if term.known is not True and not true_in(model, term.known):
                continue
            fact = self.pair.facts[name]
            value = value_in(self.speech, model, fact.type, term.value)
            values[name] = fact.type.members[0] if fact.type.name == "enum" and value not in self._members(name) else value
        return values

    def _members(self, name: str) -> set[str]:
        return {word for said in self.said if name in said.kind.facts for word in said.kind.facts[name].type.members}


def worked_out_alike(pair: Pair) -> bool:
    """Whether every fact that both contracts work out, and that the solver cannot hold, is worked out alike."""
    old, new = (gate.contract.draft.wiring.facts for gate in pair.gates)
    names = [{name for name, _ in kind.derived} for kind in pair.kinds]
    below = [{each for each in (*read, *names[0], *names[1]) if each in old and each in new} for read in (pair.kinds[0].below, pair.kinds[1].below)]
    worked = {name for name in below[0] | below[1] if old[name].derived is not None or new[name].derived is not None}
    same = all(plainly(old[name].derived) == plainly(new[name].derived) and old[name].type == new[name].type for name in worked)
    return same or all(old[name].type.name in SAYABLE and new[name].type.name in SAYABLE for name in worked)


def _otherwise(old: Fact, new: Fact) -> str:
    if plainly(old.type) != plainly(new.type):
        return "of another type"
    if plainly(old.history) != plainly(new.history):
        return "counted otherwise"
    return "fresh for another time" if old.fresh_within != new.fresh_within else "read otherwise"


def alike(facts: list[Fact]) -> bool:
    """Whether what is handed in for a fact is one value to both contracts; members and signs may differ, and are looked at."""
    if len(facts) < 2:
        return True
    old, new = facts
    if old.type.name != new.type.name or old.type.currency != new.type.currency:
        return False
    if old.type.name not in SAYABLE and (plainly(old.type) != plainly(new.type) or old.most != new.most or old.signed != new.signed):
        return False
    return old.fresh_within == new.fresh_within and plainly(old.history) == plainly(new.history)
