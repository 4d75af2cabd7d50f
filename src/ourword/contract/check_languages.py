"""Checks on what customers hear: every text in every language, facts and their values named, our own phrases there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourword.contract.check_kinds import holes
from ourword.contract.flaws import error
from ourword.contract.model import Draft, Fact, Flaw, Text
from ourword.contract.phrases import PHRASES, holes_of, phrases_in, primary
from ourword.contract.words import listed, meant, shown

_NEAR = ("bool", "int", "uint", "double", "money", "duration", "timestamp", "string", "enum")
"""Types whose facts a near miss may name (`gate/near.py`)."""


def flaws(draft: Draft) -> Iterator[Flaw]:
    """Give what customers would not hear, or would hear in another language than their own."""
    if not draft.languages:
        place = draft.places.get("languages", draft.places["contract"])
        yield error("language", "no language is declared", place, "write for example `languages: [en]`, or remove the key")
        return
    for path, text in _texts(draft):
        yield from _text(path, text, draft)
    yield from _phrases(draft)
    if len(draft.languages) > 1:
        yield from _named(draft)
        yield from _alike(draft)


# ---- texts ---------------------------------------------------------------------------------------------------------


def _text(path: str, text: Text, draft: Draft) -> Iterator[Flaw]:
    by_language = f"`{{{', '.join(f'{each}: …' for each in draft.languages)}}}`"
    if len(draft.languages) > 1 and _is_one(path, text, draft):
        if not _is_for_staff(path):
            what = f"`{_last(path)}` is one text for {listed(draft.languages)}: it says in no language which one it is"
            yield error("language", what, draft.places[path], f"write {by_language}")
        return
    missing = [language for language in draft.languages if language not in text]
    if missing:
        yield error("language", f"`{_last(path)}` says nothing in {listed(missing)}", draft.places[path], f"write {by_language}")
    for language in text:
        if language not in draft.languages:
            what = f"`{_last(path)}` speaks {shown(language)}, which is not declared"
            place = draft.places.get(f"{path}.{language}", draft.places[path])
            yield error("language", what, place, "add it to `languages`, or remove it")


def _is_one(path: str, text: Text, draft: Draft) -> bool:
    """Whether the file has one string there: the place of each language is kept where there are several."""
    return not any(f"{path}.{language}" in draft.places for language in text)


def _is_for_staff(path: str) -> bool:
    """What is printed and signed, and never told to a customer, may stay in the language of those who sign."""
    return path.startswith("relationship.intent") or path.endswith((".question", ".objective")) or ".never[" in path


def _texts(draft: Draft) -> Iterator[tuple[str, Text]]:
    for index, intent in enumerate(draft.relationship.intent):
        yield f"relationship.intent[{index}].say", intent.say
    if draft.relationship.tell.cannot:
        yield "relationship.tell.cannot", draft.relationship.tell.cannot
    for name, kind in draft.kinds.items():
        yield f"decisions.{name}.question", kind.question
        if kind.objective:
            yield f"decisions.{name}.objective", kind.objective
        yield from ((f"decisions.{name}.clauses[{index}].say", clause.say) for index, clause in enumerate(kind.clauses))
        yield from ((f"decisions.{name}.never[{index}].say", boundary.say) for index, boundary in enumerate(kind.never))
        yield from ((f"decisions.{name}.promises[{index}].say", promise.say) for index, promise in enumerate(kind.promises))
    for name, fact in draft.wiring.facts.items():
        if fact.say:
            yield f"wiring.facts.{name}.say", fact.say
        yield from ((f"wiring.facts.{name}.values.{value}", text) for value, text in fact.values.items())


def _last(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path).rsplit(".", 1)[-1]


# ---- facts, and what promises say of them ----------------------------------------------------------------------------


def _named(draft: Draft) -> Iterator[Flaw]:
    promised = {hole for kind in draft.kinds.values() for promise in kind.promises for text in promise.say.values() for hole in holes(text)}
    amended = {name for kind in draft.kinds.values() for clause in kind.clauses for name, _ in clause.then.amend}
    by_language = f"{{{', '.join(f'{each}: …' for each in draft.languages)}}}"
    for fact in draft.wiring.facts.values():
        if fact.tell == "never":
            continue
        near = fact.derived is None and not fact.stated_by and fact.type.name in _NEAR
        told = near or fact.name in promised or fact.name in amended
        if (told or fact.stated_by) and not fact.say:
            what = f"customers may hear `{fact.name}` named, and it has no words in {listed(draft.languages)}"
            yield error("language", what, fact.place, f"write `say: {by_language}`, or `tell: never`")
        if told and fact.type.name == "enum":
            yield from _values(fact, by_language)


def _values(fact: Fact, by_language: str) -> Iterator[Flaw]:
    for value in fact.values:
        if value not in fact.type.members:
            yield error("language", f"`{fact.name}` is never {shown(value)}", fact.place, meant(value, fact.type.members, "remove it"))
    lacking = [member for member in fact.type.members if member not in fact.values]
    if lacking:
        what = f"customers may hear what `{fact.name}` is, and there are no words for {listed(shown(each) for each in lacking)}"
        yield error("language", what, fact.place, f"write `values: {{{lacking[0]}: {by_language}}}`")


def _alike(draft: Draft) -> Iterator[Flaw]:
    """A promise of an amount in one language is a promise of that amount in all."""
    for name, kind in draft.kinds.items():
        for index, promise in enumerate(kind.promises):
            rooms = {language: set(holes(promise.say[language])) for language in draft.languages if language in promise.say}
            for language, room in rooms.items():
                lacking = sorted(set().union(*rooms.values()) - room)
                if lacking:
                    what = f"the promise `{promise.id}` says {listed(f'`{{{each}}}`' for each in lacking)} in another language and not in {language}"
                    place = f"decisions.{name}.promises[{index}].say"
                    yield error("language", what, draft.places.get(f"{place}.{language}", draft.places[place]), "promise the same in every language")


# ---- our own phrases -------------------------------------------------------------------------------------------------


def _phrases(draft: Draft) -> Iterator[Flaw]:
    for language in draft.languages:
        there = phrases_in(language, draft.phrases)
        missing = [key for key in PHRASES["en"] if key not in there]
        if missing:
            what = f"our own phrases do not exist in {shown(language)}: {listed((f'`{key}`' for key in missing), most=5)}"
            hint = f"write them: `phrases: {{{language}: {{{missing[0]}: …}}}}`; we have them in {listed(PHRASES)}"
            yield error("phrases", what, draft.places.get("languages", draft.places["contract"]), hint)
        if primary(language) not in PHRASES and not _is_known(primary(language)):
            what = f"amounts and dates cannot be written in {shown(language)}: the Unicode data (CLDR) has no such language"
            yield error("language", what, draft.places["languages"], "is the code right?")
    for language, said in draft.phrases.items():
        if not any(language in (each, primary(each)) for each in draft.languages):
            place = draft.places[f"phrases.{language}"]
            yield error("phrases", f"phrases in {shown(language)}, which is not declared", place, "add it to `languages`, or remove them")
        for key, text in said.items():
            yield from _room(key, text, draft.places[f"phrases.{language}.{key}"])


def _room(key: str, text: str, place: str) -> Iterator[Flaw]:
    """A phrase has the holes that ours has: without `{to}` customers would not hear to what."""
    needed = holes_of(key, PHRASES["en"][key])[0]
    for room in holes_of(key, text):
        if room != needed:
            verb, odd = ("lacks", needed - room) if needed - room else ("has", room - needed)
            what = f"the phrase `{key}` {verb} {listed(f'`{{{each}}}`' for each in sorted(odd))}"
            yield error("phrases", what, place, f"in English it is: {PHRASES['en'][key]}")
            return


def _is_known(language: str) -> bool:
    from babel.localedata import exists  # only for a language that we do not ship

    return bool(exists(language))
