"""Step 7: promises are minted by the gate from the final answer, never by the model."""

from __future__ import annotations

from ourword.gate.code import PromiseCode
from ourword.gate.verdict import Minted, Verdict


def mint(verdict: Verdict) -> tuple[Minted, ...]:
    """Give every promise whose condition certainly holds for the final answer, with its due time.

    A promise that only may hold is not made: nobody is told what we are not sure to owe.
    """
    return tuple(
        Minted(code.rule.id, verdict.gate.calendar.due_at(verdict.now, code.rule.within, code.hours))
        for code in verdict.kind.promises
        if _holds(code, verdict)
    )


def _holds(code: PromiseCode, verdict: Verdict) -> bool:
    if code.only_answer is not None:
        return verdict.answer.value in code.only_answer
    return code.holds({**verdict.typed_values, "answer": verdict.answer.value}) is True
