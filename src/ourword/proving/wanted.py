"""Whether what is signed of the way to a person is anybody's to keep: who asks for one is handed to one, and waits no longer than is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ourword.cel.smt_terms import Truth, both, either, no
from ourword.contract.model import Draft, Fact
from ourword.contract.words import listed
from ourword.core.answer import Answer
from ourword.gate.code import KindGate, Values
from ourword.proving.found import Finding, Found, Unproved
from ourword.proving.inquiry import Inquiry, Side, Somebody
from ourword.proving.person import heard, saying
from ourword.proving.report import reported
from ourword.proving.solve import Nobody

_WISH = re.compile(r"human|person|agent|staff|operator|mensch|mitarbeiter|humain|conseiller|persona")
JOINED = "human.joined"
"""The event by which it is seen that a person answered."""


def wanted(inquiry: Inquiry) -> Iterator[Finding]:
    """Whether a customer who is heard to ask for a person is handed to one, whatever else is known, but for what the law makes final."""
    kind, draft = inquiry.kind.kind, inquiry.gate.contract.draft
    wishes = _wishes(draft)
    if draft.relationship.person is None or kind.rights != "autonomous" or not wishes:
        return
    read: list[Fact | None] = [fact for fact in wishes if fact.name in inquiry.kind.facts]
    seen: tuple[Fact | None, Somebody] | None = None
    for fact in read or [None]:
        somebody = inquiry.find(lambda side, word=fact and (fact, True): [_kept(inquiry, side), *saying(side, word)], gaps=False)  # type: ignore[misc]
        if somebody is Nobody.NOT_PROVED:
            yield Unproved(kind=kind.name, what="whether who asks for a person is handed to one", place=kind.place)
            return
        if not isinstance(somebody, Somebody):
            return
        seen = seen or (fact, somebody)
    if seen is not None:
        yield _unkept(inquiry, wishes, *seen)


def _wishes(draft: Draft) -> list[Fact]:
    """Facts by which it is heard that a customer wants a person: by their names, or as some clause hands over on nothing else."""
    alone = {each.when.text.strip() for kind in draft.kinds.values() for each in kind.clauses if each.then.answer is Answer.ESCALATE}
    return [
        fact for fact in draft.wiring.facts.values() if heard(fact) and fact.type.name == "bool" and (fact.name in alone or _WISH.search(fact.name))
    ]


def _kept(inquiry: Inquiry, side: Side) -> Truth:
    """Decided by automation; what the law makes final no person could lift."""
    final = [held for code, held in zip(inquiry.kind.clauses, side.decided.held, strict=True) if code.clause.final]
    return both(no(side.decided.final[Answer.ESCALATE]), no(either(*final)))


def _unkept(inquiry: Inquiry, wishes: Sequence[Fact], fact: Fact | None, somebody: Somebody) -> Finding:
    kind = inquiry.kind.kind

    def claim(values: Values) -> bool:
        return (fact is None or values.get(fact.name) is True) and inquiry.trial.verdict(values).answer is not Answer.ESCALATE

    name = fact.name if fact is not None else wishes[0].name
    what = f"the contract says that who wants a person reaches one, and `{name}` {'is not read here' if fact is None else 'does not lead to one'}"
    return reported(
        inquiry,
        somebody,
        claim,
        code="unkept",
        level="warning",
        what=what,
        place=kind.place,
        also=(inquiry.gate.contract.draft.places["relationship.person.steps"],),
        hint=f"add `{{id: asked-for-a-person, say: You asked for a person., when: {name}, then: escalate}}`",
    )


def words_only(draft: Draft, kinds: Sequence[KindGate]) -> Iterator[Found]:
    """What is said of the way to a person and nothing in the contract enforces: notes, for those who sign."""
    way = draft.relationship.person
    if way is None or not kinds:
        return
    deaf = [each.kind.name for each in kinds if each.kind.rights == "autonomous"] if not _wishes(draft) else []
    if deaf:
        yield _note(
            draft,
            deaf[0],
            "steps",
            f"words only: that who wants a person reaches one. No fact tells that a customer asks for one, in {_named(deaf)}",
            "hear it: a fact such as `asked_human: {type: bool, from: conversation.asked_human}`, and a clause that escalates on it",
        )
    if way.wait is None:
        return
    most = way.wait.nanoseconds
    late = [
        each.kind.name
        for each in kinds
        if not any(rule.rule.kept_by == JOINED and most is not None and (rule.rule.within.nanoseconds or most + 1) <= most for rule in each.promises)
    ]
    if late:
        yield _note(
            draft,
            late[0],
            "wait",
            f"words only: that a person answers within {way.wait}. No promise holds anybody to it, in {_named(late)}",
            f"promise it where the answer is escalate: `kept_by: {JOINED}, within: {way.wait}`, with `working:` the desk",
        )


def _named(kinds: Sequence[str]) -> str:
    return listed([f"`{each}`" for each in kinds], most=6)


def _note(draft: Draft, kind: str, key: str, what: str, hint: str) -> Found:
    place = draft.places[f"relationship.person.{key}"]
    return Found(code="prove.unkept", level="note", kind=kind, what=what, place=place, hint=hint)
