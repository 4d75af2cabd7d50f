"""Steps 2 and 3 of the gate: what the required facts and the clauses answer together, before amendments, rights and boundaries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from ourword.core.answer import Answer, rank
from ourword.gate.code import KindGate


class Judgement(msgspec.Struct, frozen=True):
    """The strongest answer that joined, who gave it, and the unknown facts that had a part in it."""

    answer: Answer
    decided_by: str
    missing: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()


NOTHING = Judgement(Answer.ALLOW, "")
"""Nothing joined: only seen in the second pass, where the amendment itself stands."""


MEMO_MAX = 4096


class _Joined(msgspec.Struct, frozen=True):
    answer: Answer
    by: str
    missing: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()


def judge(
    kind: KindGate,
    *,
    fired: int,
    unknown: Mapping[int, frozenset[str]],
    required: Collection[str],
    second_pass: bool = False,
    person: bool = False,
    asking: bool = False,
) -> Judgement:
    """Weigh what joined: escalate > refuse > ask > amend > allow, and a final refusal above all.

    *fired* is the mask of clauses that hold; *unknown* gives, by clause number, the facts that keep it from being known;
    *required* names the required facts that are unknown. In the *second pass* amendments and `otherwise` stay out. For a
    *person* who answers, what would have brought a person in is satisfied already; *asking* looks for the questions alone.
    """
    final = fired & kind.masks["final"]
    if final:
        return Judgement(Answer.REFUSE, kind.clauses[_lowest(final)].clause.id, frozenset(required))
    joined = [
        *_required(kind, required),
        *_clauses(kind, fired, unknown, second_pass=second_pass),
    ]
    if not joined and not second_pass:
        joined = [_Joined(kind.kind.otherwise, "otherwise")]
    if asking:
        joined = [each for each in joined if each.answer is Answer.ASK]
    if person:
        joined = [each for each in joined if each.answer is not Answer.ESCALATE]
    if not joined:
        return NOTHING
    winner = max(joined, key=lambda each: rank(each.answer))
    asked = [name for each in joined if each.answer is Answer.ASK for name in each.asked]
    return Judgement(
        winner.answer,
        winner.by,
        frozenset().union(*(each.missing for each in joined)),
        tuple(dict.fromkeys(asked)) if winner.answer is Answer.ASK else (),
    )


def judge_known(kind: KindGate, fired: int) -> Judgement:
    """`judge` where every fact is known: what settles it settles it always, so the judgement is kept."""
    settled = kind.settle(fired)
    kept: Judgement | None = kind.memo.get(settled)
    if kept is None:
        if len(kind.memo) >= MEMO_MAX:
            kind.memo.clear()
        kept = kind.memo[settled] = judge(kind, fired=settled, unknown={}, required=())
    return kept


def settling(masks: Mapping[str, int]) -> Callable[[int], int]:
    """Make the function that takes clauses that hold, every fact known, to those among them that settle the answer.

    That is the first final refusal, else the first escalate, else the first refuse; else every question and amendment;
    else the first allow. So customers for whom different clauses hold share what was worked out once.
    """
    final, escalate, refuse, put_or_changed = masks["final"], masks["escalate"], masks["refuse"], masks["ask"] | masks["amend"]

    def settle(fired: int) -> int:
        strongest = fired & final or fired & escalate or fired & refuse
        return strongest & -strongest if strongest else fired & put_or_changed or fired & -fired

    return settle


def _required(kind: KindGate, required: Collection[str]) -> list[_Joined]:
    """An unknown required fact is asked of the customer who alone can state it; otherwise a person looks."""
    return [
        _Joined(Answer.ASK, "requires", frozenset((name,)), (name,))
        if name in kind.customer_stated
        else _Joined(Answer.ESCALATE, "requires", frozenset((name,)))
        for name in kind.kind.requires
        if name in required
    ]


def _clauses(kind: KindGate, fired: int, unknown: Mapping[int, frozenset[str]], *, second_pass: bool) -> list[_Joined]:
    joined = []
    refused = bool(fired & kind.masks["refuse"])
    for index, code in enumerate(kind.clauses):
        answer = code.clause.then.answer
        if second_pass and answer is Answer.AMEND:
            continue
        if fired >> index & 1:
            joined.append(_Joined(answer, code.clause.id, asked=code.clause.then.ask))
        elif index in unknown and _may_join(answer, refused=refused, fired=bool(fired) or second_pass):
            joined.append(_unknown_joins(kind, index, unknown[index], refused=refused))
    return joined


def _may_join(answer: Answer, *, refused: bool, fired: bool) -> bool:
    """A certain refusal outranks an unknown refuse, amend or ask, never an unknown escalate; an unknown allow joins only if nothing fired."""
    if answer is Answer.ALLOW:
        return not fired
    return answer is Answer.ESCALATE or not refused


def _unknown_joins(kind: KindGate, index: int, blamed: frozenset[str], *, refused: bool) -> _Joined:
    """An unknown clause joins as a question to the customer where that can settle it, else as a call for a person.

    Beside a certain refusal an unknown escalate joins as itself: as a question it would be outranked, and it never may be.
    """
    clause = kind.clauses[index].clause
    if clause.then.answer is Answer.ASK:
        return _Joined(Answer.ASK, clause.id, blamed, clause.then.ask)
    if not refused and blamed and blamed <= kind.customer_stated:
        return _Joined(Answer.ASK, clause.id, blamed, tuple(sorted(blamed)))
    return _Joined(Answer.ESCALATE, clause.id, blamed)


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1
