"""The commands about one customer; what they do is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import Home

CustomerOption = Annotated[str, typer.Option("--customer", metavar="ID", help="The customer's own id, as proposals and events have it.")]
OutFile = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it here; else it is printed.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Give the commands to the command line."""
    app.command(short_help="Write out all that is held on one customer.")(export)


def export(customer: CustomerOption, home: Home, out: OutFile = None) -> int:
    """Write out, as JSON, everything that a home holds on one customer: decisions in words, promises, events, attributes, ids, calls, signals."""
    from ourword.cli.customer import run_export

    return run_export(customer, home, out=out)
