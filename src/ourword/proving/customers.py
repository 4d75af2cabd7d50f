"""Customers that the solver found, made plain and decided by the real gate: nothing is claimed that the gate does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Protocol

import msgspec

from ourword.cel.smt import Speech
from ourword.cel.smt_terms import Term, solver
from ourword.cel.types import INT, Type
from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.decide import decide, holdout_position
from ourword.gate.say import ENGLISH, plain, value_words
from ourword.gate.verdict import Verdict
from ourword.proving.found import Met
from ourword.proving.nice import OPTIONS_MAX, Turns, nice
from ourword.proving.said import Said

MONDAY_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When those who are made up come, unless another time is said."""

Claim = Callable[[Values], bool]
"""Whether the gate shows, for a customer with these facts, what is claimed."""


class Showing(Protocol):
    """Whoever decides for customers who are made plainer: one gate, or two side by side."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts from outside that matter at all."""

    @property
    def below(self) -> Mapping[str, frozenset[str]]:
        """Every fact -> those from outside that it rests on."""

    def options(self, fact: Fact, values: Values, *, most: int = OPTIONS_MAX) -> list[Any]:
        """What a fact could be, the plainest first, the others being as they are."""

    def held(self, values: Values) -> int:
        """How many clauses hold for a customer."""

    def derive(self, values: Values) -> Values:
        """Work out the derived facts."""


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

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts that this kind reads."""
        return self.kind.facts

    @property
    def below(self) -> Mapping[str, frozenset[str]]:
        """Every fact -> those from outside that it rests on."""
        return self.kind.below

    def options(self, fact: Fact, values: Values, *, most: int = OPTIONS_MAX) -> list[Any]:
        """What a fact could be, the plainest first, the others being as they are."""
        return nice(self.turns, fact, _known(self.kind, values), self.now, most=most)

    def held(self, values: Values) -> int:
        """How many clauses hold for a customer."""
        return len(self.verdict(values).fired)

    def derive(self, values: Values) -> Values:
        """Work out the derived facts."""
        return self.kind.derive(values)

    def verdict(self, values: Values) -> Verdict:
        """Decide for a customer; facts that are not among the values are unknown."""
        given = {name: self._given(name, value) for name, value in values.items()}
        return decide(self.gate, Proposal(kind=self.kind.kind.name, customer=self.customer, decision_id="d-1"), given, self.at)

    def _given(self, name: str, value: Any) -> Any:
        return given(self.kind.facts[name], value)

    def met(self, values: Values, mattering: frozenset[str]) -> Met:
        """The customer as shown to people."""
        verdict = self.verdict(values)
        told = [in_words(self.kind.facts[name], values) for name in self.kind.facts if name in mattering]
        return Met(
            facts={name: self._given(name, value) for name, value in values.items()},
            answer=verdict.answer.value,
            decided_by=verdict.decided_by,
            fired=verdict.fired,
            words=", ".join(told) or "anybody",
        )


def in_words(fact: Fact, values: Values) -> str:
    """What is known of a customer by one fact."""
    called = next(iter(fact.say.values())) if fact.say else fact.name.replace("_", " ")
    if fact.name not in values:
        return f"{called} not known"
    if fact.type.name in ("duration", "money"):
        return f"{called} {plain(fact, values[fact.name])}"  # to the last cent and second: a limit may lie there
    return f"{called} {value_words(fact, values[fact.name], ENGLISH) or '(empty)'}"


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
        if term.known is not True and not true_in(model, term.known):
            continue
        values[name] = _value(said, model, name, term.value)
    return values


def true_in(model: Any, truth: Any) -> bool:
    """Whether a model does not say the contrary."""
    # What the question does not speak of may as well be known.
    return not solver().is_false(model.eval(truth, model_completion=False))


def surely_in(model: Any, truth: Any) -> bool:
    """Whether a model says it, whatever it leaves open."""
    return bool(solver().is_true(model.eval(truth, model_completion=False)))


def _value(said: Said, model: Any, name: str, value: Any) -> Any:
    type_ = said.kind.facts[name].type
    read = value_in(said.speech, model, type_, value)
    return type_.members[0] if type_.name == "enum" and read not in type_.members else read


def value_in(speech: Speech, model: Any, type_: Type, value: Any) -> Any:
    """What a term's value is in a model, typed."""
    if isinstance(value, tuple):
        return (
            value_in(speech, model, INT, value[0])
            if value[1] == 1 and isinstance(value[1], int)
            else Fraction(*(value_in(speech, model, INT, part) for part in value))
        )
    read: Any = value if isinstance(value, bool | int) else model.eval(value, model_completion=True)
    match type_.name:
        case "bool":
            return bool(solver().is_true(read)) if not isinstance(read, bool) else read
        case "double":
            return float(Fraction(read.numerator_as_long(), read.denominator_as_long()))
        case "string" | "enum":
            return speech.words.text(read if isinstance(read, int) else read.as_long())
    return read if isinstance(read, int) else read.as_long()


# ---- plainer -------------------------------------------------------------------------------------------------------


def shrunk(trial: Showing, values: Values, claim: Claim, keep: frozenset[str] = frozenset()) -> Values:
    """The same claim with plainer facts, and with as few clauses beside it as a yes or no can spare; those to *keep* stay."""
    for _ in range(2):
        before = dict(values)
        for name, fact in trial.facts.items():
            if name not in keep:
                values = _plainer(trial, values, name, fact, claim)
        if values == before:
            break
    return values


def _plainer(trial: Showing, values: Values, name: str, fact: Fact, claim: Claim) -> Values:
    options = trial.options(fact, values)
    if fact.type.name == "bool":
        shows = [tried for option in options if claim(tried := {**values, name: option})]
        return min(shows, key=trial.held, default=values)
    for option in options if name in values else options[:4]:
        if name in values and option == values[name]:
            return values
        if claim({**values, name: option}):
            return {**values, name: option}
    return values


def _known(kind: KindGate, values: Values) -> Values:
    return {name: values.get(name, Unknown(frozenset((name,)), "absent")) for name in kind.facts}


def mattering(trial: Showing, values: Values, claim: Claim) -> frozenset[str]:
    """The facts without which, or with another value of which, the claim does not hold."""
    matter = set()
    for name, fact in trial.facts.items():
        options = trial.options(fact, values, most=12)
        if any(option != values.get(name) and not claim({**values, name: option}) for option in options):
            matter.add(name)
    return frozenset(matter)
