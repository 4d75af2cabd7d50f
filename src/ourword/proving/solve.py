"""Asking the solver, within a time and a memory: somebody, nobody, or not proved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from threading import Thread
from typing import Any

from ourword.cel.smt_terms import Truth, both, solver

MEMORY_MB_MAX = 1024
GRACE_SECONDS = 0.5
INTERRUPTIONS_MAX = 25


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
        self._stuck = False
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
        if left <= 0 or self._stuck:
            return Nobody.NOT_PROVED
        self.asked += 1
        self._solver.set("timeout", max(1, int(min(self._seconds, left) * 1000)))
        self._solver.set("ctrl_c", False)
        names = [self.named(truth) for truth in truths if truth is not True]
        said = self._checked(names, min(self._seconds, left))
        if self._smtlib is not None:
            self._smtlib(f"{self._name}-{self.asked:04d}", self._text(names, said))
        if said == "sat":
            return self._solver.model()
        return Nobody.PROVED if said == "unsat" else Nobody.NOT_PROVED

    def _checked(self, names: Sequence[Any], seconds: float) -> str:
        """`sat`, `unsat` or `unknown`. The solver works in a thread of its own, so that Ctrl-C and the clock are heard meanwhile."""
        said: list[str] = []

        def check() -> None:
            try:
                said.append(str(self._solver.check(*names)))
            except solver().Z3Exception:  # out of memory: what was not worked out is not proved
                said.append("unknown")

        working = Thread(target=check, daemon=True)
        working.start()
        try:
            working.join(seconds + GRACE_SECONDS)
        finally:
            # z3 looks at the clock between its own steps, some of which are long.
            for _ in range(INTERRUPTIONS_MAX):
                if not working.is_alive():
                    break
                self._solver.interrupt()
                working.join(0.2)
            self._stuck = working.is_alive()  # it may still be at work inside: nothing more is asked of it
        return said[0] if said else "unknown"

    def _text(self, names: Sequence[Any], said: str) -> str:
        """The question for another solver: `unsat` means that there is no such customer."""
        asked = "".join(f"(assert {name.sexpr()})\n" for name in names)
        return f"(set-logic ALL)\n(set-info :status {said})\n{self._solver.sexpr()}{asked}(check-sat)\n"
