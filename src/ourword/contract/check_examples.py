"""Checks on one example: its facts are known and fit their types, and what it expects can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ourword.contract.flaws import People, error, warning
from ourword.contract.given import fits
from ourword.contract.model import Draft, Example, Flaw, Kind
from ourword.contract.words import listed, meant, shown
from ourword.core.answer import Answer

RESERVED_IDS = ("requires", "otherwise", "rights", "holdout", "work.may", "person")
"""What `decided_by` says where no clause or boundary decided."""

_HINTS = {"duration": "write `2 days`, `3600s`, or the time since when as `2026-11-01T10:00:00Z`; `-2 days` where the fact is `signed: true`"}


def known_fact(name: str, draft: Draft, place: str, called: str) -> Iterator[Flaw]:
    """*name* must be a fact of the wiring."""
    if name not in draft.wiring.facts:
        hint = meant(name, draft.wiring.facts, "declare it under `facts` in the wiring")
        yield error("fact", f"there is no fact {shown(name)}, which is {called} here", place, hint)


def example_flaws(example: Example, kind: Kind, draft: Draft, people: People, path: str, places: Mapping[str, str]) -> Iterator[Flaw]:
    """Give what is wrong with an example; *places* hold where its keys stand, below *path*."""
    yield from _values(example.given, draft, f"{path}.given", places, "given")
    yield from _values(example.amended or {}, draft, f"{path}.amended", places, "amended")
    for name, value in example.given.items():
        fact = draft.wiring.facts.get(name)
        if fact and fact.derived and value is not None:
            hint = f"give the facts that it is worked out from instead: {listed(f'`{each}`' for each in _read_by(fact.derived.text, draft))}"
            yield warning("example", f"`{name}` is worked out: what an example says of it is not read", places[f"{path}.given.{name}"], hint)
    ids = [*(each.id for each in kind.clauses), *(each.id for each in kind.never), *RESERVED_IDS]
    if example.decided_by and example.decided_by not in ids:
        hint = meant(example.decided_by, ids, f"it is one of {listed(ids, joined='or')}")
        yield error("example", f"nothing called {shown(example.decided_by)} decides here", places[f"{path}.decided_by"], hint)
    for index, name in enumerate(example.asked or ()):
        yield from known_fact(name, draft, places[f"{path}.asked[{index}]"], "asked for")
    promises = [each.id for each in kind.promises]
    for index, name in enumerate(example.promises or ()):
        if name not in promises:
            hint = meant(name, promises, f"the promises here: {listed(promises)}" if promises else f"`{kind.name}` promises nothing")
            yield error("example", f"there is no promise {shown(name)}", places[f"{path}.promises[{index}]"], hint)
    if example.amended and example.answer not in (Answer.AMEND, Answer.ASK):
        hint = "only `amend`, and `ask` before it, change facts: take `amended` out, or expect `answer: amend`"
        yield error("example", f"nothing is amended where the answer is {example.answer.value}", places[f"{path}.amended"], hint)
    yield from _somebody(example, people, path, places)


def _values(values: Mapping[str, object], draft: Draft, path: str, places: Mapping[str, str], called: str) -> Iterator[Flaw]:
    for name, value in values.items():
        here = places[f"{path}.{name}"]
        yield from known_fact(name, draft, here, called)
        fact = draft.wiring.facts.get(name)
        if fact and not fits(value, fact.type, signed=fact.signed):
            yield error("example", f"{shown(str(value))} is no {fact.type}", here, _HINTS.get(fact.type.name, "write it as a proposal would hold it"))


def _read_by(text: str, draft: Draft) -> list[str]:
    return [name for name in draft.wiring.facts if re.search(rf"\b{name}\b", text)]


def _somebody(example: Example, people: People, path: str, places: Mapping[str, str]) -> Iterator[Flaw]:
    if not example.by:
        for key in ("their_answer", "because"):
            if getattr(example, key):
                yield error("example", f"`{key}` is a person's, and automation answers here", places[f"{path}.{key}"], "add `by: person`")
        return
    if example.by != "person":
        yield from people.anyone(example.by, places[f"{path}.by"], "who answers")
    if example.their_answer is None:
        yield error("example", "a person answers, and their answer is not there", places[f"{path}.by"], "add `their_answer:`")
