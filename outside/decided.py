"""Deciding rows with a contract of ours, and saying which of its rules stopped what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ourword.app import Ourword
from ourword.core.answer import Answer
from ourword.errors import OurwordError
from ourword.gate.verdict import Verdict
from outside.measured import Measured
from outside.rows import Row

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""The retail rows have no clock; a fixed one keeps the run the same every day."""
STOPS = (Answer.ASK, Answer.REFUSE, Answer.ESCALATE)


class Decided(msgspec.Struct, frozen=True):
    """A row, and what the gate said of it; or why it could not be decided."""

    row: Row
    verdict: Verdict | None
    error: str = ""

    @property
    def stopped(self) -> bool:
        """Whether the gate refused, escalated or asked."""
        return self.verdict is not None and self.verdict.stopped

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """The rules that stop it: who decided, and every other stopping clause that certainly holds."""
        if self.verdict is None or not self.verdict.stopped:
            return ()
        answers = {code.clause.id: code.clause.then.answer for code in self.verdict.kind.clauses}
        others = (rule for rule in self.verdict.fired if answers[rule] in STOPS)
        return tuple(dict.fromkeys((self.verdict.decided_by, *others)))

    @property
    def said(self) -> str:
        """The verdict in a line: the answer, its reason, and what was not known."""
        if self.verdict is None:
            return self.error
        shown = self.verdict.as_dict("en")
        reasons = " ".join(reason["text"] for reason in shown["reasons"])
        missing = f" [not in the log: {', '.join(shown['missing'])}]" if shown["missing"] else ""
        return f"{shown['decision_id']} {shown['kind']}: {shown['answer']} by {shown['decided_by']}: {reasons}{missing}"


def all_decided(name: str, decided: list[Decided]) -> Measured:
    """How many rows were decided; the mark is all of them."""
    errors = tuple(each.error for each in decided if each.error)
    return Measured(name, len(decided) - len(errors), len(decided), ("==", len(decided)), errors)


def ourword(example: str) -> Ourword:
    """Open the contract of an example folder; nothing is recorded."""
    folder = EXAMPLES / example
    return Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", clock=lambda: NOON)


def decide_rows(gate: Ourword, lines: Iterable[tuple[Row, Row]]) -> list[Decided]:
    """Decide each (row, line); an error is kept in its place, as the command does."""
    decided = []
    for row, line in lines:
        try:
            decided.append(Decided(row, gate.decide(line)))
        except OurwordError as error:
            decided.append(Decided(row, None, str(error)))
    return decided
