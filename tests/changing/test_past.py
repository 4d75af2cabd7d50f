"""A home's past decided again by two contracts is what a loop over the gate says of it."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.changing.test_laws import PROMISES, contracts, pairs, rated
from tests.gate.small import FACTS, NOON, answer_to, clause, contract_text, gate_of, wiring_text
from tests.gate.test_laws import facts_with_gaps, known_facts
from tests.tries import tries

from ourword.app import Ourword
from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.deciding.past import Past, past
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.stores.home import open_home

SLOWLY = settings(max_examples=tries(15), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
KEEPER = gate_of([clause("all", "amount >= eur(0)", "allow")])
"""Whatever was decided then: only the facts are decided again."""


def written(value: Any) -> Any:
    return f"{value.days} days" if isinstance(value, timedelta) else value


def told(folder: Path, lines: list[dict[str, Any]], old: Gate, new: Gate) -> Past:
    """Record decisions with these facts, then decide them again by both."""
    with Ourword(KEEPER, home=open_home(folder), clock=lambda: NOON) as word:
        for verdict in word.decide_lines([json.dumps(each).encode() for each in lines], batch=64):
            assert "error" not in verdict
    with open_home(folder, write=False) as home:
        return past(home, old, new, "refund")


def line(at: int, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    facts = {name: written(value) for name, value in facts.items()}
    return {"kind": "refund", "customer": f"c-{at % 3}", "decision_id": f"d-{at:03}", "facts": facts, **more}


@SLOWLY
@given(pairs(), st.lists(known_facts | known_facts | facts_with_gaps, min_size=5, max_size=25))
def test_the_counts_are_those_of_a_loop_over_the_gate(gates: tuple[Gate, Gate], rows: list[dict[str, Any]]) -> None:
    """Whoever is told that 4,000 customers would have been refused can rely on each of them."""
    with tempfile.TemporaryDirectory() as folder:
        found = told(Path(folder) / "home", [line(at, facts) for at, facts in enumerate(rows)], *gates)
    only_new = [name for name in gates[1].kinds["refund"].facts if name not in gates[0].kinds["refund"].facts]
    expected: Counter[str] = Counter()
    moves: dict[tuple[str, str, str], list[str]] = {}
    made = [Counter(), Counter()]
    for at, facts in enumerate(rows):
        if any(name not in facts for name in only_new):
            continue  # cannot be told, or is as certain without it: looked at below
        old, new = (answer_to(gate, facts, customer=f"c-{at % 3}") for gate in gates)
        way = rated(old, new, facts)
        expected[way] += 1
        for counter, verdict in zip(made, (old, new), strict=True):
            counter.update(each.id for each in verdict.minted)
        if way != "same":
            moves.setdefault((old.answer.value, new.answer.value, way), []).append(f"d-{at:03}")
    if sum(expected.values()) < len(rows):
        assert found.n + found.cannot_be_told == len(rows)
        return

    assert [expected[way] for way in ("towards", "against", "arguable", "same")] == [found.towards, found.against, found.arguable, found.unchanged]
    assert moves.keys() == {(each.old, each.new, each.direction.value) for each in found.moved}
    for each in found.moved:
        named = moves[each.old, each.new, each.direction.value]
        assert (len(named), tuple(named[:5])) == (each.n, each.decisions)
    assert [(id_, made[0][id_], made[1][id_]) for id_ in sorted(each["id"] for each in PROMISES)] == sorted(
        (each.promise, each.old, each.new) for each in found.promises
    )


@SLOWLY
@given(contracts(), st.lists(facts_with_gaps, min_size=3, max_size=10))
def test_beside_itself_nothing_of_the_past_changes(made: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    gate = gate_of(**made)
    with tempfile.TemporaryDirectory() as folder:
        found = told(Path(folder) / "home", [line(at, facts) for at, facts in enumerate(rows)], gate, gate)

    assert (len(rows), len(rows), (), 0) == (found.n, found.unchanged, found.moved, found.cannot_be_told)
    assert all((each.lost, each.won) == (0, 0) for each in found.promises)


LIMIT, LOWER = ([clause("dear", f"amount > eur({most})", "refuse"), clause("fine", f"amount <= eur({most})", "allow")] for most in (5, 4))


def test_a_fact_that_nobody_recorded_is_no_data(tmp_path: Path) -> None:
    """What a new contract would ask of the past and the past does not hold cannot be told: it is neither against nor unchanged."""
    new = gate_of([*LIMIT, clause("frail", "vip && amount <= eur(5)", "escalate")])
    found = told(tmp_path / "home", [line(1, {"amount": 400}), line(2, {"amount": 600}), line(3, {"amount": 400, "vip": True})], gate_of(LIMIT), new)

    assert (2, 1, 1, ("vip",)) == (found.n, found.cannot_be_told, found.against, found.not_recorded)
    assert [("allow", "escalate", ("d-003",))] == [(each.old, each.new, each.decisions) for each in found.moved]


def test_by_segment_each_group_has_its_own_count(tmp_path: Path) -> None:
    """Where a fact says the group, it is counted by it; who has none is counted as not known."""
    facts = {**FACTS, "region": {"type": "enum(north, south)", "from": "customer.region"}}

    def gate(clauses: list[dict[str, Any]]) -> Gate:
        wiring = wiring_text(facts, segments={"region": "customer.region", "tenure": "customer.tenure"})
        return compile_gate(sound(read(contract_text(clauses), wiring), today=NOON.date()))

    rows = [("north", 450), ("north", 450), ("south", 450), ("south", 100), (None, 450)]
    lines = [line(at, {"amount": amount, **({"region": region} if region else {})}) for at, (region, amount) in enumerate(rows)]
    found = told(tmp_path / "home", lines, gate(LIMIT), gate(LOWER))

    assert [("region", "north", 2, 2), ("region", "south", 2, 1), ("region", None, 1, 1), ("tenure", None, 5, 4)] == [
        (each.segment, each.value, each.n, each.against) for each in found.segments
    ]


def test_what_events_said_of_a_customer_is_a_segment_too(tmp_path: Path) -> None:
    """As of the decision: what was said later did not hold then."""
    from tests.board.lived import take

    def gate(clauses: list[dict[str, Any]]) -> Gate:
        return compile_gate(sound(read(contract_text(clauses), wiring_text(segments={"region": "customer.region"})), today=NOON.date()))

    lines = [line(at, {"amount": 450}, customer=f"c-{at}") for at in range(3)]
    told(tmp_path / "home", lines, gate(LIMIT), gate(LOWER))

    def said(customer: str, region: str, at: Any) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": f"{customer}-{region}",
            "source": "shop",
            "type": "customer.updated",
            "time": at.isoformat(),
            "subject": f"customer:{customer}",
            "data": {"attributes": {"region": region}},
        }

    early, late = NOON - timedelta(days=3), NOON + timedelta(days=3)
    take(tmp_path / "home", [said("c-0", "north", early), said("c-0", "south", late), said("c-1", "south", early), said("c-2", "south", late)])
    with open_home(tmp_path / "home", write=False) as home:
        found = past(home, gate(LIMIT), gate(LOWER), "refund")

    assert {("north", 1), ("south", 1), (None, 1)} == {(each.value, each.against) for each in found.segments}
