"""What a contract is tried out with is what the gate says, over random contracts; who is shown, shows it; what is kept, fails when it changes."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.gate.small import answer_to, contract_text, gate_of, wiring_text
from tests.gate.test_laws import BOUNDARIES, OPTIONS, clause_lists, known_facts
from tests.tries import tries

from ourword.contract.cases import cases, kept_kinds
from ourword.contract.model import Example
from ourword.contract.read import read
from ourword.core.answer import Answer
from ourword.gate.code import Gate
from ourword.proving.customers import MONDAY_NOON
from ourword.trying.examples import tried
from ourword.trying.kept import kept
from ourword.trying.pages import page_of
from ourword.trying.told import coverage_json, edges_json
from ourword.trying.whole import TriedKind, try_out

SLOWLY = settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
OTHERWISE = st.sampled_from(["allow", "refuse", "escalate"])
PROMISES = [{"id": "back", "when": 'answer == "allow" && amount > eur(5)', "say": "{amount} back", "kept_by": "x.y", "within": "5 days"}]


def whole(gate: Gate, kept_cases: Any = (), seconds: float = 600) -> TriedKind:
    (kind,) = [each for each in try_out(gate, {"refund": tuple(kept_cases)}, seconds=seconds) if isinstance(each, TriedKind)]
    return kind


def with_examples(gate: Gate, examples: list[Example]) -> Gate:
    import msgspec

    kind = gate.kinds["refund"]
    return msgspec.structs.replace(
        gate, kinds={"refund": msgspec.structs.replace(kind, kind=msgspec.structs.replace(kind.kind, examples=tuple(examples)))}
    )


def as_given(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts drawn for the gate's laws, as an example holds them."""
    days = {name: f"{value.days} days" for name, value in facts.items() if isinstance(value, timedelta)}
    money = {name: f"{Decimal(facts[name]) / 100:.2f} EUR" for name in ("amount", "total") if name in facts}
    return {**facts, **days, **money}


@SLOWLY
@given(clause_lists(), OTHERWISE)
def test_every_generated_case_is_what_the_gate_answers(made: Any, otherwise: str) -> None:
    """A table of edges that is not true is worse than none."""
    gate = gate_of(made[0], otherwise=otherwise, never=BOUNDARIES, promises=PROMISES)
    for edge in edges_json(whole(gate)):
        for case in edge["cases"]:
            verdict = answer_to(gate, case["given"], MONDAY_NOON)

            assert (case["answer"], case["decided_by"]) == (verdict.answer.value, verdict.decided_by)
            assert case["promises"] == [each.id for each in verdict.minted]


@SLOWLY
@given(clause_lists(), OTHERWISE)
def test_the_cases_of_an_edge_stand_on_it_and_to_both_sides_and_it_decides(made: Any, otherwise: str) -> None:
    """One cent below, at the limit, one cent above; and something that the customer is told changes between them."""
    for edge in edges_json(whole(gate_of(made[0], otherwise=otherwise))):
        if edge["text"] == "amount > eur(5)" and edge["decides"]:
            assert ["4.99 EUR", "5.00 EUR", "5.01 EUR"] == [case["given"]["amount"] for case in edge["cases"]]
        if edge["text"] == "amount <= total" and edge["decides"]:
            apart = [Decimal(case["given"]["amount"][:-4]) - Decimal(case["given"]["total"][:-4]) for case in edge["cases"]]
            apart = apart if edge["fact"] == "amount" else [-each for each in apart]
            assert apart in ([Decimal(each) / 100 for each in range(-1, 2)], [Decimal(each) / 100 for each in range(2)])
        told = {(case["answer"], case["decided_by"], tuple(case["amended"]), tuple(case["promises"])) for case in edge["cases"]}
        assert len(told) > 1 or not edge["decides"]


@SLOWLY
@given(clause_lists(amending=False), st.lists(known_facts, max_size=4))
def test_a_clause_that_no_example_shows_is_held_by_none(made: Any, drawn: list[dict[str, Any]]) -> None:
    """Whoever reads "in no example" may believe it: the oracle reads the conditions in plain Python."""
    clauses, holds = made
    examples = [Example(name="e", given=as_given(facts), answer=Answer.ALLOW, place="c:1:1") for facts in drawn]
    shown = coverage_json(whole(with_examples(gate_of(clauses), examples)))["each"]
    for index, each in enumerate(clauses):
        (told,) = [one for one in shown if one["id"] == each["id"]]

        # An overflow makes a clause unknown, and unknown is not held.
        sure = [facts for facts in drawn if facts["count"] < 2**63 - 1 or "count" not in each["when"]]
        assert told["holds"] >= sum(bool(holds[index](facts)) for facts in sure)
        assert told["holds"] <= sum(bool(holds[index](facts)) for facts in sure) + len(drawn) - len(sure)


