"""Several folders are one home in PostgreSQL: each has a `log/` of its own, which may be behind, and must not be of another history."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.stores.cluster import Cluster

from ourword.checks.store import refund
from ourword.stores.home import make_postgres_home, open_home
from ourword.verifying.decisions import WITHOUT
from ourword.verifying.flaws import Verified
from ourword.verifying.log import verify_home


@pytest.fixture
def schema() -> str:
    return f"home_{secrets.token_hex(6)}"


@pytest.fixture
def folders(tmp_path: Path, cluster: Cluster, schema: str) -> tuple[Path, Path]:
    for name in ("first", "second"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    return tmp_path / "first", tmp_path / "second"


def decide(folder: Path, *names: str) -> None:
    """Record, and publish in that folder on closing."""
    for name in names:
        with open_home(folder) as home:
            home.record(refund(name, promises=()))


def verified(folder: Path, *old: bytes) -> Verified:
    with open_home(folder, write=False) as home:
        return verify_home(home, old=[("kept", each) for each in old], full=True)


@settings(max_examples=8)
@given(turns=st.lists(st.booleans(), min_size=1, max_size=6))
def test_no_folder_of_a_healthy_home_raises_an_alarm(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster, turns: list[bool]) -> None:
    """Whoever published last: the other is behind by as many entries as were published since, and says so."""
    tmp_path, schema, at = tmp_path_factory.mktemp("several"), f"home_{secrets.token_hex(6)}", {}
    for name in ("first", "second"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    for number, first in enumerate(turns, 1):
        name = "first" if first else "second"
        decide(tmp_path / name, f"d-{number}")
        at[name] = number
    for name, size in at.items():
        found = verified(tmp_path / name)
        assert (found.flaws, found.size, found.unpublished) == ((), size, 0)
        behind = [note for note in found.notes if "is behind" in note]
        assert [f"behind: {len(turns) - size:,} entries" in each for each in behind] == [True] * (size < len(turns))


def test_a_folder_that_is_behind_is_told_how_it_is_brought_up(ourword: Command, folders: tuple[Path, Path]) -> None:
    first, second = folders
    decide(first, "d-1")
    decide(second, "d-2", "d-3", "d-4")
    told = ourword("verify", "--home", first)
    assert 0 == told.code
    assert (
        f"this folder's log is behind: 3 entries that it lacks are signed, and held against the ledger; `ourword publish --home {first}`" in told.out
    )
    assert 0 == ourword("publish", "--home", first).code
    found = verified(first)
    assert (4, ()) == (found.size, found.flaws)
    assert not [each for each in found.notes if "behind" in each]


def test_a_checkpoint_of_another_folder_is_held_against_the_ledger(folders: tuple[Path, Path]) -> None:
    first, second = folders
    decide(first, "d-1")
    decide(second, "d-2", "d-3")
    with open_home(second, write=False) as home:
        newest = home.checkpoints()[-1]
    assert () == verified(first, newest).flaws


@pytest.mark.parametrize("entry", [2, 3])
def test_what_was_published_elsewhere_and_changed_since_is_found(folders: tuple[Path, Path], entry: int) -> None:
    """A folder that is behind holds every kept checkpoint against the ledger, also those that its log does not reach."""
    first, second = folders
    decide(first, "d-1")
    decide(second, "d-2", "d-3")
    with open_home(first) as home, home.store.appending() as (writer, _):
        writer.execute("UPDATE entry SET bytes = replace(encode(bytes, 'escape'), 'refund', 'refunt')::bytea WHERE seq = ?", (entry,))
    assert [f"the ledger's first {entry} entries are not those that were signed last"] == [each.what for each in verified(first).flaws]


def test_what_was_published_elsewhere_and_cut_since_is_found(folders: tuple[Path, Path]) -> None:
    first, second = folders
    decide(first, "d-1")
    decide(second, "d-2", "d-3")
    with open_home(first) as home, home.store.appending() as (writer, _):
        writer.execute("DELETE FROM entry WHERE seq = 3")
    cut = "3 entries were signed, and the ledger has 2: it was cut, or it is an older copy"
    assert [(3, WITHOUT), (0, cut)] == [(each.entry, each.what) for each in verified(first).flaws]
