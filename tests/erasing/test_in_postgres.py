"""A customer is erased from a home in PostgreSQL: the same is gone and the same stands as in files, whoever else is at work."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import msgspec
import pytest
from tests.erasing.shop import ADA, BEFORE, BEN, NEEDLES, NS, OTHERS, ZORA, events, found_in, opened
from tests.stores.cluster import Cluster

from ourword.checks.store import refund
from ourword.core.event import event_from_mapping
from ourword.errors import HomeError
from ourword.ledger.entry import Decision, SignalOpened
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.signals.signalling import reasons_of
from ourword.stores import erasing
from ourword.stores.elsewhere import name_of
from ourword.stores.erasures import list_of, read
from ourword.stores.events import EventStore
from ourword.stores.home import make_postgres_home, marker_of


def test_the_same_is_gone_and_the_same_stands_as_in_files(there: Path, home: Path) -> None:
    """Who moves a home into a database loses nothing of what a customer may ask for: both tell the same, before and after."""
    told, exported, entries = [], [], []
    for folder in (home, there):
        with opened(folder) as whole:
            before = list(whole.log())
            told.append(erase(whole, ZORA, now=NS))
            exported.append([export(whole, each, now=NS) for each in (ZORA, BEFORE, *OTHERS)])
            after = list(whole.log())
            assert [each.bytes for each in before] == [each.bytes for each in after[: len(before)]]
            entries.append([{**json.loads(each.bytes), "gate": "", "old": "", "new": ""} for each in after])
            assert whole.store.erasing() == []
            assert all(whole.find(each).personal is None for each in ("d-1", "d-4", "d-5"))  # type: ignore[union-attr]

    assert told[0] == told[1]
    assert exported[0] == exported[1]
    assert entries[0] == entries[1]
    assert [] == found_in(there, NEEDLES)
    assert [each.sub for each in read(list_of(there))] == [each["sub"] for each in entries[1] if each["type"] == "erasure"]


def test_the_keys_of_reasons_go_with_the_last_of_them(there: Path) -> None:
    """A deleted row lies in the server's log for a while; so the key goes too, unless another reason for the same signal needs it."""
    with opened(there) as whole:
        (first, one, _), (second, other, _) = reasons_of(whole)
        again = msgspec.json.decode(whole.entries(after=first - 1, limit=1)[0].bytes, type=SignalOpened)
        waived = whole.follow_with(msgspec.structs.replace(again, standing="waived"), whole.store.beside(first) or b"", seen=whole.last_seq())
        for seqs, left in (([first, second], {one}), ([waived or 0], set())):
            with whole.store.appending() as (writer, _):
                whole.store.drop_reasons(writer, seqs)
            assert left == {each for each in (one, other) if whole.keys.of_signal(each) is not None}


def test_a_gate_that_knew_them_records_somebody_new(there: Path, tmp_path: Path) -> None:
    """Its cache still has their number and key: the database refuses both, and it makes new ones, before anybody is told anything."""
    with opened(second_of(there, tmp_path)) as gate:
        known = gate.record(refund("d-90", customer=ADA))
        number = gate.store.number_of(ADA)
        with opened(there) as whole:
            erase(whole, ADA, now=NS)
        new = gate.record(refund("d-91", customer=ADA))
        assert (gate.store.number_of(ADA) or 0) > (number or 0)
    with opened(there) as whole:
        subs = [value.sub for each in (known, new) if isinstance(value := whole.entries(after=each.seq - 1, limit=1)[0].value, Decision)]
        found = [whole.find(each) for each in ("d-90", "d-91")]

    assert 2 == len(set(subs))
    assert [None, ADA] == [each and each.personal and each.personal.customer for each in found]


def test_in_a_folder_without_the_events_nobody_is_erased(there: Path, tmp_path: Path) -> None:
    """Who is one person stands with the events: half of an erasure is none, and nothing is changed."""
    second = second_of(there, tmp_path)
    with opened(second) as whole:
        before = whole.last_seq()
        with pytest.raises(HomeError, match="the events of this home lie in") as refused:
            erase(whole, ZORA, now=NS)
        assert ("home.elsewhere", before, []) == (refused.value.code, whole.last_seq(), whole.store.erasing())
        assert whole.store.number_of(ZORA) is not None
    with opened(there) as whole:
        assert erase(whole, ZORA, now=NS).new


def second_of(there: Path, tmp_path: Path) -> Path:
    """Another machine's folder of the same home."""
    marker = marker_of(there)
    assert marker is not None
    make_postgres_home(tmp_path / "second", marker.postgres, schema=marker.schema)
    return tmp_path / "second"


def test_the_first_event_comes_while_somebody_is_erased_elsewhere(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder becomes the one that takes events in, after we looked whether any does: nothing is begun here, and all of it is done there."""
    schema = f"home_{secrets.token_hex(6)}"
    for name in ("first", "second"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    with opened(tmp_path / "second") as second, opened(tmp_path / "first") as first:
        second.record(refund("d-1", customer=BEN))

        def begin(*given: object, **more: object) -> int:
            monkeypatch.undo()
            with EventStore(first) as store:
                assert {"new"} == set(store.add([event_from_mapping(each) for each in events()]))
            return erasing.begin(*given, **more)  # type: ignore[arg-type]

        monkeypatch.setattr("ourword.rights.forgetting.begin", begin)
        with pytest.raises(HomeError, match="the events of this home lie in"):
            erase(second, BEN, now=NS)
        assert ([], []) == (second.store.erasing(), second.store.erasures())
        told = erase(first, BEN, now=NS)

    assert (True, 1, 7) == (told.new, told.decisions, told.events)


def test_what_is_left_when_events_come_in_between_is_done_where_they_are(tmp_path: Path, cluster: Cluster) -> None:
    """Begun without events, broken off; then another folder takes events in. Here nobody goes on, and there the next erasure does."""
    schema = f"home_{secrets.token_hex(6)}"
    for name in ("first", "second"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    with opened(tmp_path / "second") as second, opened(tmp_path / "first") as first:
        for number, each in enumerate((ADA, BEN)):
            second.record(refund(f"d-{number}", customer=each))
        number = second.store.number_of(ADA)
        assert number is not None
        erasing.begin(second, [number], [ADA], beside=tuple, now=NS)
        with EventStore(first) as store:
            assert {"new"} == set(store.add([event_from_mapping(each) for each in events()]))
        with pytest.raises(HomeError, match=f"the events of this home lie in {name_of(tmp_path / 'first')}"):
            erase(second, BEN, now=NS)
        assert [number] == second.store.erasing()
        assert (1, True) == ((told := erase(first, BEN, now=NS)).finished, told.new)
        assert ([], None) == (second.store.erasing(), first.keys.subject(number))
        came_back = first.store.number_of(ADA)

    assert came_back not in (None, number)
