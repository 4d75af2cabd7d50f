"""Is a change of a contract towards customers or against them? One function, which adopting asks; `changing/` finds out."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from ourword.errors import UsageError

if TYPE_CHECKING:
    from ourword.gate.code import Gate

Direction = Literal["towards", "against", "unknown"]

_OF_NO_DECISION = ("version", "from", "status")
"""Keys at the top of a contract that change no answer and no promise."""


SECONDS = 20.0
"""For the proof, while somebody waits to sign."""


def direction(old: Gate, new: Gate) -> Direction:
    """Say whether any customer would be worse off by the *new* contract than by the *old* one.

    `towards` means that nobody would be: by the text, where nothing but version, dates and words that no customer is bound by have
    changed, else by proof, as `ourword diff` gives it. What is arguable, or was not proved in time or for want of the solver, is
    `unknown`, which whoever asks treats as `against`.
    """
    return "towards" if _bare(old) == _bare(new) else _proved(_Gates(old, new))


class _Gates:
    """Two gates as a key: the same two contracts are compared once, however often signing is tried."""

    def __init__(self, old: Gate, new: Gate) -> None:
        self.old, self.new = old, new
        self._key = (old.contract.digest, new.contract.digest)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Gates) and self._key == other._key


@lru_cache(maxsize=8)
def _proved(gates: _Gates) -> Direction:
    from ourword.changing import order
    from ourword.changing.diff import diff
    from ourword.changing.found import Step
    from ourword.changing.told import AGAINST, NOT_PROVED, compared

    try:
        found = [each for each in diff(gates.old, gates.new, seconds=SECONDS) if not isinstance(each, Step)]
    except UsageError:  # without the solver
        return "unknown"
    told = compared(gates.old, gates.new, found)
    if told.code == AGAINST:
        return "against"
    return "unknown" if told.code == NOT_PROVED or told.of(order.Direction.ARGUABLE) else "towards"


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
