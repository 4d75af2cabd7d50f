"""Two files' bytes into a `Draft`: every key known, every value of its type, everything with its place."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

import msgspec

from ourword.cel import types as t
from ourword.contract import build, model
from ourword.contract.given import given_value
from ourword.contract.keys import CONTRACT_SHAPE, WIRING_SHAPE
from ourword.contract.lowered import Tables, lowered, no_tables
from ourword.contract.source import Mapping, Scalar, tree
from ourword.contract.typetext import SIMPLE, Misspelt, names_in, type_from_text
from ourword.contract.walk import Branch, Walk, languages_of
from ourword.contract.words import listed, shown
from ourword.core.canonical import canonical
from ourword.errors import ContractError

RECORD_SIZE_MAX = 2_000
"""Records that double at every level (`a: {x: b, y: b}`, …) would make a type of 2^64 parts out of one page."""


def read(
    contract_text: bytes,
    wiring_text: bytes,
    *,
    contract_place: str = "contract.yaml",
    wiring_place: str = "wiring.yaml",
    tables: Tables = no_tables,
) -> model.Draft:
    """Read a contract and its wiring; the first thing that cannot be read raises a `ContractError` with place and hint.

    *tables* gives the bytes of a decision table's file by its name, and where it lies.

    >>> read(b"{ourword: 1, relations: {}}", b"")
    Traceback (most recent call last):
    ourword.errors.ContractError: contract.yaml:1:14: there is no key `relations` in the contract
      hint: did you mean `relationship`?
    """
    root = _whole(contract_text, contract_place)
    walk = Walk(languages_of(root))
    contract, contract_form = walk.read(root, CONTRACT_SHAPE, "")
    below = Walk(walk.languages, "wiring.", walk.places, walk.unread)
    wired, wiring_form = below.read(_whole(wiring_text, wiring_place), WIRING_SHAPE, "")
    _exclusive(contract, wired, walk.places)
    wiring = _wiring(wired, walk.places)
    files = lowered(contract, contract_form, wiring, walk, tables)
    draft = _draft(contract, wiring, walk, canonical({"contract": contract_form, "wiring": wiring_form}))
    return msgspec.structs.replace(draft, tables=files) if files else draft


def _whole(text: bytes, place: str) -> Mapping:
    """A file's tree; one of a newer format is refused before its keys are looked at."""
    root = tree(text, file=place)
    format_ = root.entries["ourword"][1] if "ourword" in root.entries else None
    if isinstance(format_, Scalar) and format_.text.isdecimal() and format_.text != "1":
        raise _error(
            "format", f"the file has format {shown(format_.text)}; this Ourword reads format 1", str(format_.start), "install a newer Ourword"
        )
    return root


def _draft(at: Branch, wiring: model.Wiring, walk: Walk, form: bytes) -> model.Draft:
    work = at.get("work", {})
    return model.Draft(
        name=at["contract"],
        version=at["version"],
        status=at["status"],
        since=at.get("from"),
        zone=at["zone"],
        languages=walk.languages,
        phrases={language: dict(said) for language, said in at.get("phrases", {}).items()},
        keep=at.get("keep"),
        holidays=at.get("holidays", ""),
        relationship=build.relationship(at["relationship"]),
        people=tuple(build.person(each) for each in at["people"]),
        answerable=dict(at["answerable"]),
        incentives=tuple(build.incentive(each) for each in at.get("incentives", ())),
        changes=dict(at["changes"]) if "changes" in at else None,
        work_may=dict(work.get("may", {})),
        hard_in_a_row=work.get("hard_in_a_row"),
        trained_for=tuple(work.get("trained_for", ())),
        exit=dict(at["exit"]) if "exit" in at else None,
        kinds={name: build.kind(name, _typed(each, wiring)) for name, each in at["decisions"].items()},
        wiring=wiring,
        unread=tuple(walk.unread.values()),
        canonical=form,
        places=walk.places,
    )


def _typed(kind: Branch, wiring: model.Wiring) -> Branch:
    """Give the examples' facts the form that a proposal's have: `true`, `3`, `"500.00 EUR"`."""
    for example in kind.get("examples", ()):
        typed_example(example, wiring)
    return kind


def typed_example(example: Branch, wiring: model.Wiring) -> Branch:
    """Give an example's facts, and what it expects of them, the form that a proposal's have."""
    for values in (example["given"], example.get("amended", {})):
        for name, value in values.items():
            fact = wiring.facts.get(name)
            values[name] = given_value(value, fact.type) if fact else value
    return example


# ---- what a mapping of optional keys cannot say --------------------------------------------------------------------


