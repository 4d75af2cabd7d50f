"""Customers that the solver found, made plain and decided by the real gate: nothing is claimed that the gate does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import msgspec

from ourword.cel.smt_terms import Term, solver
from ourword.cel.types import INT, Type
from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.decide import decide, holdout_position
from ourword.gate.say import plain, value_words
from ourword.gate.verdict import Verdict
from ourword.proving.found import Met
from ourword.proving.nice import Turns, nice
from ourword.proving.said import Said

MONDAY_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When those who are made up come, unless another time is said."""

Claim = Callable[[Values], bool]
"""Whether the gate shows, for a customer with these facts, what is claimed."""


class Trial:
    """The real gate, one kind, one moment, and a customer who is not in the holdout."""

    def __init__(self, gate: Gate, kind: KindGate, at: datetime) -> None:
        self.gate, self.kind, self.at = gate, kind, at
        self.now = instant_from_datetime(at) or 0
        self.turns = Turns(kind)
        share = gate.contract.draft.relationship.holdout
        # With everyone in the holdout nobody else can be shown.
        names = (f"c-{number}" for number in range(1, 10_000))
        self.customer = next((name for name in names if holdout_position(gate.contract.draft.name, name) >= share), "c-1")

    def verdict(self, values: Values) -> Verdict:
        """Decide for a customer; facts that are not among the values are unknown."""
        given = {name: self._given(name, value) for name, value in values.items()}
        return decide(self.gate, Proposal(kind=self.kind.kind.name, customer=self.customer, decision_id="d-1"), given, self.at)

    def _given(self, name: str, value: Any) -> Any:
        return given(self.kind.facts[name], value)

    def met(self, values: Values, mattering: frozenset[str]) -> Met:
        """The customer as shown to people."""
        verdict = self.verdict(values)
        told = [self._words(name, values) for name in self.kind.facts if name in mattering]
        return Met(
            facts={name: self._given(name, value) for name, value in values.items()},
            answer=verdict.answer.value,
            decided_by=verdict.decided_by,
            fired=verdict.fired,
            words=", ".join(told) or "anybody",
        )

    def _words(self, name: str, values: Values) -> str:
        fact = self.kind.facts[name]
        called = next(iter(fact.say.values())) if fact.say else name.replace("_", " ")
        if name not in values:
            return f"{called} not known"
        if fact.type.name in ("duration", "money"):
            return f"{called} {plain(fact, values[name])}"  # to the last cent and second: a limit may lie there
        return f"{called} {value_words(fact, values[name], 'en') or '(empty)'}"


def given(fact: Fact, value: Any) -> Any:
    """A typed value as a proposal holds it, within lists and records too."""
    match fact.type.name:
        case "duration" | "timestamp" | "money":
            return plain(fact, value)
        case "list":
            return [given(msgspec.structs.replace(fact, type=fact.type.of[0]), item) for item in value]
        case "map":
            return {key: given(msgspec.structs.replace(fact, type=fact.type.of[1]), item) for key, item in value.items()}
        case "record":
            return {name: given(msgspec.structs.replace(fact, type=type_), value[name]) for name, type_ in fact.type.fields if name in value}
    return value


# ---- from the solver's model ---------------------------------------------------------------------------------------


def from_model(said: Said, model: Any, given: Mapping[str, Term]) -> Values:
    """Read a customer's facts off a model; those that the model leaves unknown are not there."""
    values = {}
    for name, term in given.items():
        if term.known is not True and not _true(model, term.known):
            continue
        values[name] = _value(said, model, name, term.value)
    return values


def _true(model: Any, truth: Any) -> bool:
    # What the question does not speak of may as well be known.
    return not solver().is_false(model.eval(truth, model_completion=False))


def _value(said: Said, model: Any, name: str, value: Any) -> Any:
    type_ = said.kind.facts[name].type
    read = value_in(said, model, type_, value)
    return type_.members[0] if type_.name == "enum" and read not in type_.members else read


def value_in(said: Said, model: Any, type_: Type, value: Any) -> Any:
    """What a term's value is in a model, typed."""
    if isinstance(value, tuple):
        return (
            value_in(said, model, INT, value[0])
            if value[1] == 1 and isinstance(value[1], int)
            else Fraction(*(value_in(said, model, INT, part) for part in value))
        )
    read: Any = value if isinstance(value, bool | int) else model.eval(value, model_completion=True)
    match type_.name:
        case "bool":
            return bool(solver().is_true(read)) if not isinstance(read, bool) else read
        case "double":
            return float(Fraction(read.numerator_as_long(), read.denominator_as_long()))
        case "string" | "enum":
            return said.speech.words.text(read if isinstance(read, int) else read.as_long())
    return read if isinstance(read, int) else read.as_long()


# ---- plainer -------------------------------------------------------------------------------------------------------


def shrunk(trial: Trial, values: Values, claim: Claim, keep: frozenset[str] = frozenset()) -> Values:
    """The same claim with plainer facts, and with as few clauses beside it as a yes or no can spare; those to *keep* stay."""
    for _ in range(2):
        before = dict(values)
        for name, fact in trial.kind.facts.items():
            if name not in keep:
                values = _plainer(trial, values, name, fact, claim)
        if values == before:
            break
    return values


def _plainer(trial: Trial, values: Values, name: str, fact: Fact, claim: Claim) -> Values:
    options = nice(trial.turns, fact, _known(trial.kind, values), trial.now)
    if fact.type.name == "bool":
        shows = [tried for option in options if claim(tried := {**values, name: option})]
        return min(shows, key=lambda tried: len(trial.verdict(tried).fired), default=values)
    for option in options if name in values else options[:4]:
        if name in values and option == values[name]:
            return values
        if claim({**values, name: option}):
            return {**values, name: option}
    return values


def _known(kind: KindGate, values: Values) -> Values:
    return {name: values.get(name, Unknown(frozenset((name,)), "absent")) for name in kind.facts}


def mattering(trial: Trial, values: Values, claim: Claim) -> frozenset[str]:
    """The facts without which, or with another value of which, the claim does not hold."""
    matter = set()
    for name, fact in trial.kind.facts.items():
        options = nice(trial.turns, fact, _known(trial.kind, values), trial.now, most=12)
        if any(option != values.get(name) and not claim({**values, name: option}) for option in options):
            matter.add(name)
    return frozenset(matter)
