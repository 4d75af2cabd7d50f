"""Who is answered otherwise: every pair of answers that some customer meets, with what it is to them; promises lost or won beside the same answer."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.cel.smt_terms import Truth, both, either, no
from ourword.changing.asking import Answer as Found
from ourword.changing.asking import Asking, Known, Perhaps, Question
from ourword.changing.found import Change, Settled, Unproved, Witness
from ourword.changing.order import WAYS, Direction, by_answers
from ourword.changing.pair import Both, Sides
from ourword.changing.people import PEOPLE, PROMISED, Key, people, told
from ourword.changing.said import moved
from ourword.contract.model import PromiseRule
from ourword.core.answer import Answer
from ourword.proving.said import holds

ANSWER, PROMISE, PROPOSAL, PERSON = "answer", "promise", "proposal", "person"


def answers(asking: Asking) -> Iterator[Change | Unproved | Settled]:
    """Every way in which some customer is answered otherwise; at the end, what it is for the kind as a whole."""
    questions = {**_answers(), **_promises(asking), **_proposals(asking), **people(asking)}
    found = asking.settle(questions)
    for about, *rest in [key for key in found if key[0] == PROMISED]:  # what is said of automation's answers is not said again of people's
        if isinstance(found[PROMISE, *rest], Witness):
            del found[about, *rest]
    kind = asking.pair.name
    place = asking.pair.kinds[1].kind.place
    changes = [each for key, answer in found.items() if (each := _change(asking, key, answer)) is not None]
    order = list(Direction)
    yield from sorted(changes, key=lambda each: (order.index(_graver(each.direction)), each.about != ANSWER))
    open_ = [key for key, answer in found.items() if answer is Known.NOT_PROVED]
    if open_:
        yield Unproved(kind=kind, what=_open(open_), place=place)
    certain = dict.fromkeys(each.direction for each in changes if not each.possible)
    yield Settled(kind=kind, directions=tuple(way for way in WAYS if way in certain), proved=not open_ and not any(each.possible for each in changes))


def _graver(way: Direction) -> Direction:
    """Against first: that is what a reader looks for."""
    return {Direction.AGAINST: Direction.TOWARDS, Direction.TOWARDS: Direction.AGAINST}.get(way, way)


def _open(open_: list[Key]) -> str:
    about = {key[0] for key in open_}
    words = [f"whether some customer is answered otherwise ({len(open_)} questions)"] if ANSWER in about else []
    words += ["whether a promise is lost or won"] if PROMISE in about else []
    words += ["whether a person is proposed something else"] if PROPOSAL in about else []
    words += ["whether a person's answers come to the same"] if about & PEOPLE else []
    return ", and ".join(words)


# ---- the questions -------------------------------------------------------------------------------------------------


def _answers() -> dict[Key, Question]:
    """One for each pair of answers and what it is to the customer, as far as the order leaves it open."""
    made: dict[Key, Question] = {}
    for old in Answer:
        for new in Answer:
            by = by_answers(old, new)
            for way in WAYS:
                if by is None or by is way:
                    made[ANSWER, old.value, new.value, way.value] = _answered(old, new, way)
    return made


def _answered(old: Answer, new: Answer, way: Direction) -> Question:
    return Question(
        lambda side: moved(side, old, new, way),
        lambda shown: shown.direction is way and shown.answers == (old.value, new.value),
    )


def _promises(asking: Asking) -> dict[Key, Question]:
    """A promise that one of both contracts makes, to a customer whom both answer alike: what goes with another answer is told there."""
    old, new = ({code.rule.id: code.rule for code in kind.promises} for kind in asking.pair.kinds)
    made: dict[Key, Question] = {}
    for id_ in old.keys() & new.keys():
        made[PROMISE, id_, "lost"] = _promised(old[id_], new[id_], lost=True)
        made[PROMISE, id_, "won"] = _promised(old[id_], new[id_], lost=False)
    return made


def _promised(old: PromiseRule, new: PromiseRule, *, lost: bool) -> Question:
    def truth(side: Sides) -> Truth:
        parts = []
        for answer in Answer:
            one, other = _made(side, 0, old, answer), _made(side, 1, new, answer)
            parts.append(both(moved(side, answer, answer, Direction.NEUTRAL), *((one, no(other)) if lost else (no(one), other))))
        return either(*parts)

    def claim(shown: Both) -> bool:
        before, after = (any(minted.id == old.id for minted in verdict.minted) for verdict in (shown.old, shown.new))
        same = shown.direction is Direction.NEUTRAL and shown.old.answer is shown.new.answer
        return same and (before, after) == ((True, False) if lost else (False, True))

    return Question(truth, claim)


def _made(side: Sides, at: int, rule: PromiseRule, answer: Answer) -> Truth:
    decided, said = (side.old, side.new)[at], side.said[at]
    customer = decided.after if answer in (Answer.AMEND, Answer.ASK) else side.before[at]
    return holds(said.term(rule.when, customer.facts, answer))


def _proposals(asking: Asking) -> dict[Key, Question]:
    """Where people decide on proposals in both contracts: what they are proposed."""
    if any(kind.kind.rights != "propose" for kind in asking.pair.kinds):
        return {}
    going = (Answer.ALLOW, Answer.AMEND, Answer.REFUSE)
    return {(PROPOSAL, old.value, new.value): _proposed(old, new) for old in going for new in going if old is not new}


def _proposed(old: Answer, new: Answer) -> Question:
    return Question(
        lambda side: both(side.old.before[old], side.new.before[new]),
        lambda shown: (shown.old.proposed, shown.new.proposed) == (old, new),
    )


# ---- told ----------------------------------------------------------------------------------------------------------


def _change(asking: Asking, key: Key, answer: Found) -> Change | None:
    if isinstance(answer, Known):
        return None
    way, what, place = _told(asking, key)
    met = answer if isinstance(answer, Witness) else answer.seen
    if isinstance(answer, Perhaps) and not answer.leans_on:
        what = f"the solver and the gates disagree about this customer; the solver said: {what}"
    return Change(
        direction=way,
        about=PROMISE if key[0] == PROMISED else PERSON if key[0] in PEOPLE else key[0],
        kind=asking.pair.name,
        what=what,
        place=place if key[0] in PEOPLE else met.new.place or met.old.place or place,
        customers=(met,),
        possible=isinstance(answer, Perhaps),
        leans_on=answer.leans_on if isinstance(answer, Perhaps) else (),
    )


def _told(asking: Asking, key: Key) -> tuple[Direction, str, str]:
    kind = asking.pair.kinds[1]
    place = kind.kind.place
    if key[0] in PEOPLE:
        return *told(key), place
    match key:
        case (about, old, new, way) if about == ANSWER:
            return Direction(way), _answer_words(old, new, Direction(way)), place
        case (about, old, new) if about == PROPOSAL:
            return Direction.ARGUABLE, f"a person is proposed to {new} what they were proposed to {old}", place
        case (_, id_, "lost"):
            return Direction.AGAINST, f"`{id_}` is not promised any more to some who are answered as before", place
    return Direction.TOWARDS, f"`{key[1]}` is promised to some who were not promised it, and are answered as before", place


_DID = {"allow": "were allowed", "amend": "were given an amended answer", "ask": "were asked", "escalate": "got a person", "refuse": "were refused"}
_DO = {"allow": "are allowed", "amend": "are given an amended answer", "ask": "are asked", "escalate": "get a person", "refuse": "are refused"}


def _answer_words(old: str, new: str, way: Direction) -> str:
    if {old, new} <= {"allow", "amend"}:
        amount = {Direction.TOWARDS: "for more", Direction.AGAINST: "for less"}.get(way, "otherwise")
        return f"some who {_DID[old]} {_DO[new]} {amount}" if old != new else f"some who {_DID[old]} get another one: {amount}"
    return f"some who {_DID[old]} {_DO[new]}"
