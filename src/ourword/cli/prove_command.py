"""What `ourword prove` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import ContractFile, Json


def prove(
    contract: ContractFile,
    beside: Annotated[
        Path | None, typer.Argument(metavar="[WIRING]", help="Its wiring; else wiring.yaml beside the contract.", show_default=False)
    ] = None,
    wiring: Annotated[Path | None, typer.Option("--wiring", metavar="W", help="The same, named.", show_default=False)] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Only this kind of decision.", show_default=False)] = "",
    json: Json = False,
    smtlib: Annotated[Path | None, typer.Option("--smtlib", metavar="DIR", help="Write each question as SMT-LIB 2.", show_default=False)] = None,
    timeout: Annotated[float, typer.Option("--timeout", metavar="S", min=0.1, help="Seconds for the whole; what is left is not proved.")] = 60.0,
) -> int:
    """Look for flaws that some customer, whoever it may be, would meet: exit 0 none, 1 flaws, 2 not all proved, 3 contract bad."""
    from ourword.cli.prove import run

    found = wiring or beside or contract.parent / "wiring.yaml"
    return run(contract, found, kind=kind, as_json=json, smtlib=smtlib, seconds=timeout)
