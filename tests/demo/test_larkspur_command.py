"""`ourword demo`: what a stranger sees first, on a small Larkspur; and that it comes through every end."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ourword.cli import demo
from ourword.cli.main import run as command
from ourword.demo import loading
from ourword.demo.held import Held, solved_by_automation
from ourword.errors import HomeError, UsageError
from ourword.stores.home import open_home

CONTACTS = 400
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo") / "home"
    loading.load(place, NOW, contacts=CONTACTS)
    return place


def test_it_tells_the_sentence_the_table_the_error_and_where_to_go_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Within 80 columns: what a vendor would say, what was, whom we owe; by kind; each rule's error; what to type next."""
    assert 0 == demo.run(once=True, home=home)
    out = capsys.readouterr()
    lines = out.out.splitlines()

    assert ["promises are settled …", "what became of every contact is worked out …"] == out.err.splitlines()
    assert [] == [each for each in lines if len(each) > 80 and str(home) not in each]
    assert "% resolved. Of the " in out.out.replace("\n", " ")
    assert "still owed what they were promised." in out.out.replace("\n", " ")
    assert {"all", "refund", "goodwill", "price_match", "cancel_order", "account_access"} <= {each.split()[0] for each in lines if each.strip()}
    assert 6 == sum(" points" in each and " says " in each for each in lines)
    assert any(each.startswith("  our band") for each in lines)
    assert Path(lines[-1].split(maxsplit=2)[-1]).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert f"ourword recount --home {home}" in out.out


def test_a_log_of_the_demo_has_a_line_for_each_stage_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight minutes of silence on a loaded machine look like a program that hangs; three hundred lines of counts are no help either."""
    progress = demo._Progress()
    for doing in ("Larkspur lives through 120 days", "1,000 events are handed in", "350,000 events are handed in", "decisions are recorded"):
        progress.say(doing)
    progress.end()

    assert "Larkspur lives through 120 days …\nevents are handed in …\ndecisions are recorded …\n" == capsys.readouterr().err


def test_running_it_again_says_the_same_and_adds_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The shop lives up to the moment at which it was first looked at."""
    demo.run(once=True, home=home)
    first = capsys.readouterr().out
    with open_home(home) as opened:
        before = opened.last_seq()

    assert 0 == command(["demo", "--once", "--home", str(home)])
    assert first == capsys.readouterr().out
    with open_home(home) as opened:
        assert before == opened.last_seq()


def test_a_demo_that_was_killed_goes_on_where_it_stopped(home: Path, tmp_path: Path) -> None:
    """Killed amid loading, then run again: every decision and event is there, once."""
    place = tmp_path / "home"
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from ourword.demo import loading\n"
        "moved = lambda doing: sys.exit(9) if 'handed in' in doing else None\n"
        f"loading.load(Path(sys.argv[1]), datetime.fromtimestamp({NOW.timestamp()}, UTC), contacts={CONTACTS}, moved=moved)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(place)], capture_output=True, check=False)
    begun, _ = loading.load(place, datetime.now(UTC))

    assert (9, int(NOW.timestamp()), CONTACTS) == (killed.returncode, begun.now, begun.contacts)
    with open_home(place) as again, open_home(home) as whole:
        assert set(again.subject_numbers()) == set(whole.subject_numbers())


def test_it_does_not_mix_with_other_decisions(tmp_path: Path) -> None:
    """Neither a company's own nor the gate's two hundred: invented ones could never be taken out again."""
    demo.run(once=True, home=tmp_path / "gate", gate=True)

    with pytest.raises(UsageError, match="entries already"):
        demo.run(once=True, home=tmp_path / "gate")


def test_what_goes_wrong_beside_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions are recorded by a process of their own; its trouble is ours, in our words, and nothing calls the home loaded."""
    monkeypatch.setattr(loading, "_hand_in", lambda place, *_: (place / "demo" / "company" / "company.json").write_bytes(b"{}"))
    with pytest.raises(HomeError, match="could not be recorded"):
        loading.load(tmp_path / "home", NOW, contacts=100)


def test_solved_by_automation_is_counted_once_in_each_kind_and_once_in_all() -> None:
    """A contact that a person solved is not automation's, one whose window is open is nobody's yet."""
    common = {"kind": "refund", "kinds": ["refund", "goodwill"], "solved": True, "handled_by": "automation", "fate": "quiet"}
    some = [common, {**common, "handled_by": "person"}, {**common, "fate": "open"}, {**common, "solved": False, "kinds": []}]

    assert {"*": (3, 1), "refund": (3, 1), "goodwill": (2, 1)} == solved_by_automation(some)


@pytest.mark.parametrize(("low", "high", "expected"), [(0.1, 0.5, 0.0), (0.1, 0.39, -4.0), (0.45, 0.5, 2.0)], ids=["within", "above it", "below it"])
def test_a_band_is_wrong_by_how_far_the_truth_lies_outside(low: float, high: float, expected: float) -> None:
    row = Held(rule="x", kind="*", n=100, says=0.67, true=0.43, low=low, high=high)

    assert expected == pytest.approx(row.band_error)
