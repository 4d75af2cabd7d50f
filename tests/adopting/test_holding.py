"""The version that the pages speak of: the one in force by signatures, and where none is, the one that decided last."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.adopting.test_home import DAY, NAME, NOW, SECOND, SOONER, decide, files, put

from ourword import Ourword
from ourword.adoption.adopting import Files
from ourword.core.time import datetime_from_instant
from ourword.http.server import make
from ourword.stores.home import open_home


@pytest.mark.parametrize("last", [files(), files(*SECOND), files(*SOONER)])
def test_what_is_spoken_of_is_the_version_in_force_whichever_decided_last(tmp_path: Path, last: Files) -> None:
    """Until one is in force it is the one that decided last; a signature that waits changes nothing."""
    path = tmp_path / "home"
    decide(path, "first", last, at=NOW)
    with open_home(path) as home:
        put(home, files(), "mara", now=NOW + DAY)
        put(home, files(*SECOND), "mara", now=NOW + 2 * DAY)
        put(home, files(*SECOND), "omar", now=NOW + 4 * DAY)
    decide(path, "stray", last, at=NOW + 5 * DAY)

    assert [last.draft.version, "3.2.0", "3.2.0", "3.3.0"] == [spoken_of(path, NOW + days * DAY) for days in (0, 1, 3, 5)]


def spoken_of(path: Path, at: int) -> str:
    """The version that the pages Contract and Coherence, their commands, and the bar above them speak of."""
    with Ourword.open_home(path, clock=lambda: datetime_from_instant(at)) as word:
        (coherent,), (chosen,) = word.coherence().contracts, word.choices().contracts
        client = TestClient(make(word), base_url="http://127.0.0.1:8080")
        pages = {name: client.get(f"/{name}").text for name in ("contract", "coherence")}

    assert coherent == f"{NAME} {chosen.version}"
    assert all(f'<span class="contract">Contract {coherent}</span>' in each for each in pages.values())
    assert f"Contract {coherent}, <code>" in pages["contract"]
    assert f"<h1>{coherent}: " in pages["coherence"]
    return chosen.version
