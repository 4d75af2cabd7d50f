"""A customer is spoken to in one language: their own if the contract has it, and never in two at once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest
from babel.lists import format_list
from babel.numbers import get_currency_symbol, parse_decimal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gate.small import FACTS, NOON, answer_to, gate_of
from tests.gate.test_laws import BOUNDARIES, clause_lists, facts_with_gaps
from tests.tries import tries

from ourword.contract.phrases import PHRASES, holes_of
from ourword.core.money import CURRENCIES
from ourword.core.span import Span
from ourword.gate.say import Tongue, due_words, duration_words, moment_words, money_words, span_words, value_words

LETTERS = {"en": "e", "de": "d", "fr": "f", "es": "s"}
"""In these contracts each language has one letter, so that a letter of another is seen wherever it stands."""

SLOWLY = settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def word(language: str, size: int = 3) -> str:
    return LETTERS[language] * size


def said(size: int = 3, room: str = "") -> dict[str, str]:
    return {language: f"{word(language, size)}{room}" for language in LETTERS}


def marked_phrases() -> dict[str, dict[str, str]]:
    def marked(language: str, key: str, text: str) -> str:
        forms = [" ".join([word(language), *(f"{{{hole}}}" for hole in sorted(room))]) for room in holes_of(key, text)]
        return "|".join(forms)

    return {language: {key: marked(language, key, text) for key, text in PHRASES["en"].items()} for language in LETTERS}


def marked_facts() -> dict[str, dict[str, Any]]:
    facts: dict[str, dict[str, Any]] = {name: {**fact, "say": said(2)} for name, fact in FACTS.items() if name != "age"}
    facts["reason"]["values"] = {each: said(4) for each in ("damaged", "late", "changed_mind")}
    return facts


PROMISES = [
    {
        "id": "back",
        "when": 'answer != "ask"',
        "say": said(5, " {amount} {reason} {opened} {count}"),
        "kept_by": "payment.refunded",
        "within": "3 days",
    }
]


def in_four(clauses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    spoken = [{**each, "say": said(index + 1)} for index, each in enumerate(clauses)]
    return [{**each, "contest": "14 days"} if each["then"] == "refuse" else each for each in spoken]


def without_age(made: tuple[list[dict[str, Any]], list[Any]]) -> bool:
    return not any("age" in each["when"] for each in made[0])


def texts(verdict: dict[str, Any]) -> list[str]:
    """All that a customer may be shown."""
    parts = [verdict["tell"], verdict["may_add_text"], *(each["text"] for each in verdict["reasons"] + verdict["near"])]
    return [*parts, *(each["what"] for each in verdict["promises"]), *(each.get("text", "") for each in verdict["obligations"])]


@SLOWLY
@given(made=clause_lists().filter(without_age), facts=facts_with_gaps, language=st.sampled_from(sorted(LETTERS)), bounded=st.booleans())
def test_every_text_is_in_the_one_language_of_the_customer(made, facts, language, bounded):
    """Reasons, near misses, amendments, promises, our own phrases: no letter of another language, and never none at all.

    The span to contest in and the "and" are Unicode's own words, and are taken out as babel gives them.
    """
    gate = gate_of(
        in_four(made[0]),
        facts=marked_facts(),
        languages=list(LETTERS),
        phrases=marked_phrases(),
        promises=PROMISES,
        never=BOUNDARIES if bounded else [],
    )
    facts.pop("age", None)
    verdict = answer_to(gate, facts, language=language).as_dict("en" if language == "de" else "de")
    theirs = [span_words(Span(14, "day"), Tongue(language, {})), format_list(["·", "·"], locale=language).replace("·", "")]
    plain = [reduce(lambda left, unicode: left.replace(unicode, " "), theirs, text) for text in texts(verdict)]
    heard = {letter for text in plain for letter in text.lower() if letter.isalpha()}

    assert (language, {LETTERS[language]}) == (verdict["language"], heard)


@SLOWLY
@given(made=clause_lists(), facts=facts_with_gaps, frail=st.booleans(), language=st.sampled_from(["de", "fr", "es-MX"]))
def test_what_is_never_told_changes_the_words_in_no_language(made, facts, frail, language):
    """The same answer, the same words: in every language that the contract speaks."""
    gate = gate_of(
        in_four(made[0]),
        facts={**FACTS, **{name: {**FACTS[name], **fact} for name, fact in marked_facts().items()}, "age": AGE},
        languages=list(LETTERS),
    )
    one, other = (answer_to(gate, {**facts, "frail": each}, language=language) for each in (frail, not frail))
    if (one.answer, one.amendments) == (other.answer, other.amendments):
        assert texts(one.as_dict()) == texts(other.as_dict())


AGE = {**FACTS["age"], "say": said(2)}


@given(
    minor=st.integers(0, 10**13),
    currency=st.sampled_from(sorted(CURRENCIES)),
    language=st.sampled_from([*PHRASES, "de-AT", "de-CH", "pl", "nl", "sv"]),
)
def test_an_amount_reads_back_as_the_same_amount(minor, currency, language):
    """babel's own reader of numbers, which shares nothing with how we write them but the tables of Unicode."""
    text = money_words(minor, currency, language)
    locale = language.replace("-", "_")
    number = text.replace(get_currency_symbol(currency, locale), "").strip(" \xa0\u202f\u200f")

    assert Decimal(minor).scaleb(-CURRENCIES[currency]) == parse_decimal(number, locale=locale, strict=True)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "€20.00"), ("de", "20,00\xa0€"), ("fr", "20,00\xa0€"), ("es", "20,00\xa0€"), ("de-AT", "€\xa020,00")]
)
def test_money_is_written_as_the_language_writes_it(language, text):
    assert text == money_words(2000, "EUR", language)


