"""Checks on the wiring: one contract, facts that make sense, sources that name what exists."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.contract.check_examples import known_fact
from ourword.contract.flaws import error
from ourword.contract.model import Draft, Fact, Flaw
from ourword.contract.words import meant, shown


def flaws(draft: Draft) -> Iterator[Flaw]:
    """Give what is wrong with the wiring, and with what the contract expects of it."""
    wiring = draft.wiring
    if wiring.contract != draft.name:
        what = f"the wiring is for {shown(wiring.contract)}, the contract is {shown(draft.name)}"
        yield error("wiring", what, draft.places["wiring.contract"], f"write `contract: {draft.name}`, or hand over the right file")
    for fact in wiring.facts.values():
        yield from _fact(fact, draft, f"wiring.facts.{fact.name}")
    yield from _segments(draft)
    yield from _sources(draft)
    yield from _work(draft)


def _fact(fact: Fact, draft: Draft, path: str) -> Iterator[Flaw]:
    if fact.tell == "never" and fact.stated_by == "customer":
        yield error(
            "tell-never",
            f"the customer states `{fact.name}`, so it cannot be kept from the customer",
            draft.places[f"{path}.tell"],
            "remove one of `tell` and `stated_by`",
        )
    if fact.paid_by and fact.type.name != "money":
        yield error("paid-by", f"`{fact.name}` is {fact.type}: only money is paid", draft.places[f"{path}.paid_by"], "remove `paid_by`")
    if fact.signed and fact.type.name not in ("money", "duration"):
        yield error(
            "signed",
            f"`signed` on `{fact.name}`, which is {fact.type}",
            draft.places[f"{path}.signed"],
            "remove it: only money and durations are kept from being negative",
        )
    if fact.derived and (fact.fresh_within or fact.stated_by):
        key = "fresh_within" if fact.fresh_within else "stated_by"
        yield error(
            "derived", f"`{key}` on `{fact.name}`, which is derived", draft.places[f"{path}.{key}"], "write it on the facts that it is derived from"
        )
    for key, span in (("fresh_within", fact.fresh_within), ("within", fact.history and fact.history.within)):
        if span and span.nanoseconds is None:
            what = f"`{key}` on `{fact.name}` is {span}, which has no exact length"
            yield error("span", what, draft.places[f"{path}.{key}"], "write it in weeks, days, hours, minutes or seconds")
    if fact.history:
        yield from _history(fact, draft, path)


def _history(fact: Fact, draft: Draft, path: str) -> Iterator[Flaw]:
    assert fact.history
    if fact.type.name != "int":
        yield error("history", f"`{fact.name}` counts decisions and is {fact.type}", draft.places[f"{path}.type"], "write `type: int`")
    if fact.fresh_within or fact.stated_by:
        key = "fresh_within" if fact.fresh_within else "stated_by"
        yield error("history", f"`{key}` on `{fact.name}`, which our own record gives", draft.places[f"{path}.{key}"], "remove it")
    yield from _kind(fact.history.count, draft, f"{path}.count")


def _kind(name: str, draft: Draft, path: str) -> Iterator[Flaw]:
    if name not in draft.kinds:
        hint = meant(name, draft.kinds, "name a kind under `decisions` in the contract")
        yield error("kind", f"the contract has no decision {shown(name)}", draft.places[path], hint)


def _segments(draft: Draft) -> Iterator[Flaw]:
    for index, name in enumerate(draft.relationship.segments):
        if name not in draft.wiring.segments:
            hint = meant(name, draft.wiring.segments, f"add `{name}: customer.{name}` to `segments` in the wiring")
            yield error(
                "segment",
                f"the wiring does not say where the segment {shown(name)} comes from",
                draft.places[f"relationship.segments[{index}]"],
                hint,
            )


def _sources(draft: Draft) -> Iterator[Flaw]:
    for index, source in enumerate(draft.wiring.sources):
        path = f"wiring.sources[{index}]"
        if source.tool and not source.decision:
            yield error("source", f"the tool `{source.tool}` proposes no decision", source.place, "add `decision: <kind>`")
        if source.event and (source.decision or source.facts):
            yield error("source", f"the event `{source.event}` proposes nothing", source.place, "remove `decision` and `facts`, or write `tool:`")
        if source.decision:
            yield from _kind(source.decision, draft, f"{path}.decision")
        for name in source.facts:
            yield from known_fact(name, draft, draft.places[f"{path}.facts.{name}"], "stated")


def _work(draft: Draft) -> Iterator[Flaw]:
    facts = draft.wiring.facts
    proposed = {fact.type.currency for fact in facts.values() if fact.type.name == "money" and fact.source.startswith("proposal.")}
    for name, amount in draft.work_may.items():
        path = f"work.may.{name}"
        yield from _kind(name, draft, path)
        if amount.currency not in proposed:
            what = f"no money in {amount.currency} is proposed: nothing can be compared with this amount"
            yield error("work", what, draft.places[path], f"write `from: proposal.…` on a `money({amount.currency})` fact, or another currency")
    for index, name in enumerate(draft.trained_for):
        path = f"work.trained_for[{index}]"
        yield from known_fact(name, draft, draft.places[path], "a reason for a trained person")
        if name in facts and facts[name].type.name != "bool":
            yield error(
                "work", f"`{name}` is {facts[name].type}, which is not true or false", draft.places[path], "name a bool fact, derived if need be"
            )
