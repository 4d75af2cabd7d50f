"""On a simulated disk the power is cut after every single step: acknowledged is present, dense, unique, and nothing is half there."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.reliability.bugs import BUGS
from tests.reliability.disk import Said
from tests.reliability.lives import Life, law, lived, lives
from tests.reliability.table import told

from ourword.errors import HomeError

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the simulated disk stands on SQLite's `unix` files"),
    # An error inside a VFS callback is what we want here; apsw also reports it as one that nobody could catch.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

DEEP = int(os.environ.get("OURWORD_ROUNDS", "0"))
BATCHES = (("d-1",), ("d-2", "d-3"), (), ("d-1", "d-4", "d-5", "d-6"), ("d-7",), ("d-7",), ("d-8",))

names = st.integers(1, 12).map(lambda number: f"d-{number}")
batches = st.lists(st.lists(names, max_size=4, unique=True).map(tuple), min_size=1, max_size=6)
shares = st.floats(0, 1)
some_lives = st.lists(
    st.builds(Life, batches=batches, cut=shares, kept=shares, seed=st.integers(0, 99), fail_sync=st.none() | st.integers(0, 20)),
    min_size=1,
    max_size=3,
)

TWICE_BETWEEN_KEEPING_AND_PUBLISHING = [
    Life((("d-1",),), kept=0.0),
    Life((("d-4", "d-5", "d-6"), ("d-2",), ("d-3",), (), ("d-2",)), cut=0.625, kept=0.0, fail_sync=4),
    Life((("d-2",),), cut=0.875, kept=0.0),
]
"""Each time a checkpoint is signed and kept, and the power goes before it has its name: the next to publish must not leave it out."""


def every_cut(folder: Path, life: Life, *, shares: Sequence[float] = (0.0, 0.5), mistake: str = "") -> int:
    """Cut the power after each step, keeping these shares of what was not synced; give how many cuts there were.

    With a *mistake* only from shortly before the first acknowledgement on: before that little can be lost.
    """
    with BUGS[mistake]() if mistake else nullcontext():
        disk = lived(folder / "home", life)
    cuts = 0
    first = next(at for at, step in enumerate(disk.steps) if isinstance(step, Said))
    for at in range(first - 5 if mistake else 0, len(disk.steps) + 1):
        for number, kept in enumerate(shares):
            if number and at % 3 and not (mistake or DEEP):
                continue  # with nothing kept after each step, with some of it after every third: `make reliability` has all
            left = disk.crashed(folder / "left", at, random.Random(f"{at}/{number}"), kept=kept)
            law(left, disk.acknowledged(at))
            shutil.rmtree(left)
            cuts += 1
    return cuts


def test_the_power_may_go_after_any_step(in_memory: Path) -> None:
    """Exhaustive: from making the home to closing it."""
    cuts = every_cut(in_memory, Life(BATCHES), shares=(0.0, *[0.5] * (1 + DEEP // 20), *[1.0] * bool(DEEP)))
    told("Simulated disk: power cut after each step", rounds=cuts, result="0 lost, every log verifies")

    assert cuts > 300


def test_any_sync_may_fail_and_the_power_go_later(in_memory: Path) -> None:
    """A sync that failed is never made good by a later one: what is acknowledged after it is there all the same."""
    number, failed = 0, True
    while failed:
        disk = lived(in_memory / f"home-{number}", Life((("d-1",), ("d-2", "d-3"), ("d-4",)), fail_sync=number))
        failed = disk.syncs > number
        said = [at for at, step in enumerate(disk.steps, 1) if isinstance(step, Said)] if not DEEP else list(range(len(disk.steps)))
        for at in (*said, len(disk.steps)):
            left = disk.crashed(in_memory / "left", at, random.Random(number), kept=0.0)
            law(left, disk.acknowledged(at))
            shutil.rmtree(left)
        number += 1
    told("Simulated disk: each sync fails, then the power goes", rounds=number, result="0 lost, every log verifies")

    assert number > 20


@settings(max_examples=25 + DEEP * 10)
@given(some_lives)
@example(TWICE_BETWEEN_KEEPING_AND_PUBLISHING)
def test_lives_end_at_random_and_go_on(each_life: list[Life]) -> None:
    """Random decisions, retries, failing syncs, cuts and remains, several lives on; the recovery of the one before is cut off as well."""
    with TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        lives(Path(folder), each_life)


MISTAKES = {
    "acknowledged-before-commit": Life((("d-1",), ("d-2",))),
    "synchronous-off": Life((("d-1",), ("d-2",))),
    "synchronous-normal": Life((("d-1",), ("d-2",)), checkpoint_pages=1000),
    "keys-not-synced": Life((("d-1",), ("d-3",), ("d-5",), ("d-7",))),
    "two-transactions": Life((("d-1",), ("d-2",))),
    "tiles-not-synced": Life((("d-1",), ("d-2",))),
    "gap-after-error": Life((("d-1",), ("d-2",), ("d-3",)), fail_sync=20),
    "taken-for-granted": Life((("d-1",), ("d-2",), ("d-3",)), fail_sync=20),
}


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_a_mistake_is_found(in_memory: Path, mistake: str) -> None:
    """Each mistake that a ledger may make, put in on purpose, breaks the law: so the law can be broken."""
    with pytest.raises((AssertionError, HomeError)):
        every_cut(in_memory, MISTAKES[mistake], mistake=mistake)
