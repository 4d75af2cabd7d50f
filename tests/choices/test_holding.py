"""Holds, by law: every escalation is answered, waits, was closed or is lost; and how long it waited is what a reader of the events would say."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from ourword.choices.holding import held

TYPES = ("escalated", "asked", "allowed", "human.joined", "person", "contact.closed", "message.in")
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["k1", "k2", None]), st.sampled_from(TYPES), st.integers(0, 20), st.sampled_from(["refund", "other"])), max_size=14
)
ANSWERS = {"escalated": "escalate", "asked": "ask", "allowed": "allow", "person": "allow"}
CONTACTS = {"k1": 1, "k2": 2, None: None}


def laid(happened: list[tuple[str | None, str, int, str]], as_of: int) -> duckdb.DuckDBPyConnection:
    duck = duckdb.connect()
    duck.execute('CREATE TABLE events (event BIGINT, subject BIGINT, contact BIGINT, type VARCHAR, actor VARCHAR, kind VARCHAR, "at" BIGINT)')
    duck.execute("CREATE TABLE remarks (event BIGINT, answer VARCHAR)")
    duck.execute("CREATE TABLE given (as_of BIGINT)")
    duck.execute("INSERT INTO given VALUES (?)", [as_of])
    for number, (contact, type_, at, kind) in enumerate(happened):
        decision = type_ in ANSWERS
        actor = "person" if type_ == "person" else "automation"
        duck.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
            [number, CONTACTS[contact], CONTACTS[contact], "decision.made" if decision else type_, actor, kind, at],
        )
        if decision:
            duck.execute("INSERT INTO remarks VALUES (?, ?)", [number, ANSWERS[type_]])
    return duck


def read(happened: list[tuple[str | None, str, int, str]], as_of: int, sort: str) -> list[Any]:
    """What became of each hold, told by walking through the events: its wait, `waiting`, `closed` or `lost`."""
    found: list[Any] = []
    for number, (contact, type_, at, kind) in enumerate(happened):
        if ANSWERS.get(type_) != sort or kind != "refund" or at > as_of:
            continue
        later = [(when, what, of) for who, what, when, of in happened[number + 1 :] if who == contact and when <= as_of]
        decided = [when for when, what, of in later if what in ANSWERS and of == "refund"]
        answers = [when for when, what, _ in later if what in ("human.joined", "person")] if sort == "escalate" else decided
        closes = [when for when, what, _ in later if what == "contact.closed"]
        if contact is None:
            found.append("lost")
        elif answers and (not closes or min(answers) <= min(closes)):
            found.append(min(answers) - at)
        else:
            found.append("closed" if closes else ("waiting", as_of - at))
    return found


@given(HAPPENINGS, st.integers(0, 25), st.integers(0, 10), st.sampled_from(["escalate", "ask"]))
def test_every_hold_is_answered_or_waits_or_was_closed_or_is_lost(happened, as_of, most, sort):
    happened = sorted(happened, key=lambda each: each[2])
    with closing(laid(happened, as_of)) as duck:
        found, told = held(duck, most=most, kinds=["refund"], answer=sort), read(happened, as_of, sort)
    waits = sorted(each for each in told if isinstance(each, int))
    waiting = [each[1] for each in told if isinstance(each, tuple)]
    late = sum(each > most for each in waits) + told.count("closed") + sum(age > most for age in waiting)
    known = len(waits) + told.count("closed") + sum(age > most for age in waiting)

    assert found.n == len(told) == found.answered + found.waiting + found.closed + found.lost
    assert (found.answered, found.closed, found.lost) == (len(waits), told.count("closed"), told.count("lost"))
    assert (found.median, found.longest) == ((waits[(len(waits) - 1) // 2], waits[-1]) if waits else (None, None))
    assert found.oldest == max(waiting, default=None)
    assert (found.longer.n, found.longer.value) == ((known, late / known) if known else (0, None))
