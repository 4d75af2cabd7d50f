"""What `ourword prune` may be told."""

from __future__ import annotations

from typing import Annotated

import typer

from ourword.cli.options import Home, Json


def prune(
    home: Home,
    keep: Annotated[
        str, typer.Option("--keep", metavar="SPAN", help="For contracts that do not say `keep`: `3 years`, say.", show_default=False)
    ] = "",
    even_owed: Annotated[
        str, typer.Option("--even-owed", metavar="ID", help="Broken promises nobody repaired go too: who says so.", show_default=False)
    ] = "",
    even_idle: Annotated[bool, typer.Option("--even-idle", help="The clock is right, though nothing was recorded for a month.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go and what keeps it; change nothing.")] = False,
    json: Json = False,
) -> int:
    """Let go of decisions older than the contracts' `keep`: the disk shrinks, proofs hold. Exit 1: something older must stay."""
    from ourword.cli.prune import run

    return run(home, keep=keep, even_owed=even_owed, even_idle=even_idle, dry_run=dry_run, as_json=json)
