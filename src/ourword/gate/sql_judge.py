"""`judge` and `conclude` as SQL: what the clauses that hold, and those that may, answer together; rights, holdout, boundaries.

An answer and who gave it are one number while the query runs: the answer's rank, and below it a place in a list of names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ourword.cel.said import Said
from ourword.core.answer import Answer, rank
from ourword.gate.code import Gate, KindGate

if TYPE_CHECKING:
    from ourword.gate.sql import Conditions

_SHIFT = 16
_RESERVED = ("requires", "otherwise", "rights", "holdout")
_REQUIRES, _OTHERWISE, _RIGHTS, _HOLDOUT = range(len(_RESERVED))
_ANSWERS = ", ".join(f"'{answer.value}'" for answer in Answer)


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
    bit = _bits(len(clauses))
    fired = [f"CASE WHEN c{index} THEN {bit(1 << index)} ELSE {bit(0)} END" for index in range(len(clauses))]
    open_ = [f"CASE WHEN c{index} IS NULL THEN {bit(1 << index)} ELSE {bit(0)} END" for index, each in enumerate(clauses) if not each.sure]
    stage.add(fired=" | ".join(fired) or bit(0), possible=" | ".join(open_) or bit(0))


def minted(promises: list[Said]) -> str:
    """The mask of the promises that are made: those whose condition is known to hold for the answer that goes out."""
    bit = _bits(64)  # HUGEINT, as its column is
    return " | ".join(f"CASE WHEN {each.text} THEN {bit(1 << at)} ELSE {bit(0)} END" for at, each in enumerate(promises)) or bit(0)


def judged(stage: Stage, kind: KindGate, conditions: Conditions) -> None:
    """Steps 2 and 3: the column `code`, and `by_python` where step 4 or the facts to blame decide."""
    masks, bit = kind.masks, _bits(len(kind.clauses))
    open_ = [_Open(index, kind, conditions) for index, each in enumerate(conditions.clauses) if not each.sure]
    # Most rows have no gap: theirs are not looked at clause by clause.
    joins = {name: _gathered([(each.index, getattr(each, name)) for each in open_], bit) for name in ("escalates", "asks", "uncertain")}
    stage.add(**joins)
    stage.add(code=_code(kind, conditions))
    final = f" AND fired & {masks['final']} = 0" if masks["final"] else ""
    changed = f" OR (fired & {masks['amend']} <> 0 AND code >> {_SHIFT} IN ({rank(Answer.ASK)}, {rank(Answer.AMEND)}))" if masks["amend"] else ""
    stage.add(by_python=f"(uncertain <> 0{final}){changed}")


def _gathered(terms: list[tuple[int, str]], bit: Callable[[int], str]) -> str:
    written = [f"CASE WHEN c{index} IS NULL AND ({text}) THEN {bit(1 << index)} ELSE {bit(0)} END" for index, text in terms if text]
    return f"CASE WHEN possible = 0 THEN {bit(0)} ELSE {' | '.join(written)} END" if written else bit(0)


class _Open:
    """When a clause that is not known joins, and as what. No text means never.

    What fails though its facts are known blames what only the gate can say; else the facts that are NULL are to blame.
    """

    def __init__(self, index: int, kind: KindGate, conditions: Conditions) -> None:
        self.index = index
        clause = kind.clauses[index].clause
        answer, refused = clause.then.answer, f"fired & {kind.masks['refuse']} <> 0"
        free = "fired = 0" if answer is Answer.ALLOW else f"NOT {refused}"
        reads = conditions.reads(clause.when)
        stated, others = (_missing(names, conditions) for names in (reads & kind.customer_stated, reads - kind.customer_stated))
        self.escalates = self.asks = self.uncertain = ""
        if answer is Answer.ASK:
            self.asks = free
        elif not stated:
            self.escalates = free
        elif conditions.clauses[index].fails:
            self.uncertain = free
        elif not others:
            self.asks = free
        else:
            self.uncertain = f"{free} AND ({stated}) AND ({others})"
            self.escalates = f"{free} AND NOT ({stated}) AND ({others})"
            self.asks = f"{free} AND NOT ({others})"
        if answer is Answer.ESCALATE:  # beside a certain refusal it joins as itself
            self.escalates = f"{refused} OR {self.escalates}" if self.escalates else refused


def _missing(names: frozenset[str], conditions: Conditions) -> str:
    return " OR ".join(f"{conditions.slots[name]} IS NULL" for name in sorted(names))


def _code(kind: KindGate, conditions: Conditions) -> str:
    """The strongest answer that joined, and the first in file order that gave it: the lowest bit."""
    masks, reserved = kind.masks, len(kind.clauses)

    def strongest(answer: Answer, mask: int, joining: str = "") -> list[tuple[str, str]]:
        bits = " | ".join([f"fired & {mask}"] * bool(mask) + [joining] * bool(joining))
        return [(f"({bits}) <> 0", f"{rank(answer) << _SHIFT} + bit_count((({bits}) & -({bits})) - 1)")] if bits else []

    def required(answer: Answer, asked: bool) -> list[tuple[str, str]]:
        names = frozenset(name for name in kind.kind.requires if (name in kind.customer_stated) is asked and not conditions.facts[name].sure)
        return [(_missing(names, conditions), str(_coded(answer, reserved + _REQUIRES)))] if names else []

    cases = [
        *strongest(Answer.REFUSE, masks["final"]),
        *required(Answer.ESCALATE, False),
        *strongest(Answer.ESCALATE, masks["escalate"], "escalates"),
        *strongest(Answer.REFUSE, masks["refuse"]),
        *required(Answer.ASK, True),
        *strongest(Answer.ASK, masks["ask"], "asks"),
        *strongest(Answer.AMEND, masks["amend"]),
        *strongest(Answer.ALLOW, masks["allow"]),
    ]
    otherwise = _coded(kind.kind.otherwise, reserved + _OTHERWISE)
    return f"CASE {' '.join(f'WHEN {text} THEN {code}' for text, code in cases)} ELSE {otherwise} END"


def _bits(clauses: int) -> Callable[[int], str]:
    kind = "BIGINT" if clauses < 63 else "HUGEINT"
    return lambda value: f"CAST({value} AS {kind})"


def concluded(stage: Stage, gate: Gate, kind: KindGate, conditions: Conditions) -> None:
    """Steps 5 and 6: `answer`, `decided_by` and `proposed`."""
    reserved = len(kind.clauses)
    human = _coded(Answer.ESCALATE, reserved + _RIGHTS)
    escalate, proposed, code = rank(Answer.ESCALATE), "CAST(NULL AS INTEGER)", "code"
    if kind.kind.rights == "human":
        code = f"CASE WHEN code >> {_SHIFT} = {escalate} THEN code ELSE {human} END"
    elif kind.kind.rights == "propose":
        may = f"code >> {_SHIFT} IN ({', '.join(str(rank(each)) for each in (Answer.ALLOW, Answer.AMEND, Answer.REFUSE))})"
        code, proposed = f"CASE WHEN {may} THEN {human} ELSE code END", f"CASE WHEN {may} THEN code >> {_SHIFT} END"
    held_out = _held_out(gate, kind, conditions)
    if held_out:
        code = f"CASE WHEN {held_out} THEN {_coded(Answer.ESCALATE, reserved + _HOLDOUT)} ELSE {code} END"
        proposed = f"CASE WHEN NOT ({held_out}) THEN {proposed} END" if kind.kind.rights == "propose" else proposed
    stage.add(given=code, suggested=proposed)
    stage.add(answer=_named("given"))
    if conditions.boundaries:
        first = reserved + len(_RESERVED)
        crossed = " ".join(
            f"WHEN ({each.text}) IS DISTINCT FROM false THEN {_coded(Answer.ESCALATE, first + index)}"
            for index, each in enumerate(conditions.boundaries)
        )
        stage.add(last=f"CASE WHEN given >> {_SHIFT} = {escalate} OR suggested IS NOT NULL THEN given {crossed} ELSE given END")
    else:
        stage.add(last="given")
    words = ", ".join(conditions.sql.text(name) for name in _names(kind))
    stage.text = (
        f"SELECT f.* REPLACE ({_named('last')} AS answer), list_extract([{words}], (last & {(1 << _SHIFT) - 1}) + 1) AS decided_by, "
        f"{_named('suggested', shift=False)} AS proposed FROM ({stage.text}) AS f"
    )


def _named(code: str, *, shift: bool = True) -> str:
    return f"list_extract([{_ANSWERS}], ({f'({code} >> {_SHIFT})' if shift else code}) + 1)"


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
    return (rank(answer) << _SHIFT) + by
