"""Checks on conditions: each parsed and typed, derived facts in order, boundaries that leave a person, nothing told that must not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import msgspec

from ourword.cel import types as t
from ourword.cel.check import Checked, check
from ourword.cel.expr import Bind, Call, Each, Expr, ListOf, MapOf, Name, Select
from ourword.cel.parse import parse
from ourword.cel.python import exact
from ourword.cel.unknown import Unknown
from ourword.contract.check_kinds import holes
from ourword.contract.cost import STEPS_ALL_MAX, STEPS_MAX, Sizes, cost
from ourword.contract.flaws import ERRORS_MAX, error, note
from ourword.contract.model import Condition, Draft, Flaw, Kind
from ourword.contract.words import listed
from ourword.core.answer import Answer
from ourword.errors import ConditionError

ANSWER = t.enum(*(sorted(answer.value for answer in Answer)))
"""The type of `answer`, which boundaries and promises may read."""


class Conditions(msgspec.Struct):
    """The typed conditions of a draft, and what is wrong with the others."""

    checked: dict[Condition, Checked]
    flaws: list[Flaw]
    steps: int = 0


def conditions(draft: Draft) -> Conditions:
    """Type every condition of the draft against the facts of its wiring."""
    result = Conditions({}, [])
    names = {name: fact.type for name, fact in draft.wiring.facts.items()}
    for fact in draft.wiring.facts.values():
        if fact.derived:
            _typed(fact.derived, names, fact.type, result)
    result.flaws.extend(_circles(draft, result.checked))
    with_answer = {**names, "answer": ANSWER}
    for kind in draft.kinds.values():
        _kind(kind, names, with_answer, result)
    never_told = _never_told(draft, result.checked)
    result.flaws.extend(_told_by_derived(draft, result.checked))
    for kind in draft.kinds.values():
        result.flaws.extend(_told_by_kind(kind, result.checked, never_told))
    result.flaws.extend(_unused(draft, result.checked))
    return result


def _kind(kind: Kind, names: Mapping[str, t.Type], with_answer: Mapping[str, t.Type], result: Conditions) -> None:
    for clause in kind.clauses:
        _typed(clause.when, names, t.BOOL, result)
        for name, value in clause.then.amend:
            if name in names:
                _typed(value, names, names[name], result)
    for boundary in kind.never:
        checked = _typed(boundary.when, with_answer, t.BOOL, result)
        if checked and not _leaves_a_person(checked):
            hint = 'add `answer != "escalate" &&` in front: a person is always left'
            result.flaws.append(error("forbids-escalate", f"the boundary `{boundary.id}` may forbid to escalate", boundary.when.place, hint))
    for promise in kind.promises:
        _typed(promise.when, with_answer, t.BOOL, result)


def _typed(condition: Condition, names: Mapping[str, t.Type], want: t.Type, result: Conditions) -> Checked | None:
    if len(result.flaws) >= ERRORS_MAX:
        return None
    try:
        checked = check(parse(condition.text, place=condition.place), names, want=want, place=condition.place)
    except ConditionError as cause:
        read_answer = "answer" not in names and "`answer`" in cause.what
        hint = "boundaries and promises may read `answer`; here it is not decided yet" if read_answer else cause.hint
        result.flaws.append(Flaw(code=cause.code, level="error", what=cause.what, place=cause.place, hint=hint))
        return None
    steps = cost(checked.expr, Sizes({}, checked.types)).steps
    result.steps += steps if steps <= STEPS_MAX else 0
    if steps > STEPS_MAX or result.steps > STEPS_ALL_MAX:
        hint = "use fewer `all`, `exists`, `map` inside one another, or shorter lists"
        result.flaws.append(error("costly", "this condition could take too long to decide", condition.place, hint))
        return None
    result.checked[condition] = checked
    return checked


def _leaves_a_person(checked: Checked) -> bool:
    """With `answer` escalate and nothing else known the boundary must be false for certain, so that it is whatever the facts are."""
    names = (*checked.reads, _EITHER_WAY)
    nothing_known: dict[str, object] = {name: Unknown(frozenset((name,)), "not known") for name in names}
    open_minded = msgspec.structs.replace(checked, expr=_either_way(checked.expr), reads=frozenset(names))
    return exact(open_minded)({**nothing_known, "answer": Answer.ESCALATE.value}) is False


_EITHER_WAY = "known()"


def _either_way(expr: Expr) -> Expr:
    """Put a value that is not known for each `known(fact)`, which is false while the fact is unknown, but true on other days."""
    match expr:
        case Call(function="known", receiver=False):
            return Name(id=expr.id, line=expr.line, col=expr.col, name=_EITHER_WAY)
        case Call(args=parts):
            return msgspec.structs.replace(expr, args=tuple(map(_either_way, parts)))
        case ListOf(items=parts):
            return msgspec.structs.replace(expr, items=tuple(map(_either_way, parts)))
        case MapOf(entries=entries):
            return msgspec.structs.replace(expr, entries=tuple((_either_way(key), _either_way(value)) for key, value in entries))
        case Each(over=over, parts=parts):
            return msgspec.structs.replace(expr, over=_either_way(over), parts=tuple(map(_either_way, parts)))
        case Bind(value=value, body=body):
            return msgspec.structs.replace(expr, value=_either_way(value), body=_either_way(body))
        case Select(of=of):
            return msgspec.structs.replace(expr, of=_either_way(of))
        case _:
            return expr


# ---- derived facts -------------------------------------------------------------------------------------------------


def _circles(draft: Draft, checked: Mapping[Condition, Checked]) -> Iterator[Flaw]:
    needs = _derivations(draft, checked)
    try:
        TopologicalSorter({name: reads & needs.keys() for name, reads in needs.items()}).prepare()
    except CycleError as cause:
        circle = cause.args[1]
        hint = "derive it from facts that come from somewhere"
        yield error("cycle", f"`{circle[0]}` is derived from itself ({' → '.join(circle[:8])})", draft.places[f"wiring.facts.{circle[0]}.is"], hint)


def _derivations(draft: Draft, checked: Mapping[Condition, Checked]) -> dict[str, frozenset[str]]:
    """For each derived fact (that is typed) the facts it reads."""
    facts = draft.wiring.facts.values()
    return {fact.name: checked[fact.derived].reads for fact in facts if fact.derived is not None and fact.derived in checked}


def _behind(name: str, needs: Mapping[str, frozenset[str]]) -> set[str]:
    """A fact and all that it is derived from, however far."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(needs.get(name, ()))
    return reached


