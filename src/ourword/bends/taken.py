"""Decisions that people took, as a home has them: answered through the gate, or acted on where automation had stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from ourword.bends.matters import Left as Standing
from ourword.bends.matters import Matters, Step, objects_of
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_text
from ourword.ledger.store import Recorded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.home import Home

_STOPPED = frozenset(("ask", "refuse", "escalate"))
_CONTACTS = """
SELECT decision, coalesce(max(contact) FILTER (type = 'decision.made'), max(contact)) FROM events
WHERE decision IS NOT NULL AND contact IS NOT NULL GROUP BY decision
"""
_ACTED = "SELECT DISTINCT decision FROM events WHERE type = 'action.executed' AND actor = 'person' AND decision IS NOT NULL"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that a person took: their answer, and the facts as they were then."""

    decision_id: str
    contract: str
    """The contract's name, and `digest`: the version under which it was taken."""
    digest: str
    at: int
    """Ns since 1970."""
    proposal: Proposal
    facts: dict[str, Any]
    acted: bool = False
    """No answer of theirs is recorded; an event says that a person did what automation had not allowed."""


class Left(msgspec.Struct, frozen=True):
    """How much of what people decided is not held beside what is written, and why."""

    erased: int = 0
    """Decisions: the customer asked to be forgotten, and the facts are gone."""
    passed_on: int = 0
    """Matters: the person's answer did not stand, since it went to the owner or on to somebody else, who has not answered."""
    asked: int = 0
    """Matters: a person asked something back, and nobody has decided since. A question grants nothing and refuses nothing."""


def taken(
    home: Home, connection: DuckDBPyConnection | None, contacts: Mapping[str, int], *, since: int, until: int
) -> tuple[list[Taken], Left, Matters]:
    """What people decided between two moments (ns, both included), in order, each matter once: by the last answer that stood.

    Also what is left out, and all matters of theirs, to hold other decisions beside them. *contacts* are those of `contacts_of`.
    """
    found: dict[str, Taken] = {}
    steps, erased = [], 0
    for recorded in home.decided_by_people():
        at = instant_from_text(recorded.decision.time) or 0
        if at > until:
            continue
        if recorded.personal is None:
            erased += at >= since
            continue
        each = found[recorded.decision_id] = _answered(recorded, at)
        steps.append(step_of(each, contacts, left=_left(recorded)))
    acted: dict[str, Taken] = {}
    for each in _acted(home, connection) if connection is not None else ():
        if each.at <= until:
            acted[each.decision_id] = each
            if each.decision_id not in found:
                steps.append(step_of(each, contacts))
    matters = Matters(steps)
    last = [_last(matter, found, acted) for matter in matters]
    decided = [each for each in last if isinstance(each, Taken) and each.at >= since]
    waiting = Counter(each.left for each in last if isinstance(each, Step) and each.at >= since)
    left = Left(erased=erased, passed_on=waiting["passed on"], asked=waiting["asked"])
    return sorted(decided, key=lambda each: (each.at, each.decision_id)), left, matters


def step_of(each: Taken, contacts: Mapping[str, int], *, left: Standing = "decided") -> Step:
    """By what it is known to which matter a decision belongs; *contacts*: what events say, where the line said none."""
    heard = contacts.get(each.decision_id)
    return Step(
        decision_id=each.decision_id,
        customer=each.proposal.customer,
        kind=each.proposal.kind,
        at=each.at,
        contact=each.proposal.contact if heard is None else f"\0{heard}",
        objects=objects_of(each.proposal.objects),
        facts=each.facts,
        left=left,
    )


def contacts_of(connection: DuckDBPyConnection | None) -> dict[str, int]:
    """The number of the contact in which each decision was taken, as the ledger or an event says it."""
    return {} if connection is None else dict(connection.execute(_CONTACTS).fetchall())


def _last(matter: list[Step], answered: Mapping[str, Taken], acted: Mapping[str, Taken]) -> Taken | Step:
    """The last answer that stood; else what a person did; else the step that still waits for an answer."""
    stood = [answered[step.decision_id] for step in matter if step.left == "decided" and step.decision_id in answered]
    did = [acted[step.decision_id] for step in matter if step.decision_id in acted]
    return (stood or did or matter)[-1]


def _left(recorded: Recorded) -> Standing:
    personal, answer = recorded.personal, recorded.decision.answer
    if answer == Answer.ESCALATE or personal is None or personal.answer != answer:
        return "passed on"
    return "asked" if answer == Answer.ASK else "decided"


def _answered(recorded: Recorded, at: int) -> Taken:
    entry, personal = recorded.decision, recorded.personal
    assert personal is not None
    assert entry.by is not UNSET
    return _taken(recorded, at, by=entry.by, answer=Answer(personal.answer), acted=False)


def _acted(home: Home, connection: DuckDBPyConnection) -> Iterator[Taken]:
    named = {str(name) for (name,) in connection.execute(_ACTED).fetchall()}
    for recorded in home.decisions(named):
        entry = recorded.decision
        stopped = entry.answer in _STOPPED or entry.mode is not UNSET
        if stopped and recorded.personal is not None:
            yield _taken(recorded, instant_from_text(entry.time) or 0, by="person", answer=Answer.ALLOW, acted=True)


def _taken(recorded: Recorded, at: int, *, by: str, answer: Answer, acted: bool) -> Taken:
    entry, personal = recorded.decision, recorded.personal
    assert personal is not None
    proposal = Proposal(
        kind=entry.kind,
        customer=personal.customer,
        decision_id=recorded.decision_id,
        by=by,
        answer=answer,
        because="" if acted else personal.because,  # what was said with a question is no reason for what was done then
        amended=None if acted else personal.amended,
        contact=personal.contact or "",
        objects=tuple(personal.objects or ()),
    )
    return Taken(
        decision_id=recorded.decision_id,
        contract=entry.contract,
        digest=entry.lineage.contract or "",
        at=at,
        proposal=proposal,
        facts={**personal.facts, **personal.history},
        acted=acted,
    )
