"""The facts that decide, as they are signed."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.cel.types import Type
from ourword.contract.inwords import plain
from ourword.contract.model import Contract, Fact
from ourword.contract.prose_words import Names, Numbered
from ourword.contract.words import listed

_TYPES = {
    "bool": "true or false",
    "int": "a whole number",
    "uint": "a whole number from zero up",
    "double": "a number",
    "string": "text",
    "bytes": "bytes",
    "timestamp": "a point in time",
    "duration": "a length of time",
}


def facts(contract: Contract, names: Names, number: Numbered) -> Iterator[str]:
    """Print each fact: what it is, where it comes from, how it may be used."""
    for fact in contract.draft.wiring.facts.values():
        yield number.line(f"**{plain(fact.name).capitalize()}** is {type_in_words(fact.type)}, {_origin(fact, contract, names)}.{_uses(fact)}")


def type_in_words(type_: Type) -> str:
    """Say a type.

    >>> from ourword.cel.types import list_of, money
    >>> type_in_words(list_of(money("EUR")))
    'a list of amounts in EUR'
    """
    if type_.name == "money":
        return f"an amount in {type_.currency}"
    if type_.name == "enum":
        return "one of " + listed((f"“{plain(word)}”" for word in type_.members), joined="or", most=20)
    if type_.name == "list":
        return f"a list of {_several(type_.of[0])}"
    if type_.name == "map":
        return f"a table from {_several(type_.of[0])} to {_several(type_.of[1])}"
    return f"a record of {listed((plain(name) for name, _ in type_.fields), most=20)}" if type_.name == "record" else _TYPES[type_.name]


def _several(type_: Type) -> str:
    if type_.name == "record":
        return f"{plain(type_.record)} records"
    if type_.name == "money":
        return f"amounts in {type_.currency}"
    return {"bool": "answers true or false", "string": "texts", "int": "whole numbers", "double": "numbers"}.get(type_.name, f"{type_.name} values")


def _origin(fact: Fact, contract: Contract, names: Names) -> str:
    if fact.derived:
        return f"worked out: {names.condition(fact.derived, contract.checked)}"
    if fact.history:
        answers = f" answered {listed((answer.value for answer in fact.history.answers), joined='or')}" if fact.history.answers else ""
        counted = f"decisions about a {plain(fact.history.count)}{answers}"
        return f"counted from our own record: {counted}, for the same customer, within {fact.history.within}"
    return f"from `{fact.source}`"


def _uses(fact: Fact) -> str:
    said = []
    if fact.stated_by:
        said.append("The customer states it")
    if fact.fresh_within:
        said.append(f"A value older than {fact.fresh_within} counts as unknown")
    if fact.tell == "never":
        said.append("No customer is told of it")
    if fact.paid_by:
        said.append("The customer pays it, so it is rounded down")
    return "".join(f" {each}." for each in said)
