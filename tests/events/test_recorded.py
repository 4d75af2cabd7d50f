"""What the ledger knows of a decision counts as an event that says it: once, whether the event is sent or not."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.app import Ourword
from ourword.core.event import Event
from ourword.figures.board import Board, board_of
from ourword.figures.contacted import contacted
from ourword.figures.watched import watching
from ourword.ledger.decided import Decided, Personal
from ourword.ledger.entry import Lineage
from ourword.outcomes.contacts import Asked, contacts, last_known
from ourword.stores.events import EventStore
from ourword.stores.home import Home, open_home
from ourword.stores.tables import tables

DAY = 86_400 * 10**9
MINUTE = 60 * 10**9
START = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()) * 10**9
LATER = (START + 90 * DAY) // 1000
WHOSE = {"k-1": "c-1", "k-2": "c-1", "k-3": "c-2", "k-unheard": "c-3"}
SHOP = Path(__file__).parents[2] / "examples" / "larkspur-refund"

Made = dict[str, Any]

made = st.fixed_dictionaries(
    {
        "contact": st.sampled_from(sorted(WHOSE)),
        "kind": st.sampled_from(["refund", "goodwill"]),
        "minute": st.integers(0, 40),
        "answer": st.sampled_from(["allow", "refuse", "escalate"]),
        "by": st.sampled_from(["automation", "person"]),
        "prompt": st.none() | st.sampled_from(["p-1", "p-2"]),
        "objects": st.none() | st.sampled_from([[{"type": "order", "id": "o-1"}], [{"type": "order", "id": "o-2", "role": "about"}]]),
    }
)
heard = st.fixed_dictionaries(
    {
        "contact": st.sampled_from(sorted(WHOSE.keys() - {"k-unheard"})),
        "type": st.sampled_from(["message.in", "message.out", "contact.closed", "human.requested", "contact.reopened"]),
        "minute": st.none() | st.integers(0, 20_000),
        "prompt": st.none() | st.sampled_from(["p-1", "p-2"]),
    }
)


def decided(number: int, given: Made) -> Decided:
    return Decided(
        decision_id=f"d-{number}",
        kind=given["kind"],
        instant=instant_of(given),
        contract="care",
        lineage=Lineage(prompt=given["prompt"], model="m-1", contract="sha256:gone"),
        owner="mara",
        answer=given["answer"],
        decided_by="always",
        by=given["by"],
        mode=given.get("mode", "enforce"),
        personal=Personal(customer=WHOSE[given["contact"] or "k-1"], contact=given["contact"], objects=given["objects"]),
    )


def instant_of(given: Made) -> int:
    return START + given["minute"] * MINUTE + given.get("beside", 0)


def said(number: int, given: Made) -> Event:
    """The event that says what the ledger knows of a decision."""
    data = {
        "contact": given["contact"],
        "decision": f"d-{number}",
        "kind": given["kind"],
        "actor": given["by"],
        "answer": given["answer"],
        "objects": given["objects"],
        "versions": {"prompt": given["prompt"], "model": "m-1"},
    }
    subject = f"customer:{WHOSE[given['contact']]}"
    return Event(id=f"said-{number}", source="gate", type="decision.made", instant=instant_of(given), subject=subject, data=data)


def told(number: int, given: Made) -> Event:
    data = {"contact": given["contact"], "actor": "customer", "kind": "help", "versions": {"prompt": given["prompt"]}}
    instant = None if given["minute"] is None else START + given["minute"] * MINUTE
    return Event(id=f"m-{number}", source="chat", type=given["type"], instant=instant, subject=f"customer:{WHOSE[given['contact']]}", data=data)


def figures(home: Home, asked: Asked) -> tuple[Any, ...]:
    """All figures of a board; what is drawn by lot hangs on the numbers that contacts happen to have."""
    found: Board = board_of(home, asked)
    rows = [row for row in found.rows if not row.metric.startswith(("came_back_by_chance", "came_back_excess"))]
    return rows, found.recounted, found.contacts, found.still_open, found.unknown, found.first, found.as_of, found.promises, found.judged


def world(folder: str, events: list[Event], decisions: list[Decided], asked: Asked) -> tuple[Any, ...]:
    with open_home(Path(folder) / "home") as home:
        home.record_many(decisions)
        with EventStore(home) as store:
            assert {"new"} >= set(store.add(events))
        return figures(home, asked)


@settings(max_examples=tries(12), deadline=None)
@given(st.lists(made, min_size=1, max_size=6), st.lists(heard, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_a_decision_counts_once_whether_an_event_says_it_or_not(decisions, events, chance):
    """Of any decisions, some, all or none may be said by events as well: every figure is the same."""
    recorded = [decided(number, each) for number, each in enumerate(decisions)]
    happened = [told(number, each) for number, each in enumerate(events)]
    some = [said(number, each) for number, each in enumerate(decisions) if chance.random() < 0.6]
    mixed = chance.sample([*happened, *some], len(happened) + len(some))
    timeless = [each for each in mixed if each.instant is None]  # their place is where they arrive: that has to be the same
    mixed = [*(each for each in mixed if each.instant is not None), *sorted(timeless, key=lambda each: int(each.id[2:]))]
    asked = Asked(as_of=chance.choice([None, LATER]), grouped_by=chance.choice(["contract", "lineage.prompt"]), window_days=1)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        alone = world(one, [each for each in mixed if each.type != "decision.made"], recorded, asked)

        assert alone == world(other, mixed, recorded, asked)


@settings(max_examples=tries(12), deadline=None)
@given(st.lists(made, min_size=1, max_size=6), st.lists(heard, min_size=1, max_size=12))
def test_the_ledger_says_what_events_alone_would_say(decisions, events):
    """A home that decides here, and one that only hears of the same decisions, show the same figures."""
    decisions = [{**each, "beside": 1000 * (1 + number)} for number, each in enumerate(decisions)]  # at no event's very moment
    happened = [told(number, each) for number, each in enumerate(events)]
    asked = Asked(as_of=LATER, grouped_by="lineage.prompt", window_days=1)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        here = world(one, happened, [decided(number, each) for number, each in enumerate(decisions)], asked)

        assert here == world(other, [*happened, *(said(number, each) for number, each in enumerate(decisions))], [], asked)


# ---- one by one ------------------------------------------------------------------------------------------------------------


REFUND: Made = {"contact": "k-1", "kind": "refund", "minute": 5, "answer": "refuse", "by": "automation", "prompt": "p-1", "objects": None}
HELLO: Made = {"contact": "k-1", "type": "message.in", "minute": 1, "prompt": None}


@pytest.fixture
def home(tmp_path: Path):
    with open_home(tmp_path / "home") as home:
        yield home


def take(home: Home, *events: Event) -> None:
    with EventStore(home) as store:
        store.add(events)


def kinds(home: Home, as_of: int = LATER) -> dict[str | None, set[str]]:
    with watching(home, Asked(as_of=as_of)) as (connection, _), EventStore(home, write=False) as store:
        found: dict[str | None, set[str]] = {}
        for contact, kind in connection.execute("SELECT contact, kind FROM kinds").fetchall():
            found.setdefault(store.people.name(contact), set()).add(kind)
        return found


def test_a_contact_has_the_kinds_of_the_decisions_made_in_it(home: Home) -> None:
    home.record_many([decided(1, REFUND), decided(2, {**REFUND, "kind": "goodwill"})])
    take(home, told(1, HELLO), told(2, {**HELLO, "contact": "k-2"}))

    assert {"k-1": {"refund", "goodwill"}, "k-2": {"help"}} == kinds(home)


def test_a_decision_without_a_contact_counts_in_none(home: Home) -> None:
    """Nobody knows which it belongs to; an event that says both is believed."""
    home.record_many([decided(1, {**REFUND, "contact": None})])
    take(home, told(1, HELLO), told(2, {**HELLO, "contact": "k-2"}))
    before = kinds(home)
    take(home, Event(id="1", source="gate", type="decision.made", subject="customer:c-1", data={"decision": "d-1", "contact": "k-2"}))

    assert ({"k-1": {"help"}, "k-2": {"help"}}, {"k-1": {"help"}, "k-2": {"refund"}}) == (before, kinds(home))


def test_what_is_decided_after_the_moment_asked_about_is_not_known(home: Home) -> None:
    """To the microsecond, also where an event dates it earlier than the ledger does."""
    at = instant_of(REFUND) // 1000
    home.record_many([decided(1, REFUND)])
    take(home, told(1, HELLO), said(1, {**REFUND, "minute": 2}))

    assert ({"k-1": {"help"}}, {"k-1": {"refund"}}) == (kinds(home, at - 1), kinds(home, at))


def test_the_ledger_is_believed_and_the_event_adds_what_only_it_says(home: Home) -> None:
    """Whoever sends events says by which channel; by which prompt and when is what the gate was told."""
    home.record_many([decided(1, REFUND)])
    event = said(1, {**REFUND, "kind": "goodwill", "prompt": "p-9", "minute": 9, "contact": "k-2"})
    take(
        home, told(1, HELLO), Event(**{**{name: getattr(event, name) for name in event.__struct_fields__}, "data": {**event.data, "channel": "mail"}})
    )
    with tables(home) as duck:
        found = duck.execute(
            "SELECT kind, version_prompt, channel, (\"at\" - ?) // 60000000 FROM events WHERE type = 'decision.made'", [START // 1000]
        ).fetchall()

    assert [("refund", "p-1", "mail", 5)] == found


def test_our_own_decisions_do_not_move_the_present(home: Home) -> None:
    """A company that decides today and imports its contacts until Friday does not know what became of Friday's."""
    home.record_many([decided(1, {**REFUND, "minute": 30 * 24 * 60})])
    take(home, told(1, HELLO))
    with tables(home) as duck:
        assert (START + MINUTE) // 1000 == last_known(duck)


