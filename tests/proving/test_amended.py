"""What an amendment makes of a fact must fit it for everybody, or somebody is shown for whom it does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gate.small import answer_to, clause, gate_of
from tests.tries import tries

from ourword.proving.found import Found
from ourword.proving.prove import prove

pytest.importorskip("z3")


@settings(max_examples=tries(25), deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.sampled_from(["amount - eur({})", "amount * 80 / 100", "eur({}) - amount"]))
def test_somebody_is_shown_exactly_where_an_amount_would_fall_below_zero(low, wide, less, change):
    """The law, held against every whole amount, one by one."""
    high = low + wide
    made = change.format(less)
    gate = gate_of([clause("less", f"amount >= eur({low}) && amount <= eur({high})", {"amend": {"amount": made}})], requires=["amount"])
    found = [each for each in prove(gate) if isinstance(each, Found) and each.code == "prove.amendment"]
    results = {"amount - eur({})": [each - less for each in (low, high)], "eur({}) - amount": [less - each for each in (low, high)]}.get(change, [0])

    assert bool(found) == (min(results) < 0)
    for each in found:
        (met,) = each.customers
        assert (met.answer, met.decided_by, each.level) == ("escalate", "less", "warning")
        assert answer_to(gate, met.facts).unfit == {"amount": "negative after the amendment"}
