"""Whatever was let go of: all proofs hold between all checkpoints, and whatever is changed in what is left is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pruning.shop import DAY, NOW, contract, decided, opened, written
from tests.tlog import naive
from tests.tries import tries

from ourword.rights.pruning import prune
from ourword.stores.home import open_home
from ourword.tlog.checkpoint import open_checkpoint
from ourword.tlog.note import verifier_from
from ourword.tlog.tiles import WIDTH, Tile, hash_from
from ourword.tlog.tree import consistency_proof, inclusion_proof, is_consistent, leaf_hash, root_from_inclusion
from ourword.verifying.folder import LogFolder
from ourword.verifying.log import verify_home, verify_log

PARTS = st.lists(st.integers(min_value=1, max_value=400), min_size=1, max_size=5)
SLOW = settings(max_examples=tries(12), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@SLOW
@given(parts=PARTS, kept=st.floats(min_value=0, max_value=1), chance=st.randoms(use_true_random=False))
def test_every_proof_holds_that_ever_held(
    begun: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory, parts: list[int], kept: float, chance: object
) -> None:
    """Between any two checkpoints that were signed, and of every entry, also of those that are gone: held against a tree made by hand."""
    home = begun(tmp_path_factory.mktemp("law") / "home")
    size, signed, entries = 0, [], list[bytes]()
    total = sum(parts)
    for part in parts:
        with open_home(home, clock=lambda: NOW) as whole:
            of = contract(home, "1 year")
            days = [(1 + kept) * 365 * (1 - number / total) for number in range(size, size + part)]
            whole.record_many([decided(number, day, of) for number, day in enumerate(days, size)])
        size += part
        signed.append((home / "log" / "checkpoint").read_bytes())
    with opened(home) as whole:
        entries = [each.bytes for each in whole.log()]
        minimum = prune(whole, now=NOW, even_idle=True).minimum
        entries += [each.bytes for each in whole.log(after=size)]
    key = verifier_from((home / "log" / "key").read_text())
    now = open_checkpoint((home / "log" / "checkpoint").read_bytes(), key)
    hash_at = hash_from(LogFolder(home / "log").tile, now.size)

    assert minimum % WIDTH == 0
    assert now.root == naive.mth(entries)
    for each in (open_checkpoint(note, key) for note in signed):
        proof = consistency_proof(each.size, now.size, hash_at) if each.size < now.size else []
        assert each.root == naive.mth(entries[: each.size])
        assert is_consistent(each.size, each.root, now.size, now.root, proof)
    for index in {0, minimum - 1, minimum, now.size - 1, *chance.sample(range(now.size), min(20, now.size))} - {-1, now.size}:  # type: ignore[attr-defined]
        proof = inclusion_proof(index, now.size, hash_at)
        assert root_from_inclusion(index, now.size, leaf_hash(entries[index]), proof) == now.root
    found = verify_log(home / "log", key, old=[("kept", note) for note in signed], full=True)
    assert (found.flaws, found.pruned) == ((), minimum)
    shutil.rmtree(home / "log")
    with opened(home) as whole:
        assert whole.publish().root == now.root


@pytest.fixture(scope="module")
def left(three_years: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of which two thirds were let go of."""
    home = Path(shutil.copytree(three_years, tmp_path_factory.mktemp("left") / "home"))
    with opened(home) as whole:
        prune(whole, now=NOW)
    return home


@settings(max_examples=tries(40), deadline=None)
@given(data=st.data())
def test_whatever_byte_is_changed_in_a_pruned_log_is_found(left: Path, data: st.DataObject) -> None:
    """In a tile of hashes of what is gone, in a bundle that is there, in the checkpoint."""
    key = verifier_from((left / "log" / "key").read_text())
    files = sorted(each for each in (left / "log").rglob("*") if each.is_file() and each.name != "key")
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    place = data.draw(st.integers(min_value=0, max_value=len(before) - 1))
    changed = before[place] ^ data.draw(st.integers(min_value=1, max_value=255))
    path.write_bytes(before[:place] + bytes([changed]) + before[place + 1 :])
    try:
        assert not verify_log(left / "log", key, full=True).holds
    finally:
        path.write_bytes(before)
    assert verify_log(left / "log", key, full=True).holds


def test_a_bundle_that_is_missing_beyond_what_an_entry_says_is_a_flaw(left: Path, tmp_path: Path) -> None:
    """The first that should be there, named with its entries."""
    home = Path(shutil.copytree(left, tmp_path / "home"))
    key = verifier_from((home / "log" / "key").read_text())
    (home / "log" / Tile(-1, 3).path).unlink()
    found = verify_log(home / "log", key)

    assert [(each.place, each.entry) for each in found.flaws] == [("tile/entries/003", 769)]


def test_a_log_pruned_without_an_entry_that_says_so_is_a_flaw(home: Path) -> None:
    """Whoever deletes bundles and rows has not let go of anything by a contract's word."""
    key = verifier_from((home / "log" / "key").read_text())
    for number in range(3):
        (home / "log" / Tile(-1, number).path).unlink()
    alone = verify_log(home / "log", key)
    with opened(home, write=False) as whole:
        beside = verify_home(whole)

    assert [(each.place, each.entry) for each in alone.flaws] == [(f"tile/entries/{n:03}", n * 256 + 1) for n in range(3)]
    assert not beside.holds


CHANGES = {
    "hashes kept of what is gone": "UPDATE leaf SET hashes = zeroblob(8192) WHERE number = 1",
    "more let go of than is said": "INSERT INTO leaf SELECT 3, hashes FROM leaf WHERE number = 1",
    "an entry of then put in": "INSERT INTO entry SELECT 5, bytes FROM entry WHERE seq = 1000",
    "a decision of then put in": "INSERT INTO decision (seq, id, subject, kind, at, answer, sealed) "
    "SELECT 5, 'd-9999', subject, kind, at, answer, sealed FROM decision WHERE seq = 1000",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_in_the_ledger_of_what_is_gone_is_found(home: Path, change: str) -> None:
    """The ledger says what it holds of then, and each of it is held against the log."""
    with opened(home) as whole:
        assert prune(whole, now=NOW).done
    written(home, CHANGES[change])
    with open_home(home, create=False, write=False, clock=lambda: NOW + DAY) as whole:
        assert not verify_home(whole).holds