def test_where_no_event_has_a_time_there_is_no_present(home: Home) -> None:
    """However often we decided: then no window is over, and no board is of a day before all days."""
    home.record_many([decided(1, REFUND)])
    take(home, told(1, {**HELLO, "minute": None}))
    found = board_of(home)

    assert (None, None, 1) == (found.as_of, found.first, found.contacts)


def test_what_was_only_observed_is_no_answer_that_a_customer_got(home: Home) -> None:
    """It was decided, so it has a kind; what the customer was told, the ledger does not know."""
    home.record_many([decided(1, {**REFUND, "mode": "observe"}), decided(2, {**REFUND, "kind": "goodwill"})])
    take(home, told(1, HELLO))
    with tables(home) as duck:
        assert [("goodwill", "refuse")] == duck.execute("SELECT e.kind, r.answer FROM remarks AS r JOIN events AS e USING (event)").fetchall()
    assert {"k-1": {"refund", "goodwill"}} == kinds(home)


def test_a_contact_that_only_decisions_name_can_be_opened(home: Home) -> None:
    """It has its name, its customer and its story; once an event names it too, it is still the same one."""
    home.record_many([decided(1, {**REFUND, "contact": "k-unheard"}), decided(2, {**REFUND, "contact": "k-unheard", "minute": 7})])
    take(home, told(1, HELLO))
    with watching(home, Asked(as_of=LATER)) as (connection, _), EventStore(home, write=False) as store:
        number = store.people.number("contact", "k-unheard")
        assert number in {each.contact for each in contacts(connection)}
        found = contacted(connection, store.people, number or 0)
    assert found is not None
    assert ("k-unheard", "c-3", ["d-1", "d-2"]) == (found.brief.name, found.brief.customer, [each.decision for each in found.happened])

    take(home, Event(id="m-7", source="chat", type="message.in", instant=START, subject="customer:c-3", data={"contact": "k-unheard"}))
    with watching(home, Asked(as_of=LATER)) as (connection, _):
        assert 2 == len(list(contacts(connection)))


