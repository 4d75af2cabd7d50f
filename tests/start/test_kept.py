"""What no file gave is never deleted by reading files anew: decisions, call-backs, events handed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.start.shop import give, read_all, tickets

from ourword.app import Ourword
from ourword.calling.asking import Wanted
from ourword.cli.main import run
from ourword.starting.run import Start
from ourword.stores.home import open_home

LARKSPUR = Path("examples/larkspur-refund")
EVENT = {
    "specversion": "1.0", "id": "later", "source": "chat", "type": "message.in", "time": "2026-10-02T10:00:00Z",
    "subject": "customer:c-1", "data": {"contact": "k-1", "actor": "customer"},
}  # fmt: skip
PROPOSAL = {
    "kind": "refund", "customer": "c-104", "decision_id": "d-1",
    "facts": {"amount": "20.00 EUR", "order_total": "60.00 EUR", "order_age": "2 days", "reason": "damaged", "confirmed": True, "asked_human": False},
}  # fmt: skip


def decided(home: Path) -> None:
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=home, mode="observe") as word:
        word.decide(PROPOSAL)


def opened(home: Path) -> None:
    """A gate that has not decided yet: it will."""
    Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=home, mode="observe").close()


def drawn(home: Path) -> None:
    with Ourword.open_home(home, create=False) as word:
        word.calls.draw(Wanted(size=3, handled_by="any"))


def heard(home: Path) -> None:
    with Ourword.open_home(home, create=False) as word:
        word.event(EVENT)


def unreadable(home: Path) -> None:
    """Nobody knows what it holds."""
    (home / "keys.sqlite").unlink()


KEPT = [(decided, "1 decision of a gate"), (opened, "its contract"), (drawn, "1 list of customers to call back"), (heard, "1 event handed in since")]


@pytest.fixture
def first(caller: TestClient, start: Start) -> Path:
    """The home that was read first."""
    late = b"99,zoe@mail.example,Solved,2026-10-30 10:00:00,2026-10-30 12:00:00,Mail,Refund\n"
    give(caller, "tickets.csv", tickets() + late)
    read_all(caller)
    assert start.home is not None
    return start.home


@pytest.mark.parametrize(("done", "words"), KEPT)
def test_what_no_file_gave_is_kept_and_said_before_and_after(
    caller: TestClient, start: Start, first: Path, done: Callable[[Path], None], words: str
) -> None:
    """A newcomer answered one question otherwise, and what her gate had recorded and her calls had told was gone without a word."""
    done(first)
    before = caller.get("/start/questions").text
    found = read_all(caller, same="kind").text
    caller.get("/")

    assert start.home != first
    assert first.is_dir()
    assert [(True, True)] * 2 == [(words in page, str(first) in page) for page in (before, found)]


def test_a_decision_is_still_there_after_another_answer(caller: TestClient, start: Start, first: Path) -> None:
    """And a gate that records there goes on recording there."""
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=first, mode="observe") as word:
        word.decide(PROPOSAL)
        read_all(caller, same="kind")
        caller.get("/")
        word.decide({**PROPOSAL, "decision_id": "d-2"})

    with open_home(first, create=False, write=False) as home:
        assert {"d-1", "d-2"} == set(home.subject_numbers())
    assert start.home != first


def test_a_home_that_cannot_be_opened_may_hold_anything(caller: TestClient, start: Start, first: Path) -> None:
    """What is not known is no reason to delete."""
    unreadable(first)
    start.answer(start.answers())
    start._keep(by=None)
    start.read()
    start.tidy()

    assert first.is_dir()
    assert start.home != first


def test_what_the_files_alone_gave_is_deleted_as_before(caller: TestClient, start: Start, first: Path) -> None:
    """No warning where nothing can be lost, and no heap of old homes."""
    before = caller.get("/start/questions").text
    found = read_all(caller, same="kind").text
    caller.get("/")

    assert not first.exists()
    assert ["does not take this along" in before, "What was kept of before" in found] == [False, False]


def test_a_reading_that_broke_off_is_tidied_away(start: Start, first: Path) -> None:
    """Its events are all of the files', however far it came."""
    broken = start.folder / "home-7"
    with open_home(broken):
        pass
    heard(broken)
    start._keep(made={**start.kept.made, "home-7": -1})
    start.tidy()

    assert (first.is_dir(), broken.exists()) == (True, False)


def test_the_command_names_what_is_kept(start: Start, first: Path, capsys: pytest.CaptureFixture[str], caller: TestClient) -> None:
    """In the terminal, too."""
    decided(first)
    start._keep(by=None)
    run(["start", "--once", "--folder", str(start.folder)])

    assert f"kept: {first} was read before, and holds what no file gave: 1 decision of a gate" in capsys.readouterr().out


def test_a_kept_home_is_forgotten_by_its_name_alone(start: Start, first: Path, capsys: pytest.CaptureFixture[str], caller: TestClient) -> None:
    """It had to be deleted by hand, by whoever found the path; the one that is shown never goes, and neither does anything that is no home."""
    decided(first)
    read_all(caller, same="kind")
    shown, folder = start.home, str(start.folder)
    assert shown is not None
    for name in (shown.name, "home-9", "files", "../Ourword", str(first)):
        assert run(["start", "--forget", name, "--folder", folder]) == 64
        assert f"{first.name} (1 decision of a gate" in capsys.readouterr().err
    files = sorted(each.name for each in start.files.iterdir())
    assert first.is_dir()

    assert run(["start", "--forget", first.name, "--folder", folder]) == 0
    assert f"forgotten: {first}, and with it 1 decision of a gate" in capsys.readouterr().out
    assert (False, True, ()) == (first.exists(), shown.is_dir(), Start(start.folder).kept_homes)
    assert files == sorted(each.name for each in start.files.iterdir())
    assert [] == list(start.folder.glob("gone-*"))
