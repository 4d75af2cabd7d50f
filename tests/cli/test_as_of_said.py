"""A list as of a moment says so: printed and put aside, nobody could tell it from one of today."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Ourword
from tests.erasing.shop import lived


@pytest.mark.parametrize("command", ["promises", "signals"])
def test_a_list_as_of_a_moment_says_so(ourword: Ourword, tmp_path: Path, command: str) -> None:
    home = lived(tmp_path / "home")
    then, now = ourword(command, "--home", home, "--as-of", "2026-11-20T10:00:00Z"), ourword(command, "--home", home)
    data = ourword(command, "--home", home, "--as-of", "2026-11-20T10:00:00Z", "--json")

    assert ["As of 2026-11-20 10:00:00 UTC: what had happened by then, as it is known today.", ""] == then.out.splitlines()[:2]
    assert "As of" not in now.out + data.out


@pytest.mark.parametrize(
    "command",
    [
        *(["promises"], ["signals"], ["log"], ["why", "d-1"], ["report"], ["report", "--monday"], ["recount"], ["bends"], ["silent"], ["coherence"]),
        *(["adopted"], ["contract"], ["ask"], ["serve", "--port", "0"]),
    ],
)
def test_an_empty_text_is_not_the_present(ourword: Ourword, tmp_path: Path, command: list[str]) -> None:
    """A variable of a script that is not set: it looked back before, and shows today's figures for it."""
    told = ourword(*command, "--home", tmp_path, "--as-of", "")

    assert (64, "") == (told.code, told.out)
    assert told.err.startswith("--as-of: it is empty")
