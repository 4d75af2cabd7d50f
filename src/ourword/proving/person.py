"""The way to a person: something that customers can say themselves must lead to one, whatever else is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourword.cel.smt import equal_values
from ourword.cel.smt_terms import Truth, both, either, no
from ourword.contract.model import Fact
from ourword.core.answer import Answer
from ourword.gate.code import Values
from ourword.proving.found import Finding, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.report import reported
from ourword.proving.solve import Nobody

Word = tuple[Fact, Any]
"""A fact that the customer can set, and what it is set to."""


def person(inquiry: Inquiry) -> Iterator[Finding]:
    """Whether the customers who are refused or asked can get to a person, and in so many steps as the contract says."""
    kind = inquiry.kind.kind
    if kind.rights == "human":
        return
    words = _words(inquiry)
    vain: tuple[Word | None, Somebody] | None = None
    for word in words or [None]:  # type: ignore[list-item]
        somebody = inquiry.find(lambda side, word=word: [_kept_from(inquiry, side), *saying(side, word)], gaps=False)  # type: ignore[misc]
        if somebody is Nobody.NOT_PROVED:
            yield Unproved(kind=kind.name, what="whether customers can reach a person", place=kind.place)
            return
        if not isinstance(somebody, Somebody):
            yield from _in_time(inquiry, word)
            return
        vain = vain or (word, somebody)
    if vain is not None:
        yield _in_vain(inquiry, *vain)


def _words(inquiry: Inquiry) -> list[Word]:
    """What a customer can say: yes or no, or one of a few words; what was heard in the conversation first."""
    facts = [fact for fact in inquiry.kind.facts.values() if fact.stated_by == "customer" or heard(fact)]
    found = [(fact, value) for fact in facts for value in ((True, False) if fact.type.name == "bool" else fact.type.members)]
    return sorted(found, key=lambda word: (not heard(word[0]), word[1] is False))


def heard(fact: Fact) -> bool:
    """Whether a fact comes from the conversation."""
    return fact.source.startswith("conversation.")


def saying(side: Side, word: Word | None) -> list[Truth]:
    """That a customer says a word; nothing of none."""
    if word is None:
        return []
    fact, value = word
    term = side.customer.given[fact.name]
    return [both(term.known, equal_values(term.value, side.said.speech.constant(fact.type, value).value, fact.type))]


def _kept_from(inquiry: Inquiry, side: Side) -> Truth:
    """Asked again, or refused with no word that a person would decide again. What the law makes final is no flaw."""
    lifted = [
        held
        for code, held in zip(inquiry.kind.clauses, side.decided.held, strict=True)
        if code.clause.then.answer is Answer.REFUSE and (code.clause.contest is not None or code.clause.final)
    ]
    return either(side.decided.final[Answer.ASK], both(side.decided.final[Answer.REFUSE], no(either(*lifted))))


def _in_vain(inquiry: Inquiry, word: Word | None, somebody: Somebody) -> Finding:
    kind = inquiry.kind.kind

    def claim(values: Values) -> bool:
        if word is not None and (values.get(word[0].name) != word[1] or word[0].name not in values):
            return False
        return inquiry.trial.verdict(values).answer in (Answer.ASK, Answer.REFUSE)

    what = "nothing that a customer can say leads to a person, and some are refused or asked"
    if word is not None and heard(word[0]):
        what = f"nothing that a customer can say leads to a person for certain: not even `{word[0].name}`"
    return reported(
        inquiry,
        somebody,
        claim,
        code="person",
        level="error" if inquiry.gate.contract.draft.relationship.person is not None else "warning",
        what=what,
        place=kind.place,
        hint="add a clause such as `{id: asked-for-a-person, when: asked_human, then: escalate}`, or `contest:` to what refuses",
    )


def _in_time(inquiry: Inquiry, word: Word | None) -> Iterator[Finding]:
    """Where facts are missing the customer is asked first: that is a step more."""
    way = inquiry.gate.contract.draft.relationship.person
    if word is None or way is None or way.steps != 1:
        return
    somebody = inquiry.find(lambda side: [side.decided.final[Answer.ASK], *saying(side, word)])
    if isinstance(somebody, Somebody):
        fact, value = word
        yield reported(
            inquiry,
            somebody,
            lambda values: values.get(fact.name) == value and inquiry.trial.verdict(values).answer is Answer.ASK,
            code="person",
            level="error",
            what=f"a customer who says `{fact.name}` is asked something first: a person is two steps away, and the contract says 1",
            place=inquiry.gate.contract.draft.places.get("relationship.person.steps", inquiry.kind.kind.place),
            hint=f"let `{fact.name}` escalate whatever is missing, or write `steps: 2`",
        )
