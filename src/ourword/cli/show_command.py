"""What `ourword show` may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ourword.cli.options import Json, Lang


def show(
    contract: Annotated[Path | None, typer.Argument(metavar="CONTRACT", show_default=False)] = None,
    wiring: Annotated[Path | None, typer.Argument(metavar="WIRING", show_default=False)] = None,
    prose: Annotated[bool, typer.Option("--prose", help="The contract in sentences: what gets signed.")] = False,
    python: Annotated[bool, typer.Option("--python", help="The Python that the gate runs, one function a kind.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Each condition in SQL, with the same three readings.")] = False,
    dialect: Annotated[str, typer.Option("--dialect", metavar="NAME", help="Whose SQL: duckdb or spark.")] = "duckdb",
    table: Annotated[str, typer.Option("--table", metavar="KIND", help="A kind's clauses as a decision table, CSV.", show_default=False)] = "",
    schema: Annotated[str, typer.Option("--schema", metavar="FILE", help="contract or wiring: print its JSON Schema.", show_default=False)] = "",
    json: Json = False,
    lang: Lang = "",
) -> int:
    """Show a contract: its digest, kinds and owners; or its prose, Python, SQL, a decision table, the schema of its files."""
    from ourword.cli.show import run

    return run(contract, wiring, prose=prose, python=python, sql=dialect if sql else "", schema=schema, table=table, as_json=json, lang=lang)
