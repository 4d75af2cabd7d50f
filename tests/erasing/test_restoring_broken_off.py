"""A restore is killed anywhere: nobody opens what is there before the erased are erased again, and it is brought to its end."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import BEFORE, BEN, NEEDLES, NS, ZORA, found_in, opened
from tests.stores.cluster import Cluster

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.rights.holding_back import hold, standing
from ourword.stores.erasures import list_of
from ourword.stores.home import Home, open_home

ROOT = Path(__file__).parents[2]
POINTS = 14

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot kill itself like that there")


def run(backup: Path, home: Path, erasures: Path, postgres: str, at: int) -> subprocess.CompletedProcess[str]:
    given = [sys.executable, "-m", "tests.erasing.restorer", backup, home, erasures, postgres, str(at)]
    return subprocess.run(given, capture_output=True, text=True, check=False, cwd=ROOT)


def left_behind(ourword: Command, home: Path, copy: Path, kept: Path) -> None:
    """A backup; since then Zora was erased and Ben is held; the list lies elsewhere."""
    assert 0 == ourword("backup", copy, "--home", home).code
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        hold(whole, BEN, by="mara", because="Case 7", now=NS)
    list_of(home).rename(kept)


def shows_nobody(home: Path) -> str:
    """Whoever opens the home is refused, or sees nothing of who was erased; gives the last hint, if any."""
    hint = ""
    for write in (False, True):
        whole = tried(home, write=write)
        if isinstance(whole, HomeError):
            assert whole.code in ("home.missing", "home.older", "home.restoring")
            hint = whole.hint or ""
            continue
        with whole:
            assert 2 == sum(isinstance(entry.value, Erasure) for entry in whole.log())
            assert all(found is None or found.personal is None for found in map(whole.find, ("d-1", "d-4", "d-5")))
            assert all(whole.store.number_of(each) is None for each in (ZORA, BEFORE))
    return hint


def tried(home: Path, *, write: bool) -> Home | HomeError:
    try:
        return open_home(home, create=False, write=write, clock=lambda: NS)
    except HomeError as error:
        return error


def is_whole(home: Path) -> None:
    assert [] == found_in(home, NEEDLES)
    with opened(home) as whole:
        assert not export(whole, ZORA, now=NS)["held"]
        assert export(whole, BEN, now=NS)["events"]
        assert ["mara"] == [each.by for each in standing(whole, BEN, now=NS)]
        assert 2 == sum(isinstance(entry.value, Erasure) for entry in whole.log())


def points(steps: int) -> list[int]:
    """Of all steps, the first and the last among them."""
    return sorted({1 + place * (steps - 1) // (POINTS - 1) for place in range(POINTS)} | set(range(1, 4)))


@pytest.mark.timeout(600)  # some forty processes, one after the other
def test_a_killed_restore_shows_nobody_and_is_brought_to_its_end(ourword: Command, home: Path, tmp_path: Path) -> None:
    """By the command that the error names, or by the same one: what is there already is named then."""
    copy, kept = tmp_path / "copy", tmp_path / "kept"
    left_behind(ourword, home, copy, kept)
    steps = int(run(copy, tmp_path / "once", kept, "", 0).stdout.split()[-1])
    named = set()
    for at in points(steps):
        new = tmp_path / f"new-{at}"
        assert run(copy, new, kept, "", at).returncode == -9, at
        hint = shows_nobody(new)
        found = re.search("`ourword (restore .*?)`", hint)
        named.add(found[1].replace(str(new), "NEW").replace(str(copy), "COPY") if found else "")
        told = ourword(*(found[1].split() if found else ("restore", copy, "--home", new, "--erasures", kept)))
        if "is there already" in told.err:
            told = ourword("restore", "--home", new)

        assert (0, "") == (told.code, told.err), at
        is_whole(new)
    assert {"restore COPY --home NEW", "restore --home NEW"} <= named


@pytest.mark.timeout(600)
def test_so_does_one_of_a_home_in_postgresql(ourword: Command, there: Path, cluster: Cluster, tmp_path: Path) -> None:
    """What it left in the database is dropped by the statement that the error names: it is never dropped by itself."""
    copy, kept = tmp_path / "copy", tmp_path / "kept"
    left_behind(ourword, there, copy, kept)

    def database() -> str:
        name = f"back_{secrets.token_hex(6)}"
        cluster.make_database(name)
        return cluster.address.replace("dbname=postgres", f"dbname={name}")

    steps = int(run(copy, tmp_path / "once", kept, database(), 0).stdout.split()[-1])
    dropped = 0
    for at in points(steps):
        new, address = tmp_path / f"new-{at}", database()
        assert run(copy, new, kept, address, at).returncode == -9, at
        shows_nobody(new)
        again = ("restore", copy, "--home", new, "--erasures", kept, "--postgres", address)
        told = ourword(*again)
        if drop := re.search("DROP SCHEMA .*? CASCADE", told.err.replace("\n", " ")):
            dropped += 1
            _do(address, drop[0])
            told = ourword(*again)
        if "is there already" in told.err:
            told = ourword("restore", "--home", new)

        assert (0, "") == (told.code, told.err), at
        is_whole(new)
    assert dropped


def _do(address: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
