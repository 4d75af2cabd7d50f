"""Whoever hears the same events in another order reports the same, down to the last figure: numbers are given by arrival, and mean nothing."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.core.event import Event
from ourword.figures.watched import watching
from ourword.ledger.entry import instant_text
from ourword.outcomes.chance import came_back
from ourword.outcomes.contacts import Asked, contacts
from ourword.outcomes.metrics import report
from ourword.outcomes.recount import recount
from ourword.outcomes.silence import silent_customers, watch_silence
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home
from ourword.stores.rows import number_in
from ourword.stores.tables import tables

HOUR = 3_600 * 10**9
START = 1_750_000_000 * 10**9
_WHO = st.sampled_from(["c-1", "c-2", "c-3", "c-4"])
_TYPES = [
    *("contact.opened", "message.in", "message.out", "question.answered", "contact.closed", "contact.reopened", "human.requested", "human.joined"),
    *("decision.made", "complaint.made", "customer.active", "customer.updated", "customer.merged", "customer.id"),
]


@st.composite
def happening(draw: st.DrawFn) -> dict[str, Any]:
    """An event of one of a few customers, in one of a few contacts, which several customers share."""
    type_, at = draw(st.sampled_from(_TYPES)), START + draw(st.integers(0, 60)) * 12 * HOUR
    data: dict[str, Any] = {"actor": draw(st.sampled_from(["customer", "automation"]))}
    if draw(st.integers(0, 9)):
        data["contact"] = draw(st.sampled_from(["k-1", "k-2", "k-3"]))
    if draw(st.booleans()):
        data["objects"] = [{"type": "order", "id": draw(st.sampled_from(["o-1", "o-2"])), "role": draw(st.sampled_from(["about", "item"]))}]
    if draw(st.booleans()):
        data["kind"] = draw(st.sampled_from(["refund", "delivery"]))
    if draw(st.booleans()):
        data["channel"] = draw(st.sampled_from(["chat", "mail"]))
    match type_:
        case "contact.closed":
            data |= {"closed_by": draw(st.sampled_from(["automation", "timer"])), "close_reason": draw(st.sampled_from(["no_reply", "confirmed"]))}
        case "question.answered":
            data["said"] = draw(st.sampled_from(["yes", "no"]))
        case "decision.made":
            data["decision"] = draw(st.sampled_from(["d-1", "d-2"]))
        case "customer.updated":
            data["attributes"] = {"plan": draw(st.sampled_from(["basic", "full"]))}
        case "customer.merged":
            data["id"] = draw(_WHO)
        case "customer.id":
            data |= {"id": draw(_WHO), "from": instant_text(START + draw(st.integers(0, 60)) * 12 * HOUR)}
    return {"type": type_, "instant": at, "subject": f"customer:{draw(_WHO)}", "data": data}


def told(home: Home) -> tuple[Any, ...]:
    """Everything that is reported, in names: what became of each contact and whose it is, who is silent, every figure."""
    with EventStore(home, write=False) as store, watching(home, Asked(window_days=2)) as (connection, _):
        people = store.people
        found = sorted(
            (people.name(each.contact), people.customer(each.subject or 0), each.outcome, each.start_at, each.end_at, each.back_at)
            for each in contacts(connection)
        )
        figures = list(report(connection)), list(recount(connection)), came_back(connection, seed=7, rounds=3)
        watch_silence(connection)
        quiet = sorted((people.customer(each.subject), each.since, each.known_at, each.back_at) for each in silent_customers(connection))
    return found, quiet, figures


def heard(events: list[Event], chance: random.Random) -> tuple[Any, ...]:
    """Hand these in, in another order and in other pieces, to a home of its own."""
    mixed = chance.sample(events, len(events))
    with tempfile.TemporaryDirectory() as folder, open_home(folder) as home:
        with EventStore(home) as store:
            while mixed:
                some = 1 + chance.randrange(len(mixed))
                store.add(mixed[:some])
                mixed = mixed[some:]
                if chance.random() < 0.5:
                    store.seal()
        return told(home)


@settings(max_examples=tries(25), deadline=None)
@given(st.lists(happening(), min_size=2, max_size=25), st.randoms(use_true_random=False))
def test_events_heard_in_another_order_tell_the_same(given: list[dict[str, Any]], chance: random.Random) -> None:
    """With customers who turn out to be one (for a time, in circles, twice at one moment) and contacts in which several take part."""
    events = [Event(id=f"e-{number}", source="chat", **each) for number, each in enumerate(given)]

    assert heard(events, random.Random(0)) == heard(events, chance)


@settings(max_examples=tries(25), deadline=None)
@given(st.lists(happening(), min_size=2, max_size=25), st.randoms(use_true_random=False))
def test_another_home_tells_the_same_of_events_of_one_instant_that_nobody_counted(given: list[dict[str, Any]], chance: random.Random) -> None:
    """A home's key is chance. Of events that read alike all but one are left out: there it still decides."""
    events, seen = [], set()
    for number, each in enumerate(given):
        at, name = START + (each["instant"] - START) // (24 * HOUR) % 3 * 24 * HOUR, "".join(chr(ord("a") + int(digit)) for digit in str(number))
        row = repr([at, each["type"], {key: value for key, value in each["data"].items() if key not in ("contact", "objects", "attributes")}])
        if row not in seen and each["type"] not in ("customer.merged", "customer.id"):
            seen.add(row)
            events.append(Event(id=name, source="chat", **{**each, "instant": at}))

    assert heard(events, random.Random(0)) == heard(events, chance)


