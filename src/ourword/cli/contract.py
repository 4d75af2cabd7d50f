"""`ourword contract`: what was chosen and intended, beside what happens, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ourword.app import Ourword
from ourword.choices.carried import WORDS_ONLY, Carrier
from ourword.choices.report import Choices, Chosen
from ourword.choices.standing import Standing
from ourword.cli.out import json_line, known_words, line
from ourword.cli.words import wrapped
from ourword.core.time import day_from_micros
from ourword.outcomes.asked import as_of_from


def run(home: Path, *, as_of: str = "", as_json: bool = False) -> int:
    """Print it; nothing is decided or recorded."""
    with Ourword.open_home(home, create=False, write=False, as_of=as_of_from(as_of, "--as-of")) as ourword:
        found, known = ourword.choices(), known_words(ourword)
    if as_json:
        json_line(found)
    else:
        for text in (*known, *words(found)):
            line(text)
    return 0


def words(found: Choices) -> Iterator[str]:
    """Every contract that decides here, within 80 columns."""
    if not found.contracts:
        yield "No contract decides in this home yet."
    for number, each in enumerate(found.contracts):
        if number:
            yield ""
        yield from _contract(each, found.as_of)


def _contract(each: Chosen, as_of: int | None) -> Iterator[str]:
    known = "" if as_of is None else f", as known on {day_from_micros(as_of)}"
    yield f"{each.contract} {each.version}{known}"
    for choice in each.choices:
        yield ""
        yield from _choice(choice)
    for sentence in each.intent:
        yield ""
        yield from wrapped(f"“{sentence.say}”")
        for carrier in sentence.carriers:
            yield from _carrier(carrier)
        if not sentence.carriers:
            yield f"  {WORDS_ONLY}"


def _choice(choice: Standing) -> Iterator[str]:
    first, second = choice.between
    if not choice.chosen:
        yield f"{first} or {second}: {choice.stands}; {choice.by} decides"
    else:
        yield from wrapped(f"{first} or {second}: {choice.chosen}{f', {choice.limit}' if choice.limit else ''}: {choice.stands}")
    for sentence in choice.happens:
        yield from wrapped(sentence, first="  ", then="  ")


def _carrier(carrier: Carrier) -> Iterator[str]:
    yield from wrapped(f"{carrier.key}: {carrier.holds}. {carrier.happens}", first="  ", then="    ")
    for text in carrier.says:
        yield from wrapped(f"“{text}”", first="    ", then="    ")