def _exclusive(contract: Branch, wiring: Branch, places: dict[str, str]) -> None:
    for name, kind in contract["decisions"].items():
        for index, clause in enumerate(kind.get("clauses", ())):
            _one_of(clause["then"], ("ask", "amend"), places[f"decisions.{name}.clauses[{index}].then"], "`then`")
    for source in wiring.get("sources", ()):
        _one_of(source, ("tool", "event"), source.place, "a source")
    for name, fact in wiring["facts"].items():
        _one_of(fact, ("from", "is"), fact.place, f"the fact `{name}`")
        _history(name, fact, places)


def _one_of(at: Any, keys: tuple[str, ...], place: str, called: str) -> None:
    if isinstance(at, Branch):
        there = [key for key in keys if key in at]
        if len(there) != 1:
            found = "both" if there else "neither"
            raise _error("one-of", f"{called} has {found} of `{keys[0]}` and `{keys[1]}`", place, f"write `{keys[0]}:` or `{keys[1]}:`")
        if not at[there[0]]:
            raise _error("empty", f"{called} names nothing under `{there[0]}`", place, "name at least one fact")


_HISTORY = ("count", "answers", "per", "within")


def _history(name: str, fact: Branch, places: dict[str, str]) -> None:
    if fact.get("from") == "history":
        missing = [key for key in ("count", "per", "within") if key not in fact]
        if missing:
            hint = "write `from: history, count: <kind>, per: customer, within: 90 days`"
            raise _error("missing", f"the fact `{name}` counts history without {listed(f'`{key}`' for key in missing)}", fact.place, hint)
        return
    for key in _HISTORY:
        if key in fact:
            raise _error(
                "history",
                f"`{key}` on the fact `{name}`, which does not come from history",
                places[f"wiring.facts.{name}.{key}"],
                "write `from: history`, or remove it",
            )


# ---- wiring --------------------------------------------------------------------------------------------------------


def _wiring(at: Branch, places: dict[str, str]) -> model.Wiring:
    records = _records(at.get("types", Branch()), places)
    return model.Wiring(
        contract=at["contract"],
        types=records,
        facts={name: build.fact(name, each, _type(each["type"], records, places[f"wiring.facts.{name}.type"])) for name, each in at["facts"].items()},
        segments=dict(at.get("segments", {})),
        sources=tuple(build.source(each) for each in at.get("sources", ())),
    )


def _records(at: Branch, places: dict[str, str]) -> dict[str, t.Type]:
    """Read the declared records, each after those that it needs; records never contain themselves."""
    needs: dict[str, set[str]] = {}
    for name, fields in at.items():
        if name in (*SIMPLE, "money", "enum", "list", "map"):
            raise _error("name", f"{shown(name)} is a type already", places[f"wiring.types.{name}"], "choose another name for the record")
        needs[name] = {word for text in fields.values() for word in _names(text)} & set(at)
    records: dict[str, t.Type] = {}
    sizes: dict[str, int] = {}
    for name in _ordered(needs, places):
        fields = at[name]
        sizes[name] = 1 + sum(sizes.get(word, 1) for text in fields.values() for word in _names(text))
        if sizes[name] > RECORD_SIZE_MAX:
            what = f"the record `{name}` holds more than {RECORD_SIZE_MAX:,} fields, those of its records counted"
            raise _error("long", what, places[f"wiring.types.{name}"], "declare only the fields that conditions use")
        if not fields:
            raise _error("empty", f"the record `{name}` has no fields", places[f"wiring.types.{name}"], "write `field: type` below it")
        records[name] = t.record(name, {field: _type(text, records, places[f"wiring.types.{name}.{field}"]) for field, text in fields.items()})
    return {name: records[name] for name in at}


def _ordered(needs: dict[str, set[str]], places: dict[str, str]) -> list[str]:
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as cause:
        name = cause.args[1][0]
        path = " → ".join(cause.args[1][:8])
        raise _error("cycle", f"the record `{name}` contains itself ({path})", places[f"wiring.types.{name}"], "break the circle") from cause


def _names(text: str) -> list[str]:
    try:
        return names_in(text)
    except Misspelt:
        return []  # reported with its place when the field is read


def _type(text: str, records: dict[str, t.Type], place: str) -> t.Type:
    try:
        return type_from_text(text, records)
    except Misspelt as cause:
        raise _error("type", cause.what, place, cause.hint) from cause


def _error(code: str, what: str, place: str, hint: str) -> ContractError:
    return ContractError(f"contract.{code}", what, place=place, hint=hint)
