"""What the parts of the printed contract share: running numbers, people by name, percentages."""

from __future__ import annotations

from collections.abc import Mapping

from ourword.cel.check import Checked
from ourword.contract.inwords import condition_in_words, plain, value_in_words
from ourword.contract.model import Condition, Draft, Fact, Text
from ourword.contract.phrases import primary


class Numbered:
    """Numbers the sentences of the whole contract, so that people can speak about one."""

    def __init__(self) -> None:
        self.last = 0

    def line(self, sentence: str) -> str:
        """Give the sentence with the next number."""
        self.last += 1
        return f"{self.last}. {sentence}"


class Names:
    """How people, desks, facts and texts are called in print."""

    def __init__(self, draft: Draft, lang: str) -> None:
        self.lang = lang
        self._people = {person.id: person for person in draft.people}
        self.phrases = {**draft.phrases.get(primary(lang), {}), **draft.phrases.get(lang, {})}
        self.facts = {name: _called(fact, lang) for name, fact in draft.wiring.facts.items()}

    def said(self, text: Text) -> str:
        """Give a text in the language of the print."""
        return " ".join((text.get(self.lang) or next(iter(text.values()))).split())

    def person(self, name: str) -> str:
        """Give a person's name, or a desk with its hours."""
        person = self._people[name]
        if person.role == "owner":
            return person.name or plain(name)
        hours = f" (open {person.hours})" if person.hours else ""
        return f"the {person.name or plain(name)} desk{hours}"

    def desk(self, name: str) -> str:
        """Give a person or desk without hours."""
        return self.person(name).partition(" (open ")[0]

    def fact(self, name: str) -> str:
        """Give a fact's name in words."""
        return self.facts.get(name) or plain(name)

    def condition(self, condition: Condition, checked: Mapping[Condition, Checked]) -> str:
        """Give a condition in words where it is simple, else as code."""
        return condition_in_words(checked[condition].expr, self.facts) or f"`{' '.join(condition.text.split())}`"

    def value(self, condition: Condition, checked: Mapping[Condition, Checked]) -> str:
        """Give an expression in words where it is simple, else as code."""
        return value_in_words(checked[condition].expr, self.facts) or f"`{' '.join(condition.text.split())}`"


def _called(fact: Fact, lang: str) -> str:
    if fact.say and lang in fact.say:
        return fact.say[lang]
    return f"“{plain(fact.name)}”" if fact.type.name == "bool" else f"the {plain(fact.name)}"


def percent(share: float) -> str:
    """Write a share as a percentage.

    >>> percent(0.02), percent(0.125)
    ('2%', '12.5%')
    """
    return f"{round(share * 100, 6):g}%"
