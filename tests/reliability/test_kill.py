"""kill -9 at random moments, and many writers at once: acknowledged is present, dense, unique, and a retry gets its first verdict."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from tests.reliability.lives import law
from tests.reliability.table import told
from tests.stores.test_crash import acknowledged, started
from tests.stores.whole import whole

from ourword.stores.home import open_home

ROUNDS = int(os.environ.get("OURWORD_ROUNDS", "6"))
PROCESSES, THREADS = 4, 16
EACH = 25 if os.environ.get("OURWORD_ROUNDS") else 4


def test_kill_9_at_random_moments(tmp_path: Path) -> None:
    """A home each ten rounds: killed while it is made, while it records, while it recovers from the round before; two processes at a time."""
    chance = random.Random(11)
    total, retried, seqs = 0, 0, dict[str, int]()
    for number in range(ROUNDS):
        folder = tmp_path / f"home-{number // 10}"
        if number % 10 == 0:
            total, seqs = total + len(seqs), {}
        processes = [started(folder, f"run-{number // 2}", 400, 4), started(folder, f"run-{number // 2}", 400, 4)]
        first = processes[0].stdout.readline() if number % 10 > 1 and processes[0].stdout else b""
        time.sleep(chance.uniform(0.0, 0.3))
        for process in chance.sample(processes, 2):
            process.kill()
        said = first + processes[0].communicate()[0], processes[1].communicate()[0]
        for decision_id, seq, new in (each for one in said for each in acknowledged(one)):
            assert seqs.setdefault(decision_id, seq) == seq, "a retry gets the first verdict"
            retried += not new
        if number % 10 == 9 or number == ROUNDS - 1:
            law(folder, seqs)
        else:
            with open_home(folder) as home:
                assert seqs.items() <= whole(home).items()
    total += len(seqs)
    told(
        "kill -9 at random moments, two processes",
        rounds=ROUNDS,
        result=f"{total:,} acknowledged, {retried:,} retries got their first verdict, 0 lost",
    )

    assert total >= ROUNDS // 3
    assert retried


def test_sixty_four_writers_at_once(tmp_path: Path) -> None:
    """Four processes of sixteen threads; half of them hand in the same decisions as the others do."""
    folder = tmp_path / "home"
    count = THREADS * EACH
    processes = [started(folder, "shared" if number < 2 else f"own-{number}", count, THREADS) for number in range(PROCESSES)]
    said = []
    for process in processes:
        out, errors = process.communicate(timeout=170)
        assert process.returncode == 0, errors.decode()
        said.append(list(acknowledged(out)))
    seqs = {decision_id: seq for each in said for decision_id, seq, _ in each}
    told("64 writers at once, in 4 processes", rounds=1, result=f"{sum(map(len, said)):,} acknowledged, {len(seqs):,} of them unique, 0 lost, no gap")

    assert all(len(each) == count for each in said)
    assert sum(new for each in said for _, _, new in each) == len(seqs) == 3 * count
    with open_home(folder) as home:
        assert whole(home) == seqs
