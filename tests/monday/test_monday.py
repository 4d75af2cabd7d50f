"""Monday says the same whenever it is told, says what arrived late, and tells of each thing what the other doors tell."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.board.grown import event, go_on, grow, hand_in, lines, until
from tests.board.lived import NOW

from ourword.app import Ourword
from ourword.core.event import event_from_mapping
from ourword.errors import UsageError
from ourword.figures.asof import promises_at
from ourword.figures.board import is_owed, last_monday
from ourword.figures.settling import events_of, settle_home
from ourword.http.pages.monday import html
from ourword.monday.gathered import Monday, Owes, the_zone
from ourword.monday.words import WIDTH, sentence, subject, text
from ourword.signals.signalling import answer, signals
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.mondays import KEPT_MAX, First, first, keep

THEN = NOW - timedelta(days=21, hours=2)
"""A Monday at eight, with the sixty days before it that a company needs to have something to tell."""
HOSTILE = '"><script>alert(1)</script>{{7*7}}'


def micros(at: datetime) -> int:
    return int(at.timestamp()) * 10**6


def told_at(path: Path, at: datetime, **asked: Any) -> Monday:
    """Through the one door, as a program would."""
    with Ourword.open_home(path, create=False, write=False) as ourword:
        return ourword.monday(at=at, **asked)


def forms(told: Monday) -> tuple[str, ...]:
    """Everything that a person can read of it."""
    return html(told), html(told, named=False), "\n".join(text(told)), subject(told)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Monday]:
    """A home as it was on that Monday, what was told then; the home has gone on living since."""
    path = tmp_path_factory.mktemp("monday") / "home"
    grow(path, until(THEN), settled=THEN)
    told = told_at(path, THEN)
    go_on(path, THEN)
    return path, told


# ---- the law ---------------------------------------------------------------------------------------------------------


def test_what_was_told_on_a_monday_is_told_again_to_the_letter(grown: tuple[Path, Monday]) -> None:
    """Three weeks of life later: decisions, events, answers, a customer who turned out to be another."""
    path, told = grown
    again = told_at(path, THEN)

    assert 0 == THEN.weekday()
    assert forms(told) == forms(again)
    assert (0, 0) == (again.late_events, again.late_entries)
    assert told.needs_you
    assert told.figures is not None
    assert told.owed
    assert forms(told) != forms(told_at(path, NOW))


def test_what_arrives_late_is_told(tmp_path: Path) -> None:
    """A figure that is another one now than it was in the mail says why."""
    grow(tmp_path / "home", until(THEN), settled=THEN)
    first_told = told_at(tmp_path / "home", THEN)
    late = [event(f"late-{n}", "message.in", "c-late", THEN - timedelta(days=n + 1), contact=f"k-{n}", actor="customer") for n in range(3)]
    hand_in(tmp_path / "home", [*late, event("later", "message.in", "c-late", THEN + timedelta(days=1), contact="k-9", actor="customer")])
    told = told_at(tmp_path / "home", THEN)

    assert (3, 0) == (told.late_events, told.late_entries)
    assert first_told.events + 3 == told.events
    assert "since then 3 events of that time have arrived late" in " ".join(text(told)).replace("  ", " ")
    assert "since then 3 events of that time have arrived late" in html(told, named=False)
    assert "arrived late" not in html(first_told)


def test_a_decision_that_is_recorded_late_is_told_too(tmp_path: Path) -> None:
    some = [line for line in lines() if until(THEN)(line)]
    last = next(line for line in reversed(some) if "specversion" not in line)
    grow(tmp_path / "home", lambda line: until(THEN)(line) and line is not last, settled=THEN)
    told_at(tmp_path / "home", THEN)
    grow(tmp_path / "home", lambda line: line is last, settled=NOW)
    told = told_at(tmp_path / "home", THEN)

    assert told.late_entries
    assert f"since then {told.late_entries} entr" in html(told)


def test_with_what_it_was_told_first_is_kept_once(tmp_path: Path) -> None:
    with open_home(tmp_path / "home") as home:
        for arrival in (5, 9):
            keep(home, First(as_of=1, arrival=arrival, seq=arrival, written=2))
        for as_of in range(2, KEPT_MAX + 5):
            keep(home, First(as_of=as_of, arrival=0, seq=0, written=3)) if as_of > KEPT_MAX - 3 or as_of < 4 else None
        assert first(home, 1) == First(as_of=1, arrival=5, seq=5, written=2)
        assert first(home, 10**6) is None
        (home.path / "sums" / "mondays.json").write_bytes(b"\xff{")
        assert first(home, 1) is None


# ---- the same as the other doors say -----------------------------------------------------------------------------------


def test_promises_are_those_that_stood_then(grown: tuple[Path, Monday]) -> None:
    path, told = grown
    with open_home(path, write=False) as home:
        rows = promises_at(home, micros(THEN) * 1000 + 999)
        before = {(row.decision, row.promise): row.standing for row in promises_at(home, told.since * 1000 + 999)}
    owed = [row for row in rows if is_owed(row)]
    newly = [row for row in rows if row.standing == "broken" and before.get((row.decision, row.promise)) != "broken"]

    assert {(row.decision, row.promise) for row in owed} == {(each.decision, each.promise) for each in told.owed}
    assert [each.waited for each in told.owed] == sorted((micros(THEN) - row.due for row in owed), reverse=True)
    assert len(newly) == sum(each.broken for each in told.turned)
    assert sum(told.fell.values()) == sum(told.since <= row.due < told.at and row.standing in ("kept", "late", "broken", "unknown") for row in rows)
    assert sum(each.count for each in told.due) == sum(row.standing == "open" and row.due < told.since + 14 * 86_400 * 10**6 for row in rows)


def test_customers_and_amounts_are_those_that_were_promised(grown: tuple[Path, Monday]) -> None:
    _, told = grown
    proposed = {line["decision_id"]: line for line in lines() if "decision_id" in line and "specversion" not in line}

    assert {each.decision: proposed[each.decision]["customer"] for each in told.owed} == {each.decision: each.customer for each in told.owed}
    assert any(each.amount for each in told.owed)


def test_signals_are_those_that_waited_then(grown: tuple[Path, Monday]) -> None:
    """All of them have been answered since; on that Monday they waited."""
    path, told = grown
    with open_home(path, write=False) as home:
        known = {each.id for each in signals(home, now=micros(NOW) * 1000) if each.opened <= micros(THEN) * 1000}

    assert known == {each.id for each in told.waiting} == {each.id for each in told.opened}
    assert () == told.answered
    later = told_at(path, NOW + timedelta(seconds=1))
    assert () == later.waiting
    assert known <= {each.id for each in later.answered}


def test_what_is_there_for_the_first_time_is_named(tmp_path: Path) -> None:
    """A new prompt, a new kind: whoever sees a figure move asks first what was changed."""
    home = tmp_path / "home"
    hand_in(home, [event("a", "contact.opened", "c-1", NOW - timedelta(days=30), contact="k-1", kind="old", versions={"prompt": "p-1"})])
    hand_in(home, [event("b", "contact.opened", "c-2", NOW - timedelta(days=2), contact="k-2", kind="new", versions={"prompt": "p-2"})])
    told = told_at(home, NOW)

    assert {("kind", "new"), ("prompt", "p-2")} == {(each.what, each.name) for each in told.seen}
    assert () == told_at(home, NOW - timedelta(days=29)).seen  # all of it is new: so is the home


# ---- good Mondays and bad questions --------------------------------------------------------------------------------------


def test_nothing_needs_you_is_a_good_monday(tmp_path: Path) -> None:
    hand_in(tmp_path / "home", [event("a", "contact.opened", "c-1", NOW - timedelta(days=30), contact="k-1", kind="help")])
    told = msgspec.structs.replace(told_at(tmp_path / "home", NOW), contracts=("shop 1",))

    assert not told.needs_you
    assert sentence(told).startswith("Nothing needs you.")
    assert "nothing needs you" in subject(told)
    assert "Nobody: no promise is broken and not repaired." in html(told)


def test_a_home_without_events_or_decisions_has_a_monday(tmp_path: Path) -> None:
    with open_home(tmp_path / "home"):
        pass
    told = told_at(tmp_path / "home", NOW)

    assert ("no event has come", None, 0) == (told.not_compared, told.figures, told.events)
    assert "Contacts are not compared: no event has come." in html(told)


def test_where_no_event_is_older_nothing_is_compared(tmp_path: Path) -> None:
    hand_in(tmp_path / "home", [event("a", "contact.opened", "c-1", NOW - timedelta(days=2), contact="k-1", kind="help")])

    assert "no event is older" == told_at(tmp_path / "home", NOW).not_compared
    assert "no event has come since" == told_at(tmp_path / "home", NOW + timedelta(days=30)).not_compared


def test_it_is_compared_with_the_monday_of_the_contract_or_with_what_is_asked(grown: tuple[Path, Monday]) -> None:
    path, told = grown
    asked = told_at(path, THEN, since=THEN - timedelta(days=14))

    assert last_monday(micros(THEN), "Europe/Berlin") == told.since
    assert "Europe/Berlin" == told.zone
    assert micros(THEN - timedelta(days=14)) == asked.since
    assert "Since last Monday" in sentence(told)
    assert "Since Monday, 2026-10-19" in sentence(asked)


def test_a_zone_is_the_contract_s_else_the_one_given_else_utc(grown: tuple[Path, Monday], tmp_path: Path) -> None:
    path, _ = grown
    for zone in ("Europe/Paris", "Mars/Olympus"):
        with pytest.raises(UsageError) as found:
            told_at(path, THEN, zone=zone)
        assert "--zone" == found.value.place
    assert ("UTC", "Asia/Kathmandu") == (the_zone({}), the_zone({}, "Asia/Kathmandu"))
    for wrong in ("../etc/passwd", "Mars/Olympus", "x" * 500):
        with pytest.raises(UsageError, match="no time zone"):
            the_zone({}, wrong)


def test_a_monday_is_not_compared_with_its_future(grown: tuple[Path, Monday]) -> None:
    with pytest.raises(UsageError, match="not before"):
        told_at(grown[0], THEN, since=THEN)


# ---- its forms -----------------------------------------------------------------------------------------------------------


def test_the_mail_names_no_customer_and_no_amount(grown: tuple[Path, Monday]) -> None:
    """A mail lies in many places; whom we owe stands in the file that stays inside."""
    _, told = grown
    inside, outside, mail, above = forms(told)
    secret = {each.customer for each in (*told.owed, *told.late)} | {each.amount for each in told.owed if each.amount}

    assert secret
    assert all(each in inside for each in secret)
    assert not [each for each in secret if each in outside + mail + above]
    assert not [each.decision for each in told.owed if each.decision in outside + mail]


def test_the_mail_fits_any_window(grown: tuple[Path, Monday]) -> None:
    _, told = grown

    assert not [each for each in text(told) if len(each) > WIDTH]


def test_the_file_asks_nobody_for_anything(grown: tuple[Path, Monday]) -> None:
    page = html(grown[1])

    assert "default-src &#39;none&#39;" in page
    assert "<script" not in page
    assert not [each for each in ("src=", "@import", "url(", "http://", "https://") if each in page]


def test_what_customers_and_sources_write_stays_text(tmp_path: Path) -> None:
    """A kind, a version and a customer's own id may hold anything."""
    home = tmp_path / "home"
    hand_in(home, [event("a", "contact.opened", "c-1", NOW - timedelta(days=30), contact="k-1", kind="help")])
    hand_in(home, [event("b", "contact.opened", HOSTILE, NOW - timedelta(days=1), contact="k-2", kind=HOSTILE, versions={"prompt": HOSTILE})])
    told = told_at(home, NOW)
    owes = Owes(customer=HOSTILE, decision=HOSTILE, kind=HOSTILE, promise=HOSTILE, amount="", minor=0, currency="", due=0, waited=0)
    page = html(msgspec.structs.replace(told, owed=(owes,), late=(owes,)))

    assert page.count("&lt;script&gt;") >= 6
    assert "<script" not in page
    assert "49" not in page.partition("There for the first time")[2].partition("</section>")[0]


