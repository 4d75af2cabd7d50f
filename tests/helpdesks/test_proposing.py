"""A drafted contract passes `check` whatever people typed into the form; what is missing is said before anything is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.contract.check import check
from ourword.contract.read import read
from ourword.core.event import Event
from ourword.core.span import Span
from ourword.core.time import instant_from_datetime
from ourword.helpdesks.telling import kind_id
from ourword.outcomes.promised_words import Said, found_in, said_in
from ourword.starting.proposing import CHOICES, Filled, KindFound, Proposal, missing, write

TODAY = date(2026, 11, 25)
names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cf", "Co", "Cn")), min_size=1, max_size=40).filter(
    lambda text: text.strip()
)
spans = st.builds(Span, st.integers(1, 400), st.sampled_from(["minute", "hour", "day", "working day", "week"]))
promises = st.lists(
    st.builds(
        Said, about=st.sampled_from(["an answer", "money", "a delivery", "something else"]), within=spans, said=st.integers(1, 9), contacts=st.just(1)
    ),
    max_size=4,
    unique_by=lambda each: each.id,
)
kinds = st.lists(st.sampled_from(["refund", "cancel_order", "contact", "k2nd"]), min_size=1, unique=True)


@given(found=kinds, said=promises, who=st.lists(names, min_size=5, max_size=5), desk=names, chosen=st.sampled_from(["open", 0, 1]), data=st.data())
def test_whatever_is_filled_in_passes_check(
    found: list[str], said: list[Said], who: list[str], desk: str, chosen: str | int, data: st.DataObject
) -> None:
    """A form that people can fill in and a file that then cannot be used would send them back to an engineer."""
    proposal = Proposal(
        kinds=tuple(KindFound(id=each, seen=each, contacts=1, stayed=None, came_back=None) for each in found),
        more_kinds=0,
        promises=tuple(said),
        open_until=date(2027, 1, 24),
    )
    filled = Filled(
        name=who[0],
        signer=who[1],
        desk=desk,
        owners={each: who[at % len(who)] for at, each in enumerate(found)},
        choices={name: "open" if chosen == "open" else sides[int(chosen)] for name, sides in CHOICES.items()},
        open_until="2027-01-24",
        at_least={found[0]: "62"},
        at_most=dict.fromkeys(found, "7,5"),
        adopted={each.id: data.draw(st.sampled_from(found)) for each in said},
    )

    assert [] == missing(proposal, filled, today=TODAY)
    written = write(proposal, filled, today=TODAY)
    sound, flaws = check(read(written.contract.encode(), written.wiring.encode()), today=TODAY)
    assert [] == [each for each in flaws if each.level == "error"]
    assert sound is not None


@pytest.mark.parametrize("typed", [{"signer": "Care Desk", "desk": "Care"}, {"open_until": "20270124"}, {"at_least": {"refund": "0.001"}}])
def test_what_is_oddly_written_still_passes_check(typed: dict[str, Any]) -> None:
    """A person called like the desk, a day without dashes, a share that Python writes in powers of ten."""
    kind = KindFound(id="refund", seen="Refund", contacts=1, stayed=None, came_back=None)
    proposal = Proposal(kinds=(kind,), more_kinds=0, promises=(), open_until=date(2027, 1, 24))
    whole = Filled(name="x", signer="Mara", owners={"refund": "Care Desk"}, open_until="2027-01-24", at_most={"refund": "7"})
    filled = msgspec.structs.replace(whole, **typed)

    assert [] == missing(proposal, filled, today=TODAY)
    assert not [each for each in write(proposal, filled, today=TODAY).flaws if each.level == "error"]


def test_a_name_of_which_nothing_can_be_seen_is_none() -> None:
    """U+202E turns what follows it round, and is no letter."""
    kind = KindFound(id="refund", seen="Refund", contacts=1, stayed=None, came_back=None)
    proposal = Proposal(kinds=(kind,), more_kinds=0, promises=(), open_until=date(2027, 1, 24))

    assert any("Nobody signs" in each for each in missing(proposal, Filled(signer="\u202e "), today=TODAY))


def test_what_is_missing_is_said_and_nothing_is_written() -> None:
    """Owners are blank until a person is named: no default answers for customers."""
    kind = KindFound(id="refund", seen="Refund", contacts=1, stayed=None, came_back=None)
    told = missing(Proposal(kinds=(kind,), more_kinds=0, promises=(), open_until=date(2027, 1, 24)), Filled(), today=TODAY)

    assert ["Nobody signs", "“Refund” has no owner", "“” is no day after today", "“Refund” needs a bound"] == [
        next(
            start
            for start in ("Nobody signs", "“Refund” has no owner", "“” is no day after today", "“Refund” needs a bound")
            if each.startswith(start)
        )
        for each in told
    ]


def test_promises_are_found_in_words_and_nowhere_else() -> None:
    """A question, a vague word and a customer's own sentence promise nothing."""
    found = [
        (str(each.within), each.about) for each in found_in("You get your money back within five working days. Will it take within 2 days? Soon.")
    ]

    assert [("5 working days", "money")] == found


def _at(day: int, hour: int) -> int:
    return instant_from_datetime(datetime(2026, 11, day, hour, tzinfo=UTC)) or 0


def test_an_answer_in_time_keeps_the_promise_and_money_cannot_be_told() -> None:
    """Kept where the messages show it; never guessed where they cannot."""

    def out(number: int, contact: str, at: int, text: str) -> Event:
        return Event(id=str(number), source="desk", type="message.out", instant=at, data={"contact": contact, "text": text, "kind": "refund"})

    events = [
        out(1, "a", _at(2, 9), "We will get back to you within 24 hours."),
        out(2, "a", _at(3, 8), "Here is your answer."),
        out(3, "b", _at(2, 9), "We will get back to you within 24 hours."),
        out(4, "b", _at(4, 8), "Sorry that it took so long."),
        out(5, "c", _at(20, 9), "We will get back to you within 24 hours."),
        out(6, "a", _at(3, 8), "Your refund comes within 5 business days."),
    ]

    found = {each.about: (each.said, each.contacts, each.due, each.kept) for each in said_in(events, zone="UTC", as_of=_at(20, 12))}

    assert {"an answer": (3, 3, 2, 1), "money": (1, 1, 0, 0)} == found


@given(st.text(max_size=70))
def test_a_kind_has_a_name_that_a_contract_takes_and_keeps_it(seen: str) -> None:
    """What is named once is named the same when the contract is drafted from it."""
    named = kind_id(seen)

    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,59}", named)
    assert named == kind_id(named)


def test_kinds_in_other_languages_are_kinds_of_their_own() -> None:
    """“Rückgabe” stood as “R ckgabe”, and all kinds in Japanese were one."""
    seen = ["Rückgabe", "Rueckgabe 2", "Größe", "返品", "交換", "Возврат", "Обмен"]

    assert len(seen) == len({kind_id(each) for each in seen})
    assert ("rueckgabe", "groesse") == (kind_id("Rückgabe"), kind_id("Größe"))
