"""The process is killed at random moments while it keeps and seals events: nothing is lost, nothing is double."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.tables import tables

KEEPER = str(Path(__file__).with_name("keeper.py"))
COUNT, ROUNDS = 600, 8


def started(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, KEEPER, str(folder), str(COUNT)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_killed_and_run_again_every_event_is_there_once(tmp_path: Path) -> None:
    """Eight times kill -9 while events are kept and sealed; what was acknowledged is there, and the last run finishes all."""
    chance = random.Random(7)
    folder = tmp_path / "home"
    for _ in range(ROUNDS):
        process = started(folder)
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.6))
        process.kill()
        said, _ = process.communicate()
        acknowledged = max([20, *(int(line) for line in said[: said.rfind(b"\n") + 1].split())])
        with open_home(folder) as home, EventStore(home) as store, tables(home, store) as duck:
            (found,) = duck.execute('SELECT [count(*), count(DISTINCT "at"), max("at") // 1000000 + 1] FROM events').fetchone() or ([],)

            assert found[0] == found[1] == found[2]
            assert found[0] >= acknowledged
    _, errors = started(folder).communicate(timeout=60)

    assert errors == b""
    with open_home(folder) as home, EventStore(home) as store, tables(home, store) as duck:
        assert [(COUNT, COUNT, COUNT)] == duck.execute('SELECT count(*), count(DISTINCT "at"), max(event) FROM events').fetchall()
        sealed = [each for _, each in home.store.sealed_segments()]

        assert COUNT == sum(each.rows for each in sealed)
        assert {Path(each.file).name for each in sealed} == {path.name for path in (folder / "events").iterdir()}
        assert all(each.digest == f"sha256:{hashlib.sha256((folder / each.file).read_bytes()).hexdigest()}" for each in sealed)


def test_two_processes_keep_the_same_events_into_one_home(tmp_path: Path) -> None:
    """Two importers started by mistake make no event double, and no file twice."""
    folder = tmp_path / "home"
    processes = [started(folder), started(folder)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()

    with open_home(folder) as home, EventStore(home) as store, tables(home, store) as duck:
        assert [(COUNT, COUNT)] == duck.execute('SELECT count(*), count(DISTINCT "at") FROM events').fetchall()
        assert COUNT == sum(each.rows for _, each in home.store.sealed_segments())
