"""A past decision replayed by a database is answered as the gate answers it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gate.small import NOON, clause, gate_of
from tests.gate.test_laws import clause_lists, conditions, facts_with_gaps
from tests.tries import tries

from ourword.app import Ourword
from ourword.cel.unknown import Unknown
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.errors import UsageError
from ourword.gate.code import Gate
from ourword.gate.decide import decide, read_values
from ourword.gate.facts import ABSENT, read_fact
from ourword.gate.sql import columns, kind_sql
from ourword.stores.replay import fill, lay_facts, replay
from ourword.stores.tables import connect

SLOWLY = settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
INSTANT = instant_from_datetime(NOON) or 0


def replayed(gate: Gate, rows: list[dict[str, Any]]) -> tuple[list[tuple[Any, ...]], int]:
    """What the database answers for each row: answer, decided_by, proposed, fired, possible; and how many the gate decided."""
    needed = columns(gate, gate.kinds["refund"])
    with duckdb.connect(config={"threads": 1}) as duck:
        shape = {"decision_id": "VARCHAR", "customer": "VARCHAR", **kind_sql(gate, "refund").columns}
        duck.execute(f"CREATE TABLE facts ({', '.join(f'{name} {type_}' for name, type_ in shape.items())})")
        typed = [[read_fact(fact, row.get(name, ABSENT), INSTANT) for name, fact in needed.items()] for row in rows]
        given = [(str(at), f"c-{at}", *(None if isinstance(value, Unknown) else value for value in row)) for at, row in enumerate(typed)]
        fill(duck, "facts", shape, given)
        done = replay(duck, gate, "refund")
        found = duck.execute("SELECT answer, decided_by, proposed, fired, possible FROM replayed ORDER BY CAST(decision_id AS INTEGER)").fetchall()
    return found, done.by_python


def decided(gate: Gate, rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The same by the gate."""
    found = []
    for at, row in enumerate(rows):
        verdict = decide(gate, Proposal(kind="refund", customer=f"c-{at}"), row, NOON)
        reading = read_values(verdict.kind, verdict.kind.read(row, INSTANT))
        proposed = verdict.proposed.value if verdict.proposed else None
        found.append((verdict.answer.value, verdict.decided_by, proposed, verdict.mask, sum(1 << index for index in reading.unknown)))
    return found


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    """Contracts of every make: rights, required facts, final refusals, boundaries, the holdout."""
    clauses, _ = draw(clause_lists(amending=draw(st.booleans())))
    for each in clauses:
        if each["then"] == "refuse" and draw(st.integers(0, 3)) == 0:
            each |= {"final": True, "basis": "the law", "owner": "mara"}
    never = [clause(f"b{at}", draw(conditions())[0], None) for at in range(draw(st.integers(0, 2)))]
    bounds = [{"id": each["id"], "say": "We never do.", "when": f'answer != "escalate" && ({each["when"]})'} for each in never]
    explore = draw(st.booleans())
    more: dict[str, Any] = {"relationship": {"holdout": "30%"}, "work": {"hard_in_a_row": 3, "trained_for": ["frail"]}} if explore else {}
    return gate_of(
        clauses,
        otherwise=draw(st.sampled_from(["allow", "refuse", "escalate"])),
        requires=draw(st.lists(st.sampled_from(["amount", "sure", "age", "reason"]), max_size=2, unique=True)),
        rights=draw(st.sampled_from(["autonomous", "autonomous", "propose", "human"])),
        never=bounds,
        explore=explore,
        **more,
    )


@SLOWLY
@given(gates(), st.lists(facts_with_gaps, min_size=8, max_size=8))
def test_a_replayed_decision_is_the_one_the_gate_takes(gate: Gate, rows: list[dict[str, Any]]) -> None:
    """Who is told that a new contract would have answered 4,000 customers otherwise can rely on each of them."""
    assert decided(gate, rows) == replayed(gate, rows)[0]


@SLOWLY
@given(gates(), st.lists(facts_with_gaps, min_size=8, max_size=8), st.lists(conditions(), min_size=1, max_size=3))
def test_a_replayed_decision_makes_the_promises_that_the_gate_makes(gate: Gate, rows: list[dict[str, Any]], when: list[Any]) -> None:
    """Amended or not: whoever is told how often a promise would be lost can count it by hand."""
    kind = gate.contract.draft.kinds["refund"]
    thens = [each.then.answer.value for each in kind.clauses]
    clauses = [clause(each.id, each.when.text, then) for each, then in zip(kind.clauses, thens, strict=True) if then not in ("ask", "amend")]
    clauses += [clause("eighty", "opened", {"amend": {"amount": "amount * 80 / 100"}})]
    promises = [promise(f"p{at}", f'answer == "amend" || ({text.replace("frail", "vip")})') for at, (text, _) in enumerate(when)]
    promises.append(promise("little", 'amount < eur(5) && answer in ["allow", "amend", "ask"]'))
    gate = gate_of(clauses, otherwise=kind.otherwise.value, requires=list(kind.requires), promises=promises)
    expected = [
        sorted(each.id for each in decide(gate, Proposal(kind="refund", customer=f"c-{at}"), row, NOON).minted) for at, row in enumerate(rows)
    ]
    needed = columns(gate, gate.kinds["refund"])
    with duckdb.connect(config={"threads": 1}) as duck:
        shape = {"decision_id": "VARCHAR", "customer": "VARCHAR", **kind_sql(gate, "refund").columns}
        duck.execute(f"CREATE TABLE facts ({', '.join(f'{name} {type_}' for name, type_ in shape.items())})")
        typed = [[read_fact(fact, row.get(name, ABSENT), INSTANT) for name, fact in needed.items()] for row in rows]
        given_ = [(str(at), f"c-{at}", *(None if isinstance(value, Unknown) else value for value in row)) for at, row in enumerate(typed)]
        fill(duck, "facts", shape, given_)
        replay(duck, gate, "refund", promises=True)
        masks = [int(mask) for (mask,) in duck.execute("SELECT minted FROM replayed ORDER BY CAST(decision_id AS INTEGER)").fetchall()]

    assert expected == [sorted(each["id"] for at, each in enumerate(promises) if mask >> at & 1) for mask in masks]


