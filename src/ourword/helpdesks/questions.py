"""The six questions that only a person can answer, each with an answer guessed from the files and the reason for the guess."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from ourword.core.money import CURRENCIES, minor_from_decimal
from ourword.helpdesks.shape import Answers, Author, Look
from ourword.outcomes.elsewhere import in_english

BOTS, SOLVED, TESTS, CUSTOMER, SAME, PRICE = "bots", "solved", "tests", "customer", "same", "price"
ASKED = {
    BOTS: "Which of these write by themselves?",
    SOLVED: "Which states do you call solved?",
    TESTS: "Which customers are your own tests?",
    CUSTOMER: "Who is one customer?",
    SAME: "When is it the same matter again?",
    PRICE: "What do you pay for one resolution?",
}
SHOWN_MAX = 20
_NAMED_MAX = 3
NOBODY_WROTE = (
    "There is nothing to answer here: no file says who wrote for you, so nobody can tell what machines handled from what people did. "
    "Comments, conversations or messages would say it."
)
_MACHINES = re.compile(
    r"\b(?:bot|assistant|automat\w*|robot|virtual|ai|fin|answer ?bot|agent ?bot|captain|workflow|system|no-?reply)\b", re.IGNORECASE
)
_SOLVED = ("solved", "resolved", "closed", "done", "completed", "complete", "fixed", "answered", "success")
_OPEN = re.compile(r"\b(?:un\w+|not|open|new|pending|hold|waiting|snoozed|reopened)\b", re.IGNORECASE)
_SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "ZŁ": "PLN", "FR.": "CHF"}
_CURRENCY = r"[A-Za-z]{3}|US\$|[€$£¥]|zł|Fr\."
_PRICE = re.compile(rf"\s*(?P<before>{_CURRENCY})?\s*(?P<amount>\d{{1,9}}(?:[.,]\d{{1,3}})?)\s*(?P<after>{_CURRENCY})?\s*", re.IGNORECASE)
_GIVEN_UP = re.compile(
    r"\b(?:cannot|can't|couldn't|could|won't|wont|without|no|never|failed?|fail\w*|duplicat\w*|doublon|duplikat|dublette|duplicado|abandon\w*|spam|"
    r"reject\w*|declin\w*|cancel\w*|withdrawn|invalid|obsolete|expired|stale|inactiv\w*|timed out|timeout|merged|junk|ignored|wontfix|escalated|"
    r"abgebrochen|abgelehnt|verworfen|storniert|rejete|refuse|annule|rechazado|cancelado|kein\w*|ohne|sans|sin)\b|n't\b|response",
    re.IGNORECASE,
)
"""Closed, and not because it was solved."""
_YES = ("yes", "true", "y", "ja", "wahr", "oui", "vrai", "si", "sí", "verdadero")
"""What the column `resolved` says of what was."""
_MARKS = ("1", "1.0", "x", "✓", "✔", "checked")
"""What it says too, and what would mean something else in any other column: a level, a priority, a count."""
ANYBODYS = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.es", "hotmail.co.uk", "live.com"),
        *("msn.com", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.co.uk", "ymail.com", "aol.com", "icloud.com", "me.com", "mac.com"),
        *("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de", "mail.com", "mail.ru", "yandex.ru"),
        *("proton.me", "protonmail.com", "posteo.de", "mailbox.org", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr"),
        *("libero.it", "virgilio.it", "bluewin.ch", "qq.com", "163.com"),
    )
)
"""Where anybody gets an address: that one of your people has theirs there makes no customer there one of yours."""
NO_ADDRESS = "The files hold no addresses of customers, so nothing can be guessed."
_TEST_NAME = re.compile(r"^(?:qa|test(?:er|ing|user|kunde|customer|account)?)[0-9]*(?:[._+-][^@]*)?@", re.IGNORECASE)
_TESTS = re.compile(r"(?:^|[@.])(?:example\.(?:com|org|net)|tests?|testing|testmail|mailinator\.com|invalid)(?:$|\.)", re.IGNORECASE)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may be ticked."""

    value: str
    words: str
    count: int = 0
    example: str = ""
    guessed: bool = False
    because: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question: what may be ticked, or what is typed."""

    id: str
    asked: str
    choices: tuple[Choice, ...] = ()
    more: int = 0
    """Choices that are not shown, since they are rarer."""
    several: bool = True
    typed: str = ""
    """What stands in the field for typing; only `tests` and `price` have one."""
    none: str = ""
    """Why there is nothing to choose, or nothing is guessed, where that is so."""


def questions(look: Look) -> tuple[Question, ...]:
    """All six, in the order in which they are asked."""
    return (_bots(look), _solved(look), _tests(look), _customer(look), _same(look), Question(id=PRICE, asked=ASKED[PRICE], several=False))


def guessed(look: Look) -> Answers:
    """The answers that stand when nobody changes any."""
    found = {each.id: tuple(choice.value for choice in each.choices if choice.guessed) for each in questions(look)}
    return Answers(bots=found[BOTS], solved=found[SOLVED], tests=found[TESTS], customer=next(iter(found[CUSTOMER]), "id"), same=found[SAME][0])


def _bots(look: Look) -> Question:
    authors = sorted(look.authors.values(), key=lambda each: (-(each.bot is True), -each.messages, -each.deeds, each.id))
    speaking = [each for each in authors if each.messages or each.deeds or each.bot]
    choices = tuple(_author(each) for each in speaking)
    none = "" if choices else NOBODY_WROTE
    if not choices and look.assigned:
        names = ", ".join(f"“{each}”" for each in look.assigned[:_NAMED_MAX]) + ("" if len(look.assigned) <= _NAMED_MAX else ", …")
        none = f"Your table names {names} beside tickets, which does not say who answered the customer. {NOBODY_WROTE}"
    return Question(id=BOTS, asked=ASKED[BOTS], choices=choices[:SHOWN_MAX], more=max(0, len(choices) - SHOWN_MAX), none=none)


def _author(author: Author) -> Choice:
    because, words = "", author.name or author.email or author.id
    if author.bot is True:
        because = "the file says so"
    elif author.bot is None and (found := _MACHINES.search(f"{words} {author.role} {author.email}")):
        because = f"called “{found.group()}”"
    return Choice(value=author.id, words=words, count=author.messages or author.deeds, example=author.example, guessed=bool(because), because=because)


def _solved(look: Look) -> Question:
    choices = tuple(
        Choice(value=state, words=state, count=count, guessed=bool(why := _why_solved(state, look)), because=why)
        for state, count in look.statuses.most_common(SHOWN_MAX)
    )
    none = "" if choices else "No file says in which state a ticket is: nothing counts as called resolved."
    return Question(id=SOLVED, asked=ASKED[SOLVED], choices=choices, more=max(0, len(look.statuses) - SHOWN_MAX), none=none)


def _why_solved(state: str, look: Look) -> str:
    """Why a state is taken for solved; empty where it is not. A mark is one where it stands in columns that ask for it, and nowhere else.

    >>> _why_solved("1", Look(statuses=Counter({"1": 3}), marks=Counter({"1": 3}))), _why_solved("1", Look(statuses=Counter({"1": 3})))
    ('its column asks whether it was solved', '')
    """
    if _sounds_solved(state):
        return "sounds like it"
    marked = state.strip().lower() in _MARKS and look.marks[state] == look.statuses[state]
    return "its column asks whether it was solved" if marked else ""


def _sounds_solved(state: str) -> bool:
    """Whether a state is a word for solved, and none for given up; `yes` is one in the column that asks whether it was.

    >>> [_sounds_solved(each) for each in ("Solved", "Closed (won't fix)", "Closed as duplicate", "Nicht gelöst", "gelöst", "yes", "no")]
    [True, False, False, False, True, True, False]
    """
    words = in_english(state.replace("’", "'"))
    if words.strip() in _YES:
        return True
    return any(word in _SOLVED for word in re.findall(r"[a-z]+", words)) and not _OPEN.search(words) and not _GIVEN_UP.search(words)


def _tests(look: Look) -> Question:
    """One's own people's domains, domains made for tests, and single addresses that are called so (`test@ourfirm.example`)."""
    own = {each.email.rpartition("@")[2].lower() for each in look.authors.values() if "@" in each.email} - ANYBODYS
    found = []
    for domain, count in look.domains.most_common():
        because = "your people's own domain" if domain in own else "made for tests" if _TESTS.search(f"@{domain}") else ""
        if because:
            found.append(Choice(value=f"@{domain}", words=f"@{domain}", count=count, guessed=True, because=because))
    ticked = {each.value for each in found}
    called = Counter(
        each.lower() for each in look.addresses.values() if _TEST_NAME.match(each) and f"@{each.rpartition('@')[2].lower()}" not in ticked
    )
    for address, count in called.most_common():
        found.append(Choice(value=address, words=address, count=count, guessed=True, because="called a test"))
    none = "" if found else "Guessed: none. No address of a customer is your own people's, or is called a test." if look.addresses else NO_ADDRESS
    return Question(id=TESTS, asked=ASKED[TESTS], choices=tuple(found[:SHOWN_MAX]), more=max(0, len(found) - SHOWN_MAX), none=none)


def _customer(look: Look) -> Question:
    known = len(look.addresses)
    if not known:
        none = "The files hold no addresses, so that each id of the helpdesk is one customer: somebody with two accounts counts as two."
        return Question(id=CUSTOMER, asked=ASKED[CUSTOMER], several=False, none=none)
    people = len({each.lower() for each in look.addresses.values()})
    shared = people < known
    choices = (
        Choice(
            value="id",
            words="each account in the helpdesk",
            count=known,
            guessed=not shared,
            because="" if shared else "no two accounts share an address, so both come to the same",
        ),
        Choice(
            value="address",
            words="each e-mail address",
            count=people,
            guessed=shared,
            because=f"{known - people:,} account{'' if known - people == 1 else 's'} share an address with another" if shared else "",
        ),
    )
    return Question(id=CUSTOMER, asked=ASKED[CUSTOMER], choices=choices, several=False)


def _same(look: Look) -> Question:
    """Without an order's number a kind, or the customer alone, must do: both count too many, and chance is shown beside them."""
    some = f"{look.kind_alone:,} of the tickets looked at name a kind and no order" if look.objects and look.kind_alone else ""
    named, kinds = bool(look.objects), bool(look.kinds)
    by_kind = "the same order, booking or invoice where a ticket names one, else the same kind" if named else "the same kind, by the same customer"
    guesses = (
        Choice(value="object", words="the same order, booking or invoice", guessed=named and not some, because="the files name them"),
        Choice(value="kind", words=f"{by_kind}: counts too many", guessed=bool(some) or (kinds and not named), because=some or "no order is named"),
        Choice(
            value="customer",
            words="anything, by the same customer: counts far too many",
            guessed=not named and not kinds,
            because="neither an order nor a kind is named",
        ),
    )
    choices = tuple(each if each.guessed else msgspec.structs.replace(each, because="") for each in guesses)
    return Question(id=SAME, asked=ASKED[SAME], choices=choices, several=False)


