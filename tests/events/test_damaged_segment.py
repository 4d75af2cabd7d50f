"""A file of events that is missing or damaged: whatever reads it names it, and nobody sees a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.conftest import shop as shop


@pytest.mark.parametrize("how", ["missing", "empty", "cut", "overwritten"])
@pytest.mark.parametrize("at", [(), ("--as-of", "entry:{last}")])
def test_whatever_reads_a_segment_names_the_one_that_is_damaged(ourword: Command, shop: Path, tmp_path: Path, how: str, at: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    shutil.copytree(shop, home)
    shutil.rmtree(home / "sums", ignore_errors=True)
    last = ourword("log", "--home", home, "--json").out.count("\n")
    assert 0 == ourword("report", "--home", home, *(each.format(last=last) for each in at)).code
    shutil.rmtree(home / "sums", ignore_errors=True)
    path = sorted((home / "events").glob("*.parquet"))[1]
    held = path.read_bytes()
    path.write_bytes({"missing": b"", "empty": b"", "cut": held[: len(held) // 2], "overwritten": bytes(len(held))}[how])
    if how == "missing":
        path.unlink()
    what = "missing, and the ledger calls it sealed" if how == "missing" else "not the file that the ledger calls sealed"
    for words in (("report",), ("silent",), ("settle",)) if not at else (("report",), ("recount",)):
        told = ourword(*words, "--home", home, *(each.format(last=last) for each in at))
        assert (4, f"{path}: `events/{path.name}` is {what}") == (told.code, told.err.splitlines()[0]), (words, told.err[-400:])