def promise(id_: str, when: str) -> dict[str, Any]:
    return {"id": id_, "when": when, "say": "Soon.", "kept_by": "payment.refunded", "within": "5 days"}


EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "examples").glob("*/contract.yaml"))


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in (folder / "decisions.jsonl").read_bytes().splitlines() if line.strip()]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_recorded_in_a_home_is_replayed_as_it_was_decided(folder: Path, tmp_path: Path) -> None:
    """From the ledger alone: the same contract gives every past decision again."""
    with Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", home=tmp_path / "home", clock=lambda: NOON) as word:
        by_id = {verdict["decision_id"]: verdict for line in lines_of(folder) if "decision_id" in (verdict := word.decide_json(line))}
        assert word.home is not None
        found = {}
        for kind in word.gate.kinds:
            with connect(tmp_path / "home") as duck:
                laid = lay_facts(duck, word.home, word.gate, kind)
                done = replay(duck, word.gate, kind)
                found |= {row[0]: row[1:] for row in duck.execute("SELECT decision_id, answer, decided_by FROM replayed").fetchall()}
                assert (laid.decisions, laid.erased) == (done.rows, 0)
    people = {line["decision_id"] for line in lines_of(folder) if line.get("by", "automation") != "automation"}

    assert {id_: (each["answer"], each["decided_by"]) for id_, each in by_id.items() if id_ not in people} == found


@given(facts_with_gaps)
@settings(max_examples=tries(30), deadline=None)
def test_what_sql_cannot_say_the_gate_decides_and_it_is_told(facts: dict[str, Any]) -> None:
    """A clause without a form in SQL costs time, never an answer."""
    gate = gate_of([clause("shared", "amount / count > eur(1)", "escalate"), clause("fine", "!vip", "allow")])
    found, by_python = replayed(gate, [facts])

    assert (decided(gate, [facts]), 1) == (found, by_python)
    assert "divides money by a fact" in kind_sql(gate, "refund").refused[0].what


@pytest.mark.parametrize("count", [62, 63, 64, 126, 127])
def test_a_mask_has_a_bit_for_each_clause_or_is_not_there(count: int) -> None:
    """Where a database has no integer wide enough the answers stand, and no wrong clauses are named."""
    thens = ["allow", "refuse", "allow", "escalate"]
    gate = gate_of([clause(f"c{at}", f"count == {at} || (vip && amount > eur({at}))", thens[at % 4]) for at in range(count)])
    rows = [{"count": at, "vip": vip, "amount": 300} for at in (0, 1, 61, 62, 63, count - 1, 500) for vip in (True, False)] + [{"vip": False}]
    expected, (found, _) = decided(gate, rows), replayed(gate, rows)

    assert [each[:3] for each in expected] == [each[:3] for each in found]
    assert [each[3:] if count <= 126 else (None, None) for each in expected] == [each[3:] for each in found]


def test_a_table_of_ones_own_needs_no_more_than_the_facts_it_has() -> None:
    """A column that is missing is a fact that is not known, and what does not fit its type is not known either."""
    gate = gate_of([clause("large", "amount > eur(5)", "escalate"), clause("fine", "opened", "allow")], requires=["amount"])
    with duckdb.connect() as duck:
        duck.execute("CREATE VIEW past AS SELECT * FROM (VALUES (600, true), (1, true), (-1, true), (NULL, true)) AS t (amount, opened)")
        replay(duck, gate, "refund", facts="past", into="answers")
        found = duck.execute("SELECT answer, decided_by FROM answers").fetchall()

    assert [("escalate", "large"), ("allow", "fine"), ("escalate", "requires"), ("escalate", "requires")] == found


def test_a_column_of_another_type_is_said_with_what_it_should_be() -> None:
    """Euros where cents belong would let a hundredfold pass."""
    gate = gate_of([clause("large", "amount > eur(5)", "escalate")])
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE facts AS SELECT 12.5 AS amount")
        with pytest.raises(UsageError) as error:
            replay(duck, gate, "refund")

    assert "hand it in as BIGINT: money in minor units" in error.value.hint


def test_what_a_person_decided_is_counted_apart(tmp_path: Path) -> None:
    """A replay says how many past decisions it could not look at."""
    folder = next(each for each in EXAMPLES if each.name == "larkspur-refund")
    with Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", home=tmp_path / "home", clock=lambda: NOON) as word:
        line = lines_of(folder)[0]
        word.decide_json({**line, "decision_id": "d-1"})
        word.decide_json({**line, "decision_id": "d-2", "by": "person", "answer": "allow", "because": "they asked"})
        assert word.home is not None
        with connect(tmp_path / "home") as duck:
            laid = lay_facts(duck, word.home, word.gate, "refund")

    assert (1, 0, 1) == (laid.decisions, laid.erased, laid.by_people)
