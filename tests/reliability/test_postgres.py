"""A server that crashes again and again, and sequencers that are ended while they hold the lock: acknowledged is present, unique, without a gap."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.reliability import table
from tests.stores.cluster import Cluster
from tests.stores.test_postgres import check, told, writers

from ourword.stores.home import Home, make_postgres_home, open_home
from ourword.verifying.log import verify_home

ALL = bool(os.environ.get("OURWORD_ROUNDS"))
CRASHES, ENDED = (12, 400) if ALL else (1, 8)
EACH = 900 if ALL else 90
"""Decisions of each gate: more than are recorded before the last of them, by far."""
_SEQUENCER = """
SELECT pg_terminate_backend(pid) FROM (
    SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock' AND pid <> pg_backend_pid()
) AS sequencer
"""


@pytest.fixture
def folder(tmp_path: Path, cluster: Cluster) -> Path:
    """A new home on the server."""
    make_postgres_home(tmp_path / "home", cluster.address, schema=f"home_{secrets.token_hex(6)}")
    return tmp_path / "home"


def under_load(folder: Path, attack: Callable[[Home, list[subprocess.Popen[str]]], int], what: str) -> None:
    """Four gates of four threads record, two of them the same decisions, while they are attacked; then hold the law."""
    running = writers(folder, processes=2, threads=4, count=EACH) + writers(folder, processes=2, threads=4, count=EACH, prefix="both")
    with open_home(folder) as home:
        rounds = attack(home, running)
        acknowledged = told(running)
        check(home, acknowledged)
        assert 4 * EACH == len(acknowledged)
        assert 2 * 3 * EACH == home.last_seq()
        home.publish()
        found = verify_home(home, full=True)
        assert (found.flaws, found.size) == ((), home.last_seq())
    table.told(what, rounds=rounds, result=f"{len(acknowledged):,} acknowledged, {3 * EACH:,} of them unique, 0 lost, no gap")


def test_the_server_crashes_under_load(folder: Path, cluster: Cluster) -> None:
    """`pg_ctl stop -m immediate`, which is as good as a crash, and started again: whoever waited is told what is so."""

    def crash(home: Home, running: list[subprocess.Popen[str]]) -> int:
        for times in range(1, CRASHES + 1):
            while home.last_seq() < times * 2 * EACH * 3 // (CRASHES + 1):
                assert [each for each in running if each.poll() is None], "all were done before the last crash"
                time.sleep(0.02)
            cluster.stop("immediate")
            cluster.start()
        return CRASHES

    under_load(folder, crash, "PostgreSQL crashes (`-m immediate`) while four gates record, two of them the same decisions")


def test_sequencers_that_are_ended_while_they_hold_the_lock_are_followed(folder: Path, cluster: Cluster) -> None:
    """All gates fight for the lock; whoever has it loses its connection at once, in the middle of numbering."""

    def end(home: Home, running: list[subprocess.Popen[str]]) -> int:
        ended = 0
        with psycopg.connect(cluster.address, autocommit=True) as look:
            while ended < ENDED and [each for each in running if each.poll() is None]:
                ended += len(look.execute(_SEQUENCER).fetchall())
                time.sleep(0.01)
        return ended

    under_load(folder, end, "PostgreSQL ends the connection of whoever holds the sequencer's lock, while four gates record")
