"""What `ourword bends` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import AsOf, Home, Json, Window


def bends(
    home: Home,
    contract: Annotated[
        Path | None, typer.Option("--contract", metavar="C", help="Hold them beside this contract instead of the home's.", show_default=False)
    ] = None,
    wiring: Annotated[Path | None, typer.Option("--wiring", metavar="W", help="Its wiring; else wiring.yaml beside it.", show_default=False)] = None,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Decisions from then on.", show_default=False)] = "",
    as_of: AsOf = "",
    window: Window = 7,
    json: Json = False,
) -> int:
    """Replay the written contract over what people decided: what they granted that it refuses, by clause, and a clause that would say so."""
    from ourword.cli.bends import run

    return run(home, contract=contract, wiring=wiring, since=since, as_of=as_of, window_days=window, as_json=json)
