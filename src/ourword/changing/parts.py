"""Which clause, boundary or rule it was: each that was added, changed or taken out, and what that is for the customers whom it decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ourword.cel.smt_terms import Truth, both, either, no
from ourword.cel.smt_terms import same as same_truth
from ourword.changing.asking import Asking, Known, Perhaps, Question
from ourword.changing.found import Part, Witness
from ourword.changing.order import WAYS, Direction
from ourword.changing.pair import OF_NO_ACCOUNT, Both, Sides
from ourword.changing.said import anyhow
from ourword.changing.written import parted, plainly
from ourword.contract.model import Boundary, Clause
from ourword.core.answer import Answer
from ourword.gate.code import outside_names
from ourword.gate.verdict import Verdict


class Touched(msgspec.Struct, frozen=True):
    """One part that is not as it was; who is decided by it, said to the solver and read off the verdicts."""

    about: str
    what: str
    place: str
    was: str
    now: str
    truth: Callable[[Sides], Truth]
    claim: Callable[[Both], bool]


def parts(asking: Asking) -> Iterator[Part]:
    """Every part that was touched, with the directions that it has where it decides."""
    touched = list(_touched(asking))
    if len(touched) == 1 and _facts_alike(asking):
        # Nothing else was changed: whatever changes is its doing, in whatever way.
        touched = [msgspec.structs.replace(touched[0], truth=lambda side: True, claim=lambda shown: True)]
    questions = {(at, way): _question(each, way) for at, each in enumerate(touched) for way in WAYS}
    found = asking.settle(questions)
    for at, each in enumerate(touched):
        said = {way: found[at, way] for way in WAYS}
        yield Part(
            kind=asking.pair.name,
            about=each.about,
            what=each.what,
            place=each.place,
            was=each.was,
            now=each.now,
            # "Has a part in it" is read off verdicts less sharply than the solver has it: without opaque parts the solver is believed.
            directions=tuple(way for way, answer in said.items() if isinstance(answer, Witness) or _believed(answer)),
            proved=all(isinstance(answer, Witness) or answer is Known.NOBODY or _believed(answer) for answer in said.values()),
        )


def _facts_alike(asking: Asking) -> bool:
    old, new = (gate.contract.draft.wiring.facts for gate in asking.pair.gates)
    read = (*asking.pair.kinds[0].below, *asking.pair.kinds[1].below)
    return all(plainly(old[name], without=OF_NO_ACCOUNT) == plainly(new[name], without=OF_NO_ACCOUNT) for name in read if name in old and name in new)


def _believed(answer: object) -> bool:
    return isinstance(answer, Perhaps) and not answer.leans_on


def _question(part: Touched, way: Direction) -> Question:
    return Question(
        lambda side: both(anyhow(side, way), part.truth(side)),
        lambda shown: shown.direction is way and part.claim(shown),
        plain=False,
    )


def _touched(asking: Asking) -> Iterator[Touched]:
    yield from _rights(asking)
    yield from _requires(asking)
    yield from _clauses(asking)
    yield from _boundaries(asking)
    yield from _otherwise(asking)


# ---- clauses -------------------------------------------------------------------------------------------------------


def _clauses(asking: Asking) -> Iterator[Touched]:
    old, new = (tuple(code.clause for code in kind.clauses) for kind in asking.pair.kinds)
    gone, fresh, kept = parted(old, new, lambda each: each.id)
    for one in gone:
        yield _clause(asking, f"`{one.id}` is taken out", old, new, one.id)
    for other in fresh:
        yield _clause(asking, f"`{other.id}` is added", old, new, other.id)
    for one, other in kept:
        if _acts(one) != _acts(other):
            yield _clause(asking, f"`{other.id}` is changed", old, new, other.id)


def _acts(clause: Clause) -> object:
    """What a clause does, beside its words."""
    return plainly(clause.when), plainly(clause.then), clause.final


def _clause(asking: Asking, what: str, old: tuple[Clause, ...], new: tuple[Clause, ...], id_: str) -> Touched:
    before, after = (next((at for at, each in enumerate(clauses) if each.id == id_), None) for clauses in (old, new))
    one = old[before] if before is not None else None
    other = new[after] if after is not None else None
    same = one is not None and other is not None and (plainly(one.then), one.final) == (plainly(other.then), other.final)

    def truth(side: Sides) -> Truth:
        has_part = either(_has_part(side, 0, before, one), _has_part(side, 1, after, other))
        if not same or before is None or after is None:
            return has_part
        # Where the condition alone was changed, it matters for those of whom it holds in one contract only.
        was, now = side.old.clauses[before], side.new.clauses[after]
        held, not_held = (side.old.held[before], side.new.held[after]), (side.old.not_held[before], side.new.not_held[after])
        apart = either(both(held[0], not_held[1]), both(not_held[0], held[1]), no(same_truth(was.known, now.known)))
        return both(has_part, apart)

    def claim(shown: Both) -> bool:
        parts_ = [_part(verdict, clause, reads) for verdict, clause, reads in ((shown.old, one, read[0]), (shown.new, other, read[1]))]
        return any(parts_) and (not same or parts_[0] != parts_[1] or (id_ in shown.old.fired) != (id_ in shown.new.fired))

    read = (_reads(asking, 0, one), _reads(asking, 1, other))
    place = other.place if other is not None else one.place if one is not None else ""
    return Touched("clause", what, place, _written(one), _written(other), truth, claim)


def _reads(asking: Asking, at: int, clause: Clause | None) -> frozenset[str]:
    if clause is None:
        return frozenset()
    kind, checked = asking.pair.kinds[at], asking.pair.gates[at].contract.checked
    return outside_names(kind, checked[clause.when].reads)


def _has_part(side: Sides, at: int, index: int | None, clause: Clause | None) -> Truth:
    """The clause holds and its answer goes out, or it is not known and somebody is asked for it."""
    if index is None or clause is None:
        return False
    decided = (side.old, side.new)[at]
    goes = either(decided.final[clause.then.answer], decided.final[Answer.ASK] if clause.then.answer is Answer.AMEND else False)
    asks = either(decided.final[Answer.ASK], decided.final[Answer.ESCALATE])
    return either(both(decided.held[index], goes), both(no(decided.clauses[index].known), asks))


def _part(verdict: Verdict, clause: Clause | None, reads: frozenset[str]) -> bool:
    """The same, read off a verdict."""
    if clause is None:
        return False
    if clause.id in verdict.fired:
        return _goes(verdict.answer, clause.then.answer)
    return verdict.answer in (Answer.ASK, Answer.ESCALATE) and not reads.isdisjoint(verdict.missing)


def _goes(answer: Answer, given: Answer) -> bool:
    return answer is given or (answer, given) == (Answer.ASK, Answer.AMEND)


def _written(clause: Clause | None) -> str:
    if clause is None:
        return "nothing"
    then: list[str] = [clause.then.answer.value]
    then += [", ".join(clause.then.ask)] if clause.then.ask else []
    then += [", ".join(f"{name} = {value.text}" for name, value in clause.then.amend)] if clause.then.amend else []
    return f"{clause.when.text} → {' '.join(then)}{' (final)' if clause.final else ''}"


# ---- boundaries and rules ------------------------------------------------------------------------------------------


def _boundaries(asking: Asking) -> Iterator[Touched]:
    old, new = (tuple(code.boundary for code in kind.boundaries) for kind in asking.pair.kinds)
    gone, fresh, kept = parted(old, new, lambda each: each.id)
    for one in gone:
        yield _boundary(f"`{one.id}` is taken out", one.place, (old, one), (new, None))
    for other in fresh:
        yield _boundary(f"`{other.id}` is added", other.place, (old, None), (new, other))
    for one, other in kept:
        if one.when.text != other.when.text:
            yield _boundary(f"`{other.id}` is changed", other.place, (old, one), (new, other))


def _boundary(what: str, place: str, old: tuple[tuple[Boundary, ...], Boundary | None], new: tuple[tuple[Boundary, ...], Boundary | None]) -> Touched:
    before, after = (each[0].index(each[1]) if each[1] is not None else None for each in (old, new))
    ids = (old[1].id if old[1] else "", new[1].id if new[1] else "")

    def truth(side: Sides) -> Truth:
        crossed = []
        for decided, at in ((side.old, before), (side.new, after)):
            if at is not None:
                term = decided.boundaries[at]
                crossed.append(both(no(decided.before[Answer.ESCALATE]), either(no(term.known), term.value)))
        return either(*crossed)

    return Touched(
        "boundary",
        what,
        place,
        old[1].when.text if old[1] else "nothing",
        new[1].when.text if new[1] else "nothing",
        truth,
        lambda shown: (shown.old.decided_by, shown.new.decided_by) != ("", "") and (shown.old.decided_by == ids[0] or shown.new.decided_by == ids[1]),
    )


def _requires(asking: Asking) -> Iterator[Touched]:
    old, new = (kind.kind.requires for kind in asking.pair.kinds)
    kind = asking.pair.kinds[1].kind
    for name in (each for each in new if each not in old):
        yield _required(f"`{name}` must be known", name, 1, kind.place)
    for name in (each for each in old if each not in new):
        yield _required(f"`{name}` need not be known any more", name, 0, kind.place)


def _required(what: str, name: str, at: int, place: str) -> Touched:
    def truth(side: Sides) -> Truth:
        term = side.before[at].facts.terms.get(name)
        return no(term.known) if term is not None else True

    def claim(shown: Both) -> bool:
        return name in (shown.old, shown.new)[at].missing

    return Touched("requires", what, place, "" if at else name, name if at else "", truth, claim)


def _otherwise(asking: Asking) -> Iterator[Touched]:
    old, new = (kind.kind for kind in asking.pair.kinds)
    if old.otherwise is not new.otherwise:
        yield Touched(
            "otherwise",
            "who is met by no clause is answered otherwise",
            new.place,
            old.otherwise.value,
            new.otherwise.value,
            lambda side: either(side.old.first.otherwise, side.new.first.otherwise),
            lambda shown: "otherwise" in (shown.old.decided_by, shown.new.decided_by),
        )


def _rights(asking: Asking) -> Iterator[Touched]:
    old, new = (kind.kind for kind in asking.pair.kinds)
    if old.rights != new.rights:
        yield Touched(
            "rights",
            f"automation may {_may(new.rights)}, where it might {_may(old.rights)}",
            new.place,
            old.rights,
            new.rights,
            lambda side: either(*(both(no(each.before[Answer.ESCALATE]), each.final[Answer.ESCALATE]) for each in (side.old, side.new))),
            lambda shown: "rights" in (shown.old.decided_by, shown.new.decided_by),
        )


def _may(rights: str) -> str:
    return {"human": "decide nothing", "propose": "propose", "autonomous": "decide"}[rights]
