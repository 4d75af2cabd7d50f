"""From what a walk has read to the frozen values of `model.py`: each part by name, nothing decided here."""

from __future__ import annotations

from typing import Any

from ourword.cel import types as t
from ourword.contract import model
from ourword.contract.walk import Branch
from ourword.core.answer import Answer


def relationship(at: Branch) -> model.Relationship:
    """What is intended with customers."""
    fairness = at.get("fairness")
    return model.Relationship(
        intent=tuple(model.Intent(say=each["say"], carried_by=tuple(each.get("carried_by", ())), place=each.place) for each in at.get("intent", ())),
        choices=tuple(_choice(name, each) for name, each in at["choices"].items()),
        person=_person_way(at["person"]) if "person" in at else None,
        tell=_telling(at.get("tell", {})),
        segments=tuple(at.get("segments", ())),
        fairness=dict(fairness) if fairness is not None else None,
        holdout=at.get("holdout", 0.0),
    )


def _choice(name: str, at: Branch) -> model.Choice:
    left_open = at.get("open")
    return model.Choice(
        name=name,
        choose=at.get("choose", ""),
        limits={key: at[key] for key in ("give_up", "at_most", "rate") if key in at},
        open=model.Open(by=left_open["by"], until=left_open["until"]) if left_open else None,
        place=at.place,
    )


def _person_way(at: Branch) -> model.WayToAPerson:
    return model.WayToAPerson(steps=at["steps"], wait=at.get("wait"), desk=at["desk"])


def _telling(at: dict[str, Any]) -> model.Telling:
    return model.Telling(
        automated=at.get("automated", ""), reasons=at.get("reasons", 1), what_would_change=at.get("what_would_change", False), cannot=at.get("cannot")
    )


def person(at: Branch) -> model.Person:
    """A person or a desk."""
    return model.Person(
        id=at["id"], name=at.get("name", ""), role=at["role"], contact=at.get("contact", ""), hours=at.get("hours", ""), place=at.place
    )


def incentive(at: Branch) -> model.Incentive:
    """Who is paid for what."""
    return model.Incentive(who=at["who"], paid_for=at["paid_for"], rate=at.get("rate", ""), guarded_by=at.get("guarded_by", ""), place=at.place)


def kind(name: str, at: Branch) -> model.Kind:
    """One kind of decision."""
    return model.Kind(
        name=name,
        question=at["question"],
        owner=at["owner"],
        rights=at["rights"],
        explore=at.get("explore", False),
        objective=at.get("objective"),
        requires=tuple(at.get("requires", ())),
        clauses=tuple(_clause(each) for each in at["clauses"]),
        table=at.get("table"),
        otherwise=Answer(at["otherwise"]),
        never=tuple(model.Boundary(id=each["id"], say=each["say"], when=each["when"], place=each.place) for each in at.get("never", ())),
        monotone=tuple(dict(each) for each in at.get("monotone", ())),
        promises=tuple(_promise(each) for each in at.get("promises", ())),
        escalation=_escalation(at["escalation"]) if "escalation" in at else None,
        targets=tuple(_target(each) for each in at.get("targets", ())),
        examples=tuple(example(each) for each in at.get("examples", ())),
        place=at.place,
    )


def _clause(at: Branch) -> model.Clause:
    return model.Clause(
        id=at["id"],
        say=at["say"],
        when=at["when"],
        then=_then(at["then"]),
        final=at.get("final", False),
        basis=at.get("basis", ""),
        owner=at.get("owner", ""),
        contest=at.get("contest"),
        place=at.place,
    )


def _then(at: str | Branch) -> model.Then:
    if isinstance(at, str):
        return model.Then(answer=Answer(at))
    if "ask" in at:
        return model.Then(answer=Answer.ASK, ask=tuple(at["ask"]))
    return model.Then(answer=Answer.AMEND, amend=tuple(at["amend"].items()))


def _promise(at: Branch) -> model.PromiseRule:
    repair = at.get("repair")
    return model.PromiseRule(
        id=at["id"],
        when=at["when"],
        say=at["say"],
        kept_by=at["kept_by"],
        amount=at.get("amount", ""),
        within=at["within"],
        working=at.get("working", ""),
        repair=dict(repair) if repair is not None else None,
        place=at.place,
    )


def _escalation(at: Branch) -> model.Escalation:
    return model.Escalation(
        to=at["to"], carry=tuple(at.get("carry", ())), if_nobody=tuple((each["after"], each["to"]) for each in at.get("if_nobody", ()))
    )


def _target(at: Branch) -> model.Target:
    bounds = {key: at[key] for key in ("at_least", "at_most", "not_below_holdout_by") if key in at}
    return model.Target(metric=at["metric"], within=at["within"], bounds=bounds, place=at.place)


def example(at: Branch) -> model.Example:
    """A decision and what we expect of it."""
    return model.Example(
        name=at["name"],
        given=dict(at["given"]),
        at=at.get("at"),
        by=at.get("by", ""),
        their_answer=Answer(at["their_answer"]) if "their_answer" in at else None,
        because=at.get("because", ""),
        answer=Answer(at["answer"]),
        decided_by=at.get("decided_by", ""),
        amended=dict(at["amended"]) if "amended" in at else None,
        asked=tuple(at["asked"]) if "asked" in at else None,
        promises=tuple(at["promises"]) if "promises" in at else None,
        place=at.place,
    )


def fact(name: str, at: Branch, type_: t.Type) -> model.Fact:
    """A name that conditions may use."""
    history = None
    if at.get("from") == "history":
        answers = tuple(Answer(each) for each in at.get("answers", ()))
        history = model.History(count=at["count"], answers=answers, within=at["within"])
    return model.Fact(
        name=name,
        type=type_,
        source="" if history else at.get("from", ""),
        fresh_within=at.get("fresh_within"),
        stated_by=at.get("stated_by", ""),
        tell=at.get("tell", ""),
        signed=at.get("signed", False),
        paid_by=at.get("paid_by", ""),
        derived=at.get("is"),
        history=history,
        say=at.get("say"),
        values=dict(at.get("values", {})),
        place=at.place,
    )


def source(at: Branch) -> model.Source:
    """Where proposals or events come from."""
    return model.Source(
        tool=at.get("tool", ""),
        decision=at.get("decision", ""),
        facts=dict(at.get("facts", {})),
        event=at.get("event", ""),
        by=at.get("by", ""),
        heard_within=at.get("heard_within"),
        place=at.place,
    )
