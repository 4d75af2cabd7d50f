"""A home in PostgreSQL as known at an entry: the same means, the same answers as of a home in files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.asof.grown import BEGAN, CONTRACT, DECISIONS, WIRING, said

from ourword import Ourword
from ourword.core.time import instant_from_text
from ourword.errors import HomeError, UsageError
from ourword.stores.home import open_home


@pytest.fixture
def home(begun: Callable[[Path], Path], tmp_path: Path) -> Path:
    """Larkspur's first decisions; then a contract is signed, and the rest is decided."""
    path = begun(tmp_path / "home")
    decide(path, DECISIONS[:8])
    with Ourword.open_home(path, clock=lambda: BEGAN + timedelta(days=60)) as word:
        word.settle()
    return path


def decide(path: Path, lines: list[dict[str, object]]) -> None:
    with Ourword.open(CONTRACT, WIRING, home=path, clock=lambda: BEGAN + timedelta(days=50)) as word:
        assert not [each for each in word.decide_lines((json.dumps(each).encode() for each in lines), batch=64) if "error" in each]


def test_a_home_on_a_server_is_known_at_an_entry_too(home: Path) -> None:
    """Where the ledger lies makes no difference to an auditor."""
    with open_home(home, write=False) as opened:
        at, entries = opened.last_seq(), [each.bytes for each in opened.log()]
        said_last = max(instant_from_text(each.value.time) or 0 for each in opened.log())
    told = {
        name: said(name, "--home", home, "--json", clock=lambda: BEGAN + timedelta(days=60)) for name in ("promises", "signals", "log", "adopted")
    }
    with Ourword.open_home(home, clock=lambda: BEGAN + timedelta(days=70)) as word:
        word.adopting.sign(CONTRACT, WIRING, by="mara")
    decide(home, DECISIONS[8:14])

    assert told == {name: said(name, "--home", home, "--json", "--as-of", f"entry:{at}", clock=lambda: BEGAN + timedelta(days=99)) for name in told}
    with open_home(home, at=at) as then:
        assert entries == [each.bytes for each in then.log()]
        assert said_last <= then.clock() < said_last + 1000
        assert then.store.apart_from_seals()[0] == len(then.subject_numbers()) == 8
        lines, _ = then.store.lines()
        assert 8 == len(lines)
        assert then.find(str(DECISIONS[9]["decision_id"])) is None
        with pytest.raises(HomeError, match="nothing is added"):
            then.follow([], seen=at)


def test_a_moment_is_the_last_entry_before_the_first_later_one(home: Path) -> None:
    """Worked out here from the entries, one by one."""
    with open_home(home, write=False) as opened:
        times = [instant_from_text(each.value.time) or 0 for each in opened.log()]
        moments = sorted({*times, *(each - 1 for each in times), *(each + 1 for each in times), 0})
        assert [opened.store.last_by(each) for each in moments] == [
            next((number for number, time in enumerate(times) if time > each), len(times)) for each in moments
        ]


def test_an_entry_that_is_not_there_is_an_error(home: Path) -> None:
    with pytest.raises(UsageError) as refused:
        open_home(home, at=10_000)

    assert "entry:10000" == refused.value.place
