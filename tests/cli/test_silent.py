"""`ourword silent`: who has gone silent, told and kept once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ourword.cli.main import run
from ourword.core.event import Event
from ourword.figures.settling import events_of
from ourword.stores.events import EventStore
from ourword.stores.home import open_home

DAY = 86_400 * 10**9
START = 1_750_000_000 * 10**9


def came(folder: Path, who: str, *days: int) -> None:
    def event(day: int) -> Event:
        data = {"contact": f"{who}-{day}"}
        return Event(id=f"{who}-{day}", source="chat", type="message.in", instant=START + day * DAY, subject=f"customer:{who}", data=data)

    with open_home(folder) as home, EventStore(home) as store:
        store.add([event(day) for day in days])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    came(tmp_path / "home", "weekly", *range(0, 42, 7))
    came(tmp_path / "home", "new", 100)
    came(tmp_path / "home", "faithful", *range(0, 101, 20))
    return tmp_path / "home"


def test_who_is_silent_is_told_beside_those_of_whom_it_cannot_be_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once there is nothing for thirty days from one who came weekly."""
    code = run(["silent", "--home", str(folder)])
    told = capsys.readouterr().out.splitlines()

    assert 0 == code
    assert "1 of 2 customers with a history are silent; 1 came too seldom to say" == told[0]
    assert told[1].startswith("  weekly  since 2025-07-20, known on 2025-08-19, usually every 7 days")


def test_silences_are_kept_once_and_never_read_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The event says what was known then; kept twice it would count twice, and read back it would feed itself."""
    told = []
    for _ in range(2):
        run(["silent", "--home", str(folder), "--keep", "--json"])
        told.append(capsys.readouterr().out)
    with open_home(folder) as home:
        kept = [each for each in events_of(home) if each.type == "customer.silent"]

    assert told[0] == told[1]
    assert [("weekly", START + 65 * DAY)] == [(each.customer, each.instant) for each in kept]


def test_a_customer_who_comes_back_ends_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Told as ended, with when they came."""
    came(folder, "weekly", 90)
    run(["silent", "--home", str(folder), "--json"])
    (each,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    run(["silent", "--home", str(folder)])

    assert ("weekly", "2025-09-13") == (each["customer"], each["back_at"][:10])
    assert capsys.readouterr().out.startswith("0 of 2 customers with a history are silent")


def test_no_history_is_no_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And not "nobody is silent"."""
    came(tmp_path / "home", "new", 1)
    run(["silent", "--home", str(tmp_path / "home")])

    assert "no data: no customer came often enough to have a usual gap\n" == capsys.readouterr().out


def test_a_rule_that_means_nothing_is_wrong_usage(folder: Path) -> None:
    """With a next step."""
    assert 64 == run(["silent", "--home", str(folder), "--visits", "1"])
