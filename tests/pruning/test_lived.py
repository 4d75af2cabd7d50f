"""A home with everything in it that a home can hold: four years later its decisions go, and all that is told of it still can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.erasing.shop import ADA, BEN, NS, ZORA, found_in, lived
from tests.pruning.shop import DAY, decided

from ourword.app import Ourword
from ourword.cli.main import run
from ourword.errors import UsageError
from ourword.http.server import make
from ourword.ledger.entry import Pruned
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.rights.pruning import prune
from ourword.stores.home import Home, open_home
from ourword.verifying.log import verify_home

LATER = NS + 4 * 365 * DAY
STRANGER = "stranger-Yuri-9"


@pytest.fixture(scope="module")
def grown() -> Iterator[Path]:
    """The shop of `tests/erasing`, and 700 decisions on customers of whom no event ever came; not pruned yet."""
    with TemporaryDirectory(prefix="ourword-grown-") as folder:
        home = lived(Path(folder) / "home")
        with open_home(home, clock=lambda: NS) as whole:
            of = next(each.decision.lineage.contract for each in whole.decided("refund"))
            whole.record_many([decided(n, 14, of, customer=STRANGER if n == 100 else f"x-{n}") for n in range(100, 800)])
        yield home


@pytest.fixture
def home(grown: Path, tmp_path: Path, copied: Callable[[Path, Path], Path]) -> Path:
    return copied(grown, tmp_path / "home")


def opened(home: Path) -> Home:
    return open_home(home, create=False, clock=lambda: LATER)


def let_go(home: Path) -> int:
    with opened(home) as whole:
        told = prune(whole, now=LATER, even_owed="mara", even_idle=True)
        assert told.done
        return told.minimum


def read(home: Path) -> dict[str, Any]:
    """What rests on entries that stay: adoptions, signals with their answers, samples with what was said; and on events."""
    later = datetime.fromtimestamp(LATER // 10**9, UTC)
    with Ourword.open_home(home, create=False, write=False, clock=lambda: later) as ourword:
        assert ourword.home is not None
        signals = [(each.id, each.standing, each.said, each.because) for each in ourword.signals()]
        sample = ourword.calls.sample()
        called = (ourword.calls.standing(sample).solved, ourword.calls.sheet(sample))
        return {"adopted": ourword.adopting.versions(), "signals": signals, "called": called}


def test_what_rests_on_entries_that_stay_is_told_as_before(home: Path) -> None:
    """Who signed what, what asked and how it was answered, in whose words, what those said who were called."""
    before = read(home)
    assert let_go(home) == 512
    after = read(home)
    with opened(home) as whole:
        found = verify_home(whole, full=True)

    assert len(before["signals"]) == 2
    assert before == after
    assert (found.flaws, found.pruned) == ((), 512)


def test_settling_afterwards_says_nothing_new(home: Path) -> None:
    """Events of then are still read; nobody takes one for a promise, or for something that was executed otherwise, again."""
    let_go(home)
    with Ourword.open_home(home, create=False, clock=lambda: datetime.fromtimestamp(LATER // 10**9, UTC)) as ourword:
        settled = ourword.settle(now=LATER)

    assert (settled.new, settled.signals, settled.unreadable) == ((), (), ())


def test_customers_of_whom_nothing_is_left_are_gone_with_their_keys(home: Path) -> None:
    """And nobody else: an event is something, and so is a younger decision."""
    with opened(home) as whole:
        number = whole.store.number_of(STRANGER)
        assert number is not None
        key = whole.keys.subject(number)
        assert key is not None
        secret, who = key.key, whole.keys.who(STRANGER)
    let_go(home)
    with opened(home) as whole:
        assert whole.store.number_of(STRANGER) is None
        assert whole.keys.subject(number) is None
        assert all(whole.store.number_of(each) for each in (ZORA, BEN, ADA, "x-799"))
    assert found_in(home, [secret, who]) == []
    with opened(home) as whole:
        last = whole.store.subject_max()
        whole.record(decided(9000, 0, None, customer=STRANGER))
        assert whole.store.number_of(STRANGER) == last + 1  # who comes back is somebody new


def test_a_customer_can_be_given_what_is_held_and_erased(home: Path) -> None:
    """Their decisions are past retention, their events are not."""
    let_go(home)
    with opened(home) as whole:
        given = export(whole, ZORA, now=LATER)
        gone = export(whole, STRANGER, now=LATER)
        erased = erase(whole, ZORA, now=LATER)
        again = export(whole, ZORA, now=LATER)
    with opened(home) as whole:
        found = verify_home(whole, full=True)

    assert (given["held"], given["decisions"], len(given["events"]) > 5) == (True, [], True)
    assert (gone["held"], gone["erased"]) == (False, False)
    assert (erased.new, again["held"], again["erased"]) == (True, False, True)
    assert found.flaws == ()


COMMANDS = (
    "report", "promises", "signals", "bends", "coherence", "contract", "adopted", "recount", "silent", "settle", "log", "ask", "verify", "publish",
)  # fmt: skip


def test_every_command_tells_what_is_left(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """None of them stumbles over a decision that is not there; those that tell people say what was let go of."""
    let_go(home)
    for command in COMMANDS:
        code = run([command, "--home", str(home)])
        told = capsys.readouterr()

        assert (command, code, told.err) == (command, 0, "")
        if command not in ("log", "settle", "verify", "publish"):
            assert "up to entry 512" in " ".join(told.out.split()), command


PAGES = (
    "/",
    "/recount",
    "/promises",
    "/contract",
    "/signals",
    "/coherence",
    "/contacts",
    "/decisions",
    "/v1/outcomes",
    "/v1/promises",
    "/v1/adopted",
)


def test_every_page_is_shown_of_what_is_left(home: Path) -> None:
    """The same pages as before, of a home of either kind; none of them stumbles over a decision that is not there."""
    let_go(home)
    with opened(home) as whole:
        client = TestClient(make(None, home=whole), base_url="http://127.0.0.1:8080")
        codes = {page: client.get(page).status_code for page in PAGES}
        gone = client.get("/decisions/d-1").status_code

    assert set(codes.values()) == {200}, codes
    assert gone == 404


def test_a_look_back_before_what_is_held_is_an_error(home: Path) -> None:
    """And one after it says what it cannot tell any more."""
    let_go(home)
    for entry in (1, 512):
        with pytest.raises(UsageError) as raised:
            open_home(home, at=entry)
        assert raised.value.code == "as-of.pruned"
    with open_home(home, at=513) as then:
        assert then.store.pruned_to() == 512


def test_a_look_back_at_an_entry_before_the_pruning_tells_what_is_left(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The entry that says what went is younger than the one looked back at, and the home was called damaged for want of it."""
    let_go(home)
    with open_home(home) as whole:
        (entry,) = whole.store.pruned_entries()
    assert entry.seq > 513
    for command in ("report", "promises", "signals", "bends", "coherence"):
        code = run([command, "--home", str(home), "--as-of", "entry:513"])
        told = capsys.readouterr()

        assert (command, code, told.err) == (command, 0, "")
        assert "up to entry 512" in " ".join(told.out.split()), command


def test_an_export_says_that_decisions_were_let_go_of(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who finds fewer decisions than they remember is told why, up to when and by which entry; who finds nothing, too."""
    let_go(home)
    with opened(home) as whole:
        (entry,) = whole.store.pruned_entries()
    assert isinstance(entry.value, Pruned)
    given = []
    for customer in (ZORA, STRANGER):
        assert 0 == run(["export", "--customer", customer, "--home", str(home), "--out", str(tmp_path / customer)])
        given.append((json.loads((tmp_path / customer).read_text())["let_go"], capsys.readouterr().out))
    bound, time = entry.value.bound, entry.value.time
    words = f"older than {bound[:10]} are past retention and were let go of on {time[:10]}, up to entry 512, as entry {entry.seq:,} says."

    assert [each for each, _ in given] == 2 * [{"upto": 512, "bound": bound, "entry": entry.seq, "time": time}]
    assert all(words in told for _, told in given)
