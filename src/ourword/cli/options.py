"""Options and arguments that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ContractFile = Annotated[Path, typer.Argument(metavar="CONTRACT", help="The contract: what people signed (contract.yaml).", show_default=False)]
WiringFile = Annotated[Path, typer.Argument(metavar="WIRING", help="Its wiring: where facts come from (wiring.yaml).", show_default=False)]
OptionalHome = Annotated[Path | None, typer.Option("--home", metavar="DIR", help="Record here; without it nothing is written.", show_default=False)]
Home = Annotated[Path, typer.Option("--home", metavar="DIR", help="The folder in which decisions are recorded.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsOfTime = Annotated[str, typer.Option("--as-of", metavar="TIME", help="As known at this moment.", show_default=False)]
Window = Annotated[int, typer.Option("--window", metavar="DAYS", help="Days in which a customer may come back.")]
Lang = Annotated[str, typer.Option("--lang", metavar="LANG", help="Language of the customer's texts; else the contract's first.", show_default=False)]
Mode = Annotated[str, typer.Option("--mode", metavar="MODE", help="enforce, or observe: record without stopping.")]