def test_a_home_from_before_there_were_marks_says_the_same(tmp_path: Path) -> None:
    """Its decisions are opened, one by one; opened for writing, it gets marks for the new ones."""
    with open_home(tmp_path / "home") as home:
        home.record_many([decided(1, {**REFUND, "objects": [{"type": "order", "id": "o-1"}]}), decided(2, {**REFUND, "contact": None})])
        take(home, told(1, HELLO))
        before = figures(home, Asked(as_of=LATER))
    with apsw.Connection(str(tmp_path / "home" / "ledger.sqlite")) as ledger:
        ledger.execute("DROP TABLE about")
    with open_home(tmp_path / "home", write=False) as home:
        assert before == figures(home, Asked(as_of=LATER))
    with open_home(tmp_path / "home") as home:
        assert before == figures(home, Asked(as_of=LATER))
        home.record_many([decided(3, {**REFUND, "kind": "goodwill"})])
        assert {"k-1": {"refund", "goodwill"}} == kinds(home)


def test_the_version_is_that_of_the_contract_that_decided(tmp_path: Path) -> None:
    """As written in the contract that the home keeps, whatever lineage a line brings of its own."""
    text = (SHOP / "decisions.jsonl").read_bytes().splitlines()[0]
    line = {**msgspec.json.decode(text), "time": "2026-03-02T09:05:00Z", "contact": "k-1", "lineage": {"prompt": "p-1", "contract": "9.9.9"}}
    with Ourword.open(SHOP / "contract.yaml", SHOP / "wiring.yaml", home=tmp_path / "home") as word:
        word.decide(line)
        assert word.home is not None
        take(word.home, told(1, HELLO))
        found = board_of(word.home, Asked(as_of=LATER))

    assert {"*", word.contract.draft.version} == {row.version for row in found.rows if row.kind == line["kind"]}
