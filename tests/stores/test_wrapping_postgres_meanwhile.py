"""Keys in PostgreSQL are laid otherwise while gates record, and by a process that is killed at each statement: nothing is lost or left over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.stores.test_rotating_postgres import Killed, Steps, keys_line, verified
from tests.stores.test_rotating_postgres import copied as copied
from tests.stores.test_wrapping_postgres import CLEAR, WORDS, by, tables_of
from tests.stores.test_wrapping_postgres import do as do
from tests.stores.test_wrapping_postgres import folder as folder
from tests.stores.test_wrapping_postgres import given as given
from tests.stores.test_wrapping_postgres import schema as schema
from tests.tries import STRIDE

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.home import open_home
from ourword.stores.rotating import rotate_log_key
from ourword.stores.wrapping import rotate, told_of, unwrap, wrap

WRITER = str(Path(__file__).with_name("writer.py"))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("act", ["wrap", "rotate", "unwrap"])
def test_broken_off_at_any_statement_the_home_opens_and_going_on_leaves_nothing(copied: Callable[[int], Path], given: Any, act: str) -> None:
    """Each statement in turn (in CI each seventh) is the last: it is all done, or nothing."""
    given(WORDS)
    at, done = 0, False
    while not done:
        folder = copied(at)
        if act != "wrap":
            wrap(folder, by())
        with pytest.MonkeyPatch.context() as patch:
            Steps(patch, at)
            try:
                {"wrap": lambda: wrap(folder, by()), "rotate": lambda: rotate(folder, by()), "unwrap": lambda: unwrap(folder)}[act]()  # noqa: B023
                done = True
            except Killed:
                pass
        with open_home(folder) as home:
            home.record(refund("e-1", customer="new"))
            tables = {row[0] for row in keys_line(home).execute("SELECT tablename FROM pg_tables WHERE schemaname = 'ourword_keys'")}
        found, told = verified(folder), told_of(folder)
        assert (found.flaws, found.opened, told.unwiped) == ((), 3, False), at
        assert (len(tables & CLEAR), len(tables & {f"wrapped_{each}" for each in CLEAR})) == ((0, 4) if told.wrapped else (4, 0)), at
        at += STRIDE

    assert at > 20
    assert told.wrapped == ("" if act == "unwrap" else "passphrase")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_gates_that_record_meanwhile_lose_nothing_and_write_no_key_in_the_clear(folder: Path, given: Any, do: Any, schema: str) -> None:
    """Four processes, each with customers of its own, while keys are wrapped, wrapped otherwise, laid in the clear, and the log gets new ones."""
    given(WORDS)
    running = [
        subprocess.Popen([sys.executable, WRITER, str(folder), f"w-{number}", "160", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for number in range(4)
    ]

    def rotate_log() -> None:
        with open_home(folder) as home:
            rotate_log_key(home)

    acts, done = [lambda: wrap(folder, by()), lambda: rotate(folder, by()), rotate_log, lambda: unwrap(folder)], 0
    while any(each.poll() is None for each in running):
        try:
            acts[done % 4]()
        except HomeError as error:
            if error.code == "home.busy":
                continue
            if error.code != "keys.unwiped":
                raise
        done += 1
    told: dict[bytes, bytes] = {}
    for each in running:
        said, errors = each.communicate(timeout=120)
        assert (each.returncode, errors) == (0, b""), errors.decode()
        told.update(line.split()[:2] for line in said.splitlines())  # type: ignore[misc]
    if not told_of(folder).wrapped:
        wrap(folder, by())
    with open_home(folder) as home:
        home.publish()
    found = verified(folder)

    assert (found.flaws, found.opened, len(told)) == ((), 645, 640)
    assert len(found.rotations) == (done + 1) // 4 >= 1
    assert not tables_of(do, schema) & CLEAR