def test_settling_that_is_behind_is_known(tmp_path: Path) -> None:
    """The report is right without it; the signals are not there yet, and whoever reads it is told how they come."""
    path = tmp_path / "home"
    grow(path, until(THEN), settled=THEN - timedelta(days=40))
    told = told_at(path, THEN)
    with open_home(path) as home:
        settle_home(home, events_of(home), micros(THEN) * 1000)
    after = told_at(path, THEN)

    assert told.unsettled
    assert 0 == after.unsettled
    assert [each.decision for each in told.owed] == [each.decision for each in after.owed]


def test_an_answer_is_told_on_the_next_monday(tmp_path: Path) -> None:
    path = tmp_path / "home"
    grow(path, until(THEN), settled=THEN)
    with open_home(path) as home:
        asked = next(each for each in signals(home, now=micros(THEN) * 1000) if each.waits)
        answer(home, asked.id, said="defect", by=asked.owner, because="the provider's file was cut", now=micros(THEN + timedelta(days=2)) * 1000)
    told = told_at(path, THEN + timedelta(days=7))

    assert [asked.id] == [each.id for each in told.answered]
    assert f"Answered {asked.id}: defect, by {told.name(asked.owner)}." in "\n".join(text(told))
    assert "cut" not in html(told)
    assert Counter(each.id for each in told.waiting)[asked.id] == 0


def test_an_event_without_a_time_is_of_every_time(tmp_path: Path) -> None:
    """Nobody can say that it came after: so it counts as of that time, and as late where it comes late."""
    path = tmp_path / "home"
    hand_in(path, [event("a", "contact.opened", "c-1", NOW - timedelta(days=30), contact="k-1", kind="help")])
    told_at(path, NOW)
    timeless = {key: value for key, value in event("b", "message.in", "c-1", NOW, contact="k-1", actor="customer").items() if key != "time"}
    with open_home(path) as home, EventStore(home) as store:
        store.add([event_from_mapping(json.loads(json.dumps(timeless)))])

    again = told_at(path, NOW)

    assert (1, 2) == (again.late_events, again.events)
