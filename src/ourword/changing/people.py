"""Whom a person answers: what is written for them to hold their answer beside, what they are let through with, what is promised then.

A person may answer any customer, whatever the kind's rights are. Asked is the same answer under both contracts, by somebody at the
desk who gives a reason: whether it goes out or goes to the owner, what it is compared with, which promises it makes.
"""

from __future__ import annotations

from ourword.cel.smt_terms import Truth, both, either, no
from ourword.changing.asking import DEAR_MAX, Asking, Question
from ourword.changing.order import DONE, WAYS, Direction
from ourword.changing.pair import Both, Sides
from ourword.changing.said import moved
from ourword.contract.model import PromiseRule
from ourword.core.answer import Answer
from ourword.proving.said import holds

WRITTEN, LET, PROMISED = "written", "let through", "promised by a person"
PEOPLE = frozenset((WRITTEN, LET, PROMISED))
Key = tuple[str, ...]
_BY_PEOPLE = (Answer.ALLOW, Answer.AMEND, Answer.ASK, Answer.REFUSE)
_WAYS = {Answer.ALLOW: Direction.TOWARDS, Answer.REFUSE: Direction.AGAINST}
"""What it is to the customer that a person's answer goes out which went to the owner; of the others nobody can say."""


def people(asking: Asking) -> dict[Key, Question]:
    """All questions about people's answers."""
    proposing = all(kind.kind.rights == "propose" for kind in asking.pair.kinds)  # what is written there is arguable, as what is proposed is
    ways = {Direction.ARGUABLE: WAYS} if proposing else {way: (way,) for way in WAYS}
    made: dict[Key, Question] = {(WRITTEN, way.value): _written(those) for way, those in ways.items()}
    if _held_anywhere(asking):
        made |= {(LET, answer.value, way): _let(answer, out=way == "out") for answer in _BY_PEOPLE for way in ("out", "held")}
    old, new = ({code.rule.id: code.rule for code in kind.promises} for kind in asking.pair.kinds)
    for id_ in old.keys() & new.keys():
        made |= {(PROMISED, id_, way): _promised(old[id_], new[id_], lost=way == "lost") for way in ("lost", "won")}
    return made


def told(key: Key) -> tuple[Direction, str]:
    """What a customer who answers a question shows, and what it is to them."""
    match key:
        case ("written", way):
            return Direction(way), f"what is written for a person who answers is {_OTHERWISE[Direction(way)]}, for some"
        case ("let through", answer, way):
            out = way == "out"
            direction = _WAYS.get(Answer(answer), Direction.ARGUABLE)
            what = f"a person may {answer} some where it went to the owner" if out else f"some whom a person might {answer} go to the owner first"
            return direction if out else direction.turned, what
        case (_, id_, "lost"):
            return Direction.AGAINST, f"`{id_}` is not promised any more to some whom a person answers as before"
    return Direction.TOWARDS, f"`{key[1]}` is promised to some who were not promised it, and whom a person answers as before"


_OTHERWISE = {Direction.AGAINST: "less", Direction.TOWARDS: "more", Direction.ARGUABLE: "something else"}


# ---- what is written ---------------------------------------------------------------------------------------------------


def _written(ways: tuple[Direction, ...]) -> Question:
    """For those who get a person in both contracts: what becomes of the others is told by their answers."""

    def truth(side: Sides) -> Truth:
        given = side.written
        calls = both(side.old.final[Answer.ESCALATE], side.new.final[Answer.ESCALATE])
        return both(calls, no(_proposed(side)), either(*(moved(side, old, new, way, given) for way in ways for old in Answer for new in Answer)))

    def claim(shown: Both) -> bool:
        proposals = (shown.old.proposed, shown.new.proposed)
        told = None not in proposals and proposals[0] is not proposals[1]
        return shown.answers == ("escalate", "escalate") and not told and shown.written in ways

    return Question(truth, claim, most=DEAR_MAX)


