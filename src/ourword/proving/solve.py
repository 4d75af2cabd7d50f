"""Asking the solver, within a time and a memory: somebody, nobody, or not proved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

from ourword.cel.smt_terms import Truth, both, solver

MEMORY_MB_MAX = 1024


Writer = Callable[[str, str], None]
"""Takes a question's name and its text."""


class Nobody(Enum):
    """There is no such customer: proved, or not."""

    PROVED = "proved"
    NOT_PROVED = "not proved"


class Solve:
    """One solver that keeps what it learnt from one question to the next."""

    def __init__(
        self, rules: Iterable[Truth], *, seconds: float, until: float = float("inf"), smtlib: Writer | None = None, name: str = "question"
    ) -> None:
        z3 = solver()
        z3.set_param("memory_max_size", MEMORY_MB_MAX)
        self._solver = z3.Solver()
        self._seconds, self._until = seconds, until
        self._smtlib, self._name = smtlib, name
        self._names: dict[int, Any] = {}
        self._kept: list[Truth] = []
        self.asked = 0
        for rule in rules:
            self.hold(rule)

    def hold(self, rule: Truth) -> None:
        """Every customer keeps to this."""
        if rule is not True:
            self._solver.add(rule)

    def named(self, truth: Truth) -> Truth:
        """A short name for a truth, so that questions about it share what was learnt."""
        if isinstance(truth, bool):
            return truth
        if truth.get_id() not in self._names:
            name = solver().Bool(f"truth {len(self._names)}")
            self._solver.add(name == truth)
            self._names[truth.get_id()] = name
            self._kept.append(truth)  # z3 gives the numbers of what is gone to others
        return self._names[truth.get_id()]

    def somebody(self, *truths: Truth) -> Any:
        """A model of a customer for whom all of these hold; or `Nobody`."""
        if both(*truths) is False:
            return Nobody.PROVED
        left = self._until - time.monotonic()
        if left <= 0:
            return Nobody.NOT_PROVED
        z3 = solver()
        self.asked += 1
        self._solver.set("timeout", max(1, int(min(self._seconds, left) * 1000)))
        names = [self.named(truth) for truth in truths if truth is not True]
        try:
            said = self._solver.check(*names)
        except z3.Z3Exception:  # out of memory: what was not worked out is not proved
            return Nobody.NOT_PROVED
        if self._smtlib is not None:
            self._smtlib(f"{self._name}-{self.asked:04d}", self._text(names, str(said)))
        if said == z3.sat:
            return self._solver.model()
        if said == z3.unknown and "interrupted" in self._solver.reason_unknown():
            raise KeyboardInterrupt  # z3 takes Ctrl-C for itself
        return Nobody.PROVED if said == z3.unsat else Nobody.NOT_PROVED

    def _text(self, names: Sequence[Any], said: str) -> str:
        """The question for another solver: `unsat` means that there is no such customer."""
        asked = "".join(f"(assert {name.sexpr()})\n" for name in names)
        return f"(set-logic ALL)\n(set-info :status {said})\n{self._solver.sexpr()}{asked}(check-sat)\n"
