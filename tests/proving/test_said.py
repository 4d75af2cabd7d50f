"""The gate as the solver hears it answers every customer as the gate does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.small import NOON, answer_to, gate_of
from tests.gate.test_laws import BOUNDARIES, SLOWLY, clause_lists, facts_with_gaps

from ourword.cel.unknown import Unknown
from ourword.core.answer import Answer
from ourword.core.time import instant_from_datetime
from ourword.proving.said import Said
from ourword.proving.solve import Solve

pytest.importorskip("z3")


@SLOWLY
@given(
    clause_lists(),
    facts_with_gaps,
    st.sampled_from(["allow", "refuse", "escalate"]),
    st.sampled_from(["autonomous", "autonomous", "propose", "human"]),
    st.sampled_from([[], ["sure"], ["amount", "sure"]]),
    st.booleans(),
)
def test_the_solver_answers_a_customer_as_the_gate_does(
    made: Any, facts: Any, otherwise: str, rights: str, requires: list[str], bounded: bool
) -> None:
    """A flaw is proved about the very decisions that customers get: unknown facts, amendments, rights and boundaries included."""
    gate = gate_of(made[0], otherwise=otherwise, rights=rights, requires=requires, never=BOUNDARIES if bounded else [])
    kind = gate.kinds["refund"]
    said = Said(gate.contract, kind, gaps=True)
    customer = said.anyone()
    decided = said.decided(customer)
    solve = Solve(said.rules, seconds=20)
    typed = kind.typed(facts, instant_from_datetime(NOON) or 0)
    for name, term in customer.given.items():
        value = typed[name]
        solve.hold(term.known == (not isinstance(value, Unknown)))
        if not isinstance(value, Unknown):
            fixed = said.speech.constant(kind.facts[name].type, value).value
            solve.hold(term.value[0] == fixed[0] if isinstance(fixed, tuple) else term.value == fixed)
    model = solve.somebody()
    answers = [answer for answer in Answer if decided.final[answer] is True or _true(model, decided.final[answer])]

    assert answers == [answer_to(gate, facts).answer]


def _true(model: Any, truth: Any) -> bool:
    return not isinstance(truth, bool) and str(model.eval(truth, model_completion=True)) == "True"
