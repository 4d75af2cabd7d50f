"""The command `ourword waive`; what it does is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from ourword.cli.options import Home


def waive(
    signal: Annotated[str, typer.Argument(metavar="SIGNAL", help="The signal's id, such as s-12.", show_default=False)],
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who says so: a person's id in the contract.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day; at most 90 days ahead.")],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why it need not be answered yet; kept beside the log.")],
    home: Home,
) -> int:
    """Say that a signal need not be answered until a day is over; then it asks again by itself. A waiver is no answer."""
    from ourword.cli.signals import run_waive

    return run_waive(signal, home, by=by, until=until, because=because)
