"""A home lives, records, and is cut off; then it lives on from what the disk kept. The law: what was acknowledged is there."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from unittest import mock

import msgspec
from tests.reliability.disk import SimulatedDisk, simulated_disk
from tests.stores.whole import whole

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.ledger.store import Recorded
from ourword.stores import keys
from ourword.stores.home import LOG, Home, open_home
from ourword.stores.publishing import CHECKPOINT
from ourword.verifying.log import verify_home

EXPECTED = ("home.full", "home.io", "home.stopped")
"""What a home may say when its disk fails."""


class Life(msgspec.Struct, frozen=True):
    """One run of a program on a home, and how it ends."""

    batches: Sequence[Sequence[str]]
    """Ids of decisions that are committed together; `()` closes the home and opens it again."""
    cut: float = 1.0
    """When the power goes: after this share of all that is done to the disk."""
    kept: float = 0.5
    """The share of what was not synced that is there afterwards."""
    seed: int = 0
    fail_sync: int | None = None
    """Which sync fails, if one does."""
    checkpoint_pages: int = 6
    """After how many pages the log is moved into the database: 1,000 unless one wants to see it happen."""


def law(folder: Path, acknowledged: Mapping[str, int]) -> dict[str, int]:
    """Open a home as the next program would: acknowledged = present, dense, unique; a retry gets the first verdict; it goes on, and its log holds."""
    with open_home(folder) as home:
        there = whole(home)
        assert acknowledged.items() <= there.items(), f"lost: {acknowledged.items() - there.items()}"
        _log_holds(home)
        for name, seq in there.items():
            again = home.record(refund(name, customer=customer(name), amount="99.00 EUR"))
            assert (again.seq, again.new) == (seq, False)
        assert home.record(refund("after", customer="after")).new is ("after" not in there)
        whole(home)
        for store in (home.store._writer, home.keys._connection):
            assert store is not None
            assert store.execute("PRAGMA integrity_check").get == "ok"
        home.publish()
        assert _log_holds(home) == home.last_seq()
    return there


def _log_holds(home: Home) -> int:
    """What was signed and published is what the ledger holds; give how many entries that is."""
    if not (home.path / LOG / CHECKPOINT).exists():
        return 0
    found = verify_home(home, full=True)
    assert found.holds, found.flaws
    return found.size


def customer(name: str) -> str:
    """Two decisions of each customer, so that a customer's second finds the key of the first."""
    return f"c-{int(name.rpartition('-')[2] or 0) // 2}" if name.rpartition("-")[2].isdigit() else name


def lived(folder: Path, life: Life) -> SimulatedDisk:
    """Run one life on *folder* to its end; what it did to the disk is given."""
    with simulated_disk(folder, checkpoint_pages=life.checkpoint_pages) as disk, mock.patch.object(keys, "MADE_AHEAD", 2):
        disk.fail_sync = life.fail_sync
        home: Home | None = None
        for batch in ((), *life.batches):
            try:
                if home is None or not batch:
                    if home is not None:
                        home.close()
                        home = None
                    home = open_home(folder)
                for each in home.record_many([refund(name, customer=customer(name)) for name in batch]):
                    assert isinstance(each, Recorded)
                    disk.said(each.decision_id, each.seq)
            except HomeError as error:
                if error.code not in EXPECTED:
                    raise
        if home is not None:
            with suppress(HomeError):
                home.close()
    return disk


def lives(folder: Path, each_life: Sequence[Life]) -> None:
    """Let a home live several times, each time from what the last cut left; hold the law after each."""
    acknowledged: dict[str, int] = {}
    place = folder / "home-0"
    for number, life in enumerate(each_life, 1):
        disk = lived(place, life)
        at = round(life.cut * len(disk.steps))
        for decision_id, seq in disk.acknowledged(at).items():
            assert acknowledged.setdefault(decision_id, seq) == seq, "a retry gets the first decision"
        left = disk.crashed(folder / f"home-{number}", at, random.Random(life.seed), kept=life.kept)
        looked_at = shutil.copytree(left, folder / f"looked-{number}")
        law(looked_at, acknowledged)
        place = left
