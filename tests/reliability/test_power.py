"""The power is cut on a real file system: with `synchronous=FULL` nothing acknowledged is lost; with NORMAL something is."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reliability.lives import law
from tests.reliability.power import CannotMount, Disk, cut_while_writing, disk
from tests.reliability.table import told
from tests.stores.whole import whole

from ourword.stores.home import open_home

CUTS = 12 if os.environ.get("OURWORD_ROUNDS") else 3

pytestmark = pytest.mark.root


@pytest.fixture
def on(tmp_path: Path, as_root: None) -> Iterator[Disk]:
    if not sys.platform.startswith("linux"):
        pytest.skip("needs root on Linux")
    try:
        with disk(tmp_path / "power") as mounted:
            yield mounted
    except CannotMount as error:
        pytest.skip(f"needs root who may mount ext4 on a loop device: {error}")


def test_a_power_cut_loses_nothing_acknowledged(on: Disk) -> None:
    """The first cut falls into the making of the home, the others into the writing; the same decisions are handed in twice in a row."""
    chance = random.Random(7)
    acknowledged = dict[str, int]()
    for number in range(CUTS):
        cut = cut_while_writing(on, on.place / "home", prefix=f"run-{number // 2}", after=chance.uniform(0, 0.6), making=number == 0)
        for decision_id, seq in cut.items():
            assert acknowledged.setdefault(decision_id, seq) == seq, "a retry gets the first decision"
        law(on.place / "home", acknowledged)
    told("Power cut on ext4, synchronous FULL", rounds=CUTS, result=f"{len(acknowledged):,} acknowledged, 0 lost")

    assert len(acknowledged) > CUTS


def test_a_careless_ledger_loses(on: Disk) -> None:
    """The same cuts, the log not synced: so a cut can lose, and the test above can fail."""
    chance = random.Random(7)
    acknowledged, lost = 0, list[int]()
    for number in range(12):
        if CUTS < 12 and sum(lost):
            break  # three cuts in four lose something: one is enough to know that they can
        cut = cut_while_writing(on, on.place / f"home-{number}", prefix="run", after=chance.uniform(0, 0.6), synchronous="NORMAL")
        if (on.place / f"home-{number}" / "home.json").exists():
            with open_home(on.place / f"home-{number}") as home:
                there = whole(home)
        else:
            there = {}
        acknowledged += len(cut)
        lost.append(len(cut.items() - there.items()))
    result = f"{acknowledged:,} acknowledged, {sum(lost):,} lost, in {sum(map(bool, lost))} of the cuts"
    told("The same with synchronous NORMAL, put in on purpose", rounds=len(lost), result=result)

    assert sum(lost) > 0
