"""What `ourword test` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import ContractFile, Json


def trying(
    contract: ContractFile,
    beside: Annotated[
        Path | None, typer.Argument(metavar="[WIRING]", help="Its wiring; else wiring.yaml beside the contract.", show_default=False)
    ] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Only this kind of decision.", show_default=False)] = "",
    json: Json = False,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write the results as JUnit XML, for CI.", show_default=False)] = None,
) -> int:
    """Run a contract's examples: exit 0 all as expected, 1 some are not, 3 contract bad."""
    from ourword.cli.trying import run

    return run(contract, beside or contract.parent / "wiring.yaml", kind=kind, as_json=json, junit=junit)
