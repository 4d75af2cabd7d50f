"""What was drawn: boundaries that clauses lead across, facts that may pull the answer one way only, like customers answered unlike."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.cel.smt_terms import Truth, both, either
from ourword.contract.model import Boundary, Fact
from ourword.core.answer import Answer, rank
from ourword.gate.code import Values
from ourword.proving.customers import from_model, mattering, shrunk
from ourword.proving.filling import shown
from ourword.proving.found import Finding, Found, Met, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.nice import nice
from ourword.proving.report import not_shown, places
from ourword.proving.said import holds
from ourword.proving.solve import Nobody

_GOING_OUT = (Answer.ALLOW, Answer.AMEND, Answer.REFUSE, Answer.ASK)


def boundaries(inquiry: Inquiry) -> Iterator[Finding]:
    """Boundaries that the clauses would lead across, as proposed or after an amendment: the gate stops it, and a person has to decide."""
    for index, code in enumerate(inquiry.kind.boundaries):
        yield from _boundary(inquiry, index, code.boundary)


def _boundary(inquiry: Inquiry, index: int, boundary: Boundary) -> Iterator[Finding]:
    kind = inquiry.kind.kind
    common = {
        "code": "prove.boundary",
        "level": "error",
        "kind": kind.name,
        "place": boundary.place,
        "hint": "write a clause that answers these customers before the boundary has to",
    }
    met: list[Met] = []
    answers: list[str] = []
    for answer in _GOING_OUT:

        def question(side: Side, answer: Answer = answer) -> list[Truth]:
            return [side.decided.before[answer], holds(side.decided.boundaries[index])]

        somebody = inquiry.find(question)
        if somebody is Nobody.NOT_PROVED:
            yield Unproved(kind=kind.name, what=f"whether the clauses can {answer.value} across `{boundary.id}`", place=boundary.place)
        if not isinstance(somebody, Somebody):
            continue
        customer = inquiry.show(somebody, lambda values, answer=answer: _crosses(inquiry, boundary, values, answer))  # type: ignore[misc]
        if customer is None:
            yield not_shown(inquiry, somebody, {**common, "what": f"the clauses can {answer.value} across `{boundary.id}`"}, ())
            continue
        met.append(customer)
        answers.append(answer.value)
    if met:
        clauses = [code.clause for code in inquiry.kind.clauses if code.clause.then.answer.value in answers]
        also = dict.fromkeys(place for each in met for place in places(each, clauses))
        what = f"the clauses can {' and '.join(answers)} across `{boundary.id}`, and only the boundary itself stops it"
        yield Found(**common, what=what, also=tuple(also), customers=tuple(met))  # type: ignore[arg-type]


def _crosses(inquiry: Inquiry, boundary: Boundary, values: Values, answer: Answer) -> bool:
    """Whether the gate says that this boundary certainly holds, for a customer whose clauses gave this answer."""
    verdict = inquiry.trial.verdict(values)
    if not any(signal.id == boundary.id and signal.certain for signal in verdict.signals):
        return False
    fired = {code.clause.then.answer for code in inquiry.kind.clauses if code.clause.id in verdict.fired}
    return answer in fired or (not fired and inquiry.kind.kind.otherwise is answer) or answer is Answer.ASK


# ---- two customers -------------------------------------------------------------------------------------------------


def monotone(inquiry: Inquiry) -> Iterator[Finding]:
    """More of a fact may make the answer stricter only, or milder only."""
    kind = inquiry.kind.kind
    for index, rule in enumerate(kind.monotone):
        fact = inquiry.kind.facts.get(rule["fact"])
        place = inquiry.gate.contract.draft.places.get(f"decisions.{kind.name}.monotone[{index}]", kind.place)
        if fact is None:
            continue  # nothing of this kind reads it from outside
        stricter = rule["up"] == "stricter"

        def wrong(less: Answer, more: Answer, stricter: bool = stricter) -> bool:
            return rank(less) > rank(more) if stricter else rank(more) > rank(less)

        what = f"more `{fact.name}` can get a {'milder' if stricter else 'stricter'} answer, and the contract says that it may not"
        yield from _pair(inquiry, fact, wrong, "monotone", what, place, "say the limit once, in one clause, or drop the rule", ordered=True)


def segments(inquiry: Inquiry) -> Iterator[Finding]:
    """Two customers who differ in nothing but a segment get two answers."""
    wiring = inquiry.gate.contract.draft.wiring
    for segment, source in wiring.segments.items():
        for fact in inquiry.kind.facts.values():
            if fact.source == source:
                what = f"like customers of another {segment} get another answer"
                hint = "treat them alike, or say in the contract why they are not"
                yield from _pair(inquiry, fact, lambda one, other: one is not other, "segment", what, fact.place, hint, ordered=False)


def _pair(inquiry: Inquiry, fact: Fact, wrong: object, code: str, what: str, place: str, hint: str, *, ordered: bool) -> Iterator[Finding]:
    side = inquiry.side(gaps=False)
    kind = inquiry.kind.kind
    if fact.name not in side.customer.given:
        yield Unproved(kind=kind.name, what=f"{what} (`{fact.name}` is {fact.type}, which the solver cannot hold)", place=place)
        return
    other, decided = side.another(f" {code}", [fact.name])
    one, two = side.customer.given[fact.name].value, other.given[fact.name].value
    apart: Truth = (one[0] < two[0] if isinstance(one, tuple) else one < two) if ordered else one != two
    unlike = either(*(both(side.decided.final[a], decided.final[b]) for a in Answer for b in Answer if wrong(a, b)))  # type: ignore[operator]
    model = side.solve.somebody(apart, unlike)
    if model is Nobody.NOT_PROVED:
        yield Unproved(kind=kind.name, what=f"whether {what}", place=place)
    if isinstance(model, Nobody):
        return
    common = {"code": f"prove.{code}", "level": "error", "kind": kind.name, "what": what, "place": place, "hint": hint}
    value = from_model(side.said, model, {fact.name: other.given[fact.name]})[fact.name]

    def claim(values: Values, value: object) -> bool:
        first, second = inquiry.trial.verdict(values).answer, inquiry.trial.verdict({**values, fact.name: value}).answer
        below = not ordered or (fact.name in values and values[fact.name] < value)
        return below and bool(wrong(first, second))  # type: ignore[operator]

    somebody = Somebody(side, model)
    met = inquiry.show(somebody, lambda values: claim(values, value), frozenset((fact.name,)))
    if met is None:
        yield not_shown(inquiry, somebody, common, ())
        return
    yield _as_pair(inquiry, fact, common, somebody, value, claim)


def _as_pair(inquiry: Inquiry, fact: Fact, common: dict[str, str], somebody: Somebody, value: object, claim: object) -> Found:
    """Both customers, the fact in which they differ made plain too."""
    trial, said, model = inquiry.trial, somebody.side.said, somebody.model
    values = shown(trial, said.speech, model, from_model(said, model, somebody.side.customer.given), lambda v: claim(v, value))  # type: ignore[operator]
    assert values is not None
    name = fact.name
    options = nice(trial.turns, fact, values, trial.now)
    pairs = [(low, high) for low in options for high in options if low != high]
    for low, high in pairs:
        if claim({**values, name: low}, high):  # type: ignore[operator]
            values, value = {**values, name: low}, high
            break
    keep = frozenset((name,))
    values = shrunk(trial, values, lambda v: claim(v, value), keep)  # type: ignore[operator]
    matter = mattering(trial, values, lambda v: claim(v, value)) | keep  # type: ignore[operator]
    return Found(**common, customers=(trial.met(values, matter), trial.met({**values, name: value}, matter)))  # type: ignore[arg-type]
