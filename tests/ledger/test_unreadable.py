"""An entry that was changed into something that cannot be read is one clear error, whoever reads it."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from ourword import Ourword
from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.stores.home import open_home


@pytest.mark.parametrize("change", [("{", "["), ('"time"', '"tine"'), ('"type":"decision"', '"type":"decisiom"')])
def test_a_changed_entry_is_said_to_be_unreadable(tmp_path: Path, change: tuple[str, str]) -> None:
    """One bit of the disk turned over: `log` and `why` broke off with an error of Python's."""
    with open_home(tmp_path / "home") as home:
        home.record(refund("d-1"))
    connection = apsw.Connection(str(tmp_path / "home" / "ledger.sqlite"))
    connection.execute("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), ?, ?) AS BLOB) WHERE seq = 1", change)
    connection.close()
    with Ourword.open_home(tmp_path / "home") as word:
        for read in (lambda: list(word.log()), lambda: word.why("d-1")):
            with pytest.raises(HomeError) as caught:
                read()

            assert caught.value.code == "entry.unreadable"
