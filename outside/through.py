"""Through the product: files into a home by their mappings, and what it then reports; nothing is counted past it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable
from pathlib import Path

from ourword.cli import report as report_command
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.importing import Imported, import_file

MAPPINGS = Path(__file__).parent / "mappings"


def into_home(home: Path, files: Iterable[tuple[Path, str]], *, again: bool = False) -> list[Imported]:
    """Import each file by the mapping of that name, though another one read it (*again*); what was read and skipped."""
    with open_home(home) as folder, EventStore(folder) as store:
        told = [import_file(store, file, mapping_from_yaml((MAPPINGS / name).read_bytes(), place=name), again=again) for file, name in files]
        store.seal()
    return told


def reported(home: Path, **options: object) -> list[str]:
    """The lines that `ourword report` prints."""
    with contextlib.redirect_stdout(io.StringIO()) as written:
        report_command.run(home, **options)  # type: ignore[arg-type]
    return written.getvalue().splitlines()
