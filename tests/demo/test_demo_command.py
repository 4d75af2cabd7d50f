"""`ourword demo --gate --once`, as a stranger runs it: a process of its own, on a machine that has only what was installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def _demo(*args: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ourword.cli.main", "demo", "--gate", "--once", *map(str, args)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, **environment}, check=False, timeout=120)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("demo") / "home"
    return home, _demo("--home", home)


def test_it_ends_well_and_says_where_everything_is(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Exit 0, nothing on stderr; the home, a decision to ask about, the page."""
    home, process = ran

    assert (0, "") == (process.returncode, process.stderr)
    assert f"ourword why demo-refuse --home {home}" in process.stdout
    assert Path(process.stdout.splitlines()[-1].split(maxsplit=2)[-1]).read_text(encoding="utf-8").startswith("<!doctype html>")


def test_it_tells_twelve_in_words(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """One for each rule, with a sentence over all of them; no colour when piped."""
    out = ran[1].stdout

    assert [f"{number:>2}  " for number in range(1, 13)] == [line[:4] for line in out.splitlines() if line[:2].strip().isdigit()]
    assert "Of 200 decisions, " in out
    assert "\x1b" not in out


def test_every_decision_has_its_page(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Two hundred files beside the list, which links to each."""
    page = ran[0] / "demo" / "page"
    pages = {each.name for each in (page / "decisions").iterdir()}
    index = (page / "decisions.html").read_text(encoding="utf-8")

    assert 200 == len(pages)
    assert all(f'href="decisions/{name}"' in index for name in pages)


def test_running_it_again_decides_nothing_twice(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """The proposals lie in the home; a retry gets the first verdicts."""
    home, first = ran

    again = _demo("--home", home)

    assert (0, first.stdout) == (again.returncode, again.stdout)
    assert 12 == len(json.loads((home / "demo" / "truth.json").read_text(encoding="utf-8")))


def test_a_home_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    """A folder with other things in it is no place for a demo."""
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")

    process = _demo("--home", tmp_path)

    assert (4, ["letters.txt"]) == (process.returncode, [each.name for each in tmp_path.iterdir()])


def test_a_terminal_of_another_encoding_still_gets_words(tmp_path: Path) -> None:
    """In an old terminal a letter may be lost, never the demo."""
    process = _demo("--home", tmp_path / "home", PYTHONIOENCODING="ascii")

    assert (0, "") == (process.returncode, process.stderr)


def test_it_does_not_mix_its_fiction_into_real_decisions(tmp_path: Path, ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """A home from which nothing can be taken out again is the last place for an invented shop."""
    home = tmp_path / "home"
    shutil.copytree(ran[0], home)
    shutil.rmtree(home / "demo")
    before = (home / "ledger.sqlite").read_bytes()

    refused = _demo("--home", home)

    assert (64, before) == (refused.returncode, (home / "ledger.sqlite").read_bytes())
    assert "holds decisions already" in refused.stderr
