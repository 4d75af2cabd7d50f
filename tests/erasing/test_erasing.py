"""A customer who is erased is gone from every file, the record stands, and nobody else notices."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from tests.erasing.shop import ADA, BEFORE, BEN, NEEDLES, NOW, NS, OTHERS, SHARED, ZORA, events, files_of, found_in, opened, theirs

from ourword.app import Ourword
from ourword.core.event import event_from_mapping
from ourword.ledger.entry import Erasure, SegmentResealed
from ourword.ledger.seal import Subject
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.stores.events import EventStore
from ourword.stores.heard import KeptEvents
from ourword.stores.tables import tables


def held_on(folder: Path, customer: str) -> dict[str, Any]:
    with opened(folder) as home:
        return export(home, customer, now=NS)


def test_nothing_of_them_is_left_in_any_file(home: Path) -> None:
    """Neither their id, nor a text, nor a raw id, nor what lay encrypted, nor a key, nor a mark: in no page, log or leftover."""
    with opened(home) as whole:
        sealed = list(theirs(whole, (ZORA, BEFORE)))
        assert len(sealed) == len(set(sealed)) > 15
        erased = erase(whole, ZORA, now=NS)
        open_still = found_in(home, [*NEEDLES, *sealed])

    assert (erased.new, erased.ids, erased.decisions, erased.events, erased.reasons) == (True, (ZORA, BEFORE), 3, 14, 3)
    assert [] == open_still, "while the home is open"
    assert [] == found_in(home, [*NEEDLES, *sealed])


def test_the_search_finds_what_is_there(home: Path) -> None:
    """A search that finds nothing anyway would prove nothing."""
    with opened(home) as whole:
        sealed = list(theirs(whole, (ZORA, BEFORE)))

        assert {each for _, each in found_in(home, sealed)} == set(sealed)
        assert ("people.sqlite", b"Zoratown") in found_in(home, NEEDLES)


def test_the_record_stands_and_says_that_they_were_erased(home: Path) -> None:
    """No entry changes, so that whatever was proved of them holds; three kinds of entry are added, and none of them names anybody."""
    with opened(home) as whole:
        before = list(whole.log())
        erase(whole, ZORA, now=NS)
        after = list(whole.log())
        added = [entry.value for entry in after[len(before) :]]

        assert [(each.seq, each.bytes) for each in before] == [(each.seq, each.bytes) for each in after[: len(before)]]
        assert {Erasure, SegmentResealed} == {type(each) for each in added}
        subs = {each.sub for each in added if isinstance(each, Erasure)}
        assert subs == {whole.find(each).decision.sub for each in ("d-1", "d-4", "d-5")}  # type: ignore[union-attr]
        assert [each.decision.answer for each in map(whole.find, ("d-1", "d-4")) if each] == ["allow", "allow"]
        assert all(whole.find(each).personal is None for each in ("d-1", "d-4", "d-5"))  # type: ignore[union-attr]


def test_what_is_held_on_others_is_unchanged(home: Path) -> None:
    """An order that both are named with is still Ben's, and every word of his is there."""
    before = {each: held_on(home, each) for each in OTHERS}
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
    after = {each: held_on(home, each) for each in OTHERS}
    with opened(home) as whole, EventStore(whole) as store:
        number = store.people.number("object:order", SHARED)
        assert number is not None
        assert (SHARED, whole.store.number_of(BEN)) == (store.people.name(number), store.people.whose(number))

    for each in OTHERS:
        assert after[each].pop("names") == sorted([*before[each].pop("names"), *([SHARED] if each == BEN else [])])
        for signal in (*before[each]["signals"], *after[each]["signals"]):
            signal.pop("because")
        assert before[each] == after[each]


def test_their_rows_are_in_no_table_and_those_of_others_are(home: Path) -> None:
    """Figures are worked out anew, from what is left."""
    with opened(home) as whole:
        numbers = {each: whole.store.number_of(each) for each in (ZORA, BEFORE, BEN, ADA)}
        with tables(whole) as duck:
            before = duck.execute("SELECT subject, count(*) FROM events GROUP BY 1").fetchall()
        erase(whole, ZORA, now=NS)
        with tables(whole) as duck:
            after = duck.execute("SELECT subject, count(*) FROM events GROUP BY 1").fetchall()

    assert {numbers[ZORA], numbers[BEN], numbers[ADA]} == {subject for subject, _ in before}
    assert {(subject, count) for subject, count in before if subject != numbers[ZORA]} == set(after)


