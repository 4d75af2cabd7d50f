"""What is older and must stay all the same: what is promised, owed, asked or held; and everything after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec
import pytest
from msgspec import UNSET
from tests.pruning.shop import DAY, NOW, contract, decided, opened

from ourword.core.time import instant_from_text
from ourword.errors import LineError
from ourword.figures.settling import promises
from ourword.ledger.entry import PromiseMade, Pruned, SignalOpened, instant_text
from ourword.rights.holding_back import hold, release
from ourword.rights.pruning import Pruning, prune
from ourword.signals.signalling import signals
from ourword.stores.home import Home, open_home
from ourword.verifying.log import verify_home

PROMISED = 300
"""Of 600 decisions, the one that made a promise."""


@pytest.fixture
def home(begun: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A home of 600 decisions of two to three years ago; decision 300 promised something."""
    with open_home(begun(tmp_path / "home"), clock=lambda: NOW) as whole:
        of = contract(tmp_path / "home", "1 year")
        given = (decided(n, 3 * 365 - n / 2, of, promise="money-back" if n == PROMISED else "") for n in range(600))
        whole.record_many(list(given))
    return tmp_path / "home"


def pruned(home: Path, **how: object) -> Pruning:
    with opened(home) as whole:
        return prune(whole, now=NOW, even_idle=True, **how)  # type: ignore[arg-type]


def stands(whole: Home, standing: str, *, days: float = 0) -> None:
    """Say of the promise that it stands otherwise."""
    made = next(value for each in whole.log() if isinstance(value := each.value, PromiseMade))
    settled = (instant_from_text(made.due) or 0) if standing == "broken" else NOW - int(days * DAY)
    entry = msgspec.structs.replace(
        made, standing=standing, settled=UNSET if standing == "unknown" else instant_text(settled), time=instant_text(NOW)
    )
    assert whole.follow([entry], seen=whole.last_seq()) is not None


def test_an_open_promise_keeps_its_decision_and_what_came_after(home: Path) -> None:
    """It stands in the 301st entry, which lies in the second bundle: the first one goes."""
    told = pruned(home)

    assert (told.minimum, told.whole) == (256, False)
    assert [(each.entry, each.why, each.count) for each in told.obstacles] == [(PROMISED + 1, "open", 1)]


@pytest.mark.parametrize("standing", ["kept", "late", "unknown", "released"])
def test_a_promise_of_which_nothing_more_comes_keeps_nothing(home: Path, standing: str) -> None:
    """What is settled is settled; and afterwards nobody takes the last word on it for a new promise."""
    with opened(home) as whole:
        stands(whole, standing)
    told = pruned(home)
    with opened(home) as whole:
        assert promises(whole) == []
        assert verify_home(whole, full=True).flaws == ()

    assert (told.minimum, told.whole, told.obstacles) == (512, True, ())


def test_what_is_owed_goes_only_when_somebody_says_so(home: Path) -> None:
    """A debt does not vanish because a timer ran: a person lets it go, by name, and the signed entry counts it."""
    with opened(home) as whole:
        stands(whole, "broken")
    told = pruned(home)
    with pytest.raises(LineError):
        pruned(home, even_owed="  ")
    forgiven = pruned(home, even_owed="mara")
    with opened(home) as whole:
        said = [value for each in whole.store.pruned_entries() if isinstance(value := each.value, Pruned)]

    assert (told.minimum, [each.why for each in told.obstacles]) == (256, ["owed"])
    assert (forgiven.minimum, forgiven.owed, forgiven.whole) == (512, 1, True)
    assert [(each.owed, each.by) for each in said] == [(UNSET, UNSET), (1, "mara")]


def test_a_repair_that_can_still_come_in_time_keeps_its_promise(begun: Callable[[Path], Path], tmp_path: Path) -> None:
    """Also when somebody says that what is owed may go: its contract gives five days for it, and it was due two days ago."""
    with open_home(begun(tmp_path / "home"), clock=lambda: NOW) as whole:
        of = contract(tmp_path / "home", "1 year")
        given = [decided(n, 3 * 365 - n / 2, of, promise="money-back" if n == PROMISED else "", due=NOW - 2 * DAY) for n in range(600)]
        whole.record_many(given)
        stands(whole, "broken")
        now = prune(whole, now=NOW, dry_run=True, even_owed="mara")
        later = prune(whole, now=NOW + 10 * DAY, dry_run=True, even_owed="mara")

    assert (now.minimum, [each.why for each in now.obstacles]) == (256, ["repairable"])
    assert (later.minimum, later.obstacles, later.owed) == (512, (), 1)


