"""The five answers, and which outranks which."""

from __future__ import annotations

from enum import StrEnum


class Answer(StrEnum):
    """What the gate says to a proposed decision.

    >>> max(Answer.REFUSE, Answer.ESCALATE, key=rank)
    <Answer.ESCALATE: 'escalate'>
    """

    ALLOW = "allow"
    AMEND = "amend"
    ASK = "ask"
    REFUSE = "refuse"
    ESCALATE = "escalate"


_RANK = {answer: rank for rank, answer in enumerate(Answer)}


def rank(answer: Answer) -> int:
    """Say how far an answer stands above the others: escalate > refuse > ask > amend > allow."""
    return _RANK[answer]
