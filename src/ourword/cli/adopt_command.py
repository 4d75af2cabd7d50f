"""The commands `ourword adopt` and `ourword adopted`; what they do is imported when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from ourword.cli.options import AsOf, ContractFile, Home, Json, WiringFile


def adopt(
    contract: ContractFile,
    wiring: WiringFile,
    home: Home,
    by: Annotated[list[str], typer.Option("--by", metavar="ID", help="Who signs: a person's id in the contract.", show_default=False)],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="What you say to it; kept beside the log.", show_default=False)] = "",
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="In force from this day; else at once.", show_default=False)] = "",
    again: Annotated[bool, typer.Option("--again", help="It is in force, was read again, and stands.")] = False,
    ahead: Annotated[
        list[int] | None, typer.Option("--ahead", metavar="ENTRY", help="A signature dated by a clock that was ahead.", show_default=False)
    ] = None,
    json: Json = False,
) -> int:
    """Sign a contract; it is adopted, and in force, once everybody has signed whose signature it needs."""
    from ourword.cli.adopt import run

    return run(contract, wiring, home, by=by, because=because, start=start, again=again, ahead=ahead or (), as_json=json)


def adopted(home: Home, as_of: AsOf = "", json: Json = False) -> int:
    """List which contract was in force from when to when, who signed it, and what waits for whose signature."""
    from ourword.cli.adopt import run_adopted

    return run_adopted(home, as_of=as_of, as_json=json)