def typed_tests(text: str) -> tuple[str, ...]:
    """Read a field of addresses, one a line or with commas; a bare domain means all of it.

    >>> typed_tests("qa@shop.example, @lab.example\\nlab2.example")
    ('qa@shop.example', '@lab.example', '@lab2.example')
    """
    return tuple(each if "@" in each or "." not in each else f"@{each}" for each in re.split(r"[\s,;]+", text) if each)


def with_all(answers: Answers, more: Sequence[str]) -> Answers:
    """Add typed test addresses to the ticked ones."""
    return msgspec.structs.replace(answers, tests=tuple(dict.fromkeys((*answers.tests, *more))))


def price_of(text: str) -> tuple[int, str] | None:
    """Read a price as minor units and currency; `None` for what is none.

    >>> price_of("0.99 USD"), price_of("1,50 eur"), price_of("0,99 €"), price_of("$2"), price_of("cheap")
    ((99, 'USD'), (150, 'EUR'), (99, 'EUR'), (200, 'USD'), None)
    """
    found = _PRICE.fullmatch(text)
    if found is None or bool(found["before"]) == bool(found["after"]):
        return None
    said = (found["before"] or found["after"]).upper()
    currency = _SIGNS.get(said, said)
    minor = minor_from_decimal(found["amount"].replace(",", "."), currency) if currency in CURRENCIES else None
    return None if minor is None else (minor, currency)
