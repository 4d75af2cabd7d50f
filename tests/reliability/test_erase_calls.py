"""Every system call by which erasing changes a home fails, or is the last; run again, the customer is gone whole, and nothing else is."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest
from tests.erasing.conftest import shop as shop
from tests.erasing.shop import BEFORE, NEEDLES, NS, OTHERS, ZORA, found_in, opened, theirs
from tests.reliability.calls import FAULTS, Fault, Outcome, Traced, faults, traced
from tests.reliability.table import told

from ourword.ledger.entry import Erasure
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.stores.database import connect
from ourword.stores.erasures import list_of, read
from ourword.verifying.log import verify_home

ALL = bool(os.environ.get("OURWORD_ROUNDS"))
SAMPLE = 12
"""Of some hundred faults, each time the same ones: `make reliability` has all of them."""
EXPECTED = {"home.full", "home.io", "home.stopped", "home.cannot-open", "home.read-only", "home.erasures", "log.io"}


class Shop:
    """The home that is erased from, and what of it must stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Path(shutil.copytree(folder, folder.with_name("published"), dirs_exist_ok=True))
        with opened(self.home) as home:
            home.publish()
            self.sealed = list(theirs(home, (ZORA, BEFORE)))
            self.entries = [entry.bytes for entry in home.log()]
            self.others = {each: self._plain(export(home, each, now=NS)) for each in OTHERS}

    @staticmethod
    def _plain(exported: dict[str, object]) -> dict[str, object]:
        """Without what may be told otherwise afterwards: reasons that named her, and whose id a shared order is found under."""
        return {name: value for name, value in exported.items() if name not in ("names", "signals")}

    @cached_property
    def needles(self) -> list[bytes]:
        return [*NEEDLES, *self.sealed]

    def law(self, folder: Path) -> None:
        """Erase once more, as the next program would: gone whole, once, listed; entries, others and their words stand, and the log holds."""
        with opened(folder) as home:
            erase(home, ZORA, now=NS)
        assert [] == found_in(folder, self.needles)
        with opened(folder) as home:
            log = [entry.bytes for entry in home.log()]
            erasures = [entry for entry in home.log() if isinstance(entry.value, Erasure)]
            assert log[: len(self.entries)] == self.entries
            assert 2 == len(erasures)
            assert {each.entry for each in read(list_of(folder))} == {entry.seq for entry in erasures}
            assert {each: self._plain(export(home, each, now=NS)) for each in OTHERS} == self.others
            assert (export(home, ZORA, now=NS)["held"], home.store.erasing()) == (False, [])
            found = verify_home(home, full=True)
            assert (found.flaws, found.unpublished) == ((), 0)
        for name in ("keys", "ledger", "people"):
            connection = connect(folder / f"{name}.sqlite", write=False)
            assert "ok" == connection.execute("PRAGMA integrity_check").get
            connection.close()
        assert not [each for each in folder.rglob("*.new") if each.is_file()]


@pytest.fixture
def whole(shop: Path, tmp_path: Path) -> Shop:
    return Shop(Path(shutil.copytree(shop, tmp_path / "shop")))


@pytest.fixture
def tracer(whole: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    if not sys.platform.startswith("linux") or not shutil.which("strace"):
        pytest.skip("no strace: install Debian's package strace")
    folder = tmp_path_factory.mktemp("erasing")
    with traced(folder, shop=whole.home) as running:
        try:
            running.run(Path(shutil.copytree(whole.home, folder / "first")))
        except PermissionError as error:
            pytest.skip(f"tracing is not allowed here, it needs root or the right to ptrace: {error}")
        yield running


def attacked(tracer: Traced, whole: Shop, folder: Path, fault: Fault | None) -> Outcome:
    """Erase with one fault, then hold the law."""
    shutil.rmtree(folder, ignore_errors=True)
    list_of(folder).unlink(missing_ok=True)
    shutil.copytree(whole.home, folder)
    outcome = tracer.run(folder, fault)
    assert not outcome.broke, outcome.broke
    assert EXPECTED.issuperset(outcome.errors), outcome.errors
    assert outcome.done or (fault and fault.what == "SIGKILL")
    assert outcome.erased or fault
    if outcome.erased:
        assert [] == found_in(folder, whole.needles), "it said that they are gone"
    whole.law(folder)
    return outcome


def test_every_system_call_of_an_erasure_may_fail_or_be_the_last(tracer: Traced, whole: Shop, in_memory: Path) -> None:
    """EIO, ENOSPC and kill -9 at each; what was said to be erased is, and whoever erases next finishes what was not."""
    every = faults(
        attacked(tracer, whole, in_memory / "home", None), opening=str(in_memory)
    )  # what DuckDB looks up of the machine is no matter of the home
    chosen = every if ALL else random.Random(5).sample(every, SAMPLE)
    chosen = chosen[: int(os.environ.get("OURWORD_FAULTS", len(chosen)))]
    broken = {}
    for fault in chosen:
        try:
            attacked(tracer, whole, in_memory / "home", fault)
        except Exception as error:
            broken[fault] = repr(error)[:300]

    told("Each system call of an erasure × EIO, ENOSPC, kill -9", rounds=len(chosen), result=f"{len(chosen) - len(broken):,} of {len(every):,} hold")

    assert set(FAULTS) == {fault.what for fault in chosen}
    assert {"unlink", "rename", "pwrite64", "openat"} <= set(Counter(fault.call for fault in every))
    assert broken == {}
