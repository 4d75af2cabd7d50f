"""What is said as of a moment is the same whenever it is said: nothing that came after it has a part in it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.board.grown import event, go_on, grow, hand_in, until
from tests.board.lived import NOW

from ourword.app import Ourword
from ourword.figures.asof import Past, promises_at, signals_at
from ourword.figures.board import Board, board
from ourword.figures.settling import events_of, promises, settle_home
from ourword.kept import deciding
from ourword.ledger.settle import Standing
from ourword.outcomes.contacts import Asked
from ourword.signals.signalling import signals
from ourword.stores.home import open_home


def nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * 10**9


def as_of(path: Path, at: datetime, **asked: Any) -> Board:
    """The figures as of a moment, without what they were made from: of that there is more now."""
    found = board(path, Asked(as_of=nanoseconds(at) // 1000, **asked))
    return msgspec.structs.replace(found, made=msgspec.structs.replace(found.made, arrival=0, seq=0))


def signals_then(path: Path, at: datetime) -> list[Any]:
    with open_home(path, write=False) as home:
        return signals_at(home, nanoseconds(at), Past(home).noted(nanoseconds(at)))


@pytest.mark.parametrize("days", [4, 25, 70])
def test_what_is_said_as_of_a_moment_stays_said(tmp_path: Path, days: int) -> None:
    """A figure of last Monday that is another one today was either wrong then or is wrong now."""
    then = NOW - timedelta(days=days)
    grow(tmp_path / "home", until(then), settled=then)
    before = as_of(tmp_path / "home", then), as_of(tmp_path / "home", then, window_days=3), signals_then(tmp_path / "home", then)
    go_on(tmp_path / "home", then)
    after = as_of(tmp_path / "home", then), as_of(tmp_path / "home", then, window_days=3), signals_then(tmp_path / "home", then)

    assert before == after
    assert before[0].contacts
    assert as_of(tmp_path / "home", NOW).contacts > before[0].contacts


def test_as_of_the_moment_of_settling_promises_and_signals_stand_as_the_ledger_says(tmp_path: Path) -> None:
    """Two ways to the same word: what settling wrote down, and what is settled again from the events."""
    then = NOW - timedelta(days=25)
    grow(tmp_path / "home", until(then), settled=then)
    with open_home(tmp_path / "home", write=False) as home:
        written, asked = promises(home), signals(home, now=nanoseconds(then))
        again = promises_at(home, nanoseconds(then))

    assert written == again
    assert {"kept", "broken"} <= {each.standing for each in written}
    assert asked == signals_then(tmp_path / "home", then)


def test_before_anything_was_promised_nothing_is(tmp_path: Path) -> None:
    grow(tmp_path / "home", until(NOW), settled=NOW)
    with open_home(tmp_path / "home", write=False) as home:
        assert [] == promises_at(home, 0)
        assert [] == signals_at(home, nanoseconds(NOW) - 1)


def test_what_arrives_late_changes_what_was_said(tmp_path: Path) -> None:
    """Only news of that time itself can: a promise taken for broken was kept, and the event was on its way."""
    grow(tmp_path / "home", until(NOW), settled=NOW)
    with open_home(tmp_path / "home", write=False) as home:
        past = Past(home)
        broken = next(each for each in past.noted(nanoseconds(NOW)) if each.standing is Standing.BROKEN and each.key.promise == "money-back")
        owed = past.owed(broken.key.decision, broken.key.promise)
    assert owed is not None
    assert owed.amount is not None
    paid = {"decision": broken.key.decision, "amount": f"{owed.amount.minor / 100:.2f} {owed.amount.currency}"}
    hand_in(tmp_path / "home", [event("paid", owed.kept_by, owed.customer, NOW - timedelta(days=100), **paid)])
    with open_home(tmp_path / "home", write=False) as home:
        stands = {each.key: each.standing for each in Past(home).noted(nanoseconds(NOW))}

    assert Standing.KEPT is stands[broken.key]


def test_a_home_settled_by_events_that_it_does_not_keep_is_told_by_its_ledger(tmp_path: Path) -> None:
    """`settle --events FILE`: only the ledger knows what came, and when."""
    grow(tmp_path / "whole", until(NOW), settled=NOW)
    grow(tmp_path / "home", lambda line: "specversion" not in line, settled=NOW - timedelta(days=1_000))
    (tmp_path / "home" / "people.sqlite").unlink()
    with open_home(tmp_path / "whole") as whole, open_home(tmp_path / "home") as home:
        settle_home(home, list(events_of(whole)), nanoseconds(NOW))
        written = {(each.decision, each.promise): each.standing for each in promises(home)}
        told = {(each.decision, each.promise): each.standing for each in promises_at(home, nanoseconds(NOW))}
        earlier = promises_at(home, nanoseconds(NOW - timedelta(days=30)))

    assert written == told
    assert {"kept", "broken"} <= set(told.values())
    assert all(each.settled is None or each.settled <= nanoseconds(NOW - timedelta(days=30)) // 1000 for each in earlier)


def test_a_contract_that_began_to_decide_later_did_not_decide_then(tmp_path: Path, examples: Path) -> None:
    """Targets are judged by what the company had said to itself then, not by what it says now."""
    folder = examples / "larkspur-refund"
    contract = (folder / "contract.yaml").read_text(encoding="utf-8")
    for version, days in (("1.0.0", 10), ("9.9.9", 2)):
        (tmp_path / "contract.yaml").write_text(re.sub(r"(?m)^version: .*$", f"version: {version}", contract), encoding="utf-8")
        with Ourword.open(tmp_path / "contract.yaml", folder / "wiring.yaml", home=tmp_path / "home") as word:
            word.decide({"kind": "refund", "customer": "c-1", "facts": {}, "time": (NOW - timedelta(days=days)).isoformat()})
    with open_home(tmp_path / "home", write=False) as home:
        then = [deciding(home, until=nanoseconds(NOW - timedelta(days=days))) for days in (20, 5, 1)]

    assert [[], ["1.0.0"], ["9.9.9"]] == [[draft.version for draft in each.values()] for each in then]
