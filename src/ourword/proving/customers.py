"""Customers that the solver found, made plain and decided by the real gate: nothing is claimed that the gate does not show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from itertools import islice, product
from typing import Any

from ourword.cel.expr import Literal, walk
from ourword.cel.smt_terms import Term
from ourword.cel.unknown import Unknown
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.decide import decide, holdout_position
from ourword.gate.say import plain, value_words
from ourword.gate.verdict import Verdict
from ourword.proving.found import Met
from ourword.proving.nice import made_up, nice
from ourword.proving.said import Said

TRIES_MAX = 400
"""How many ways to fill in what the solver cannot hold are tried before a flaw is called possible."""

Claim = Callable[[Values], bool]
"""Whether the gate shows, for a customer with these facts, what is claimed."""


class Trial:
    """The real gate, one kind, one moment, and a customer who is not in the holdout."""

    def __init__(self, gate: Gate, kind: KindGate, at: datetime) -> None:
        self.gate, self.kind, self.at = gate, kind, at
        self.now = instant_from_datetime(at) or 0
        share = gate.contract.draft.relationship.holdout
        # With everyone in the holdout nobody else can be shown.
        names = (f"c-{number}" for number in range(1, 10_000))
        self.customer = next((name for name in names if holdout_position(gate.contract.draft.name, name) >= share), "c-1")

    def verdict(self, values: Values) -> Verdict:
        """Decide for a customer; facts that are not among the values are unknown."""
        given = {name: self._given(name, value) for name, value in values.items()}
        return decide(self.gate, Proposal(kind=self.kind.kind.name, customer=self.customer, decision_id="d-1"), given, self.at)

    def _given(self, name: str, value: Any) -> Any:
        fact = self.kind.facts[name]
        return plain(fact, value) if fact.type.name in ("duration", "timestamp", "money") else value

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
    value = model.eval(truth, model_completion=False)
    return str(value) != "False"


def _value(said: Said, model: Any, name: str, value: Any) -> Any:
    type_ = said.kind.facts[name].type
    part = value[0] if isinstance(value, tuple) else value
    read = model.eval(part, model_completion=True)
    match type_.name:
        case "bool":
            return str(read) == "True"
        case "double":
            return float(Fraction(read.numerator_as_long(), read.denominator_as_long()))
        case "string":
            return said.speech.words.text(read.as_long())
        case "enum":
            text = said.speech.words.text(read.as_long())
            return text if text in type_.members else type_.members[0]
    return read.as_long()


# ---- shown by the gate ---------------------------------------------------------------------------------------------


def shown(trial: Trial, said: Said, values: Values, claim: Claim) -> Values | None:
    """Facts for which the gate shows the claim: these, or these with what the solver cannot hold filled in; or nothing."""
    for more in islice(_fillings(trial.kind, said), TRIES_MAX):
        tried = {**values, **more}
        if claim(tried):
            return tried
    return None


def _fillings(kind: KindGate, said: Said) -> Iterator[Values]:
    yield {}
    texts = {name: _literals(said, name) for name, fact in kind.facts.items() if fact.type.name == "string"}
    free = {name: made_up(fact.type) for name, fact in kind.facts.items() if name not in texts and _outside_the_solver(said, name)}
    free |= {name: found for name, found in texts.items() if found}
    for chosen in product(*free.values()):
        yield dict(zip(free, chosen, strict=True))


def _outside_the_solver(said: Said, name: str) -> bool:
    return any(name in _facts_below(said, atom.reads) for atom in said.speech.atoms.values())


def _facts_below(said: Said, names: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(said.kind.below.get(name, frozenset()) for name in names))


def _literals(said: Said, name: str) -> list[str]:
    """Texts that stand in the atoms over a text: one of them may begin, end or be what is asked for."""
    found: dict[str, None] = {}
    for atom in said.speech.atoms.values():
        if name in _facts_below(said, atom.reads):
            for node in walk(atom.checked.expr):
                if isinstance(node, Literal) and isinstance(node.value, str):
                    found |= dict.fromkeys((node.value, f"{node.value} and more", f"more {node.value}"))
            found[""] = None
    return list(found)


def shrunk(trial: Trial, values: Values, claim: Claim, keep: frozenset[str] = frozenset()) -> Values:
    """The same claim with plainer facts; those to *keep* stay."""
    for _ in range(2):
        before = dict(values)
        for name in list(trial.kind.facts):
            fact = trial.kind.facts[name]
            if name in keep:
                continue
            options = nice(trial.kind, fact, {**_known(trial.kind, values)}, trial.now)
            if name not in values:
                options = options[:4]
            for option in options:
                if name in values and option == values[name] and type(option) is type(values[name]):
                    break
                if claim({**values, name: option}):
                    values = {**values, name: option}
                    break
        if values == before:
            break
    return values


def _known(kind: KindGate, values: Values) -> Values:
    return {name: values.get(name, Unknown(frozenset((name,)), "absent")) for name in kind.facts}


def mattering(trial: Trial, values: Values, claim: Claim) -> frozenset[str]:
    """The facts without which, or with another value of which, the claim does not hold."""
    matter = set()
    for name, fact in trial.kind.facts.items():
        options = nice(trial.kind, fact, _known(trial.kind, values), trial.now)[:12]
        if any(option != values.get(name) and not claim({**values, name: option}) for option in options):
            matter.add(name)
    return frozenset(matter)
