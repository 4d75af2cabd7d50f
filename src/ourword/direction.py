"""Is a change of a contract towards customers or against them? One function, which adopting asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ourword.gate.code import Gate

Direction = Literal["towards", "against", "unknown"]

_OF_NO_DECISION = ("version", "from", "status")
"""Keys at the top of a contract that change no answer and no promise."""


def direction(old: Gate, new: Gate) -> Direction:
    """Say whether any customer would be worse off by the *new* contract than by the *old* one.

    `towards` means that nobody would be. Until this is proved, clause by clause, it is told by the text alone: where nothing
    but version, dates and words that no customer is bound by have changed, nobody is worse off; everything else is `unknown`,
    which whoever asks treats as `against`.
    """
    return "towards" if _bare(old) == _bare(new) else "unknown"


def _bare(gate: Gate) -> Any:
    """What binds: the contract and its wiring without version, dates, names, questions, and the reasons of clauses in words."""
    both = json.loads(gate.contract.draft.canonical)
    contract = both["contract"]
    for key in _OF_NO_DECISION:
        contract.pop(key, None)
    for person in contract.get("people", ()):
        person.pop("name", None)
        person.pop("contact", None)
    for kind in contract.get("decisions", {}).values():
        for key in ("question", "objective", "examples"):
            kind.pop(key, None)
        for rule in (*kind.get("clauses", ()), *kind.get("never", ())):
            rule.pop("say", None)
    return both
