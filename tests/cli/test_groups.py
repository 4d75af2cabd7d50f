"""The groups that a report is asked for stand in it: the same figures as in its rows, within 80 columns."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from tests.board.lived import lived_home

from ourword.cli.groups import group_words
from ourword.cli.main import run
from ourword.figures.board import board
from ourword.outcomes.contacts import GROUPED_BY, Asked


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived_home(tmp_path_factory.mktemp("groups") / "home", contacts=250)


@pytest.mark.parametrize("by", GROUPED_BY)
def test_a_report_shows_the_groups_that_it_is_asked_for(home: Path, capsys: pytest.CaptureFixture[str], by: str) -> None:
    """Asked by prompt, it once printed the same as asked by nothing."""
    assert 0 == run(["report", "--home", str(home), "--by", by])
    told = capsys.readouterr().out
    assert 0 == run(["report", "--home", str(home), "--by", by, "--csv"])
    rows = [row for row in csv.DictReader(io.StringIO(capsys.readouterr().out)) if (row["kind"], row["segment"]) == ("*", "*")]
    expected = {row["version"]: row["n"] for row in rows if row["metric"] == "stayed_resolved" and row["version"] != "*"}
    lines = told.partition("\nby ")[2].partition("\n\n")[0].splitlines()[1:]

    assert len(expected) > 1
    assert expected == {line.split()[0]: line.split()[1] for line in lines}
    assert [] == [line for line in told.splitlines() if len(line) > 80]


def test_many_groups_are_cut_and_counted(home: Path) -> None:
    """The largest are shown, and where the others are is said."""
    import msgspec

    found = board(home, Asked(grouped_by="channel"))
    one = next(row for row in found.rows if row.metric == "stayed_resolved" and row.version == "chat" and row.kind == row.segment == "*")
    many = tuple(msgspec.structs.replace(one, version=f"{'v' * 60}{number}", n=number) for number in range(1, 101))
    lines = list(group_words(msgspec.structs.replace(found, rows=many)))

    assert max(map(len, lines)) <= 80
    assert lines[-1] == "and 60 groups more: `--csv` and `--json` have all"
    assert [100, 99] == [int(line.split()[1]) for line in lines[2:4]]


def test_the_rule_named_is_spoken_of_and_its_rows_alone_are_printed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["recount", "--home", str(home), "--rule", "ultimate"])
    assert capsys.readouterr().out.startswith("Ultimate (Zendesk), deflection would say")
    assert 0 == run(["recount", "--home", str(home), "--rule", "ultimate", "--json"])
    assert {'"rule":"ultimate"'} == {line[1:18] for line in capsys.readouterr().out.splitlines()}
    assert 64 == run(["recount", "--home", str(home), "--rule", "mine"])
    assert "--rule: there is no rule `mine`" in capsys.readouterr().err
