"""The process is killed at random moments, and several share one home: acknowledged is present, once, without a gap."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.stores.whole import whole

from ourword.stores.home import open_home

ROUNDS, COUNT = 20, 400
WRITER = str(Path(__file__).with_name("writer.py"))


def acknowledged(said: bytes) -> Iterator[tuple[str, int, bool]]:
    """Read what a writer acknowledged; its last line may be cut off."""
    for line in said[: said.rfind(b"\n") + 1].decode().splitlines():
        decision_id, seq, new = line.split()
        yield decision_id, int(seq), new == "1"


def started(folder: Path, prefix: str, count: int = COUNT, threads: int = 4) -> subprocess.Popen[bytes]:
    command = [sys.executable, WRITER, str(folder), prefix, str(count), str(threads)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_killed_process_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Twenty times: kill -9 somewhere between starting and finishing, then look. Every round runs the same decisions again."""
    chance = random.Random(7)
    folder, told = tmp_path / "home", dict[str, int]()
    for round_ in range(ROUNDS):
        process = started(folder, f"run-{round_ // 4}")
        # The first rounds hit the making of the home, the later ones the writing: wait for the first acknowledgement.
        if round_ > 3 and process.stdout:
            told.update((decision_id, seq) for decision_id, seq, _ in acknowledged(process.stdout.readline()))
        time.sleep(chance.uniform(0.0, 0.25))
        process.kill()
        said, _ = process.communicate()
        for decision_id, seq, _ in acknowledged(said):
            assert told.setdefault(decision_id, seq) == seq, "a retry gets the first decision"
        with open_home(folder) as home:
            assert told.items() <= whole(home).items()

    assert len(told) > 100, "the writers did get to write"


def test_what_was_killed_is_finished_by_running_it_again(tmp_path: Path) -> None:
    """Nothing lost, nothing double."""
    folder = tmp_path / "home"
    process = started(folder, "file")
    assert process.stdout
    process.stdout.readline()
    process.kill()
    process.communicate()
    again = started(folder, "file")
    said, errors = again.communicate()

    assert again.returncode == 0, errors.decode()
    assert len(list(acknowledged(said))) == COUNT
    with open_home(folder) as home:
        assert whole(home) == {decision_id: seq for decision_id, seq, _ in acknowledged(said)}
        assert len(whole(home)) == COUNT


def test_two_processes_share_a_home(tmp_path: Path) -> None:
    """Both make it, both write it, one of them decides each customer's case, and both say the same."""
    folder = tmp_path / "home"
    processes = [started(folder, "shared", 150, 2), started(folder, "shared", 150, 2), started(folder, "own", 150, 2)]
    told = []
    for process in processes:
        said, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
        told.append(list(acknowledged(said)))
    first, second, own = told

    assert {each[:2] for each in first} == {each[:2] for each in second}
    assert sum(new for _, _, new in first + second) == 150
    with open_home(folder) as home:
        assert whole(home) == {decision_id: seq for decision_id, seq, _ in first + own}
