"""What is recorded and cannot be signed is said: whoever decides all day must not learn from an auditor that nothing was signed since."""

from __future__ import annotations

import errno
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ourword
from tests.erasing.shop import ZORA, lived

from ourword.stores import publishing
from ourword.stores.database import connect
from ourword.stores.home import open_home


@pytest.fixture
def forked(tmp_path: Path) -> Path:
    """A home in which somebody changed an entry that was signed."""
    home = lived(tmp_path / "home")
    with closing(connect(home / "ledger.sqlite")) as ledger:
        changed = "CAST(replace(CAST(bytes AS TEXT), '2026-11-09', '2026-11-08') AS BLOB)"
        ledger.execute(f"UPDATE entry SET bytes = {changed} WHERE seq = (SELECT max(seq) FROM decision)")
    return home


def _warnings(text: str) -> list[str]:
    return [each for each in text.splitlines() if each.startswith("warning: ") and "the log was not published" in each]


def test_each_command_that_records_says_that_nothing_is_signed_any_more(
    ourword: Ourword, forked: Path, larkspur: tuple[Path, Path], proposal: dict[str, Any]
) -> None:
    with open_home(forked, write=False) as home:
        before = home.published_size()
    decided = ourword("decide", *larkspur, "--home", forked, stdin=json.dumps(proposal))
    told = [decided, ourword("settle", "--home", forked), ourword("erase", ZORA, "--home", forked)]

    assert [0, 0, 0] == [each.code for each in told]
    for each in told:
        assert 1 == len(_warnings(each.err)), each
        assert f"warning: {forked / 'log'}: the log was not published: " in each.err
        assert "nothing more is signed\n  hint: " in each.err
    assert "allow" == decided.lines[0]["answer"]
    with open_home(forked, write=False) as home:
        assert before == home.published_size() < home.last_seq()


def test_what_a_command_says_itself_is_not_said_twice_and_who_only_reads_is_not_warned(
    ourword: Ourword, forked: Path, larkspur: tuple[Path, Path], proposal: dict[str, Any]
) -> None:
    assert 0 == ourword("decide", *larkspur, "--home", forked, stdin=json.dumps(proposal)).code
    published, read = ourword("publish", "--home", forked), ourword("log", "--home", forked)

    assert (4, 1) == (published.code, published.err.count("nothing more is signed"))
    assert [] == _warnings(published.err)
    assert (0, "") == (read.code, read.err)


def test_a_disk_that_is_full_at_the_end_is_said_and_the_next_command_goes_on(
    ourword: Ourword, tmp_path: Path, larkspur: tuple[Path, Path], proposal: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "write_whole", full)
        told = ourword("decide", *larkspur, "--home", tmp_path / "home", stdin=json.dumps(proposal))
    again = ourword("decide", *larkspur, "--home", tmp_path / "home", stdin=json.dumps(proposal))

    assert (0, 1) == (told.code, len(_warnings(told.err))), told
    assert "full" in told.err
    assert (0, "") == (again.code, again.err)
    with open_home(tmp_path / "home", write=False) as home:
        assert home.published_size() == home.last_seq()
