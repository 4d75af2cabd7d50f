"""Pruning is killed anywhere and run again: then what is past retention is gone, once, and nothing else is."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.pruning.shop import NOW, opened

from ourword.errors import HomeError
from ourword.ledger.entry import Pruned
from ourword.rights.pruning import prune
from ourword.stores.backup import back_up
from ourword.stores.moving import move
from ourword.tlog.note import verifier_from
from ourword.verifying.log import verify_home, verify_log

PRUNER = Path(__file__).with_name("pruner.py")
ROUNDS = {"files": 12, "postgres": 8}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot kill itself like that there")


def run(home: Path, at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, PRUNER, home, str(NOW), str(at)], capture_output=True, text=True, check=False)


def flaws(home: Path) -> list[object]:
    key = verifier_from((home / "log" / "key").read_text())
    with opened(home, write=False) as whole:
        return [*verify_log(home / "log", key, full=True).flaws, *verify_home(whole, full=True).flaws]


def test_a_killed_pruning_is_finished_by_running_it_again(three_years: Path, tmp_path: Path, kind: str, copied: Callable[[Path, Path], Path]) -> None:
    """At points drawn by lot, the first and the last among them; at each of them an outsider finds nothing missing that no entry says is gone."""
    copied(three_years, tmp_path / "once")
    steps, minimum, *_ = map(int, run(tmp_path / "once", 0).stdout.split())
    chance = random.Random(29)
    for round_, at in enumerate([1, steps, *chance.sample(range(2, steps), ROUNDS[kind] - 2)]):
        home = copied(three_years, tmp_path / f"round-{round_}")
        assert run(home, at).returncode == -9, at
        assert flaws(home) == [], at
        if round_ % 3 == 0:
            run(home, chance.randrange(1, steps))
        done = run(home, 0)

        assert (done.returncode, done.stderr) == (0, ""), at
        assert flaws(home) == [], at
        with opened(home) as whole:
            said = [value for each in whole.store.pruned_entries() if isinstance(value := each.value, Pruned)]
            assert [each.upto for each in said] == [minimum], at
            assert (whole.store.pruning(), whole.store.rows_to(minimum)) == (False, (0, 0)), at
        assert not [each for each in (home / "log" / "tile" / "entries").rglob("*") if each.is_file() and int(each.name) < minimum >> 8], at


def test_two_who_prune_at_once_let_go_once(home: Path) -> None:
    """Each goes on with what the other has begun, and neither takes the other's end for damage."""
    command = [sys.executable, str(PRUNER), str(home), str(NOW), "0"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [each.communicate(timeout=300) for each in running]

    assert [(each.returncode, err) for each, (_, err) in zip(running, said, strict=True)] == [(0, "")] * 3
    assert {int(out.split()[1]) for out, _ in said} == {768}
    with opened(home) as whole:
        assert (len(whole.store.pruned_entries()), whole.store.pruning(), whole.store.rows_to(768)) == (1, False, (0, 0))
    assert flaws(home) == []


class StopHere(Exception):
    pass


@pytest.mark.parametrize("step", ["begun", "published", "rows", "keys", "bundle", "written anew"])
def test_half_a_pruning_is_neither_copied_nor_moved(home: Path, kind: str, tmp_path: Path, step: str) -> None:
    """The copy would not know that it has to go on; once it is finished, both go through."""

    def stop(reached: str) -> None:
        if reached == step:
            raise StopHere

    with opened(home) as whole, pytest.raises(StopHere):
        prune(whole, now=NOW, progress=stop)
    for refused in (lambda: back_up(home, tmp_path / "copy"), lambda: move(home, tmp_path / "moved")):
        with pytest.raises(HomeError) as raised:
            refused()
        assert raised.value.code == "home.pruning"
    with opened(home) as whole:
        assert prune(whole, now=NOW).finished
    back_up(home, tmp_path / "copy")

    if kind == "files":  # of a home in a database a backup is no home: it is put back in `test_in_postgres`
        assert flaws(tmp_path / "copy") == []
    assert move(home, tmp_path / "moved").entries == 1201
    assert flaws(tmp_path / "moved") == []
