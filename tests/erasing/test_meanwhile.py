"""Others go on writing while a customer is erased: what they recorded until nobody could is erased and counted too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.erasing.shop import LARKSPUR, NOW, NS, ZORA, line, lived, opened

from ourword.app import Ourword
from ourword.forgetting import erase
from ourword.stores import erasing


def test_what_another_process_records_meanwhile_is_erased_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision is recorded, by another process, at the last moment before the erasure has the ledger to itself."""
    folder = lived(tmp_path / "home")
    late = {**line(ZORA, 6), "decision_id": f"{ZORA}/late"}

    def begin(*given: Any, **more: Any) -> int:
        with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=folder, clock=lambda: NOW) as other:
            assert not [each for each in other.decide_lines([json.dumps(late).encode()]) if "error" in each]
        return erasing.begin(*given, **more)

    monkeypatch.setattr("ourword.forgetting.begin", begin)
    with opened(folder) as home:
        told = erase(home, ZORA, now=NS)

    assert (4, (f"{ZORA}/late",)) == (told.decisions, told.speaking)
    assert 1 < told.reasons