def test_a_repaired_promise_keeps_nothing(home: Path) -> None:
    with opened(home) as whole:
        stands(whole, "broken")
        stands(whole, "repaired", days=3)

    assert pruned(home).minimum == 512


def test_a_customer_on_hold_keeps_all_since_their_first_decision(home: Path) -> None:
    """The law wants it kept; once it is released the next run lets go of it."""
    with opened(home) as whole:
        stands(whole, "kept")
        hold(whole, "c-7", by="mara", because="case 12", until=date(2027, 1, 1), now=NOW)
        hold(whole, "c-7", by="tom", because="case 13", now=NOW)
    held = pruned(home)
    with opened(home) as whole:
        release(whole, "c-7", by="tom", now=NOW)
    still = pruned(home)
    with opened(home) as whole:
        release(whole, "c-7", by="mara", now=NOW)
    free = pruned(home)

    assert (held.minimum, [(each.entry, each.why) for each in held.obstacles]) == (0, [(8, "hold")])
    assert [["mara", "tom"], ["mara"]] == [re.findall(r"(\w+) \(entry", each.obstacles[0].what) for each in (held, still)]
    assert (free.minimum, free.whole) == (512, True)
    with opened(home) as whole:  # why it was held lies under their key, which stays with the entry that says so
        assert whole.store.number_of("c-7") is not None


def raised(whole: Home, numbers: Sequence[int]) -> None:
    """A boundary's signal, with a decision that opened it and others that it befell as well."""
    for number in numbers:
        found = whole.find(f"d-{number}")
        assert found is not None
        common = {"kind": "refund", "contract": "larkspur-care", "owner": "mara", "gate": "", "counter": 0, "time": instant_text(NOW - 100 * DAY)}
        entry = SignalOpened(about="boundary", clauses=("cap",), decision_id=f"d-{number}", sub=found.decision.sub, **common)
        assert whole.follow([entry], seen=whole.last_seq()) is not None


def test_a_signal_that_is_not_closed_keeps_what_it_rests_on(home: Path) -> None:
    """Whoever is asked must be able to look; answered, it is watched for 90 days."""
    with opened(home) as whole:
        stands(whole, "kept")
        raised(whole, [400, 500])
        asks = prune(whole, now=NOW, dry_run=True)
        signal = signals(whole, now=NOW)[0]
        answer = {"standing": "answered", "signal": signal.seq, "said": "context", "by": "mara", "time": instant_text(NOW - 95 * DAY)}
        common = {"kind": "refund", "contract": "larkspur-care", "owner": "mara", "gate": "", "counter": 0, "about": "boundary", "clauses": ("cap",)}
        assert whole.follow([SignalOpened(**common, **answer)], seen=whole.last_seq()) is not None  # type: ignore[arg-type]
        watched = prune(whole, now=NOW - 10 * DAY, dry_run=True, even_idle=True)
        closed = prune(whole, now=NOW)

        assert (asks.minimum, [(each.entry, each.why) for each in asks.obstacles]) == (256, [(402, "signal")])
        assert [each.why for each in watched.obstacles] == ["signal"]
        assert (closed.minimum, closed.whole) == (512, True)
        assert [(each.said, each.standing) for each in signals(whole, now=NOW)] == [("context", "closed")]


def test_a_decision_is_never_parted_from_its_promise(begun: Callable[[Path], Path], tmp_path: Path) -> None:
    """The 256th entry decides, the 257th promises: both stay, with the bundle between whose ends they lie."""
    with open_home(begun(tmp_path / "home"), clock=lambda: NOW) as whole:
        of = contract(tmp_path / "home", "1 year")
        given = [decided(n, 3 * 365 - n / 2, of, promise="money-back" if n == 255 else "") for n in range(400)]
        whole.record_many(given)
        stands(whole, "kept")
        told = prune(whole, now=NOW)

        assert isinstance(whole.entries(after=256, limit=1)[0].value, PromiseMade)
    assert (told.minimum, told.whole) == (0, True)
