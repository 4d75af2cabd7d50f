"""An example through the real gate: what was expected, what the gate said, and the nearest change that would make it right."""

from __future__ import annotations

from itertools import chain, combinations, islice
from typing import Any

import msgspec

from ourword.cel.unknown import Unknown
from ourword.contract.model import Example
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.errors import OurwordError
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.decide import decide
from ourword.gate.facts import read_fact
from ourword.gate.say import plain
from ourword.gate.verdict import Verdict
from ourword.proving.customers import MONDAY_NOON, Trial, given
from ourword.proving.nice import nice

CHANGES_MAX = 600
"""How many changes are tried before an example is left unexplained."""


class Departure(msgspec.Struct, frozen=True):
    """One thing that is not as expected."""

    what: str
    expected: Any
    got: Any


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """An example, what the gate said to it, and where that departs from what was expected."""

    kind: str
    example: Example
    verdict: Verdict | None = None
    """`None` where the gate took it for no proposal; `why` says so."""
    why: str = ""
    departures: tuple[Departure, ...] = ()
    nearest: dict[str, tuple[Any, Any]] = {}
    """Fact -> as it is given (`None`: left out), and as it would have to be, for all to be as expected."""

    @property
    def right(self) -> bool:
        """Whether all is as expected."""
        return not self.departures and not self.why


def tried(gate: Gate, kind: KindGate, example: Example, *, explain: bool = True) -> Tried:
    """Decide an example; where it is not as expected, and *explain* is true, look for the nearest change that would make it so."""
    trial = Trial(gate, kind, example.at or MONDAY_NOON)
    try:
        verdict = _decided(trial, example, example.given)
    except OurwordError as error:
        return Tried(kind=kind.kind.name, example=example, why=f"{error.what}; {error.hint}")
    departures = tuple(_departures(trial, example, verdict))
    nearest = _nearest(trial, example) if departures and explain and not example.by else {}
    return Tried(kind=kind.kind.name, example=example, verdict=verdict, departures=departures, nearest=nearest)


def _decided(trial: Trial, example: Example, facts: dict[str, Any]) -> Verdict:
    proposal = Proposal(
        kind=trial.kind.kind.name,
        customer=trial.customer,
        decision_id="d-1",
        by=example.by or "automation",
        answer=example.their_answer,
        because=example.because,
        amended=example.amended if example.by and example.their_answer is Answer.AMEND else None,
    )
    return decide(trial.gate, proposal, facts, trial.at)


def _departures(trial: Trial, example: Example, verdict: Verdict) -> list[Departure]:
    """What is not as expected: the answer first."""
    found = []
    if verdict.answer is not example.answer:
        found.append(Departure("answer", example.answer.value, verdict.answer.value))
    if example.decided_by and verdict.decided_by != example.decided_by:
        found.append(Departure("decided_by", example.decided_by, verdict.decided_by))
    if example.amended is not None and _typed(trial, example.amended) != (verdict.amendments or {}):
        found.append(Departure("amended", _plain(trial, example.amended), verdict.amended()))
    if example.asked is not None and set(verdict.asked) != set(example.asked):
        found.append(Departure("asked", list(example.asked), list(verdict.asked)))
    if example.promises is not None and {each.id for each in verdict.minted} != set(example.promises):
        found.append(Departure("promises", list(example.promises), [each.id for each in verdict.minted]))
    return found


def _typed(trial: Trial, amended: dict[str, Any]) -> Values:
    now = instant_from_datetime(trial.at) or 0
    facts = trial.kind.facts
    return {name: read_fact(facts[name], value, now) if name in facts else value for name, value in amended.items()}


def _plain(trial: Trial, amended: dict[str, Any]) -> dict[str, Any]:
    """What was expected, as the gate would write it: `500 EUR` and `500.00 EUR` are one amount."""
    return {name: plain(trial.kind.facts[name], value) if name in trial.kind.facts else value for name, value in _typed(trial, amended).items()}


# ---- the nearest change --------------------------------------------------------------------------------------------


def _nearest(trial: Trial, example: Example) -> dict[str, tuple[Any, Any]]:
    """The smallest change of one fact, else of two, after which all is as expected."""
    read = trial.kind.read(example.given, trial.now)
    singles = sorted(
        (
            (_cost(read[name], option), name, given(fact, option))
            for name, fact in trial.kind.facts.items()
            for option in nice(trial.turns, fact, read, trial.now, most=16)
            if option != read[name]
        ),
        key=lambda single: single[0],
    )
    for changes in islice(chain(combinations(singles, 1), combinations(singles, 2)), CHANGES_MAX):
        changed = {name: value for _, name, value in changes}
        if len(changed) == len(changes) and not _departures(trial, example, _decided(trial, example, {**example.given, **changed})):
            return {name: (example.given.get(name), value) for name, value in changed.items()}
    return {}


def _cost(was: Any, to: Any) -> float:
    """How much a change changes: its size relative to the value, 1 for another word, 2 for what was not known."""
    if type(was) is Unknown:
        return 2.0
    if type(was) in (int, float) and type(to) in (int, float):
        return float(abs(to - was) / max(abs(to), abs(was), 1))
    return 1.0
