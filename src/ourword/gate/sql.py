"""One kind of decision as one SQL query: typed facts in, the clauses that hold and the gate's answer out.

The query reads a table `facts` with a column for each fact that the kind reads, of the type that `columns` gives: money in
minor units, durations and instants in nanoseconds, NULL where the fact is not known. It says steps 2, 3, 5 and 6 of the gate
as `judge` and `conclude` do. What it cannot say is marked (`by_python`) and left to the gate: rows that a clause amends
(step 4), rows where it matters which of several unknown facts is to blame, and all rows of a kind with a condition that has
no form in SQL. A law in the tests holds query and gate together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ourword.cel.dialect import DIALECTS, Dialect
from ourword.cel.said import NotInSql, Said
from ourword.cel.sql import said
from ourword.cel.unknown import Unknown
from ourword.contract.model import Condition, Fact
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.gate.code import Gate, KindGate
from ourword.gate.decide import conclude, consider, read_values
from ourword.gate.sql_judge import Stage, concluded, judged, masked, minted

CLAUSES_MAX = 126
"""Bits of the widest integer in a database, without its sign; a kind with more clauses has no masks in a replay."""


class KindSql(msgspec.Struct, frozen=True):
    """The query of one kind."""

    text: str
    """A SELECT over `facts`: decision_id, answer, decided_by, proposed, fired, possible, minted, by_python."""
    left: str
    """A SELECT of the rows that are left to the gate: decision_id, customer, and the facts by their slots as `held`."""
    columns: dict[str, str]
    """The facts' columns: name -> DuckDB's type."""
    slots: dict[str, str]
    """Fact -> its slot."""
    refused: tuple[NotInSql, ...]
    """What has no form in SQL: then every row is left to the gate."""


class Again(msgspec.Struct, frozen=True):
    """What the gate answers to typed facts of the past."""

    answer: Answer
    decided_by: str
    proposed: Answer | None
    fired: int
    possible: int
    amended: dict[str, Any] | None
    """Fact -> typed new value, where the proposal is changed."""
    minted: int
    """The promises that are made, the first of the contract lowest."""


def columns(gate: Gate, kind: KindGate) -> dict[str, Fact]:
    """The facts that a replay of a kind needs: those it reads, and those that keep a customer out of the holdout."""
    draft = gate.contract.draft
    held_out = kind.kind.explore and draft.relationship.holdout
    care = [draft.wiring.facts[name] for name in draft.trained_for if name in draft.wiring.facts] if held_out else []
    return {**kind.facts, **{fact.name: fact for fact in care if fact.derived is None}}


def column_types(gate: Gate, name: str, *, dialect: str = "duckdb") -> dict[str, str]:
    """The columns that a table of facts has for a kind: name -> type."""
    made = DIALECTS[dialect]()
    return {fact: made.type(each.type) for fact, each in columns(gate, gate.kinds[name]).items()}


def kind_sql(gate: Gate, name: str, *, promises: bool = False) -> KindSql:
    """Say a kind of decision in DuckDB's SQL; with *promises*, which of them are made too (else `minted` is NULL)."""
    kind = gate.kinds[name]
    needed = columns(gate, kind)
    conditions = Conditions(gate, kind, "duckdb")
    dialect = conditions.sql
    listed = ", ".join(f"{dialect.identifier(fact)} AS {slot}" for fact, slot in conditions.slots.items() if fact in needed)
    stage = Stage(f"SELECT decision_id, customer{', ' if listed else ''}{listed} FROM facts")
    held = {fact: conditions.slots[fact] for fact in needed}
    made, unmade = conditions.promises() if promises else ([], ())
    refused = (*conditions.refused, *unmade)
    if max(len(kind.clauses), len(made)) > CLAUSES_MAX:
        what = f"`{name}` has more than {CLAUSES_MAX} clauses or promises, and a database has no integer with a bit for each"
        refused = (*refused, NotInSql("condition.not-in-sql", what, place=kind.kind.place, hint="Python reads them; nothing else is lost"))
    if refused:
        stage.add(answer="CAST(NULL AS VARCHAR)", decided_by="CAST(NULL AS VARCHAR)", proposed="CAST(NULL AS VARCHAR)")
        stage.add(fired="CAST(NULL AS HUGEINT)", possible="CAST(NULL AS HUGEINT)", minted="CAST(NULL AS HUGEINT)", by_python="true")
    else:
        for slot, text in conditions.derived:
            stage.add(**{slot: text.text})
        stage.add(**{f"c{index}": each.text for index, each in enumerate(conditions.clauses)})
        masked(stage, conditions.clauses)
        judged(stage, kind, conditions)
        concluded(stage, gate, kind, conditions)
        stage.add(minted=minted(made) if promises else "CAST(NULL AS HUGEINT)")
    pack = f"struct_pack({', '.join(f'{slot} := {slot}' for slot in held.values())})" if held else "struct_pack(nothing := 0)"
    kept = "decision_id, answer, decided_by, proposed, fired, possible, minted, by_python"
    left = f"SELECT decision_id, customer, {pack} AS held FROM ({stage.text}) AS f WHERE by_python"
    return KindSql(f"SELECT {kept} FROM ({stage.text}) AS f", left, column_types(gate, name), held, refused)


