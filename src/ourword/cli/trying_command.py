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
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", help="Kept cases; else cases.yaml beside the contract.", show_default=False)
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Keep what is answered around each threshold in that file.")] = False,
    propose: Annotated[bool, typer.Option("--propose", help="Print an example for all that none shows, as YAML.")] = False,
    at_least: Annotated[int, typer.Option("--coverage-at-least", metavar="N", min=0, max=100, help="Fail where examples show less, in percent.")] = 0,
    timeout: Annotated[float, typer.Option("--timeout", metavar="S", min=0.0, help="Seconds to look for customers; examples always run.")] = 60.0,
) -> int:
    """Run a contract's examples and try its thresholds: exit 0 all as expected, 1 some are not, 2 no time for all, 3 contract bad."""
    from ourword.cli.trying import run

    return run(
        contract,
        beside or contract.parent / "wiring.yaml",
        kind=kind,
        as_json=json,
        to_junit=junit,
        kept_in=cases,
        write=write,
        propose=propose,
        at_least=at_least,
        seconds=timeout,
    )
