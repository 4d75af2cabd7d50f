"""Our own connecting words, by language. A contract may give others, and those of a language that we lack."""

from __future__ import annotations

import re
from collections.abc import Mapping

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "disclosure": "This is decided by an automated system.",
        "refuse": "We cannot do this.",
        "escalate": "A person decides this.",
        "ask": "Please tell us: {facts}.",
        "allow": "Done as you asked.",
        "amended": "{fact}: {to} instead of {was}.",
        "amended_unknown": "{fact}: {to}.",
        "near": "It would have been approved if {changes}.",
        "near_amend": "It would have been approved in part if {changes}.",
        "change": "“{fact}” were {to}",
        "change_at_least": "{fact} were at least {to}",
        "change_at_most": "{fact} were at most {to}",
        "add": "What you can add or correct: {facts}.",
        "contest": "If you disagree, tell us within {span} and a person decides again.",
        "yes": "yes",
        "no": "no",
        "working_day": "{n} working day|{n} working days",
        "item": "{n} item|{n} items",
    },
    "de": {
        "disclosure": "Das entscheidet ein automatisches System.",
        "refuse": "Das können wir nicht tun.",
        "escalate": "Das entscheidet ein Mensch.",
        "ask": "Bitte sagen Sie uns: {facts}.",
        "allow": "Wie gewünscht erledigt.",
        "amended": "{fact}: {to} statt {was}.",
        "amended_unknown": "{fact}: {to}.",
        "near": "Genehmigt würde es bei: {changes}.",
        "near_amend": "Zum Teil genehmigt würde es bei: {changes}.",
        "change": "{fact}: {to}",
        "change_at_least": "{fact}: mindestens {to}",
        "change_at_most": "{fact}: höchstens {to}",
        "add": "Das können Sie ergänzen oder richtigstellen: {facts}.",
        "contest": "Wenn Sie anderer Meinung sind, haben Sie {span} Zeit, es uns zu sagen; dann entscheidet ein Mensch neu.",
        "yes": "ja",
        "no": "nein",
        "working_day": "{n} Arbeitstag|{n} Arbeitstage",
        "item": "{n} Eintrag|{n} Einträge",
    },
    "fr": {
        "disclosure": "Cette décision est prise par un système automatisé.",
        "refuse": "Nous ne pouvons pas le faire.",
        "escalate": "Une personne en décide.",
        "ask": "Merci de nous indiquer : {facts}.",
        "allow": "C’est fait, comme demandé.",
        "amended": "{fact} : {to} au lieu de {was}.",
        "amended_unknown": "{fact} : {to}.",
        "near": "Ce serait accordé dans ce cas : {changes}.",
        "near_amend": "Ce serait accordé en partie dans ce cas : {changes}.",
        "change": "{fact} : {to}",
        "change_at_least": "{fact} : au moins {to}",
        "change_at_most": "{fact} : au plus {to}",
        "add": "Vous pouvez compléter ou corriger : {facts}.",
        "contest": "Si vous n’êtes pas d’accord, vous avez {span} pour nous le dire ; une personne décidera à nouveau.",
        "yes": "oui",
        "no": "non",
        "working_day": "{n} jour ouvré|{n} jours ouvrés",
        "item": "{n} élément|{n} éléments",
    },
    "es": {
        "disclosure": "Esta decisión la toma un sistema automatizado.",
        "refuse": "No podemos hacerlo.",
        "escalate": "Lo decide una persona.",
        "ask": "Indíquenos, por favor: {facts}.",
        "allow": "Hecho, como pidió.",
        "amended": "{fact}: {to} en lugar de {was}.",
        "amended_unknown": "{fact}: {to}.",
        "near": "Se aprobaría en este caso: {changes}.",
        "near_amend": "Se aprobaría en parte en este caso: {changes}.",
        "change": "{fact}: {to}",
        "change_at_least": "{fact}: como mínimo {to}",
        "change_at_most": "{fact}: como máximo {to}",
        "add": "Puede añadir o corregir: {facts}.",
        "contest": "Si no está de acuerdo, tiene {span} para decírnoslo, y una persona decidirá de nuevo.",
        "yes": "sí",
        "no": "no",
        "working_day": "{n} día hábil|{n} días hábiles",
        "item": "{n} elemento|{n} elementos",
    },
}
"""Counted words have a form for each plural category of their language, in CLDR's order (zero, one, two, few, many, other), the last for the rest."""

MEANS: dict[str, str] = {
    "disclosure": "That automation decides.",
    "refuse": "A refusal of which no clause may be named, be it automation's or a person's.",
    "escalate": "An escalation of which no clause may be named.",
    "ask": "What the customer is asked for: `{facts}`.",
    "allow": "An allowance of which no clause may be named.",
    "amended": "A change: `{fact}`, `{to}`, `{was}`.",
    "amended_unknown": "A change of what was not known: `{fact}`, `{to}`.",
    "near": "What would have changed the answer: `{changes}`.",
    "near_amend": "What would have changed it in part: `{changes}`.",
    "change": "One such change: `{fact}`, `{to}`.",
    "change_at_least": "One where more would do as well: `{fact}`, `{to}`.",
    "change_at_most": "One where less would do as well: `{fact}`, `{to}`.",
    "add": "What the customer can add: `{facts}`.",
    "contest": "How long one may disagree: `{span}`.",
    "yes": "A fact that is so.",
    "no": "A fact that is not so.",
    "working_day": "Counted working days: `{n}`; a form for each plural category of the language, between `|`.",
    "item": "Counted things of a list: `{n}`; forms as for `working_day`.",
}
"""What each phrase is for, and its holes: the rows of the contract's `phrases`."""

_HOLE = re.compile(r"\{(\w+)\}")


def primary(lang: str) -> str:
    """The tongue without its region: `de` of `de-AT`."""
    return lang.split("-")[0].lower()


def phrases_in(lang: str, own: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """All phrases of a language: ours, and the contract's *own* in their place.

    >>> phrases_in("de-AT", {"de": {"yes": "jawohl"}})["yes"]
    'jawohl'
    """
    return {**PHRASES.get(primary(lang), {}), **own.get(primary(lang), {}), **own.get(lang, {})}


def holes_of(key: str, text: str) -> list[set[str]]:
    """The holes in each form of a phrase; only counted ones have several."""
    forms = text.split("|") if key in ("working_day", "item") else [text]
    return [set(_HOLE.findall(form)) for form in forms]


def filled(text: str, **values: str) -> str:
    """A phrase with its holes filled; a brace that is no hole stays as it is.

    >>> filled("{fact}: {to}", fact="amount", to="{was}")
    'amount: {was}'
    """
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), text)