def again(gate: Gate, kind: KindGate, values: Mapping[str, Any], customer: str) -> Again:
    """What the gate itself answers to typed facts, `None` for one that is not known."""
    given = {name: Unknown(frozenset((name,)), "absent") if values.get(name) is None else values[name] for name in columns(gate, kind)}
    reading = read_values(kind, kind.derive(dict(given)))
    proposal = Proposal(kind=kind.kind.name, customer=customer)
    considered = consider(kind, reading, given, 0)
    outcome = conclude(gate, kind, proposal, given, 0, considered)
    # Promises speak of what is done: the amended facts where something is amended, else those that were proposed.
    changed = considered.values if outcome.answer in (Answer.AMEND, Answer.ASK) else None
    seen = {**(changed if changed is not None else reading.values or {}), "answer": outcome.answer.value}
    made = sum(1 << at for at, code in enumerate(kind.promises) if code.holds(seen) is True)
    unknown = sum(1 << index for index in reading.unknown)
    return Again(outcome.answer, outcome.decided_by, outcome.proposed, outcome.fired, unknown, outcome.amendments, made)


class Conditions:
    """The conditions of a kind in SQL, each fact by its slot: `f0`, `f1`, …"""

    def __init__(self, gate: Gate, kind: KindGate, dialect: str) -> None:
        self.gate, self.kind, self.dialect = gate, kind, dialect
        self.sql: Dialect = DIALECTS[dialect]()
        derived = [name for name, _ in kind.derived]
        self.slots = {name: f"f{index}" for index, name in enumerate((*columns(gate, kind), *derived))}
        self.facts = {name: Said(f"f.{slot}") for name, slot in self.slots.items() if name not in derived}
        refused: list[NotInSql] = []
        self.derived: list[tuple[str, Said]] = []
        for name in derived:
            made = self._made(gate.contract.draft.wiring.facts[name].derived, refused)
            if made is not None:
                self.derived.append((self.slots[name], made))
                self.facts[name] = Said(f"f.{self.slots[name]}", made.denominator, sure=made.sure, fails=made.fails)
        self.clauses = [made for code in kind.clauses if (made := self._made(code.clause.when, refused)) is not None]
        self.facts["answer"] = Said("f.answer", sure=True)
        self.boundaries = [made for code in kind.boundaries if (made := self._made(code.boundary.when, refused)) is not None]
        self.refused = tuple(refused)

    def promises(self) -> tuple[list[Said], tuple[NotInSql, ...]]:
        """When each promise is made, read with the answer that goes out; and those of which that has no form in SQL."""
        refused: list[NotInSql] = []
        found = [self._made(code.rule.when, refused) for code in self.kind.promises]
        return [made for made in found if made is not None], tuple(refused)

    def _made(self, condition: Condition | None, refused: list[NotInSql]) -> Said | None:
        assert condition is not None
        try:
            return said(self.gate.contract.checked[condition], self.facts, dialect=self.dialect, place=condition.place)
        except NotInSql as refusal:
            refused.append(refusal)
            return None

    def reads(self, condition: Condition) -> frozenset[str]:
        """The facts from outside that a condition rests on."""
        return frozenset().union(*(self.kind.below.get(name, frozenset()) for name in self.gate.contract.checked[condition].reads))


def listed(gate: Gate, name: str, *, dialect: str = "duckdb") -> list[tuple[str, str, str | NotInSql]]:
    """Each derived fact, clause and boundary of a kind with its SQL, facts by their own names; or why it has none.

    The first part says which it is: `fact`, `clause` or `boundary`.
    """
    kind, draft = gate.kinds[name], gate.contract.draft
    made = DIALECTS[dialect]()
    facts = {each: Said(made.identifier(each)) for each in kind.facts}
    facts["answer"] = Said(made.identifier("answer"), sure=True)
    found: list[tuple[str, str, str | NotInSql]] = []

    def say(what: str, id_: str, condition: Condition) -> None:
        try:
            written = said(gate.contract.checked[condition], facts, dialect=dialect, place=condition.place)
        except NotInSql as refusal:
            found.append((what, id_, refusal))
            return
        found.append((what, id_, written.text if written.denominator == 1 else f"{written.text} / {written.denominator}"))
        if what == "fact":
            facts[id_] = msgspec.structs.replace(written, text=made.identifier(id_)) if written.denominator == 1 else written

    for each, _ in kind.derived:
        derived = draft.wiring.facts[each].derived
        assert derived is not None
        say("fact", each, derived)
    for code in kind.clauses:
        say("clause", code.clause.id, code.clause.when)
    for boundary in kind.boundaries:
        say("boundary", boundary.boundary.id, boundary.boundary.when)
    return found
