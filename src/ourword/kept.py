"""The contracts that a home keeps: the words of a decision's own contract, years later too."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from ourword.contract.model import Draft
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.errors import ContractError
from ourword.ledger.store import Recorded
from ourword.stores.home import Home


def draft_of(home: Path, digest: str | None) -> Draft | None:
    """Read the contract that decided, if the home keeps it; damaged files are as good as none."""
    number = (digest or "").removeprefix("sha256:")
    if not (number.isascii() and number.isalnum()):
        return None
    try:
        return _draft(home / "contracts" / number)
    except (OSError, ContractError):
        return None


@lru_cache(maxsize=32)
def _draft(folder: Path) -> Draft:
    """Read a kept contract once: what lies under a digest never changes."""
    from ourword.contract.digest import digest
    from ourword.contract.read import read

    draft = read((folder / "contract.yaml").read_bytes(), (folder / "wiring.yaml").read_bytes())
    if digest(draft).removeprefix("sha256:") != folder.name:
        raise ContractError("contract.changed", "the kept contract is not the one that decided", place=str(folder), hint="restore it from a backup")
    return draft


def verdict_in(home: Home, recorded: Recorded, lang: str) -> dict[str, Any] | None:
    """Say a recorded verdict's texts in another language of its contract, by deciding again; `None` where that cannot be done.

    The decision is pure, so the same facts at the same time under the same contract give the same answer; should they
    not, the recorded words stand.
    """
    from ourword.contract.check import check
    from ourword.gate.compile import compile_gate
    from ourword.gate.decide import decide

    entry, personal = recorded.decision, recorded.personal
    draft = draft_of(home.path, entry.lineage.contract)
    if draft is None or personal is None or lang not in draft.languages:
        return None
    when = datetime.fromisoformat(entry.time.replace("Z", "+00:00"))
    contract, _ = check(draft, today=when.date())
    if contract is None:
        return None
    proposal = Proposal(
        kind=entry.kind,
        customer=personal.customer,
        decision_id=recorded.decision_id,
        by="automation" if entry.by is msgspec.UNSET else entry.by,
        answer=Answer(personal.answer) if personal.answer else None,
        because=personal.because,
        amended=personal.amended,
        time=when,
    )
    again = decide(compile_gate(contract), proposal, {**personal.facts, **personal.history}, when)
    same = again.answer.value == entry.answer and again.decided_by == entry.decided_by
    return again.as_dict(lang) if same else None
