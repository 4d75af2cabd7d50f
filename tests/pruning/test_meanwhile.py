"""Pruning while others go on: gates decide, somebody says that a customer is held, two operators run it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pruning.shop import NOW, contract, decided, opened

from ourword.rights import pruning
from ourword.rights.holding_back import hold
from ourword.rights.pruning import Pruning, prune
from ourword.stores.home import Home
from ourword.verifying.log import verify_home


def test_gates_go_on_deciding_meanwhile(home: Path) -> None:
    """After each step another process decides, and publishes: what it was told is recorded is there, and the log holds."""
    of = contract(home, "1 year")
    steps: list[str] = []

    def meanwhile(step: str) -> None:
        if step not in steps:
            steps.append(step)
            with opened(home) as other:
                assert other.record(decided(7000 + len(steps), 0, of, customer="c-new")).new

    with opened(home) as whole:
        told = prune(whole, now=NOW, progress=meanwhile)
    with opened(home) as whole:
        found = verify_home(whole, full=True)

        assert steps == ["begun", "published", "rows", "keys", "bundle", "written anew"]
        assert all(whole.find(f"d-{7001 + number}") for number in range(len(steps)))
        assert whole.history("c-new", "refund") == len(steps)
    assert (found.flaws, found.pruned, told.minimum) == ((), 768, 768)


def test_a_hold_that_is_said_meanwhile_is_heeded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It came after it was worked out what may go, and before anything went: so it is worked out again."""
    worked_out = []

    def late(whole: Home, **how: object) -> Pruning:
        found = pruning_plan(whole, **how)  # type: ignore[arg-type]
        if not worked_out:
            with opened(home) as other:
                hold(other, "c-40", by="mara", because="case 12", now=NOW)
        worked_out.append(found.minimum)
        return found

    pruning_plan = pruning.plan
    monkeypatch.setattr(pruning, "plan", late)
    with opened(home) as whole:
        told = prune(whole, now=NOW)

        assert whole.find("d-40") is not None
    assert (worked_out, told.minimum, [each.why for each in told.obstacles]) == ([768, 0], 0, ["hold"])


def test_who_comes_second_lets_go_of_nothing_twice(home: Path) -> None:
    """Another operator finishes what the first has begun; the first goes on and finds it done."""

    def second(step: str) -> None:
        if step == "published":
            with opened(home) as other:
                assert prune(other, now=NOW).finished

    with opened(home) as whole:
        told = prune(whole, now=NOW, progress=second)
        found = verify_home(whole, full=True)

        assert len(whole.store.pruned_entries()) == 1
    assert (found.flaws, told.minimum, told.done) == ((), 768, True)