@pytest.mark.parametrize(
    ("language", "one", "five"),
    [
        ("en", "1 working day", "5 working days"),
        ("de", "1 Arbeitstag", "5 Arbeitstage"),
        ("fr", "1 jour ouvré", "5 jours ouvrés"),
        ("es", "1 día hábil", "5 días hábiles"),
    ],
)
def test_working_days_are_counted_as_the_language_counts(language, one, five):
    tongue = Tongue(language, PHRASES[language])

    assert (one, five) == (span_words(Span(1, "working day"), tongue), span_words(Span(5, "working day"), tongue))


def test_a_language_with_more_forms_than_two_has_them_all():
    """Polish counts 1, 2 to 4, and the rest; CLDR says which is which."""
    tongue = Tongue("pl", {"working_day": "{n} dzień roboczy|{n} dni robocze|{n} dni roboczych"})

    assert ["1 dzień roboczy", "3 dni robocze", "12 dni roboczych"] == [span_words(Span(n, "working day"), tongue) for n in (1, 3, 12)]


def test_a_zero_is_singular_in_french():
    assert ("0\xa0seconde", "0 seconds") == (duration_words(0, "fr"), duration_words(0, "en"))


@given(
    count=st.integers(0, 999_999),
    unit=st.sampled_from(["second", "minute", "hour", "day", "week", "month", "year"]),
    language=st.sampled_from([*PHRASES, "nl", "pt", "ja"]),
)
def test_a_span_keeps_its_count_in_every_language(count, unit, language):
    """babel rounds lengths to the unit that it likes; here the unit is given."""
    assert str(count) in span_words(Span(count, unit), Tongue(language, {}))


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)), st.sampled_from(["UTC", "Pacific/Kiritimati", "Etc/GMT+12"]))
def test_every_moment_can_be_said(moment, zone):
    assert str(moment.year)[:-1] in moment_words(moment.replace(tzinfo=UTC), Tongue("fr", {}, zone)) or moment.month in (1, 12)


def test_a_promise_of_days_names_the_day_and_one_of_hours_the_hour():
    """By the contract's zone: half past eleven in the evening of London is tomorrow in Berlin."""
    due, tongue = datetime(2026, 11, 23, 23, 30, tzinfo=UTC), Tongue("de", {}, "Europe/Berlin")

    assert ("24. November 2026", "24. November 2026, 00:30 GMT+01:00") == (
        due_words(due, Span(2, "day"), tongue),
        due_words(due, Span(2, "hour"), tongue),
    )


