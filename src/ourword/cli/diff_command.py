"""What `ourword diff` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import Json


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The contract as it was; with --against, the only one.", show_default=False)],
    new: Annotated[Path | None, typer.Argument(metavar="[NEW]", help="The contract as it would be.", show_default=False)] = None,
    against: Annotated[str, typer.Option("--against", metavar="REV", help="Compare with this revision in git.", show_default=False)] = "",
    wiring: Annotated[Path | None, typer.Option("--wiring", metavar="W", help="NEW's wiring; else beside it.", show_default=False)] = None,
    old_wiring: Annotated[Path | None, typer.Option("--old-wiring", metavar="W", help="OLD's wiring; else beside it.", show_default=False)] = None,
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help="Decide its past again by both.", show_default=False)] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Only this kind of decision.", show_default=False)] = "",
    json: Json = False,
    markdown: Annotated[str, typer.Option("--markdown", metavar="FILE|-", help="Write it for a pull request.", show_default=False)] = "",
    seconds: Annotated[float, typer.Option("--seconds", metavar="S", min=0.1, help="For the proof; what is left is not proved.")] = 60.0,
) -> int:
    """Say what changes for customers: exit 0 nothing against them, 1 something, 2 not proved, 3 contract bad."""
    from ourword.cli.diff import run

    return run(
        old, new, against=against, wiring=wiring, old_wiring=old_wiring, home=home, kind=kind, as_json=json, markdown=markdown, seconds=seconds
    )
