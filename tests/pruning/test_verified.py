"""Verifying what was let go of: hashes that were deleted are missed, and a pruning that is under way meanwhile accuses nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.meanwhile import before_call
from tests.pruning.shop import NOW, by_hand, opened

from ourword.rights.pruning import prune
from ourword.verifying.log import verify_home


def pruned(home: Path) -> None:
    with opened(home) as whole:
        prune(whole, now=NOW)


def told(home: Path, *, full: bool = False) -> list[tuple[int, str]]:
    with opened(home, write=False) as whole:
        return [(each.entry, each.what) for each in verify_home(whole, full=full).flaws]


@pytest.mark.parametrize(("where", "first"), [("", 1), ("WHERE number = 1", 257), ("WHERE number > 0", 257)])
def test_hashes_that_were_deleted_are_missed(home: Path, where: str, first: int) -> None:
    """The log has them too; but once it is lost nothing could be published any more."""
    pruned(home)
    assert [] == told(home)
    with by_hand(home) as do:
        do(f"DELETE FROM leaf {where}")
    found = told(home)

    assert [first] == [entry for entry, what in found if "hashes kept of entries that were let go of are gone" in what]


@pytest.mark.parametrize("call", ["entries", "counted_by"])
@pytest.mark.parametrize("calls", [1, 2, 3])
def test_a_pruning_meanwhile_accuses_nobody(home: Path, call: str, calls: int) -> None:
    acted: list[Path] = []

    def meanwhile() -> None:
        pruned(home)
        acted.append(home)

    with opened(home, write=False) as whole:
        setattr(whole.store, call, before_call(calls, getattr(whole.store, call), meanwhile))
        found = verify_home(whole, full=True)

    assert acted
    assert () == found.flaws
