"""Others go on writing while a customer is erased: what they recorded until nobody could is erased and counted too."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.erasing.shop import ADA, LARKSPUR, NOW, NS, ZORA, event, line, lived, opened

from ourword.app import Ourword
from ourword.core.event import event_from_mapping
from ourword.rights.exporting import export
from ourword.rights.forgetting import Erased, erase
from ourword.stores import erasing
from ourword.stores.events import EventStore


def test_what_another_process_records_meanwhile_is_erased_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision is recorded, by another process, at the last moment before the erasure has the ledger to itself."""
    folder = lived(tmp_path / "home")
    late = {**line(ZORA, 6), "decision_id": f"{ZORA}/late"}

    def begin(*given: Any, **more: Any) -> int:
        with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=folder, clock=lambda: NOW) as other:
            assert not [each for each in other.decide_lines([json.dumps(late).encode()]) if "error" in each]
        return erasing.begin(*given, **more)

    monkeypatch.setattr("ourword.rights.forgetting.begin", begin)
    with opened(folder) as home:
        told = erase(home, ZORA, now=NS)

    assert (4, (f"{ZORA}/late",)) == (told.decisions, told.speaking)
    assert 1 < told.reasons


def test_who_is_merged_with_her_meanwhile_is_erased_or_was_merged_afterwards(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process says that Ada is she, between looking who she is and writing the erasure: no id of hers is left out that was hers then."""
    merged = event_from_mapping(event(60, ZORA, "customer.merged", id=f"customer:{ADA}"))
    said: list[object] = []

    def say() -> None:
        with opened(home) as other, EventStore(other) as store:
            said.extend(store.add([merged]))

    saying = threading.Thread(target=say)

    def begin(*given: Any, **more: Any) -> int:
        saying.start()
        saying.join(1.5)
        said_before.append(bool(said))
        return erasing.begin(*given, **more)

    said_before: list[bool] = []
    monkeypatch.setattr("ourword.rights.forgetting.begin", begin)
    with opened(home) as whole:
        told = erase(whole, ZORA, now=NS)
        saying.join()
        after = export(whole, ZORA, now=NS)

    assert ["new"] == said
    assert [ADA in told.ids] == said_before
    assert said_before[0] or "e-60" in {each["id"] for each in after["events"]}, "what is said afterwards is of somebody new"


def test_what_two_erase_at_once_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process erases her between looking who she is and writing the erasure: what went is told there."""
    folder = tmp_path / "home"
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=folder, clock=lambda: NOW) as ourword:
        assert not [each for each in ourword.decide_lines([json.dumps(line(ZORA, 1)).encode()]) if "error" in each]
    first: list[Erased] = []

    def begin(*given: Any, **more: Any) -> int:
        monkeypatch.setattr("ourword.rights.forgetting.begin", erasing.begin)
        with opened(folder) as other:
            first.append(erase(other, ZORA, now=NS))
        return erasing.begin(*given, **more)

    monkeypatch.setattr("ourword.rights.forgetting.begin", begin)
    with opened(folder) as home:
        second = erase(home, ZORA, now=NS)
        assert 1 == len(home.store.erasures())
    assert [(True, 1)] == [(each.new, each.decisions) for each in first]
    assert (False, True, 0) == (second.new, second.known, second.decisions)
