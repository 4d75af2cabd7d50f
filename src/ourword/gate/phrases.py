"""Our own connecting words, by language. What a contract says in a language we lack stands alone, without them."""

from __future__ import annotations

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "disclosure": "This is decided by an automated system.",
        "refuse": "We cannot do this automatically.",
        "escalate": "A person decides this.",
        "ask": "Please tell us: {facts}.",
        "allow": "Done as you asked.",
        "amended": "{fact}: {to} instead of {was}.",
        "amended_unknown": "{fact}: {to}.",
        "near": "It would have been approved if {changes}.",
        "near_amend": "It would have been approved in part if {changes}.",
        "change": "“{fact}” were {to}",
        "change_at least": "{fact} were at least {to}",
        "change_at most": "{fact} were at most {to}",
        "and": " and ",
        "contest": "If you disagree, tell us within {span} and a person decides again.",
        "add": "What you can add or correct: {facts}.",
        "yes": "yes",
        "no": "no",
        "day": "{n} day|{n} days",
        "hour": "{n} hour|{n} hours",
        "minute": "{n} minute|{n} minutes",
        "second": "{n} second|{n} seconds",
        "week": "{n} week|{n} weeks",
        "month": "{n} month|{n} months",
        "year": "{n} year|{n} years",
        "working day": "{n} working day|{n} working days",
        "item": "{n} item|{n} items",
    },
    "de": {
        "disclosure": "Das entscheidet ein automatisches System.",
        "refuse": "Das können wir nicht automatisch tun.",
        "escalate": "Das entscheidet ein Mensch.",
        "ask": "Bitte sagen Sie uns: {facts}.",
        "allow": "Wie gewünscht erledigt.",
        "amended": "{fact}: {to} statt {was}.",
        "amended_unknown": "{fact}: {to}.",
        "near": "Genehmigt würde es mit {changes}.",
        "near_amend": "Zum Teil genehmigt würde es mit {changes}.",
        "change": "{fact}: {to}",
        "change_at least": "{fact}: mindestens {to}",
        "change_at most": "{fact}: höchstens {to}",
        "and": " und ",
        "contest": "Wenn Sie widersprechen möchten, sagen Sie es uns innerhalb von {span}; dann entscheidet ein Mensch neu.",
        "add": "Das können Sie ergänzen oder richtigstellen: {facts}.",
        "yes": "ja",
        "no": "nein",
        "day": "{n} Tag|{n} Tagen",
        "hour": "{n} Stunde|{n} Stunden",
        "minute": "{n} Minute|{n} Minuten",
        "second": "{n} Sekunde|{n} Sekunden",
        "week": "{n} Woche|{n} Wochen",
        "month": "{n} Monat|{n} Monaten",
        "year": "{n} Jahr|{n} Jahren",
        "working day": "{n} Werktag|{n} Werktagen",
        "item": "{n} Eintrag|{n} Einträge",
    },
}


def phrase(lang: str, key: str) -> str:
    """Give a phrase, or nothing in a language we do not have: silence is better than a foreign tongue."""
    return PHRASES.get(lang.split("-")[0].lower(), {}).get(key, "")
