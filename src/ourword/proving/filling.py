"""Filling in what the solver cannot hold: lists, records, texts that begin so or so. What it took for granted says what to look for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ourword.cel.expr import Literal, walk
from ourword.cel.python import exact
from ourword.cel.smt import SAYABLE, Atom, Speech
from ourword.cel.unknown import Unknown
from ourword.gate.code import Values
from ourword.proving.customers import Claim, Showing, value_in
from ourword.proving.nice import made_up

ROUNDS = 3
OPTIONS_MAX = 40
_TEXTS_MAX = 6

Want = tuple[Callable[[Values], object], Callable[[object], bool]]
"""How an opaque part is worked out, and whether that is what the solver took it for."""


def shown(trial: Showing, speech: Speech, model: Any, values: Values, claim: Claim) -> Values | None:
    """Facts for which the gate shows the claim: these, or these with what the solver cannot hold filled in; or nothing."""
    if claim(values):
        return values
    free = _options(trial, speech, values)
    if not free:
        return None
    wants = [_want(speech, model, atom) for atom in speech.atoms.values()]
    values = {**values, **{name: values.get(name, options[0]) for name, options in free.items()}}
    best = _fulfilled(trial, wants, values)
    for _ in range(ROUNDS):
        before = best
        for name, options in free.items():
            for option in options:
                tried = {**values, name: option}
                score = _fulfilled(trial, wants, tried)
                if score > best:
                    best, values = score, tried
            if claim(values):
                return values
        if best == before:
            break
    return next((tried for name, options in free.items() for option in options if claim(tried := {**values, name: option})), None)


def _options(trial: Showing, speech: Speech, values: Values) -> dict[str, list[Any]]:
    read = frozenset().union(*(_below(trial, atom.reads) for atom in speech.atoms.values()))
    texts = list(dict.fromkeys((*(value for value in values.values() if isinstance(value, str)), *_literals(speech.atoms.values()))))[:_TEXTS_MAX]
    free = {}
    for name, fact in trial.facts.items():
        if (fact.type.name == "string" and name in read) or fact.type.name not in SAYABLE:
            own = [values[name]] if name in values else []
            free[name] = [*own, *made_up(fact.type, texts)][:OPTIONS_MAX]
    return free


def _below(trial: Showing, names: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(trial.below.get(name, frozenset()) for name in names))


def _literals(atoms: Iterable[Atom]) -> list[str]:
    """Texts that stand in what is opaque: one of them may begin, end or be what is asked for."""
    found = [node.value for atom in atoms for node in walk(atom.checked.expr) if isinstance(node, Literal) and isinstance(node.value, str)]
    return [text for each in found for text in (each, f"{each} and more")]


def _want(speech: Speech, model: Any, atom: Atom) -> Want:
    read = exact(atom.checked)
    known = atom.term.known
    if known is not True and str(model.eval(known, model_completion=False)) == "False":
        return read, lambda value: isinstance(value, Unknown)
    wanted = value_in(speech, model, atom.type, atom.term.value)
    return read, lambda value: value == wanted


def _fulfilled(trial: Showing, wants: list[Want], values: Values) -> int:
    """How many opaque parts are what the solver took them for."""
    facts = trial.derive({name: values.get(name, Unknown(frozenset((name,)), "absent")) for name in trial.facts})
    return sum(fits(read(facts)) for read, fits in wants)
