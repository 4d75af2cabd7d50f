"""A file of events that is missing or damaged: whatever reads it names it, and nobody sees a traceback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import duckdb
import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.conftest import shop as shop
from tests.erasing.shop import ZORA, opened

from ourword.ledger.entry import SegmentResealed


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


def rewritten(path: Path) -> None:
    """The same file without its first row, as DuckDB would write it: whoever reads it notices nothing."""
    with duckdb.connect() as duck:
        duck.execute(f"COPY (SELECT * FROM read_parquet('{path}') OFFSET 1) TO '{path}.other' (FORMAT parquet)")
    path.with_name(f"{path.name}.other").replace(path)


def touched(path: Path) -> None:
    """One byte of it changed, its size and its times as they were."""
    status, held = path.stat(), path.read_bytes()
    path.write_bytes(held[:-9] + bytes([held[-9] ^ 1]) + held[-8:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("change", [rewritten, touched])
def test_figures_that_were_kept_are_not_shown_over_a_file_that_was_changed(
    ourword: Command, shop: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """Neither those of before, which rest on other events, nor new ones, which nobody sealed."""
    home = tmp_path / "home"
    shutil.copytree(shop, home)
    before = ourword("report", "--home", home)
    path = sorted((home / "events").glob("*.parquet"))[1]
    change(path)
    told = ourword("report", "--home", home)

    assert 0 == before.code
    assert (4, f"{path}: `events/{path.name}` is not the file that the ledger calls sealed") == (told.code, told.err.splitlines()[0])


def test_a_copy_of_a_home_shows_the_same_figures(ourword: Command, shop: Path, tmp_path: Path) -> None:
    """Its files look otherwise and are the same: they are read again, once."""
    first = tmp_path / "home"
    shutil.copytree(shop, first)
    told = ourword("report", "--home", first, "--json").out
    shutil.copytree(first, tmp_path / "copy")
    kept = [path.stat().st_mtime_ns for path in (tmp_path / "copy" / "sums").glob("*.json")]

    assert told == ourword("report", "--home", tmp_path / "copy", "--json").out
    again = [path.stat().st_mtime_ns for path in (tmp_path / "copy" / "sums").glob("*.json")]
    assert kept != again
    assert told == ourword("report", "--home", tmp_path / "copy", "--json").out
    assert again == [path.stat().st_mtime_ns for path in (tmp_path / "copy" / "sums").glob("*.json")]


def test_a_file_that_the_ledger_calls_sealed_is_not_deleted_for_want_of_its_row(ourword: Command, shop: Path, tmp_path: Path) -> None:
    """Whoever could write `people.sqlite` alone had the home delete its events by itself, at the next opening."""
    home = tmp_path / "home"
    shutil.copytree(shop, home)
    path = sorted((home / "events").glob("*.parquet"))[0]
    with closing(apsw.Connection(str(home / "people.sqlite"))) as people:
        people.execute("DELETE FROM segment WHERE file = ?", (f"events/{path.name}",))
    told = ourword("erase", ZORA, "--home", home)

    assert (4, f"{path}: `people.sqlite` does not know `events/{path.name}`, and the ledger calls it sealed") == (told.code, told.err.splitlines()[0])
    assert path.exists()


def test_an_erasure_does_not_seal_again_what_somebody_changed(ourword: Command, shop: Path, tmp_path: Path) -> None:
    """Else the ledger would vouch for a file that nobody could have trusted before."""
    home = tmp_path / "home"
    shutil.copytree(shop, home)
    path = sorted((home / "events").glob("*.parquet"))[0]
    rewritten(path)
    told = ourword("erase", ZORA, "--home", home)

    assert (4, True) == (told.code, f"`events/{path.name}` is not the file that the ledger calls sealed" in told.err)
    with opened(home) as whole:
        assert not [each for _, each in whole.store.segments() if isinstance(each, SegmentResealed)]
