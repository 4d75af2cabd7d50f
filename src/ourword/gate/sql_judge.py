"""`judge` and `conclude` as SQL: what the clauses that hold, and those that may, answer together; rights, holdout, boundaries.

An answer and who gave it are one number while the query runs: the answer's rank, and below it a place in a list of names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourword.cel.said import Said
from ourword.contract.model import Clause
from ourword.core.answer import Answer, rank
from ourword.gate.code import Gate, KindGate

if TYPE_CHECKING:
    from ourword.gate.sql import Conditions

_RANK = 65_536
_ASKS, _ESCALATES, _UNCERTAIN = 1, 2, 3
_RESERVED = ("requires", "otherwise", "rights", "holdout")
_REQUIRES, _OTHERWISE, _RIGHTS, _HOLDOUT = range(len(_RESERVED))
_ANSWERS = " ".join(f"WHEN {rank(answer)} THEN '{answer.value}'" for answer in Answer)


class Stage:
    """A query that grows by columns, each worked out once and read by those after it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def add(self, **columns: str) -> None:
        """Add columns that read those before."""
        if columns:
            self.text = f"SELECT f.*, {', '.join(f'{text} AS {name}' for name, text in columns.items())} FROM ({self.text}) AS f"


def masked(stage: Stage, clauses: list[Said]) -> None:
    """The masks `fired` and `possible`: which clauses hold, and which may."""
    kind = "BIGINT" if len(clauses) < 63 else "HUGEINT"
    zero = f"CAST(0 AS {kind})"
    fired = [f"CASE WHEN c{index} THEN CAST({1 << index} AS {kind}) ELSE {zero} END" for index in range(len(clauses))]
    open_ = [f"CASE WHEN c{index} IS NULL THEN CAST({1 << index} AS {kind}) ELSE {zero} END" for index, each in enumerate(clauses) if not each.sure]
    stage.add(fired=" + ".join(fired) or zero, possible=" + ".join(open_) or zero)


def judged(stage: Stage, kind: KindGate, conditions: Conditions) -> None:
    """Steps 2 and 3: the column `code`, and `by_python` where step 4 or the facts to blame decide."""
    masks = kind.masks
    stage.add(refused=f"(fired & {masks['refuse']}) <> 0" if masks["refuse"] else "false")
    open_ = {index: _joins(index, kind, conditions) for index, each in enumerate(conditions.clauses) if not each.sure}
    stage.add(**{f"u{index}": text for index, text in open_.items()})
    stage.add(code=_code(kind, conditions, open_))
    uncertain = " OR ".join(f"u{index} = {_UNCERTAIN}" for index, text in open_.items() if str(_UNCERTAIN) in text) or "false"
    final = f" AND (fired & {masks['final']}) = 0" if masks["final"] else ""
    changed = f" OR ((fired & {masks['amend']}) <> 0 AND code // {_RANK} IN ({rank(Answer.ASK)}, {rank(Answer.AMEND)}))" if masks["amend"] else ""
    stage.add(by_python=f"(({uncertain}){final}){changed}")


def _joins(index: int, kind: KindGate, conditions: Conditions) -> str:
    """0 where the clause is known, or is outranked while unknown; else how it joins."""
    clause = kind.clauses[index].clause
    blame = _blame(clause, kind, conditions, conditions.clauses[index])
    match clause.then.answer:
        case Answer.ESCALATE:
            joins = f"WHEN refused THEN {_ESCALATES} ELSE {blame}"
        case Answer.ALLOW:
            joins = f"WHEN fired <> 0 THEN 0 ELSE {blame}"
        case _:
            joins = f"WHEN refused THEN 0 ELSE {blame}"
    return f"CASE WHEN c{index} IS NOT NULL THEN 0 {joins} END"


def _blame(clause: Clause, kind: KindGate, conditions: Conditions, written: Said) -> str:
    """Ask where only what the customer can state is to blame; what fails though its facts are known blames what only the gate can say."""
    if clause.then.answer is Answer.ASK:
        return str(_ASKS)
    reads = conditions.reads(clause.when)
    stated, others = (sorted(reads & kind.customer_stated), sorted(reads - kind.customer_stated))
    if not stated:
        return str(_ESCALATES)
    if written.fails:
        return str(_UNCERTAIN)
    if not others:
        return str(_ASKS)
    one, other = (" OR ".join(f"{conditions.slots[name]} IS NULL" for name in names) for names in (stated, others))
    return f"CASE WHEN ({one}) AND ({other}) THEN {_UNCERTAIN} WHEN {other} THEN {_ESCALATES} ELSE {_ASKS} END"


