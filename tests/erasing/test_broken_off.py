"""Erasing is killed anywhere and run again: then the customer is gone whole, once, and nobody else is touched."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.erasing.shop import BEFORE, NEEDLES, NS, OTHERS, ZORA, found_in, opened, theirs

from ourword.exporting import export
from ourword.ledger.entry import Erasure, SegmentResealed
from ourword.stores.events import EventStore
from ourword.stores.tables import tables

ERASER = Path(__file__).with_name("eraser.py")
ROUNDS = 14

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot kill itself like that there")


def run(home: Path, at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ERASER, home, ZORA, str(NS), str(at)], capture_output=True, text=True, check=False)


def test_a_killed_erasure_is_finished_by_running_it_again(shop: Path, tmp_path: Path) -> None:
    """At points drawn by lot, the first and the last among them; some are killed twice."""
    with opened(Path(shutil.copytree(shop, tmp_path / "before"))) as whole:
        sealed = list(theirs(whole, (ZORA, BEFORE)))
        entries = [entry.bytes for entry in whole.log()]
        others = {each: _plain(export(whole, each, now=NS)) for each in OTHERS}
    shutil.copytree(shop, tmp_path / "once")
    steps = int(run(tmp_path / "once", 0).stdout.split()[0])
    chance = random.Random(24)
    for round_, at in enumerate([1, steps, *chance.sample(range(2, steps), ROUNDS - 2)]):
        home = tmp_path / f"round-{round_}"
        shutil.copytree(shop, home)
        assert run(home, at).returncode == -9, at
        if round_ % 3 == 0:
            run(home, chance.randrange(1, steps))
        done = run(home, 0)

        assert (done.returncode, done.stderr) == (0, ""), at
        assert [] == found_in(home, [*NEEDLES, *sealed]), at
        with opened(home) as whole, EventStore(whole):
            log = [entry.value for entry in whole.log()][len(entries) :]
            assert entries == [entry.bytes for entry in whole.log()][: len(entries)], at
            assert 2 == sum(isinstance(each, Erasure) for each in log), at
            assert _chain_holds(home, whole.store.segments()), at
            assert {each: _plain(export(whole, each, now=NS)) for each in OTHERS} == others, at
            assert (export(whole, ZORA, now=NS)["held"], whole.store.erasing()) == (False, []), at
            with tables(whole) as duck:
                assert duck.execute("SELECT count(DISTINCT subject) FROM events").fetchone() == (2,), at
        assert not [each for each in home.rglob("*.new") if each.is_file()], at


def _plain(exported: dict[str, object]) -> dict[str, object]:
    """Without what may be told otherwise afterwards: reasons that named her, and whose id a shared order is found under."""
    return {name: value for name, value in exported.items() if name not in ("names", "signals")}


def _chain_holds(home: Path, entries: list[tuple[int, object]]) -> bool:
    """Every file that is there is the last of its chain, and each link begins where the one before ended."""
    digests: dict[str, str] = {}
    for _, each in entries:
        if isinstance(each, SegmentResealed):
            assert digests.pop(each.before) == each.old
            digests[each.file] = each.new
        else:
            digests[each.file] = each.digest  # type: ignore[attr-defined]
    return set(digests) == {f"events/{path.name}" for path in (home / "events").iterdir()}
