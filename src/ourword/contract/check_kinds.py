"""Checks on each kind of decision: owner, ids, clauses, promises, the way to a person, targets, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from ourword.contract.check_examples import RESERVED_IDS, example_flaws, known_fact
from ourword.contract.check_relationship import days
from ourword.contract.flaws import People, error, note, twice, warning
from ourword.contract.metrics import CUSTOMER_SIDE, KNOWN, LONG_TERM_DAYS
from ourword.contract.model import DUE, Clause, Draft, Fact, Flaw, Kind, PromiseRule
from ourword.contract.said_times import agrees, times_in
from ourword.contract.words import listed, meant, shown
from ourword.core.answer import Answer

ORDERED = ("int", "uint", "double", "money", "duration", "timestamp")
SAYABLE = ("bool", "int", "uint", "double", "string", "enum", "money", "duration", "timestamp")

_HOLE = re.compile(r"\{([^{}\s]{1,80})\}")


def holes(text: str) -> list[str]:
    """Give the facts that a promise's words leave room for.

    >>> holes("{amount} back within 5 working days")
    ['amount']
    """
    return _HOLE.findall(text)


def flaws(draft: Draft, people: People) -> Iterator[Flaw]:
    """Give what is wrong with the kinds, conditions apart."""
    if not draft.kinds:
        yield error("empty", "no kind of decision is declared", draft.places["decisions"], "add one, for example `refund:`")
    for kind in draft.kinds.values():
        yield from _kind(kind, draft, people)
    yield from _unheard(draft)
    yield from _working_days(draft)


def _kind(kind: Kind, draft: Draft, people: People) -> Iterator[Flaw]:
    path = f"decisions.{kind.name}"
    yield from people.owner(kind.owner, draft.places[f"{path}.owner"], f"the owner of `{kind.name}`")
    yield from _explore(kind, draft, path)
    yield from _ids(kind, draft, path)
    for index, name in enumerate(kind.requires):
        yield from known_fact(name, draft, draft.places[f"{path}.requires[{index}]"], "required")
    for index, clause in enumerate(kind.clauses):
        yield from _clause(clause, draft, people, f"{path}.clauses[{index}]")
    for index, rule in enumerate(kind.monotone):
        yield from _monotone(rule["fact"], draft, f"{path}.monotone[{index}].fact")
    for index, promise in enumerate(kind.promises):
        yield from _promise(promise, draft, people, f"{path}.promises[{index}]")
    yield from _escalation(kind, draft, people, path)
    yield from _targets(kind, draft, path)
    for index, example in enumerate(kind.examples):
        yield from example_flaws(example, kind, draft, people, f"{path}.examples[{index}]", draft.places)


def _explore(kind: Kind, draft: Draft, path: str) -> Iterator[Flaw]:
    if kind.explore and re.search(r"pric|approv", kind.name.lower()):
        hint = "remove `explore`: customers are not given prices or approvals by chance"
        yield error("explore", f"`{kind.name}` may not explore", draft.places[f"{path}.explore"], hint)
    elif kind.explore and not draft.relationship.holdout:
        yield note(
            "explore", f"`{kind.name}` explores, but there is no holdout", draft.places[f"{path}.explore"], "add `holdout: 2%` to `relationship`"
        )


def _ids(kind: Kind, draft: Draft, path: str) -> Iterator[Flaw]:
    clauses = [(clause.id, draft.places[f"{path}.clauses[{index}].id"]) for index, clause in enumerate(kind.clauses)]
    bounds = [(bound.id, draft.places[f"{path}.never[{index}].id"]) for index, bound in enumerate(kind.never)]
    promises = [(promise.id, draft.places[f"{path}.promises[{index}].id"]) for index, promise in enumerate(kind.promises)]
    yield from twice([*clauses, *bounds], "the clause or boundary")
    yield from twice(promises, "the promise")
    for name, place in (*clauses, *bounds, *promises):
        if name in RESERVED_IDS:
            what = f"the id `{name}` is kept for the gate's own words in `decided_by`"
            yield error("reserved", what, place, f"choose an id other than {listed(RESERVED_IDS, joined='or')}")


# ---- clauses -------------------------------------------------------------------------------------------------------


def _clause(clause: Clause, draft: Draft, people: People, path: str) -> Iterator[Flaw]:
    for index, name in enumerate(clause.then.ask):
        here = f"{path}.then.ask[{index}]"
        yield from known_fact(name, draft, draft.places[here], "asked for")
        if name in draft.wiring.facts:
            yield from _asked(draft.wiring.facts[name], draft.places[here])
    for name, _ in clause.then.amend:
        here = f"{path}.then.amend.{name}"
        yield from known_fact(name, draft, draft.places[here], "amended")
        if name in draft.wiring.facts:
            yield from _amended(draft.wiring.facts[name], draft.places[here])
    for hole in (hole for text in clause.say.values() for hole in holes(text) if hole.isidentifier()):
        hint = "say it without the braces; only promises have room for facts"
        yield error("say", f"customers would read {shown('{' + hole + '}')} as it stands", draft.places[f"{path}.say"], hint)
    yield from _final(clause, draft, people, path)


def _asked(fact: Fact, place: str) -> Iterator[Flaw]:
    if fact.derived or fact.history:
        yield error("ask", f"`{fact.name}` is worked out, not stated: nobody can be asked for it", place, "ask for a fact that it is worked out from")
    if fact.tell == "never":
        yield error("tell-never", f"asking for `{fact.name}` tells of it, and it is `tell: never`", place, "escalate instead")


def _amended(fact: Fact, place: str) -> Iterator[Flaw]:
    if fact.derived or fact.history:
        yield error("amend", f"`{fact.name}` is worked out, not proposed: it cannot be amended", place, "amend a fact of the proposal")
    if fact.tell == "never":
        yield error("tell-never", f"an amended `{fact.name}` is told, and it is `tell: never`", place, "amend another fact, or escalate")


def _final(clause: Clause, draft: Draft, people: People, path: str) -> Iterator[Flaw]:
    if clause.owner:
        yield from people.owner(clause.owner, draft.places[f"{path}.owner"], f"the owner of `{clause.id}`")
    if not clause.final:
        return
    if clause.then.answer is not Answer.REFUSE:
        yield error(
            "final", f"`{clause.id}` is final but does not refuse", draft.places[f"{path}.final"], "only a refusal can be final: write `then: refuse`"
        )
    missing = [key for key in ("basis", "owner") if not getattr(clause, key)]
    if missing:
        what = f"the final refusal `{clause.id}` has no {listed(missing)}"
        yield error(
            "final", what, draft.places[f"{path}.final"], "a refusal that no person can lift names its `basis:` (a law or duty) and its `owner:`"
        )


def _monotone(name: str, draft: Draft, path: str) -> Iterator[Flaw]:
    yield from known_fact(name, draft, draft.places[path], "monotone")
    fact = draft.wiring.facts.get(name)
    if fact and fact.type.name not in ORDERED:
        yield error(
            "monotone", f"`{name}` is {fact.type}, which has no more or less", draft.places[path], f"only {listed(ORDERED, joined='or')} grow"
        )


# ---- promises and the way to a person ------------------------------------------------------------------------------


def _promise(promise: PromiseRule, draft: Draft, people: People, path: str) -> Iterator[Flaw]:
    named = list(dict.fromkeys(hole for text in promise.say.values() for hole in holes(text)))
    for name in named:
        if name != DUE:
            yield from known_fact(name, draft, draft.places[f"{path}.say"], "promised")
        if name in draft.wiring.facts:
            yield from _said(draft.wiring.facts[name], draft.places[f"{path}.say"])
    if promise.working:
        yield from people.desk(promise.working, draft.places[f"{path}.working"], "whose hours count")
    for text in promise.say.values():
        told = list(times_in(text))
        if told and not any(agrees(each, promise.within) for each in told):
            what = f"`{promise.id}` says `{told[0]}`, and is due within {promise.within}: the customer hears the one, and is held to the other"
            yield warning("promise-time", what, draft.places[f"{path}.say"], "say the time that `within` has, or `{due}`, which prints it")
    facts = draft.wiring.facts
    money = [name for name in named if name in facts and facts[name].type.name == "money"]
    if promise.amount and len(money) != 1:
        found = f"says {len(money)} amounts" if money else "says no amount"
        hint = "write the one amount into `say`, for example `{amount}`"
        yield error("promise", f"`{promise.id}` compares amounts and {found}", draft.places[f"{path}.amount"], hint)


def _said(fact: Fact, place: str) -> Iterator[Flaw]:
    if fact.tell == "never":
        yield error("tell-never", f"the promise says `{fact.name}`, which is `tell: never`", place, "promise without it")
    elif fact.type.name not in SAYABLE:
        yield error(
            "promise",
            f"`{fact.name}` is {fact.type}, which cannot be said in a sentence",
            place,
            f"say a fact of type {listed(SAYABLE, joined='or')}",
        )


def _escalation(kind: Kind, draft: Draft, people: People, path: str) -> Iterator[Flaw]:
    if kind.escalation is None:
        hint = "add `escalation: {to: <desk>}`"
        yield error("way-to-a-person", f"`{kind.name}` has no way to a person", kind.place, hint)
        return
    yield from people.anyone(kind.escalation.to, draft.places[f"{path}.escalation.to"], f"where `{kind.name}` escalates to")
    for index, (_, name) in enumerate(kind.escalation.if_nobody):
        yield from people.anyone(name, draft.places[f"{path}.escalation.if_nobody[{index}].to"], "who is next when nobody answers")


def _unheard(draft: Draft) -> Iterator[Flaw]:
    events = {source.event for source in draft.wiring.sources}
    for name, kind in draft.kinds.items():
        for index, promise in enumerate(kind.promises):
            if promise.kept_by not in events:
                what = f"no source sends `{promise.kept_by}`: when nothing is heard, `{promise.id}` counts as broken, never as unknown"
                hint = f"add `{{event: {promise.kept_by}, heard_within: 1 day}}` to `sources` in the wiring"
                near = get_close_matches(promise.kept_by, events, n=1, cutoff=0.8)
                # Nearly the name of an event that is sent: a slip of the pen, which would break every one of these promises.
                yield (warning if near else note)(
                    "source", what, draft.places[f"decisions.{name}.promises[{index}].kept_by"], f"did you mean `{near[0]}`?" if near else hint
                )


def _working_days(draft: Draft) -> Iterator[Flaw]:
    spans = [
        (f"decisions.{kind.name}.promises[{index}].within", promise.within)
        for kind in draft.kinds.values()
        for index, promise in enumerate(kind.promises)
    ]
    for path, span in spans:
        if span.unit == "working day" and not draft.holidays:
            yield note(
                "holidays", "Monday to Friday count as working days, public holidays too", draft.places[path], "name the country: `holidays: DE`"
            )
            return


# ---- targets -------------------------------------------------------------------------------------------------------


def _targets(kind: Kind, draft: Draft, path: str) -> Iterator[Flaw]:
    for index, target in enumerate(kind.targets):
        if target.metric not in KNOWN:
            hint = meant(target.metric, KNOWN, f"the known ones are {listed(KNOWN, most=30)}")
            yield warning(
                "metric", f"nothing measures {shown(target.metric)}: it will never be proved", draft.places[f"{path}.targets[{index}].metric"], hint
            )
        if len(target.bounds) != 1:
            hint = "write one of `at_least:`, `at_most:` and `not_below_holdout_by:`"
            yield error(
                "target", f"the target for `{target.metric}` has {len(target.bounds) or 'no'} bound{'s' if target.bounds else ''}", target.place, hint
            )
        if "not_below_holdout_by" in target.bounds and not (kind.explore and draft.relationship.holdout):
            hint = "add `holdout: 2%` to `relationship` and `explore: true` here"
            yield warning("target", f"`{target.metric}` is compared with a holdout that `{kind.name}` does not have", target.place, hint)
    if not any(target.metric in CUSTOMER_SIDE and days(target.within) >= LONG_TERM_DAYS for target in kind.targets):
        what = f"`{kind.name}` has no long-term target on the customer's side"
        hint = f"add for example `{{metric: stayed_customer, within: 180 days, at_least: 0.9}}`: {LONG_TERM_DAYS} days or more"
        yield error("long-term", what, draft.places.get(f"{path}.targets", kind.place), hint)