def _code(kind: KindGate, conditions: Conditions, open_: dict[int, str]) -> str:
    answers = [Answer(each) for each in kind.answers]
    reserved = len(kind.clauses)

    def clauses(answer: Answer, joining: int = 0) -> list[tuple[str, int]]:
        found = []
        for index, each in enumerate(answers):
            holds = [f"c{index}"] if each is answer else []
            holds += [f"u{index} = {joining}"] if joining and index in open_ and str(joining) in open_[index] else []
            if holds:
                found.append((" OR ".join(holds), _coded(answer, index)))
        return found

    def required(answer: Answer, asked: bool) -> list[tuple[str, int]]:
        names = [name for name in kind.kind.requires if (name in kind.customer_stated) is asked and not conditions.facts[name].sure]
        missing = " OR ".join(f"{conditions.slots[name]} IS NULL" for name in names)
        return [(missing, _coded(answer, reserved + _REQUIRES))] if names else []

    cases = [
        *[(f"c{index}", _coded(Answer.REFUSE, index)) for index in range(len(answers)) if kind.masks["final"] >> index & 1],
        *required(Answer.ESCALATE, False),
        *clauses(Answer.ESCALATE, _ESCALATES),
        *clauses(Answer.REFUSE),
        *required(Answer.ASK, True),
        *clauses(Answer.ASK, _ASKS),
        *clauses(Answer.AMEND),
        *clauses(Answer.ALLOW),
    ]
    otherwise = _coded(kind.kind.otherwise, reserved + _OTHERWISE)
    return f"CASE {' '.join(f'WHEN {text} THEN {code}' for text, code in cases)} ELSE {otherwise} END" if cases else str(otherwise)


def concluded(stage: Stage, gate: Gate, kind: KindGate, conditions: Conditions) -> None:
    """Steps 5 and 6: `answer`, `decided_by` and `proposed`."""
    reserved = len(kind.clauses)
    human = _coded(Answer.ESCALATE, reserved + _RIGHTS)
    escalate, proposed, code = rank(Answer.ESCALATE), "CAST(NULL AS INTEGER)", "code"
    if kind.kind.rights == "human":
        code = f"CASE WHEN code // {_RANK} = {escalate} THEN code ELSE {human} END"
    elif kind.kind.rights == "propose":
        may = f"code // {_RANK} IN ({', '.join(str(rank(each)) for each in (Answer.ALLOW, Answer.AMEND, Answer.REFUSE))})"
        code, proposed = f"CASE WHEN {may} THEN {human} ELSE code END", f"CASE WHEN {may} THEN code // {_RANK} END"
    held_out = _held_out(gate, kind, conditions)
    if held_out:
        code = f"CASE WHEN {held_out} THEN {_coded(Answer.ESCALATE, reserved + _HOLDOUT)} ELSE {code} END"
        proposed = f"CASE WHEN NOT ({held_out}) THEN {proposed} END" if kind.kind.rights == "propose" else proposed
    stage.add(given=code, suggested=proposed)
    stage.add(answer=f"CASE given // {_RANK} {_ANSWERS} END")
    if conditions.boundaries:
        first = reserved + len(_RESERVED)
        crossed = " ".join(
            f"WHEN ({each.text}) IS DISTINCT FROM false THEN {_coded(Answer.ESCALATE, first + index)}"
            for index, each in enumerate(conditions.boundaries)
        )
        stage.add(last=f"CASE WHEN given // {_RANK} = {escalate} OR suggested IS NOT NULL THEN given {crossed} ELSE given END")
    else:
        stage.add(last="given")
    words = ", ".join(conditions.sql.text(name) for name in _names(kind))
    stage.text = (
        f"SELECT f.* REPLACE (CASE last // {_RANK} {_ANSWERS} END AS answer), "
        f"list_extract([{words}], last % {_RANK} + 1) AS decided_by, CASE suggested {_ANSWERS} END AS proposed FROM ({stage.text}) AS f"
    )


def _held_out(gate: Gate, kind: KindGate, conditions: Conditions) -> str:
    """Whether people decide for the customer: the same hash and the same bound as `in_holdout`, as hexadecimal digits that sort as numbers do."""
    draft = gate.contract.draft
    share = draft.relationship.holdout
    if not kind.kind.explore or not share:
        return ""
    low, high = 0, 2**56  # the first position that is not held out; positions are rounded, so it is searched for
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle / 2**56 >= share else (middle + 1, high)
    held = f"concat('holdout', chr(0), {conditions.sql.text(draft.name)}, chr(0), customer)"
    below = "true" if low >= 2**56 else f"substr(sha256({held}), 1, 14) < '{low:014x}'"
    care = [f"f.{conditions.slots[name]} IS NOT true" for name in draft.trained_for if name in conditions.slots]
    return " AND ".join(["customer IS NOT NULL", below, *care])


def _names(kind: KindGate) -> list[str]:
    return [*(code.clause.id for code in kind.clauses), *_RESERVED, *(code.boundary.id for code in kind.boundaries)]


def _coded(answer: Answer, by: int) -> int:
    return rank(answer) * _RANK + by
