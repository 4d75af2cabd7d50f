"""Whoever sets a time is answered in it: what there was no time to ask is told as not proved."""

from __future__ import annotations

import time

import pytest
from tests.gate.small import clause, gate_of

from ourword.cel.smt import Speech
from ourword.changing import asking
from ourword.changing.diff import diff
from ourword.changing.found import Settled
from ourword.changing.found import Unproved as Undecided
from ourword.gate.code import Gate
from ourword.proving import inquiry
from ourword.proving.found import Unproved
from ourword.proving.prove import prove


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A machine on which it takes a second to say one condition to the solver; the clock stands still otherwise."""
    clock = [0.0]
    said = Speech.term

    def term(self: Speech, *args: object, **more: object) -> object:
        clock[0] += 1
        return said(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Speech, "term", term)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(asking, "MADE_UP", 0)
    monkeypatch.setattr(inquiry, "MADE_UP", 0)
    return clock


def gate(limit: int) -> Gate:
    return gate_of([clause(f"c{n}", f"amount > eur({limit + n})", "refuse") for n in range(60)])


def test_a_comparison_ends_when_its_time_is_up_also_while_the_question_is_put(slow: list[float]) -> None:
    """A thousand clauses took eleven seconds to say, of eight that were given for the whole."""
    found = list(diff(gate(5), gate(900), seconds=10))

    assert slow[0] <= 12
    assert [each.proved for each in found if isinstance(each, Settled)] == [False]
    assert any(isinstance(each, Undecided) for each in found)


def test_a_proof_does_too(slow: list[float]) -> None:
    found = list(prove(gate(5), seconds=10))

    assert slow[0] <= 12
    assert any(isinstance(each, Unproved) for each in found)
