"""Samples of quiet customers and what they said when they were called back: a fold over the ledger's entries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

import msgspec
from msgspec import UNSET

from ourword.core.time import instant_from_text
from ourword.ledger.entry import SampleAnswered, SampleDrawn
from ourword.ledger.store import Entry

QUESTION = "Was your matter solved?"
"""What every customer is asked, in these words: what is asked otherwise is another number."""


class Said(Enum):
    """What came of a call."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    NO_ANSWER = "no answer"

    @property
    def solved(self) -> bool | None:
        """Whether it was solved, as far as the customer said: partly is no yes, and no answer says nothing.

        >>> [each.solved for each in Said]
        [True, False, False, None]
        """
        return None if self is Said.NO_ANSWER else self is Said.YES


class Answer(msgspec.Struct, frozen=True):
    """What was said, and the entry that says so."""

    said: Said
    seq: int
    at: int
    """When it was handed in, in ns since 1970."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A draw, and what was answered so far, by place in it (1, 2, 3 …)."""

    seq: int
    drawn: SampleDrawn
    at: int
    """When lots were drawn, in ns since 1970."""
    answers: dict[int, Answer]

    @property
    def id(self) -> str:
        """Its name.

        >>> drawn = SampleDrawn(time="", method="", seed=1, size=0, contacts=0, customers=0, frame="", as_of="", window_days=7)
        >>> Sample(seq=12, drawn=drawn, at=0, answers={}).id
        'ask-12'
        """
        return f"ask-{self.seq}"

    @property
    def answered(self) -> int:
        """How many said something."""
        return sum(each.said is not Said.NO_ANSWER for each in self.answers.values())


def named(seq: int, place: int) -> str:
    """The name of one question: its sample and its place in it.

    >>> named(12, 7), place_of(named(12, 7)), place_of("12/7")
    ('ask-12-7', (12, 7), None)
    """
    return f"ask-{seq}-{place}"


def place_of(name: str) -> tuple[int, int] | None:
    """Read such a name; anything else is `None`."""
    match = re.fullmatch(r"ask-([1-9]\d{0,14})-([1-9]\d{0,8})", name, re.ASCII)
    return None if match is None else (int(match[1]), int(match[2]))


def taken(before: Said | None, said: Said) -> bool | None:
    """Whether an answer is new (true), known (false), or not the one that was given before (`None`): the first that says something stands.

    >>> taken(None, Said.NO), taken(Said.NO_ANSWER, Said.NO), taken(Said.NO, Said.NO), taken(Said.NO, Said.YES), taken(Said.NO, Said.NO_ANSWER)
    (True, True, False, None, None)
    """
    if before is said:
        return False
    return True if before in (None, Said.NO_ANSWER) else None


def samples(entries: Iterable[Entry], *, until: int | None = None) -> list[Sample]:
    """Read the samples off the entries, the oldest first; with *until* (ns since 1970), as they were known then.

    >>> samples([])
    []
    """
    found: dict[int, Sample] = {}
    for entry in entries:
        value = entry.value
        if not isinstance(value, SampleDrawn | SampleAnswered):
            continue
        at = instant_from_text(value.time) or 0
        if until is not None and at > until:
            continue
        if isinstance(value, SampleDrawn):
            found[entry.seq] = Sample(seq=entry.seq, drawn=value, at=at, answers={})
        elif value.sample in found:
            _answer(found[value.sample], value, Answer(Said.YES, entry.seq, at))
    return list(found.values())


def answered_entry(sample: int, answers: Iterable[tuple[int, Said]], *, time: str, notes: dict[int, str]) -> SampleAnswered:
    """The entry of what customers said; *notes* are commitments, by place."""
    places: dict[Said, list[int]] = {each: [] for each in Said}
    for place, said in answers:
        places[said].append(place)
    yes, no, partly, no_answer = (tuple(sorted(places[each])) for each in Said)
    committed = {str(place): each for place, each in notes.items()} or UNSET
    return SampleAnswered(time=time, sample=sample, yes=yes, no=no, partly=partly, no_answer=no_answer, notes=committed)


def _answer(sample: Sample, entry: SampleAnswered, of: Answer) -> None:
    for said, places in zip(Said, (entry.yes, entry.no, entry.partly, entry.no_answer), strict=True):
        for place in places:
            before = sample.answers.get(place)
            if taken(before.said if before else None, said):
                sample.answers[place] = msgspec.structs.replace(of, said=said)
