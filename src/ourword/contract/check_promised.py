"""Checks on what promises say: each fact in their words must be known whenever the promise is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from ourword.cel.check import KNOWN, Checked
from ourword.cel.expr import AND, IF, IN, NOT, OR, Call, Expr, Name, Select, walk
from ourword.cel.python import exact
from ourword.cel.unknown import Unknown
from ourword.contract.check_kinds import holes
from ourword.contract.flaws import warning
from ourword.contract.model import Clause, Condition, Draft, Flaw, Kind, PromiseRule
from ourword.contract.words import listed
from ourword.core.answer import Answer

Sure = frozenset[str]
_GRANTED = (Answer.ALLOW, Answer.AMEND)


def flaws(draft: Draft, checked: Mapping[Condition, Checked]) -> Iterator[Flaw]:
    """Give the promises whose words may name a fact that is not known when they are made."""
    facts = draft.wiring.facts
    for kind in draft.kinds.values():
        for index, promise in enumerate(kind.promises):
            named = [each for each in dict.fromkeys(hole for text in promise.say.values() for hole in holes(text)) if each in facts]
            if not named or promise.when not in checked:
                continue
            known = _known(kind, promise, checked)
            reads = {name: checked[fact.derived].reads for name, fact in facts.items() if fact.derived is not None and fact.derived in checked}
            if lacking := [each for each in named if each not in known and not _rests_on(each, reads, known)]:
                said = listed([f"`{{{each}}}`" for each in lacking])
                what = f"`{promise.id}` says {said}, which may not be known when it is made: the customer would hear the fact's name, and be owed it"
                yield warning(
                    "promise-fact", what, draft.places[f"decisions.{kind.name}.promises[{index}].say"], _hint(lacking[0], kind, promise, checked)
                )


def _hint(fact: str, kind: Kind, promise: PromiseRule, checked: Mapping[Condition, Checked]) -> str:
    guard = f"promise it only where it is known: `when: … && known({fact})`"
    return f"add `{fact}` to `requires`; or {guard}" if set(_answers(kind, checked[promise.when])) <= {*_GRANTED} else guard


def _known(kind: Kind, promise: PromiseRule, checked: Mapping[Condition, Checked]) -> Sure:
    """The facts that are known whenever the promise is made: it asks for them, or every way to its answers does."""
    known = _asks(checked[promise.when].expr)
    answers = _answers(kind, checked[promise.when])
    if not answers or set(answers) & {Answer.ESCALATE, Answer.ASK}:
        return known  # what is missing is why a person or a question comes: nothing need be known there
    known |= frozenset.intersection(*(_known_with(each, kind, checked) for each in answers))
    return known | frozenset(kind.requires) if set(answers) <= {*_GRANTED} else known


def _known_with(answer: Answer, kind: Kind, checked: Mapping[Condition, Checked]) -> Sure:
    """What is known whenever this is the answer: what each of its clauses asks for, and all that the boundaries must know to let it pass."""
    ways = [_known_by(each, checked) for each in kind.clauses if each.then.answer is answer]
    if kind.otherwise is answer:
        ways.append(frozenset())
    known = frozenset.intersection(*ways) if ways else frozenset()
    return known.union(*(_let_past(checked[each.when].expr, checked[each.when], answer) for each in kind.never if each.when in checked))


def _let_past(expr: Expr, boundary: Checked, answer: Answer) -> Sure:
    """What must be known for a boundary to be false for certain with this answer; nothing where the answer alone makes it so."""
    free: list[Sure] = []
    for part in expr.args if isinstance(expr, Call) and expr.function == AND else (expr,):
        reads = frozenset(node.name for node in walk(part) if isinstance(node, Name))
        if reads != {"answer"}:
            free.append(_asks(part, holds=False))
        elif exact(msgspec.structs.replace(boundary, expr=part, reads=reads))({"answer": answer.value}) is False:
            return frozenset()
    return frozenset.intersection(*free) if free else frozenset()


def _known_by(clause: Clause, checked: Mapping[Condition, Checked]) -> Sure:
    when = _asks(checked[clause.when].expr) if clause.when in checked else frozenset()
    return when | {name for name, _ in clause.then.amend}  # an amendment to what is not known goes to a person


def _rests_on(name: str, reads: Mapping[str, frozenset[str]], known: Sure) -> bool:
    """Whether a fact is derived from such as are known, however far."""
    waiting, seen = [name], set[str]()
    while waiting:
        each = waiting.pop()
        if each in seen or each in known:
            continue
        if each not in reads:
            return False
        seen.add(each)
        waiting.extend(reads[each])
    return True


def _answers(kind: Kind, when: Checked) -> list[Answer]:
    """The answers with which the promise may be made, whatever the facts are."""
    open_: dict[str, object] = {name: Unknown(frozenset((name,)), "not known") for name in when.reads}
    opened = msgspec.structs.replace(when, expr=_unguarded(when.expr))
    return [each for each in Answer if exact(opened)({**open_, "answer": each.value}) is not False]


def _unguarded(expr: Expr) -> Expr:
    """Without `known(…)`, which is false while nothing is known and true on other days: the fact stands for it, where it is true or not known."""
    if isinstance(expr, Call) and expr.function == KNOWN and not expr.receiver:
        return expr.args[0]
    return msgspec.structs.replace(expr, args=tuple(map(_unguarded, expr.args))) if isinstance(expr, Call) else expr


def _asks(expr: Expr, *, holds: bool = True) -> Sure:
    """The facts that must be known for a condition to hold (or to fail) for certain."""
    match expr:
        case Call(function=function, args=args) if function in (AND, OR):
            parts = [_asks(each, holds=holds) for each in args]
            return frozenset.union(*parts) if (function == AND) is holds else frozenset.intersection(*parts)
        case Call(function=function, args=(inner,)) if function == NOT:
            return _asks(inner, holds=not holds)
        case Call(function=function, args=(Name(name=name),)) if function == KNOWN:
            return frozenset((name,)) if holds else frozenset()
        case Call(function=function, args=(left, _)) if function == IN:
            return _asks(left)
        case Call(function=function) if function == IF:
            return frozenset()
        case Call(args=args):
            return frozenset[str]().union(*map(_asks, args))
        case Name(name=name):
            return frozenset((name,))
        case Select(of=of):
            return _asks(of)
        case _:
            return frozenset()