def _proposed(side: Sides) -> Truth:
    """Something else is proposed to a person: that is told by itself, as arguable."""
    if any(kind.kind.rights != "propose" for kind in side.pair.kinds):
        return False
    going = (Answer.ALLOW, Answer.AMEND, Answer.REFUSE)
    return either(*(both(side.old.before[old], side.new.before[new]) for old in going for new in going if old is not new))


# ---- what is let through -----------------------------------------------------------------------------------------------


def _held_anywhere(asking: Asking) -> bool:
    """Whether either contract holds any person's answer back."""
    name = asking.pair.name
    limits = [name in gate.contract.draft.work_may for gate in asking.pair.gates]
    return any(limits) or any(kind.boundaries or kind.masks["final"] for kind in asking.pair.kinds)


def _let(answer: Answer, *, out: bool) -> Question:
    """An answer that goes out in one contract only; with an amendment only where an allowance is not let through alike."""
    before, after = (0, 1) if out else (1, 0)

    def truth(side: Sides) -> Truth:
        lets = both(_held(side, before, answer), no(_held(side, after, answer)))
        beside = both(_held(side, before, Answer.ALLOW), no(_held(side, after, Answer.ALLOW))) if answer is Answer.AMEND else False
        return both(lets, no(beside))

    def claim(shown: Both) -> bool:
        return _lets(shown, answer) and not (answer is Answer.AMEND and _lets(shown, Answer.ALLOW))

    def _lets(shown: Both, given: Answer) -> bool:
        verdicts = shown.person(given)
        return verdicts[before].answer is Answer.ESCALATE and verdicts[after].answer is given

    return Question(truth, claim, most=DEAR_MAX)


def _held(side: Sides, at: int, answer: Answer) -> Truth:
    """A person's answer goes to the owner: a boundary, a final refusal, more than the desk may give."""
    said, (hot, after) = side.said[at], side.written[at]
    crossed = []
    for code in said.kind.boundaries:
        term = said.term(code.boundary.when, after.facts, answer)
        crossed.append(either(no(term.known), term.value))
    if answer not in DONE:
        return either(*crossed)
    final = [code.clause.when for code in said.kind.clauses if code.clause.final]
    lifted = either(*(holds(said.term(when, customer.facts)) for when in final for customer in (side.before[at], after)))
    return either(*crossed, both(hot[Answer.REFUSE], lifted), _above(side, at, answer))


def _above(side: Sides, at: int, answer: Answer) -> Truth:
    """More than a person at the desk may give, beyond what automation itself would."""
    said, (_, after) = side.said[at], side.written[at]
    limit = said.contract.draft.work_may.get(side.pair.name)
    if limit is None:
        return False
    amounts = [after.facts.terms[name] for name, fact in said.kind.facts.items() if fact.type.name == "money" and fact.source.startswith("proposal.")]
    more = either(*(either(no(term.known), term.value[0] > limit.minor) for term in amounts))
    return both(no((side.old, side.new)[at].before[answer]), more)


# ---- what is promised --------------------------------------------------------------------------------------------------


def _promised(old: PromiseRule, new: PromiseRule, *, lost: bool) -> Question:
    """The same answer of a person goes out in both contracts, or stays with people, and the promise is made in one only."""

    def truth(side: Sides) -> Truth:
        parts = []
        for answer in Answer:
            one, other = (
                holds(said.term(rule.when, side.written[at][1].facts, answer))
                for at, (said, rule) in enumerate(zip(side.said, (old, new), strict=True))
            )
            out = True if answer is Answer.ESCALATE else both(*(no(_held(side, at, answer)) for at in (0, 1)))
            parts.append(both(out, *((one, no(other)) if lost else (no(one), other))))
        return either(*parts)

    def claim(shown: Both) -> bool:
        return any(_differs(shown, answer) for answer in Answer)

    def _differs(shown: Both, answer: Answer) -> bool:
        before, after = (old.id in each for each in shown.promised(answer))
        return all(each.answer is answer for each in shown.person(answer)) and (before, after) == ((True, False) if lost else (False, True))

    return Question(truth, claim, most=DEAR_MAX)
