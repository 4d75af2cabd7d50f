"""What `ourword home` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def home(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or one that is this home already.", show_default=False)],
    postgres: Annotated[
        str, typer.Option("--postgres", metavar="ADDRESS", help="The database: postgresql://USER@HOST/DATABASE.", show_default=False)
    ],
    schema: Annotated[str, typer.Option("--schema", metavar="NAME", help="Which home of the database; the keys lie in NAME_keys.")] = "ourword",
) -> int:
    """Make a folder a home whose ledger and keys lie in PostgreSQL: exit 0 it is one, 4 it cannot be."""
    from ourword.stores.home import make_postgres_home

    home_id = make_postgres_home(folder, postgres, schema=schema)
    typer.echo(f"{folder} is home {home_id}: its ledger lies in schema {schema}, its keys in {schema}_keys")
    return 0
