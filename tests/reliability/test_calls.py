"""Every system call by which a home is changed fails, or is the last: acknowledged is present, dense, unique, and no error is unexpected."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reliability.calls import FAULTS, Fault, Outcome, Traced, faults, traced, unsynced_when_acknowledged
from tests.reliability.forker import EVENTS
from tests.reliability.lives import law
from tests.reliability.table import told

from ourword.stores.events import EventStore
from ourword.stores.home import open_home

ALL = bool(os.environ.get("OURWORD_ROUNDS"))
SAMPLE = 45
"""Of more than a thousand faults, each time the same ones: `make reliability` has all of them."""
EXPECTED = {"home.full", "home.io", "home.stopped", "home.cannot-open", "home.read-only"}


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    if not sys.platform.startswith("linux") or not shutil.which("strace"):
        pytest.skip("no strace: install Debian's package strace")
    folder = tmp_path_factory.mktemp("calls")
    with traced(folder) as running:
        try:
            running.run(folder / "first")
        except PermissionError as error:
            pytest.skip(f"tracing is not allowed here, it needs root or the right to ptrace: {error}")
        yield running


def attacked(tracer: Traced, folder: Path, fault: Fault | None, mistake: str = "") -> Outcome:
    """Do the workload with one fault, then hold the law."""
    shutil.rmtree(folder, ignore_errors=True)
    outcome = tracer.run(folder, fault, mistake)
    assert not outcome.broke, outcome.broke
    assert EXPECTED.issuperset(outcome.errors), outcome.errors
    assert outcome.done or (fault and fault.what == "SIGKILL")
    assert not unsynced_when_acknowledged(outcome)
    law(folder, outcome.said)
    with open_home(folder) as home, EventStore(home) as store:
        again = store.add(EVENTS)
        assert outcome.kept <= {event.id for event, kept in zip(EVENTS, again, strict=True) if kept == "known"}
        assert all(kept in ("new", "known") for kept in again)
    return outcome


def every_fault(tracer: Traced, folder: Path) -> list[Fault]:
    sound = attacked(tracer, folder, None)
    assert len(sound.said) == 5
    return faults(sound)


def test_every_system_call_may_fail_or_be_the_last(tracer: Traced, in_memory: Path) -> None:
    """EIO, ENOSPC and kill -9 at each; the process may go on, and whoever opens the home next finds what was acknowledged."""
    every = every_fault(tracer, in_memory / "home")
    chosen = every if ALL else random.Random(5).sample(every, SAMPLE)
    silent = set(FAULTS) - {fault.what for fault in chosen}
    broken = {}
    for fault in chosen:
        try:
            attacked(tracer, in_memory / "home", fault)
        except Exception as error:
            broken[fault] = repr(error)[:300]

    told("Each system call × EIO, ENOSPC, kill -9", rounds=len(chosen), result=f"{len(chosen) - len(broken):,} of {len(every):,} hold")

    assert len(every) > 1000
    assert not silent
    assert broken == {}


def around(outcome: Outcome, acknowledged: str) -> list[Fault]:
    """Faults at the syncs about an acknowledgement."""
    before = outcome.calls[: next(at for at, line in enumerate(outcome.calls) if f'"said {acknowledged} ' in line)]
    last = sum(line.startswith("fdatasync(") for line in before)
    return [Fault("fdatasync", nth, what) for nth in (last, last + 1) for what in ("SIGKILL", "EIO")]


@pytest.mark.parametrize("mistake", ["acknowledged-before-commit", "synchronous-off", "gap-after-error"])
def test_a_mistake_is_found(tracer: Traced, in_memory: Path, mistake: str) -> None:
    """Three mistakes put in on purpose break the law at some call: so the law can be broken."""
    found = []
    for fault in (None, *around(attacked(tracer, in_memory / "sound", None), "d-2")):
        attacked(tracer, in_memory / "home", fault)
        try:
            attacked(tracer, in_memory / "home", fault, mistake)
        except AssertionError as error:
            found.append(str(error))

    assert found
