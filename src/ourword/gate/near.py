"""Near misses: the smallest change of one or two facts that would have changed the answer, verified by deciding again.

Only facts that the customer did not state and that may be told are changed; everything is read as the customer may see
it (`view`), so a near miss holds whatever the untold facts are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import msgspec

from ourword.cel.unknown import Unknown
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.gate.code import KindGate, Values
from ourword.gate.decide import boundaries, consider, holdout_position, read_values
from ourword.gate.verdict import Verdict
from ourword.gate.view import View, view

NEAR_MAX = 2
"""How many near misses are told: two ways are help, ten are a puzzle."""
TRIES_MAX = 400

_DAY = 86400 * 10**9
_STEPS = (_DAY, 3600 * 10**9, 60 * 10**9, 10**9, 1)


class Change(msgspec.Struct, frozen=True):
    """One fact, as it was and as it would have to be."""

    fact: str
    was: Any
    to: Any
    side: str = ""
    """`at least` or `at most` where every value beyond would do as well; empty where it is this value."""


class Near(msgspec.Struct, frozen=True):
    """A change that was tried, and the answer it gives."""

    changes: tuple[Change, ...]
    answer: Answer


def near_misses(verdict: Verdict) -> tuple[Near, ...]:
    """Find the smallest verified changes, nearest first; none for an allowance, a question, or what a person decides anyway."""
    aims = _aims(verdict)
    if not aims:
        return ()
    seen = view(verdict)
    kind = verdict.kind
    singles = list(_singles(kind, seen))
    tried = 0
    found: list[tuple[float, Near]] = []
    for size in (1, 2):
        for changes in combinations(singles, size):
            if len({change.fact for _, change in changes}) < size:
                continue
            tried += 1
            if tried > TRIES_MAX:
                break
            answer = _decided_again(kind, seen.values, [change for _, change in changes], aims)
            if answer is not None:
                found.append((sum(cost for cost, _ in changes), Near(tuple(change for _, change in changes), answer)))
        if found or tried > TRIES_MAX:
            break
    return tuple(_sided(kind, seen.values, near, singles, aims) for near in _nearest(found))


def _aims(verdict: Verdict) -> tuple[Answer, ...]:
    """Which answers would be better for the customer. It reads only what is public: the answer, the rights, the stable hash."""
    outcome = verdict.answer
    relationship, kind = verdict.gate.contract.draft.relationship, verdict.kind.kind
    if verdict.proposal.by != "automation" or kind.rights != "autonomous":
        return ()  # whatever the facts were, a person would have decided; and `proposed` is not for the customer's eyes
    if kind.explore and holdout_position(verdict.gate.contract.draft.name, verdict.proposal.customer) < relationship.holdout:
        return ()
    if outcome is Answer.AMEND:
        return (Answer.ALLOW,)
    return (Answer.ALLOW, Answer.AMEND) if outcome in (Answer.REFUSE, Answer.ESCALATE) else ()


def _nearest(found: list[tuple[float, Near]]) -> tuple[Near, ...]:
    # From nothing every way is as far, relatively: then the nearer one.
    found.sort(key=lambda each: (each[0], sum(map(_far, each[1].changes)), [(change.fact, str(change.to)) for change in each[1].changes]))
    nearest: list[Near] = []
    for _, near in found:
        facts = {change.fact for change in near.changes}
        if not any(facts == {change.fact for change in other.changes} for other in nearest):
            nearest.append(near)
    return tuple(nearest[:NEAR_MAX])


def _decided_again(kind: KindGate, values: Values, changes: list[Change], aims: tuple[Answer, ...]) -> Answer | None:
    """Decide with the changes; `None` for an answer that was not aimed at, or that a boundary might still stop."""
    changed = kind.derive({**values, **{change.fact: change.to for change in changes}})
    considered = consider(kind, read_values(kind, changed), {}, 0)
    if considered.judgement.answer not in aims:
        return None
    after = considered.values if considered.values is not None else changed
    crossed, _, _ = boundaries(kind, after, considered.judgement.answer.value)
    return None if crossed else considered.judgement.answer


def _sided(kind: KindGate, values: Values, near: Near, singles: list[tuple[float, Change]], aims: tuple[Answer, ...]) -> Near:
    """Keep `at least` and `at most` only where all that can be tried beyond does as well; elsewhere it is this value alone."""
    changes = list(near.changes)
    for index, change in enumerate(near.changes):
        others = [each for each in near.changes if each is not change]
        if change.side and not all(
            _decided_again(kind, values, [*others, msgspec.structs.replace(change, to=value)], aims) for value in _beyond(kind, change, singles)
        ):
            changes[index] = msgspec.structs.replace(change, side="")
    return Near(tuple(changes), near.answer)


def _beyond(kind: KindGate, change: Change, singles: list[tuple[float, Change]]) -> set[Any]:
    """The values on the far side of a change at which conditions turn, and one well past it."""
    far = change.to + max(abs(change.to), 1) if change.side == "at least" else min(change.to, 0)
    tries = {far, *(each.to for _, each in singles if each.fact == change.fact)}
    return {
        value for value in tries if (value > change.to if change.side == "at least" else value < change.to) and _fits(kind.facts[change.fact], value)
    }


# ---- what to try ---------------------------------------------------------------------------------------------------


def _singles(kind: KindGate, seen: View) -> Iterator[tuple[float, Change]]:
    """Every single change worth trying, with its cost: its size relative to the value, 1 for a flip."""
    for name, fact in kind.facts.items():
        if fact.stated_by or fact.tell == "never" or (fact.history is not None and fact.type.name != "int"):
            continue
        was = seen.values[name]
        if type(was) is Unknown:
            continue  # what we do not know is named as missing; it is no near miss
        tries: dict[Any, str] = {}
        for value, side in _candidates(kind, fact, seen.values):
            if value != was and _fits(fact, value):
                tries.setdefault(value, side)
        for value, side in tries.items():
            yield _cost(was, value), Change(name, was, value, side)


def _candidates(kind: KindGate, fact: Fact, values: Values) -> Iterator[tuple[Any, str]]:
    match fact.type.name:
        case "bool":
            yield True, ""
            yield False, ""
        case "enum":
            for member in fact.type.members:
                yield member, ""
        case "int" | "uint" | "double" | "money" | "duration" | "timestamp" | "string":
            for value in _compared_with(kind, fact.name, values):
                yield from _around(fact, value, values[fact.name])


def _compared_with(kind: KindGate, name: str, values: Values) -> Iterator[Any]:
    """What the conditions hold this fact against, worked out from the other facts."""
    for other in kind.thresholds.get(name, ()):
        value = other(values)
        if type(value) is not Unknown:
            yield value


def _around(fact: Fact, threshold: Any, was: Any) -> Iterator[tuple[Any, str]]:
    if isinstance(threshold, str):
        yield threshold, ""
    elif isinstance(threshold, int | float) and not isinstance(threshold, bool):
        yield threshold, "at most" if was > threshold else "at least"
        if fact.type.name == "double":
            return  # there is no next number that anybody would name
        step = _step(fact, threshold)
        yield threshold - step, "at most"
        yield threshold + step, "at least"


def _step(fact: Fact, threshold: Any) -> Any:
    if fact.type.name in ("duration", "timestamp"):
        return next(step for step in _STEPS if threshold % step == 0)
    return 1


def _fits(fact: Fact, value: Any) -> bool:
    return isinstance(value, str | bool) or fact.signed or fact.type.name in ("int", "double", "timestamp") or value >= 0


def _far(change: Change) -> float:
    return 0.0 if isinstance(change.to, str | bool) else float(abs(change.to - change.was))


def _cost(was: Any, to: Any) -> float:
    if isinstance(to, str | bool):
        return 1.0
    return float(abs(to - was) / max(abs(to), abs(was), 1))
