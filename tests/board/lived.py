"""A home in which a small company has lived: decisions, events and settled promises, through the product's own parts."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ourword.app import Ourword
from ourword.core.event import event_from_mapping
from ourword.demo.company import decisions, events
from ourword.figures.settling import events_of, settle_home
from ourword.stores.events import EventStore
from ourword.stores.home import open_home

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
NOW_NS = int(NOW.timestamp()) * 10**9


def lived_home(path: Path, *, contacts: int = 300, now: datetime = NOW, contract: Path | None = None) -> Path:
    """Let Larkspur live with so many contacts, under its own or another contract, and settle its promises as of *now*.

    A life is lived once in a run of the tests: whoever asks for the same one again gets a copy, as it was before anybody looked.
    """
    shutil.copytree(_lived(contacts, now, None if contract is None else contract.read_bytes()), path, dirs_exist_ok=True)
    return path


@cache
def _lived(contacts: int, now: datetime, contract: bytes | None) -> Path:
    folder = Path(_LIVES.name, str(len(list(Path(_LIVES.name).iterdir()))))
    folder.mkdir()
    if contract is not None:
        (folder / "contract.yaml").write_bytes(contract)
    return _live(folder / "home", contacts=contacts, now=now, contract=None if contract is None else folder / "contract.yaml")


_LIVES = TemporaryDirectory(prefix="ourword-lives-", ignore_cleanup_errors=True)
"""It goes with the process."""


def _live(path: Path, *, contacts: int, now: datetime, contract: Path | None) -> Path:
    with as_file(files("ourword.demo")) as ours, Ourword.open(contract or ours / "contract.yaml", ours / "wiring.yaml", home=path) as ourword:
        for verdict in ourword.decide_lines((json.dumps(each).encode() for each in decisions(now, contacts=contacts)), batch=256):
            assert "error" not in verdict
    take(path, list(events(now, contacts=contacts)))
    return path


def take(path: Path, given: list[dict[str, Any]]) -> None:
    """Hand events in, and settle."""
    with open_home(path) as home:
        with EventStore(home) as store:
            assert set(store.add([event_from_mapping(each) for each in given])) <= {"new", "known"}
        settle_home(home, events_of(home), NOW_NS)