def test_a_broken_number_keeps_its_places():
    fact = gate_of([], facts={"share": {"type": "double", "from": "order.share"}, "amount": FACTS["amount"]}).contract.draft.wiring.facts["share"]

    assert ["0,125", "1.234,5", "inf"] == [value_words(fact, each, Tongue("de", {})) for each in (0.125, 1234.5, float("inf"))]


# ---- which language ----------------------------------------------------------------------------------------------------

TWO = [{"id": "fine", "say": {"en": "Fine.", "de": "Gut."}, "when": "opened", "then": "allow"}]
NAMED = {name: {**fact, "say": {"en": name, "de": name}} for name, fact in FACTS.items() if name in ("amount", "opened")}


@pytest.mark.parametrize(
    ("customer", "door", "spoken"),
    [
        ("de", "en", "de"),
        ("de-AT", "", "de"),
        ("DE_at", "", "de"),
        ("", "de", "de"),
        ("fr", "de", "de"),
        ("fr", "", "en"),
        ("", "", "en"),
        ("", "de-CH", "de"),
    ],
)
def test_the_customers_language_comes_first_then_the_doors_then_the_contracts(customer, door, spoken):
    """And the verdict says which one it was: whoever sends the text on must know."""
    gate = gate_of(TWO, facts=NAMED, languages=["en", "de"])
    verdict = answer_to(gate, {"opened": True, "amount": 1}, language=customer).as_dict(door)

    assert (spoken, {"en": "Fine.", "de": "Gut."}[spoken]) == (verdict["language"], verdict["tell"])


def test_every_language_that_we_ship_says_the_same_phrases_with_the_same_rooms():
    for language, phrases in PHRASES.items():
        assert [(key, holes_of(key, text)[0]) for key, text in PHRASES["en"].items()] == [(key, holes_of(key, phrases[key])[0]) for key in phrases], (
            language
        )


def test_the_language_changes_nothing_but_the_words():
    gate = gate_of(TWO, facts=NAMED, languages=["en", "de"])
    one, other = (answer_to(gate, {"opened": False, "amount": 1}, language=each).as_dict() for each in ("en", "de"))
    worded = {"tell", "reasons", "near", "obligations", "promises", "may_add_text", "language"}

    assert json.dumps({k: v for k, v in one.items() if k not in worded}) == json.dumps({k: v for k, v in other.items() if k not in worded})


def test_a_due_day_is_written_into_the_promise():
    gate = gate_of(
        TWO,
        facts=NAMED,
        languages=["en", "de"],
        promises=[
            {
                "id": "back",
                "when": 'answer == "allow"',
                "say": {"en": "By {due}", "de": "Bis {due}"},
                "kept_by": "payment.refunded",
                "within": "3 days",
            }
        ],
    )
    verdict = answer_to(gate, {"opened": True, "amount": 1}, language="de").as_dict()

    assert ("Bis 26. November 2026", date(2026, 11, 26)) == (verdict["promises"][0]["what"], (NOON + timedelta(days=3)).date())


@pytest.mark.parametrize(
    ("tells", "given", "language", "spoken"),
    [
        ({}, "de-CH", "", "de"),
        ({}, {"value": "de", "at": "2026-11-23T11:00:00Z"}, "", "de"),
        ({}, "de", "en", "en"),
        ({}, 7, "", "en"),
        ({"tell": "never"}, "de", "", "en"),
    ],
)
def test_a_fact_behind_the_segment_says_the_language_too(tells, given, language, spoken):
    """Unless it must never be told: then which language we speak would tell it."""
    tongue = {"type": "string", "from": "customer.language", "say": {"en": "language", "de": "Sprache"}, **tells}
    segment = {"segments": {"language": "customer.language"}, "relationship": {"segments": ["language"]}}
    gate = gate_of(TWO, facts={**NAMED, "tongue": tongue}, languages=["en", "de"], **segment)

    assert spoken == answer_to(gate, {"opened": True, "tongue": given}, language=language).as_dict()["language"]