# ---- what is never told --------------------------------------------------------------------------------------------


def _never_told(draft: Draft, checked: Mapping[Condition, Checked]) -> frozenset[str]:
    """The facts that are never told, and those derived from them."""
    secret = {name for name, fact in draft.wiring.facts.items() if fact.tell == "never"}
    needs = _derivations(draft, checked)
    return frozenset(name for name in draft.wiring.facts if secret & _behind(name, needs))


def _told_by_derived(draft: Draft, checked: Mapping[Condition, Checked]) -> Iterator[Flaw]:
    facts = draft.wiring.facts
    for name, reads in _derivations(draft, checked).items():
        secret = sorted(each for each in reads if facts[each].tell == "never")
        if secret and facts[name].tell != "never":
            what = f"`{name}` is derived from `{secret[0]}`, which is `tell: never`"
            place = draft.places[f"wiring.facts.{name}.is"]
            yield error("tell-never", what, place, f"write `tell: never` on `{name}` too, or derive it without")


def _told_by_kind(kind: Kind, checked: Mapping[Condition, Checked], never_told: frozenset[str]) -> Iterator[Flaw]:
    for clause in kind.clauses:
        for name, value in clause.then.amend:
            yield from _betrays(value, checked, never_told, f"the new `{name}`")
            yield from _betrays(clause.when, checked, never_told, f"whether `{clause.id}` changes anything")
    for promise in kind.promises:
        yield from _betrays(promise.when, checked, never_told, f"the promise `{promise.id}`")


def _betrays(condition: Condition, checked: Mapping[Condition, Checked], never_told: frozenset[str], called: str) -> Iterator[Flaw]:
    secret = sorted(never_told & checked[condition].reads) if condition in checked else []
    if secret:
        what = f"{called} depends on `{secret[0]}`, which is `tell: never`: the customer's words would betray it"
        yield error("tell-never", what, condition.place, "make it depend on facts that may be told")


# ---- facts that nothing uses ---------------------------------------------------------------------------------------


def _unused(draft: Draft, checked: Mapping[Condition, Checked]) -> Iterator[Flaw]:
    used = set(draft.trained_for)
    for condition in checked.values():
        used |= condition.reads
    for kind in draft.kinds.values():
        used |= {*kind.requires, *(rule["fact"] for rule in kind.monotone)}
        used |= {name for clause in kind.clauses for name in (*clause.then.ask, *(fact for fact, _ in clause.then.amend))}
        used |= {name for promise in kind.promises for text in promise.say.values() for name in holes(text)}
    unused = [name for name in draft.wiring.facts if name not in used]
    if unused:
        place = draft.wiring.facts[unused[0]].place
        yield note("unused", f"no condition reads {listed(f'`{name}`' for name in unused)}", place, "use them, or remove them from the wiring")