@SLOWLY
@given(clause_lists(), OTHERWISE)
def test_whoever_is_shown_for_a_clause_is_decided_by_it(made: Any, otherwise: str) -> None:
    """A proposed example can be pasted: it shows what it says it shows."""
    gate = gate_of(made[0], otherwise=otherwise, never=BOUNDARIES, promises=PROMISES, requires=["amount"])
    for each in coverage_json(whole(gate))["each"]:
        if each["customer"] is None:
            continue
        verdict = answer_to(gate, each["customer"], MONDAY_NOON)
        match each["what"]:
            case "clause" | "otherwise":
                assert verdict.decided_by == each["id"]
            case "requires":
                assert ("requires", True) == (verdict.decided_by, each["id"] in verdict.missing)
            case "boundary":
                assert each["id"] in {verdict.decided_by, *(signal.id for signal in verdict.signals)}
            case "promise":
                assert each["id"] in [minted.id for minted in verdict.minted]


@SLOWLY
@given(clause_lists(), known_facts)
def test_what_an_example_leaves_out_has_no_part_in_its_answer(made: Any, anybody: dict[str, Any]) -> None:
    """An example is small because the rest does not matter, whatever it is."""
    assume(anybody["count"] < 100)
    gate = gate_of(made[0])
    for each in coverage_json(whole(gate))["each"]:
        if each["what"] == "clause" and each["customer"] is not None:
            verdict, filled = (answer_to(gate, facts, MONDAY_NOON) for facts in (each["customer"], {**anybody, **each["customer"]}))

            assert verdict.answer is filled.answer


@SLOWLY
@given(clause_lists(), OTHERWISE)
def test_what_is_kept_is_as_expected_and_written_the_same_again(made: Any, otherwise: str) -> None:
    draft = read(contract_text(made[0], otherwise=otherwise, never=BOUNDARIES, promises=PROMISES), wiring_text())
    gate = gate_of(made[0], otherwise=otherwise, never=BOUNDARIES, promises=PROMISES)
    first = kept("small", [whole(gate)]).text
    before = cases(first.encode(), draft)
    again = whole(gate, before.get("refund", ()))

    assert all(each.right for each in again.cases)
    assert first == kept("small", [again], page_of(first, kept_kinds(first.encode(), draft))).text


@SLOWLY
@given(st.sampled_from(["allow", "refuse"]), st.integers(2, 100_000), st.sampled_from([-1, 1]))
def test_a_limit_that_moves_by_a_cent_fails_a_kept_case(then: str, cents: int, by: int) -> None:
    """What is kept is there for the change that nobody meant to make."""
    texts = [[{"id": "c", "say": "So.", "when": f'amount > eur("{Decimal(each) / 100}")', "then": then}] for each in (cents, cents + by)]
    draft = read(contract_text(texts[0]), wiring_text())
    before = cases(kept("small", [whole(gate_of(texts[0]))]).text.encode(), draft)
    moved = gate_of(texts[1])

    assert not all(tried(moved, moved.kinds["refund"], example).right for example in before["refund"])


# ---- how well it looks ---------------------------------------------------------------------------------------------

CUSTOMERS = [dict(zip(OPTIONS, values, strict=True)) for values in itertools.product(*OPTIONS.values())]


@settings(SLOWLY, max_examples=15, derandomize=True)  # a measure of how well it looks, and no law: the same contracts each time
@given(clause_lists(amending=False))
def test_where_somebody_is_decided_by_a_clause_somebody_is_found(made: Any) -> None:
    """Without a solver it may miss somebody; among contracts of this size it does not, and nobody who is there goes unshown."""
    clauses, holds = made
    rank = {"allow": 0, "ask": 2, "refuse": 3, "escalate": 4}
    strength = [rank[each["then"]] if isinstance(each["then"], str) else rank["ask"] for each in clauses]
    there = set()
    for facts in CUSTOMERS:
        held = [index for index in range(len(clauses)) if holds[index](facts)]
        if held:
            there.add(max(held, key=lambda index: (strength[index], -index)))
    found = {each["id"] for each in coverage_json(whole(gate_of(clauses)))["each"] if each["what"] == "clause" and each["customer"] is not None}

    assert {clauses[index]["id"] for index in there} <= found


def test_without_time_nothing_is_claimed() -> None:
    """What nobody looked for is not called missing, and not called good."""
    kind = whole(gate_of([{"id": "c", "say": "So.", "when": "amount > eur(5) && vip", "then": "refuse"}]), seconds=0)

    assert (False, True) == (kind.done, all(not each.looked and each.counts for each in kind.shown))


def test_a_threshold_that_decides_nothing_is_told() -> None:
    """A limit that two clauses share out to the same answer is a limit that nobody needs."""
    clauses = [
        {"id": "small", "say": "So.", "when": "amount <= eur(5)", "then": "refuse"},
        {"id": "never", "say": "So.", "when": "amount > eur(500) && false", "then": "allow"},
    ]
    edges = {each["clause"]: each for each in edges_json(whole(gate_of(clauses)))}

    assert (True, False) == (edges["small"]["decides"], edges["never"]["decides"])


def test_what_cannot_be_given_a_case_is_named() -> None:
    kind = whole(gate_of([{"id": "sum", "say": "So.", "when": "count * 2 > 3", "then": "refuse"}]))

    assert ["count * 2 > 3"] == [text for text, _ in kind.without]
