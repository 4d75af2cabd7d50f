"""What `ourword migrate` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import Json


def migrate(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The home as it is.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="TO", help="A new folder.", show_default=False)],
    postgres: Annotated[
        str, typer.Option("--postgres", metavar="ADDRESS", help="Ledger and keys go into this database; else into files.", show_default=False)
    ] = "",
    schema: Annotated[str, typer.Option("--schema", metavar="NAME", help="Which home of the database; the keys lie in NAME_keys.")] = "ourword",
    json: Json = False,
) -> int:
    """Move a home between files and PostgreSQL, and show that both hold the same: exit 0 moved, 4 not."""
    from ourword.cli.out import json_line, kept_outside
    from ourword.stores.moving import move

    kept_outside(target, source, "the home", place="TO")
    moved = move(source, target, postgres=postgres, schema=schema)
    if json:
        json_line({"entries": moved.entries, "root": moved.root.hex(), "rows": moved.rows, "home": str(target)})
        return 0
    typer.echo(f"{moved.entries:,} {'entry' if moved.entries == 1 else 'entries'} moved to {target}; both homes have the root {moved.root.hex()}")
    typer.echo(f"{source} is put aside: nothing is recorded there any more")
    return 0
