"""The contracts that a home keeps: the words of a decision's own contract, years later too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.contract.model import Draft
from ourword.core.answer import Answer
from ourword.core.language import matched
from ourword.core.proposal import Proposal
from ourword.core.time import datetime_from_instant, instant_from_text
from ourword.ledger.entry import Decision
from ourword.ledger.store import Recorded
from ourword.stores.contracts import draft_of as draft_of

if TYPE_CHECKING:
    from ourword.gate.code import Gate
    from ourword.gate.verdict import Verdict
    from ourword.stores.home import Home

_LOOKED_AT_MAX = 100_000
"""Decisions that are looked at, from the latest back, to find a contract that decides now."""


def types_named(home: Path) -> set[str]:
    """Give the types of events that the home's contracts name: those that keep a promise, and those that a source sends."""
    folder = home / "contracts"
    drafts = [draft_of(home, each.name) for each in folder.iterdir()] if folder.is_dir() else []
    kept = {promise.kept_by for draft in drafts if draft for kind in draft.kinds.values() for promise in kind.promises}
    return kept | {source.event for draft in drafts if draft for source in draft.wiring.sources if source.event}


def deciding(home: Home, *, until: int | None = None) -> dict[str, Draft]:
    """The contracts that decide now, by name: of each, the one that took its latest decision; with *until* (ns since 1970), that decided then."""
    folder = home.path / "contracts"
    kept = [draft_of(home.path, each.name) for each in folder.iterdir()] if folder.is_dir() else []
    names = {draft.name for draft in kept if draft is not None}
    found: dict[str, Draft] = {}
    for entry in islice(home.latest_decisions(), _LOOKED_AT_MAX) if names else ():
        value = entry.value
        if isinstance(value, Decision) and value.contract in names and value.contract not in found and _by(value, until):
            draft = draft_of(home.path, value.lineage.contract)
            if draft is not None:
                found[draft.name] = draft
            if found.keys() == names:
                break
    return dict(sorted(found.items()))


def zone_of(drafts: Mapping[str, Draft]) -> str:
    """The zone that the contracts are written in; empty where there is none, or they differ."""
    zones = {draft.zone for draft in drafts.values()}
    return next(iter(zones)) if len(zones) == 1 else ""


def _by(entry: Decision, until: int | None) -> bool:
    return until is None or (instant_from_text(entry.time) or 0) <= until


@lru_cache(maxsize=32)
def gate_of(home: Path, digest: str | None) -> Gate | None:
    """Compile the contract that decided, if the home keeps it whole."""
    from ourword.contract.check import check
    from ourword.gate.compile import compile_gate

    draft = draft_of(home, digest)
    # On the first day of time no open choice is overdue: that is today's affair, not that of a decision taken then.
    contract = check(draft, today=date.min)[0] if draft is not None else None
    return compile_gate(contract) if contract is not None else None


def verdict_again(recorded: Recorded, gate: Gate, *, lang: str = "") -> Verdict | None:
    """The recorded verdict once more, in the language that it spoke or in *lang*, by deciding again; `None` once the customer is erased.

    The gate is pure, so the same facts at the same time under the same contract give the same verdict.
    """
    from ourword.gate.decide import decide

    entry, personal = recorded.decision, recorded.personal
    if personal is None:
        return None
    proposal = Proposal(
        kind=entry.kind,
        customer=personal.customer,
        decision_id=recorded.decision_id,
        by="automation" if entry.by is msgspec.UNSET else entry.by,
        answer=Answer(personal.answer) if personal.answer else None,
        because=personal.because,
        observed=entry.mode is not msgspec.UNSET,
        language=lang or personal.verdict.get("language", ""),
        amended=personal.amended,
    )
    when = datetime_from_instant(instant_from_text(entry.time) or 0)
    return decide(gate, proposal, {**personal.facts, **personal.history}, when)


def verdict_in(home: Home, recorded: Recorded, lang: str) -> dict[str, Any] | None:
    """Say a recorded verdict's texts in another language of its contract; `None` where that cannot be done.

    Should deciding again not give the recorded answer, the recorded words stand.
    """
    entry = recorded.decision
    gate = gate_of(home.path, entry.lineage.contract)
    if gate is None or not matched(lang, gate.contract.draft.languages):
        return None
    again = verdict_again(recorded, gate, lang=lang)
    if again is None or (again.answer.value, again.decided_by) != (entry.answer, entry.decided_by):
        return None
    return again.as_dict()
