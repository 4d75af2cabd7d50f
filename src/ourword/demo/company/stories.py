"""What is planted in Larkspur's 120 days, in numbers: each story is a constant here, and nowhere else."""

from __future__ import annotations

CONTRACT_NAME = "larkspur-care"
HOLDOUT = 0.02

# Versions, each from a share of the days on.
CONTRACTS = ((0.0, "3.2.0"), (0.375, "4.0.0"))
PROMPTS = ((0.0, "p-76"), (0.2, "p-77"), (0.58, "p-78"))
MODELS = ((0.0, "m-3"), (0.42, "m-4"))
"""The model changes nothing: a report that finds an effect of it found noise."""

# (a) Prompt p-78 closes sooner and claims more; less of what it closes is solved.
BAD_PROMPT = "p-78"
BAD_PROMPT_SOLVES_LESS = 0.18

# (b) `money-back` of refunds breaks where the customer paid by invoice.
BAD_METHOD = "invoice"
PAID = {True: (0.22, 0.62), False: (0.965, 0.025)}
"""By whether it is the bad method: the shares in time and late; the rest is never paid."""

# (c) A timer closes after the automation's question, and that counts as resolved: the share of talks that end with "Anything else?", by prompt.
TIMER_CLOSES = {"p-76": 0.12, "p-77": 0.12, "p-78": 0.18}

# (d) After automation has decided about a price, people leave without a word.
SILENT_KIND = "price_match"
LEAVES_SILENTLY = 0.28
LEAVES_SOLVED, LEAVES_UNSOLVED = 0.02, 0.08

# (e) Polish speakers are served worse by automation, and reach a person less often.
WORSE_LANGUAGE = "pl"
WORSE_SOLVES_LESS = 0.22
WORSE_REACHES_LESS = 0.25

# (f) Who writes this phrase gets a person; more and more returning customers know it.
PHRASE = "formal complaint"
PHRASE_REACHES, REACHES = 0.97, 0.48
PHRASE_KNOWN = {False: (0.02, 0.05), True: (0.06, 0.55)}
"""By whether the customer returns: the share of those asking for a person who write it, on the first and the last day."""

# (g) People at the desk bend `too-late`.
BENT_CLAUSE = "too-late"
BENDS = 0.42
BENT_UP_TO_DAYS, LATE_DAYS = 45, (32, 60)
BENT_WITHIN = {True: 0.93, False: 0.12}
"""What people go by, though nothing says so: of those whom they bend it for, and of those whom they do not, the share whose order is no older."""

SOLVED = {"refund": 0.86, "cancel_order": 0.90, "goodwill": 0.80, "account_access": 0.84, "price_match": 0.78}
"""The share of approaches that are truly solved where what was asked is granted by automation."""
SOLVED_REFUSED, SOLVED_BY_WORDS, PERSON_SOLVES_MORE = 0.55, 0.55, 0.06
KINDS = {"refund": 40, "cancel_order": 18, "goodwill": 13, "account_access": 15, "price_match": 14}
ASKS_FIRST = {"refund": 0.85, "account_access": 0.6}
"""The share of proposals that the contract answers by a question to the customer."""
METHODS = {"card": 55, "wallet": 25, BAD_METHOD: 20}
LANGUAGES = {"de": 62, "en": 20, "tr": 9, WORSE_LANGUAGE: 9}
REGIONS = {"north": 24, "south": 30, "east": 18, "west": 28}
TENURES = {"new": 30, "1-3 years": 45, "longer": 25}

WINDOW_DAYS = 7
COMES_BACK_UNSOLVED, COMES_BACK_LATER, COMES_BACK_SOLVED = 0.50, 0.08, 0.03
ASKS_FOR_A_PERSON = {False: 0.09, True: 0.25}
"""By whether the customer returns with the same matter."""


def version_at(versions: tuple[tuple[float, str], ...], share: float) -> str:
    """Say which version is in use when so much of the days has passed.

    >>> version_at(PROMPTS, 0.1), version_at(PROMPTS, 0.9)
    ('p-76', 'p-78')
    """
    return next(name for since, name in reversed(versions) if share >= since)


def between(first_last: tuple[float, float], share: float) -> float:
    """Go evenly from the first value to the last.

    >>> between((0.0, 0.5), 0.5)
    0.25
    """
    return first_last[0] + (first_last[1] - first_last[0]) * share