def test_events_of_one_instant_follow_from_each_other(tmp_path: Path) -> None:
    """Where ids have no digits: the customer writes, we answer, we ask, they say yes, it is closed; a complaint comes after."""
    types = [
        "contact.opened",
        "message.in",
        "decision.made",
        "message.out",
        "question.asked",
        "question.answered",
        "contact.closed",
        "complaint.made",
    ]
    given = [Event(id=name, source="chat", type=name, instant=START, subject="customer:c", data={"contact": "k"}) for name in sorted(types)]
    with open_home(tmp_path) as home, EventStore(home) as store:
        store.add(given)
        with tables(home, store) as duck:
            assert types == [name for (name,) in duck.execute("SELECT type FROM events ORDER BY event").fetchall()]


@settings(max_examples=tries(200))
@given(st.integers(0, 10**18 - 2), st.integers(0, 3), st.sampled_from(["m-", "m-81-", "7x"]), st.sampled_from(["", "b", "-end"]))
def test_a_source_that_counts_on_is_in_its_order(count: int, zeros: int, before: str, after: str) -> None:
    """Also past a million: the counter does not begin again."""
    this, following = (f"{before}{'0' * min(zeros, 18 - len(str(count + 1)))}{number}{after}" for number in (count, count + 1))

    assert (count, count + 1) == (number_in(this), number_in(following))


@pytest.mark.parametrize("where", ["customer", "contact", "object"])
def test_no_long_number_of_a_name_stands_in_the_files(tmp_path: Path, where: str) -> None:
    """A telephone number is a person, also where an event's id ends in it; its last six digits name nobody."""
    phone = "4930123456"
    data: dict[str, Any] = {
        "contact": f"k-{phone}" if where == "contact" else "k",
        "objects": [{"type": "line", "id": phone if where == "object" else "o"}],
    }
    subject = f"customer:+{phone}" if where == "customer" else "customer:c"
    with open_home(tmp_path) as home, EventStore(home) as store:
        store.add([Event(id=f"call-{phone}", source="pbx", type="message.in", instant=START, subject=subject, data=data)])
        store.seal()
        (file,) = store.folder.iterdir()
        row = duckdb.sql(f"SELECT * FROM '{file}'").fetchall()

    assert phone not in repr(row)
    assert 123456 in row[0]
