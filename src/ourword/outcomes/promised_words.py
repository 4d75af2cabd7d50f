"""Promises found in words: "within 5 working days" said so often, about what, and kept how often where the events can tell.

Only what is written with a number and a unit is found, in English and German. Whether an answer came in time can be told from the
messages that follow; whether money came cannot, so it is not guessed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from ourword.core.calendar import Calendar, public_holidays
from ourword.core.event import Event
from ourword.core.span import Span, Unit
from ourword.core.time import datetime_from_instant, instant_from_datetime

About = Literal["an answer", "money", "a delivery", "something else"]
EXAMPLES_MAX = 3
COUNT_MAX = 400
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "ten": 10, "einem": 1, "zwei": 2, "drei": 3, "fünf": 5}
_WITHIN = re.compile(
    r"\b(?:within|in (?:the next|under|less than)|innerhalb von|binnen)\s+(?:the next\s+)?"
    r"(?:(?:\d{1,3}|[a-zü]{3,5})\s*(?:-|–|to|bis)\s*)?(\d{1,3}|[a-zü]{3,5})\s*"
    r"((?:business|working|werk|arbeits)?[\s-]*(?:minute|minuten|hour|stunde|day|tag|week|woche)(?:s|n|e|en)?)\b",
    re.IGNORECASE,
)
_UNITS: tuple[tuple[str, Unit], ...] = (
    ("minute", "minute"), ("hour", "hour"), ("stunde", "hour"), ("week", "week"), ("woche", "week"), ("day", "day"), ("tag", "day"),
)  # fmt: skip
_ABOUT: tuple[tuple[About, re.Pattern[str]], ...] = (
    ("money", re.compile(r"\b(?:refund\w*|money|paid back|pay\w*|credit\w*|account|geld|erstatt\w*|gutschrift)\b", re.IGNORECASE)),
    (
        "a delivery",
        re.compile(r"\b(?:ship\w*|deliver\w*|parcel|sent out|dispatch\w*|arrive\w*|replacement|paket|liefer\w*|versand\w*)\b", re.IGNORECASE),
    ),
    (
        "an answer",
        re.compile(
            r"\b(?:repl\w+|answer\w*|respond\w*|response|get back|contact you|hear from|call you|in touch|antwort\w*|melden)\b", re.IGNORECASE
        ),
    ),
)


class Found(msgspec.Struct, frozen=True):
    """One promise in one message."""

    within: Span
    about: About
    words: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One sort of promise: what is promised and within what time, how often it was said, and how often it was kept of those that can be told."""

    about: About
    within: Span
    said: int
    contacts: int
    due: int = 0
    """Of how many it can be told: the time is over, and messages would show it. 0: these files cannot tell."""
    kept: int = 0
    kinds: tuple[tuple[str, int], ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A name for it in a contract.

        >>> Said(about="an answer", within=Span(24, "hour"), said=1, contacts=1).id
        'an-answer-within-24-hours'
        """
        return f"{self.about} within {self.within}".replace(" ", "-")


def found_in(words: str) -> Iterator[Found]:
    """The promises in a message, sentence by sentence; a question promises nothing.

    >>> [(str(each.within), each.about) for each in found_in("Your refund comes within 3-5 business days. We reply within 24 hours.")]
    [('5 working days', 'money'), ('24 hours', 'an answer')]
    """
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", words[:20_000]):
        if sentence.rstrip().endswith("?"):
            continue
        for match in _WITHIN.finditer(sentence):
            span = _span(match[1], match[2])
            if span is not None:
                yield Found(span, next((about for about, named in _ABOUT if named.search(sentence)), "something else"), sentence.strip()[:200])


def _span(number: str, unit: str) -> Span | None:
    count = int(number) if number.isdecimal() else _NUMBERS.get(number.lower(), 0)
    name: Unit | None = next((of for word, of in _UNITS if word in unit.lower()), None)
    if name == "day" and re.match(r"business|working|werk|arbeits", unit, re.IGNORECASE):
        name = "working day"
    return Span(count, name) if name is not None and 0 < count <= COUNT_MAX else None


class _Talk:
    """One contact, as far as promises need it."""

    __slots__ = ("answered", "kind", "promised")

    def __init__(self) -> None:
        self.kind = ""
        self.promised: list[tuple[int | None, Found]] = []
        self.answered: list[int] = []


def said_in(events: Iterable[Event], *, zone: str, as_of: int, holidays: str = "") -> list[Said]:
    """Every sort of promise that was said to customers in these events, the most frequent first; *as_of* in nanoseconds since 1970."""
    talks: dict[str, _Talk] = defaultdict(_Talk)
    for event in events:
        contact = event.data.get("contact")
        if not isinstance(contact, str):
            continue
        ours = event.type == "message.out"
        text = str(event.data.get("text") or "") if ours else ""
        promised = [(event.instant, each) for each in found_in(text)] if text else []
        if not ours and event.type != "human.joined" and "kind" not in event.data:
            continue
        talk = talks[contact]
        talk.kind = talk.kind or str(event.data.get("kind") or "")
        talk.promised += promised
        if (ours or event.type == "human.joined") and event.instant is not None:
            talk.answered.append(event.instant)
    return _counted(talks.values(), Calendar(zone, public_holidays(holidays)) if holidays else Calendar(zone), as_of)


def _counted(talks: Iterable[_Talk], calendar: Calendar, as_of: int) -> list[Said]:
    said: Counter[tuple[About, Span]] = Counter()
    contacts: Counter[tuple[About, Span]] = Counter()
    due: Counter[tuple[About, Span]] = Counter()
    kept: Counter[tuple[About, Span]] = Counter()
    kinds: dict[tuple[About, Span], Counter[str]] = defaultdict(Counter)
    examples: dict[tuple[About, Span], dict[str, None]] = defaultdict(dict)
    for talk in talks:
        for sort in {(each.about, each.within) for _, each in talk.promised}:
            contacts[sort] += 1
            kinds[sort][talk.kind] += 1
        for at, each in talk.promised:
            sort = each.about, each.within
            said[sort] += 1
            if len(examples[sort]) < EXAMPLES_MAX:
                examples[sort].setdefault(each.words)
            if each.about != "an answer" or at is None:
                continue
            until = instant_from_datetime(calendar.due_at(datetime_from_instant(at), each.within)) or 0
            if until <= as_of:
                due[sort] += 1
                kept[sort] += any(at < answered <= until for answered in talk.answered)
    return [
        Said(
            about=sort[0],
            within=sort[1],
            said=count,
            contacts=contacts[sort],
            due=due[sort],
            kept=kept[sort],
            kinds=tuple(kinds[sort].most_common()),
            examples=tuple(examples[sort]),
        )
        for sort, count in said.most_common()
    ]