def test_every_report_works_and_counts_of_decisions_and_promises_stay(home: Path) -> None:
    """What was decided and promised is not undone by erasing for whom."""
    with Ourword.open_home(home, clock=lambda: NOW) as ourword:
        promises = [(row.decision, row.promise, row.standing) for row in ourword.promises()]
        answered = [(signal.id, signal.standing, signal.count, signal.customers) for signal in ourword.signals()]
        lines = [each for each in ourword.coherence().lines if each.part != "targets"]  # those are judged by contacts
        ourword.customers.erase(ZORA)
        settled = ourword.settle(now=NS)

        assert () == settled.new
        assert promises == [(row.decision, row.promise, row.standing) for row in ourword.promises()]
        assert answered == [(signal.id, signal.standing, signal.count, signal.customers) for signal in ourword.signals()]
        assert lines == [each for each in ourword.coherence().lines if each.part != "targets"]
        assert ourword.report()
        assert ourword.recount()
        assert ourword.choices()
        assert ourword.bends().erased == 0
        assert ourword.monday(at=NOW)
        assert ourword.calls.standing(ourword.calls.sample())
        assert ["erased" in ourword.why(each) for each in ("d-1", "d-2")] == [True, False]
        assert len(list(ourword.log())) == ourword.home.last_seq()  # type: ignore[union-attr]
        assert ourword.contact("chat-Zora-81") is None
        assert ourword.contact("chat-Ben-82") is not None


def test_the_export_says_that_they_were_erased(home: Path) -> None:
    """Who asks once more is told that nothing is left, not that they were never here."""
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        told, stranger = export(whole, ZORA, now=NS), export(whole, "nobody", now=NS)

    assert (told["held"], told["erased"], told["decisions"], told["events"]) == (False, True, [], [])
    assert (stranger["held"], stranger["erased"]) == (False, False)


def test_erasing_again_does_nothing_and_says_so(home: Path) -> None:
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        seq, again, stranger = whole.last_seq(), erase(whole, ZORA, now=NS), erase(whole, "nobody", now=NS)

        assert seq == whole.last_seq()
        assert (again.new, again.known, stranger.new, stranger.known) == (False, True, False, False)


def test_the_same_file_read_in_again_brings_nothing_back(home: Path) -> None:
    """An export is read in every week, and next week's holds the same tickets."""
    given = [event_from_mapping(each) for each in events()]
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        with EventStore(whole) as store:
            assert {"known"} == set(store.add(given))

        assert whole.store.number_of(ZORA) is None
    assert [] == found_in(home, NEEDLES)


def test_who_comes_back_is_somebody_new(home: Path) -> None:
    """Nothing of what was leads to them, and their number is not given twice."""
    with opened(home) as whole:
        before = whole.store.number_of(ZORA)
        erase(whole, ZORA, now=NS)
        new = event_from_mapping({**events()[0], "id": "e-new"})
        with EventStore(whole) as store:
            assert ["new"] == store.add([new])
        after = export(whole, ZORA, now=NS)

        assert (whole.store.number_of(ZORA) or 0) > (before or 0)
        assert ([each["id"] for each in after["events"]], after["decisions"], after["erased"]) == (["e-new"], [], True)


def test_everybody_erased_leaves_a_home_that_works(home: Path) -> None:
    with Ourword.open_home(home, clock=lambda: NOW) as ourword:
        for each in (ADA, BEN, ZORA):
            assert ourword.customers.erase(each).new
        assert ourword.report() is not None
        assert () == ourword.settle(now=NS).new
    names = [each.split("-")[0].encode() for each in OTHERS]

    assert [] == found_in(home, [*NEEDLES, *names])
    assert "people.sqlite" in files_of(home)


def test_a_process_that_keeps_events_open_lets_go_of_theirs(home: Path) -> None:
    """A server settles again and again, and keeps what it has opened: not of somebody who was erased meanwhile."""
    with opened(home) as whole, opened(home) as other:
        kept = KeptEvents(whole)
        before = kept.heard({"payment.refunded"}, NS)[0].events
        erase(other, ZORA, now=NS)
        after = kept.heard({"payment.refunded"}, NS)[0].events

    assert {"d-1", "d-2", "d-none"} == {each.data["decision"] for each in before}
    assert {"d-2", "d-none"} == {each.data["decision"] for each in after}


def test_events_that_come_while_somebody_is_erased_belong_to_nobody_erased(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate has looked her number up, and before it writes she is erased: what it writes is somebody new's, under a key that is there."""
    new = event_from_mapping({**events()[0], "id": "e-late"})
    with opened(home) as whole, EventStore(whole) as store, opened(home) as other:
        subjects = whole.store.subjects

        def slowly(customers: Collection[str]) -> dict[str, Subject]:
            monkeypatch.undo()
            found = subjects(customers)
            erase(other, ZORA, now=NS)
            return found

        monkeypatch.setattr(whole.store, "subjects", slowly)
        assert ["new"] == store.add([new])
        held = export(whole, ZORA, now=NS)

    assert (["e-late"], True) == ([each["id"] for each in held["events"]], held["erased"])
