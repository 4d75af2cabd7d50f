"""Decisions that people took, as a home has them: answered through the gate, or acted on where automation had stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_text
from ourword.ledger.store import Recorded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.stores.home import Home

_STOPPED = frozenset(("ask", "refuse", "escalate"))
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
    """How many decisions by people are not held beside what is written, and why."""

    erased: int = 0
    """The customer asked to be forgotten: the facts are gone."""
    passed_on: int = 0
    """The person's answer did not stand: it went to the owner, or on to somebody else."""

    def more(self, **counts: int) -> Left:
        """The same with more of some."""
        return Left(self.erased + counts.get("erased", 0), self.passed_on + counts.get("passed_on", 0))


def taken(home: Home, connection: DuckDBPyConnection | None, *, since: int, until: int) -> tuple[list[Taken], Left]:
    """All decisions that people took between two moments (ns, both included), in order; and what is left out."""
    found: list[Taken] = []
    left = Left()
    for recorded in home.decided_by_people():
        at = instant_from_text(recorded.decision.time) or 0
        if not since <= at <= until:
            continue
        if recorded.personal is None:
            left = left.more(erased=1)
        elif (answer := recorded.personal.answer) != recorded.decision.answer or answer == Answer.ESCALATE:
            left = left.more(passed_on=1)
        else:
            found.append(_answered(recorded, at))
    answered = {_matter(each) for each in found}
    acted = _acted(home, connection) if connection is not None else ()
    found += [each for each in acted if since <= each.at <= until and _matter(each) not in answered]
    return sorted(found, key=lambda each: (each.at, each.decision_id)), left


def _matter(taken: Taken) -> tuple[str, str, str]:
    """Whom and what it is about: a person who answered and acted has decided once."""
    return taken.proposal.customer, taken.proposal.kind, taken.proposal.contact or taken.decision_id


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
        if entry.by is UNSET and stopped and recorded.personal is not None:
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
        because=personal.because,
        amended=personal.amended,
        contact=personal.contact or "",
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
