"""A contract in several languages: nothing that a customer hears may be missing in one, or be in none of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.larkspur import TODAY, changed, flaws
from tests.contract.larkspur import the_flaw as larkspurs_flaw

from ourword.contract.check import check, sound
from ourword.contract.model import Draft, Flaw
from ourword.contract.phrases import PHRASES
from ourword.contract.prose import prose
from ourword.contract.read import read

FOLDER = Path(__file__).parents[2] / "examples" / "lindenrad-return"
CONTRACT = (FOLDER / "contract.yaml").read_text("utf-8")
WIRING = (FOLDER / "wiring.yaml").read_text("utf-8")
FAULT = "say: {de: Das war unser Fehler., en: It was our fault.}"


def draft(contract: dict[str, str], wiring: dict[str, str]) -> Draft:
    return read(changed(CONTRACT, contract).encode(), changed(WIRING, wiring).encode())


def errors(contract: dict[str, str] | None = None, wiring: dict[str, str] | None = None) -> list[Flaw]:
    return [flaw for flaw in check(draft(contract or {}, wiring or {}), today=TODAY)[1] if flaw.level == "error"]


def the_error(contract: dict[str, str] | None = None, wiring: dict[str, str] | None = None) -> Flaw:
    (found,) = errors(contract, wiring)
    return found


def test_a_text_in_every_declared_language_is_fine():
    assert errors() == []


def test_a_text_missing_in_a_declared_language_is_an_error_with_its_place():
    """Place, text, language: what a translator needs."""
    flaw = the_error({FAULT: "say: {de: Das war unser Fehler.}"})

    assert ("contract.yaml:50:9", "`say` says nothing in en", "write `{de: …, en: …}`") == (flaw.place, flaw.what, flaw.hint)


def test_one_text_for_several_languages_is_an_error_where_customers_hear_it():
    """Nobody could say which of them it is in; every customer but one would hear a foreign tongue."""
    flaw = the_error({FAULT: "say: Das war unser Fehler."})

    assert ("contract.language", "contract.yaml:50:14", "write `{de: …, en: …}`") == (flaw.code, flaw.place, flaw.hint)
    assert "one text for de and en" in flaw.what


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{de: "Was in der Werkstatt besprochen wurde, sehen wir hier nicht.", en: We cannot see here what was said in the workshop.}', "Nichts."),
        ("{de: Ein Mensch meldet sich., en: A person gets in touch.}", "Ein Mensch meldet sich."),
    ],
)
def test_the_same_holds_of_promises_and_of_what_automation_cannot_see(old, new):
    assert the_error({old: new}).code == "contract.language"


def test_what_only_staff_read_may_be_one_text():
    """The question and the intent of the example are in German alone."""
    assert errors({"question: Nehmen wir das zurück?": "question: Rücknahme?\n    objective: Niemand soll sich ärgern."}) == []


def test_a_text_speaks_declared_languages_only_and_the_place_is_that_language():
    flaw = the_error({FAULT: "say: {de: Das war unser Fehler., en: It was our fault., fr: Pardon.}"})

    assert ("contract.yaml:50:65", "`say` speaks `fr`, which is not declared") == (flaw.place, flaw.what)


def test_a_text_of_one_language_speaks_no_other():
    assert larkspurs_flaw({"say: You asked for a person.": "say: {en: You asked for a person., fr: Vous.}"}).code == "contract.language"


def test_a_fact_that_customers_hear_named_has_words_in_every_language():
    """`bought_ago` is English, whoever hears it."""
    flaw = the_error(wiring={", say: {de: die Zeit seit dem Kauf, en: the time since you bought it}": ""})

    assert "`bought_ago`" in flaw.what
    assert flaw.hint == "write `say: {de: …, en: …}`, or `tell: never`"


def test_what_is_never_told_needs_no_words():
    assert errors(wiring={", say: {de: die Zeit seit dem Kauf, en: the time since you bought it}": ", tell: never"}) == []


def test_a_value_that_customers_may_hear_has_words_in_every_language():
    flaw = the_error(wiring={", fair: {de: die Messe, en: the fair}": ""})

    assert flaw.what == "customers may hear what `bought_at` is, and there are no words for `fair`"
    assert the_error(wiring={"fair: {de: die Messe, en: the fair}": "fair: {de: die Messe}"}).what == "`fair` says nothing in en"


def test_words_for_a_value_that_does_not_exist_are_an_error():
    flaw = the_error(wiring={"en: the fair}": "en: the fair}, fare: {de: der Preis, en: the price}"})

    assert (flaw.what, flaw.hint) == ("`bought_at` is never `fare`", "did you mean `fair`?")


def test_a_promise_says_the_same_in_every_language():
    """Who reads German is promised an amount, and so is who reads English."""
    flaw = the_error({'"You get {amount} back by {due}"': '"You get it back by {due}"'})

    assert flaw.what == "the promise `money-back` says `{amount}` in another language and not in en"


# ---- our own phrases -------------------------------------------------------------------------------------------------

DUTCH = dict(PHRASES["en"])


def in_dutch(phrases: dict[str, str]) -> dict[str, str]:
    lines = "".join(f'    {key}: "{text}"\n' for key, text in phrases.items())
    return {"languages: [en]": f"languages: [nl]\nphrases:\n  nl:\n{lines}" if phrases else "languages: [nl]"}


def test_a_language_without_our_phrases_is_an_error():
    """Half of what the customer hears would be missing."""
    flaw = larkspurs_flaw(in_dutch({}))

    assert flaw.code == "contract.phrases"
    assert "do not exist in `nl`: `disclosure`" in flaw.what


def test_the_contract_can_bring_the_phrases_of_its_language():
    assert flaws(in_dutch(DUTCH)) == []


@pytest.mark.parametrize(
    ("key", "text", "what"),
    [
        ("ask", "Zeg ons iets.", "the phrase `ask` lacks `{facts}`"),
        ("yes", "ja {fact}", "the phrase `yes` has `{fact}`"),
        ("working_day", "{n} werkdag|werkdagen", "the phrase `working_day` lacks `{n}`"),
    ],
)
def test_a_phrase_has_the_room_that_it_needs(key, text, what):
    assert larkspurs_flaw(in_dutch({**DUTCH, key: text})).what == what


def test_a_missing_phrase_is_named():
    flaw = larkspurs_flaw(in_dutch({key: text for key, text in DUTCH.items() if key != "contest"}))

    assert flaw.what == "our own phrases do not exist in `nl`: `contest`"


def test_phrases_of_a_language_that_is_not_spoken_are_an_error():
    assert the_error({"phrases:\n  de:": "phrases:\n  fr: {yes: oui}\n  de:"}).what == "phrases in `fr`, which is not declared"


def test_a_language_that_nobody_can_count_in_is_an_error():
    """babel would raise at the first amount, in front of the customer."""
    change = {"languages: [en]": in_dutch(DUTCH)["languages: [en]"].replace("nl", "qx")}

    assert "amounts and dates cannot be written in `qx`" in larkspurs_flaw(change).what


def test_phrases_that_customers_hear_are_signed():
    contract = sound(draft({}, {}), today=TODAY)

    assert "Sag uns bitte: {facts}." in prose(contract, "de")
    assert "Sag uns bitte" not in prose(contract, "en")


def test_it_is_printed_in_the_language_asked_for():
    contract = sound(draft({}, {}), today=TODAY)

    assert ["Das war unser Fehler." in prose(contract), "It was our fault." in prose(contract, "en")] == [True, True]


def test_the_day_that_a_promise_names_is_printed_as_what_it_is():
    assert "“You get [the amount] back by [the day it is due]”" in prose(sound(draft({}, {}), today=TODAY), "en")
