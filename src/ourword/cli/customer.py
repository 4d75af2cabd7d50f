"""`ourword export`: everything that is held on one customer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ourword.app import Ourword
from ourword.cli.out import json_line, line, usage


def run_export(customer: str, home: Path, *, out: Path | None = None) -> int:
    """Print what is held on a customer, or write it to a file that only its owner can read."""
    with Ourword.open_home(home, create=False, write=False) as ourword:
        exported = ourword.customers.export(customer)
    if out is None:
        json_line(exported)
        return 0
    _write(out, exported)
    line(_sentence(exported, out))
    return 0


def _write(out: Path, exported: dict[str, Any]) -> None:
    from ourword.exporting import written

    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(written(exported))
    except FileExistsError as error:
        raise usage("out", "the file is there already", place=str(out), hint="give another name, or delete it first") from error
    except OSError as error:
        raise usage("out", f"the file cannot be written: {error.strerror}", place=str(out), hint="check the path") from error


def _sentence(exported: dict[str, Any], out: Path) -> str:
    """What was written, counted."""
    if not exported["held"]:
        again = "They were erased." if exported["erased"] else "They may never have been here, under this id."
        return f"Nothing is held on {exported['customer']}. {again}"
    counts = ", ".join(f"{len(exported[name]):,} {name.replace('_', ' ')}" for name in ("decisions", "promises", "events", "attributes"))
    return f"{out} holds what is held on {exported['customer']}: {counts}. Send it by a safe way, and delete it then."
