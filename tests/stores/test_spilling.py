"""What DuckDB spills into a home is gone when it is done, also where it was killed; what a running process needs stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ourword.core.event import Event
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.spilling import FOLDER, sweep
from ourword.stores.tables import tables

SPILLS = """
import sys, duckdb
duck = duckdb.connect(config={"threads": 1, "memory_limit": "20MB", "temp_directory": sys.argv[1]})
duck.execute("CREATE TABLE much AS SELECT range AS number, md5(CAST(range AS VARCHAR)) AS word FROM range(1000000)")
print("spilled", flush=True)
sys.stdin.readline()
print(duck.execute("SELECT count(DISTINCT word) FROM much").fetchone()[0], flush=True)
duck.close()
"""


def spilling(home: Path) -> subprocess.Popen[str]:
    """A process that has spilled, and waits for a word."""
    command = [sys.executable, "-c", SPILLS, str(home / FOLDER)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "spilled\n" == process.stdout.readline()
    assert list((home / FOLDER).iterdir())
    return process


def killed(home: Path) -> None:
    with spilling(home) as process:
        process.kill()


def test_what_a_killed_process_spilled_goes_when_tables_are_laid_next(tmp_path: Path) -> None:
    """Hundreds of megabytes would lie there until somebody looked."""
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        store.add([Event(id="1", source="chat", type="message.in", instant=0, subject="customer:c", data={"contact": "k"})])
    killed(tmp_path / "home")
    with open_home(tmp_path / "home") as home, tables(home) as duck:
        found = duck.execute("SELECT count(*) FROM events").fetchone()
        left = (tmp_path / "home" / FOLDER).exists()

    assert ((1,), False) == (found, left)


def test_what_a_running_process_spilled_stays(tmp_path: Path) -> None:
    """Beside it what the dead left goes; the living goes on counting, and takes its own away."""
    with spilling(tmp_path) as process:
        mine = {each.name for each in (tmp_path / FOLDER).iterdir()}
        killed(tmp_path)
        sweep(tmp_path)
        assert mine == {each.name for each in (tmp_path / FOLDER).iterdir()}
        out, _ = process.communicate("\n")

    assert "1000000\n" == out
    sweep(tmp_path)
    assert not (tmp_path / FOLDER).exists()


def test_where_nothing_was_spilled_nothing_is_made(tmp_path: Path) -> None:
    sweep(tmp_path)

    assert [] == list(tmp_path.iterdir())


def test_a_home_that_was_being_made_may_have_spilled(tmp_path: Path) -> None:
    """A folder of ours is no foreign folder."""
    with open_home(tmp_path / "home"):
        pass
    (tmp_path / "home" / "home.json").unlink()
    (tmp_path / "home" / FOLDER).mkdir()
    with open_home(tmp_path / "home") as home:
        assert home.last_seq() == 0
