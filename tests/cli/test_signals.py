"""Signals at a terminal: who must answer what, how to do it, and one clear error for every wrong word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import NOW, Ourword


@pytest.fixture
def home(settled: tuple[Path, str], tmp_path: Path) -> Path:
    shutil.copytree(settled[0], tmp_path / "home")
    return tmp_path / "home"


def test_settling_says_what_asks_whom(settled: tuple[Path, str]) -> None:
    assert "A signal asks mara: `money-back` of `refund` was broken.\n" in settled[1]
    assert settled[1].endswith("`ourword signals` lists what asks for an answer.\n")


def test_settling_again_says_nothing_again(ourword: Ourword, home: Path) -> None:
    assert "signal" not in ourword("settle", "--home", home, "--now", NOW).out


def test_signals_say_who_must_answer_what_and_how(ourword: Ourword, home: Path) -> None:
    told = ourword("signals", "--home", home)
    first = next(line for line in told.out.splitlines() if line.startswith("s-"))

    assert (0, "") == (told.code, told.err)
    assert "mara must answer, since 20" in first
    assert "refund: the promise `money-back` was broken 6 times" in " ".join(told.out.split())
    assert f'Answer: ourword answer {first.split()[0]} --was WORD --by mara --because "…" --home' in told.out
    assert "  defect     something is broken, and is mended\n" in told.out
    assert max(len(line) for line in told.out.splitlines() if not line.startswith("Answer:")) <= 80


def test_what_was_answered_is_told_with_its_reason_and_waits_no_more(ourword: Ourword, home: Path) -> None:
    (signal,) = [each for each in ourword("signals", "--home", home, "--json").lines if each["what"] == "money-back"]
    answered = ourword("answer", signal["id"], "--was", "defect", "--by", "omar", "--because", "The file was cut off.", "--home", home)
    waiting = ourword("signals", "--home", home, "--open", "--json").lines
    told = ourword("signals", "--home", home).out

    assert (0, f"{signal['id']} was defect: something is broken, and is mended. Said by omar.\n") == (answered.code, answered.out)
    assert signal["id"] not in [each["id"] for each in waiting]
    assert f"{signal['id']}  answered: defect, said omar on 20" in told
    assert "  because: The file was cut off.\n" in told
    assert f"{signal['id']} answered by omar: defect" in ourword("log", "--home", home).out


def test_signals_as_json_are_what_was_known_at_an_entry(ourword: Ourword, home: Path) -> None:
    now = ourword("signals", "--home", home, "--json").lines
    before = ourword("signals", "--home", home, "--json", "--as-of", 5).lines
    (signal,) = [each for each in now if each["what"] == "money-back"]

    assert [] == before
    assert ("promise", "refund", "mara", "open", 1, 6, 6, 6) == tuple(
        signal[key] for key in ("about", "kind", "owner", "standing", "level", "count", "customers", "owed")
    )
    assert 6 == len(signal["decisions"])
    assert {"2026-11-21T10:00:00Z"} == {signal["opened"], signal["since"]}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--was", "defekt", "--by", "omar"], 2, "did you mean `defect`?"),
        (["--was", "defect", "--by", "nobody"], 2, "mara or omar"),
        (["--was", "defect"], 64, "--by"),
        (["--by", "omar"], 64, "--was"),
    ],
)
def test_a_wrong_word_gives_one_error_and_the_next_step(ourword: Ourword, home: Path, arguments: list[str], code: int, words: str) -> None:
    signal = ourword("signals", "--home", home, "--json").lines[0]["id"]
    told = ourword("answer", signal, *arguments, "--home", home)

    assert (code, "", 2) == (told.code, told.out, len(told.err.splitlines()))
    assert words in told.err


def test_a_signal_that_is_not_there_is_said_not_to_be(ourword: Ourword, home: Path) -> None:
    told = ourword("answer", "s-1", "--was", "defect", "--by", "omar", "--home", home)

    assert (2, "signal: there is no signal `s-1`\n  hint: `ourword signals` lists them\n") == (told.code, told.err)


def test_where_nothing_asks_it_is_said(ourword: Ourword, home: Path) -> None:
    for each in ourword("signals", "--home", home, "--json").lines:
        ourword("answer", each["id"], "--was", "context", "--by", each["owner"], "--home", home)

    assert "Nothing asks for an answer.\n" == ourword("signals", "--home", home, "--open").out


def test_a_report_says_of_each_target_whether_it_is_met(ourword: Ourword, home: Path) -> None:
    """No contact of the example is closed: nothing is proved, and nothing is met."""
    told = ourword("report", "--home", home)

    assert 0 == told.code
    assert "\nTargets\n  refund: stayed resolved at least 85 % within 7 days\n      not proved yet  no data" in told.out
    assert "refund: came back at most 8 % within 14 days\n" in told.out


def test_targets_are_in_the_rows_of_a_report(ourword: Ourword, tmp_path: Path) -> None:
    """`*` in version and segment carries it, and no other row."""
    from tests.board.lived import lived_home

    rows = ourword("report", "--home", lived_home(tmp_path / "home", contacts=400), "--json").lines
    said = {(row["kind"], row["metric"]): row["target"] for row in rows if row["target"]}

    assert {"missed"} == {said["refund", "stayed_resolved"]}
    assert {("*", "*")} == {(row["version"], row["segment"]) for row in rows if row["target"]}
    assert json.dumps("not proved yet") in json.dumps(sorted(set(said.values())))


def test_an_error_names_the_option_that_was_typed(ourword: Ourword, home: Path) -> None:
    """`said` is Python's name for it."""
    assert ourword("answer", "s-1", "--was", "nonsense", "--by", "mara", "--home", home).err.startswith("--was: `nonsense` is none of the nine")
